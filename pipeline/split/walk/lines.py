"""The loop that makes the lines of a page from its tokens: what ``html._Renderer`` does, and in the same steps."""

# ruff: noqa: PLR0917  (records of arrays cost more to pass on than all that is done with them)

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numba
import numpy as np

from pipeline.split.walk.points import CRC_START, UNKNOWN, crc, is_blank, is_space, point_at
from pipeline.split.walk.tokens import END, RAW, START, TEXT

SKIPPED: Final = 1
BLOCK: Final = 2
CELL: Final = 4
ROW: Final = 8
ITEM: Final = 16
APART: Final = 32
PLAIN: Final = 64
PREFORMATTED: Final = 128
NAMED: Final = 256
STICKY: Final = 512
BREAK: Final = 1024
FALLBACK: Final = 2048
"""What a tag is, as bits: the fields of ``html.Tag``, and three that the walk asks by name."""
HIDES: Final = 1 << 12
EMPTY: Final = 1 << 13
LAYS_OUT: Final = 1 << 14
"""What an element is besides: hidden, without text or elements in it, a row of blocks."""

KIND: Final = 0
TAG: Final = 1
BEGINS: Final = 2
STOPS: Final = 3
CLASS: Final = 4
NAMES: Final = 5
MARK: Final = 6
ENDS: Final = 7
FACTS: Final = 8
"""Columns of what is known of an element: the bits of what it is; number and place of its tag's name; the number that
stands for its class; the bits of its names, and of all that it adds to what holds for its text; where it ends."""

INNERMOST: Final = 6
"""Blocks around a line whose numbers it bears,"""
NEAREST: Final = 2
PATHS: Final = 5
"""... and whose paths it bears, in two numbers: of the nearest two, and of those around them."""

FIRST: Final = 0
BEHIND: Final = 1
NUMBER: Final = 2
BLANK: Final = 3
BEARS: Final = 4
LINKED: Final = 5
DEPTH: Final = 6
FLAGS: Final = 7
NEAR: Final = 8
FAR: Final = 9
NUMBERS: Final = 10
COLUMNS: Final = NUMBERS + INNERMOST
"""Columns of a line: its first code point and the one behind its last; its number; whether a blank line comes before;
the number of the tag that it bears, -1 for none; per cent of it in links; blocks around it; the bits that hold for all
of it; ``Markup.paths``; and the numbers of the blocks around it, innermost first, 0 where there are no more."""

_FILLED: Final = 0
_PIECES: Final = 1
_SIGNS: Final = 2
_IN_LINKS: Final = 3
_COMMON: Final = 4
_EITHER: Final = 5
_WRITTEN: Final = 6
_LINES: Final = 7
_NUMBER: Final = 8
_DEPTH: Final = 9
_BLOCKS: Final = 10
_OPENED: Final = 11
_BEARERS: Final = 12
_ROWS: Final = 13
_KEEPING: Final = 14
_BREAKS: Final = 15
_IS_BLANK: Final = 16
_NEW_CELL: Final = 17
_LEFT_APART: Final = 18
_LINK: Final = 19
_FIRST_NEAR: Final = 20
_STATES: Final = 21
"""Places of ``now``. Of what has been collected for a line: characters; texts that are more than white space, their
characters, and those that stand in links; the bits that hold for all of them, and for any. Then how much has been
written, lines, and the last one's number; open elements, open blocks, blocks so far, tags that lines bear, open rows,
blocks whose lines stay as they are written; breaks since the last text; whether a blank line comes before what is
collected, and a cell has begun behind it; whether an element that is set apart has ended and nothing has followed yet.
Last what does not change: the bit of links, and the first bit of names nearby."""

_MARKS: Final = 0
_OWN: Final = 1
_NEARBY: Final = 2
_TEXTS: Final = 3
"""Columns of ``opened``, by depth: the bits of an open element and of all around it, those of its own names, of its own
and those of the one around it, and all that holds for text that stands right in it."""
_BLOCK: Final = 4
_PATH: Final = 5
"""... by open blocks: the number of each, and what stands for its tag and class."""
_BEARING: Final = 6
"""... by those that bear a name: the tag that lines bear in them, and what it is."""
_BEARING_KIND: Final = 7
_ON_ROW: Final = 8
"""... by open rows: whether the cells of each stand on one line."""
_STACKS: Final = 9


class Lines(NamedTuple):
    """The lines of a page."""

    written: Any
    """The code points of all of them; uint32."""
    rows: Any
    """(n, ``COLUMNS``)."""
    is_whole: bool
    """Whether all texts could be read."""


@numba.njit(cache=True)
def read_lines(
    data: Any, events: Any, elements: Any, most: tuple[int, int, int], link: int, first_near: int, enough: int
) -> Lines:
    """The lines of a page.

    :param elements: (e, ``FACTS``).
    :param most: no page with these texts has more lines, more code points in them, or more open elements.
    :param link: bit for links; ``first_near``: first bit of names nearby;
    :param enough: words by which a hidden element is shown all the same.
    """
    written, current = np.empty(most[1], np.uint32), np.empty(most[1], np.uint32)
    rows = np.zeros((most[0], COLUMNS), np.int64)
    opened = np.zeros((most[2] + 1, _STACKS), np.int64)
    now = np.zeros(_STATES, np.int64)
    now[_COMMON], now[_LINK], now[_FIRST_NEAR] = -1, link, first_near
    opened[0, _BEARING], now[_BEARERS] = -1, 1
    is_whole = True
    event = 0
    while event < len(events) and is_whole:
        what, first, end = events[event, 0], events[event, 1], events[event, 2]
        if what == START:
            kind = elements[first, KIND]
            if kind & SKIPPED or (
                kind & HIDES and not _has_words(data, events, event + 1, elements[first, ENDS], enough)
            ):
                event = elements[first, ENDS]
            else:
                _open(data, elements, first, now, opened, current, written, rows)
        elif what == END:
            _close(elements[first, KIND], now, opened, current, written, rows)
        elif what == RAW:
            is_whole = False
        elif now[_KEEPING]:
            is_whole = _collect_lines(data, first, end, now, opened, current, written, rows)
        elif not is_blank(data, first, end):
            is_whole = _collect(data, first, end, now, opened, current)
        elif now[_PIECES]:
            _collect_space(data, first, end, now, current)
        event += 1
    if now[_PIECES]:
        _end_line(now, opened, current, written, rows)
    return Lines(written[: now[_WRITTEN]], rows[: now[_LINES]], is_whole)


@numba.njit(cache=True)
def _has_words(data: Any, events: Any, event: int, last: int, enough: int) -> Any:
    """Whether what stands between two events has so many words; a word ends with its text."""
    words = 0
    is_in_word = False
    while event < last:
        if events[event, 0] < TEXT:
            is_in_word = False
        else:
            at, end, is_raw = events[event, 1], events[event, 2], events[event, 0] == RAW
            while at < end:
                point, at = point_at(data, at, end, is_raw)
                is_letter = not is_space(point)
                words += is_letter and not is_in_word
                is_in_word = is_letter
                if words >= enough:
                    return True
        event += 1
    return False


@numba.njit(cache=True)
def _open(data: Any, elements: Any, element: int, now: Any, opened: Any, current: Any, written: Any, rows: Any) -> None:
    kind = elements[element, KIND]
    if kind & BLOCK:
        _open_block(data, elements, element, now, opened, current, written, rows)
    elif kind & BREAK:
        _break(now, opened, current, written, rows)
    elif now[_LEFT_APART] and kind & APART and now[_PIECES] and not now[_KEEPING]:
        current[now[_FILLED]] = 0x20
        now[_FILLED] += 1
    now[_LEFT_APART] = 0
    now[_DEPTH] += 1
    own, outer = now[_DEPTH], now[_DEPTH] - 1
    names = elements[element, NAMES]
    opened[own, _MARKS] = opened[outer, _MARKS] | elements[element, MARK]
    opened[own, _OWN], opened[own, _NEARBY] = names, names | opened[outer, _OWN]
    opened[own, _TEXTS] = opened[own, _MARKS] | (opened[outer, _NEARBY] | names) << now[_FIRST_NEAR]


@numba.njit(cache=True)
def _close(kind: int, now: Any, opened: Any, current: Any, written: Any, rows: Any) -> None:
    now[_DEPTH] -= 1
    if kind & BLOCK:
        _close_block(kind, now, opened, current, written, rows)
    else:
        now[_LEFT_APART] = kind & APART != 0


@numba.njit(cache=True)
def _is_on_row(kind: int, now: Any, opened: Any) -> Any:
    """Whether a block is a cell that stands on one line with the others of its row."""
    return kind & CELL != 0 and now[_ROWS] > 0 and opened[now[_ROWS] - 1, _ON_ROW] != 0


@numba.njit(cache=True)
def _open_block(
    data: Any, elements: Any, element: int, now: Any, opened: Any, current: Any, written: Any, rows: Any
) -> None:
    kind = elements[element, KIND]
    if _is_on_row(kind, now, opened):
        now[_NEW_CELL] = now[_PIECES] > 0
    else:
        _set_apart(kind, now, opened, current, written, rows)
        if kind & ROW:
            opened[now[_ROWS], _ON_ROW] = kind & LAYS_OUT == 0
            now[_ROWS] += 1
        elif kind & PREFORMATTED:
            now[_KEEPING] += 1
        own, outer = now[_BEARERS], now[_BEARERS] - 1
        if kind & PLAIN and opened[outer, _BEARING_KIND] & STICKY:
            opened[own, _BEARING], opened[own, _BEARING_KIND] = opened[outer, _BEARING], opened[outer, _BEARING_KIND]
        else:
            opened[own, _BEARING], opened[own, _BEARING_KIND] = elements[element, TAG], kind
        now[_BEARERS] += 1
    path = CRC_START ^ np.uint32(elements[element, CLASS])
    for at in range(elements[element, BEGINS], elements[element, STOPS]):
        path = crc(path, data[at])
    now[_OPENED] += 1
    opened[now[_BLOCKS], _BLOCK], opened[now[_BLOCKS], _PATH] = now[_OPENED], path ^ CRC_START
    now[_BLOCKS] += 1


@numba.njit(cache=True)
def _close_block(kind: int, now: Any, opened: Any, current: Any, written: Any, rows: Any) -> None:
    if not _is_on_row(kind, now, opened):
        _set_apart(kind, now, opened, current, written, rows)
        now[_LEFT_APART] = 0
        now[_BEARERS] -= 1
        if kind & ROW:
            now[_ROWS] -= 1
        elif kind & PREFORMATTED:
            now[_KEEPING] -= 1
    now[_BLOCKS] -= 1


@numba.njit(cache=True)
def _set_apart(kind: int, now: Any, opened: Any, current: Any, written: Any, rows: Any) -> None:
    if now[_PIECES]:
        _end_line(now, opened, current, written, rows)
    now[_IS_BLANK] |= kind & ITEM == 0 and (kind & PLAIN == 0 or now[_KEEPING] == 0)
    now[_BREAKS] = now[_FILLED] = 0


@numba.njit(cache=True)
def _break(now: Any, opened: Any, current: Any, written: Any, rows: Any) -> None:
    now[_NEW_CELL] = 0
    if now[_PIECES]:
        _end_line(now, opened, current, written, rows)
        now[_BREAKS] = 1
    else:
        now[_IS_BLANK] |= now[_BREAKS] > 0
        now[_BREAKS] += 1
        now[_FILLED] = 0


@numba.njit(cache=True)
def _collect(data: Any, at: int, end: int, now: Any, opened: Any, current: Any) -> Any:
    """Text that is more than white space; whether it could be read."""
    now[_LEFT_APART] = 0
    filled = now[_FILLED]
    if now[_NEW_CELL]:
        current[filled], current[filled + 1], current[filled + 2] = 0x20, 0x7C, 0x20
        filled += 3
        now[_NEW_CELL] = 0
    first = last = -1
    while at < end:
        point, at = point_at(data, at, end, False)
        if point == UNKNOWN:
            return False
        if not is_space(point):
            first = filled if first < 0 else first
            last = filled
        current[filled] = point
        filled += 1
    bits = opened[now[_DEPTH], _TEXTS]
    now[_FILLED] = filled
    now[_PIECES] += 1
    now[_SIGNS] += last + 1 - first
    now[_IN_LINKS] += last + 1 - first if bits & now[_LINK] else 0
    now[_COMMON] &= bits
    now[_EITHER] |= bits
    return True


@numba.njit(cache=True)
def _collect_space(data: Any, at: int, end: int, now: Any, current: Any) -> None:
    now[_LEFT_APART] = 0
    while at < end:
        current[now[_FILLED]], at = point_at(data, at, end, False)
        now[_FILLED] += 1


@numba.njit(cache=True)
def _collect_lines(data: Any, at: int, end: int, now: Any, opened: Any, current: Any, written: Any, rows: Any) -> Any:
    """Text whose lines stay as they are written; whether it could be read."""
    now[_LEFT_APART] = 0
    while True:
        stop, following = _written_line(data, at, end)
        if not is_blank(data, at, stop):
            if not _collect(data, at, stop, now, opened, current):
                return False
        else:
            _collect_space(data, at, stop, now, current)
        if stop == end:
            return True
        at = following
        _break(now, opened, current, written, rows)


@numba.njit(cache=True)
def _written_line(data: Any, at: int, end: int) -> Any:
    """Where the line that begins here ends, and where the next one begins."""
    while at < end:
        point, following = point_at(data, at, end, False)
        if point == 0x0A:
            return at, following
        if point == 0x0D:
            if following < end:
                second, behind = point_at(data, following, end, False)
                following = behind if second == 0x0A else following
            return at, following
        at = following
    return end, end


@numba.njit(cache=True)
def _end_line(now: Any, opened: Any, current: Any, written: Any, rows: Any) -> None:
    line, begin, blocks = now[_LINES], now[_WRITTEN], now[_BLOCKS]
    _write(now, current, written)
    is_blank_before = now[_IS_BLANK] != 0 and line > 0
    now[_NUMBER] += 1 + is_blank_before
    if now[_COMMON] & now[_LINK]:
        rows[line, LINKED] = 100
    elif now[_PIECES] > 1 and now[_EITHER] & now[_LINK]:
        rows[line, LINKED] = 100 * now[_IN_LINKS] // now[_SIGNS]
    rows[line, FIRST], rows[line, BEHIND], rows[line, NUMBER] = begin, now[_WRITTEN], now[_NUMBER]
    rows[line, BLANK], rows[line, BEARS] = is_blank_before, opened[now[_BEARERS] - 1, _BEARING]
    rows[line, DEPTH], rows[line, FLAGS] = blocks, now[_COMMON]
    near = max(blocks - NEAREST, 0)
    rows[line, NEAR] = _number(opened, near, blocks)
    rows[line, FAR] = _number(opened, max(blocks - PATHS, 0), near)
    for step in range(min(blocks, INNERMOST)):
        rows[line, NUMBERS + step] = opened[blocks - 1 - step, _BLOCK]
    now[_LINES] += 1
    now[_FILLED] = now[_PIECES] = now[_SIGNS] = now[_IN_LINKS] = now[_EITHER] = 0
    now[_COMMON] = -1
    now[_IS_BLANK] = now[_NEW_CELL] = 0


@numba.njit(cache=True)
def _write(now: Any, current: Any, written: Any) -> None:
    """What has been collected, without white space around it, and with one space for that within; unless lines stay:
    then without that behind it.
    """
    first, last = 0, now[_FILLED]
    write = now[_WRITTEN]
    while is_space(current[first]) and not now[_KEEPING]:
        first += 1
    while is_space(current[last - 1]):
        last -= 1
    is_ascii = True
    for at in range(now[_FILLED]):
        is_ascii &= current[at] < 0x80
    was_space = False
    for at in range(first, last):
        point = current[at]
        # what is a space by Unicode only stands for itself, unless all of the line is ASCII
        if not now[_KEEPING] and is_space(point) and (is_ascii or point in (0x20, 0x09, 0x0A, 0x0D, 0x0C)):
            was_space = True
            continue
        if was_space:
            written[write] = 0x20
            write += 1
            was_space = False
        written[write] = point
        write += 1
    now[_WRITTEN] = write


@numba.njit(cache=True)
def _number(opened: Any, start: int, end: int) -> Any:
    """``places._number``: CRC-32 of numbers of four bytes, the highest first."""
    value = CRC_START
    for at in range(start, end):
        for shift in (24, 16, 8, 0):
            value = crc(value, np.uint32((opened[at, _PATH] >> shift) & 0xFF))
    return np.int64(value ^ CRC_START)
