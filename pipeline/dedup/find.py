"""The whole of near-duplicate detection, in the order of its steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.candidates import grouped_pairs, pack, shared_paragraph_pairs, united, unpack, without_repeats
from pipeline.dedup.canonical import Ranking
from pipeline.dedup.cluster import first_sources, stars
from pipeline.dedup.columns import Listed, article_columns, paragraph_columns
from pipeline.dedup.compared import Articles, Paragraphs
from pipeline.dedup.judge import Judged, judge
from pipeline.dedup.records import ONLY, Assignment, Deduplication, Pair, Repeat
from pipeline.dedup.relate import pages
from pipeline.dedup.report import article_pairs, paragraph_pairs, reasons
from pipeline.dedup.stories import Stories
from pipeline.errors import UsageError
from pipeline.shelf import MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.cluster import Sources
    from pipeline.dedup.columns import ArticleColumns, PairColumns, ParagraphColumns, Strings
    from pipeline.dedup.compared import Texts
    from pipeline.dedup.index.near import Growth
    from pipeline.dedup.records import ArticleItem, Level, ParagraphItem
    from pipeline.dedup.shingles import Shingled
    from pipeline.settings import CanonicalSettings, DedupSettings
    from pipeline.shelf import Shelf

# Articles become candidates when one finds this share of its words in paragraphs of the other. Well below
# ``article_containment``, as an edited paragraph may fall under the paragraph threshold; a wrong candidate only
# costs one comparison.
_CANDIDATE_SHARE = 0.3

_READ_AT_ONCE = 1 << 18
"""Paragraphs of which all numbers are in memory at one time."""


def check_settings(dedup: DedupSettings) -> None:
    """Refuse settings that are valid one by one but do not fit together.

    :raises UsageError: if the permutations cannot be dealt out to the bands evenly
    """
    if dedup.permutations % dedup.bands:
        raise UsageError(
            f"dedup.permutations ({dedup.permutations}) must be a multiple of dedup.bands ({dedup.bands}): "
            "every band takes the same number of permutations, for example 128 and 32"
        )


@dataclass(frozen=True, slots=True)
class Found:
    """All that is known about near-duplicates of a corpus, by places in the columns that were given."""

    kept: NDArray[np.int64]
    """For each article the place of its canonical one."""
    reasons: Mapping[int, str]
    """What decided, for each article of a cluster; of all others it is the ``only`` one."""
    repeats: Sources
    """Paragraphs that repeat an earlier one of another article, in any order."""
    article_pairs: PairColumns
    paragraph_pairs: PairColumns


def find_duplicates(
    articles: Sequence[ArticleItem],
    paragraphs: Sequence[ParagraphItem],
    dedup: DedupSettings,
    canonical: CanonicalSettings,
    signatures: Mapping[str, bytes] | None = None,
    *,
    index: Growth | None = None,
) -> Deduplication:
    """Near-duplicate paragraphs and articles, their clusters, and which article of each is kept.

    The result depends on the set of articles and paragraphs and on the settings, never on their order.

    - Every pair passes its threshold on exact shingle sets. Copies are tied to their first source only (a star),
      not each to each; a pair of distinct texts is reported once, between the first article of each. Every
      repeated paragraph and every article that is not kept has a pair with what it points at.
    - Text with fewer than ``exact_below_words`` words has exact copies only.
    - A pair of longer texts is missed if LSH does not propose it (see ``candidates``: 5 in 10**8 at Jaccard .8
      with 32 bands of 4). In crowds around one formula not all pairs are tried (buckets above ``MAX_BUCKET``) or
      reported (texts with more than ``MAX_MATCHES``).
    - A paragraph is not compared with others of its own article. Text without a letter or digit has no duplicates.

    :param articles: unique ids
    :param paragraphs: unique ids; each ``article_id`` is one of ``articles``
    :param signatures: stored signatures (``signature_bytes``) by paragraph id, made with the same settings and
        ``SHINGLE_VERSION``; what is missing is computed
    :param index: an index of just these articles and paragraphs, whose ids are then hexadecimal: nothing that it
        knows is computed again. The result is the same
    :raises UsageError: see ``check_settings``
    :raises ValueError: on repeated ids, paragraphs of unknown articles, signatures of another length
    """
    wholes = article_columns(articles)
    parts = paragraph_columns(paragraphs, {identity: place for place, identity in enumerate(wholes.ids)})
    found = find_in_columns(wholes, parts, dedup, canonical, signatures, index=index)
    assignments = [
        Assignment(identity, wholes.ids[kept], found.reasons.get(place, ONLY))
        for place, (identity, kept) in enumerate(zip(wholes.ids, found.kept.tolist(), strict=True))
    ]
    name = parts.ids.take
    repeats = zip(name(found.repeats.place), name(found.repeats.source), found.repeats.jaccard.tolist(), strict=True)
    pairs = [
        *_pairs("article", found.article_pairs, Listed(wholes.ids)),
        *_pairs("paragraph", found.paragraph_pairs, parts.ids),
    ]
    return Deduplication(
        pairs=tuple(sorted(pairs, key=lambda pair: (pair.level, pair.left, pair.right))),
        assignments=tuple(sorted(assignments, key=lambda each: each.article_id)),
        repeats={paragraph: Repeat(source, jaccard) for paragraph, source, jaccard in sorted(repeats)},
    )


def find_in_columns(
    articles: ArticleColumns,
    paragraphs: ParagraphColumns,
    dedup: DedupSettings,
    canonical: CanonicalSettings,
    signatures: Mapping[str, bytes] | None = None,
    *,
    index: Growth | None = None,
    shelf: Shelf = MEMORY,
) -> Found:
    """``find_duplicates`` for a whole corpus: nothing is made for each article or paragraph but numbers.

    Texts are asked for where no index knows them, and of pairs whose facts may differ.

    :param shelf: takes columns of paragraphs and of their pairs
    :raises UsageError: see ``check_settings``
    """
    check_settings(dedup)
    ranking = Ranking(articles, canonical)
    by_policy = ranking.by_policy()
    by_source = shelf.put(np.lexsort((paragraphs.orders, _inverse(ranking.by_source())[paragraphs.articles])))
    ranked, ordered = articles.take(by_policy), paragraphs.take(by_source, _inverse(by_policy), shelf)

    if index is None:
        stored = [(signatures or {}).get(identity) for identity in ordered.ids.take(np.arange(len(ordered)))]
        parts: Texts = Paragraphs(ordered.texts.take(np.arange(len(ordered))), dedup, stored)
        wholes: Texts = Articles(ranked.texts.take(np.arange(len(ranked))), dedup)
    else:
        parts, wholes = index.paragraphs(ranked, ordered, shelf), index.articles(ranked)
    small = _near_paragraphs(ordered.texts, parts, dedup)
    page = pages(ranked.urls) if index is None else index.pages(ranked)
    large = _near_articles(ranked.texts, ordered.articles, small, wholes, dedup, page=page, shelf=shelf)
    centre = stars(len(large.same.shingled), *large.same.matches.sides)
    number = large.same.shingled.number
    kept = np.arange(len(ranked))
    kept[number >= 0] = large.same.shingled.first_place[centre[number[number >= 0]]]
    sources = first_sources(small.same.shingled.number, ordered.articles, small.same.matches, shelf)
    in_paragraphs = paragraph_pairs(
        ordered, ranked.sites, small, page=page, large=large, kept=kept, sources=sources, shelf=shelf
    )
    return Found(
        kept=by_policy[kept][_inverse(by_policy)],
        reasons=reasons(ranking, by_policy, kept),
        repeats=sources.moved(by_source, shelf),
        article_pairs=article_pairs(ranked, large, kept, page).moved(by_policy, shelf),
        paragraph_pairs=in_paragraphs.moved(by_source, shelf),
    )


def _inverse(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each in an order."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def _pairs(level: Level, columns: PairColumns, ids: Strings) -> Iterator[Pair]:
    sides = ids.take(columns.left), ids.take(columns.right)
    measures = (values.tolist() for values in (columns.estimated, columns.jaccard, columns.containment))
    for row in zip(*sides, *measures, columns.relation, columns.differs, strict=True):
        yield Pair(level, *row)


def _near_paragraphs(written: Strings, texts: Texts, dedup: DedupSettings) -> Judged:
    near = texts.near(np.zeros(0, dtype=np.uint64), dedup.paragraph_threshold, dedup.paragraph_containment)
    first = texts.shingled.first_place
    return judge(
        near,
        lambda wanted: written.take(first[wanted]),
        texts.differences,
        similar=near.matches.jaccard >= dedup.paragraph_threshold,
        contained=near.matches.containment >= dedup.paragraph_containment,
    )


def _standing(paragraphs: Shingled, article_of: NDArray[np.int64], shelf: Shelf) -> NDArray[np.uint64]:
    """Each distinct paragraph text with the places of the articles it stands in, sorted, each once."""
    found = shelf.column(np.uint64)
    for at in range(0, len(article_of), _READ_AT_ONCE):
        text, article = (column[at : at + _READ_AT_ONCE] for column in (paragraphs.number, article_of))
        found.add((text << 32 | article)[text >= 0])
    return shelf.put(without_repeats(np.sort(found.done())))


def _total_words(paragraphs: Shingled, article_of: NDArray[np.int64], articles: int) -> NDArray[np.float64]:
    """Words of all paragraphs of each article."""
    total = np.zeros(articles)
    for at in range(0, len(article_of), _READ_AT_ONCE):
        text, article = (column[at : at + _READ_AT_ONCE] for column in (paragraphs.number, article_of))
        has_words = text >= 0
        total += np.bincount(article[has_words], weights=paragraphs.words[text[has_words]], minlength=articles)
    return total


def _near_articles(
    written: Strings,
    article_of: NDArray[np.int64],
    small: Judged,
    texts: Texts,
    dedup: DedupSettings,
    *,
    page: NDArray[np.int64],
    shelf: Shelf,
) -> Judged:
    shingled = texts.shingled
    paragraphs = small.same.shingled
    total_words = _total_words(paragraphs, article_of, len(page))
    near = np.concatenate((small.same.telling(), small.inside.telling()))
    sharing = shared_paragraph_pairs(
        _standing(paragraphs, article_of, shelf), near, paragraphs.words, total_words, _CANDIDATE_SHARE
    )
    of_one_url = _distinct(_page_pairs(page), shingled, dedup)
    proposed = united(_distinct(sharing, shingled, dedup), of_one_url)
    # What articles have in common only grows less when formulas are left out: pairs below all thresholds are none.
    least = min(dedup.article_threshold, dedup.paragraph_threshold, dedup.revision_threshold)
    near_texts = texts.near(proposed, least, dedup.article_containment)
    matches = near_texts.matches
    revised = np.isin(matches.pairs, of_one_url) & (matches.jaccard >= dedup.revision_threshold)
    stories = Stories(shingled, paragraphs, article_of, near, dedup)
    first = shingled.first_place
    return judge(
        near_texts,
        lambda wanted: written.take(first[wanted]),
        texts.differences,
        similar=stories.alike(matches) | revised,
        contained=np.zeros(len(matches), dtype=bool),
        one_page=of_one_url,
    )


def _distinct(pairs: NDArray[np.uint64], shingled: Shingled, dedup: DedupSettings) -> NDArray[np.uint64]:
    """From pairs of articles to pairs of their distinct texts; copies of each other need no comparison."""
    left, right = (shingled.number[side] for side in unpack(pairs))
    wanted = (left != right) & (left >= 0) & (right >= 0)
    left, right = left[wanted], right[wanted]
    long_enough = np.minimum(shingled.words[left], shingled.words[right]) >= dedup.exact_below_words
    return pack(left[long_enough], right[long_enough])


def _page_pairs(page: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Articles under one URL; where there are too many to pair each with each, all with the first."""
    known = np.flatnonzero(page >= 0)
    return pack(*grouped_pairs(page[known].astype(np.uint64), np.arange(len(known), dtype=np.uint64), known))
