"""Groups around one kept member. Nothing chains: a member is directly, verifiedly similar to what it points at."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.dedup.verify import Match


def stars(count: int, matches: Iterable[Match]) -> list[int]:
    """For each text its centre: the first text before it that is a centre and similar to it, else itself.

    Texts are numbered by preference. A text that is similar to a member, but to no centre, becomes a centre.
    """
    before: defaultdict[int, list[int]] = defaultdict(list)
    for match in matches:
        before[match.right].append(match.left)
    centre = list(range(count))
    for text, similar in sorted(before.items()):
        centre[text] = min((other for other in similar if centre[other] == other), default=text)
    return centre


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One paragraph as an occurrence of a distinct text in an article, all by number."""

    place: int
    text: int
    article: int


@dataclass(frozen=True, slots=True)
class Source:
    """The occurrence that another one repeats."""

    occurrence: int
    """Its place."""
    jaccard: float


def first_sources(occurrences: Iterable[Occurrence], near: Mapping[int, Sequence[Match]]) -> dict[int, Source]:
    """For each occurrence (by place) that repeats an earlier one of another article: which, and how closely.

    An occurrence points at the most similar earlier occurrence that itself repeats nothing (among equals the
    earliest). So first sources repeat nothing, and what points at them passes the threshold with them directly.

    :param occurrences: the earliest source first
    :param near: for each distinct text its verified matches
    """
    # For each text: the occurrences so far that repeat nothing and are similar to it, the best first.
    roots: defaultdict[int, list[tuple[float, int, int]]] = defaultdict(list)
    rooted: set[int] = set()
    sources: dict[int, Source] = {}
    for here in occurrences:
        elsewhere = (root for root in roots[here.text] if root[2] != here.article)
        best = next(elsewhere, None)
        if best is not None:
            sources[here.place] = Source(occurrence=best[1], jaccard=-best[0])
        elif here.text not in rooted:
            # All occurrences of a text that repeat nothing are in one article: the first speaks for them.
            rooted.add(here.text)
            insort(roots[here.text], (-1.0, here.place, here.article))
            for match in near.get(here.text, ()):
                other = match.right if match.left == here.text else match.left
                insort(roots[other], (-match.jaccard, here.place, here.article))
    return sources
