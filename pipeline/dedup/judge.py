"""Verified matches told apart: the same text, one text inside another, or one form with other facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.differ import LISTED
from pipeline.dedup.verify import Near

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.differ import Change, Difference


@dataclass(frozen=True, slots=True)
class Judged:
    """The distinct texts of one level and what is known of their pairs; the three kinds exclude each other."""

    same: Near
    """Near-duplicates: what is merged, marked as repeated, counted towards articles."""
    inside: Near
    """The smaller stands in the larger, which says much else."""
    forms: Near
    """They read alike and state other facts: nothing follows from them but that they are known to differ."""
    differ: dict[tuple[int, int], tuple[Change, ...]]
    """Facts that differ, for pairs of any kind that have some; ``left`` is the text of the smaller number."""

    def differs(self, one: int, other: int, turned: bool) -> tuple[str, ...]:
        """The facts that two distinct texts state differently, as stored.

        :param turned: whether what the text of the larger number states is to stand first
        """
        found = self.differ.get((min(one, other), max(one, other)), ())
        return tuple(str(change.turned() if turned else change) for change in found)


def judge(
    near: Near,
    text_of: Callable[[int], str],
    differences: Callable[[Sequence[tuple[str, str]]], list[Difference]],
    *,
    similar: NDArray[np.bool_],
    contained: NDArray[np.bool_],
    one_page: NDArray[np.uint64] | None = None,
) -> Judged:
    """Sort verified matches.

    :param near: all of them
    :param text_of: the words of a distinct text
    :param differences: ``differ.difference`` of pairs of texts, which may be remembered
    :param similar: for each match whether it is close enough to be the same; goes before ``contained``
    :param contained: for each match whether one of the two is inside the other
    :param one_page: packed pairs known to be versions of one page: other facts are what a new version is for
    """
    asked = np.flatnonzero(similar | contained)
    matches = near.matches.take(asked)
    left, right = (side.tolist() for side in matches.sides)
    answers = differences([(text_of(one), text_of(other)) for one, other in zip(left, right, strict=True)])
    stated = zip(left, right, answers, strict=True)
    differ = {(one, other): found.changes[:LISTED] for one, other, found in stated if found.changes}
    form = np.fromiter((found.other for found in answers), bool, len(answers))
    if one_page is not None:
        form &= ~np.isin(matches.pairs, one_page)
    alike = similar[asked]
    return Judged(
        same=Near(near.shingled, matches.take(alike & ~form)),
        inside=Near(near.shingled, matches.take(~alike & ~form)),
        forms=Near(near.shingled, matches.take(form)),
        differ=differ,
    )
