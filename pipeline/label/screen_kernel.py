"""The passes over the characters of ``screen``, of ``outline`` and of ``page_facts``, compiled."""

# ruff: noqa: PLR0912, PLR0915, PLR0917  (a kernel is one loop: each call inside it is compiled again)

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np

from pipeline.label.outline import IS_BULLET, IS_CLOSER, IS_LETTER, IS_ODD, IS_STOP, IS_WIDE
from pipeline.label.page_facts import ANY_SIGNATURE, CURRENCY, DIGIT, END, SHORT, SIGNATURE_BITS, SIGNATURE_STEP
from pipeline.label.rules import MOST_CHARACTERS
from pipeline.label.screen import ALPHABETIC, ALPHANUMERIC, BLANK, DENSE, MANY, PLANE, STRANGE, SYMBOL

_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)
_KEY: Final = MOST_CHARACTERS
_ONE: Final = np.uint32(1)
_SYMBOL, _DENSE, _BLANK = np.uint32(SYMBOL), np.uint32(DENSE), np.uint32(BLANK)
_UNKNOWN = np.uint32(0)
_END, _SPACE, _APOSTROPHE, _QUESTION = np.uint32(10), np.uint32(32), np.uint32(39), np.uint32(63)
_STEP: Final = np.uint64(SIGNATURE_STEP)
_NEW, _INSIDE, _LEFT, _DONE = 0, 1, 2, 3
"""Where a line is in the trie: before its first letter, inside, left at a sign (a letter must not follow), or past."""


@numba.njit(cache=True)
def look(
    points: Any,
    starts: Any,
    ends: Any,
    characters: Any,
    sought: Any,
    more: Any,
    moves: Any,
    found: Any,
    first: Any,
    first_child: Any,
    sibling: Any,
    label: Any,
    opens: Any,
    whole: Any,
    no_letters: Any,
    dense: Any,
    limits: Any,
    bits: Any,
) -> None:
    """Fill ``bits`` (n,) with the questions that each line might answer with yes; see ``Screen`` for the tables.

    :param points: (m,) uint32; line ``i`` is ``points[starts[i]:ends[i]]``.
    """
    for line in range(len(starts)):
        low, high = starts[line], ends[line]
        state = np.uint32(0)
        all_kinds = np.uint32(0)
        phase, node, last = _NEW, 0, 0
        was_blank = np.uint32(0)
        is_strange = False
        seen = np.uint64(0)
        for at in range(low, high):
            point = points[at]
            if point >= PLANE:
                # nothing that is sought holds such a character, but it may be a letter
                is_strange = is_strange or not 0x1F000 <= point < 0x1FB00
                all_kinds |= _DENSE
                state, was_blank = np.uint32(0), np.uint32(0)
                if phase == _INSIDE:
                    phase = _LEFT
                continue
            kind = characters[point]
            # no branch for each blank: every word ends with one, and processors cannot foresee where
            blank = kind & _BLANK
            if blank & was_blank:
                continue
            was_blank = blank
            all_kinds |= kind & (blank // _BLANK - _ONE)
            if phase != _DONE and at - low >= _KEY:
                phase = _DONE
            for part in range(3 if kind & MANY else 1):
                if part:
                    if more[point, part - 1] == 0:
                        break
                    kind = characters[more[point, part - 1]]
                move = moves[state + (kind & _SYMBOL)]
                state = np.uint32(move >> _ONE)
                if move & _ONE:
                    seen |= found[state]
                if phase == _DONE:
                    continue
                is_letter = kind & ALPHABETIC != 0
                if phase == _NEW and is_letter:
                    phase = _INSIDE
                if phase == _INSIDE:
                    form = sought[more[point, part - 1]] if part else sought[point]
                    if node == 0:
                        node = first[form]
                    else:
                        node = first_child[node]
                        while node > 0 and label[node] != form:
                            node = sibling[node]
                    seen |= opens[node]
                    if is_letter:
                        last = node
                    if node == 0:
                        phase = _DONE if is_letter else _LEFT
                elif phase == _LEFT and is_letter:
                    phase, last = _DONE, 0
        seen |= whole[last]
        if not all_kinds & ALPHANUMERIC:
            seen |= no_letters
        if all_kinds & DENSE:
            seen |= dense
        if is_strange or all_kinds & STRANGE:
            seen |= ~np.uint64(0)
        bits[line] = seen & limits[min(high - low, len(limits) - 1)]


@numba.njit(cache=True)
def outline(
    points: Any, starts: Any, ends: Any, bounds: Any, shapes: Any, folded: Any, more: Any, characters: Any, out: Any
) -> None:
    """Fill ``out`` (n, 6): letters and digits, wide characters, whether the line ends like a sentence, whether it is
    an item, how often it stands on its page, whether it has odd characters; see ``features.Lines``.
    """
    most = 1
    for page in range(len(bounds) - 1):
        most = max(most, bounds[page + 1] - bounds[page])
    size = 2
    while size < 2 * most:
        size *= 2
    first = np.empty(size, np.int64)
    slots = np.empty(most, np.int64)
    hashes = np.empty(len(starts), np.uint64)
    for page in range(len(bounds) - 1):
        first[:] = -1
        low_line = bounds[page]
        for line in range(low_line, bounds[page + 1]):
            low, high = starts[line], ends[line]
            letters = wide = odd = 0
            hashed = np.uint64(0)
            for at in range(low, high):
                point = points[at]
                if point >= PLANE:
                    wide += 0x20000 <= point < 0x31350
                    odd = IS_ODD
                    hashed = (hashed + point) * _PRIME
                    continue
                shape = shapes[point]
                letters += shape & IS_LETTER != 0
                wide += shape & IS_WIDE != 0
                odd |= shape & IS_ODD
                kind = characters[point]
                hashed = (hashed + folded[point]) * _PRIME
                if kind & MANY:
                    hashed = (hashed + more[point, 0]) * _PRIME
                    if more[point, 1]:
                        hashed = (hashed + more[point, 1]) * _PRIME
            end = high - 1
            while end >= low and points[end] < PLANE and shapes[points[end]] & IS_CLOSER:
                end -= 1
            stop = end >= low and points[end] < PLANE and shapes[points[end]] & IS_STOP != 0
            item = False
            if high > low and points[low] < PLANE and shapes[points[low]] & IS_BULLET:
                item = high - low > 1 and points[low + 1] < PLANE and characters[points[low + 1]] & BLANK != 0
            else:
                digits = 0
                while digits < min(high - low, 4) and 48 <= points[low + digits] <= 57:
                    digits += 1
                after = low + digits
                if 0 < digits <= 2 and after + 1 < high and (points[after] == 46 or points[after] == 41):
                    item = points[after + 1] < PLANE and characters[points[after + 1]] & BLANK != 0
            row = out[line]
            row[0], row[1], row[2], row[3], row[4], row[5] = letters, wide, stop, item, 0, odd
            hashes[line] = hashed
            slot = np.int64((hashed >> np.uint64(32)) & np.uint64(size - 1))
            while first[slot] >= 0 and hashes[first[slot]] != hashed:
                slot = (slot + 1) & (size - 1)
            if first[slot] < 0:
                first[slot] = line
            slots[line - low_line] = first[slot]
            out[first[slot], 4] += 1
        for line in range(low_line, bounds[page + 1]):
            out[line, 4] = out[slots[line - low_line], 4]


@numba.njit(cache=True)
def tell(
    points: Any,
    starts: Any,
    ends: Any,
    signs: Any,
    seen: int,
    of_words: Any,
    folded: Any,
    more: Any,
    characters: Any,
    out: Any,
) -> None:
    """Fill ``out`` (n, 5): ``features.TOLD`` of each line.

    :param signs: of each code point whether it is a digit, a sign of a currency, the end of a line, or another.
    :param seen: characters of a line in which digits and prices are sought.
    :param of_words: each code point, or a blank if words have none such.
    """
    for line in range(len(starts)):
        low, high = starts[line], ends[line]
        blanks = numbers = prices = 0
        for at in range(low, high):
            blanks += points[at] == _SPACE
        has_digit = has_price = False
        before = other = 0
        for at in range(low, min(high, low + seen)):
            point = points[at]
            sign = signs[min(point, len(signs) - 1)]
            if sign == DIGIT:
                has_digit = True
                has_price = has_price or CURRENCY in (before, other)
            elif sign == CURRENCY:
                has_price = has_price or DIGIT in (before, other)
            elif sign == END:
                numbers, prices = numbers + has_digit, prices + has_price
                has_digit = has_price = False
            # what stands before a blank stands beside what follows it
            other = before if point == _SPACE else 0
            before = sign
        row = out[line]
        row[0], row[1], row[2] = blanks, numbers + has_digit, prices + has_price
        row[3] = high > low and points[high - 1] == _QUESTION
        row[4] = ANY_SIGNATURE
        if blanks < SHORT:
            row[4] = _signature(points[low:high], of_words, folded, more, characters)


@numba.njit(cache=True)
def _signature(points: Any, of_words: Any, folded: Any, more: Any, characters: Any) -> Any:
    """A number made of the folded letters of a line; see ``page_facts``."""
    value = np.uint64(0)
    for point in points:
        if point >= PLANE or point == _END:
            return ANY_SIGNATURE
        for part in range(3 if characters[point] & MANY else 1):
            letter = of_words[more[point, part - 1] if part else folded[point]]
            if letter not in (_UNKNOWN, _SPACE, _APOSTROPHE):
                value = (value + letter) * _STEP
    return np.int64(value >> np.uint64(64 - SIGNATURE_BITS))
