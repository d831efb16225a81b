"""The elements of a page that may declare something about it, found in the walk that makes its lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

MAX_PLACES: Final = 150
"""Marked elements that are looked at, from the top of the page: those of the article stand before those of teasers."""
MAX_NAMES: Final = 1_000
"""Characters of an attribute that are read for names."""
TIMES: Final = frozenset({"time", "relative-time", "local-time", "time-ago"})
"""The others are what scripts of GitHub and others make of it, with the same attribute."""

_UNMARKED: Final = frozenset({"meta", "title", "h1", "link", "script"})
_SAYING: Final = _UNMARKED | {"body"}
MARKING: Final = frozenset({"id", "data-testid", "itemprop", "property", "itemtype"})
"""Attributes that may mark an element of any tag, beside its class."""
_MARKING_BELOW: Final = MARKING | {"class"}
DECLARING: Final = _SAYING | TIMES | {"a"}
"""Tags of elements that may declare something without them."""
_DATED = re.compile(r"date(?!picker)")


class Declaring:
    """Elements in the order of the page, those that are not shown among them."""

    def __init__(self) -> None:
        self.saying: list[HtmlElement] = []
        """``<meta>``, ``<title>``, ``<h1>``, ``<link>``, ``<script>`` and ``<body>``."""
        self.marked: list[HtmlElement] = []
        """Others that are marked as a date, a name or a property, at most ``MAX_PLACES``."""
        self.item_types: list[str] = []
        """schema.org types of microdata."""

    def look_at(
        self, element: HtmlElement, tag: str, attributes: Mapping[str, str], *, has_telling_class: bool
    ) -> None:
        """Keep ``element`` if it may declare something."""
        if tag in _SAYING:
            self.saying.append(element)
        if len(self.marked) < MAX_PLACES and _is_marked(tag, attributes, has_telling_class):
            self.marked.append(element)
        if "itemtype" in attributes:
            self.item_types.append(attributes["itemtype"])

    def look_below(self, element: HtmlElement) -> None:
        """``look_at`` it and all below it: what the walk leaves out."""
        for inner in element.iter(etree.Element):
            tag = str(inner.tag)
            # most are the strokes of drawings: no dictionary of their coordinates
            if tag in DECLARING or not _MARKING_BELOW.isdisjoint(inner.keys()):
                attributes: Any = inner.attrib
                names = attributes.get("class")
                self.look_at(inner, tag, attributes, has_telling_class=bool(names) and is_telling(names))

    def of(self, *tags: str) -> Iterator[HtmlElement]:
        """Those of ``saying`` that have one of these tags."""
        return (element for element in self.saying if element.tag in tags)


def _is_marked(tag: str, attributes: Mapping[str, str], has_telling_class: bool) -> bool:
    if tag in TIMES:
        return True
    if not attributes or tag in _UNMARKED:
        return False
    if has_telling_class or "itemprop" in attributes or "property" in attributes:
        return True
    get = attributes.get
    if tag == "a":
        relation = get("rel", "")
        return "author" in relation or "license" in relation or "/author" in get("href", "")
    words = get("id") or get("data-testid")
    return words is not None and is_telling(words)


def is_telling(words: str) -> bool:
    """Whether a class or an id may mark a name or a date."""
    low = words[:MAX_NAMES].lower()
    return (
        # written out: one pattern, or a loop, takes five times as long
        "author" in low
        or "byline" in low
        or "by-line" in low
        or "username" in low
        or "contributor" in low
        or "publish" in low
        or "posted" in low
        or ("date" in low and _DATED.search(low) is not None)
    )
