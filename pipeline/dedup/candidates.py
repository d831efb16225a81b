"""Which pairs are worth comparing: LSH over signatures, and articles that share paragraphs.

Texts are plain numbers here, the lower the earlier; a pair is packed as ``left << 32 | right`` with left < right,
so that sets of pairs are sorted arrays of integers.

LSH banding: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, chapter 3. With ``b`` bands of ``r`` rows two
texts of similarity ``s`` meet in some band with probability ``1 - (1 - s**r)**b``: for 32 bands of 4 rows
.56 at .4, .87 at .5, .988 at .6 and all but 5 in 10**8 at .8.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.dedup import tools

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Packed = NDArray[np.uint64]

MAX_BUCKET = 64
"""A bucket with more texts is not paired each with each: its cost would grow with the square of a house formula."""

MAX_SPREAD = 64
"""A paragraph that stands in more articles ties them to one of them only, for the same reason."""

_BANDS_AT_ONCE = 8
_KEYS_AT_ONCE = 1 << 25
_PAIRS_AT_ONCE = 1 << 22
"""Keys and pairs held at one time: 256 and 32 MB."""

_MEETINGS_AT_ONCE = 1 << 19
"""Articles with a text of theirs that others print, or nearly, held at one time: some 40 MB."""

_TIES_AT_ONCE = 1 << 18
"""Ties of articles by a paragraph held at one time, and those of one article more: some 40 MB."""

# numpy takes so many seconds for a row of a key, and for a key to find its equals.
_PLAIN_KEY, _PLAIN_PAIRING = 8e-9, 2e-7


def pack(left: NDArray[np.int64], right: NDArray[np.int64]) -> Packed:
    """Pairs of numbers as sorted distinct integers; the two sides may come in either order."""
    # Sorted in place and thinned: np.unique hashes first and is several times slower on these sizes.
    pairs = packed(left, right)
    pairs.sort()
    return without_repeats(pairs)


def without_repeats(pairs: Packed) -> Packed:
    """Each of some sorted integers once."""
    return pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs


def united(*parts: Packed) -> Packed:
    """All pairs of several, in any order, each once, sorted: ``np.union1d`` in a fraction of its time."""
    pairs = np.concatenate(parts)
    pairs.sort()
    return without_repeats(pairs)


def packed(left: NDArray[np.int64], right: NDArray[np.int64]) -> Packed:
    """``pack``, but in the order given and with repeats."""
    pairs = np.minimum(left, right).astype(np.uint64)
    pairs <<= np.uint64(32)
    pairs |= np.maximum(left, right).astype(np.uint64)
    return pairs


def unpack(pairs: Packed) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Left and right numbers of packed pairs."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def band_pairs(signatures: NDArray[np.uint32], numbers: NDArray[np.int64], bands: int) -> Packed:
    """Pairs of texts whose signatures agree in all rows of at least one band.

    A bucket of more than ``MAX_BUCKET`` texts gives its first text with every other, and, of the texts that agree
    in the next band too, each with the one after it: copies with small edits still meet inside a crowd that shares
    one formula.

    :param signatures: ``uint32 (n, permutations)``, ``permutations`` a multiple of ``bands``
    :param numbers: the texts' numbers, one for each row, below 2**32
    """
    return _joined(_bands(signatures, bands), numbers)


def keyed_pairs(keys: NDArray[np.uint64], numbers: NDArray[np.int64]) -> Packed:
    """``band_pairs`` from the keys of all bands, ``uint64 (bands, n)``: half the memory of signatures."""
    return _joined(((keys[band], keys[(band + 1) % len(keys)]) for band in range(len(keys))), numbers)


def _bands(signatures: NDArray[np.uint32], bands: int) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
    """The keys of each band, and of the one after it."""
    # As many bands at a time as fill the lines of cache that hold them, unless their keys would take too much memory.
    step = max(1, min(_BANDS_AT_ONCE, _KEYS_AT_ONCE // max(len(signatures), 1)))
    first_keys = band_keys(signatures, bands, 0, 1)
    for first in range(0, bands, step):
        last = min(first + step, bands)
        keys = band_keys(signatures, bands, first, min(last + 1, bands))
        for band in range(last - first):
            yield keys[band], keys[band + 1] if band + 1 < len(keys) else first_keys[0]


def _joined(
    keys_of_bands: Iterable[tuple[NDArray[np.uint64], NDArray[np.uint64]]], numbers: NDArray[np.int64]
) -> Packed:
    pairs = np.zeros(0, dtype=np.uint64)
    found: list[Packed] = []
    for keys, following in keys_of_bands:
        found.append(_packed_pairs(keys, following, numbers))
        # In a corpus of copies every band finds the same pairs: not all are held until the end.
        if sum(map(len, found)) > max(len(pairs), _PAIRS_AT_ONCE):
            pairs = united(pairs, *found)
            found = []
    return united(pairs, *found)


def band_keys(signatures: NDArray[np.uint32], bands: int, first: int, last: int) -> NDArray[np.uint64]:
    """One 64-bit key for each row of some bands; a collision only costs one comparison.

    :param bands: how many bands a signature has
    :param first: the first band to give keys of; ``last`` the one after the last
    :returns: ``uint64 (last - first, n)``, each band's keys side by side
    """
    rows = signatures.shape[1] // bands
    if tools.is_worth_compiled(len(signatures) * rows * (last - first) * _PLAIN_KEY):
        from pipeline.dedup import compiled  # noqa: PLC0415  # loads numba

        return compiled.band_keys(signatures, bands, first, last)
    keys = np.zeros((last - first, len(signatures)), dtype=np.uint64)
    for band in range(last - first):
        start = (first + band) * rows
        for column in signatures[:, start : start + rows].T:
            keys[band] = (keys[band] ^ column) * np.uint64(0xFF51AFD7ED558CCD)
            keys[band] ^= keys[band] >> np.uint64(32)
    return keys


def grouped_pairs(
    keys: NDArray[np.uint64], following: NDArray[np.uint64], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of numbers with equal keys: each with each, or sparsely in groups above ``MAX_BUCKET``. In no order.

    :param following: in a large group, numbers that are equal here too are paired, each with the one after it
    :param numbers: below 2**32
    """
    return unpack(_packed_pairs(keys, following, numbers))


def _packed_pairs(keys: NDArray[np.uint64], following: NDArray[np.uint64], numbers: NDArray[np.int64]) -> Packed:
    if not tools.is_worth_compiled(len(keys) * _PLAIN_PAIRING):
        return _plain_pairs(keys, following, numbers)
    from pipeline.dedup import compiled  # noqa: PLC0415  # loads numba

    pairs, crowd = compiled.run_pairs(keys, numbers, MAX_BUCKET)
    if len(crowd) == 0:
        return pairs
    return np.concatenate((pairs, _plain_pairs(keys[crowd], following[crowd], numbers[crowd])))


def _plain_pairs(keys: NDArray[np.uint64], following: NDArray[np.uint64], numbers: NDArray[np.int64]) -> Packed:
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
    return pack(np.concatenate([empty, *lefts]), np.concatenate([empty, *rights]))


def shared_paragraph_pairs(
    standing: Packed,
    near: Packed,
    words: NDArray[np.int64],
    total_words: NDArray[Any],
    share: float,
) -> Packed:
    """Pairs of articles of which one finds at least ``share`` of its words in paragraphs that the other has too.

    :param standing: each distinct paragraph text with each article that prints it (``text << 32 | article``), sorted
    :param near: verified near-duplicate pairs of distinct paragraph texts
    :param words: words of each distinct paragraph text
    :param total_words: for each article: words of all its paragraphs
    """
    bounds = np.searchsorted(standing, np.arange(len(words) + 1, dtype=np.uint64) << np.uint64(32))
    starts, sizes = bounds[:-1], np.diff(bounds)

    def article(at: NDArray[np.int64]) -> NDArray[np.int64]:
        found: NDArray[np.int64] = (standing[at] & np.uint64(0xFFFFFFFF)).astype(np.int64)
        return found

    shared = np.flatnonzero(sizes > 1)
    one, other = (np.concatenate((shared, side)) for side in unpack(near))
    # A text in very many articles ties them to the first of the other's only.
    crowd = sizes[one] * sizes[other] > MAX_SPREAD**2
    of_one, of_other = sizes[one], sizes[other]
    if crowd.any():
        earlier = crowd & (article(starts[one] * crowd) <= article(starts[other] * crowd))
        of_one = np.where(earlier, 1, of_one)
        of_other = np.where(crowd & ~earlier, 1, of_other)
    # Ties have a direction; all articles of one text with each other already have both.
    back = crowd | (one != other)
    text, partner = np.concatenate((one, other[back])), np.concatenate((other, one[back]))
    count, ties = np.concatenate((of_one, of_other[back])), np.concatenate((of_other, of_one[back]))
    # Articles in ranges that meet the texts about as often; the articles of a text are sorted.
    parts = max(-(-int(count.sum()) // _MEETINGS_AT_ONCE), 1)
    ranges = np.linspace(0, len(total_words), parts + 1).astype(np.int64)
    begin = np.zeros(len(text), dtype=np.int64)
    found = []
    for last in ranges[1:].tolist():
        end = np.searchsorted(standing, (text.astype(np.uint64) << np.uint64(32)) | np.uint64(last)) - starts[text]
        end = np.minimum(end, count)
        meeting, within = _spread(end - begin)
        mine = article(starts[text[meeting]] + begin[meeting] + within)
        begin = end
        # Where few stories are printed often, there are far more ties than articles: not all are held at one time.
        order = np.argsort(mine, kind="stable")
        meeting, mine = meeting[order], mine[order]
        before = np.cumsum(ties[meeting]) - ties[meeting]
        first = np.flatnonzero(np.diff(mine, prepend=-1))
        cuts = first[np.diff(before[first] // _TIES_AT_ONCE, prepend=-1) > 0]
        for low, high in pairwise([*cuts.tolist(), len(mine)]):
            own = meeting[low:high]
            at, within = _spread(ties[own])
            left, right = mine[low:high][at], article(starts[partner[own]][at] + within)
            apart = left != right
            found.append(_enough(left[apart] << 32 | right[apart], text[own[at[apart]]], words, share * total_words))
    return united(np.zeros(0, dtype=np.uint64), *found)


def _spread(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each place so many times, and how many times it has come before."""
    places = np.repeat(np.arange(len(counts)), counts)
    return places, np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)


def _enough(
    ties: NDArray[np.int64], texts: NDArray[np.int64], words: NDArray[np.int64], wanted: NDArray[np.floating]
) -> Packed:
    """Articles that are tied to others by texts of so many words.

    :param ties: ``article << 32 | other``; :param texts: what the article has that the other has too
    :param wanted: words that must be in common, for each article
    """
    if not len(ties):
        return np.zeros(0, dtype=np.uint64)
    # Each paragraph of an article counts once towards a partner, however many of the partner's it resembles.
    order = np.lexsort((texts, ties))
    ties, texts = ties[order], texts[order]
    once = np.r_[True, (ties[1:] != ties[:-1]) | (texts[1:] != texts[:-1])]
    ties, texts = ties[once], texts[once]
    starts = np.flatnonzero(np.r_[True, ties[1:] != ties[:-1]])
    shared = np.add.reduceat(words[texts], starts)
    mine, theirs = ties[starts] >> 32, ties[starts] & 0xFFFFFFFF
    enough = shared >= wanted[mine]
    return pack(mine[enough], theirs[enough])
