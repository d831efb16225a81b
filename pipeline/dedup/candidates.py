"""Which pairs are worth comparing: LSH over signatures, and articles that share paragraphs.

Texts are plain numbers here, the lower the earlier; a pair is packed as ``left << 32 | right`` with left < right,
so that sets of pairs are sorted arrays of integers.

LSH banding: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, chapter 3. With ``b`` bands of ``r`` rows two
texts of similarity ``s`` meet in some band with probability ``1 - (1 - s**r)**b``: for 32 bands of 4 rows
.56 at .4, .87 at .5, .988 at .6 and all but 5 in 10**8 at .8.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Packed = NDArray[np.uint64]

MAX_BUCKET = 64
"""A bucket with more texts is not paired each with each: its cost would grow with the square of a house formula."""

MAX_SPREAD = 64
"""A paragraph that stands in more articles ties them to one of them only, for the same reason."""


def pack(left: NDArray[np.int64], right: NDArray[np.int64]) -> Packed:
    """Pairs of numbers as sorted distinct integers; the two sides may come in either order."""
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    # Sorted in place and thinned: np.unique hashes first and is several times slower on these sizes.
    pairs = (low << np.uint64(32)) | high
    pairs.sort()
    return _without_repeats(pairs)


def _without_repeats(pairs: Packed) -> Packed:
    return pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs


def unpack(pairs: Packed) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Left and right numbers of packed pairs."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def band_pairs(signatures: NDArray[np.uint32], numbers: NDArray[np.int64], bands: int) -> Packed:
    """Pairs of texts whose signatures agree in all rows of at least one band.

    A bucket of more than ``MAX_BUCKET`` texts gives its first text with every other, and, of the texts that agree
    in the next band too, each with the one after it: copies with small edits still meet inside a crowd that shares
    one formula.

    :param signatures: ``uint32 (n, permutations)``, ``permutations`` a multiple of ``bands``
    :param numbers: the texts' numbers, one for each row
    """
    pairs = np.zeros(0, dtype=np.uint64)
    if len(numbers) < 2:
        return pairs
    rows = signatures.shape[1] // bands
    keys = _band_keys(signatures[:, :rows])
    first_keys = keys
    for band in range(bands):
        start = (band + 1) * rows
        following = first_keys if band == bands - 1 else _band_keys(signatures[:, start : start + rows])
        left, right = grouped_pairs(keys, following, numbers)
        pairs = np.concatenate((pairs, pack(left, right)))
        # A stable sort merges the two sorted runs in one pass.
        pairs.sort(kind="stable")
        pairs = _without_repeats(pairs)
        keys = following
    return pairs


def _band_keys(band: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One 64-bit key for each row of a band; a collision only costs one comparison."""
    keys = np.zeros(len(band), dtype=np.uint64)
    for column in band.T:
        keys = (keys ^ column) * np.uint64(0xFF51AFD7ED558CCD)
        keys ^= keys >> np.uint64(32)
    return keys


def grouped_pairs(
    keys: NDArray[np.uint64], following: NDArray[np.uint64], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of numbers with equal keys: each with each, or sparsely in groups above ``MAX_BUCKET``.

    :param following: in a large group, numbers that are equal here too are paired, each with the one after it
    """
    order = np.lexsort((numbers, following, keys))
    keys, following, numbers = keys[order], following[order], numbers[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    sizes = np.diff(np.r_[starts, len(keys)])
    lefts, rights = [], []
    for size in np.unique(sizes):
        if size < 2:
            continue
        first = starts[sizes == size]
        if size <= MAX_BUCKET:
            one, other = np.triu_indices(size, k=1)
            lefts.append(numbers[first[:, None] + one].ravel())
            rights.append(numbers[first[:, None] + other].ravel())
            continue
        for start in first:
            group = numbers[start : start + size]
            head = group.min()
            rest = group[group != head]
            twins = np.flatnonzero(following[start + 1 : start + size] == following[start : start + size - 1])
            lefts += [np.full(len(rest), head), group[twins]]
            rights += [rest, group[twins + 1]]
    empty = np.zeros(0, dtype=np.int64)
    return np.concatenate([empty, *lefts]), np.concatenate([empty, *rights])


def shared_paragraph_pairs(
    standing: Sequence[Sequence[int]],
    near: Iterable[tuple[int, int]],
    words: NDArray[np.int64],
    total_words: NDArray[np.int64],
    share: float,
) -> Packed:
    """Pairs of articles of which one finds at least ``share`` of its words in paragraphs that the other has too.

    :param standing: for each distinct paragraph text: the numbers of the articles that print it, ascending
    :param near: verified near-duplicate pairs of distinct paragraph texts
    :param words: words of each distinct paragraph text
    :param total_words: for each article: words of all its paragraphs
    """
    owner, partner, text = array("q"), array("q"), array("q")

    def link(mine: Sequence[int], theirs: Sequence[int], my_text: int, their_text: int) -> None:
        for one, other in _cross(mine, theirs):
            if one != other:
                owner.extend((one, other))
                partner.extend((other, one))
                text.extend((my_text, their_text))

    for number, articles in enumerate(standing):
        if len(articles) > 1:
            link(articles, articles, number, number)
    for left, right in near:
        link(standing[left], standing[right], left, right)
    if not owner:
        return np.zeros(0, dtype=np.uint64)
    # Each paragraph of an article counts once towards a partner, however many of the partner's it resembles.
    mine, theirs, texts = (np.frombuffer(column, dtype=np.int64) for column in (owner, partner, text))
    ties = (mine << 32) | theirs
    order = np.lexsort((texts, ties))
    ties, texts = ties[order], texts[order]
    once = np.r_[True, (ties[1:] != ties[:-1]) | (texts[1:] != texts[:-1])]
    ties, texts = ties[once], texts[once]
    starts = np.flatnonzero(np.r_[True, ties[1:] != ties[:-1]])
    shared = np.add.reduceat(words[texts], starts)
    mine, theirs = ties[starts] >> 32, ties[starts] & 0xFFFFFFFF
    enough = shared >= share * total_words[mine]
    return pack(mine[enough], theirs[enough])


def _cross(mine: Sequence[int], theirs: Sequence[int]) -> Iterable[tuple[int, int]]:
    if len(mine) * len(theirs) <= MAX_SPREAD**2:
        return ((one, other) for one in mine for other in theirs)
    if mine[0] <= theirs[0]:
        return ((mine[0], other) for other in theirs)
    return ((one, theirs[0]) for one in mine)
