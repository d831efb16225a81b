"""``differ.places_of_change`` for many pairs in compiled code.

The answers are the same (``tests/test_dedup_many_differences.py``).
Compiled by numba, kept on disk (``tools`` says when it is used). Limits are handed in: code that is kept on disk would
not follow a change of a constant in another module.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917, SIM110  (a kernel is one loop: each call inside it is compiled again; generators are not)

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from pipeline.dedup.facts.columns import CALENDAR, CASELESS, MAY_STATE, NAME, NONE, UPPER

_MARKS, _MONTH, _LETTERS, _PLAIN, _PLAIN_LETTERS = 0, 1, 2, 3, 4
"""Columns of ``WordColumns.facts``."""


@numba.njit(cache=True)
def judge_pairs(
    words: Any, numbers: Any, marks: Any, offsets: Any, capitals: Any, facts: Any, bare_offsets: Any, bare: Any,
    left: Any, right: Any, first: Any, limits: Any, shares: Any, mine: Any, theirs: Any, place: Any,
    other: Any, sizes: Any, found: Any,
) -> Any:  # fmt: skip
    """Where facts of pairs of texts differ; the pair after the last one judged, and how many places were filled.

    Ends before its time where ``found`` may be too short for one more pair: then call again.

    :param words: and the next seven: as in ``WordColumns``
    :param left: (n,) int64, texts, best sorted; ``right`` likewise; judged from the ``first`` on
    :param limits: ``SLOT_WORDS``, ``SMALL_GAP``, ``LISTED``, ``OTHER_FACTS``, words of the longest text
    :param shares: ``OTHER_SHARE``, ``CAPITALS_TELL``, ``CAPITALS_EVERYWHERE``
    :param mine: (distinct words,) int32, zeros; ``theirs`` likewise; ``place`` likewise, with anything
    :param other: (n,) bool, set where a pair is two reports
    :param sizes: (n,) int64, filled with the number of places of each pair, at most ``LISTED``
    :param found: (any, 5) int32, filled: first word and the one after the last, in both texts; 1 for a number, 2 for a
        name, 3 for both
    """
    slot_words, small_gap, listed, other_facts, longest = limits[0], limits[1], limits[2], limits[3], limits[4]
    ends, last, before = np.empty((3, longest + 1), np.int32)
    chain_here, chain_there = np.empty((2, longest + 1), np.int32)
    anchor_here, anchor_there = np.empty((2, longest + 1), np.int32)
    slots = np.empty((longest + 1, 5), np.int32)
    gone = np.zeros(longest + 1, np.bool_)
    partner = np.empty(small_gap, np.int32)
    ranges = np.empty((2 * small_gap + 2, 4), np.int32)
    rows = np.empty((2, small_gap + 1), np.int32)
    letters_row = np.empty(bare_longest(bare_offsets) + 1, np.int32)
    filled = 0
    held = -1
    pair = first
    while pair < len(left) and filled + listed <= len(found):
        one, two = left[pair], right[pair]
        low, high = offsets[one], offsets[one + 1]
        low_other, high_other = offsets[two], offsets[two + 1]
        length, length_other = high - low, high_other - low_other
        if one != held:
            if held >= 0:
                for at in range(offsets[held], offsets[held + 1]):
                    mine[words[at]] = 0
            for at in range(low, high):
                mine[words[at]] += 1
            held = one
        for at in range(low_other, high_other):
            theirs[words[at]] += 1
            place[words[at]] = at - low_other
        sizes[pair] = 0
        may_left = False
        for at in range(low, high):
            word = words[at]
            if mine[word] > theirs[word] and (facts[word, _MARKS] & MAY_STATE or marks[at] & UPPER):
                may_left = True
                break
        may_right = False
        if may_left:
            for at in range(low_other, high_other):
                word = words[at]
                if theirs[word] > mine[word] and (facts[word, _MARKS] & MAY_STATE or marks[at] & UPPER):
                    may_right = True
                    break
        if may_right:
            # anchors, and the longest chain of them that rises on both sides
            anchors = 0
            piles = 0
            for at in range(length):
                word = words[low + at]
                if mine[word] == 1 and theirs[word] == 1:
                    there = place[word]
                    if piles == 0 or ends[piles - 1] < there:
                        pile = piles
                    else:
                        pile, top = 0, piles - 1
                        while pile < top:
                            middle = (pile + top) >> 1
                            if ends[middle] < there:
                                pile = middle + 1
                            else:
                                top = middle
                    anchor_here[anchors], anchor_there[anchors] = at, there
                    before[anchors] = last[pile - 1] if pile else -1
                    ends[pile], last[pile] = there, anchors
                    piles = max(piles, pile + 1)
                    anchors += 1
            anchor = last[piles - 1] if piles else np.int32(-1)
            for rank in range(piles - 1, -1, -1):
                chain_here[rank], chain_there[rank] = anchor_here[anchor], anchor_there[anchor]
                anchor = before[anchor]
            chain_here[piles], chain_there[piles] = length, length_other
            # where a few words stand for a few others
            slot_count = 0
            a, c = 0, 0
            for rank in range(piles + 1):
                here, there = chain_here[rank], chain_there[rank]
                if here < a or there < c:
                    continue
                b, d = here, there
                while b > a and d > c and words[low + b - 1] == words[low_other + d - 1]:
                    b, d = b - 1, d - 1
                while a < b and c < d and words[low + a] == words[low_other + c]:
                    a, c = a + 1, c + 1
                if a < b and c < d and b - a <= small_gap and d - c <= small_gap:
                    if b - a > 1 or d - c > 1:
                        _align(words, low + a, low + b, low_other + c, low_other + d, partner, ranges, rows)
                    else:
                        partner[0] = -1
                    begin, begin_other = a, c
                    for at in range(a, b + 1):
                        if at < b and partner[at - a] < 0:
                            continue
                        stop = d if at == b else c + partner[at - a]
                        if begin < at <= begin + slot_words and begin_other < stop <= begin_other + slot_words:
                            slots[slot_count, 0], slots[slot_count, 1] = begin, at
                            slots[slot_count, 2], slots[slot_count, 3] = begin_other, stop
                            slot_count += 1
                        begin, begin_other = at + 1, stop + 1
                a, c = here, there
                while a < length and c < length_other and words[low + a] == words[low_other + c]:
                    a, c = a + 1, c + 1
            # which of these are facts
            dated = False
            for slot in range(slot_count):
                a, b = low + slots[slot, 0], low + slots[slot, 1]
                c, d = low_other + slots[slot, 2], low_other + slots[slot, 3]
                changed = _stands_for(numbers, a, b, c, d) or _month_stands_for(words, facts, a, b, c, d)
                slots[slot, 4] = changed
                dated |= changed
            share = min(capitals[one], capitals[two])
            tell = share <= shares[1]
            count = 0
            number_count, name_count = 0, 0
            for slot in range(slot_count):
                a, b = low + slots[slot, 0], low + slots[slot, 1]
                c, d = low_other + slots[slot, 2], low_other + slots[slot, 3]
                is_number = slots[slot, 4] != 0
                names_tell = tell or (
                    share <= shares[2] and (dated or (_in_a_row(marks, a, b) and _in_a_row(marks, c, d)))
                )
                is_name = names_tell and (
                    _new_name(words, marks, facts, bare_offsets, bare, letters_row, a, b, c, d)
                    and _new_name(words, marks, facts, bare_offsets, bare, letters_row, c, d, a, b)
                )
                if not is_name and dated and not is_number:
                    is_name = _caseless(words, facts, a, b) and _caseless(words, facts, c, d)
                if is_number or is_name:
                    number_count += is_number
                    name_count += is_name
                    for at in range(a, b):
                        gone[at - low] = True
                    if count < listed:
                        for side in range(4):
                            found[filled + count, side] = slots[slot, side]
                        found[filled + count, 4] = is_number + 2 * is_name
                        count += 1
            sizes[pair] = count
            filled += count
            changes = number_count + name_count
            if changes >= other_facts:
                stated = 0
                for at in range(low, high):
                    if theirs[words[at]] == 0 or gone[at - low]:
                        continue
                    is_new = name_count > 0 and marks[at] & NAME and not (at > low and marks[at - 1] & NAME)
                    stated += (number_count > 0 and numbers[at] != NONE) or (
                        is_new and (tell or (at + 1 < high and marks[at + 1] & NAME != 0))
                    )
                other[pair] = changes >= shares[0] * (changes + stated)
            if count:
                gone[:length] = False
        for at in range(low_other, high_other):
            theirs[words[at]] = 0
        pair += 1
    if held >= 0:
        for at in range(offsets[held], offsets[held + 1]):
            mine[words[at]] = 0
    return pair, filled


@numba.njit(cache=True)
def bare_longest(bare_offsets: Any) -> Any:
    """Letters of the longest name."""
    longest: Any = 0
    for word in range(len(bare_offsets) - 1):
        longest = max(longest, bare_offsets[word + 1] - bare_offsets[word])
    return longest


@numba.njit(cache=True)
def _align(words: Any, a: Any, b: Any, c: Any, d: Any, partner: Any, ranges: Any, rows: Any) -> None:
    """Fill ``partner`` with the place of the equal word for each, -1 without; J. Ratcliff and J. Obershelp, 1988.

    As ``difflib.SequenceMatcher`` without junk: the longest equal run, the first of them, then both sides of it.
    """
    for at in range(b - a):
        partner[at] = -1
    ranges[0, 0], ranges[0, 1], ranges[0, 2], ranges[0, 3] = 0, b - a, 0, d - c
    waiting = 1
    while waiting:
        waiting -= 1
        low, high, low_other, high_other = ranges[waiting]
        best, best_at, best_there = 0, 0, 0
        previous, current = 0, 1
        for there in range(low_other, high_other + 1):
            rows[previous, there] = 0
        rows[current, low_other] = 0
        for at in range(low, high):
            for there in range(low_other, high_other):
                run = rows[previous, there] + 1 if words[a + at] == words[c + there] else 0
                rows[current, there + 1] = run
                if run > best:
                    best, best_at, best_there = run, at + 1 - run, there + 1 - run
            previous, current = current, previous
            rows[current, low_other] = 0
        for step in range(best):
            partner[best_at + step] = best_there + step
        if best and low < best_at and low_other < best_there:
            ranges[waiting, 0], ranges[waiting, 1] = low, best_at
            ranges[waiting, 2], ranges[waiting, 3] = low_other, best_there
            waiting += 1
        if best and best_at + best < high and best_there + best < high_other:
            ranges[waiting, 0], ranges[waiting, 1] = best_at + best, high
            ranges[waiting, 2], ranges[waiting, 3] = best_there + best, high_other
            waiting += 1


@numba.njit(cache=True)
def _stands_for(numbers: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Whether each side has a number that the other has not."""
    return _has_own(numbers, a, b, c, d) and _has_own(numbers, c, d, a, b)


@numba.njit(cache=True)
def _has_own(numbers: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    for at in range(a, b):
        if numbers[at] == NONE:
            continue
        is_new = True
        for there in range(c, d):
            is_new &= numbers[there] != numbers[at]
        if is_new:
            return True
    return False


@numba.njit(cache=True)
def _month_stands_for(words: Any, facts: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """The same for months and weekdays."""
    return _has_own_month(words, facts, a, b, c, d) and _has_own_month(words, facts, c, d, a, b)


@numba.njit(cache=True)
def _has_own_month(words: Any, facts: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    for at in range(a, b):
        month = facts[words[at], _MONTH]
        if month == NONE:
            continue
        is_new = True
        for there in range(c, d):
            is_new &= facts[words[there], _MONTH] != month
        if is_new:
            return True
    return False


@numba.njit(cache=True)
def _in_a_row(marks: Any, a: Any, b: Any) -> Any:
    for at in range(a + 1, b):
        if marks[at] & NAME and marks[at - 1] & UPPER:
            return True
    return False


@numba.njit(cache=True)
def _caseless(words: Any, facts: Any, a: Any, b: Any) -> Any:
    letters = 0
    for at in range(a, b):
        if facts[words[at], _MARKS] & CASELESS == 0:
            return False
        letters += facts[words[at], _LETTERS]
    return letters > 1


@numba.njit(cache=True)
def _new_name(
    words: Any, marks: Any, facts: Any, bare_offsets: Any, bare: Any, row: Any, a: Any, b: Any, c: Any, d: Any
) -> Any:
    """Whether one side has a name that is no spelling of a name of the other."""
    for at in range(a, b):
        if marks[at] & NAME == 0:
            continue
        is_new = True
        for there in range(c, d):
            if marks[there] & NAME and _are_variants(words[at], words[there], facts, bare_offsets, bare, row):
                is_new = False
                break
        if is_new:
            return True
    return False


@numba.njit(cache=True)
def _are_variants(one: Any, other: Any, facts: Any, bare_offsets: Any, bare: Any, row: Any) -> Any:
    if one == other:
        return True
    if facts[one, _MARKS] & facts[other, _MARKS] & CALENDAR:
        return False
    least = min(facts[one, _LETTERS], facts[other, _LETTERS])
    if facts[one, _PLAIN] == facts[other, _PLAIN] and 2 * facts[one, _PLAIN_LETTERS] >= least:
        return True
    low, high = bare_offsets[one], bare_offsets[one + 1]
    low_other, high_other = bare_offsets[other], bare_offsets[other + 1]
    length, length_other = high - low, high_other - low_other
    most = max(length, length_other) // 4
    # no fewer edits than letters that one has more
    if abs(length - length_other) > most:
        return False
    for there in range(length_other + 1):
        row[there] = there
    for at in range(length):
        above = row[0]
        row[0] = at + 1
        for there in range(length_other):
            kept = above + (bare[low + at] != bare[low_other + there])
            above = row[there + 1]
            row[there + 1] = min(min(above, row[there]) + 1, kept)
    return row[length_other] <= most
