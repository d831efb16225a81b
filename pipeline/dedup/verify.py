"""Candidate pairs to exact similarities: nothing is called alike because its sketch is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

from pipeline.dedup import tools
from pipeline.dedup.candidates import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.shingles import Shingled


MAX_MATCHES = 64
"""A text that resembles more others is a formula; reporting them each with each would grow with their square."""

_PAIRS_AT_ONCE = 1 << 17

_SIGNATURES_AT_ONCE = 20_000
"""Pairs of signatures in memory at a time: 20 MB."""

# Python's sets take so many seconds for a pair.
_PLAIN_PACE = 5e-6


@dataclass(frozen=True, slots=True)
class Similarities:
    """Pairs of distinct texts and how much they have in common, as columns of equal length, sorted by pair."""

    pairs: NDArray[np.uint64]
    """Packed (``candidates.pack``)."""
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]
    """Share of the smaller shingle set that also stands in the larger."""

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.pairs)

    @property
    def sides(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Left and right text of each pair, left < right."""
        return unpack(self.pairs)

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Self:
        """Some of the pairs."""
        return type(self)(*(getattr(self, column.name)[which] for column in fields(self)))

    def places(self, pairs: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Where each of some packed pairs, in any order, stands among these; -1 where it does not."""
        if not len(self.pairs):
            return np.full(len(pairs), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.pairs, pairs), len(self.pairs) - 1)
        return np.where(self.pairs[at] == pairs, at, -1)


@dataclass(frozen=True, slots=True)
class Compared(Similarities):
    """Pairs whose signatures were compared as well."""

    estimated: NDArray[np.float64]
    """The MinHash estimate of the Jaccard similarity: the share of equal positions of two signatures."""

    @property
    def measures(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """As they are stored: estimated, exact, containment."""
        return self.estimated, self.jaccard, self.containment

    def of(self, pairs: NDArray[np.uint64]) -> tuple[Compared, NDArray[np.uint64]]:
        """What is known of some packed pairs, and those of which nothing is."""
        at = self.places(pairs)
        return self.take(at[at >= 0]), pairs[at < 0]


def joined(parts: Sequence[Compared]) -> Compared:
    """Several as one, sorted; a pair that stands in several is taken once."""
    columns = [
        np.concatenate([np.zeros(0, dtype), *(getattr(part, name) for part in parts)])
        for name, dtype in (("pairs", np.uint64), ("jaccard", float), ("containment", float), ("estimated", float))
    ]
    whole = Compared(*columns)
    order = np.argsort(whole.pairs, kind="stable")
    pairs = whole.pairs[order]
    first = np.r_[True, pairs[1:] != pairs[:-1]] if len(pairs) else np.zeros(0, dtype=bool)
    return whole.take(order[first])


class Beside:
    """Pairs from the side of each text."""

    def __init__(self, pairs: NDArray[np.uint64]) -> None:
        """Sort packed pairs, in any order, by text."""
        left, right = unpack(pairs)
        mine = np.concatenate((left, right))
        order = np.argsort(mine, kind="stable")
        texts, starts, counts = np.unique(mine[order], return_index=True, return_counts=True)
        self._others: list[int] = np.concatenate((right, left))[order].tolist()
        self._places: list[int] = np.tile(np.arange(len(pairs)), 2)[order].tolist()
        self._bounds = dict(
            zip(texts.tolist(), zip(starts.tolist(), (starts + counts).tolist(), strict=True), strict=True)
        )

    def others(self, text: int) -> list[int]:
        """The texts that a text makes a pair with."""
        start, end = self._bounds.get(text, (0, 0))
        return self._others[start:end]

    def places(self, text: int) -> list[int]:
        """Where these pairs stand among those given, in the order of ``others``."""
        start, end = self._bounds.get(text, (0, 0))
        return self._places[start:end]


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
    return Similarities(pairs[possible], shared / (smaller + larger - shared), shared / smaller)


def _common(shingled: Shingled, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many shingles each pair has in common."""
    shared = np.empty(len(left), dtype=np.int64)
    current, mine = -1, frozenset[int]()
    for place, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        if one != current:
            current, mine = one, frozenset(shingled.set_of(one).tolist())
        shared[place] = len(mine.intersection(shingled.set_of(other).tolist()))
    return shared


def estimates(
    signatures: Callable[[NDArray[np.int64]], NDArray[np.uint32]], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The share of equal positions of the signatures of some pairs.

    :param signatures: those of some texts, ``uint32 (n, permutations)``; asked for a few at a time
    """
    found = np.zeros(len(left), dtype=np.float64)
    for start in range(0, len(left), _SIGNATURES_AT_ONCE):
        here = slice(start, start + _SIGNATURES_AT_ONCE)
        one, other = signatures(left[here]), signatures(right[here])
        found[here] = np.count_nonzero(one == other, axis=1) / one.shape[1]
    return found


def compare(
    shingled: Shingled,
    signatures: NDArray[np.uint32],
    pairs: NDArray[np.uint64],
    jaccard: float,
    containment: float,
) -> Compared:
    """The candidate pairs that reach one of two similarities; worked on in parts, so that few are held at one time.

    :param signatures: one row for each distinct text
    :param pairs: as in ``similarities``
    """
    kept = []
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        found = similarities(shingled, pairs[start : start + _PAIRS_AT_ONCE], bound=0)
        found = found.take((found.jaccard >= jaccard) | (found.containment >= containment))
        estimated = estimates(lambda texts: signatures[texts], *found.sides)
        kept.append(Compared(found.pairs, found.jaccard, found.containment, estimated))
    return joined(kept)


@dataclass(frozen=True, slots=True)
class Near:
    """The distinct texts of one level, numbered by preference, and the verified matches among them."""

    shingled: Shingled
    matches: Compared

    def telling(self) -> NDArray[np.uint64]:
        """The matches that say something about the two texts, rather than about a formula that a crowd shares.

        All matches, but of a text with more than ``MAX_MATCHES`` only the one with its earliest partner.
        """
        left, right = self.matches.sides
        count = int(right.max(initial=-1)) + 1
        degree = np.bincount(left, minlength=count) + np.bincount(right, minlength=count)
        # Of several assignments to one place the last stands. Partners on the left are earlier than those on the right.
        earliest = np.empty(count, dtype=np.int64)
        earliest[left[::-1]] = right[::-1]
        earliest[right[::-1]] = left[::-1]
        few = np.maximum(degree[left], degree[right]) <= MAX_MATCHES
        chosen: NDArray[np.uint64] = self.matches.pairs[few | (earliest[left] == right) | (earliest[right] == left)]
        return chosen
