"""The passes over the characters of ``words``, compiled."""

# ruff: noqa: PLR0912, PLR0917  (a kernel is one loop: each call inside it is compiled again)

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


@numba.njit(cache=True)
def share(text: Any, lines: Any, table: Any, long: int, out: Any) -> bool:
    """Fill ``out`` (2, n): how many words of each line stand in the text, and how many words it has.

    False if the table does not know a character: then ``out`` says nothing.

    :param lines: code points of the lines, each followed by a line end.
    :param table: each code point as words have it; a blank or a line end is between words, 0 is not known.
    :param long: letters of a word, at least.
    """
    begins, ends, hashes, known = _words(lines, table, long)
    if not known:
        return False
    size = 16
    while size < 4 * len(begins):
        size *= 2
    mask = np.uint64(size - 1)
    slots = np.full(size, -1, np.int64)
    # of equal words the first stands for all
    first = np.empty(len(begins), np.int64)
    for word in range(len(begins)):
        slot = (hashes[word] >> _HALF) & mask
        while slots[slot] >= 0 and not _same(
            lines, begins[word], ends[word], lines, begins[slots[slot]], ends[slots[slot]], table
        ):
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] < 0:
            slots[slot] = word
        first[word] = slots[slot]
    has = np.zeros(len(begins), np.bool_)
    text_begins, text_ends, text_hashes, known = _words(text, table, long)
    if not known:
        return False
    for word in range(len(text_begins)):
        slot = (text_hashes[word] >> _HALF) & mask
        while slots[slot] >= 0:
            own = slots[slot]
            if hashes[own] == text_hashes[word] and _same(
                text, text_begins[word], text_ends[word], lines, begins[own], ends[own], table
            ):
                has[own] = True
                break
            slot = (slot + np.uint64(1)) & mask
    line = at = 0
    for word in range(len(begins)):
        while at < begins[word]:
            line += lines[at] == _END
            at += 1
        out[0, line] += has[first[word]]
        out[1, line] += 1
    return True


@numba.njit(cache=True)
def _words(points: Any, table: Any, long: int) -> Any:
    """Where each long word begins and ends, its hash, and whether the table knows all characters."""
    most = len(points) // long + 1
    begins, ends, hashes = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.uint64)
    number, begin = 0, 0
    value = np.uint64(0)
    for at in range(len(points) + 1):
        letter = _SPACE
        if at < len(points):
            if points[at] >= len(table) or table[points[at]] == _UNKNOWN:
                return begins[:0], ends[:0], hashes[:0], False
            letter = table[points[at]]
        if letter != _SPACE:
            value = (value ^ np.uint64(letter)) * _PRIME
            continue
        if at - begin >= long:
            begins[number], ends[number], hashes[number] = begin, at, value
            number += 1
        begin, value = at + 1, np.uint64(0)
    return begins[:number], ends[:number], hashes[:number], True


@numba.njit(cache=True)
def _same(points: Any, begin: int, end: int, others: Any, other_begin: int, other_end: int, table: Any) -> bool:
    """Whether two words are equal."""
    if end - begin != other_end - other_begin:
        return False
    step = 0
    while step < end - begin and table[points[begin + step]] == table[others[other_begin + step]]:
        step += 1
    return step == end - begin
