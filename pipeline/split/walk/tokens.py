"""The loop that reads what libxml2 writes: elements, texts, and which tags, names and styles are distinct."""

# ruff: noqa: PLR0912, PLR0915, PLR0917, SIM110  (a kernel is one loop, made of loops)

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numba
import numpy as np

START: Final = 0
END: Final = 1
TEXT: Final = 2
RAW: Final = 3
"""Kinds of events; raw text is a CDATA section, as libxml2 holds what stands in scripts."""

CLASS: Final = 0
ID: Final = 1
ITEMPROP: Final = 2
ROLE: Final = 3
TEST_ID: Final = 4
STYLE: Final = 5
ITEMTYPE: Final = 6
REL: Final = 7
HREF: Final = 8
PROPERTY: Final = 9
HIDDEN: Final = 10
ATTRIBUTES: Final = (
    *("class", "id", "itemprop", "role", "data-testid", "style", "itemtype", "rel", "href", "property", "hidden"),
)
SIGNED: Final = STYLE
"""So many of the first of them make the signature of an element: what its names say hangs on nothing else."""

TAG: Final = 0
SIGNATURE: Final = 1
STYLED: Final = 2
BITS: Final = 3
LAST: Final = 4
ENDS: Final = 5
"""Columns of ``Tokens.elements``."""
HAS_HIDDEN: Final = 1
HAS_PROPERTY: Final = 2
"""An ``itemprop`` or a ``property``."""
LINKS_AUTHOR: Final = 4
IS_EMPTY: Final = 8
"""What ``BITS`` has of an element's attributes, and whether nothing stands in it, text or element."""

_NAME: Final = 2 * len(ATTRIBUTES)
"""Where the place of a tag's name stands, behind those of its attributes."""
_FNV, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_HALF: Final = np.uint64(32)
_CDATA: Final = np.frombuffer(b"<![CDATA[", dtype=np.uint8)
_CDATA_END: Final = np.frombuffer(b"]]>", dtype=np.uint8)
_AUTHOR: Final = np.frombuffer(b"author", dtype=np.uint8)
_AUTHORS_PAGE: Final = np.frombuffer(b"/author", dtype=np.uint8)
_LICENSE: Final = np.frombuffer(b"license", dtype=np.uint8)


class Tokens(NamedTuple):
    """What a document is made of. Places are pairs of offsets into its bytes, of an absent value -1 and 0."""

    events: Any
    """(v, 3): kind; number of the element, or place of the text."""
    elements: Any
    """(e, 6): number of its tag, of its signature, of its style (-1: none), what its attributes say, the last element
    in it (itself, if there is none), and the event of its end."""
    itemtypes: Any
    """(e, 2): the place of its ``itemtype``."""
    tags: Any
    """(t, 2), the places of distinct tags,"""
    signatures: Any
    """... (s, 2 * ``SIGNED``) of distinct signatures,"""
    styles: Any
    """... and (y, 2) of distinct styles."""
    most_lines: int
    """No page with these texts has more lines,"""
    most_points: int
    """... or more code points in them. Both -1 if the document is none that libxml2 writes."""
    deepest: int
    """Elements around the innermost, itself counted."""


@numba.njit(cache=True)
def read_tokens(data: Any, wanted: Any, wanted_ends: Any) -> Tokens:
    """The tokens of a document.

    A parser of HTML lets quotes and ``<`` into names, but no white space, ``/``, ``>`` or ``=`` (unless it is first):
    names end where these stand, and all else of a tag is quoted.

    :param data: UTF-8 of XML as libxml2 writes it: quotes around each value, ``<`` and ``&`` escaped.
    :param wanted: ``ATTRIBUTES``, one behind the other, and where each ends.
    """
    opened = 0
    for at in range(len(data)):
        opened += data[at] == 0x3C
    room = 16
    while room < 2 * opened:
        room *= 2
    events = np.empty((3 * opened + 3, 3), np.int32)
    elements, itemtypes = np.empty((opened + 1, 6), np.int32), np.empty((opened + 1, 2), np.int32)
    stack = np.empty(opened + 1, np.int32)
    tags, tag_slots = np.empty((opened + 1, 2), np.int32), np.full(room, -1, np.int32)
    styles, style_slots = np.empty((opened + 1, 2), np.int32), np.full(room, -1, np.int32)
    signatures, slots = np.empty((opened + 1, 2 * SIGNED), np.int32), np.full(room, -1, np.int32)
    spans = np.empty(_NAME + 2, np.int32)
    count = happened = depth = tag_count = style_count = signature_count = 0
    lines, points, deepest = 1, 0, 1
    at = 0
    while at < len(data):
        if data[at] != 0x3C:
            begin = at
            breaks = 0
            is_blank = True
            while at < len(data) and data[at] != 0x3C:
                is_blank &= data[at] <= 0x20
                # a line end, or an escaped one
                breaks += data[at] == 0x0A or data[at] == 0x26
                at += 1
            lines += 0 if is_blank else 1 + breaks
            points += at - begin
            events[happened, 0], events[happened, 1], events[happened, 2] = TEXT, begin, at
            happened += 1
        elif data[at + 1] == 0x2F:
            while data[at] != 0x3E:
                at += 1
            at += 1
            depth -= 1
            element = stack[depth]
            elements[element, LAST], elements[element, ENDS] = count - 1, happened
            if events[happened - 1, 0] == START:
                elements[element, BITS] |= IS_EMPTY
            events[happened, 0], events[happened, 1], events[happened, 2] = END, element, 0
            happened += 1
        elif _is_at(data, at, len(data), _CDATA):
            begin = at = at + len(_CDATA)
            while not _is_at(data, at, len(data), _CDATA_END):
                at += 1
            events[happened, 0], events[happened, 1], events[happened, 2] = RAW, begin, at
            happened += 1
            at += len(_CDATA_END)
        else:
            at = _read_tag(data, at + 1, wanted, wanted_ends, spans)
            if at < 0:
                lines = points = -1
                break
            is_closed = data[at] == 0x2F
            at += 1 + is_closed
            tag = _number_of(data, spans, _NAME, tag_slots, tags, tag_count)
            tag_count += tag == tag_count
            signature = _number_of(data, spans, 2 * CLASS, slots, signatures, signature_count)
            signature_count += signature == signature_count
            style = -1
            if spans[2 * STYLE] >= 0:
                style = _number_of(data, spans, 2 * STYLE, style_slots, styles, style_count)
                style_count += style == style_count
            elements[count, TAG], elements[count, SIGNATURE], elements[count, STYLED] = tag, signature, style
            elements[count, BITS], elements[count, LAST], elements[count, ENDS] = (
                _said(data, spans),
                count,
                happened + 1,
            )
            itemtypes[count, 0], itemtypes[count, 1] = spans[2 * ITEMTYPE], spans[2 * ITEMTYPE + 1]
            events[happened, 0], events[happened, 1], events[happened, 2] = START, count, 0
            happened += 1
            if is_closed:
                elements[count, BITS] |= IS_EMPTY
                events[happened, 0], events[happened, 1], events[happened, 2] = END, count, 0
                happened += 1
            else:
                stack[depth] = count
                depth += 1
                deepest = max(deepest, depth + 1)
            count += 1
    return Tokens(
        events[:happened],
        elements[:count],
        itemtypes[:count],
        tags[:tag_count],
        signatures[:signature_count],
        styles[:style_count],
        lines,
        # a space or a bar between cells may come before each
        points + 3 * count + 3 if points >= 0 else -1,
        deepest,
    )


@numba.njit(cache=True)
def _read_tag(data: Any, at: int, wanted: Any, wanted_ends: Any, spans: Any) -> Any:
    """The place of the ``/`` or ``>`` that ends a start tag; -1 if it does not end so.

    :param spans: filled with the places of the values of the wanted attributes, and with that of its name.
    """
    begin = at
    while data[at] != 0x20 and data[at] != 0x2F and data[at] != 0x3E:
        at += 1
    for place in range(0, _NAME, 2):
        spans[place], spans[place + 1] = -1, 0
    spans[_NAME], spans[_NAME + 1] = begin, at
    while data[at] == 0x20:
        begin = at + 1
        at += 2
        while data[at] != 0x3D:
            at += 1
            if at + 1 >= len(data):
                return -1
        if data[at + 1] != 0x22:
            return -1
        field, first = 0, 0
        for end in wanted_ends:
            if end - first == at - begin and _are_same(data, begin, wanted, first, end - first):
                break
            field, first = field + 1, end
        begin = at = at + 2
        while data[at] != 0x22:
            at += 1
        if field < len(wanted_ends):
            spans[2 * field], spans[2 * field + 1] = begin, at
        at += 1
    return at if data[at] == 0x3E or (data[at] == 0x2F and data[at + 1] == 0x3E) else -1


@numba.njit(cache=True)
def _said(data: Any, spans: Any) -> Any:
    """The bits of an element's attributes, from their places."""
    bits = HAS_HIDDEN * (spans[2 * HIDDEN] >= 0)
    bits |= HAS_PROPERTY * (spans[2 * PROPERTY] >= 0 or spans[2 * ITEMPROP] >= 0)
    relation, relation_end = max(spans[2 * REL], 0), spans[2 * REL + 1]
    if (
        _holds(data, relation, relation_end, _AUTHOR)
        or _holds(data, relation, relation_end, _LICENSE)
        or _holds(data, max(spans[2 * HREF], 0), spans[2 * HREF + 1], _AUTHORS_PAGE)
    ):
        bits |= LINKS_AUTHOR
    return bits


@numba.njit(cache=True)
def _number_of(data: Any, spans: Any, first: int, slots: Any, known: Any, count: int) -> Any:
    """Which of the ``count`` known rows of places holds the same values as those from ``spans[first]`` on; ``count`` if
    none does.

    A row that is new is written into ``known`` and ``slots`` (open addressing, by FNV-1a).
    """
    value = _FNV
    for place in range(first, first + known.shape[1], 2):
        for at in range(max(spans[place], 0), spans[place + 1]):
            value = (value ^ np.uint64(data[at])) * _PRIME
        value = (value ^ np.uint64(0x3C)) * _PRIME
    mask = np.uint64(len(slots) - 1)
    slot = (value ^ (value >> _HALF)) & mask
    while slots[slot] >= 0:
        row = slots[slot]
        is_known = True
        for column in range(0, known.shape[1], 2):
            start, other = max(spans[first + column], 0), max(known[row, column], 0)
            size = spans[first + column + 1] - start
            if size != known[row, column + 1] - other or not _are_same(data, start, data, other, size):
                is_known = False
                break
        if is_known:
            return row
        slot = (slot + np.uint64(1)) & mask
    slots[slot] = count
    for column in range(known.shape[1]):
        known[count, column] = spans[first + column]
    return count


@numba.njit(cache=True)
def _are_same(data: Any, at: int, other: Any, first: int, size: int) -> Any:
    for step in range(size):
        if data[at + step] != other[first + step]:
            return False
    return True


@numba.njit(cache=True)
def _is_at(data: Any, at: int, end: int, what: Any) -> Any:
    return at + len(what) <= end and _are_same(data, at, what, 0, len(what))


@numba.njit(cache=True)
def _holds(data: Any, start: int, end: int, what: Any) -> Any:
    for at in range(start, end - len(what) + 1):
        if _are_same(data, at, what, 0, len(what)):
            return True
    return False
