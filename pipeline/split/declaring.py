"""The elements of a page that may declare something about it, found in the walk that makes its lines."""

from __future__ import annotations

import re
from functools import lru_cache
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

UNMARKED: Final = frozenset({"meta", "title", "h1", "link", "script"})
SAYING: Final = UNMARKED | {"body"}
TELLING: Final = ("author", "byline", "by-line", "username", "contributor", "publish", "posted")
"""In the class or id of an element that may hold a name or a moment,"""
DATE: Final = "date"
NO_DATE: Final = "picker"
"""... as a date does, but for what asks for one."""
_DATED = re.compile(f"{DATE}(?!{NO_DATE})")


class Declaring:
    """Elements in the order of the page, those that are not shown among them."""

    def __init__(self) -> None:
        self.saying: list[HtmlElement] = []
        """``<meta>``, ``<title>``, ``<h1>``, ``<link>``, ``<script>`` and ``<body>``."""
        self.marked: list[HtmlElement] = []
        """Others that are marked as a date, a name or a property, at most ``MAX_PLACES``."""
        self.item_types: list[str] = []
        """schema.org types of microdata."""

    def look_at(self, element: HtmlElement, tag: str, attributes: Mapping[str, str]) -> None:
        """Keep ``element`` if it may declare something."""
        if tag in SAYING:
            self.saying.append(element)
        if _is_marked(tag, attributes) and len(self.marked) < MAX_PLACES:
            self.marked.append(element)
        if "itemtype" in attributes:
            self.item_types.append(attributes["itemtype"])

    def look_below(self, element: HtmlElement) -> None:
        """``look_at`` it and all below it: what the walk leaves out."""
        for inner in element.iter(etree.Element):
            attributes: Any = inner.attrib  # no dictionary of the coordinates of drawings
            self.look_at(inner, str(inner.tag), attributes)

    def of(self, *tags: str) -> Iterator[HtmlElement]:
        """Those of ``saying`` that have one of these tags."""
        return (element for element in self.saying if element.tag in tags)


def _is_marked(tag: str, attributes: Mapping[str, str]) -> bool:
    if tag in TIMES:
        return True
    if not attributes or tag in UNMARKED:
        return False
    get = attributes.get
    if (names := get("class")) and is_telling(names):
        return True
    if "itemprop" in attributes or "property" in attributes:
        return True
    if tag == "a":
        relation = get("rel", "")
        return "author" in relation or "license" in relation or "/author" in get("href", "")
    words = get("id") or get("data-testid")
    return words is not None and is_telling(words)


@lru_cache(maxsize=1 << 13)
def is_telling(names: str) -> bool:
    """Whether a class or an id may mark a name or a date; remembered, since pages repeat their classes."""
    low = names[:MAX_NAMES].lower()
    return any(name in low for name in TELLING) or (DATE in low and _DATED.search(low) is not None)
