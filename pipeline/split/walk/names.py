"""The loop that says what classes, ids, roles and other names of elements say, by automata of all that is sought."""

# ruff: noqa: PLR0917, SIM110  (a kernel is made of loops; records cost more to pass on than what is done with them)

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numba
import numpy as np

from pipeline.split.declaring import NO_DATE
from pipeline.split.walk.points import CRC_START, crc
from pipeline.split.walk.tokens import CLASS, ID, SIGNED, TEST_ID

TELLS: Final = 1 << 40
DATES: Final = 1 << 41
"""Bits above those of names: that tell of a date or a person, or do unless what follows is ``NO_DATE``."""
BY_CLASS: Final = 1
BY_ID: Final = 2
"""What tells of it: the class, or the id (where there is none, the test id)."""

_PICKER: Final = np.frombuffer(NO_DATE.encode(), dtype=np.uint8)
_HYPHEN: Final = 0x2D


class Finder(NamedTuple):
    """An automaton over bytes."""

    symbols: Any
    """Of each byte; (256,)."""
    moves: Any
    """The state after each state and symbol; (states, symbols)."""
    found: Any
    """The bits of what ends in each state."""


class Said(NamedTuple):
    """What the names of each signature say; (s,) each."""

    bits: Any
    """As ``places.names_of``,"""
    classes: Any
    """... the number that stands for the class,"""
    telling: Any
    """... and what may mark a date or a person."""
    left: Any
    """Whether nothing of this was found out: what is read of it is not ASCII, or escaped."""


@numba.njit(cache=True)
def read_names(data: Any, signatures: Any, longest: int, telling: int, words: Finder, parts: Finder) -> Said:
    """What each signature says; roles are left to Python.

    :param longest: characters of a value that are read for names,
    :param telling: ... and for what tells of a date or a person, which are as many or more.
    :param words: finds names anywhere, with ``TELLS`` and ``DATES``;
    :param parts: ... those that must be whole parts of a word, or its end: as if each word stood between hyphens.
    """
    # fields of records are counted as references each time they are read
    symbols, moves, found = words
    part_symbols, part_moves, part_found = parts
    count = len(signatures)
    said = Said(
        np.zeros(count, np.int64), np.zeros(count, np.uint32), np.zeros(count, np.int8), np.zeros(count, np.bool_)
    )
    for row in range(count):
        for field in range(SIGNED):
            start, end = max(signatures[row, 2 * field], 0), signatures[row, 2 * field + 1]
            if start >= end:
                continue
            far = min(end, start + telling)
            if not _is_plain(data, start, far):
                said.left[row] = True
                break
            end = min(end, start + longest)
            seen = _seen(data, start, end, symbols, moves, found)
            seen |= _seen_parts(data, start, end, part_symbols, part_moves, part_found)
            if far > end:
                seen |= _seen(data, start, far, symbols, moves, found) & TELLS
            if field == CLASS:
                said.classes[row] = _number_of(data, start, end)
                said.telling[row] |= BY_CLASS * (seen & TELLS != 0)
            elif field == ID or (field == TEST_ID and signatures[row, 2 * ID + 1] <= max(signatures[row, 2 * ID], 0)):
                said.telling[row] |= BY_ID * (seen & TELLS != 0)
            if field != TEST_ID:
                said.bits[row] |= seen & ~TELLS
    return said


@numba.njit(cache=True)
def _is_plain(data: Any, start: int, end: int) -> Any:
    for at in range(start, end):
        if data[at] >= 0x80 or data[at] == 0x26:
            return False
    return True


@numba.njit(cache=True)
def _seen(data: Any, start: int, end: int, symbols: Any, moves: Any, found: Any) -> Any:
    seen = np.int64(0)
    state = 0
    for at in range(start, end):
        state = moves[state, symbols[data[at]]]
        bits = found[state]
        if bits & DATES and not _is_picker(data, at + 1, end):
            bits |= TELLS
        seen |= bits & ~DATES
    return seen


@numba.njit(cache=True)
def _seen_parts(data: Any, start: int, end: int, symbols: Any, moves: Any, found: Any) -> Any:
    hyphen = symbols[_HYPHEN]
    opened = moves[0, hyphen]
    seen = np.int64(0)
    state = opened
    for at in range(start, end):
        if data[at] == 0x20:
            seen |= found[moves[state, hyphen]]
            state = opened
        else:
            state = moves[state, symbols[data[at]]]
            seen |= found[state]
    return seen | found[moves[state, hyphen]]


@numba.njit(cache=True)
def _is_picker(data: Any, at: int, end: int) -> Any:
    if at + len(_PICKER) > end:
        return False
    for step in range(len(_PICKER)):
        # a letter and its capital differ by this bit
        if data[at + step] | 0x20 != _PICKER[step]:
            return False
    return True


@numba.njit(cache=True)
def _number_of(data: Any, start: int, end: int) -> Any:
    """CRC-32 of a class without its digits."""
    value = CRC_START
    for at in range(start, end):
        if not 0x30 <= data[at] <= 0x39:
            value = crc(value, data[at])
    return np.uint32(value ^ CRC_START)
