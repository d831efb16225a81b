"""Counting what was found against planted truth: precision, recall, F1, adjusted Rand index."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import comb
from typing import TYPE_CHECKING

from benchmarks.dedup_edits import words_of
from benchmarks.dedup_prose import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.dedup_planted import Group

LENGTHS = ((0, 12), (12, 25), (25, 50), (50, 100), (100, 10_000))
"""Buckets by words of the shorter text of a pair."""


@dataclass(slots=True)
class Planted:
    """All texts of some groups with the truth about them, by position."""

    texts: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    group_of: list[int] = field(default_factory=list)
    truth: dict[tuple[int, int], str] = field(default_factory=dict)
    template: set[int] = field(default_factory=set)
    """Positions of texts made from templates."""

    @classmethod
    def of(cls, groups: Iterable[Group]) -> Planted:
        """Lay groups out one after the other."""
        planted = cls()
        for number, group in enumerate(groups):
            start = len(planted.texts)
            planted.texts += group.texts
            planted.languages += [group.language] * len(group.texts)
            planted.group_of += [number] * len(group.texts)
            planted.truth.update({(start + one, start + other): kind for (one, other), kind in group.truth.items()})
            if group.template:
                planted.template.update(range(start, len(planted.texts)))
        return planted

    def length(self, pair: tuple[int, int]) -> tuple[int, int]:
        """The bucket of a pair."""
        words = min(len(words_of(self.texts[at], self.languages[at] in UNSPACED)) for at in pair)
        return next(bucket for bucket in LENGTHS if bucket[0] <= words < bucket[1])


@dataclass(slots=True)
class Score:
    """Pairs: found and true, found and false, true and missed; by kind and by length."""

    hits: Counter[str] = field(default_factory=Counter)
    misses: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    """Pairs called the same that are not: by kind of hard negative, or ``unrelated``."""
    told: Counter[str] = field(default_factory=Counter)
    """Hard negatives not called the same, by kind."""
    by_length: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    """Bucket to hits, misses, false pairs."""
    template_hits: int = 0
    template_false: int = 0

    @property
    def precision(self) -> float:
        """Share of the pairs called the same that are."""
        return ratio(self.hits.total(), self.hits.total() + self.false.total())

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found."""
        return ratio(self.hits.total(), self.hits.total() + self.misses.total())

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return harmonic(self.precision, self.recall)


def ratio(part: int, whole: int) -> float:
    """A share; of nothing it is 1."""
    return part / whole if whole else 1.0


def harmonic(one: float, other: float) -> float:
    """Harmonic mean."""
    return 2 * one * other / (one + other) if one + other else 0.0


def score(planted: Planted, found: set[tuple[int, int]]) -> Score:
    """Count what was found.

    :param found: pairs of positions called the same, the smaller first
    """
    result = Score()
    for pair, kind in planted.truth.items():
        called = pair in found
        if kind.startswith("not:"):
            (result.false if called else result.told)[kind] += 1
            result.template_false += called
            result.by_length[planted.length(pair)][2] += called
        else:
            (result.hits if called else result.misses)[kind] += 1
            result.template_hits += called and pair[0] in planted.template
            result.by_length[planted.length(pair)][0 if called else 1] += 1
    for pair in found:
        if planted.group_of[pair[0]] != planted.group_of[pair[1]]:
            result.false["unrelated"] += 1
            result.template_false += not planted.template.isdisjoint(pair)
            result.by_length[planted.length(pair)][2] += 1
    return result


def true_clusters(planted: Planted, without: Sequence[str]) -> list[int]:
    """For each text the first one it is the same as, over chains of true pairs of the other kinds."""
    root = list(range(len(planted.texts)))
    for (one, other), kind in sorted(planted.truth.items()):
        if not kind.startswith(("not:", *without)):
            root[other] = root[one]
    return root


def adjusted_rand(one: Sequence[int], other: Sequence[int]) -> float:
    """Adjusted Rand index of two clusterings (Hubert and Arabie, Comparing partitions, 1985)."""
    both = sum(comb(count, 2) for count in Counter(zip(one, other, strict=True)).values())
    mine, theirs = (sum(comb(count, 2) for count in Counter(labels).values()) for labels in (one, other))
    expected = mine * theirs / max(comb(len(one), 2), 1)
    return (both - expected) / ((mine + theirs) / 2 - expected) if mine + theirs else 1.0
