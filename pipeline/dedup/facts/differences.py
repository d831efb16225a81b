"""What many pairs of texts state differently, as columns; facts become words again where they are read.

A corpus of a hundred thousand texts from one template has ten million near pairs, and most of them differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.dedup import tools
from pipeline.dedup.facts.differ import LISTED, Place, places_of_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.facts.differ import Change

_NUMBER: Final = 1
_NAME: Final = 2

_READ_AT_ONCE: Final = 1 << 14
"""Pairs whose places are objects at one time."""

# Plain Python takes so many seconds for a pair.
_PLAIN_PACE: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Differences:
    """What each of some pairs states differently."""

    other: NDArray[np.bool_]
    """Whether the texts are two reports rather than one that was corrected."""
    ends: NDArray[np.int64]
    """Where each pair's places end."""
    places: NDArray[np.int32]
    """(places, 4): slices of both texts, see ``differ.Place``; the first ``LISTED`` of each pair."""
    kinds: NDArray[np.uint8]
    """1: a number differs, 2: a name, 3: both."""

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.other)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many places each pair has."""
        return np.diff(self.ends, prepend=np.int64(0))

    def changes(self, left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[Change, ...]]:
        """The facts of each pair that differ, in reading order.

        :param left: (n,) the left text of each pair; ``right`` likewise
        """
        starts = np.r_[np.int64(0), self.ends]
        for first in range(0, len(self), _READ_AT_ONCE):
            pairs = slice(first, first + _READ_AT_ONCE)
            begin = int(starts[first])
            bounds = (starts[first : first + _READ_AT_ONCE + 1] - begin).tolist()
            own = slice(begin, begin + bounds[-1])
            found = list(map(_place, self.places[own].tolist(), self.kinds[own].tolist()))
            for one, other, (start, end) in zip(left[pairs], right[pairs], pairwise(bounds), strict=True):
                yield tuple(place.change(one, other) for place in found[start:end])

    def take(self, pairs: NDArray[np.int64]) -> Differences:
        """Some of the pairs, in the order asked for."""
        sizes = self.sizes[pairs]
        ends = np.cumsum(sizes)
        rows = np.arange(int(sizes.sum())) + np.repeat(self.ends[pairs] - ends, sizes)
        return Differences(self.other[pairs], ends, self.places[rows], self.kinds[rows])


def _place(place: Sequence[int], kind: int) -> Place:
    start, end, other_start, other_end = place
    return Place(start, end, other_start, other_end, bool(kind & _NUMBER), bool(kind & _NAME))


def joined(parts: Sequence[Differences]) -> Differences:
    """Pairs of several after each other."""
    sizes = np.concatenate([np.zeros(0, np.int64), *(part.sizes for part in parts)])
    return Differences(
        np.concatenate([np.zeros(0, np.bool_), *(part.other for part in parts)]),
        np.cumsum(sizes),
        np.concatenate([np.zeros((0, 4), np.int32), *(part.places for part in parts)]),
        np.concatenate([np.zeros(0, np.uint8), *(part.kinds for part in parts)]),
    )


def differences(texts: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]) -> Differences:
    """``differ.difference`` of pairs of texts, of which ``LISTED`` changes are told.

    :param left: (n,) places of texts, best sorted; ``right`` likewise
    """
    if tools.is_worth_judging_compiled(len(left) * _PLAIN_PACE):
        from pipeline.dedup.facts import compiled  # noqa: PLC0415  # loads numba

        return compiled.differences(texts, left, right)
    return plain_differences(texts, left, right)


def plain_differences(texts: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]) -> Differences:
    """``differences`` in plain Python."""
    other, sizes = [], []
    places: list[tuple[int, int, int, int]] = []
    kinds: list[int] = []
    for one, two in zip(left.tolist(), right.tolist(), strict=True):
        found, is_other = places_of_change(texts[one], texts[two])
        other.append(is_other)
        sizes.append(min(len(found), LISTED))
        for place in found[:LISTED]:
            places.append((place.start, place.end, place.other_start, place.other_end))
            kinds.append(place.number * _NUMBER + place.name * _NAME)
    return Differences(
        _array(other, np.bool_),
        np.cumsum(_array(sizes, np.int64)),
        _array(places, np.int32).reshape(-1, 4),
        _array(kinds, np.uint8),
    )


def _array(values: Sequence[Any], kind: type[np.generic]) -> NDArray[Any]:
    return np.array(values, dtype=kind)
