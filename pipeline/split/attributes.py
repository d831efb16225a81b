"""Start tags with attributes by the thousand, which make libxml2 take minutes: it compares each with all before it."""

from __future__ import annotations

import re
from typing import Final

from pipeline.read.nesting import TAG_REST

MOST_ATTRIBUTES = 1_000
"""No page needs more on one element; a thousand take libxml2 a millisecond, a million an hour."""

LONG_TAG = 10_000
"""Characters; a thousand attributes do not fit into less, and few tags are longer (pictures written out as data)."""

LARGE_PAGE: Final = 100_000
"""Characters from which every tag is looked at: a ``>`` within quotes ends no tag, so one may be long though no stretch
is without it. In fewer characters that costs libxml2 half a second."""

_TAG = re.compile(rf"<[A-Za-z][^\s/>]*+({TAG_REST.pattern})?+", re.VERBOSE)


def without_attribute_floods(html: str) -> str:
    """``html`` with the attributes left out of start tags that have more than ``MOST_ATTRIBUTES``. Linear."""
    if len(html) < LARGE_PAGE and not _has_long_tag(html):
        return html
    parts: list[str] = []
    kept = 0
    for tag in _TAG.finditer(html):
        start, end = tag.span(1)
        if start < 0:  # a tag that never ends: there is no other after it
            break
        if end - start >= LONG_TAG and _most(html[start:end]) > MOST_ATTRIBUTES:
            parts.append(html[kept:start])
            kept = end - 1
    return "".join([*parts, html[kept:]]) if parts else html


def _most(rest: str) -> int:
    """About how many attributes the rest of a start tag has; between quoted ones no white space is needed."""
    return max(len(rest.split()), rest.count('="') + rest.count("='"))


def _has_long_tag(html: str) -> bool:
    """Whether ``LONG_TAG`` characters stand somewhere without a ``>``; looks at a few characters in each thousand."""
    start, end = 0, LONG_TAG
    while end <= len(html):
        found = html.rfind(">", start, end)
        if found < 0:
            return True
        start, end = found + 1, found + 1 + LONG_TAG
    return False
