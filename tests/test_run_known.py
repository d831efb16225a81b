"""Known pages are hashed where the shard is handed out; a process is started for what comes after them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline.corpus.runs import RunRecord
from tests.conftest import clean
from tests.pages import stories, story
from tests.test_run_laws import exported

Folder = Callable[[dict[str, str]], Path]

PAGES = {f"{number}.txt": one.text() for number, one in enumerate(stories(6, sites=1, start=1), start=1)}


def no_process(*_: object) -> NoReturn:
    """In the place of what starts processes."""
    raise AssertionError("a process was started for a page that the corpus has")


def test_a_night_with_nothing_new_starts_no_process(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one shard or in several, all inputs are told unchanged."""
    place = folder(PAGES)
    corpus = clean(tmp_path / "c", place, run__runner="processes")
    monkeypatch.setattr("pipeline.run.stages.isolated", no_process)
    for files in (1_000, 2):
        again = clean(tmp_path / "c", place, run__runner="processes", run__shard_files=files)
        (run,) = (row for row in again.table("runs").to_pylist() if row["run"] == again.release.run)
        assert RunRecord.from_row(run).counts.unchanged == len(PAGES)
        assert exported(again) == exported(corpus)
    (place / "7.txt").write_text(story(99).text(), "utf-8")
    with pytest.raises(AssertionError, match="a process was started"):
        clean(tmp_path / "c", place, run__runner="processes")


@pytest.mark.parametrize("new", [("0.txt",), ("33.txt",), ("9.txt",), ("0.txt", "33.txt", "9.txt")])
def test_new_pages_before_between_and_after_known_ones(folder: Folder, tmp_path: Path, new: tuple[str, ...]) -> None:
    """Wherever they stand in a shard: the corpus that one run over all would have made; changed ones, too."""
    place = folder(PAGES)
    clean(tmp_path / "c", place, run__runner="processes")
    for number, name in enumerate(new):
        (place / name).write_text(story(90 + number).text(), "utf-8")
    (place / "4.txt").write_text(story(80).text(), "utf-8")
    grown = clean(tmp_path / "c", place, run__runner="processes")
    assert exported(grown) == exported(clean(tmp_path / "fresh", place, run__runner="processes"))
