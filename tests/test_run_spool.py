"""Rows sorted on disk: whatever is held at a time, the tables are those that would be made of all rows at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.newspapers import write_pages
from pipeline.corpus import Corpus
from pipeline.corpus.changes import Changes, TableChange
from pipeline.corpus.publish import publish
from pipeline.corpus.schema import LINES
from pipeline.run.spool import Spool, spooled, with_rows
from tests.conftest import ROOT, clean
from tests.pages import stories
from tests.strategies.corpus import ArticleSpec, changes_of, number_id, run_record
from tests.test_run_resume import tables

DRIVER = """
import json, sys
import pyarrow as pa
from pipeline.corpus import append
from pipeline.run import spool
from tests.conftest import clean
from pathlib import Path

if __name__ == "__main__":
    spool.STRETCH_BYTES = append.GROUP_BYTES = 500_000
    spool.PIECE_BYTES = 250_000
    corpus = clean(Path(sys.argv[2]), Path(sys.argv[1]), run__runner="processes", run__workers=1, run__shard_files=100)
    peak = pa.default_memory_pool().max_memory()
    print(json.dumps([peak, sum(corpus.table(name).nbytes for name in ("articles", "paragraphs", "lines"))]))
"""
"""A run whose workers are other processes: what Arrow held in the driver, and what the tables are that it wrote."""

KEY = ("id", "order")
SCHEMA = pa.schema([("id", pa.string()), ("order", pa.int32()), ("text", pa.string())])

ROWS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["", "one", "日本語", "two\nlines"])), max_size=40)


def rows_of(some: list[tuple[int, str]]) -> list[dict[str, Any]]:
    """Rows of a few articles whose ids are even over all ids; orders are given as they come, so keys are unique."""
    return [
        {"id": f"{article * (2**64 // 10):016x}", "order": order, "text": text}
        for order, (article, text) in enumerate(some)
    ]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little is held at a time that each file of a shard is sorted by itself, a few articles are a piece, and
    columns are files that are made a few numbers at a time."""
    monkeypatch.setattr("pipeline.run.spool.STRETCH_BYTES", 1)
    monkeypatch.setattr("pipeline.run.spool.PIECE_BYTES", 2_000)
    monkeypatch.setattr("pipeline.shelf.FEW_BYTES", 1)
    for step in ("find._READ", "report._PAIRS", "cluster._READ", "candidates._MEETINGS"):
        monkeypatch.setattr(f"pipeline.dedup.{step}_AT_ONCE", 7)


@given(some=ROWS, cut=st.integers(1, 9), held=st.sampled_from([(1, 1), (1, 100), (200, 1), (200, 100), (1 << 20, 1)]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_sorted_on_disk_are_those_sorted_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, some: list[tuple[int, str]], cut: int, held: tuple[int, int]
) -> None:
    """As many rows in the same order, no article in two pieces; read by columns, and again."""
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.run.spool.STRETCH_BYTES", held[0])
        patched.setattr("pipeline.run.spool.PIECE_BYTES", held[1])
        rows = rows_of(some)
        parts = [pa.Table.from_pylist(rows[at : at + cut], SCHEMA) for at in range(0, len(rows), cut)]
        spool = spooled([SCHEMA.empty_table(), *parts], len(rows), KEY, tmp_path / "rows.arrow")
        wanted = sorted(rows, key=lambda row: (row["id"], row["order"]))
        assert spool.rows.to_pylist() == wanted
        assert pa.concat_tables(spool.pieces()).to_pylist() == wanted
        texts = [{"text": row["text"], "id": row["id"]} for row in wanted]
        assert pa.concat_tables(spool.pieces(("text", "id"))).to_pylist() == texts
        of_pieces = [set(piece["id"].to_pylist()) for piece in spool.pieces()]
        assert sum(map(len, of_pieces)) == len(set().union(*of_pieces))


@given(ROWS, ROWS, st.sets(st.integers(0, 9)))
def test_rows_put_in_stand_instead_of_those_of_the_same_articles(
    some: list[tuple[int, str]], more: list[tuple[int, str]], bounds: set[int]
) -> None:
    """Pieces cut anywhere between articles; articles that no piece has are put in as well, in the order of all."""
    kept = {row["id"] for row in rows_of(more)}
    rows = sorted(rows_of(some), key=lambda row: (row["id"], row["order"]))
    before = [sum(row["id"] < f"{bound * (2**64 // 10):016x}" for row in rows) for bound in sorted(bounds)]
    pieces = [pa.Table.from_pylist(rows[a:b], SCHEMA) for a, b in pairwise([0, *before, len(rows)])]
    put = pa.Table.from_pylist(rows_of(more), SCHEMA)
    wanted = [*(row for row in rows if row["id"] not in kept), *rows_of(more)]
    found = pa.concat_tables([SCHEMA.empty_table(), *with_rows(pieces, put, KEY)]).to_pylist()
    assert found == sorted(wanted, key=lambda row: (row["id"], row["order"]))


def files(corpus: Corpus, table: str) -> list[pa.Table]:
    """The files of a table, as they are."""
    paths = [uri.removeprefix("file://") for uri in corpus.delta(table).file_uris()]
    return [pq.read_table(path) for path in paths]


def pieces_of(changes: Changes) -> Changes:
    """The same, article by article."""

    def piecewise(change: TableChange) -> TableChange:
        rows = change.upsert
        assert isinstance(rows, pa.Table)
        rows = rows.sort_by([(rows.column_names[0], "ascending")])
        name = "id" if "text_sha256" in rows.column_names else "article_id"

        def each() -> Iterator[pa.Table]:
            for article in sorted(set(rows[name].to_pylist())):
                yield rows.filter(pc.equal(rows[name], article))

        return TableChange(each, change.delete)

    return Changes(
        articles=piecewise(changes.articles),
        paragraphs=piecewise(changes.paragraphs),
        lines=piecewise(changes.lines),
    )


SPECS = [
    ArticleSpec(number_id(at), (("Menu", "navigation", "model"), (f"Body {at}. " + "word " * at, "paragraph", "model")))
    for at in range(40)
]


def test_a_table_published_in_pieces_is_that_published_at_once(tmp_path: Path) -> None:
    """The same rows in the same order, and the next run finds what differs; a second file begins where one is large."""
    publish(tmp_path / "whole", changes_of(SPECS), run_record(), 0)
    publish(tmp_path / "pieces", pieces_of(changes_of(SPECS)), run_record(), 0)
    more = changes_of([ArticleSpec(number_id(7), (("Other.", "paragraph", "model"),)), ArticleSpec(number_id(99))])
    for release in (1, 2):
        whole, pieces = (Corpus.open(tmp_path / name) for name in ("whole", "pieces"))
        assert dict(pieces.release.tables) == dict(whole.release.tables)
        for table in ("articles", "paragraphs", "lines"):
            assert pieces.table(table).equals(whole.table(table))
            if release == 1:
                (one,), (other,) = files(whole, table), files(pieces, table)
                assert other.equals(one)
        if release == 1:
            publish(tmp_path / "whole", more, run_record("run-2"), 1)
            publish(tmp_path / "pieces", pieces_of(more), run_record("run-2"), 1)


def test_what_a_commit_says_of_a_files_rows_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several files of several row groups: their ends and nulls; whatever value is asked for is found."""
    monkeypatch.setattr("pipeline.corpus.append.GROUP_BYTES", 1)
    monkeypatch.setattr("pipeline.corpus.append.FILE_BYTES", 4_000)
    publish(tmp_path, pieces_of(changes_of(SPECS)), run_record(), 0)
    corpus = Corpus.open(tmp_path)
    for table in ("articles", "paragraphs", "lines"):
        log = tmp_path / table / "_delta_log" / f"{corpus.release.tables[table]:020}.json"
        added = [said["add"] for line in log.read_text("utf-8").splitlines() if "add" in (said := json.loads(line))]
        assert len(added) > 1
        for add in added:
            path = tmp_path / table / add["path"]
            rows, stats = pq.read_table(path), json.loads(add["stats"])
            assert (stats["numRecords"], add["size"]) == (rows.num_rows, path.stat().st_size)
            some = {name for name, nulls in stats["nullCount"].items() if nulls < rows.num_rows}
            assert set(stats["minValues"]) == some
            for name, nulls in stats["nullCount"].items():
                assert rows[name].null_count == nulls
            for name in stats["minValues"]:
                bounds = pc.min_max(rows[name]).as_py()
                assert (stats["minValues"][name], stats["maxValues"][name]) == (bounds["min"], bounds["max"])
    every = corpus.table("lines")
    for name in ("article_id", "line", "text", "kind"):
        for value in every[name].unique():
            asked = pc.field(name) == value
            assert corpus.table("lines", filter=asked).equals(every.filter(asked))


def test_pieces_that_are_not_in_order_are_refused(tmp_path: Path) -> None:
    """Nothing is published, and the next run is as if nothing had happened."""
    lines = changes_of(SPECS).lines.upsert
    assert isinstance(lines, pa.Table)
    late, early = lines.slice(10, 10), lines.slice(0, 10)
    with pytest.raises(ValueError, match="rows for lines come in pieces that are not in the order"):
        publish(tmp_path, Changes(lines=TableChange(lambda: iter([late, early]))), run_record(), 0)
    assert publish(tmp_path, Changes(lines=TableChange(lines)), run_record(), 0) == 1
    assert Corpus.open(tmp_path).table("lines").num_rows == lines.num_rows


@pytest.mark.slow
@pytest.mark.parametrize("shared", ["keep", "remove"])
def test_a_run_that_holds_little_gives_the_corpus_of_one_that_holds_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, shared: str
) -> None:
    """One shard or many, made at once and then grown: the same rows, in the same order in the first files."""
    place = tmp_path / "in"
    place.mkdir()
    for number, story in enumerate(stories(24, sites=3)):
        # Every third story stands again elsewhere, with a lead of its own.
        body = story.text() if number % 3 else f"{story.text()}\nAnd a line of its own, number {number}.\n"
        (place / f"{number:03d}.txt").write_text(body, encoding="utf-8")
        if number % 3 == 0:
            (place / f"copy-{number:03d}.txt").write_text(story.text(), encoding="utf-8")
    how: dict[str, Any] = {"dedup__shared_paragraphs": shared}
    one = clean(tmp_path / "one", place, run__shard_files=1_000, **how)
    request.getfixturevalue("small")
    pieces: list[int] = []

    def watched(*given: Any) -> Spool:
        spool = spooled(*given)
        pieces.append(sum(1 for _ in spool.pieces(("article_id",))))
        return spool

    monkeypatch.setattr("pipeline.run.compare.spooled", watched)
    many = clean(tmp_path / "many", place, run__shard_files=5, **how)
    assert pieces[0] > 3
    assert tables(tmp_path / "many") == tables(tmp_path / "one")
    unnamed = [name for name in LINES.schema.names if name != "run"]
    assert files(many, "lines")[0].select(unnamed).equals(files(one, "lines")[0].select(unnamed))
    (place / "late.txt").write_text(stories(25, sites=3)[-1].text(), encoding="utf-8")
    clean(tmp_path / "many", place, **how)
    clean(tmp_path / "fresh", place, **how)
    assert tables(tmp_path / "many") == tables(tmp_path / "fresh")


@pytest.mark.slow
def test_the_driver_holds_no_tables(tmp_path: Path) -> None:
    """Of four times the pages, whose tables are four times as large, Arrow holds less than twice as much."""
    peaks, sizes = [], []
    (tmp_path / "driver.py").write_text(DRIVER, encoding="utf-8")
    for pages in (250, 1_000):
        write_pages(tmp_path / f"in-{pages}", 0, pages)
        command = [sys.executable, *(str(tmp_path / name) for name in ("driver.py", f"in-{pages}", f"c-{pages}"))]
        path = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=path, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        peak, size = json.loads(done.stdout)
        peaks.append(peak)
        sizes.append(size)
    assert sizes[1] > 3.5 * sizes[0]
    assert peaks[1] < 2 * peaks[0]
    assert peaks[1] < sizes[1] / 2
