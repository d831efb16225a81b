"""Verified matches told apart: the same text, one text inside another, or one form with other facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.differences import Differences
    from pipeline.dedup.verify import Match, Near


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
    similar: Callable[[Match], bool],
    contained: Callable[[Match], bool],
    one_page: frozenset[tuple[int, int]] = frozenset(),
) -> Judged:
    """Sort verified matches.

    :param near: all of them
    :param text_of: the words of a distinct text
    :param differences: ``differences.differences``, which may be remembered
    :param similar: whether a match is close enough to be the same; asked first
    :param contained: whether one of the two is inside the other
    :param one_page: pairs known to be versions of one page: other facts are what a new version is for
    """
    same: dict[tuple[int, int], Match] = {}
    inside: dict[tuple[int, int], Match] = {}
    forms: dict[tuple[int, int], Match] = {}
    asked = [(match, alike) for match in near.matches.values() if (alike := similar(match)) or contained(match)]
    asked.sort(key=lambda each: each[0][:2])
    sides = np.array([(match.left, match.right) for match, _ in asked], dtype=np.int64).reshape(-1, 2)
    numbers, places = np.unique(sides, return_inverse=True)
    left, right = places.reshape(-1, 2).T.copy()
    found = differences([text_of(number) for number in numbers.tolist()], left, right)
    for (match, alike), other in zip(asked, found.other.tolist(), strict=True):
        pair = match.left, match.right
        if other and pair not in one_page:
            forms[pair] = match
        elif alike:
            same[pair] = match
        else:
            inside[pair] = match
    packed = sides[:, 0].astype(np.uint64) << np.uint64(32) | sides[:, 1].astype(np.uint64)
    return Judged(
        same=replace(near, matches=same),
        inside=replace(near, matches=inside),
        forms=replace(near, matches=forms),
        differing=Differing(packed, found, text_of),
    )
