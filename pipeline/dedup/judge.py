"""Verified matches told apart: the same text, one text inside another, or one form with other facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.dedup.differ import LISTED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.dedup.differ import Change, Difference
    from pipeline.dedup.verify import Match, Near


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
    similar: Callable[[Match], bool],
    contained: Callable[[Match], bool],
    one_page: frozenset[tuple[int, int]] = frozenset(),
) -> Judged:
    """Sort verified matches.

    :param near: all of them
    :param text_of: the words of a distinct text
    :param differences: ``differ.difference`` of pairs of texts, which may be remembered
    :param similar: whether a match is close enough to be the same; asked first
    :param contained: whether one of the two is inside the other
    :param one_page: pairs known to be versions of one page: other facts are what a new version is for
    """
    same: dict[tuple[int, int], Match] = {}
    inside: dict[tuple[int, int], Match] = {}
    forms: dict[tuple[int, int], Match] = {}
    differ: dict[tuple[int, int], tuple[Change, ...]] = {}
    asked = [(match, alike) for match in near.matches.values() if (alike := similar(match)) or contained(match)]
    answers = differences([(text_of(match.left), text_of(match.right)) for match, _ in asked])
    for (match, alike), found in zip(asked, answers, strict=True):
        pair = match.left, match.right
        if found.changes:
            differ[pair] = found.changes[:LISTED]
        if found.other and pair not in one_page:
            forms[pair] = match
        elif alike:
            same[pair] = match
        else:
            inside[pair] = match
    return Judged(
        same=replace(near, matches=same),
        inside=replace(near, matches=inside),
        forms=replace(near, matches=forms),
        differ=differ,
    )
