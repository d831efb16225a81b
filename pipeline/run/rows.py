"""Records to Arrow rows of the corpus tables, and back: what stages hand over, and what a later run reads again."""

from __future__ import annotations

import dataclasses
import json
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.schema import ARTICLES
from pipeline.dedup.shingles import shingle_texts
from pipeline.dedup.signature import sign, signature_bytes
from pipeline.metadata.agencies import agency
from pipeline.records import BODY, CHROME, Article, Fault, Hints, Kind, Label, Line, Metadata, Page, Quarantined

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pipeline.records import PageKind
    from pipeline.settings import DedupSettings

PAGE_FIELDS = (
    "id",
    "origin",
    "source",
    "format",
    "encoding",
    "sha256",
    "input_bytes",
    "hint_url",
    "fetched_at",
    "hint_language",
    "declared",
    "page_type",
    "page_type_chance",
    "labeller",
    "recipe",
)
"""Fields of ``articles`` from which, with its ``lines``, a page can be built again without its input."""

PAGES = pa.schema([ARTICLES.schema.field(name) for name in PAGE_FIELDS])
"""Arrow schema of labelled pages on their way to being assembled."""


def page_row(page: Page, kind: PageKind, labeller: str, recipe: str) -> dict[str, Any]:
    """One row of ``PAGES``."""
    declared = {key: value for key, value in dataclasses.asdict(page.declared).items() if value not in (None, "", ())}
    return {
        "id": page.id,
        "origin": page.origin,
        "source": page.source,
        "format": page.format,
        "encoding": page.encoding,
        "sha256": page.sha256,
        "input_bytes": page.size,
        "hint_url": page.hints.url,
        "fetched_at": page.hints.fetched_at,
        "hint_language": page.hints.language,
        "declared": json.dumps(declared, ensure_ascii=False, sort_keys=True) if declared else None,
        "page_type": kind.type.value,
        "page_type_chance": kind.chance,
        "labeller": labeller,
        "recipe": recipe,
    }


def line_rows(page: Page, labels: Sequence[Label], model: Sequence[Label]) -> list[dict[str, Any]]:
    """Rows of ``lines``: the final ``labels`` beside the ``model`` labels from before templates and repeats."""
    return [
        {
            "article_id": page.id,
            "line": line.number,
            "part": line.part,
            "text": line.text,
            "clean": None if line.clean == line.text else line.clean,
            "paragraph": line.paragraph,
            "blank_before": line.blank_before,
            "tag": line.tag,
            "main": before.main,
            "kind": label.kind.value,
            "score": label.score,
            "reason": label.reason,
            "model_kind": before.kind.value,
            "model_reason": before.reason,
        }
        for line, label, before in zip(page.lines, labels, model, strict=True)
    ]


def labelled_pages(pages: pa.Table, lines: pa.Table) -> Iterator[tuple[Page, tuple[Label, ...], dict[str, Any]]]:
    """Pages with their labels from before templates and repeats, in the order of ``pages``; and the page's own row.

    ``pages`` holds ``PAGE_FIELDS`` (more are ignored), ``lines`` holds ``lines`` rows, in any order.
    """
    lines = in_order(lines, ("article_id", "line", "part"))
    starts: dict[str, tuple[int, int]] = {}
    for position, article_id in enumerate(lines.column("article_id").to_pylist()):
        first, _ = starts.get(article_id, (position, 0))
        starts[article_id] = (first, position + 1)
    for row in pages.select(PAGE_FIELDS).to_pylist():
        first, end = starts.get(row["id"], (0, 0))
        own = lines.slice(first, end - first).to_pylist()
        declared = json.loads(row["declared"]) if row["declared"] else {}
        for name in {"authors", "tags"} & declared.keys():
            declared[name] = tuple(declared[name])
        page = Page(
            id=row["id"],
            origin=row["origin"],
            source=row["source"],
            format=row["format"],
            encoding=row["encoding"],
            sha256=row["sha256"],
            size=row["input_bytes"],
            hints=Hints(row["hint_url"], row["fetched_at"], row["hint_language"]),
            lines=tuple(
                Line(
                    number=line["line"],
                    part=line["part"],
                    text=line["text"],
                    clean=line["text"] if line["clean"] is None else line["clean"],
                    paragraph=line["paragraph"],
                    blank_before=line["blank_before"],
                    tag=line["tag"],
                )
                for line in own
            ),
            declared=Metadata(**declared),
        )
        labels = tuple(
            Label(Kind(line["model_kind"]), line["score"], line["model_reason"], line["main"]) for line in own
        )
        yield page, labels, row


def paragraph_id(article_id: str, order: int) -> str:
    """``<article id>-<order>``."""
    return f"{article_id}-{order:04d}"


def article_row(article: Article, page_row: dict[str, Any], run: str) -> dict[str, Any]:
    """One row of ``articles``; the canonical fields say "only" until the corpus has been compared as a whole."""
    page, metadata, labels = article.page, article.metadata, article.labels
    decided = [(label.kind, line.text) for line, label in zip(page.lines, labels, strict=True)]
    return (
        page_row
        | text_fields([paragraph.text for paragraph in article.paragraphs], decided)
        | {
            "url": metadata.url,
            "site": metadata.site,
            "title": metadata.title,
            "dek": metadata.dek,
            "authors": list(metadata.authors),
            "published": metadata.published,
            "updated": metadata.updated,
            "language": metadata.language,
            "canonical_url": metadata.canonical_url,
            "site_name": metadata.site_name,
            "section": metadata.section,
            "tags": list(metadata.tags),
            "license": metadata.license,
            "is_free": metadata.is_free,
            "agency": agency(
                [paragraph.text for paragraph in article.paragraphs],
                [*(text for kind, text in decided if kind is Kind.BYLINE), *metadata.authors],
            ),
            "captions": list(article.captions),
            "canonical_id": page.id,
            "is_canonical": True,
            "canonical_reason": "only",
            "cluster_size": 1,
            "certainty": round(sum(2 * abs(label.score - 0.5) for label in labels) / len(labels), 6),
            "withdrawn": None,
            "run": run,
            "first_run": run,
        }
    )


def text_fields(paragraphs: Sequence[str], lines: Sequence[tuple[Kind, str]]) -> dict[str, Any]:
    """The fields of ``articles`` that follow from which paragraphs make up the text, and which lines do."""
    text = "\n\n".join(paragraphs)
    body = [line for kind, line in lines if kind in BODY]
    return {
        "text": text,
        "text_sha256": sha256(text.encode()).hexdigest(),
        "words": len(text.split()),
        "paragraphs": len(paragraphs),
        "lines": len(lines),
        "body_lines": len(body),
        "removed_lines": sum(kind in CHROME or kind is Kind.DUPLICATE for kind, _ in lines),
        "kept_share": round(sum(map(len, body)) / sum(len(line) for _, line in lines), 6),
    }


def paragraph_rows(article: Article) -> list[dict[str, Any]]:
    """Rows of ``paragraphs``, not yet signed (``sign_rows``)."""
    return [
        {
            "id": paragraph_id(article.page.id, order),
            "article_id": article.page.id,
            "order": order,
            "kind": paragraph.kind.value,
            "text": paragraph.text,
            "first_line": paragraph.first_line,
            "last_line": paragraph.last_line,
            "signature": None,
            "shingles": 0,
            "in_text": True,
            "repeats": None,
            "similarity": None,
        }
        for order, paragraph in enumerate(article.paragraphs)
    ]


def sign_rows(paragraphs: Sequence[dict[str, Any]], dedup: DedupSettings) -> None:
    """Put MinHash signatures and shingle counts into rows of ``paragraphs``."""
    shingled = shingle_texts((row["text"] for row in paragraphs), dedup.shingle_words)
    signatures = sign(shingled, dedup.permutations, dedup.seed, np.arange(len(shingled)))
    sizes = shingled.sizes.tolist()
    for row, text in zip(paragraphs, shingled.number.tolist(), strict=True):
        row["shingles"] = sizes[text] if text >= 0 else 0
        # The sketch of a text without shingles is like every other such sketch; it must not be compared.
        row["signature"] = signature_bytes(signatures[text]) if row["shingles"] else None


def quarantine_row(item: Quarantined, run: str) -> dict[str, Any]:
    """One row of ``quarantine``."""
    return {
        "id": blake2b(f"{item.origin}\0{item.source}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
        "origin": item.origin,
        "source": item.source,
        "stage": item.stage,
        "fault": item.fault.value,
        "detail": item.detail,
        "size": item.size if item.size >= 0 else None,
        "sha256": item.sha256,
        "run": run,
    }


def quarantined_from(row: Mapping[str, Any]) -> Quarantined:
    """What ``quarantine_row`` was given."""
    return Quarantined(
        row["origin"],
        row["source"],
        row["stage"],
        Fault(row["fault"]),
        row["detail"],
        -1 if row["size"] is None else row["size"],
        row["sha256"],
    )


def in_order(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """Rows sorted by some of their fields."""
    return rows.sort_by([(name, "ascending") for name in names])


def of_articles(pieces: Iterable[pa.Table], articles: Collection[str], name: str = "article_id") -> Iterator[pa.Table]:
    """Of each piece the rows that belong to some articles.

    :param name: the field that says to which article a row belongs
    """
    wanted = pa.array(list(articles), pa.string())
    return (piece.filter(pc.is_in(piece[name], wanted)) for piece in pieces)


def replaced(rows: pa.Table, columns: Mapping[str, Any]) -> pa.Table:
    """Rows with other values in some of their fields, each of which keeps its type."""
    for name, values in columns.items():
        number = rows.schema.get_field_index(name)
        field = rows.schema.field(number)
        rows = rows.set_column(number, field, pa.array(values, field.type))
    return rows


def table(rows: Iterable[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as an Arrow table of one of the corpus schemas."""
    return pa.Table.from_pylist(list(rows), schema=schema)
