"""Start tags with attributes by the thousand, which make libxml2 take minutes: it compares each with all before it."""

from __future__ import annotations

import re

from pipeline.read.nesting import TAG_REST

MOST_ATTRIBUTES = 1_000
"""No page needs more on one element; a thousand take libxml2 a millisecond, a million an hour."""

LONG_TAG = 10_000
"""Characters; a thousand attributes do not fit into less, and few tags are longer (pictures written out as data)."""

_TAG = re.compile(rf"<[A-Za-z][^\s/>]*+({TAG_REST.pattern})?+", re.VERBOSE)


def without_attribute_floods(html: str) -> str:
    """``html`` with the attributes left out of start tags that have more than ``MOST_ATTRIBUTES``. Linear."""
    if not _has_long_tag(html):
        return html
    parts = []
    kept = 0
    for tag in _TAG.finditer(html):
        start, end = tag.span(1)
        if start < 0:  # a tag that never ends: there is no other after it
            break
        if end - start >= LONG_TAG and len(html[start:end].split()) > MOST_ATTRIBUTES:
            parts.append(html[kept:start])
            kept = end - 1
    parts.append(html[kept:])
    return "".join(parts)


def _has_long_tag(html: str) -> bool:
    """Whether ``LONG_TAG`` characters stand somewhere without a ``>``; looks at a few characters in each thousand."""
    start, end = 0, LONG_TAG
    while end <= len(html):
        found = html.rfind(">", start, end)
        if found < 0:
            return True
        start, end = found + 1, found + 1 + LONG_TAG
    return False
