"""Verified matches told apart: the same text, one text inside another, or one form with other facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.candidates import packed, unpack
from pipeline.dedup.verify import Near

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.facts.differ import Change
    from pipeline.dedup.facts.differences import Differences


@dataclass(frozen=True, slots=True)
class Judged:
    """The distinct texts of one level and what is known of their pairs; the three kinds exclude each other."""

    same: Near
    """Near-duplicates: what is merged, marked as repeated, counted towards articles."""
    inside: Near
    """The smaller stands in the larger, which says much else."""
    forms: Near
    """They read alike and state other facts: nothing follows from them but that they are known to differ."""
    asked: NDArray[np.uint64]
    """The pairs of all three, packed and sorted."""
    differences: Differences
    """... and what they state differently. Facts are read where they are asked for: of few of a crowd's pairs."""
    texts_of: Callable[[NDArray[np.int64]], list[str]]

    def changes(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> list[tuple[Change, ...]]:
        """The facts that differ, for each pair of distinct texts, ``one``'s left; none for pairs of none of the kinds.

        :param one: (n,) distinct texts; ``other`` likewise
        """
        pairs = packed(one, other)
        at = np.searchsorted(self.asked, pairs)
        at[at == len(self.asked)] = -1
        known = self.asked[at] == pairs if len(self.asked) else np.zeros(len(pairs), dtype=bool)
        differing = np.flatnonzero(known)
        differing = differing[self.differences.sizes[at[differing]] > 0]
        told = self.differences.take(at[differing]).changes(*map(self.texts_of, unpack(pairs[differing])))
        found: list[tuple[Change, ...]] = [()] * len(pairs)
        for pair, is_turned, changes in zip(differing.tolist(), (one > other)[differing].tolist(), told, strict=True):
            found[pair] = tuple(change.turned() for change in changes) if is_turned else changes
        return found


def judge(
    near: Near,
    texts_of: Callable[[NDArray[np.int64]], list[str]],
    differences: Callable[[Sequence[str], NDArray[np.int64], NDArray[np.int64]], Differences],
    *,
    similar: NDArray[np.bool_],
    contained: NDArray[np.bool_],
    one_page: NDArray[np.uint64] | None = None,
) -> Judged:
    """Sort verified matches.

    :param near: all of them
    :param texts_of: some distinct texts as they are written
    :param differences: ``differences.differences``, which may be remembered
    :param similar: for each match whether it is close enough to be the same; goes before ``contained``
    :param contained: for each match whether one of the two is inside the other
    :param one_page: packed pairs known to be versions of one page: other facts are what a new version is for
    """
    asked = np.flatnonzero(similar | contained)
    matches = near.matches.take(asked)
    left, right = matches.sides
    is_asked = np.zeros(len(near.shingled), dtype=bool)
    is_asked[left] = is_asked[right] = True
    place = np.cumsum(is_asked) - 1
    found = differences(texts_of(np.flatnonzero(is_asked)), place[left], place[right])
    form = found.other
    if one_page is not None:
        form = form & ~np.isin(matches.pairs, one_page)
    alike = similar[asked]
    return Judged(
        same=Near(near.shingled, matches.take(alike & ~form)),
        inside=Near(near.shingled, matches.take(~alike & ~form)),
        forms=Near(near.shingled, matches.take(form)),
        asked=matches.pairs,
        differences=found,
        texts_of=texts_of,
    )
