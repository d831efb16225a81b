"""The loops of the network in compiled code: characters to counts and hashes, hashes to vectors, the recurrence.

``features`` says what each number means, in array arithmetic; here the same numbers are counted in one pass over the
characters. Both give the same bytes (``tests/test_label_kernels.py``). Compiled by numba, kept on disk (``compiled``
says when these are used). Kernels are small and take only arrays, since each second of their compilation is waited for.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917  (a kernel is one loop: each call inside it is compiled again)

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np

from pipeline.label.network.codepoints import PLANE, Class, Salt
from pipeline.label.network.features import FREQUENT, HEAD, PAIR_SLOTS, TAIL, WORD_SLOTS
from pipeline.label.network.lexicon import NONE

COUNTS: Final = (
    *("words", "dense_words", "longest", "sentences", "first", "second", "last", "before_last"),
    *("capital_words", "upper_words", "short_words", "lower_words", "digit_words"),
    *("has_address", "has_at", "has_copyright", "contents"),
)
"""Columns of the table that ``read_lines`` fills, before one column for each class of characters."""
_COLUMN: Final = {name: number for number, name in enumerate(COUNTS)}
_WORDS, _DENSE_WORDS, _LONGEST, _SENTENCES = (
    _COLUMN[name] for name in ("words", "dense_words", "longest", "sentences")
)
_FIRST, _SECOND, _LAST, _BEFORE_LAST = (_COLUMN[name] for name in ("first", "second", "last", "before_last"))
_CAPITALS, _UPPERS, _SHORTS, _LOWERS, _DIGITS = (
    _COLUMN[name] for name in ("capital_words", "upper_words", "short_words", "lower_words", "digit_words")
)
_ADDRESS, _AT, _COPYRIGHT, _CONTENTS = (
    _COLUMN[name] for name in ("has_address", "has_at", "has_copyright", "contents")
)
CLASSES: Final = len(COUNTS)
"""First of the columns of classes."""

IS_CONTENT: Final = 1
IS_DENSE_PAIR: Final = 2
"""Marks of a word: whether it says what a line is about; whether it and the next are one pair of dense characters."""

_SPACE, _LOWER, _UPPER, _LETTER = (int(kind) for kind in (Class.SPACE, Class.LOWER, Class.UPPER, Class.LETTER))
_DENSE, _DIGIT, _STOP, _OTHER = (int(kind) for kind in (Class.DENSE, Class.DIGIT, Class.STOP, Class.OTHER))
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_R29, _R32 = np.uint64(29), np.uint64(32)
_ONE, _THREE = np.uint64(1), np.uint64(3)
_WORD, _PREFIX, _SUFFIX, _PAIR, _LINE = (
    np.uint64(salt) for salt in (Salt.WORD, Salt.PREFIX, Salt.SUFFIX, Salt.PAIR, Salt.LINE)
)
_FIRST_WORD, _LAST_WORD, _FIRST_PAIR = (np.uint64(salt) for salt in (Salt.FIRST_WORD, Salt.LAST_WORD, Salt.FIRST_PAIR))
_SHAPE, _SHAPE_START, _SHAPE_END = (np.uint64(salt) for salt in (Salt.SHAPE, Salt.SHAPE_START, Salt.SHAPE_END))
_PLANE, _NONE = PLANE, NONE
_WORD_TABLE, _PAIR_TABLE = WORD_SLOTS, PAIR_SLOTS
OVERLAPS: Final = (
    *("seen", "content_seen", "content_often", "function_words", "common_words"),
    *("in_title", "is_title", "pairs_before", "pairs_after"),
)
"""Columns of the table that ``compare_lines`` fills: sums over the words, or pairs, of each line."""


@numba.njit(cache=True, inline="always")
def _mix(value: Any, salt: Any) -> Any:
    mixed = (value ^ salt) * _MIX1
    mixed ^= mixed >> _R29
    mixed *= _MIX2
    return mixed ^ (mixed >> _R32)


@numba.njit(cache=True, inline="always")
def _class_of(point: Any, classes: Any) -> Any:
    if point < _PLANE:
        return classes[point]
    return _DENSE if 0x20000 <= point < 0x40000 else _OTHER


@numba.njit(cache=True, inline="always")
def _form_of(point: Any, folded: Any) -> Any:
    return np.uint64(folded[point]) if point < _PLANE else np.uint64(point)


@numba.njit(cache=True)
def read_lines(
    points: Any,
    starts: Any,
    ends: Any,
    classes: Any,
    folded: Any,
    keys: Any,
    values: Any,
    counts: Any,
    line_hash: Any,
    parts: Any,
    units: Any,
    pairs: Any,
    marks: Any,
    words: Any,
    word_bounds: Any,
    phrases: Any,
    phrase_bounds: Any,
) -> int:
    """Fill the arrays after ``values``; returns the number of words.

    :param points: (m,) uint32, each line followed by a line end; line ``i`` is ``points[starts[i]:ends[i]]``.
    :param counts: (n, CLASSES + 16) int32.
    :param parts: (n, parts of the lexicon) int32.
    :param units, pairs, marks: (m,) each: of each word what stands for it, its pair with the next, and its marks.
    :param words: (2 * m,) hashes of words and their parts, those of line ``i`` at
        ``word_bounds[i]:word_bounds[i + 1]``; ``phrases`` (17 * n,) alike.
    """
    longest_line = 1
    for line in range(len(starts)):
        longest_line = max(longest_line, ends[line] - starts[line])
    begin = np.empty(longest_line, np.int64)
    close = np.empty(longest_line, np.int64)
    kinds = np.empty(longest_line, np.uint8)
    hashed = np.empty(longest_line, np.uint64)
    beginning = np.empty(longest_line, np.uint64)
    shape = np.empty(longest_line + 1, np.uint8)
    all_words = all_hashes = all_phrases = 0
    for line in range(len(starts)):
        low, high = starts[line], ends[line]
        own = counts[line]
        number = runs = sentences = longest = dense_words = uppers = 0
        was_inside = was_dense = is_upper = False
        is_address = is_at = is_copyright = False
        before = np.uint8(255)
        value = power = four = np.uint64(0)
        for at in range(low, high + 1):
            point = points[at]
            kind = _class_of(point, classes)
            if kind != before:
                shape[runs] = kind
                runs += 1
                before = kind
            own[CLASSES + kind] += 1
            if _LOWER <= kind <= _DIGIT:
                dense = kind == _DENSE
                if not was_inside or dense or was_dense:
                    if was_inside:
                        close[number] = at
                        hashed[number] = _mix(value, _WORD)
                        beginning[number] = four
                        uppers += is_upper and at - begin[number] > 1
                        number += 1
                    begin[number] = at
                    kinds[number] = kind
                    value, power, is_upper = np.uint64(0), _ONE, True
                value += (_form_of(point, folded) + _ONE) * power
                power *= _BASE
                if at - begin[number] == 3:
                    four = value
                is_upper = is_upper and kind == _UPPER
                was_inside, was_dense = True, dense
                continue
            if was_inside:
                close[number] = at
                hashed[number] = _mix(value, _WORD)
                beginning[number] = four
                uppers += is_upper and at - begin[number] > 1
                number += 1
            was_inside = was_dense = False
            if kind == _STOP:
                if point >= 0x3000 or _class_of(points[at + 1], classes) == _SPACE:
                    sentences += 1
            elif point == 58:
                is_address = is_address or points[at + 1] == 47
            elif point == 64:
                is_at = True
            elif point == 169:
                is_copyright = True
        own[CLASSES + _SPACE] -= 1  # the line end
        own[_SENTENCES], own[_UPPERS] = sentences, uppers
        own[_ADDRESS], own[_AT], own[_COPYRIGHT] = is_address, is_at, is_copyright
        own[_FIRST] = _class_of(points[low], classes)
        own[_SECOND] = _class_of(points[min(low + 1, high)], classes)
        own[_LAST] = _class_of(points[max(high - 1, low)], classes)
        own[_BEFORE_LAST] = _class_of(points[max(high - 2, low)], classes)

        # what the words say together
        contents = 0
        value, power = np.uint64(0), _ONE
        first_unit = all_words
        for word in range(number):
            size, kind = close[word] - begin[word], kinds[word]
            dense = kind == _DENSE
            has_next = word + 1 < number
            pair = hashed[word]
            if has_next:
                pair = _mix(hashed[word] * _THREE + hashed[word + 1], _PAIR)
            is_pair = dense and has_next and kinds[word + 1] == _DENSE
            content = (size >= 5 and kind != _DIGIT) or is_pair or (kind == _LETTER and size >= 4)
            unit = pair if is_pair else hashed[word]
            units[all_words], pairs[all_words] = unit, pair
            marks[all_words] = IS_CONTENT * content + IS_DENSE_PAIR * is_pair
            all_words += 1
            slot = unit & np.uint64(len(keys) - 1)
            if values[slot] != _NONE and keys[slot] == unit:
                parts[line, values[slot]] += 1
            value += hashed[word] * power
            power *= _BASE
            contents += content
            dense_words += dense
            longest = max(longest, 2 if dense else min(size, 40))
            own[_CAPITALS] += kind == _UPPER
            own[_SHORTS] += size <= 3 and not dense and kind != _DIGIT
            own[_LOWERS] += kind == _LOWER
            own[_DIGITS] += kind == _DIGIT
        own[_WORDS], own[_DENSE_WORDS], own[_LONGEST], own[_CONTENTS] = number, dense_words, longest, contents
        line_hash[line] = _mix(value, _LINE)

        # hashes of words, of beginnings, of ends, of dense pairs: each line's in this order
        word_bounds[line] = all_hashes
        head, tail = min(number, HEAD), max(HEAD, number - TAIL)
        for step in range(4):
            for word in range(number):
                if head <= word < tail:
                    continue
                size = close[word] - begin[word]
                if step == 0:
                    words[all_hashes] = hashed[word]
                elif step == 1 and size >= 6:
                    words[all_hashes] = _mix(beginning[word], _PREFIX)
                elif step == 2 and size >= 6:
                    end = close[word]
                    value = _form_of(points[end - 3], folded) + _ONE
                    value += (_form_of(points[end - 2], folded) + _ONE) * _BASE
                    value += (_form_of(points[end - 1], folded) + _ONE) * _BASE * _BASE
                    words[all_hashes] = _mix(value, _SUFFIX)
                elif step == 3 and marks[first_unit + word] & IS_DENSE_PAIR:
                    words[all_hashes] = pairs[first_unit + word]
                else:
                    continue
                all_hashes += 1

        # hashes of pairs, first and last words, the line, its shape
        phrase_bounds[line] = all_phrases
        width = number - 0.5 * dense_words
        if width <= 16:
            for word in range(min(number - 1, 10)):
                phrases[all_phrases] = pairs[first_unit + word]
                all_phrases += 1
        if number:
            phrases[all_phrases] = _mix(hashed[0], _FIRST_WORD)
            phrases[all_phrases + 1] = _mix(hashed[number - 1], _LAST_WORD)
            all_phrases += 2
        if number > 1:
            phrases[all_phrases] = _mix(pairs[first_unit], _FIRST_PAIR)
            all_phrases += 1
        if number and width <= 8:
            phrases[all_phrases] = line_hash[line]
            all_phrases += 1
        last = runs - 1
        for low_run, high_run, salt, wanted in (
            (0, last, _SHAPE, 1 < runs <= 17),
            (0, 6, _SHAPE_START, runs > 8),
            (last - 4, last, _SHAPE_END, runs > 8),
        ):
            if wanted:
                value, power = np.uint64(0), _ONE
                for run in range(low_run, high_run):
                    value += (np.uint64(shape[run]) + _ONE) * power
                    power *= _BASE
                phrases[all_phrases] = _mix(value, salt)
                all_phrases += 1
    word_bounds[len(starts)], phrase_bounds[len(starts)] = all_hashes, all_phrases
    return all_words


@numba.njit(cache=True)
def compare_lines(
    bounds: Any, counts: Any, units: Any, pairs: Any, marks: Any, logs: Any, long_width: Any, title_width: Any, out: Any
) -> None:
    """Which words of each line stand elsewhere on its page, in its long lines and its title, and which pairs of words.

    :param logs: ``log1p`` of 0, 1, 2, ... in single precision, as numpy gives it.
    :param out: (n, 9) float64: ``OVERLAPS``.
    """
    anywhere = np.empty(_WORD_TABLE, np.int32)
    in_long = np.empty(_WORD_TABLE, np.int32)
    in_title = np.empty(_WORD_TABLE, np.bool_)
    first = np.empty(_PAIR_TABLE, np.int64)
    last = np.empty(_PAIR_TABLE, np.int64)
    at = 0
    for page in range(len(bounds) - 1):
        low, high = bounds[page], bounds[page + 1]
        anywhere[:], in_long[:], in_title[:], first[:], last[:] = 0, 0, False, -1, -1
        title, long_words, start = -1, 0, at
        for line in range(low, high):
            number = counts[line, _WORDS]
            width = number - 0.5 * counts[line, _DENSE_WORDS]
            is_long = width >= long_width
            is_title = title < 0 and width >= title_width
            if is_title:
                title = line
            if is_long:
                long_words += number
            for word in range(at, at + number):
                slot = units[word] & np.uint64(_WORD_TABLE - 1)
                anywhere[slot] += 1
                in_long[slot] += is_long
                if is_title and marks[word] & IS_CONTENT:
                    in_title[slot] = True
            for word in range(at, at + number - 1):
                slot = pairs[word] & np.uint64(_PAIR_TABLE - 1)
                if first[slot] < 0:
                    first[slot] = line
                last[slot] = line
            at += number
        at = start
        least = np.float32(max(long_words, 1))
        for line in range(low, high):
            number = counts[line, _WORDS]
            is_long = number - 0.5 * counts[line, _DENSE_WORDS] >= long_width
            seen = content_seen = frequent = titled = before = after = 0
            often = common = 0.0
            for word in range(at, at + number):
                slot = units[word] & np.uint64(_WORD_TABLE - 1)
                other = in_long[slot] - is_long  # the word itself is not counted
                seen += other > 0
                if other >= 3 and np.float32(other) / least > np.float32(FREQUENT):
                    frequent += 1
                common += logs[anywhere[slot] - 1]
                if marks[word] & IS_CONTENT:
                    content_seen += other > 0
                    often += logs[max(other, 0)]
                    titled += in_title[slot]
            for word in range(at, at + number - 1):
                slot = pairs[word] & np.uint64(_PAIR_TABLE - 1)
                before += first[slot] < line
                after += last[slot] > line
            at += number
            row = out[line]
            row[0], row[1], row[2], row[3], row[4] = seen, content_seen, often, frequent, common
            row[5], row[6], row[7], row[8] = titled, line == title, before, after


@numba.njit(cache=True)
def add_vectors(hashes: Any, bounds: Any, slots: Any, spare: Any, vocabulary: Any, vectors: Any, out: Any) -> Any:
    """Sum of the vectors of each line's known hashes into ``out`` (n, size), in their order; returns how many, (n,)."""
    known = np.zeros(len(bounds) - 1, np.int64)
    mask = np.uint64(len(slots) - 1)
    for line in range(len(bounds) - 1):
        row = out[line]
        for at in range(bounds[line], bounds[line + 1]):
            number = slots[(hashes[at] >> np.uint64(spare)) & mask]
            if number > 0 and vocabulary[number] == (hashes[at] >> np.uint64(spare)) << np.uint64(spare):
                known[line] += 1
                for column in range(row.size):
                    row[column] += vectors[number, column]
    return known


@numba.njit(cache=True)
def run(gates: Any, bounds: Any, state: Any) -> None:
    """See ``loops.Loops``."""
    one = np.float32(1)
    both = state.shape[1]
    half = both // 2
    for page in range(len(bounds) - 1):
        low, high = bounds[page], bounds[page + 1]
        for line in range(low, high):
            for unit in range(half):
                forget = one / (one + gates[line, unit])
                state[line, unit] = (one - forget) * gates[line, both + unit]
                if line > low:
                    state[line, unit] += forget * state[line - 1, unit]
        for line in range(high - 1, low - 1, -1):
            for unit in range(half, both):
                forget = one / (one + gates[line, unit])
                state[line, unit] = (one - forget) * gates[line, both + unit]
                if line < high - 1:
                    state[line, unit] += forget * state[line + 1, unit]
