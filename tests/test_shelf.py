"""Columns that lie in files are those that would be in memory, and take none of the process's own."""

from __future__ import annotations

import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.warc_memory import memory
from pipeline.memory import give_back
from pipeline.run.engine import LocalEngine
from pipeline.run.road import travel
from pipeline.settings import load_settings
from pipeline.shelf import MEMORY, Shelf
from tests.pages import stories

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

MEGABYTE = 1_000_000

COLUMNS = st.sampled_from(["i8", "u4", "u1", "f8", "?", "S3"]).flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(st.lists(st.integers(0, 1), max_size=5), max_size=5))
)


@given(given_columns=st.lists(COLUMNS, max_size=3), few=st.integers(1, 60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_column_holds_what_was_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_columns: list[tuple[str, list[list[int]]]], few: int
) -> None:
    """Of any kind of value, in memory as in files, several at a time; of empty parts, and of no part."""
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.shelf.FEW_BYTES", few)
        for shelf in (MEMORY, Shelf(tmp_path)):
            growing = [(kind, parts, shelf.column(kind)) for kind, parts in given_columns]
            found = []
            for kind, parts, column in growing:
                for part in parts:
                    column.add(np.array(part, kind))
                found.append(column.done())
            for (kind, parts, _), values in zip(growing, found, strict=True):
                wanted = np.concatenate([np.zeros(0, kind), *(np.array(part, kind) for part in parts)])
                assert values.dtype == np.dtype(kind)
                assert values.tolist() == wanted.tolist() == shelf.put(wanted).tolist()
                assert shelf.joined(values, wanted).tolist() == [*wanted.tolist(), *wanted.tolist()]


@ON_LINUX
def test_what_lies_on_a_shelf_is_not_held_by_the_process(tmp_path: Path) -> None:
    """80 MB of numbers that are read to the end: in memory they are the process's own, on a shelf they are not."""
    own = []
    for shelf in (Shelf(tmp_path), MEMORY):
        give_back()
        before = memory("RssAnon")
        column = shelf.column(np.int64)
        for _ in range(80):
            column.add(np.ones(MEGABYTE // 8, dtype=np.int64))
        values = column.done()
        assert values.sum() == 80 * MEGABYTE // 8
        own.append(memory("RssAnon") - before)
        del column, values
    assert own[0] < 20 * MEGABYTE < 60 * MEGABYTE < own[1]
    assert list(tmp_path.iterdir()) == []


def test_a_run_holds_no_number_of_a_paragraph_when_it_publishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stories in two prints, all of which repeat: what is known of places, repeats and pairs lies in files."""
    place = tmp_path / "in"
    place.mkdir()
    for number, story in enumerate(stories(40)):
        for copy in ("a", "b"):
            (place / f"{copy}-{number:03d}.txt").write_text(story.text(), encoding="utf-8")
    held: dict[str, int] = {}

    class Watched(LocalEngine):
        """Looks at what numpy holds when all has been compared."""

        def call(self, stage: str, function: Any, *given: Any) -> Any:
            if stage == "deduplicate":
                tracemalloc.start(1)
            if stage == "publish":
                domain = tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain)
                numbers = tracemalloc.take_snapshot().filter_traces([domain])
                files = ("*/pipeline/run/*", "*/pipeline/dedup/*", "*/pipeline/shelf.py")
                own = numbers.filter_traces([tracemalloc.Filter(True, name) for name in files])
                held[name] = sum(each.size for each in own.statistics("filename"))
            return super().call(stage, function, *given)

    paragraphs = 0
    for name, few in (("files", 1), ("memory", 1 << 30)):
        monkeypatch.setattr("pipeline.shelf.FEW_BYTES", few)
        how = load_settings(None, sources=(str(place),), corpus=str(tmp_path / name), run__runner="threads")
        try:
            paragraphs = travel(how, Watched(how.run)).record.counts.paragraphs
        finally:
            tracemalloc.stop()
    assert paragraphs > 300
    # A column of places alone takes 8 bytes for each.
    assert held["files"] < 8 * paragraphs < 60 * paragraphs < held["memory"]
