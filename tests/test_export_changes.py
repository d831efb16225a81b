"""What changed since a release: enough to bring an earlier export up to date, exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.command import main
from pipeline.corpus import Corpus
from pipeline.corpus.publish import publish
from pipeline.errors import UsageError
from pipeline.export.changed import changed_documents
from pipeline.export.choice import Choice
from pipeline.export.documents import documents
from pipeline.export.export import export_changes
from tests.strategies.corpus import STEPS, ArticleSpec, Step, changes_of, number_id, run_record

ONE, TWO, THREE = (number_id(number) for number in range(1, 4))
Rows = list[dict[str, Any]]


def grown(place: Path) -> Corpus:
    """Two releases: one article changes its title, one is withdrawn, one gives way to a new one."""
    publish(place, changes_of([ArticleSpec(ONE), ArticleSpec(TWO), ArticleSpec(THREE)]), run_record(), 0)
    new = number_id(4)
    specs = [
        ArticleSpec(ONE, title="Another title"),
        ArticleSpec(TWO, withdrawn="run-2"),
        ArticleSpec(THREE, canonical_id=new),
        ArticleSpec(new),
    ]
    publish(place, changes_of(specs), run_record("run-2"), 1)
    return Corpus.open(place)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The same, for tests that only read."""
    return grown(tmp_path_factory.mktemp("grown"))


def applied(export: Rows, changes: Rows) -> Rows:
    """An earlier export with the changes made to it, as the documentation tells a consumer to."""
    held = {document["id"]: document for document in export}
    for change in changes:
        if change["change"] == "removed":
            del held[change["id"]]
        else:
            held[change["id"]] = change["document"]
    return sorted(held.values(), key=lambda document: (document["source"], document["id"]))


def test_each_change_says_what_it_is_and_why(corpus: Corpus) -> None:
    """Added, changed with the fields, withdrawn, and no longer canonical with the article kept instead."""
    changes = {change["id"]: change for change in changed_documents(corpus, 1)}
    assert {own: change["change"] for own, change in changes.items()} == {
        ONE: "changed",
        TWO: "removed",
        THREE: "removed",
        number_id(4): "added",
    }
    assert changes[ONE]["fields"] == ["title"]
    assert changes[ONE]["document"]["title"] == "Another title"
    assert (changes[TWO]["why"], changes[TWO]["canonical_id"]) == ("withdrawn", None)
    assert (changes[THREE]["why"], changes[THREE]["canonical_id"]) == ("not canonical", number_id(4))
    assert changes[TWO]["document"] is None


def test_the_reader_names_changed_articles(corpus: Corpus) -> None:
    """``Corpus.changes`` says of all articles, canonical or not, which fields differ."""
    changes = {change.id: change for change in corpus.changes(since=1)}
    assert changes[ONE].fields == ("title",)
    assert changes[TWO].fields == ("withdrawn",)
    assert changes[THREE].fields == ("canonical_id", "is_canonical", "canonical_reason")
    assert changes[number_id(4)].change == "added"


def test_nothing_changed_since_the_release_itself(corpus: Corpus) -> None:
    """Since the open release there are no changes."""
    assert list(changed_documents(corpus, 2)) == []
    assert list(corpus.changes(since=2)) == []


@pytest.mark.parametrize("choice", [Choice(), Choice(all_articles=True)], ids=["canonical", "all"])
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=2, max_size=4))
def test_changes_applied_to_any_earlier_export_give_the_newest(
    tmp_path_factory: pytest.TempPathFactory, choice: Choice, steps: list[Step]
) -> None:
    """For every release of a random sequence of runs: its export and the changes since make the newest export."""
    place = tmp_path_factory.mktemp("law")
    for number, step in enumerate(steps):
        publish(place, changes_of(step.specs, gone=step.gone), run_record(f"run-{number}"), number)
    corpus = Corpus.open(place)
    newest = list(documents(corpus, choice))
    for number in range(1, len(steps) + 1):
        earlier = list(documents(Corpus.open(place, number), choice))
        assert applied(earlier, list(changed_documents(corpus, number, choice))) == newest


def test_the_files_hold_what_the_call_gives(corpus: Corpus, tmp_path: Path) -> None:
    """JSON Lines and Parquet have the same changes, in the same order."""
    export_changes(corpus, 1, "parquet", str(tmp_path / "changes.parquet"))
    assert export_changes(corpus, 1, "jsonl", str(tmp_path / "changes.jsonl")) == 4
    lines = [json.loads(line) for line in (tmp_path / "changes.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines == list(changed_documents(corpus, 1))
    assert pq.read_table(tmp_path / "changes.parquet").to_pylist() == lines


@pytest.mark.parametrize(("since", "said"), [(7, "no release 7"), (2, "came after")])
def test_a_release_that_is_no_earlier_one_is_refused(corpus: Corpus, since: int, said: str) -> None:
    """One that does not exist, or came later than the one that is open."""
    with pytest.raises(UsageError, match=said):
        list(changed_documents(Corpus.open(corpus.path, 1), since))
    with pytest.raises(UsageError, match=said):
        list(Corpus.open(corpus.path, 1).changes(since))


def test_a_release_that_retention_removed_is_named(tmp_path: Path) -> None:
    """When the files of the earlier release are gone, the message says so."""
    corpus = grown(tmp_path)
    Corpus.open(tmp_path, 1).delta("articles")
    current = set(corpus.delta("articles").file_uris())
    for path in (tmp_path / "articles").glob("*.parquet"):
        if str(path) not in current:
            path.unlink()
    with pytest.raises(UsageError, match="release 1 is no longer kept whole"):
        list(changed_documents(corpus, 1))


def test_the_verb_writes_changes_and_refuses_formats_that_cannot(
    corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``copydesk export --since`` says how many there are; Markdown cannot say that something is gone."""
    arguments = ["export", "--corpus", corpus.path, "--since", "1", "--out", str(tmp_path / "o.jsonl")]
    assert main([*arguments, "--format", "jsonl"]) == 0
    assert "4 changes since release 1" in capsys.readouterr().err
    assert main([*arguments, "--format", "markdown"]) == 2
    assert "cannot say what was removed" in capsys.readouterr().err
