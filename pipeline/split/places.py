"""What the elements around a line are: their tags, roles, and the words that sites put into classes and ids.

Facts for ``pipeline.label.network.markup``, gathered in the walk that makes the lines. No word decides anything by
itself: what each is worth is learned.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Final
from zlib import crc32

from pipeline.records import Markup
from pipeline.split.declaring import MAX_NAMES, is_telling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
_SEPARATORS: Final = str.maketrans("_", "-")
TAG_BITS: Final = {tag: 1 << bit for bit, tags in enumerate(_TAGS) for tag in tags}
_ROLE_BITS: Final = {
    role: TAG_BITS[tag]
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
_LINK: Final = TAG_BITS["a"]
FIRST_NAME: Final = len(_TAGS)
HIDDEN: Final = 1 << FIRST_NAME + len(_NAMES)
FIRST_NEAR: Final = FIRST_NAME + len(_NAMES) + 1
FLAGS: Final = FIRST_NEAR + len(_NAMES)
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
    + "|".join(
        # the second letter by itself, since most places fail there
        f"{letter}(?=[{''.join(sorted({own[1] for own in names}))}])(?:{'|'.join(own[1:] for own in names)})"
        for letter, names in _BY_LETTER.items()
    )
    + "))"
)
"""At each place of a text the longest name that begins there, in one pass: a search for each of a hundred names takes
five times as long."""
_DIGITS: Final = b"0123456789"
_LONGEST_NAMES: Final = 200
"""Characters of each that are looked at."""
_BLOCKS: Final = 6
UNNAMED: Final = frozenset({"html", "body"})
"""Their names speak of the whole page."""


Names = tuple[int, int, int]
"""What an element's names say: their bits, a number that stands for its class, and the bit of its role."""
NAMING: Final = frozenset({"id", "itemprop", "role"})
"""Attributes beside the class that ``names_of`` reads."""


def names_of(attributes: Mapping[str, str]) -> Names:
    """What stands in the class, id, role and ``itemprop`` of an element."""
    words = attributes.get("class")
    bits, path, _ = of_class(words[:MAX_NAMES]) if words else NO_CLASS
    if "id" in attributes:
        bits |= _bits(attributes["id"][:_LONGEST_NAMES])
    if "itemprop" in attributes:
        bits |= _bits(attributes["itemprop"][:_LONGEST_NAMES])
    if "role" not in attributes:
        return bits, path, 0
    role = attributes["role"]
    return bits | _bits(role[:_LONGEST_NAMES]), path, _ROLE_BITS.get(role, 0)


OfClass = tuple[int, int, bool]
"""What a class says: its bits, a number that stands for it, and whether it may mark a name or a date."""
NO_CLASS: Final[OfClass] = (0, 0, False)


@lru_cache(maxsize=1 << 14)
def of_class(words: str) -> OfClass:
    """What a class, of at most ``MAX_NAMES`` characters, says; remembered, as sites use the same ones on every page."""
    names = words[:_LONGEST_NAMES]
    path = crc32(names.encode("utf-8", "replace").translate(None, _DIGITS))
    return _bits(names), path, is_telling(words)


def markup_of(pieces: Sequence[str], bits: Sequence[int], blocks: Sequence[int], paths: Sequence[int]) -> Markup:
    """What the elements around a line say of it.

    :param pieces: its texts in order, none of them white space only,
    :param bits: ... and for each what holds for it, ``near`` included.
    :param blocks: numbers of the open blocks, outermost first,
    :param paths: ... and what stands for the tag and class of each.
    """
    common = bits[0] if len(bits) == 1 else reduce(and_, bits)
    linked = 100 * bool(common & _LINK)
    if not linked and len(bits) > 1 and reduce(or_, bits) & _LINK:
        sizes = [len(piece.strip()) for piece in pieces]
        linked = 100 * sum(size for size, own in zip(sizes, bits, strict=True) if own & _LINK) // sum(sizes)
    return Markup(common, linked, len(paths), tuple(blocks[: -_BLOCKS - 1 : -1]), _joined(tuple(paths[-5:])))


def _bits(names: str) -> int:
    bits = 0
    for word in names.split(" "):
        bits |= _bits_of_word(word)
    return bits


@lru_cache(maxsize=1 << 13)
def _bits_of_word(word: str) -> int:
    """Remembered too: classes are new more often than the words they are made of."""
    bits = 0
    lowered = word.lower()
    for name in _FIND_NAMES.findall(lowered):
        bits |= _NAME_BITS[name]
    if "ad" in lowered or "bio" in lowered or "tag" in lowered:
        parted = f"-{lowered.translate(_SEPARATORS)}-"
        for name, bit in _PART_BITS:
            if name in parted:
                bits |= bit
    return bits


@lru_cache(maxsize=1 << 12)
def _joined(paths: tuple[int, ...]) -> tuple[int, int]:
    """A number for the two innermost blocks, and one for those around them."""
    return _number(paths[-2:]), _number(paths[:-2])


def _number(paths: tuple[int, ...]) -> int:
    number = 0
    for path in paths:
        number = crc32(path.to_bytes(4, "big"), number)
    return number
