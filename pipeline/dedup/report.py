"""Verified matches of texts to the records about articles and paragraphs: pairs and assignments."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.dedup.candidates import pack, packed, unpack
from pipeline.dedup.canonical import reason
from pipeline.dedup.records import Assignment, Pair
from pipeline.dedup.relate import TEMPLATE_ARTICLES, relate_articles, relate_paragraphs
from pipeline.dedup.verify import Beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.canonical import Ranked
    from pipeline.dedup.cluster import Sources
    from pipeline.dedup.facts.differ import Change
    from pipeline.dedup.judge import Judged
    from pipeline.dedup.records import Level, ParagraphItem, Relation
    from pipeline.dedup.shingles import Shingled
    from pipeline.dedup.verify import Near
    from pipeline.settings import CanonicalSettings

    Sides = tuple[NDArray[np.int64], NDArray[np.int64]]
    """Two things of each of some pairs."""


def assignments(ranked: Sequence[Ranked], kept: Sequence[int], settings: CanonicalSettings) -> tuple[Assignment, ...]:
    """The canonical article of each article with what decided, sorted by article id.

    :param ranked: articles, the preferred first
    :param kept: for each the place of the article that is kept
    """
    runner_up: dict[int, int] = {}
    for place, centre in enumerate(kept):
        if place != centre:
            runner_up.setdefault(centre, place)
    found = []
    for place, centre in enumerate(kept):
        rival = place if place != centre else runner_up.get(centre)
        why = "only" if rival is None else reason(ranked[centre], ranked[rival], settings)
        found.append(Assignment(ranked[place].article.id, ranked[centre].article.id, why))
    return tuple(sorted(found, key=lambda each: each.article_id))


def article_pairs(
    ranked: Sequence[Ranked], large: Judged, kept: NDArray[np.int64], page: NDArray[np.int64]
) -> list[Pair]:
    """Copies with their first copy, every article with the one kept for it, and one pair for each match.

    :param kept: as in ``assignments``
    :param page: for each article as in ``relate.pages``
    """
    texts, first = large.same.shingled.number, large.same.shingled.first_place
    wordy = np.flatnonzero(texts >= 0)
    left, right = unpack(np.concatenate((large.same.matches.pairs, large.forms.telling())))
    one = np.concatenate((first[texts[wordy]], kept, first[left]))
    other = np.concatenate((wordy, np.arange(len(ranked)), first[right]))
    found = []
    wanted = _each_once(one, other)
    revised = _one_page(page, unpack(wanted)).tolist()
    for ((mine, theirs), verified), one_page in zip(_verified(large, texts, wanted), revised, strict=True):
        ids = ranked[mine].article.id, ranked[theirs].article.id
        found.append(_pair("article", large, verified, ids, relate_articles(one_page)))
    return found


def paragraph_pairs(
    ordered: Sequence[ParagraphItem],
    article_of: NDArray[np.int64],
    small: Judged,
    *,
    page: NDArray[np.int64],
    large: Judged,
    kept: NDArray[np.int64],
    sources: Sources,
) -> list[Pair]:
    """Copies with their first copy, every repeat with its first source, and one pair for each telling match.

    :param ordered: paragraphs, the earliest source first
    :param article_of: for each the place of its article, as in ``page`` and ``kept``
    :param page: for each article as in ``relate.pages``
    :param kept: as in ``assignments``
    """
    texts, first = small.same.shingled.number, small.same.shingled.first_place
    wordy = np.flatnonzero(texts >= 0)
    copies = wordy[article_of[wordy] != article_of[first[texts[wordy]]]]
    telling = np.concatenate([kind.telling() for kind in (small.same, small.inside, small.forms)])
    apart = _first_apart(unpack(telling), small.same.shingled, article_of)
    one = np.concatenate((sources.source, first[texts[copies]], apart[0]))
    other = np.concatenate((sources.place, copies, apart[1]))
    wanted = _each_once(one, other)
    left_place, right_place = unpack(wanted)
    articles = article_of[left_place], article_of[right_place]
    revised, agree = _one_page(page, articles).tolist(), _agree(large, kept, articles).tolist()
    spread = _Spread(ordered, article_of, small.same)
    found = []
    rows = zip(_verified(small, texts, wanted), revised, agree, strict=True)
    for ((mine, theirs), verified), one_page, same_story in rows:
        left, right = ordered[mine], ordered[theirs]
        relation = relate_paragraphs(
            one_page, same_story, partial(spread.articles, left.site, right.site, verified.texts)
        )
        found.append(_pair("paragraph", small, verified, (left.id, right.id), relation))
    return found


def _each_once(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.uint64]:
    apart = one != other
    return pack(one[apart], other[apart])


class _Verified(NamedTuple):
    """What is known of a pair of places."""

    texts: tuple[int, int]
    """The distinct text of each."""
    kind: int
    """Which of ``_kinds`` the match is among; -1 for copies of one text."""
    estimated: float
    jaccard: float
    containment: float
    changes: tuple[Change, ...]
    """What they state differently, the first one's left."""


def _kinds(judged: Judged) -> tuple[Near, Near, Near]:
    return judged.same, judged.inside, judged.forms


def _verified(
    judged: Judged, texts: NDArray[np.int64], wanted: NDArray[np.uint64]
) -> Iterator[tuple[tuple[int, int], _Verified]]:
    """Packed pairs of places, one by one: copies where their distinct text is the same, else a verified match."""
    one, other = unpack(wanted)
    mine, theirs = texts[one], texts[other]
    pairs = packed(mine, theirs)
    kind = np.full(len(pairs), -1)
    columns = np.ones((3, len(pairs)))
    for number, near in enumerate(_kinds(judged)):
        at = near.matches.places(pairs)
        here = np.flatnonzero(at >= 0)
        kind[here] = number
        for column, values in zip(columns, near.matches.measures, strict=True):
            column[here] = values[at[here]]
    places = zip(one.tolist(), other.tolist(), strict=True)
    of_text = zip(mine.tolist(), theirs.tolist(), strict=True)
    known = of_text, kind.tolist(), *columns.tolist(), judged.changes(mine, theirs)
    yield from zip(places, map(_Verified, *known), strict=True)


def _pair(level: Level, judged: Judged, verified: _Verified, ids: tuple[str, str], relation: Relation) -> Pair:
    """The record of two items."""
    left, right = min(ids), max(ids)
    _, kind, estimated, jaccard, containment, changes = verified
    differs = tuple(str(change if ids[0] < ids[1] else change.turned()) for change in changes)
    if kind >= 0 and _kinds(judged)[kind] is judged.forms:
        relation = "form"
    return Pair(level, left, right, estimated, jaccard, containment, relation, differs)


def _one_page(page: NDArray[np.int64], articles: Sides) -> NDArray[np.bool_]:
    """Whether articles are known to stand under one URL."""
    one, other = (page[side] for side in articles)
    same: NDArray[np.bool_] = (one == other) & (one >= 0)
    return same


def _agree(large: Judged, kept: NDArray[np.int64], articles: Sides) -> NDArray[np.bool_]:
    """Whether articles are one story: of one cluster, or a match."""
    one, other = articles
    texts = large.same.shingled.number
    mine, theirs = texts[one], texts[other]
    # Articles without any word are of no match, and have no number to be packed.
    wordy = (mine >= 0) & (theirs >= 0)
    agree: NDArray[np.bool_] = kept[one] == kept[other]
    agree[wordy] |= large.same.matches.places(packed(mine[wordy], theirs[wordy])) >= 0
    return agree


def _first_apart(pairs: Sides, shingled: Shingled, article_of: NDArray[np.int64]) -> Sides:
    """The earliest pair of occurrences of two texts that are in different articles; less those that have none.

    :param pairs: left and right texts
    :returns: places of the occurrences
    """
    first = shingled.first_place
    # For each text its first occurrence in another article than its first, or -1. Of several assignments the last
    # stands.
    wordy = np.flatnonzero(shingled.number >= 0)[::-1]
    elsewhere = wordy[article_of[wordy] != article_of[first[shingled.number[wordy]]]]
    second = np.full(len(shingled), -1, dtype=np.int64)
    second[shingled.number[elsewhere]] = elsewhere
    (one, other), (next_one, next_other) = ([column[side] for side in pairs] for column in (first, second))
    apart = article_of[one] != article_of[other]
    ahead = [np.minimum(one, next_other), np.maximum(one, next_other)]
    behind = [np.minimum(next_one, other), np.maximum(next_one, other)]
    # Of two texts that come first in one article, one must be taken from another.
    takes_behind = (next_one >= 0) & (
        (next_other < 0) | (behind[0] < ahead[0]) | ((behind[0] == ahead[0]) & (behind[1] < ahead[1]))
    )
    left = np.where(apart, one, np.where(takes_behind, next_one, one))
    right = np.where(apart, other, np.where(takes_behind, other, next_other))
    there = (left >= 0) & (right >= 0)
    return left[there], right[there]


class _Spread:
    """In how many articles of a site a paragraph stands, near-duplicates of it included."""

    def __init__(self, ordered: Sequence[ParagraphItem], article_of: NDArray[np.int64], small: Near) -> None:
        self._ordered = ordered
        self._article_of = article_of
        self._near = Beside(small.matches.pairs)
        number = small.shingled.number
        self._places = np.argsort(number, kind="stable")
        self._bounds = np.searchsorted(number[self._places], np.arange(len(small.shingled) + 1))
        self._known: dict[int, dict[str, set[int]]] = {}

    def articles(self, site: str | None, other_site: str | None, texts: tuple[int, int]) -> int:
        """The number of articles; counting stops where it cannot change the relation any more. 0 unless of one site."""
        if site is None or site != other_site:
            return 0
        found: set[int] = set()
        for text in chain.from_iterable(chain((texts,), map(self._near.others, texts))):
            found |= self._sites(text).get(site, set())
            if len(found) >= TEMPLATE_ARTICLES:
                break
        return len(found)

    def _sites(self, text: int) -> dict[str, set[int]]:
        """Articles that hold a text, by site, no more than can matter; few texts are ever asked for."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = {}
            places = self._places[self._bounds[text] : self._bounds[text + 1]]
            for place, article in zip(places.tolist(), self._article_of[places].tolist(), strict=True):
                site = self._ordered[place].site
                if site is not None and len(own := known.setdefault(site, set())) < TEMPLATE_ARTICLES:
                    own.add(article)
        return known
