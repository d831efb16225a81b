"""A bench folder in miniature: made-up pages in the format of the real one."""

from __future__ import annotations

import gzip
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.records import BODY, Kind
from tests.labelled import LANGUAGES, TYPES, LabelledPage, labelled_page

_TAGS = {Kind.HEADING: "h2", Kind.LIST_ITEM: "li", Kind.TITLE: "h1", Kind.PARAGRAPH: "p"}


AUTHORS = ["Ida Quill", "Otto Plume"]
"""Who has written every page."""


def twelve_pages() -> list[LabelledPage]:
    """Two of every language, each of a site of its own."""
    return [
        labelled_page(seed, language, TYPES[(number + seed) % len(TYPES)])
        for number, language in enumerate(LANGUAGES)
        for seed in range(2)
    ]


def write_bench(folder: Path, pages: Sequence[LabelledPage]) -> Path:
    """Write the pages of type news as Fundus, and all others as WCXB."""
    for corpus in ("wcxb", "fundus"):
        own = [page for page in pages if (page.page_type == "news") == (corpus == "fundus")]
        part = folder / f"{corpus}-dev"
        (part / "html").mkdir(parents=True)
        truths: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for page in own:
            page_id = page.site.removesuffix(".example")
            truths.append(_truth(corpus, page_id, page, len(truths)))
            rows += [_row(corpus, page_id, page, number) for number in range(len(page.lines))]
            with gzip.GzipFile(part / "html" / f"{page_id}.html.gz", "wb", mtime=0) as file:
                file.write(_markup(page, len(truths) - 1).encode())
        with gzip.open(part / "ground-truth.jsonl.gz", "wt", encoding="utf-8") as text:
            text.writelines(json.dumps(truth, ensure_ascii=False) + "\n" for truth in truths)
        pq.write_table(pa.Table.from_pylist(rows), folder / f"lines-{corpus}-dev.parquet")
    return folder


def _truth(corpus: str, page_id: str, page: LabelledPage, number: int) -> dict[str, Any]:
    truth = {"page_id": page_id, "url": f"https://www.{page.site}/story", "title": page.title}
    if corpus == "wcxb":
        facts = {"author": " and ".join(AUTHORS), "publish_date": _day(number)}
        return truth | facts | {"domain": page.site, "page_type": "article", "main_content": page.body}
    kinds = {Kind.HEADING: "heading"}
    body = [{"kind": kinds.get(kind, "paragraph"), "text": text} for text, kind, _ in page.lines if kind in BODY]
    return truth | {"publisher": page.site, "body": body, "authors": AUTHORS, "published": f"{_day(number)}T10:00:00"}


def _day(number: int) -> str:
    return f"2024-05-{number + 1:02d}"


def _row(corpus: str, page_id: str, page: LabelledPage, number: int) -> dict[str, Any]:
    text, kind, blank = page.lines[number]
    return {
        "page_id": page_id, "source": corpus, "domain": page.site, "page_type": "article", "lang": page.language,
        "renderer": "blank", "line_no": number, "blank_before": int(blank), "text": text,
        "is_content": int(kind in BODY), "kind": "content" if kind in BODY else kind.value,
    }  # fmt: skip


def _markup(page: LabelledPage, number: int) -> str:
    """The page with its facts in the head; the first of each corpus has a wrong author there."""
    names = ["Nemo Nobody"] if number == 0 else AUTHORS
    head = "".join(f'<meta name="author" content="{name}">' for name in names)
    head += f'<meta property="article:published_time" content="{_day(number)}T08:00:00Z">'
    tags = [_TAGS.get(kind, "div") for _, kind, _ in page.lines]
    elements = [f"<{tag}>{html.escape(text)}</{tag}>" for tag, (text, _, _) in zip(tags, page.lines, strict=True)]
    start = f"<!doctype html><html lang={page.language}><head><meta charset=utf-8>{head}</head>"
    return f"{start}<body>{''.join(elements)}</body></html>"
