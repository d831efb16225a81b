"""The corpus as a whole: near-duplicates among everything that stands after this run, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from pipeline.corpus.schema import ARTICLES, PARAGRAPHS
from pipeline.dedup.find import find_in_columns
from pipeline.dedup.records import ONLY
from pipeline.dedup.shingles import SHINGLE_VERSION, words
from pipeline.memory import give_back
from pipeline.run.before import STANDING
from pipeline.run.duplicates import Duplicates
from pipeline.run.near import BY_PLACE, add_to_index, index_of
from pipeline.run.rows import of_articles, replaced, sign_rows, table
from pipeline.run.spool import spooled
from pipeline.run.standing import COMPARED, NOWHERE, Repeats, Standing, stand
from pipeline.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pipeline.dedup.find import Found
    from pipeline.run.before import Before
    from pipeline.run.inventory import Inventory
    from pipeline.run.spool import Spool
    from pipeline.run.work import Job, Work
    from pipeline.settings import DedupSettings

Row = dict[str, Any]

_CANONICAL = ("canonical_id", "is_canonical", "canonical_reason", "cluster_size")
_canonical_of = itemgetter(*_CANONICAL)


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that stands after this run, with duplicates decided."""

    articles: Mapping[str, Row]
    """``STANDING`` of the rows by article id, sorted; those in which nothing has changed are the rows before."""
    paragraphs: Spool
    """Rows of the articles made in this run and of those that were signed anew, by article and order; not yet
    ``decided``."""
    moved: frozenset[str]
    """Articles not among ``paragraphs`` of which one repeats another one than before."""
    duplicates: Duplicates
    out_before: Mapping[str, Mapping[str, str | None]]
    """By earlier article: the paragraphs that were not in its text, with the one each repeated if that still stands."""
    out_now: Mapping[str, Mapping[str, str | None]]
    """The same for every article, after this run."""
    standing: Standing
    repeats: Repeats
    """What each of the standing paragraphs repeats now."""

    def decided(self, rows: pa.Table) -> pa.Table:
        """Rows of ``paragraphs`` as they are after this run."""
        return _decided(rows, self.standing, self.repeats)


def signature_recipe(dedup: DedupSettings) -> dict[str, int]:
    """What a stored signature depends on; signatures made under another recipe do not compare."""
    return {
        "shingle_version": SHINGLE_VERSION,
        "shingle_words": dedup.shingle_words,
        "permutations": dedup.permutations,
        "seed": dedup.seed,
    }


def compare_all(before: Before, inventory: Inventory, job: Job) -> Whole:
    """Find near-duplicates, new against new and new against old; choose canonical articles; mark repeats."""
    settings, work = job.settings, job.work
    made = {row["id"]: row for row in work.tables("articles", ARTICLES.schema, STANDING).to_pylist()}
    for identity, row in made.items():
        earlier = before.articles.get(identity)
        row |= {"first_run": earlier["first_run"] if earlier else job.run, "withdrawn": None}
    standing_rows = {identity: before.articles[identity] for identity in inventory.standing}
    back = {i: row | {"withdrawn": None} for i, row in standing_rows.items() if row["withdrawn"] is not None}
    articles = dict(sorted((standing_rows | back | made).items()))
    every, count = work.each("paragraphs", PARAGRAPHS.schema), work.count("paragraphs")
    rows = spooled(every, count, BY_PLACE, work.folder / "sorted-paragraphs.arrow")
    shelf = Shelf(work.folder)
    standing = stand(articles, made, rows.rows, before.batches("paragraphs", COMPARED), shelf)
    at_hand: Collection[str] = made
    if before.signature_recipe != signature_recipe(settings.dedup):
        at_hand = articles
        again = before.table("paragraphs", [i for i in articles if i not in made]).to_pylist()
        sign_rows(again, settings.dedup)
        signed = table(again, PARAGRAPHS.schema)
        path = work.folder / "signed-paragraphs.arrow"
        rows = spooled(chain(rows.pieces(), [signed]), count + signed.num_rows, BY_PLACE, path)

    release = before.corpus.release if before.corpus else None
    growth = add_to_index(index_of(settings, release), job, made, articles, _rows_of(before, rows, at_hand, work))
    give_back()
    columns = standing.articles, standing.paragraphs
    found = find_in_columns(*columns, settings.dedup, settings.canonical, index=growth, shelf=shelf)
    give_back()
    growth.keep()  # it becomes the release's when the release is published, for it names the run
    _mark_canonical(articles, standing.articles.ids, found)
    repeats = _repeats(standing, found, settings.dedup).on(shelf)
    moved = np.unique(standing.paragraphs.articles[repeats.differ(standing.then)]).tolist()
    return Whole(
        articles=articles,
        paragraphs=rows,
        moved=frozenset(standing.articles.ids[place] for place in moved) - frozenset(at_hand),
        duplicates=Duplicates(standing, found.article_pairs, found.paragraph_pairs, job.run, shelf),
        out_before=_taken_out(standing, standing.then),
        out_now=_taken_out(standing, repeats),
        standing=standing,
        repeats=repeats,
    )


def _rows_of(before: Before, rows: Spool, at_hand: Collection[str], work: Work) -> Callable[[Sequence[str]], Spool]:
    """What gives whole rows of the paragraphs of articles, in their order.

    :param rows: those of the articles ``at_hand``; the others are read from the table
    """

    def of(articles: Sequence[str]) -> Spool:
        missing = [identity for identity in articles if identity not in at_hand]
        if not missing and len(articles) == len(at_hand):
            return rows
        stored = before.table("paragraphs", missing)
        every, count = chain(of_articles(rows.pieces(), articles), [stored]), rows.rows.num_rows + stored.num_rows
        return spooled(every, count, BY_PLACE, work.folder / "indexed-paragraphs.arrow")

    return of


def _mark_canonical(articles: dict[str, Row], ids: Sequence[str], found: Found) -> None:
    sizes = np.bincount(found.kept, minlength=len(ids)).tolist()
    for place, (identity, kept) in enumerate(zip(ids, found.kept.tolist(), strict=True)):
        decided = ids[kept], kept == place, found.reasons.get(place, ONLY), sizes[kept]
        row = articles[identity]
        if _canonical_of(row) != decided:
            articles[identity] = row | dict(zip(_CANONICAL, decided, strict=True))


def _repeats(standing: Standing, found: Found, dedup: DedupSettings) -> Repeats:
    """What was found, for each paragraph that stands."""
    count, own = len(standing.paragraphs), found.repeats.place
    source, similarity = np.full(count, NOWHERE, dtype=np.int64), np.full(count, np.nan)
    source[own], similarity[own] = found.repeats.source, found.repeats.jaccard
    in_text = np.ones(count, dtype=bool)
    if dedup.shared_paragraphs == "remove":
        # Short ones stay: headings such as "Conclusion" are equal in thousands of articles and are nobody's copy.
        in_text[own] = [len(words(text)) < dedup.exact_below_words for text in standing.paragraphs.texts.take(own)]
    return Repeats(source, similarity, in_text)


def _decided(rows: pa.Table, standing: Standing, repeats: Repeats) -> pa.Table:
    """Rows of ``paragraphs`` with what they repeat."""
    at = standing.places(rows)
    repeating = repeats.source[at] != NOWHERE
    columns = {
        "repeats": standing.named(repeats.source[at]),
        "similarity": pa.array(repeats.similarity[at], mask=~repeating),
        "in_text": repeats.in_text[at],
    }
    return replaced(rows, columns)


def _taken_out(standing: Standing, repeats: Repeats) -> dict[str, dict[str, str | None]]:
    out: dict[str, dict[str, str | None]] = {}
    places = np.flatnonzero(~repeats.in_text)
    owners = standing.paragraphs.articles[places].tolist()
    own, sources = standing.paragraphs.ids.take(places), standing.named(repeats.source[places])
    for owner, identity, source in zip(owners, own, sources, strict=True):
        out.setdefault(standing.articles.ids[owner], {})[identity] = source
    return out
