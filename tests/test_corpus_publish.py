"""Publishing: what was put in comes out, whole or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.fs import DeltaStorageHandler
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.corpus import Corpus
from pipeline.corpus.changes import Changes, TableChange
from pipeline.corpus.publish import publish
from pipeline.corpus.schema import ARTICLES, DATA_TABLES, LINES, QUARANTINE, SCHEMA_VERSION
from pipeline.errors import RunError, UsageError
from tests.strategies.corpus import (
    STEPS,
    ArticleSpec,
    Step,
    article_row,
    changes_of,
    duplicate_row,
    line_rows,
    number_id,
    paragraph_rows,
    quarantine_row,
    rows,
    run_record,
    site_line_row,
)

ONE, TWO, THREE = number_id(1), number_id(2), number_id(3)


def contents(corpus: Corpus) -> dict[str, list[dict[str, Any]]]:
    """All rows of all data tables but the runs."""
    return {table.name: corpus.table(table.name).to_pylist() for table in DATA_TABLES if table.name != "runs"}


def first_run() -> Changes:
    """Something for every table."""
    return changes_of(
        [ArticleSpec(ONE), ArticleSpec(TWO, (("Menu", "navigation", "model"), ("Body.", "paragraph", "model")))],
        duplicates=[duplicate_row(ONE, TWO)],
        quarantine=[quarantine_row("empty.txt")],
        site_lines=[site_line_row("example.org", "Menu")],
    )


def second_run() -> Changes:
    """An article changed, one gone, one new; a pair and a quarantined input gone."""
    changes = changes_of(
        [ArticleSpec(TWO, (("Other body.", "paragraph", "model"),)), ArticleSpec(THREE)],
        gone=[ONE],
        site_lines=[site_line_row("example.org", "Footer")],
        run="run-2",
    )
    return Changes(
        articles=changes.articles,
        paragraphs=changes.paragraphs,
        lines=changes.lines,
        site_lines=changes.site_lines,
        duplicates=TableChange(
            delete=pa.table({"level": ["article"], "left_id": [ONE], "right_id": [TWO]}),
        ),
        quarantine=TableChange(delete=pa.table({"id": [quarantine_row("empty.txt")["id"]]})),
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[dict[str, Any]]]]:
    """What a corpus holds after the first and after the second run, when nothing goes wrong."""
    place = tmp_path_factory.mktemp("undisturbed") / "c"
    publish(place, first_run(), run_record(), 0)
    publish(place, second_run(), run_record("run-2"), 1)
    return [contents(Corpus.open(place, release)) for release in (1, 2)]


def test_what_a_run_publishes_is_what_readers_read(undisturbed: list[dict[str, list[dict[str, Any]]]]) -> None:
    """Rows come back as they were given; a replaced article keeps none of its old lines; what was taken out is gone."""
    first, second = undisturbed
    assert first["articles"] == [article_row(ArticleSpec(ONE)), first["articles"][1]]
    assert [row["id"] for row in first["articles"]] == [ONE, TWO]
    assert [row["text"] for row in first["lines"] if row["article_id"] == TWO] == ["Menu", "Body."]
    assert (len(first["duplicates"]), len(first["quarantine"]), len(first["site_lines"])) == (1, 1, 1)
    assert [row["id"] for row in second["articles"]] == [TWO, THREE]
    assert [row["text"] for row in second["lines"] if row["article_id"] == TWO] == ["Other body."]
    assert {row["article_id"] for row in second["paragraphs"]} == {TWO, THREE}
    assert (second["duplicates"], second["quarantine"]) == ([], [])
    assert {row["text"] for row in second["site_lines"]} == {"Menu", "Footer"}


def test_a_pinned_release_stays_as_it_was(tmp_path: Path, undisturbed: list[dict[str, list[dict[str, Any]]]]) -> None:
    """A reader that opened a release sees it unchanged whatever is published later, and can open it again."""
    publish(tmp_path, first_run(), run_record(), 0)
    reader = Corpus.open(tmp_path)
    publish(tmp_path, second_run(), run_record("run-2"), 1)
    assert contents(reader) == undisturbed[0]
    assert contents(Corpus.open(tmp_path, 1)) == undisturbed[0]
    assert contents(Corpus.open(tmp_path)) == undisturbed[1]
    assert [release.number for release in Corpus.open(tmp_path).releases()] == [1, 2]


def test_a_run_that_changes_nothing_gives_a_release_but_writes_no_data(tmp_path: Path) -> None:
    """The same rows again, under another run id, leave every table but `runs` at its version."""
    publish(tmp_path, first_run(), run_record(), 0)
    again = changes_of(
        [ArticleSpec(ONE, fields={"first_run": "run-1"})],
        duplicates=[duplicate_row(ONE, TWO) | {"run": "run-2"}],
        quarantine=[quarantine_row("empty.txt", run="run-2")],
    )
    assert publish(tmp_path, again, run_record("run-2"), 1) == 2
    before, after = Corpus.open(tmp_path, 1), Corpus.open(tmp_path, 2)
    assert {**after.release.tables, "runs": 0} == {**before.release.tables, "runs": 0}
    assert contents(after) == contents(before)
    assert after.table("runs", ["run", "release"]).to_pylist() == [
        {"run": "run-1", "release": 1},
        {"run": "run-2", "release": 2},
    ]


def test_only_rows_that_differ_are_in_the_change_feed(tmp_path: Path) -> None:
    """A consumer that asks Delta for the changes since a version gets the row that changed, and no other."""
    publish(tmp_path, first_run(), run_record(), 0)
    changed = ArticleSpec(TWO, (("Menu", "navigation", "model"), ("Body, mended.", "paragraph", "model")))
    publish(tmp_path, changes_of([ArticleSpec(ONE), changed]), run_record("run-2"), 1)
    corpus = Corpus.open(tmp_path)
    feed = pa.table(corpus.delta("lines").load_cdf(starting_version=corpus.release.tables["lines"])).to_pylist()
    assert sorted((row["_change_type"], row["text"]) for row in feed) == [
        ("update_postimage", "Body, mended."),
        ("update_preimage", "Body."),
    ]


class CrashError(Exception):
    """The run dies here."""


def dies_before(table: str) -> Callable[[str], None]:
    def watch(about_to_commit: str) -> None:
        if about_to_commit == table:
            raise CrashError

    return watch


@pytest.mark.parametrize("table", ["articles", "lines", "releases"])
def test_a_run_that_dies_between_two_tables_leaves_readers_on_the_old_release(
    tmp_path: Path, table: str, undisturbed: list[dict[str, list[dict[str, Any]]]]
) -> None:
    """Readers see nothing of the dead run, and the next run gives what an undisturbed one would have given."""
    with pytest.raises(CrashError):
        publish(tmp_path, first_run(), run_record(), 0, before_commit=dies_before(table))
    with pytest.raises(UsageError, match="is no corpus, or its first run has not finished"):
        Corpus.open(tmp_path)
    assert publish(tmp_path, first_run(), run_record(), 0) == 1
    with pytest.raises(CrashError):
        publish(tmp_path, second_run(), run_record("run-2"), 1, before_commit=dies_before(table))
    assert contents(Corpus.open(tmp_path)) == undisturbed[0]
    assert publish(tmp_path, second_run(), run_record("run-2"), 1) == 2
    assert contents(Corpus.open(tmp_path)) == undisturbed[1]
    assert len(Corpus.open(tmp_path).table("runs")) == 2


KILLED = """
import os, signal, sys
from tests.test_corpus_publish import first_run
from tests.strategies.corpus import run_record
from pipeline.corpus.publish import publish

def kill(table):
    if table == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

publish(sys.argv[1], first_run(), run_record(), 0, before_commit=kill)
"""


@pytest.mark.parametrize("table", ["lines", "releases"])
def test_a_killed_process_leaves_nothing_half_published(
    tmp_path: Path, table: str, undisturbed: list[dict[str, list[dict[str, Any]]]]
) -> None:
    """After SIGKILL in the middle of publishing, the next run gives what an undisturbed one would have given."""
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "c"), table], cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    assert publish(tmp_path / "c", first_run(), run_record(), 0) == 1
    assert contents(Corpus.open(tmp_path / "c")) == undisturbed[0]


def test_readers_that_look_while_a_run_publishes_see_one_whole_release(
    tmp_path: Path, undisturbed: list[dict[str, list[dict[str, Any]]]]
) -> None:
    """Before each of the commits of a run, every table reads as the release before it."""
    publish(tmp_path, first_run(), run_record(), 0)
    looked = []

    def look(table: str) -> None:
        looked.append(table)
        assert contents(Corpus.open(tmp_path)) == undisturbed[0]

    publish(tmp_path, second_run(), run_record("run-2"), 1, before_commit=look)
    assert looked == ["articles", "paragraphs", "lines", "duplicates", "site_lines", "quarantine", "runs", "releases"]


def test_a_run_that_worked_on_an_older_release_is_refused(tmp_path: Path) -> None:
    """Changes that were computed against a release that is no longer the newest are not applied."""
    publish(tmp_path, first_run(), run_record(), 0)
    with pytest.raises(RunError, match="another run published release 1 while this one worked on release 0"):
        publish(tmp_path, second_run(), run_record("run-2"), 0)
    assert Corpus.open(tmp_path).release.number == 1


@pytest.mark.parametrize("table", ["lines", "releases"])
def test_two_runs_that_publish_at_once_do_not_mix(
    tmp_path: Path, table: str, undisturbed: list[dict[str, list[dict[str, Any]]]]
) -> None:
    """A run in whose middle another publishes gives up, and the corpus is exactly what the other made of it."""
    publish(tmp_path, first_run(), run_record(), 0)

    def other(about_to_commit: str) -> None:
        if about_to_commit == table:
            publish(tmp_path, second_run(), run_record("other"), 1)

    with pytest.raises(RunError, match="another run is publishing"):
        publish(tmp_path, changes_of([ArticleSpec(number_id(9))]), run_record("run-2"), 1, before_commit=other)
    corpus = Corpus.open(tmp_path)
    assert corpus.release.run == "other"
    ours = {name: [_unstamped(row) for row in rows] for name, rows in contents(corpus).items()}
    assert ours == {name: [_unstamped(row) for row in rows] for name, rows in undisturbed[1].items()}
    assert publish(tmp_path, changes_of(), run_record("run-3"), 2) == 3


def _unstamped(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "run"}


def test_a_table_that_someone_else_writes_to_meanwhile_stops_the_run(tmp_path: Path) -> None:
    """A foreign commit to one table is noticed, and readers stay on the old release."""
    publish(tmp_path, first_run(), run_record(), 0)

    def meddle(table: str) -> None:
        if table == "lines":
            write_deltalake(DeltaTable(tmp_path / "lines"), rows(LINES, line_rows(ArticleSpec(THREE))), mode="append")

    with pytest.raises(RunError, match="readers still see release 1"):
        publish(tmp_path, second_run(), run_record("run-2"), 1, before_commit=meddle)
    assert THREE not in Corpus.open(tmp_path).table("lines")["article_id"].to_pylist()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"text": None}, "null text"),
        ({"words": 2**40}, "do not fit its schema"),
    ],
)
def test_rows_that_do_not_fit_are_refused_before_anything_is_written(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    """A null where none may be or a value that does not fit stops the run, and no table has changed."""
    publish(tmp_path, first_run(), run_record(), 0)
    row = article_row(ArticleSpec(THREE)) | change
    loose = pa.schema([pa.field(f.name, pa.int64() if f.name == "words" else f.type) for f in ARTICLES.schema])
    wrong = pa.Table.from_pylist([row], schema=loose)
    changes = Changes(quarantine=TableChange(rows(QUARANTINE, [quarantine_row("b")])), articles=TableChange(wrong))
    with pytest.raises(ValueError, match=says):
        publish(tmp_path, changes, run_record("run-2"), 1)
    assert DeltaTable(tmp_path / "quarantine").version() == Corpus.open(tmp_path).release.tables["quarantine"]


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two rows of one key cannot both be the truth; the message names the table and its key."""
    twice = rows(QUARANTINE, [quarantine_row("a"), quarantine_row("a", "binary")])
    with pytest.raises(ValueError, match=r"rows for quarantine have a key \(id\) twice"):
        publish(tmp_path, Changes(quarantine=TableChange(twice)), run_record(), 0)


def test_rows_without_a_field_are_refused(tmp_path: Path) -> None:
    """The message names the field that is missing."""
    short = rows(QUARANTINE, [quarantine_row("a")]).drop_columns(["detail"])
    with pytest.raises(ValueError, match="rows for quarantine lack detail"):
        publish(tmp_path, Changes(quarantine=TableChange(short)), run_record(), 0)


def test_a_hundred_thousand_rows_are_taken_out_at_once(tmp_path: Path) -> None:
    """Deleting many keys is a join, not a query text that grows with them; the rest stays."""
    many = rows(QUARANTINE, [quarantine_row("a")]).take([0] * 100_000)
    many = many.set_column(0, QUARANTINE.schema.field("id"), pa.array([number_id(n) for n in range(100_000)]))
    publish(tmp_path, Changes(quarantine=TableChange(many)), run_record(), 0)
    keys = pa.table({"id": [number_id(n) for n in range(99_990)]})
    publish(tmp_path, Changes(quarantine=TableChange(delete=keys)), run_record("run-2"), 1)
    left = Corpus.open(tmp_path).table("quarantine", ["id"])["id"].to_pylist()
    assert left == [number_id(n) for n in range(99_990, 100_000)]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=4))
def test_any_sequence_of_runs_gives_the_state_of_a_plain_dictionary(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    """Upserts and deletions in any sequence leave exactly the rows that a dictionary by article id would hold."""
    place = tmp_path_factory.mktemp("law")
    state: dict[str, ArticleSpec] = {}
    for number, step in enumerate(steps):
        publish(place, changes_of(step.specs, gone=step.gone), run_record(f"run-{number}"), number)
        for article in step.gone:
            state.pop(article, None)
        state |= {spec.id: spec for spec in step.specs}
        corpus = Corpus.open(place)
        expected = [state[article] for article in sorted(state)]
        assert corpus.table("articles").to_pylist() == [article_row(spec) for spec in expected]
        assert corpus.table("lines").to_pylist() == [row for spec in expected for row in line_rows(spec)]
        assert corpus.table("paragraphs").to_pylist() == [row for spec in expected for row in paragraph_rows(spec)]


def test_a_filter_reads_the_rows_it_names_from_files_of_any_age(tmp_path: Path) -> None:
    """Filters on strings work on rows that a merge has rewritten, whether or not the filtered column is read."""
    publish(tmp_path, first_run(), run_record(), 0)
    publish(tmp_path, second_run(), run_record("run-2"), 1)
    corpus = Corpus.open(tmp_path)
    wanted = pc.field("article_id").isin([TWO])
    assert corpus.table("lines", ["text"], wanted).to_pylist() == [{"text": "Other body."}]
    assert corpus.table("lines", filter=(pc.field("article_id") == THREE) & (pc.field("line") > 1)).num_rows == 0
    batches = list(corpus.batches("lines", ["text", "kind"], wanted, batch_rows=1))
    assert [batch.to_pylist() for batch in batches] == [[{"text": "Other body.", "kind": "paragraph"}]]


def test_local_tables_are_read_without_python_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publishing, opening, filtering: Arrow's threads hold no Python object when a process ends (docs/decisions.md)."""

    def refused(*_: object) -> NoReturn:
        raise AssertionError("a local table was read through delta-rs")

    monkeypatch.setattr(DeltaStorageHandler, "from_table", refused)
    publish(tmp_path, first_run(), run_record(), 0)
    publish(tmp_path, second_run(), run_record("run-2"), 1)
    corpus = Corpus.open(tmp_path)
    assert len(corpus.releases()) == 2
    assert all(corpus.table(table.name, filter=pc.field(table.key[0]) != "").num_rows for table in (ARTICLES, LINES))
    assert list(corpus.changes(1))


def test_batches_hold_all_rows_and_no_more_than_asked_for(tmp_path: Path) -> None:
    """Reading in batches gives every row once, in batches of the given size."""
    lines = tuple((f"Sentence {number}.", "paragraph", "model") for number in range(25))
    publish(tmp_path, changes_of([ArticleSpec(ONE, lines)]), run_record(), 0)
    batches = list(Corpus.open(tmp_path).batches("lines", ["line"], batch_rows=10))
    assert max(batch.num_rows for batch in batches) <= 10
    assert sorted(row["line"] for batch in batches for row in batch.to_pylist()) == list(range(1, 51, 2))


def test_a_place_without_a_corpus_and_an_unknown_release_are_named_with_the_remedy(tmp_path: Path) -> None:
    """The messages say what to do, and which releases there are."""
    with pytest.raises(UsageError, match=r"nowhere is no corpus.*`copydesk run SOURCE --corpus"):
        Corpus.open(tmp_path / "nowhere")
    publish(tmp_path / "c", changes_of(), run_record(), 0)
    with pytest.raises(UsageError, match=r"no release 7 \(there are 1 to 1\)"):
        Corpus.open(tmp_path / "c", 7)


def test_a_release_whose_files_are_gone_is_named(tmp_path: Path) -> None:
    """Reading a release that someone's clean-up has taken apart says so, instead of a traceback from Delta."""
    publish(tmp_path, first_run(), run_record(), 0)
    for file in (tmp_path / "lines").glob("*.parquet"):
        file.unlink()
    with pytest.raises(UsageError, match="release 1 is no longer kept whole"):
        Corpus.open(tmp_path).table("lines")


def test_a_storage_that_cannot_be_written_ends_the_run_with_a_message(tmp_path: Path) -> None:
    """A corpus directory that is a file, as an example of broken storage, gives a RunError that names it."""
    place = tmp_path / "c"
    publish(place, first_run(), run_record(), 0)
    (place / "lines").rename(place / "lines-aside")
    (place / "lines").write_text("not a table")
    with pytest.raises(RunError, match="readers still see release 1"):
        publish(place, second_run(), run_record("run-2"), 1)


def test_a_corpus_of_a_newer_copydesk_is_left_alone(tmp_path: Path) -> None:
    """A schema version that this code does not know is neither read nor written, and the remedy is named."""
    publish(tmp_path, first_run(), run_record(), 0)
    newer = replace(Corpus.open(tmp_path).release, number=2, schema_version=SCHEMA_VERSION + 1)
    write_deltalake(DeltaTable(tmp_path / "releases"), newer.to_table(), mode="append")
    with pytest.raises(UsageError, match="upgrade Copydesk"):
        Corpus.open(tmp_path)
    with pytest.raises(UsageError, match="upgrade Copydesk"):
        publish(tmp_path, second_run(), run_record("run-2"), 2)
