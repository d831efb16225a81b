"""Verified matches told apart: the same text, one text inside another, or one form with other facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.verify import Near

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.differences import Differences


@dataclass(frozen=True, slots=True)
class Differing:
    """What distinct texts state differently. Facts are read where they are asked for: of few of a crowd's pairs."""

    pairs: NDArray[np.uint64]
    """``left << 32 | right`` of the pairs that were judged, sorted."""
    found: Differences
    """... in this order."""
    text_of: Callable[[int], str]

    def told(self, one: int, other: int, turned: bool) -> tuple[str, ...]:
        """The facts that two distinct texts state differently, as stored; none for pairs that were not judged.

        :param turned: whether what the text of the larger number states is to stand first
        """
        left, right = min(one, other), max(one, other)
        pair = np.uint64(left << 32 | right)
        at = int(np.searchsorted(self.pairs, pair))
        if at == len(self.pairs) or self.pairs[at] != pair:
            return ()
        changes = self.found.changes(at, self.text_of(left), self.text_of(right))
        return tuple(str(change.turned() if turned else change) for change in changes)


@dataclass(frozen=True, slots=True)
class Judged:
    """The distinct texts of one level and what is known of their pairs; the three kinds exclude each other."""

    same: Near
    """Near-duplicates: what is merged, marked as repeated, counted towards articles."""
    inside: Near
    """The smaller stands in the larger, which says much else."""
    forms: Near
    """They read alike and state other facts: nothing follows from them but that they are known to differ."""
    differing: Differing
    """For pairs of any kind."""

    def differs(self, one: int, other: int, turned: bool) -> tuple[str, ...]:
        """See ``Differing.told``."""
        return self.differing.told(one, other, turned)


def judge(
    near: Near,
    text_of: Callable[[int], str],
    differences: Callable[[Sequence[str], NDArray[np.int64], NDArray[np.int64]], Differences],
    *,
    similar: NDArray[np.bool_],
    contained: NDArray[np.bool_],
    one_page: NDArray[np.uint64] | None = None,
) -> Judged:
    """Sort verified matches.

    :param near: all of them
    :param text_of: the words of a distinct text
    :param differences: ``differences.differences``, which may be remembered
    :param similar: for each match whether it is close enough to be the same; goes before ``contained``
    :param contained: for each match whether one of the two is inside the other
    :param one_page: packed pairs known to be versions of one page: other facts are what a new version is for
    """
    asked = np.flatnonzero(similar | contained)
    matches = near.matches.take(asked)
    numbers, places = np.unique(np.concatenate(matches.sides), return_inverse=True)
    left, right = places[: len(asked)], places[len(asked) :]
    found = differences([text_of(number) for number in numbers.tolist()], left, right)
    form = found.other.copy()
    if one_page is not None:
        form &= ~np.isin(matches.pairs, one_page)
    alike = similar[asked]
    return Judged(
        same=Near(near.shingled, matches.take(alike & ~form)),
        inside=Near(near.shingled, matches.take(~alike & ~form)),
        forms=Near(near.shingled, matches.take(form)),
        differing=Differing(matches.pairs, found, text_of),
    )
