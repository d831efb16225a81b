"""All segments of a level as one: texts by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.candidates import unpack
from pipeline.dedup.index.arrays import positions
from pipeline.dedup.shingles import Shingled
from pipeline.dedup.verify import Compared, estimates, joined, similarities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.dedup.index.segment import Segment

_BATCH_SHINGLES = 4_000_000
"""Shingle keys that a batch of comparisons brings into memory, about: 32 MB."""

_BATCH_PAIRS = 25_000
"""Pairs in a batch at most: of a large index each maps some 64 kB of file around both of its texts."""

_MOST = 4
"""If one text in so many is asked for, a column is read through rather than looked into."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of several segments that follow each other."""

    segments: tuple[Segment, ...]

    @property
    def count(self) -> int:
        """How many texts there are, those that stand nowhere any more included."""
        return self.segments[-1].first + self.segments[-1].count if self.segments else 0

    def _places(self, numbers: NDArray[np.int64]) -> Iterator[tuple[Segment, NDArray[np.int64], NDArray[np.int64]]]:
        """Each segment with the positions of its texts in ``numbers`` and their rows."""
        ends = np.array([segment.first + segment.count for segment in self.segments], dtype=np.int64)
        owner = np.searchsorted(ends, numbers, "right")
        for at, segment in enumerate(self.segments):
            places = np.flatnonzero(owner == at)
            if len(places):
                yield segment, places, numbers[places] - segment.first

    def copies(self, prints: NDArray[np.uint64], alive: NDArray[np.uint8]) -> NDArray[np.int64]:
        """The living text with each fingerprint, or -1.

        :param prints: ``uint64 (n, 2)``
        """
        numbers = np.full(len(prints), -1, dtype=np.int64)
        halves = np.ascontiguousarray(prints[:, 0])
        for segment in self.segments:
            keys, ids = segment.known
            starts = np.searchsorted(keys, halves, "left")
            ends = np.searchsorted(keys, halves, "right")
            # Several where a text went and came back: only one of them is alive.
            owners = ids[positions(starts, ends)].astype(np.int64)
            asked = np.repeat(np.arange(len(prints)), ends - starts)
            right = (segment.prints[owners - segment.first, 1] == prints[asked, 1]) & (alive[owners] > 0)
            numbers[asked[right]] = owners[right]
        return numbers

    def words(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Folded words of some texts."""
        if _MOST * len(numbers) > self.count:
            return np.concatenate([segment.words for segment in self.segments])[numbers].astype(np.int64)
        found = np.zeros(len(numbers), dtype=np.int64)
        for segment, places, rows in self._places(numbers):
            found[places] = segment.words[rows]
        return found

    def signatures(self, numbers: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Signatures of some texts."""
        permutations = self.segments[0].permutations if self.segments else 1
        found = np.zeros((len(numbers), permutations), dtype=np.uint32)
        for segment, places, rows in self._places(numbers):
            found[places] = segment.signatures[rows]
        return found

    def passages(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Buckets of the passages of some texts: the position of each text in ``numbers``, and the bucket."""
        at, buckets = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint64)]
        for segment, places, rows in self._places(numbers):
            ends, keys = segment.passages
            if len(ends):
                starts = np.where(rows > 0, ends[rows - 1], 0)
                at.append(np.repeat(places, ends[rows] - starts))
                buckets.append(keys[positions(starts, ends[rows])])
        return np.concatenate(at), np.concatenate(buckets)

    def text(self, number: int) -> str:
        """One text (paragraphs only)."""
        (segment, _, rows), *_ = self._places(np.array([number]))
        return segment.text(int(rows[0]))

    def sizes(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many shingles some texts have."""
        found = np.zeros(len(numbers), dtype=np.int64)
        for segment, places, rows in self._places(numbers):
            ends = segment.ends
            found[places] = ends[rows] - np.where(rows > 0, ends[rows - 1], 0)
        return found

    def shingled(self, numbers: NDArray[np.int64]) -> Shingled:
        """The shingle sets of some texts, numbered in the order given; all are taken as distinct."""
        sizes = self.sizes(numbers)
        offsets = np.r_[np.int64(0), np.cumsum(sizes)]
        keys = np.zeros(int(offsets[-1]), dtype=np.uint64)
        for segment, places, rows in self._places(numbers):
            ends = segment.ends
            starts = np.where(rows > 0, ends[rows - 1], 0)
            target = positions(offsets[places], offsets[places + 1])
            keys[target] = segment.shingles[positions(starts, ends[rows])]
        return Shingled(np.arange(len(numbers)), self.words(numbers), keys, offsets)

    def compare(self, pairs: NDArray[np.uint64]) -> Compared:
        """The similarities of candidate pairs.

        :param pairs: packed pairs of numbers, sorted
        """
        done = [self._compare_batch(pairs[start:end]) for start, end in self._batches(pairs)]
        return joined(done)

    def _batches(self, pairs: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
        for start in range(0, len(pairs), _BATCH_PAIRS):
            left, right = unpack(pairs[start : start + _BATCH_PAIRS])
            load = np.cumsum(self.sizes(left) + self.sizes(right)) // _BATCH_SHINGLES
            bounds = np.r_[0, np.flatnonzero(load[1:] != load[:-1]) + 1, len(load)]
            for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
                yield start + low, start + high

    def _compare_batch(self, pairs: NDArray[np.uint64]) -> Compared:
        left, right = unpack(pairs)
        numbers, local = np.unique(np.r_[left, right], return_inverse=True)
        one, other = local[: len(left)].astype(np.uint64), local[len(left) :].astype(np.uint64)
        found = similarities(self.shingled(numbers), (one << np.uint64(32)) | other, bound=0)
        lefts, rights = (numbers[side] for side in found.sides)
        return Compared(
            (lefts.astype(np.uint64) << np.uint64(32)) | rights.astype(np.uint64),
            found.jaccard,
            found.containment,
            estimates(self.signatures, lefts, rights),
        )
