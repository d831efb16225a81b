"""Candidate pairs to exact similarities: nothing is called alike because its sketch is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.candidates import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.dedup.shingles import Shingled


MAX_MATCHES = 64
"""A text that resembles more others is a formula; reporting them each with each would grow with their square."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two distinct texts and how much they have in common."""

    left: int
    right: int
    jaccard: float
    containment: float
    """Share of the smaller shingle set that also stands in the larger."""


def compare(shingled: Shingled, pairs: NDArray[np.uint64], bound: float) -> Iterator[Match]:
    """The exact similarities of candidate pairs, in their order.

    :param pairs: packed pairs of distinct texts, sorted; texts without shingles are left out
    :param bound: pairs whose Jaccard similarity must be below it, by the sizes of the sets alone, are left out
    """
    left, right = unpack(pairs)
    sizes = shingled.sizes
    smaller, larger = np.minimum(sizes[left], sizes[right]), np.maximum(sizes[left], sizes[right])
    # Divided just as the similarity itself is, so that rounding cannot drop a pair that lies on the threshold.
    possible = (smaller > 0) & (smaller / np.maximum(larger, 1) >= bound)
    current, mine = -1, frozenset[int]()
    for one, other in zip(left[possible].tolist(), right[possible].tolist(), strict=True):
        if one != current:
            current, mine = one, frozenset(shingled.set_of(one).tolist())
        common = len(mine.intersection(shingled.set_of(other).tolist()))
        size = int(sizes[other])
        yield Match(one, other, common / (len(mine) + size - common), common / min(len(mine), size))


@dataclass(frozen=True, slots=True)
class Near:
    """The distinct texts of one level, numbered by preference, and the verified matches among them."""

    shingled: Shingled
    signatures: NDArray[np.uint32]
    """One row for each distinct text."""
    matches: dict[tuple[int, int], Match]
    """By (left, right)."""

    def estimate(self, match: Match) -> float:
        """The MinHash estimate of a match's Jaccard similarity: the share of equal positions."""
        equal = int(np.count_nonzero(self.signatures[match.left] == self.signatures[match.right]))
        return equal / int(self.signatures.shape[1])

    def telling(self) -> list[tuple[int, int]]:
        """The matches that say something about the two texts, rather than about a formula that a crowd shares.

        All matches, but of a text with more than ``MAX_MATCHES`` only the one with its earliest partner.
        """
        degree = Counter[int]()
        earliest: dict[int, int] = {}
        for left, right in self.matches:
            degree.update((left, right))
            earliest[left] = min(right, earliest.get(left, right))
            earliest[right] = min(left, earliest.get(right, left))
        return [
            (left, right)
            for left, right in self.matches
            if max(degree[left], degree[right]) <= MAX_MATCHES or earliest[left] == right or earliest[right] == left
        ]

    def between(self, one: int, other: int) -> Match | None:
        """The match of two distinct texts, in either order."""
        return self.matches.get((min(one, other), max(one, other)))
