"""Rows of corpus tables: a factory for examples, and strategies for random sequences of runs.

``ArticleSpec`` says what matters to a test; ``corpus_of`` makes the rows of all tables that belong to such articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from pipeline.corpus.changes import Changes, TableChange
from pipeline.corpus.runs import RunCounts, RunRecord
from pipeline.corpus.schema import ARTICLES, DUPLICATES, LINES, PARAGRAPHS, QUARANTINE, SITE_LINES, Table
from pipeline.records import BODY

Verdict = tuple[str, str, str]
"""Text of a line, its kind and its reason."""


@dataclass(frozen=True)
class ArticleSpec:
    """An article as a test wants it; everything else follows from it."""

    id: str
    lines: tuple[Verdict, ...] = (("A sentence of body text stands here.", "paragraph", "model"),)
    source: str = ""
    title: str | None = "A title"
    canonical_id: str = ""
    withdrawn: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    """Other fields of ``articles``, as they should stand."""


def number_id(number: int) -> str:
    """An article id made of a number."""
    return f"{number:016x}"


def rows(table: Table, items: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows as an Arrow table."""
    return pa.Table.from_pylist(list(items), schema=table.schema)


def article_row(spec: ArticleSpec, run: str = "run-1") -> dict[str, Any]:
    """The row of ``articles``."""
    body = [text for text, kind, _ in spec.lines if kind in BODY]
    text = "\n\n".join(body)
    canonical = spec.canonical_id or spec.id
    row: dict[str, Any] = {
        "id": spec.id,
        "origin": "/data/in",
        "source": spec.source or f"{spec.id}.txt",
        "url": f"https://example.org/{spec.id}",
        "site": "example.org",
        "format": "text",
        "encoding": "utf-8",
        "title": spec.title,
        "dek": None,
        "authors": ["Ana Müller"],
        "published": "2024-05-01",
        "updated": None,
        "language": "en",
        "canonical_url": None,
        "site_name": None,
        "section": None,
        "tags": [],
        "license": None,
        "is_free": None,
        "agency": None,
        "page_type": "article",
        "page_type_chance": 0.9,
        "text": text,
        "captions": [text for text, kind, _ in spec.lines if kind == "caption"],
        "canonical_id": canonical,
        "is_canonical": canonical == spec.id,
        "canonical_reason": "only" if canonical == spec.id else "smallest_id",
        "cluster_size": 1,
        "sha256": sha256(spec.id.encode()).hexdigest(),
        "text_sha256": sha256(text.encode()).hexdigest(),
        "input_bytes": sum(len(line[0]) + 1 for line in spec.lines),
        "words": len(text.split()),
        "paragraphs": len(body),
        "lines": len(spec.lines),
        "body_lines": len(body),
        "removed_lines": len(spec.lines) - len(body),
        "certainty": 0.8,
        "kept_share": 0.5,
        "fetched_at": None,
        "hint_url": None,
        "hint_language": None,
        "declared": None,
        "labeller": "block/1",
        "recipe": "r",
        "withdrawn": spec.withdrawn,
        "run": run,
        "first_run": run,
    }
    return row | spec.fields


def line_rows(spec: ArticleSpec) -> list[dict[str, Any]]:
    """The rows of ``lines``: every second line of the input is blank."""
    return [
        {
            "article_id": spec.id,
            "line": 2 * number + 1,
            "part": 0,
            "text": text,
            "clean": None,
            "paragraph": number,
            "blank_before": number > 0,
            "tag": "",
            "main": None,
            "kind": kind,
            "score": 0.9 if kind in BODY else 0.1,
            "reason": reason,
            "model_kind": kind,
            "model_reason": "model",
        }
        for number, (text, kind, reason) in enumerate(spec.lines)
    ]


def paragraph_rows(spec: ArticleSpec) -> list[dict[str, Any]]:
    """The rows of ``paragraphs``: one for each body line."""
    body = [line for line in line_rows(spec) if line["kind"] in BODY]
    return [
        {
            "id": f"{spec.id}-{order:04d}",
            "article_id": spec.id,
            "order": order,
            "kind": line["kind"],
            "text": line["text"],
            "first_line": line["line"],
            "last_line": line["line"],
            "signature": b"\x01\x02\x03\x04",
            "shingles": len(line["text"].split()),
            "in_text": True,
            "repeats": None,
            "similarity": None,
        }
        for order, line in enumerate(body)
    ]


def duplicate_row(left: str, right: str, relation: str = "syndication", level: str = "article") -> dict[str, Any]:
    """A verified pair."""
    return {
        "level": level,
        "left_id": left,
        "right_id": right,
        "left_article": left.partition("-")[0],
        "right_article": right.partition("-")[0],
        "estimated": 0.75,
        "jaccard": 0.8,
        "containment": 0.9,
        "relation": relation,
        "run": "run-1",
    }


def quarantine_row(source: str, fault: str = "empty", run: str = "run-1") -> dict[str, Any]:
    """An input in quarantine."""
    return {
        "id": sha256(source.encode()).hexdigest()[:16],
        "origin": "/data/in",
        "source": source,
        "stage": "read",
        "fault": fault,
        "detail": "The file is empty: scrape it again.",
        "size": 0,
        "sha256": None,
        "run": run,
    }


def site_line_row(site: str, text: str) -> dict[str, Any]:
    """A recurring line of a site."""
    return {
        "site": site,
        "line_sha": sha256(text.encode()).hexdigest(),
        "text": text,
        "pages": 5,
        "site_pages": 10,
        "share": 0.5,
        "is_template": True,
        "kind": "navigation",
        "run": "run-1",
    }


def changes_of(
    specs: Sequence[ArticleSpec] = (),
    *,
    gone: Sequence[str] = (),
    duplicates: Sequence[dict[str, Any]] = (),
    quarantine: Sequence[dict[str, Any]] = (),
    site_lines: Sequence[dict[str, Any]] = (),
    run: str = "run-1",
) -> Changes:
    """Changes that put ``specs`` with their lines and paragraphs into a corpus, and take the articles ``gone`` out."""
    emptied = [{"article_id": spec.id} for spec in specs] + [{"article_id": article} for article in gone]
    by_article = pa.Table.from_pylist(emptied, schema=LINES.group_schema)
    return Changes(
        articles=TableChange(
            rows(ARTICLES, [article_row(spec, run) for spec in specs]),
            pa.Table.from_pylist([{"id": article} for article in gone], schema=ARTICLES.group_schema),
        ),
        paragraphs=TableChange(rows(PARAGRAPHS, [row for spec in specs for row in paragraph_rows(spec)]), by_article),
        lines=TableChange(rows(LINES, [row for spec in specs for row in line_rows(spec)]), by_article),
        duplicates=TableChange(rows(DUPLICATES, duplicates)),
        site_lines=TableChange(rows(SITE_LINES, site_lines)),
        quarantine=TableChange(rows(QUARANTINE, quarantine)),
    )


def run_record(run: str = "run-1", counts: RunCounts | None = None) -> RunRecord:
    """A run that took no time."""
    return RunRecord(
        run=run,
        started="2024-05-01T00:00:00+00:00",
        finished="2024-05-01T00:00:02+00:00",
        mode="local",
        sources=("/data/in",),
        versions={"copydesk": "0.1.0"},
        settings={"corpus": "c"},
        counts=counts or RunCounts(),
        timings={"read": 1.5},
        quality={},
    )


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
"""Any text that UTF-8 can hold: control characters, markup and escape sequences are not spared."""

VERDICTS = st.tuples(
    TEXTS,
    st.sampled_from(["paragraph", "heading", "list_item", "quote", "caption", "navigation", "duplicate"]),
    st.sampled_from(["model", "rule:menu", "template:example.org", "duplicate:1"]),
)

SPECS = st.builds(
    ArticleSpec,
    id=st.integers(0, 5).map(number_id),
    lines=st.lists(VERDICTS, max_size=4).map(tuple),
    title=st.none() | TEXTS,
    withdrawn=st.none() | st.just("run-0"),
)
"""Articles with few ids, so that random runs meet the same ones again and again."""


@dataclass(frozen=True)
class Step:
    """One random run: the articles it upserts, and those it takes out."""

    specs: tuple[ArticleSpec, ...]
    gone: tuple[str, ...]


STEPS = st.builds(
    Step,
    specs=st.lists(SPECS, max_size=4, unique_by=lambda spec: spec.id).map(tuple),
    gone=st.lists(st.integers(0, 5).map(number_id), max_size=2, unique=True).map(tuple),
)
