"""The pass over the characters of ``words``, compiled."""

# ruff: noqa: PLR0912  (a kernel is one loop: each call inside it is compiled again)

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np

_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)
_SPACE, _END, _APOSTROPHE = np.uint32(32), np.uint32(10), np.uint32(39)
_UNKNOWN = np.uint32(0)


@numba.njit(cache=True)
def count(points: Any, table: Any, wanted: Any, counts: Any) -> int:
    """How often each of some words stands in a text, added to ``counts``; returns how many words it has.

    -1 if the table does not know a character: then ``counts`` says nothing.

    :param table: each code point as words have it; a blank or a line end is between words, 0 is not known. Letters
        behind an apostrophe are of the word before it, once.
    :param wanted: code points of the words, each word followed by a 0.
    """
    size = 16
    while size < 4 * len(counts):
        size *= 2
    mask = np.uint64(size - 1)
    slots = np.full(size, -1, np.int64)
    starts = np.empty(len(counts) + 1, np.int64)
    word = begin = 0
    value = np.uint64(0)
    for at in range(len(wanted)):
        if wanted[at] != _UNKNOWN:
            value = (value ^ np.uint64(wanted[at])) * _PRIME
            continue
        slot = (value >> _HALF) & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot], starts[word] = word, begin
        word, begin, value = word + 1, at + 1, np.uint64(0)
    starts[word] = len(wanted)

    total = 0
    begin = -1
    is_joined = False
    for at in range(len(points) + 1):
        letter = _SPACE
        if at < len(points):
            if points[at] >= len(table):
                return -1
            letter = table[points[at]]
            if letter == _UNKNOWN:
                return -1
        inside = letter not in (_SPACE, _END, _APOSTROPHE)
        if letter == _APOSTROPHE and begin >= 0 and not is_joined and at + 1 < len(points):
            if points[at + 1] >= len(table):
                return -1
            inside = is_joined = table[points[at + 1]] not in (_SPACE, _END, _APOSTROPHE)
        if inside:
            if begin < 0:
                begin, value, is_joined = at, np.uint64(0), False
            value = (value ^ np.uint64(letter)) * _PRIME
        elif begin >= 0:
            total += 1
            slot = (value >> _HALF) & mask
            while slots[slot] >= 0:
                first = starts[slots[slot]]
                same = starts[slots[slot] + 1] - 1 - first == at - begin
                step = 0
                while same and step < at - begin:
                    same = table[points[begin + step]] == wanted[first + step]
                    step += 1
                if same:
                    counts[slots[slot]] += 1
                    break
                slot = (slot + np.uint64(1)) & mask
            begin = -1
    return total
