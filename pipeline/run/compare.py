"""The corpus as a whole: near-duplicates among everything that stands after this run, and what follows from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.corpus.schema import ARTICLES, PARAGRAPHS
from pipeline.dedup.find import find_duplicates
from pipeline.dedup.records import ArticleItem, Deduplication, ParagraphItem
from pipeline.dedup.shingles import SHINGLE_VERSION, words
from pipeline.run.near import add_to_index, article_text, index_of
from pipeline.run.rows import sign_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.run.before import Before
    from pipeline.run.inventory import Inventory
    from pipeline.run.work import Job
    from pipeline.settings import DedupSettings

Row = dict[str, Any]

_DECIDED = ("repeats", "similarity", "in_text")
_COMPARED = ("id", "article_id", "order", "text", *_DECIDED)
"""The fields of an earlier paragraph that comparing looks at or decides."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The rows of everything that stands after this run, with duplicates decided."""

    articles: Mapping[str, Row]
    """By article id, sorted; of earlier ones only ``STANDING``."""
    paragraphs: tuple[Row, ...]
    """Sorted by article and order; of earlier articles only ``_COMPARED``, unless they were signed anew."""
    moved: frozenset[str]
    """Earlier articles of which a paragraph repeats another one than before, or was signed anew."""
    duplicates: tuple[Row, ...]
    out_before: Mapping[str, Mapping[str, str]]
    """What ``taken_out`` gave for the earlier articles before this run."""


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
    release = before.corpus.release if before.corpus else None
    index = index_of(settings, release)
    signed_anew = before.signature_recipe != signature_recipe(settings.dedup)
    # An index knows the signatures, and they are most of the table.
    columns = None if signed_anew or index is None else _COMPARED
    earlier = before.table("paragraphs", [i for i in articles if i not in made], columns).to_pylist()
    out_before = taken_out(earlier)
    decided_before = [[row[name] for name in _DECIDED] for row in earlier]
    if signed_anew:
        sign_rows(earlier, settings.dedup)
    paragraphs = [*work.tables("paragraphs", PARAGRAPHS.schema).to_pylist(), *earlier]
    paragraphs.sort(key=lambda row: (row["article_id"], row["order"]))

    whole = _with_paragraphs(articles, paragraphs)
    growth = add_to_index(index, job, made, whole)
    found = find_duplicates(
        [_article_item(*each) for each in whole],
        [_paragraph_item(row, articles[row["article_id"]]["site"]) for row in paragraphs],
        settings.dedup,
        settings.canonical,
        index=growth,
    )
    growth.keep()  # it becomes the release's when the release is published, for it names the run
    _mark_canonical(articles, found)
    for row in paragraphs:
        repeat = found.repeats.get(row["id"])
        row["repeats"] = repeat.first if repeat else None
        row["similarity"] = repeat.jaccard if repeat else None
        row["in_text"] = repeat is None or not _removable(row, settings.dedup)
    moved = frozenset(
        row["article_id"]
        for row, then in zip(earlier, decided_before, strict=True)
        if signed_anew or [row[name] for name in _DECIDED] != then
    )
    article_of = {row["id"]: row["article_id"] for row in paragraphs}
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
    return Whole({i: articles[i] for i in sorted(articles)}, tuple(paragraphs), moved, duplicates, out_before)


def taken_out(paragraphs: Sequence[Row]) -> dict[str, dict[str, str]]:
    """By article: the paragraphs that are not in its text, with the one each repeats."""
    out: dict[str, dict[str, str]] = {}
    for row in paragraphs:
        if not row["in_text"]:
            out.setdefault(row["article_id"], {})[row["id"]] = row["repeats"]
    return out


def _with_paragraphs(articles: Mapping[str, Row], paragraphs: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    own: dict[str, list[Row]] = {identity: [] for identity in articles}
    for row in paragraphs:
        own[row["article_id"]].append(row)
    return [(articles[identity], rows) for identity, rows in own.items()]


def _article_item(row: Row, paragraphs: Sequence[Row]) -> ArticleItem:
    text = article_text(paragraphs)
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


def _paragraph_item(row: Row, site: str | None) -> ParagraphItem:
    return ParagraphItem(row["id"], row["article_id"], site, row["order"], row["text"])


def _removable(paragraph: Row, dedup: DedupSettings) -> bool:
    """Whether settings take the paragraph out of a text when another article had it first.

    Short ones stay: headings such as "Conclusion" are equal in thousands of articles and are nobody's copy.
    """
    return dedup.shared_paragraphs == "remove" and len(words(paragraph["text"])) >= dedup.exact_below_words


def _mark_canonical(articles: Mapping[str, Row], found: Deduplication) -> None:
    sizes = Counter(assignment.canonical_id for assignment in found.assignments)
    for assignment in found.assignments:
        row = articles[assignment.article_id]
        row["canonical_id"] = assignment.canonical_id
        row["is_canonical"] = assignment.canonical_id == assignment.article_id
        row["canonical_reason"] = assignment.reason
        row["cluster_size"] = sizes[assignment.canonical_id]
