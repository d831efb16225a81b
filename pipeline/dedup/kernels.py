"""The loops of near-duplicate detection in compiled code: text to words, words to sets, sets to signatures, to pairs.

``shingles``, ``signature``, ``candidates`` and ``verify`` say what each number means and have the same in plain Python;
both give the same bytes (``tests/test_dedup_kernels.py``). Compiled by numba, kept on disk (``tools`` says when these
are used). Kernels take only arrays, since each second of their compilation is waited for.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917  (a kernel is one loop: each call inside it is compiled again)

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np

from pipeline.dedup import folding
from pipeline.dedup.shingles import COMBINE, FNV_OFFSET, FNV_PRIME, LINK, OTHER_LINK

_OFFSET, _PRIME, _COMBINE = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME), np.uint64(COMBINE)
_MIX1, _MIX2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_R32, _R33 = np.uint64(32), np.uint64(33)
_ONE, _SIX, _SIXTY_THREE = np.uint64(1), np.uint64(6), np.uint64(63)
_LINK, _OTHER_LINK = np.uint64(LINK), np.uint64(OTHER_LINK)

_SPACE, _WORD, _UNSPACED, _NOTHING = folding.SPACE, folding.WORD, folding.UNSPACED, folding.NOTHING
_SEVERAL, _ODD, _UNKNOWN = folding.SEVERAL, folding.ODD, folding.UNKNOWN
_SIZE_AT, _KIND_AT, _COUNT_AT = np.uint64(folding.SIZE_AT), np.uint64(folding.KIND_AT), np.uint64(folding.COUNT_AT)
_OPENS, _JOINS = np.uint64(1 << folding.OPENS_AT), np.uint64(1 << folding.JOINS_AT)
_BEFORE_AT, _AFTER_AT = np.uint64(folding.BEFORE_AT), np.uint64(folding.AFTER_AT)
_THREE_BITS, _BYTE, _LOW = np.uint64(7), np.uint64(0xFF), np.uint64(0xFFFFFFFF)
_NONE, _SPACED, _RUN = 0, 1, 2
"""Where reading stands: outside words, inside one, inside a run of a script without spaces."""
_BUCKET_SORT_MOST: Final = 1024
"""Larger sets are sorted digit by digit, whose cost no choice of keys can raise."""
_ZERO32, _FULL32 = np.uint32(0), np.uint32(0xFFFFFFFF)


@numba.njit(cache=True, inline="always")
def _fmix64(value: Any) -> Any:
    value ^= value >> _R33
    value *= _MIX1
    value ^= value >> _R33
    value *= _MIX2
    return value ^ (value >> _R33)


@numba.njit(cache=True, inline="always")
def _fmix32(key: Any) -> Any:
    """The upper half of a key, mixed as datasketch mixes it."""
    value = np.uint32(key >> _R32)
    value ^= value >> np.uint32(16)
    value = np.uint32(value * np.uint32(0x85EBCA6B))
    value ^= value >> np.uint32(13)
    value = np.uint32(value * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@numba.njit(cache=True)
def read_words(
    data: Any, offsets: Any, ascii_bytes: Any, pages: Any, blocks: Any, several: Any,
    words: Any, bounds: Any, prints: Any, odd: Any, wanted: Any,
) -> Any:  # fmt: skip
    """Word hashes of texts in UTF-8, and whether any block of the table was missing.

    :param data: (m,) uint8; text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    :param words: filled with the word hashes of all texts; room for at least two for each byte and one more
    :param bounds: (n + 1,) filled: text ``i`` has ``words[bounds[i]:bounds[i + 1]]``
    :param prints: (n, 2) uint64, filled with fingerprints: equal for equal lists of words
    :param odd: (n,) bool, set where a text cannot be folded character by character; it then has no words
    :param wanted: (pages,) bool, set where the table has no block: the texts must be read again
    """
    count = 0
    missing = False
    bounds[0] = 0
    for text in range(len(offsets) - 1):
        at, end = np.int64(offsets[text]), np.int64(offsets[text + 1])
        state = _NONE
        run = 0
        hashed = _OFFSET
        opened = False
        mark = np.uint64(0)
        is_odd = False
        while at < end:
            if state != _RUN:
                # ASCII without branches: where a word ends cannot be foretold
                inside = state == _SPACED
                stop = np.uint64(end)
                cursor = np.uint64(at)
                while cursor < stop and data[cursor] < 128:
                    letter = np.uint64(ascii_bytes[data[cursor]])
                    cursor += np.uint64(1)
                    if letter > 1:
                        hashed = (hashed ^ letter) * _PRIME
                        inside = True
                    elif letter == 0:
                        words[count] = hashed
                        count += inside
                        hashed = _OFFSET
                        inside = False
                at = np.int64(cursor)
                state = _SPACED if inside else _NONE
                if at == end:
                    break
            byte = data[at]
            parts: Any = 1
            if byte < 128:
                # after a run of a script without spaces
                at += 1
                letter = np.uint64(ascii_bytes[byte])
                if letter == 1:
                    continue
                entry = letter | (np.uint64(1) << _SIZE_AT)
                entry |= np.uint64(_WORD if letter > 1 else _SPACE) << _KIND_AT
            else:
                if at == offsets[text] or data[at - 1] < 128:
                    opened, mark = at > offsets[text], np.uint64(0)
                code = np.int64(byte)
                more = 0
                if code >= 0xF0:
                    code, more = code & 7, 3
                elif code >= 0xE0:
                    code, more = code & 15, 2
                elif code >= 0xC0:
                    code, more = code & 31, 1
                at += 1
                while more > 0 and at < end:
                    code = (code << 6) | np.int64(data[at] & 63)
                    at += 1
                    more -= 1
                page = code >> 8
                if page >= len(pages):
                    # not UTF-8
                    is_odd = True
                    break
                entry = blocks[pages[page], code & 255]
                kind = np.int64((entry >> _KIND_AT) & _THREE_BITS)
                if kind == _UNKNOWN:
                    # read on, to learn at once of all blocks that are missing
                    wanted[page] = missing = True
                    opened, mark = False, np.uint64(0)
                    continue
                before = (entry >> _BEFORE_AT) & _BYTE
                if kind == _ODD or (before != 0 and mark > before) or (opened and entry & _JOINS):
                    is_odd = True
                    break
                if before == 0:
                    opened = entry & _OPENS != 0
                mark = (entry >> _AFTER_AT) & _BYTE
                if kind == _SEVERAL:
                    parts = np.int64(entry >> _COUNT_AT)
            first = np.int64(entry & _LOW)
            for part in range(parts):
                if parts > 1:
                    entry = several[first + part]
                kind = np.int64((entry >> _KIND_AT) & _THREE_BITS)
                if kind == _NOTHING:
                    continue
                # a word ends at a space and where the script changes; of a longer run all pairs are told already
                if (state == _SPACED and kind != _WORD) or (state == _RUN and kind != _UNSPACED):
                    words[count] = hashed
                    count += state == _SPACED or run == 1
                    state, hashed = _NONE, _OFFSET
                if kind == _SPACE:
                    continue
                size = np.int64((entry >> _SIZE_AT) & _THREE_BITS)
                alone = _OFFSET
                for place in range(size):
                    letter = (entry >> np.uint64(8 * place)) & _BYTE
                    hashed = (hashed ^ letter) * _PRIME
                    alone = (alone ^ letter) * _PRIME
                if kind == _WORD:
                    state = _SPACED
                elif state == _RUN:
                    words[count] = hashed
                    count += 1
                    run += 1
                    hashed = alone
                else:
                    state, run = _RUN, 1
        if is_odd:
            odd[text] = True
            count = bounds[text]
        elif state == _SPACED or (state == _RUN and run == 1):
            words[count] = hashed
            count += 1
        bounds[text + 1] = count
        one, other = np.uint64(0), np.uint64(0)
        for place in range(bounds[text], count):
            word = _fmix64(words[place])
            words[place] = word
            one = (one + word) * _LINK
            other = ((other ^ word) + (other >> _R32)) * _OTHER_LINK
        prints[text, 0], prints[text, 1] = _fmix64(one), other
    return missing


@numba.njit(cache=True)
def _sort(keys: Any, low: Any, size: Any, spare: Any, counts: Any) -> None:
    """Sort ``keys[low:low + size]``; ``spare`` is as long as the longest set, ``counts`` has 2048 places."""
    if size > _BUCKET_SORT_MOST:
        # least significant digit first, eight bits at a time: an even number of passes ends where it began
        for shift in range(0, 64, 8):
            away = np.uint64(shift)
            counts[:257] = 0
            if shift & 8:
                for place in range(size):
                    counts[np.int64((spare[place] >> away) & _BYTE) + 1] += 1
            else:
                for place in range(size):
                    counts[np.int64((keys[low + place] >> away) & _BYTE) + 1] += 1
            for digit in range(256):
                counts[digit + 1] += counts[digit]
            for place in range(size):
                key = spare[place] if shift & 8 else keys[low + place]
                bucket: Any = np.int64((key >> away) & _BYTE)
                if shift & 8:
                    keys[low + counts[bucket]] = key
                else:
                    spare[counts[bucket]] = key
                counts[bucket] += 1
        return
    if size > 24:
        # keys are spread evenly over 64 bits: dealt out by their first bits they are nearly in order
        bits = 5
        while (1 << bits) < size:
            bits += 1
        away = np.uint64(64 - bits)
        counts[: (1 << bits) + 1] = 0
        for place in range(size):
            key = keys[low + place]
            spare[place] = key
            counts[np.int64(key >> away) + 1] += 1
        for digit in range(1 << bits):
            counts[digit + 1] += counts[digit]
        for place in range(size):
            key = spare[place]
            bucket = np.int64(key >> away)
            keys[low + counts[bucket]] = key
            counts[bucket] += 1
    for place in range(low + 1, low + size):
        key = keys[place]
        hole = place
        while hole > low and keys[hole - 1] > key:
            keys[hole] = keys[hole - 1]
            hole -= 1
        keys[hole] = key


@numba.njit(cache=True)
def gather(
    words: Any, bounds: Any, prints: Any, width: Any, slots: Any, known: Any, known_count: Any,
    number: Any, lengths: Any, keys: Any, sizes: Any, spare: Any, counts: Any,
) -> Any:  # fmt: skip
    """Collapse copies and shingle the texts not seen before; how many distinct texts are known then, and keys written.

    :param words: (w,) uint64, ``bounds`` (n + 1,), ``prints`` (n, 2): as ``read_words`` fills them
    :param slots: (power of two,) int64, -1 where free: numbers of distinct texts by fingerprint
    :param known: (capacity, 2) uint64: fingerprints of the distinct texts, the first ``known_count`` of them filled
    :param number: (n,) int64, filled: the distinct text of each, -1 without a word
    :param lengths: (n,) int64, filled with the words of each new distinct text
    :param keys: (w,) uint64, filled with the sorted distinct keys of each new text
    :param sizes: (n,) int64, filled with their numbers
    """
    written = 0
    first_new = known_count
    mask = len(slots) - 1
    for text in range(len(bounds) - 1):
        low, length = bounds[text], bounds[text + 1] - bounds[text]
        if length == 0:
            number[text] = -1
            continue
        slot = np.int64(prints[text, 0]) & mask
        while slots[slot] >= 0 and (
            known[slots[slot], 0] != prints[text, 0] or known[slots[slot], 1] != prints[text, 1]
        ):
            slot = (slot + 1) & mask
        if slots[slot] >= 0:
            number[text] = slots[slot]
            continue
        slots[slot] = known_count
        known[known_count, 0], known[known_count, 1] = prints[text, 0], prints[text, 1]
        number[text] = known_count
        size = max(length - width + 1, 0)
        for place in range(size):
            key = np.uint64(0)
            for offset in range(width):
                key = key * _COMBINE + words[low + place + offset]
            keys[written + place] = key
        distinct = 0
        if size:
            _sort(keys, written, size, spare, counts)
            distinct = 1
            for place in range(1, size):
                if keys[written + place] != keys[written + place - 1]:
                    keys[written + distinct] = keys[written + place]
                    distinct += 1
        lengths[known_count - first_new] = length
        sizes[known_count - first_new] = distinct
        written += distinct
        known_count += 1
    return known_count, written


@numba.njit(cache=True)
def rehash(known: Any, count: Any, slots: Any) -> None:
    """Put the first ``count`` fingerprints into empty ``slots``."""
    mask = len(slots) - 1
    for text in range(count):
        slot = np.int64(known[text, 0]) & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = text


@numba.njit(cache=True)
def sign(keys: Any, offsets: Any, rows: Any, multiply: Any, add: Any, signatures: Any) -> None:
    """Fill ``signatures`` (rows, permutations) uint32; see ``signature.sign``."""
    permutations = len(multiply)
    for row in range(len(rows)):
        text = rows[row]
        out = signatures[row]
        for place in range(permutations):
            out[place] = _FULL32
        last = offsets[text + 1] - 1
        for at in range(offsets[text], last + 1, 4):
            # four at a time, so that the signature is fetched and put back less often; a key may be taken twice
            one, two = _fmix32(keys[at]), _fmix32(keys[min(at + 1, last)])
            three, four = _fmix32(keys[min(at + 2, last)]), _fmix32(keys[min(at + 3, last)])
            for place in range(permutations):
                factor, addend = multiply[place], add[place]
                least = min(np.uint32(factor * one + addend), np.uint32(factor * two + addend))
                least_other = min(np.uint32(factor * three + addend), np.uint32(factor * four + addend))
                least = min(least, least_other)
                out[place] = min(out[place], least)


@numba.njit(cache=True)
def band_keys(signatures: Any, rows: Any, first: Any, keys: Any) -> None:
    """Fill ``keys`` (bands, n) with the keys of the bands from ``first`` on; see ``candidates.band_keys``."""
    for text in range(len(signatures)):
        for band in range(len(keys)):
            key = np.uint64(0)
            start = (first + band) * rows
            for place in range(start, start + rows):
                key = (key ^ np.uint64(signatures[text, place])) * _MIX1
                key ^= key >> _R32
            keys[band, text] = key


@numba.njit(cache=True)
def repeated(keys: Any, shift: Any, seen: Any, again: Any, places: Any) -> Any:
    """Fill ``places`` with those of keys that may not be alone, ascending; how many they are.

    :param seen: (2**(64 - shift) / 64,) uint64, zeros: a bit for each beginning of a key; ``again`` likewise
    """
    for key in keys:
        start = key >> shift
        word, bit = start >> _SIX, _ONE << (start & _SIXTY_THREE)
        again[word] |= seen[word] & bit
        seen[word] |= bit
    count: Any = 0
    for place in range(len(keys)):
        start = keys[place] >> shift
        places[count] = place
        count += np.int64((again[start >> _SIX] >> (start & _SIXTY_THREE)) & _ONE)
    return count


@numba.njit(cache=True)
def pair_runs(packed: Any, low_mask: Any, keys: Any, numbers: Any, most: Any, left_over: Any, pairs: Any) -> Any:
    """Pairs within runs of equal keys; how many there are (``pairs`` may be too short for all: then call again).

    :param packed: (n,) uint64, sorted: the upper bits of a key over the place in ``keys``
    :param low_mask: the bits of the place
    :param most: a larger run is not paired each with each
    :param left_over: (n,) bool, set at places whose run is too large or mixed: for others to pair
    :param pairs: (any,) uint64, filled with packed pairs of numbers, in no order
    """
    count = 0
    at = 0
    total = len(packed)
    while at < total:
        high = packed[at] | low_mask
        end = at + 1
        while end < total and packed[end] <= high:
            end += 1
        size = end - at
        if size > 1:
            key = keys[np.int64(packed[at] & low_mask)]
            mixed = size > most
            place = at + 1
            while place < end and not mixed:
                mixed = keys[np.int64(packed[place] & low_mask)] != key
                place += 1
            if mixed:
                for place in range(at, end):
                    left_over[np.int64(packed[place] & low_mask)] = True
            elif count + size * (size - 1) // 2 > len(pairs):
                count += size * (size - 1) // 2
            else:
                for one in range(at, end):
                    mine = np.uint64(numbers[np.int64(packed[one] & low_mask)])
                    for other in range(one + 1, end):
                        theirs = np.uint64(numbers[np.int64(packed[other] & low_mask)])
                        pairs[count] = (min(mine, theirs) << _R32) | max(mine, theirs)
                        count += 1
        at = end
    return count


@numba.njit(cache=True)
def common(keys: Any, offsets: Any, left: Any, right: Any, shared: Any) -> None:
    """Fill ``shared`` (n,) with how many keys two sorted sets have in common."""
    for pair in range(len(left)):
        one, one_end = offsets[left[pair]], offsets[left[pair] + 1]
        other, other_end = offsets[right[pair]], offsets[right[pair] + 1]
        found = 0
        while one < one_end and other < other_end:
            mine, theirs = keys[one], keys[other]
            # without branches: which of two hashes is larger cannot be foretold
            found += mine == theirs
            one += mine <= theirs
            other += theirs <= mine
        shared[pair] = found


@numba.njit(cache=True)
def stars(left: Any, right: Any, centre: Any) -> None:
    """Give each text its centre; see ``cluster.stars``. Pairs are sorted, ``centre`` (n,) holds each text itself."""
    for pair in range(len(left)):
        if centre[left[pair]] == left[pair] and centre[right[pair]] == right[pair]:
            centre[right[pair]] = left[pair]
