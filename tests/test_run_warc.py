"""Web archives through the whole road: accounting, what is counted, running again, order and packing."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from pipeline.corpus.open import Corpus
from pipeline.corpus.runs import RunCounts, RunRecord
from pipeline.run import stages
from pipeline.run.engine import LocalEngine
from pipeline.run.road import travel
from pipeline.settings import load_settings
from pipeline.show.status import print_status
from pipeline.show.summary import summary_text
from tests.conftest import clean
from tests.pages import story
from tests.warcs import answer, gzipped, page, record, zstandarded

REQUEST = record(b"GET / HTTP/1.1\r\n\r\n", "request")
REVISIT = record(b"", "revisit")
MISSING = record(answer(b"<p>Not here</p>", status="404 Not Found"))
BROKEN = page(b"<p>x" + b"<div>" * 5_000)


def _page(number: int, **fields: str) -> bytes:
    site = f"paper-{number % 3}.example"
    return page(story(number, site).html().encode(), f"https://{site}/{number}.html", **fields)


def _counts(corpus: Corpus) -> RunCounts:
    return max((RunRecord.from_row(row) for row in corpus.table("runs").to_pylist()), key=lambda run: run.run).counts


def _texts(corpus: Corpus) -> set[tuple[str, str, str]]:
    return {(row["id"], row["url"], row["text"]) for row in corpus.table("articles").to_pylist()}


def test_every_record_is_an_article_in_quarantine_or_counted(tmp_path: Path) -> None:
    """Pages are articles or in quarantine once, under their record; all other records are in the run's counts."""
    records = [
        REQUEST,
        _page(0),
        REQUEST,
        BROKEN,
        REVISIT,
        _page(1),
        MISSING,
        _page(2),
        _page(3, X="1")[:-4] + b"\r\n\r\n",
    ]
    records[-1] = records[-1].replace(b"WARC-Date", b"WARC-Truncated: length\r\nWARC-Date")
    (tmp_path / "a.warc.gz").write_bytes(gzipped(records))
    corpus = clean(tmp_path / "c", tmp_path / "a.warc.gz")
    articles = {row["source"]: row for row in corpus.table("articles").to_pylist()}
    assert sorted(articles) == [f"a.warc.gz#{number}" for number in (2, 6, 8, 9)]
    assert [row["source"] for row in corpus.table("quarantine").to_pylist()] == ["a.warc.gz#4"]
    assert story(0, "paper-0.example").body[0] in articles["a.warc.gz#2"]["text"]
    assert (articles["a.warc.gz#6"]["url"], articles["a.warc.gz#6"]["fetched_at"]) == (
        "https://paper-1.example/1.html",
        "2024-05-06T07:08:09Z",
    )
    counts = _counts(corpus)
    assert (counts.inputs, counts.truncated) == (5, 1)
    assert counts.skipped == {"client_error": 1, "request": 2, "revisit": 1}


def test_counts_are_shown(tmp_path: Path) -> None:
    """``status`` and the closing summary say how many records were skipped, and why."""
    (tmp_path / "a.warc").write_bytes(REQUEST + _page(0) + REVISIT)
    settings = load_settings(None, sources=(str(tmp_path / "a.warc"),), corpus=str(tmp_path / "c"))
    outcome = travel(settings, LocalEngine(settings.run))
    assert any(line.split() == ["skipped", "2", "request", "1,", "revisit", "1"] for line in _lines(outcome.record))
    shown = io.StringIO()
    print_status(Corpus.open(tmp_path / "c"), shown)
    assert "2 records skipped: request 1, revisit 1" in shown.getvalue()


def _lines(run: RunRecord) -> list[str]:
    return summary_text(run).splitlines()


def test_a_run_again_works_on_new_pages_only(tmp_path: Path) -> None:
    """Pages of an archive that the corpus has are not worked on again, also when others were put before them."""
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.warc.gz").write_bytes(gzipped([_page(number) for number in range(5)]))
    first = clean(tmp_path / "c", source)
    again = clean(tmp_path / "c", source)
    assert (_counts(again).unchanged, _counts(again).new) == (5, 0)
    assert again.table("articles").equals(first.table("articles"))
    (source / "a.warc.gz").write_bytes(gzipped([REQUEST, _page(9), *(_page(number) for number in range(1, 5))]))
    grown = clean(tmp_path / "c", source)
    counts = _counts(grown)
    assert (counts.unchanged, counts.new, counts.withdrawn) == (4, 1, 1)


def test_order_and_packing_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pages in another order, packing, shard or batch are the same articles with the same ids."""
    records = [_page(number) for number in range(10)]
    made = []
    for number, data in enumerate(
        (gzipped(records), zstandarded(records[::-1]), gzip.compress(b"".join(records[5:] + records[:5])))
    ):
        monkeypatch.setattr(stages, "BATCH", (64, 4, 3)[number])
        source = tmp_path / f"in-{number}"
        source.mkdir()
        (source / "a.warc.gz").write_bytes(data)
        (source / "b.warc.gz").write_bytes(gzipped([_page(99)]))
        overrides = {"run__shard_files": 1, "run__runner": "threads"} if number == 1 else {}
        made.append(_texts(clean(tmp_path / f"c-{number}", source, **overrides)))
    assert len(made[0]) == 11
    assert made[0] == made[1] == made[2]
