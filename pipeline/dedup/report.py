"""Verified matches of texts to what is told of articles and paragraphs: pairs, and why an article is kept."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.dedup.candidates import pack, packed, unpack, without_repeats
from pipeline.dedup.columns import Listed, PairColumns, together
from pipeline.dedup.relate import TEMPLATE_ARTICLES, relate_articles, relate_paragraphs
from pipeline.dedup.verify import Beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.canonical import Ranking
    from pipeline.dedup.cluster import Sources
    from pipeline.dedup.columns import ArticleColumns, ParagraphColumns
    from pipeline.dedup.facts.differ import Change
    from pipeline.dedup.judge import Judged
    from pipeline.dedup.records import Relation
    from pipeline.dedup.shingles import Shingled
    from pipeline.dedup.verify import Near
    from pipeline.shelf import Shelf

    Sides = tuple[NDArray[np.int64], NDArray[np.int64]]
    """Two things of each of some pairs."""


_PAIRS_AT_ONCE = 1 << 15
"""Pairs of which each side is an object at one time: some 20 MB."""


def reasons(ranking: Ranking, ranked: NDArray[np.int64], kept: NDArray[np.int64]) -> dict[int, str]:
    """What decided which article is kept, for each that has near-duplicates, by its place in ``ranking``.

    :param ranked: places in ``ranking``, the preferred first
    :param kept: for each of these the place, among them, of the article that is kept
    """
    members = np.flatnonzero(kept != np.arange(len(kept)))
    centres, first = np.unique(kept[members], return_index=True)
    mine, theirs = np.r_[kept[members], centres], np.r_[members, members[first]]
    told = zip(*(ranked[own].tolist() for own in (np.r_[members, centres], mine, theirs)), strict=True)
    return {place: ranking.reason(centre, rival) for place, centre, rival in told}


def article_pairs(
    ranked: ArticleColumns, large: Judged, kept: NDArray[np.int64], page: NDArray[np.int64]
) -> PairColumns:
    """Copies with their first copy, every article with the one kept for it, and one pair for each match.

    :param kept: as in ``reasons``
    :param page: for each article as in ``relate.pages``
    """
    texts, first = large.same.shingled.number, large.same.shingled.first_place
    wordy = np.flatnonzero(texts >= 0)
    left, right = unpack(np.concatenate((large.same.matches.pairs, large.forms.telling())))
    one = np.concatenate((first[texts[wordy]], kept, first[left]))
    other = np.concatenate((wordy, np.arange(len(ranked)), first[right]))
    sides = unpack(_each_once(one, other))
    relations = [relate_articles(one_page) for one_page in _one_page(page, sides).tolist()]
    return _pairs(_verified(large, texts, sides), sides, [Listed(ranked.ids).take(side) for side in sides], relations)


def paragraph_pairs(
    ordered: ParagraphColumns,
    sites: Sequence[str | None],
    small: Judged,
    *,
    page: NDArray[np.int64],
    large: Judged,
    kept: NDArray[np.int64],
    sources: Sources,
    shelf: Shelf,
) -> PairColumns:
    """Copies with their first copy, every repeat with its first source, and one pair for each telling match.

    :param ordered: paragraphs, the earliest source first; their articles as in ``page`` and ``kept``
    :param sites: of the articles
    :param page: for each article as in ``relate.pages``
    :param kept: as in ``reasons``
    :param shelf: takes the pairs
    """
    texts, first, article_of = small.same.shingled.number, small.same.shingled.first_place, ordered.articles
    telling = np.concatenate([kind.telling() for kind in (small.same, small.inside, small.forms)])
    apart = _first_apart(unpack(telling), small.same.shingled, article_of)
    spread = _Spread(sites, article_of, small.same, shelf)

    def told(sides: Sides) -> PairColumns:
        articles = article_of[sides[0]], article_of[sides[1]]
        rows = zip(
            _one_page(page, articles).tolist(),
            _agree(large, kept, articles).tolist(),
            *(side.tolist() for side in (*articles, texts[sides[0]], texts[sides[1]])),
            strict=True,
        )
        relations = [
            relate_paragraphs(revised, agree, partial(spread.articles, sites[left], sites[right], (mine, theirs)))
            for revised, agree, left, right, mine, theirs in rows
        ]
        return _pairs(_verified(small, texts, sides), sides, [ordered.ids.take(side) for side in sides], relations)

    # A story printed often gives a pair for each paragraph of each print.
    found = shelf.column(np.uint64)
    for sides in chain(_parts((sources.source, sources.place)), _copies(texts, first, article_of), [apart]):
        found.add(_each_once(*sides))
    pairs = shelf.put(without_repeats(np.sort(found.done())))
    parts = (told(unpack(pairs[at : at + _PAIRS_AT_ONCE])) for at in range(0, len(pairs), _PAIRS_AT_ONCE))
    return together(parts, shelf)


def _parts(sides: Sides) -> Iterator[Sides]:
    """Pairs, some at a time."""
    for at in range(0, len(sides[0]), _PAIRS_AT_ONCE):
        yield sides[0][at : at + _PAIRS_AT_ONCE], sides[1][at : at + _PAIRS_AT_ONCE]


def _copies(texts: NDArray[np.int64], first: NDArray[np.int64], article_of: NDArray[np.int64]) -> Iterator[Sides]:
    """Each occurrence of a text in another article than its first, behind that."""
    for at in range(0, len(texts), _PAIRS_AT_ONCE):
        here = at + np.flatnonzero(texts[at : at + _PAIRS_AT_ONCE] >= 0)
        ahead = first[texts[here]]
        apart = article_of[here] != article_of[ahead]
        yield ahead[apart], here[apart]


def _each_once(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.uint64]:
    apart = one != other
    return pack(one[apart], other[apart])


class _Verified(NamedTuple):
    """What is known of pairs of places, as columns."""

    measures: NDArray[np.float64]
    """Estimated similarity, exact one, and containment of each; (3, n)."""
    is_form: NDArray[np.bool_]
    """Whether they read alike and state other facts."""
    changes: list[tuple[Change, ...]]
    """What they state differently, the first one's left."""


def _verified(judged: Judged, texts: NDArray[np.int64], sides: Sides) -> _Verified:
    """Pairs of places: copies where their distinct text is the same, else a verified match."""
    one, other = (texts[side] for side in sides)
    pairs = packed(one, other)
    measures = np.ones((3, len(pairs)))
    is_form = np.zeros(len(pairs), dtype=bool)
    for near in (judged.same, judged.inside, judged.forms):
        at = near.matches.places(pairs)
        here = np.flatnonzero(at >= 0)
        is_form[here] = near is judged.forms
        for column, values in zip(measures, near.matches.measures, strict=True):
            column[here] = values[at[here]]
    return _Verified(measures, is_form, judged.changes(one, other))


def _pairs(verified: _Verified, sides: Sides, ids: Sequence[list[str]], relations: list[Relation]) -> PairColumns:
    """The smaller id left."""
    ahead = np.fromiter((one < other for one, other in zip(*ids, strict=True)), np.bool_, len(relations))
    differs = [
        tuple(str(change if is_ahead else change.turned()) for change in changes)
        for changes, is_ahead in zip(verified.changes, ahead.tolist(), strict=True)
    ]
    forms = verified.is_form.tolist()
    return PairColumns(
        np.where(ahead, *sides),
        np.where(ahead, *reversed(sides)),
        verified.measures[0],
        verified.measures[1],
        verified.measures[2],
        ["form" if is_form else relation for is_form, relation in zip(forms, relations, strict=True)],
        differs,
    )


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

    def __init__(self, sites: Sequence[str | None], article_of: NDArray[np.int64], small: Near, shelf: Shelf) -> None:
        self._sites_of = sites
        self._article_of = article_of
        self._near = Beside(small.matches.pairs)
        number = small.shingled.number
        self._places = shelf.put(np.argsort(number, kind="stable"))
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
            for article in self._article_of[places].tolist():
                site = self._sites_of[article]
                if site is not None and len(own := known.setdefault(site, set())) < TEMPLATE_ARTICLES:
                    own.add(article)
        return known
