"""Maintenance: fewer files, the same rows, and nothing taken from a release that is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.command import main
from pipeline.corpus import Corpus
from pipeline.corpus.lock import corpus_lock
from pipeline.corpus.maintain import maintain
from pipeline.corpus.publish import publish
from pipeline.corpus.schema import DATA_TABLES
from pipeline.errors import RunError, UsageError
from tests.strategies.corpus import ArticleSpec, changes_of, number_id, run_record

NIGHTS = 6
NOW = timedelta(0)


def nightly(place: Path) -> None:
    """Six releases, each with an article more and another title of the first."""
    for night in range(NIGHTS):
        specs = [ArticleSpec(number_id(1), title=f"Night {night}"), ArticleSpec(number_id(2 + night))]
        publish(place, changes_of(specs), run_record(f"run-{night}"), night)


def contents(place: Path, release: int | None = None) -> dict[str, list[dict[str, Any]]]:
    corpus = Corpus.open(place, release)
    return {table.name: corpus.table(table.name).to_pylist() for table in DATA_TABLES}


def test_compacted_tables_hold_the_same_rows_in_fewer_files(tmp_path: Path) -> None:
    """A new release with the same rows, and every earlier one as it was."""
    nightly(tmp_path)
    before = {number: contents(tmp_path, number) for number in range(1, NIGHTS + 1)}
    files = len(Corpus.open(tmp_path).delta("lines").file_uris())
    done = maintain(tmp_path, keep=100)
    assert done.release == NIGHTS + 1
    assert "lines" in done.compacted
    assert len(Corpus.open(tmp_path).delta("lines").file_uris()) < files
    assert contents(tmp_path) == before[NIGHTS]
    assert {number: contents(tmp_path, number) for number in before} == before


def test_files_of_releases_that_are_not_kept_are_removed(tmp_path: Path) -> None:
    """The newest two stay readable, the one before says that it is gone, and space is freed."""
    nightly(tmp_path)
    wanted = contents(tmp_path)
    done = maintain(tmp_path, keep=2, grace=NOW)
    assert (done.oldest, done.release) == (NIGHTS, NIGHTS + 1)
    assert done.removed_files > 0
    assert done.removed_bytes > 0
    assert contents(tmp_path, NIGHTS) == wanted
    assert contents(tmp_path) == wanted
    with pytest.raises(UsageError, match="no longer kept"):
        contents(tmp_path, 1)


def test_young_files_stay_whatever_they_are(tmp_path: Path) -> None:
    """They may belong to a run that has not published yet."""
    nightly(tmp_path)
    assert maintain(tmp_path, keep=1).removed_files == 0
    assert contents(tmp_path, 1)


def test_maintaining_twice_changes_nothing_more(tmp_path: Path) -> None:
    """Without anything to compact no release is published."""
    nightly(tmp_path)
    first = maintain(tmp_path, keep=1, grace=NOW)
    second = maintain(tmp_path, keep=1, grace=NOW)
    assert second.release == first.release
    assert (second.compacted, second.removed_files) == ((), 0)


def test_runs_go_on_after_maintenance(tmp_path: Path) -> None:
    """The next run publishes on top of the compacted tables."""
    nightly(tmp_path)
    done = maintain(tmp_path, keep=1, grace=NOW)
    new = number_id(99)
    publish(tmp_path, changes_of([ArticleSpec(new)]), run_record("after"), done.release)
    ids = [row["id"] for row in contents(tmp_path)["articles"]]
    assert new in ids
    assert len(ids) == NIGHTS + 2


def test_a_corpus_in_use_is_left_alone(tmp_path: Path) -> None:
    """While a run holds the corpus, maintenance says who does."""
    nightly(tmp_path)
    with corpus_lock(tmp_path), pytest.raises(RunError, match="in use"):
        maintain(tmp_path, keep=1)


def test_the_verb_says_what_it_did_and_refuses_what_is_no_corpus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``copydesk maintain`` names the releases that can still be read."""
    nightly(tmp_path / "c")
    assert main(["maintain", "--corpus", str(tmp_path / "c"), "--keep", "3"]) == 0
    assert f"releases {NIGHTS - 1} to {NIGHTS + 1} can be read" in capsys.readouterr().err
    assert main(["maintain", "--corpus", str(tmp_path / "nowhere")]) == 2
    assert "is no corpus" in capsys.readouterr().err
