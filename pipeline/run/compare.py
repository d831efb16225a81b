"""The corpus as a whole: near-duplicates among everything that stands after this run, and what follows from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from pipeline.corpus.schema import ARTICLES, PARAGRAPHS
from pipeline.dedup.find import find_duplicates
from pipeline.dedup.records import ArticleItem, Deduplication, ParagraphItem
from pipeline.dedup.shingles import SHINGLE_VERSION, words
from pipeline.run.near import add_to_index, article_text, index_of
from pipeline.run.rows import sign_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from pipeline.run.before import Before
    from pipeline.run.inventory import Inventory
    from pipeline.run.work import Job
    from pipeline.settings import DedupSettings

Row = dict[str, Any]

_COMPARED = ("id", "article_id", "order", "text", "repeats", "similarity", "in_text")
"""The fields of an earlier paragraph that comparing looks at or decides."""

_IN_ORDER = ("article_id", "order")

_UNREPEATED: Row = {"repeats": None, "similarity": None, "in_text": True}


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that stands after this run, with duplicates decided."""

    articles: Mapping[str, Row]
    """Rows by article id, sorted; of earlier ones only ``STANDING``."""
    paragraphs: tuple[Row, ...]
    """Rows of the articles made in this run and of those that were signed anew, sorted by article and order."""
    repeats: Mapping[str, Row]
    """What of a row says that it repeats another one, by paragraph id; most paragraphs repeat none."""
    moved: frozenset[str]
    """Articles not among ``paragraphs`` of which one repeats another one than before."""
    duplicates: tuple[Row, ...]
    out_before: Mapping[str, Mapping[str, str]]
    """By earlier article: the paragraphs that were not in its text, with the one each repeated."""
    out_now: Mapping[str, Mapping[str, str]]
    """The same for every article, after this run."""

    def decided(self, paragraph: Row) -> Row:
        """A row of ``paragraphs`` as it is after this run."""
        return paragraph | self.repeats.get(paragraph["id"], _UNREPEATED)


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
    made = {row["id"]: row for row in work.tables("articles", ARTICLES.schema).to_pylist()}
    articles = {i: dict(before.articles[i]) for i in inventory.standing if i not in made} | made
    for identity, row in articles.items():
        earlier = before.articles.get(identity)
        row["first_run"] = earlier["first_run"] if earlier else job.run
        row["withdrawn"] = None
    standing = [identity for identity in articles if identity not in made]
    fresh = work.tables("paragraphs", PARAGRAPHS.schema).sort_by([(name, "ascending") for name in _IN_ORDER])
    rows = fresh.to_pylist()
    signed_anew = before.signature_recipe != signature_recipe(settings.dedup)
    if signed_anew:
        again = before.table("paragraphs", standing).to_pylist()
        sign_rows(again, settings.dedup)
        rows = sorted([*rows, *again], key=itemgetter(*_IN_ORDER))
    earlier = before.table("paragraphs", standing, _COMPARED)  # in the order of the key
    paragraphs = [*_paragraph_items(fresh, articles), *_paragraph_items(earlier, articles)]
    article_of = {each.id: each.article_id for each in paragraphs}
    repeated = {row["id"]: row for row in earlier.filter(pc.is_valid(earlier["repeats"])).to_pylist()}
    then = {identity: {name: row[name] for name in _UNREPEATED} for identity, row in repeated.items()}

    release = before.corpus.release if before.corpus else None
    growth = add_to_index(index_of(settings, release), job, made, articles, _rows_of(before, rows))
    found = find_duplicates(
        _article_items(articles, paragraphs), paragraphs, settings.dedup, settings.canonical, index=growth
    )
    growth.keep()  # it becomes the release's when the release is published, for it names the run
    _mark_canonical(articles, found)
    now = {
        each.id: {
            "repeats": repeat.first,
            "similarity": repeat.jaccard,
            "in_text": not _removable(each, settings.dedup),
        }
        for each in paragraphs
        if (repeat := found.repeats.get(each.id)) is not None
    }
    for row in rows:
        row.update(now.get(row["id"], _UNREPEATED))
    at_hand = set(articles) if signed_anew else set(made)
    moved = frozenset(
        article_of[identity]
        for identity in now.keys() | then.keys()
        if article_of[identity] not in at_hand and now.get(identity) != then.get(identity)
    )
    duplicates = tuple(
        {
            "level": pair.level,
            "left_id": pair.left,
            "right_id": pair.right,
            "left_article": pair.left if pair.level == "article" else article_of[pair.left],
            "right_article": pair.right if pair.level == "article" else article_of[pair.right],
            "estimated": pair.estimated,
            "jaccard": pair.jaccard,
            "containment": pair.containment,
            "relation": pair.relation,
            "differs": list(pair.differs),
            "run": job.run,
        }
        for pair in found.pairs
    )
    return Whole(
        articles={i: articles[i] for i in sorted(articles)},
        paragraphs=tuple(rows),
        repeats=now,
        moved=moved,
        duplicates=duplicates,
        out_before=_taken_out(then, article_of),
        out_now=_taken_out(now, article_of),
    )


def _taken_out(repeats: Mapping[str, Row], article_of: Mapping[str, str]) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    for identity, row in repeats.items():
        if not row["in_text"]:
            out.setdefault(article_of[identity], {})[identity] = row["repeats"]
    return out


def _rows_of(before: Before, rows: Sequence[Row]) -> Callable[[Sequence[str]], dict[str, list[Row]]]:
    """Whole rows of the paragraphs of articles, in their order: those at hand, or else from the table."""

    def of(articles: Sequence[str]) -> dict[str, list[Row]]:
        wanted: dict[str, list[Row]] = {identity: [] for identity in articles}
        for row in rows:
            if row["article_id"] in wanted:
                wanted[row["article_id"]].append(row)
        missing = [identity for identity, own in wanted.items() if not own]
        for row in before.table("paragraphs", missing).to_pylist():
            wanted[row["article_id"]].append(row)
        return wanted

    return of


def _article_items(articles: Mapping[str, Row], paragraphs: Sequence[ParagraphItem]) -> list[ArticleItem]:
    """Every article with its text; ``paragraphs`` of one article stand in their order."""
    own: dict[str, list[str]] = {identity: [] for identity in articles}
    for each in paragraphs:
        own[each.article_id].append(each.text)
    return [_article_item(row, article_text(own[identity])) for identity, row in articles.items()]


def _article_item(row: Row, text: str) -> ArticleItem:
    return ArticleItem(
        id=row["id"],
        source=row["source"],
        site=row["site"],
        url=row["url"],
        fetched_at=row["fetched_at"],
        published=row["published"],
        updated=row["updated"],
        words=len(text.split()),
        text=text,
    )


def _paragraph_items(rows: pa.Table, articles: Mapping[str, Row]) -> Iterator[ParagraphItem]:
    columns = (rows[name].to_pylist() for name in ("id", "article_id", "order", "text"))
    for identity, article, order, text in zip(*columns, strict=True):
        yield ParagraphItem(identity, article, articles[article]["site"], order, text)


def _removable(paragraph: ParagraphItem, dedup: DedupSettings) -> bool:
    """Whether settings take the paragraph out of a text when another article had it first.

    Short ones stay: headings such as "Conclusion" are equal in thousands of articles and are nobody's copy.
    """
    return dedup.shared_paragraphs == "remove" and len(words(paragraph.text)) >= dedup.exact_below_words


def _mark_canonical(articles: Mapping[str, Row], found: Deduplication) -> None:
    sizes = Counter(assignment.canonical_id for assignment in found.assignments)
    for assignment in found.assignments:
        row = articles[assignment.article_id]
        row["canonical_id"] = assignment.canonical_id
        row["is_canonical"] = assignment.canonical_id == assignment.article_id
        row["canonical_reason"] = assignment.reason
        row["cluster_size"] = sizes[assignment.canonical_id]
