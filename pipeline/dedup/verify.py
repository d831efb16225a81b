"""Candidate pairs to exact similarities: nothing is called alike because its sketch is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.dedup import tools
from pipeline.dedup.candidates import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.dedup.shingles import Shingled


MAX_MATCHES = 64
"""A text that resembles more others is a formula; reporting them each with each would grow with their square."""

_PAIRS_AT_ONCE = 1 << 17

# Python's sets take so many seconds for a pair.
_PLAIN_PACE = 5e-6


class Match(NamedTuple):
    """Two distinct texts and how much they have in common."""

    left: int
    right: int
    jaccard: float
    containment: float
    """Share of the smaller shingle set that also stands in the larger."""


@dataclass(frozen=True, slots=True)
class Similarities:
    """Matches as columns of equal length."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.left)

    def where(self, chosen: NDArray[np.bool_]) -> Similarities:
        """Some of the pairs."""
        return Similarities(self.left[chosen], self.right[chosen], self.jaccard[chosen], self.containment[chosen])


def similarities(shingled: Shingled, pairs: NDArray[np.uint64], bound: float) -> Similarities:
    """The exact similarities of candidate pairs, in their order.

    :param pairs: packed pairs of distinct texts, sorted; texts without shingles are left out
    :param bound: pairs whose Jaccard similarity must be below it, by the sizes of the sets alone, are left out
    """
    left, right = unpack(pairs)
    sizes = shingled.sizes
    smaller, larger = np.minimum(sizes[left], sizes[right]), np.maximum(sizes[left], sizes[right])
    # Divided just as the similarity itself is, so that rounding cannot drop a pair that lies on the threshold.
    possible = (smaller > 0) & (smaller / np.maximum(larger, 1) >= bound)
    left, right, smaller, larger = left[possible], right[possible], smaller[possible], larger[possible]
    if tools.is_worth_compiled(len(left) * _PLAIN_PACE):
        from pipeline.dedup import compiled  # noqa: PLC0415  # loads numba

        shared = compiled.common(shingled, left, right)
    else:
        shared = _common(shingled, left, right)
    return Similarities(left, right, shared / (smaller + larger - shared), shared / smaller)


def _common(shingled: Shingled, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many shingles each pair has in common."""
    shared = np.empty(len(left), dtype=np.int64)
    current, mine = -1, frozenset[int]()
    for place, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        if one != current:
            current, mine = one, frozenset(shingled.set_of(one).tolist())
        shared[place] = len(mine.intersection(shingled.set_of(other).tolist()))
    return shared


def compare(shingled: Shingled, pairs: NDArray[np.uint64], bound: float) -> Iterator[Match]:
    """``similarities``, one by one; the pairs are worked on in parts, so that few are held at one time."""
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        found = similarities(shingled, pairs[start : start + _PAIRS_AT_ONCE], bound)
        yield from map(
            Match, found.left.tolist(), found.right.tolist(), found.jaccard.tolist(), found.containment.tolist()
        )


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
