"""Verified matches of texts to the records about articles and paragraphs: pairs and assignments."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.dedup.canonical import reason
from pipeline.dedup.records import Assignment, Pair
from pipeline.dedup.relate import TEMPLATE_ARTICLES, relate_articles, relate_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.dedup.canonical import Ranked
    from pipeline.dedup.cluster import Source
    from pipeline.dedup.judge import Judged
    from pipeline.dedup.records import Level, ParagraphItem, Relation
    from pipeline.dedup.verify import Near
    from pipeline.settings import CanonicalSettings


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


def article_pairs(ranked: Sequence[Ranked], large: Judged, kept: Sequence[int]) -> list[Pair]:
    """Copies with their first copy, every article with the one kept for it, and one pair for each match."""
    texts = large.same.shingled.number.tolist()
    first = large.same.shingled.first
    wanted = {(first[text], place) for place, text in enumerate(texts) if text >= 0}
    wanted |= {(centre, place) for place, centre in enumerate(kept)}
    wanted |= {(first[left], first[right]) for left, right in (*large.same.matches, *large.forms.telling())}
    found = []
    for one, other in _each_once(wanted):
        left, right = ranked[one].article, ranked[other].article
        relation = relate_articles(left, right)
        found.append(_pair("article", large, (texts[one], texts[other]), (left.id, right.id), relation))
    return found


def paragraph_pairs(
    ordered: Sequence[ParagraphItem],
    article_of: Sequence[int],
    small: Judged,
    *,
    ranked: Sequence[Ranked],
    large: Judged,
    kept: Sequence[int],
    sources: Mapping[int, Source],
) -> list[Pair]:
    """Copies with their first copy, every repeat with its first source, and one pair for each telling match.

    :param ordered: paragraphs, the earliest source first
    :param article_of: for each the place of its article in ``ranked``
    """
    texts = small.same.shingled.number.tolist()
    members: list[list[int]] = [[] for _ in range(len(small.same.shingled))]
    for place, text in enumerate(texts):
        if text >= 0:
            members[text].append(place)
    wanted = {(source.occurrence, place) for place, source in sources.items()}
    for group in members:
        wanted |= {(group[0], place) for place in group[1:] if article_of[place] != article_of[group[0]]}
    for kind in (small.same, small.inside, small.forms):
        for left_text, right_text in kind.telling():
            wanted |= _first_apart(members[left_text], members[right_text], article_of)

    spread = _Spread(ordered, article_of, members, small.same)
    found = []
    for one, other in _each_once(wanted):
        left, right = ordered[one], ordered[other]
        articles = article_of[one], article_of[other]
        agree = kept[articles[0]] == kept[articles[1]] or _match_articles(large.same, *articles)
        on_site = spread.articles(left.site, (texts[one], texts[other])) if left.site == right.site else 0
        relation = relate_paragraphs(ranked[articles[0]].article, ranked[articles[1]].article, agree, on_site)
        found.append(_pair("paragraph", small, (texts[one], texts[other]), (left.id, right.id), relation))
    return found


def _each_once(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    return {(min(one, other), max(one, other)) for one, other in pairs if one != other}


def _pair(level: Level, judged: Judged, texts: tuple[int, int], ids: tuple[str, str], relation: Relation) -> Pair:
    """The record of two items: copies where their distinct text is the same, else of a verified match.

    :param texts: the distinct text of each of ``ids``
    """
    left, right = min(ids), max(ids)
    for near in (judged.same, judged.inside, judged.forms):
        match = near.between(*texts)
        if match is not None:
            kind: Relation = "form" if near is judged.forms else relation
            differs = judged.differs(*texts, turned=(texts[0] < texts[1]) != (ids[0] < ids[1]))
            return Pair(level, left, right, near.estimate(match), match.jaccard, match.containment, kind, differs)
    return Pair(level, left, right, 1.0, 1.0, 1.0, relation)


def _match_articles(large: Near, one: int, other: int) -> bool:
    return large.between(int(large.shingled.number[one]), int(large.shingled.number[other])) is not None


def _first_apart(left: Sequence[int], right: Sequence[int], article_of: Sequence[int]) -> set[tuple[int, int]]:
    """The earliest pair of occurrences of two texts that are in different articles, if there is one."""
    with_first_left = ((left[0], place) for place in right if article_of[place] != article_of[left[0]])
    with_first_right = ((place, right[0]) for place in left if article_of[place] != article_of[right[0]])
    apart = [pair for pair in (next(with_first_left, None), next(with_first_right, None)) if pair is not None]
    return {min(apart, key=sorted)} if apart else set()


class _Spread:
    """In how many articles of a site a paragraph stands, near-duplicates of it included."""

    def __init__(
        self,
        ordered: Sequence[ParagraphItem],
        article_of: Sequence[int],
        members: Sequence[Sequence[int]],
        small: Near,
    ) -> None:
        self._near: defaultdict[int, list[int]] = defaultdict(list)
        for left, right in small.matches:
            self._near[left].append(right)
            self._near[right].append(left)
        self._articles: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
        for text, group in enumerate(members):
            for place in group:
                site = ordered[place].site
                if site is not None:
                    self._articles[text, site].add(article_of[place])

    def articles(self, site: str | None, texts: tuple[int, int]) -> int:
        """The number of articles; counting stops where it cannot change the relation any more. Unknown site: 0."""
        if site is None:
            return 0
        found: set[int] = set()
        for text in (*texts, *self._near[texts[0]], *self._near[texts[1]]):
            found |= self._articles.get((text, site), set())
            if len(found) >= TEMPLATE_ARTICLES:
                break
        return len(found)
