"""What a run tells machines: structured lines, few of them, and none unless somebody listens."""

from __future__ import annotations

import json
import logging
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from flows.command import BAD_USAGE, DONE, DONE_WITH_QUARANTINE, FAILED, main
from pipeline.corpus.lock import corpus_lock
from pipeline.run.log import NAMED, TextLines
from tests.pages import stories

HOSTILE = "a\nb\x1b[2J“c”.html"


def source_of(folder: Path, pages: int, broken: int = 0) -> Path:
    """A folder of pages, and of files without a byte."""
    place = folder / "in"
    place.mkdir()
    for number, story in enumerate(stories(pages)):
        (place / f"{number}.txt").write_text(story.text(), encoding="utf-8")
    for number in range(broken):
        (place / f"broken-{number:02}.html").touch()
    return place


def run(place: Path, *more: str) -> int:
    """The command's exit code."""
    config = place.parent / "c.toml"
    config.write_text('[run]\nrunner = "threads"\nworkers = 1\nshard_files = 20\n', encoding="utf-8")
    corpus = str(place.parent / "corpus")
    return main(["run", str(place), "--corpus", corpus, "--config", str(config), "--local", *more])


def logged(path: Path) -> list[dict[str, Any]]:
    """The lines of a log."""
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_every_line_has_its_run_its_shard_and_its_source(tmp_path: Path) -> None:
    """Null where it is about no single one; what a shard's inputs became adds up to what the run published."""
    place = source_of(tmp_path, 30, 5)
    (place / HOSTILE).touch()
    log = tmp_path / "log"
    assert run(place, "--log", str(log)) == DONE_WITH_QUARANTINE
    lines = logged(log)
    assert all(list(line)[:6] == ["time", "level", "what", "run", "shard", "source"] for line in lines)
    assert len({line["run"] for line in lines}) == 1
    labelled = [line for line in lines if line["what"] == "label: shard done"]
    assert [line["shard"] for line in labelled] == list(range(len(labelled))) and len(labelled) > 1
    assert sum(line["pages"] for line in labelled) == 30
    sources = {line["source"] for line in lines if line["what"] == "quarantined" and line["level"] == "WARNING"}
    assert sources == {HOSTILE, *(f"broken-{number:02}.html" for number in range(5))}
    assert (lines[-1]["what"], lines[-1]["new"], lines[-1]["quarantined"]) == ("published", 30, 6)


def test_lines_are_counts_and_no_chatter(tmp_path: Path) -> None:
    """Many documents make no more lines than few; of many broken ones some are named, and the rest is a number."""
    log = tmp_path / "log"
    run(source_of(tmp_path, 0, 19), "--log", str(log))
    found = Counter(line["what"] for line in logged(log))
    assert found["quarantined"] == NAMED
    (more,) = [line["inputs"] for line in logged(log) if line["what"] == "more quarantined"]
    assert more == 19 - NAMED
    assert found.total() < NAMED + 12


def test_a_second_run_adds_to_the_log_and_says_what_it_did_not_do_again(tmp_path: Path) -> None:
    """Its lines have another run, and all its inputs are unchanged."""
    place, log = source_of(tmp_path, 3), tmp_path / "log"
    assert run(place, "--log", str(log)) == DONE
    assert run(place, "--log", str(log)) == DONE
    first, second = [line for line in logged(log) if line["what"] == "published"]
    assert first["run"] < second["run"] and (first["new"], second["unchanged"], second["new"]) == (3, 3, 0)


def test_a_run_that_fails_leaves_its_reason(tmp_path: Path) -> None:
    """The last line is an error with the sentence that the command says."""
    place, log = source_of(tmp_path, 1), tmp_path / "log"
    with corpus_lock(tmp_path / "corpus"):
        assert run(place, "--log", str(log)) == FAILED
    assert (logged(log)[-1]["level"], logged(log)[-1]["what"]) == ("ERROR", "failed")
    assert "in use" in logged(log)[-1]["reason"]


def test_a_log_that_cannot_be_written_is_a_mistake_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before any work is done."""
    assert run(source_of(tmp_path, 1), "--log", str(tmp_path)) == BAD_USAGE
    assert "cannot be written" in capsys.readouterr().err
    assert not (tmp_path / "corpus").exists()


def test_without_a_listener_a_run_says_nothing_to_machines(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """On stderr stands the summary for people, and no line of the log, not even of what is quarantined."""
    assert run(source_of(tmp_path, 2, 1)) == DONE_WITH_QUARANTINE
    said = capfd.readouterr().err
    assert said.startswith("inputs") and "shard" not in said and "stage" not in said


def test_a_process_that_ran_flows_before_says_nothing_more(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Lines of a run without Prefect go to no server, and no warning says so."""
    from flows.logs import tell_prefect

    tell_prefect()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(source_of(tmp_path, 1, 1)) == DONE_WITH_QUARANTINE
    assert "shard" not in capfd.readouterr().err


def test_text_lines_name_their_fields_and_keep_hostile_names_on_one_line() -> None:
    """As the log of a Prefect run shows them."""
    record = logging.makeLogRecord(
        {"msg": "quarantined", "copydesk": {"run": "r1", "shard": 3, "source": HOSTILE, "fault": "empty", "none": None}}
    )
    said = TextLines().format(record)
    assert said == 'quarantined: run=r1 shard=3 source="a\\nb\\u001b[2J\\u201cc\\u201d.html" fault=empty'
