"""Maintenance: fewer files, the same rows, and nothing taken from a release that is kept."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from flows.command import main
from pipeline.corpus import Corpus
from pipeline.corpus.location import table_uri
from pipeline.corpus.lock import corpus_lock
from pipeline.corpus.maintain import maintain
from pipeline.corpus.publish import publish
from pipeline.corpus.releases import read_releases
from pipeline.corpus.schema import DATA_TABLES, RELEASES
from pipeline.errors import RunError, UsageError
from tests.strategies.corpus import ArticleSpec, changes_of, number_id, run_record

NIGHTS = 6
NOW = timedelta(0)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six releases, each with an article more and another title of the first."""
    place = tmp_path_factory.mktemp("nights") / "c"
    for night in range(NIGHTS):
        specs = [ArticleSpec(number_id(1), title=f"Night {night}"), ArticleSpec(number_id(2 + night))]
        publish(place, changes_of(specs), run_record(f"run-{night}"), night)
    return place


@pytest.fixture
def nightly(nights: Path, tmp_path: Path) -> Path:
    """A copy of them: a corpus may be moved."""
    return Path(shutil.copytree(nights, tmp_path / "c"))


def contents(place: Path, release: int | None = None) -> dict[str, list[dict[str, Any]]]:
    corpus = Corpus.open(place, release)
    return {table.name: corpus.table(table.name).to_pylist() for table in DATA_TABLES}


def test_compacted_tables_hold_the_same_rows_in_fewer_files(nightly: Path) -> None:
    """A new release with the same rows, and every earlier one as it was."""
    before = {number: contents(nightly, number) for number in range(1, NIGHTS + 1)}
    files = len(Corpus.open(nightly).delta("lines").file_uris())
    done = maintain(nightly, keep=100)
    assert done.release == NIGHTS + 1
    assert "lines" in done.compacted
    assert len(Corpus.open(nightly).delta("lines").file_uris()) < files
    assert contents(nightly) == before[NIGHTS]
    assert {number: contents(nightly, number) for number in before} == before


def test_the_table_of_releases_is_compacted_too(nightly: Path) -> None:
    """Whoever opens a corpus reads it first: a file for each release would make that slower with every night."""
    releases = DeltaTable(table_uri(nightly, RELEASES.name))
    assert len(releases.file_uris()) == NIGHTS
    before = read_releases(nightly)
    done = maintain(nightly, keep=100, grace=NOW)
    assert RELEASES.name in done.compacted
    assert len(list((nightly / RELEASES.name).glob("*.parquet"))) == 1
    assert read_releases(nightly)[:NIGHTS] == before


def test_files_of_releases_that_are_not_kept_are_removed(nightly: Path) -> None:
    """The newest two stay readable, the one before says that it is gone, and space is freed."""
    wanted = contents(nightly)
    done = maintain(nightly, keep=2, grace=NOW)
    assert (done.oldest, done.release) == (NIGHTS, NIGHTS + 1)
    assert done.removed_files > 0
    assert done.removed_bytes > 0
    assert contents(nightly, NIGHTS) == wanted
    assert contents(nightly) == wanted
    with pytest.raises(UsageError, match="no longer kept"):
        contents(nightly, 1)


def test_young_files_stay_whatever_they_are(nightly: Path) -> None:
    """They may belong to a run that has not published yet."""
    assert maintain(nightly, keep=1).removed_files == 0
    assert contents(nightly, 1)


def test_maintaining_twice_changes_nothing_more(nightly: Path) -> None:
    """Without anything to compact no release is published."""
    first = maintain(nightly, keep=1, grace=NOW)
    second = maintain(nightly, keep=1, grace=NOW)
    assert second.release == first.release
    assert (second.compacted, second.removed_files) == ((), 0)


def test_runs_go_on_after_maintenance(nightly: Path) -> None:
    """The next run publishes on top of the compacted tables."""
    done = maintain(nightly, keep=1, grace=NOW)
    new = number_id(99)
    publish(nightly, changes_of([ArticleSpec(new)]), run_record("after"), done.release)
    ids = [row["id"] for row in contents(nightly)["articles"]]
    assert new in ids
    assert len(ids) == NIGHTS + 2


def test_a_corpus_in_use_is_left_alone(nightly: Path) -> None:
    """While a run holds the corpus, maintenance says who does."""
    with corpus_lock(nightly), pytest.raises(RunError, match="in use"):
        maintain(nightly, keep=1)


def test_the_verb_says_what_it_did_and_refuses_what_is_no_corpus(
    nightly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``copydesk maintain`` names the releases that can still be read."""
    assert main(["maintain", "--corpus", str(nightly), "--keep", "3"]) == 0
    assert f"releases {NIGHTS - 1} to {NIGHTS + 1} can be read" in capsys.readouterr().err
    assert main(["maintain", "--corpus", str(nightly / "nowhere")]) == 2
    assert "is no corpus" in capsys.readouterr().err
