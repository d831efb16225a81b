"""What the elements around a line are: their tags, roles, and the words that sites put into classes and ids.

Facts for ``pipeline.label.network.markup``, gathered in the walk that makes the lines. No word decides anything by
itself: what each is worth is learned.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zlib import crc32

from pipeline.records import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAGS: Final = (
    *(("nav",), ("header",), ("footer",), ("aside",), ("article",), ("main",), ("form",), ("figure", "picture")),
    *(("figcaption",), ("table",), ("ul", "ol", "dl"), ("li", "dt", "dd"), ("blockquote",), ("button", "label")),
    *(("p",), ("h1",), ("h2", "h3", "h4", "h5", "h6"), ("a",), ("time",), ("section",), ("pre", "code")),
    *(("b", "strong", "em", "i"), ("address",), ("details", "dialog")),
)
"""Elements whose text is marked, one bit for each group."""
_NAMES: Final = (
    ("comment", "disqus", "respond", "reply", "replies"),
    ("relat", "recommend", "teaser", "card", "trend", "popular", "similar", "readmore", "read-more", "more-", "latest"),
    ("share", "social", "follow"),
    ("newsletter", "subscri", "signup", "sign-up", "promo", "banner", "advert", "sponsor", "cta", "-ad-", "-ads-"),
    ("sidebar", "widget", "rail", "aside", "complementary"),
    ("author", "byline", "bio-", "contributor", "profile", "avatar", "user"),
    ("caption", "credit", "copyright"),
    ("menu", "breadcrumb", "nav", "toc", "pagination", "pager", "toolbar"),
    ("content", "body", "entry", "story", "prose", "markdown", "text"),
    ("article", "post", "single", "main"),
    ("meta", "date", "time", "tag-", "tags-", "categor", "label"),
    ("footer", "legal", "cookie", "consent", "gdpr", "contentinfo"),
    ("modal", "popup", "overlay", "hidden", "sr-only", "visually", "collapse", "dialog"),
    ("header", "masthead", "hero", "title", "headline"),
    ("product", "price", "cart", "review", "rating", "spec", "detail"),
    ("messag", "thread", "topic", "question", "answer", "forum", "signature", "quote"),
    ("list", "grid", "item", "tile", "feed", "carousel", "slide", "gallery"),
    ("descri", "summary", "excerpt", "intro", "lead", "dek", "abstract"),
    (
        *("articlebody", "article-body", "entry-content", "post-content", "post-body", "article-content"),
        *("story-body", "main-content", "content-body"),
    ),
)
"""Words in the classes, ids, roles and ``itemprop`` of an element, one bit for each row."""
_PARTS: Final = frozenset({"-ad-", "-ads-", "bio-", "tag-", "tags-"})
"""Names that must be a whole part of a class, or its end: sought where every separator is a hyphen."""
_SEPARATORS: Final = str.maketrans("_ ", "--")
_TAG_BITS: Final = {tag: 1 << bit for bit, tags in enumerate(_TAGS) for tag in tags}
_ROLE_BITS: Final = {
    role: _TAG_BITS[tag]
    for role, tag in {
        "navigation": "nav",
        "banner": "header",
        "contentinfo": "footer",
        "complementary": "aside",
        "main": "main",
        "article": "article",
        "button": "button",
        "listitem": "li",
        "heading": "h2",
    }.items()
}
_LINK: Final = _TAG_BITS["a"]
_FIRST_NAME: Final = len(_TAGS)
_HIDDEN: Final = 1 << _FIRST_NAME + len(_NAMES)
_FIRST_NEAR: Final = _FIRST_NAME + len(_NAMES) + 1
FLAGS: Final = _FIRST_NEAR + len(_NAMES)
"""Bits: tags, names of any element around, whether it is hidden, and the names of the three nearest elements."""
_NUMBERED: Final = re.compile("[0-9]+")
_NAMING: Final = ("class", "id", "role", "itemprop")
_LONGEST_NAMES: Final = 200
"""Characters of each that are looked at."""
_BLOCKS: Final = 6
_UNNAMED: Final = frozenset({"html", "body"})
"""Their names speak of the whole page."""


class Places:
    """The open elements of a walk, and the line that is being collected."""

    def __init__(self) -> None:
        self._marks: list[int] = [0]
        """For each open element the bits of it and of all around it, without those that are near;"""
        self._own: list[int] = [0, 0, 0]
        """... and its own name bits."""
        self._blocks: list[int] = []
        self._paths: list[int] = []
        self._opened = 0
        self._all = -1
        self._characters = self._linked = 0

    def enter(self, tag: str, attributes: Mapping[str, str], *, is_block: bool, hidden: bool) -> None:
        """An element opens."""
        names = path = 0
        mark = self._marks[-1] | _TAG_BITS.get(tag, 0)
        if attributes and tag not in _UNNAMED:
            for attribute in _NAMING:
                words = attributes.get(attribute)
                if words:
                    bits, number = _read(words[:_LONGEST_NAMES])
                    names |= bits
                    if attribute == "class":
                        path = number
                    elif attribute == "role":
                        mark |= _ROLE_BITS.get(words, 0)
            mark |= names << _FIRST_NAME
        if hidden:
            mark |= _HIDDEN
        self._marks.append(mark)
        self._own.append(names)
        if is_block:
            self._opened += 1
            self._blocks.append(self._opened)
            self._paths.append(crc32(tag.encode("utf-8", "replace"), path))

    def leave(self, *, is_block: bool) -> None:
        """The element that opened last ends."""
        self._marks.pop()
        self._own.pop()
        if is_block:
            self._blocks.pop()
            self._paths.pop()

    def add(self, text: str) -> None:
        """Visible text follows in the innermost open element."""
        mark = self._marks[-1]
        near = self._own[-1] | self._own[-2] | self._own[-3]
        self._all &= mark | (near << _FIRST_NEAR)
        size = len(text.strip())
        self._characters += size
        if mark & _LINK:
            self._linked += size

    def end_line(self) -> Markup:
        """What holds for the text since the last line ended."""
        paths = self._paths
        markup = Markup(
            flags=self._all if self._all >= 0 else 0,
            linked=100 * self._linked // max(self._characters, 1),
            depth=len(self._blocks),
            blocks=tuple(self._blocks[: -_BLOCKS - 1 : -1]),
            paths=(_joined(tuple(paths[-2:])), _joined(tuple(paths[-5:-2]))),
        )
        self._all = -1
        self._characters = self._linked = 0
        return markup


@lru_cache(maxsize=1 << 14)
def _read(words: str) -> tuple[int, int]:
    """Name bits, and a number that stands for the words; remembered, since sites use the same ones on every page."""
    lowered = words.lower()
    parted = f"-{lowered.translate(_SEPARATORS)}-"
    bits = 0
    for bit, names in enumerate(_NAMES):
        for name in names:
            if name in (parted if name in _PARTS else lowered):
                bits |= 1 << bit
                break
    return bits, crc32(_NUMBERED.sub("", words).encode("utf-8", "replace"))


@lru_cache(maxsize=1 << 12)
def _joined(paths: tuple[int, ...]) -> int:
    number = 0
    for path in paths:
        number = crc32(path.to_bytes(4, "big"), number)
    return number
