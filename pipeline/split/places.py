"""What the elements around a line are: their tags, roles, and the words that sites put into classes and ids.

Facts for ``pipeline.label.network.markup``, gathered in the walk that makes the lines. No word decides anything by
itself: what each is worth is learned.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from operator import or_
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
"""Names that must be a whole part of a class, or its end: sought where every separator is a hyphen. Each has "ad",
"bio" or "tag" in it."""
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
FLAG_NAMES: Final = (
    *(f"<{tags[0]}>" for tags in _TAGS),
    *(names[0] for names in _NAMES),
    "hidden",
    *(f"near {names[0]}" for names in _NAMES),
)
"""What each bit stands for, by the first of its group."""
_ALL_NAMES: Final = [(name, 1 << bit) for bit, names in enumerate(_NAMES) for name in names]
_PART_BITS: Final = [(name, bit) for name, bit in _ALL_NAMES if name in _PARTS]
_WHOLE: Final = [name for name, _ in _ALL_NAMES if name not in _PARTS]
_NAME_BITS: Final = {
    name: reduce(or_, (bit for start, bit in _ALL_NAMES if start not in _PARTS and name.startswith(start)))
    for name in _WHOLE
}
"""Bits of each name and of those that it begins with."""
_BY_LETTER: Final = {name[0]: sorted((own for own in _WHOLE if own[0] == name[0]), key=len)[::-1] for name in _WHOLE}
_FIND_NAMES: Final = re.compile(
    "(?=("
    + "|".join(f"{letter}(?:{'|'.join(own[1:] for own in names)})" for letter, names in _BY_LETTER.items())
    + "))"
)
"""At each place of a text the longest name that begins there, in one pass: a search for each of a hundred names takes
five times as long."""
_NUMBERED: Final = re.compile("[0-9]+")
_Naming = tuple[str | None, str | None, str | None, str | None]
"""An element's class, id, role and ``itemprop``."""
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
            get = attributes.get
            naming = get("class"), get("id"), get("role"), get("itemprop")
            for words in naming:
                if words and len(words) > _LONGEST_NAMES:
                    naming = _shortened(*naming)
                    break
            names, path, role = _named(*naming)
            mark |= role | names << _FIRST_NAME
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
            self._all if self._all >= 0 else 0,
            100 * self._linked // max(self._characters, 1),
            len(paths),
            tuple(self._blocks[: -_BLOCKS - 1 : -1]),
            _joined(tuple(paths[-5:])),
        )
        self._all = -1
        self._characters = self._linked = 0
        return markup


def _shortened(*naming: str | None) -> _Naming:
    names, identity, role, prop = (words and words[:_LONGEST_NAMES] for words in naming)
    return names, identity, role, prop


def _parts(parted: str) -> int:
    bits = 0
    for name, bit in _PART_BITS:
        if name in parted:
            bits |= bit
    return bits


@lru_cache(maxsize=1 << 13)
def _named(names: str | None, identity: str | None, role: str | None, prop: str | None) -> tuple[int, int, int]:
    """Name bits of an element's class, id, role and ``itemprop``, a number that stands for its class, and the bit of
    its role; remembered, since sites use the same ones on every page.
    """
    bits = 0
    for words in (names, identity, role, prop):
        if words:
            lowered = words.lower()
            for name in _FIND_NAMES.findall(lowered):
                bits |= _NAME_BITS[name]
            if "ad" in lowered or "bio" in lowered or "tag" in lowered:
                bits |= _parts(f"-{lowered.translate(_SEPARATORS)}-")
    path = crc32(_NUMBERED.sub("", names).encode("utf-8", "replace")) if names else 0
    return bits, path, _ROLE_BITS.get(role, 0) if role else 0


@lru_cache(maxsize=1 << 12)
def _joined(paths: tuple[int, ...]) -> tuple[int, int]:
    """A number for the two innermost blocks, and one for those around them."""
    return _number(paths[-2:]), _number(paths[:-2])


def _number(paths: tuple[int, ...]) -> int:
    number = 0
    for path in paths:
        number = crc32(path.to_bytes(4, "big"), number)
    return number
