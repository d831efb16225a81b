"""Buckets of a new segment against themselves and all older segments, one part of the keys at a time.

Each part is a task of its own that reads files and writes files, so that a pool of processes can work them off and no
one holds more than a part.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.candidates import MAX_BUCKET, pack
from pipeline.dedup.index.arrays import load, positions, save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.index.segment import Segment

    Entries = tuple[NDArray[np.int64], NDArray[np.int64]]
    """Places of keys in an array of keys asked for, and the numbers of texts in those buckets."""


@dataclass(frozen=True, slots=True)
class Settling:
    """The task of one part."""

    new: Segment
    part: int
    old: tuple[Segment, ...]
    alive: Path
    """Column ``u8``: for each text whether it stands in an article now."""
    out: Path
    """Folder for ``pairs-NN.u64`` (packed candidate pairs, sorted) and ``crowds-NN.u64`` (keys of large buckets)."""


def settle(task: Settling) -> None:
    """Sort one part of a new segment in place, and write the pairs and crowds that its entries bring about."""
    keys_path = task.new.folder / f"{task.part:05}.keys.u64"
    ids_path = task.new.folder / f"{task.part:05}.ids.u32"
    keys, ids = sorted_entries(load(keys_path), load(ids_path))
    # Replaced, not overwritten: a task that died half-way can be run again.
    for path, values in ((keys_path, keys), (ids_path, ids)):
        save(path.with_name("_" + path.name), values)
        path.with_name("_" + path.name).replace(path)

    alive = load(task.alive)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, dtype=np.int64)
    mine = np.diff(np.r_[starts, len(keys)])
    distinct = keys[starts]
    bucket, number = members(distinct, task.old, alive)
    sizes = mine + np.bincount(bucket, minlength=len(distinct))
    crowded = sizes > MAX_BUCKET
    save(task.out / f"crowds-{task.part:05}.u64", distinct[crowded])

    small = (sizes > 1) & ~crowded
    own = positions(starts[small], starts[small] + mine[small])
    theirs = small[bucket]
    buckets = np.r_[np.repeat(np.flatnonzero(small), mine[small]), bucket[theirs]]
    numbers = np.r_[ids[own].astype(np.int64), number[theirs]]
    left, right = each_with_each(buckets, numbers)
    new = np.maximum(left, right) >= task.new.first
    save(task.out / f"pairs-{task.part:05}.u64", pack(left[new], right[new]))


def sorted_entries(keys: NDArray[np.uint64], ids: NDArray[np.uint32]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Entries by key; those of one key keep their order."""
    bits = max(len(keys) - 1, 1).bit_length()
    # Sorting integers that carry their own places is several times faster than sorting places by integers.
    places = np.uint64((1 << bits) - 1)
    lost = int(keys.max() ^ keys.min()).bit_length() if len(keys) else 0
    shift = np.uint64(64 - lost if lost else 0)
    packed = (np.asarray(keys) << shift) & ~places
    packed |= np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    order = packed & places
    keys, ids = keys[order], ids[order]
    if np.any(keys[1:] < keys[:-1]):  # two keys that agree in all the bits that were compared, and part below
        again = np.argsort(keys, kind="stable")
        keys, ids = keys[again], ids[again]
    return keys, ids


def members(wanted: NDArray[np.uint64], segments: Sequence[Segment], alive: NDArray[np.uint8]) -> Entries:
    """Whose texts are in some buckets.

    :param wanted: distinct bucket keys, sorted
    """
    buckets, numbers = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for segment in segments:
        for keys, ids in segment.parts:
            if not len(keys):
                continue
            low = int(np.searchsorted(wanted, keys[0], "left"))
            high = int(np.searchsorted(wanted, keys[-1], "right"))
            asked = wanted[low:high]
            starts = np.searchsorted(keys, asked, "left")
            found = np.flatnonzero(keys[np.minimum(starts, len(keys) - 1)] == asked)
            starts = starts[found]
            ends = np.searchsorted(keys, asked[found], "right")
            texts = ids[positions(starts, ends)].astype(np.int64)
            living = alive[texts] > 0
            buckets.append(np.repeat(low + found, ends - starts)[living])
            numbers.append(texts[living])
    return np.concatenate(buckets), np.concatenate(numbers)


def each_with_each(buckets: NDArray[np.int64], numbers: NDArray[np.int64]) -> Entries:
    """All pairs of numbers in one bucket; buckets are small."""
    order = np.argsort(buckets, kind="stable")
    buckets, numbers = buckets[order], numbers[order]
    starts = np.flatnonzero(np.r_[True, buckets[1:] != buckets[:-1]]) if len(buckets) else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(buckets)])
    lefts, rights = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for size in np.unique(sizes[sizes > 1]).tolist():
        first = starts[sizes == size]
        one, other = np.triu_indices(size, k=1)
        lefts.append(numbers[first[:, None] + one].ravel())
        rights.append(numbers[first[:, None] + other].ravel())
    return np.concatenate(lefts), np.concatenate(rights)


def merged(columns: Sequence[NDArray[np.uint64]], low: int, high: int) -> NDArray[np.uint64]:
    """Pairs of several sorted columns whose left text is in a range of numbers, sorted, each once."""
    bounds = np.array([low << 32, high << 32], dtype=np.uint64)
    pieces = [column[slice(*np.searchsorted(column, bounds))] for column in columns]
    pairs = np.concatenate([np.zeros(0, dtype=np.uint64), *pieces])
    pairs.sort()
    return pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs
