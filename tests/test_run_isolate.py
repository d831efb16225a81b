"""Work in processes that may be lost: real hangs, crashes and hunger, each of which costs one document."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.open import Corpus
from pipeline.errors import RunError
from pipeline.run.isolate import isolated
from pipeline.run.pieces import Piece
from pipeline.run.stages import _each
from pipeline.settings import RunSettings
from tests.conftest import ROOT
from tests.pages import Story, stories
from tests.toys import count, say_where

PATIENT = RunSettings(document_seconds=60, document_bytes=300_000_000)
SHORT = RunSettings(document_seconds=1, document_bytes=300_000_000)
"""For what would never end. A busy machine takes seconds of the clock to do nothing: all else is given its time."""

RIGHT = {
    "loop": "timeout",
    "wait": "timeout",
    "segfault": "crashed",
    "abort": "crashed",
    "leave": "crashed",
    "killed": "out_of_memory",
    "eat": "out_of_memory",
}
"""What each way to misbehave is called."""


def counted(most: int, bad: dict[int, str], limits: RunSettings = PATIENT) -> list[tuple[int, str]]:
    """Every number with its fault, in the order in which they came."""
    rows = []
    for message in isolated(count, (most, bad), limits):
        if isinstance(message, Piece):
            rows += [(row["number"], row["fault"]) for row in message.tables["numbers"].to_pylist()]
    return rows


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=pytest.mark.slow) if way == "wait" else way for way in sorted(RIGHT)]
)
def test_what_ends_a_process_costs_one_document(way: str) -> None:
    """All others come, once and in order; the culprit is named with what it did, in the middle or at the end."""
    limits = SHORT if RIGHT[way] == "timeout" else PATIENT
    assert counted(20, {3: way}, limits) == [(number, RIGHT[way] if number == 3 else "") for number in range(20)]


def test_culprits_side_by_side_and_at_both_ends_are_found() -> None:
    """None hides another, and none is blamed for its neighbour."""
    bad = {0: "segfault", 7: "leave", 8: "killed", 19: "segfault"}
    assert counted(20, bad) == [(number, RIGHT.get(bad.get(number, ""), "")) for number in range(20)]


@pytest.mark.slow
@settings(max_examples=20)
@given(st.dictionaries(st.integers(0, 29), st.sampled_from(["segfault", "leave", "killed", "eat"]), max_size=6))
def test_any_number_of_culprits_is_found(bad: dict[int, str]) -> None:
    """Whatever stands beside whatever: each is found, and no other is blamed."""
    assert counted(30, bad) == [(number, RIGHT.get(bad.get(number, ""), "")) for number in range(30)]


def test_an_error_of_the_storage_is_the_callers() -> None:
    """It is no document's fault; the caller gets the exception itself, and where it was raised."""
    with pytest.raises(OSError, match="the storage is gone") as raised:
        counted(5, {2: "raise"})
    assert "tests/toys.py" in "".join(raised.value.__notes__)


def test_a_stop_is_no_fault_of_a_document(tmp_path: Path) -> None:
    """A worker that is told to end (Ctrl-C reaches all processes) ends the run, and blames nobody."""
    messages = isolated(say_where, (str(tmp_path / "worker"),), RunSettings())
    next(messages)
    os.kill(int((tmp_path / "worker").read_text()), signal.SIGTERM)
    with pytest.raises(RunError, match="told to stop"):
        list(messages)


@pytest.mark.slow
def test_when_everything_crashes_the_run_fails() -> None:
    """A broken machine or limits far too low must not put the whole archive into quarantine."""
    with pytest.raises(RunError, match="keep ending"):
        counted(100, dict.fromkeys(range(100), "leave"))


def test_a_killed_run_leaves_no_workers_behind(tmp_path: Path) -> None:
    """Not even one that hangs in C and holds the interpreter's lock, so that no Python code of it could look."""
    place = tmp_path / "worker"
    script = (
        "import sys\n"
        "from pipeline.run.isolate import isolated\n"
        "from pipeline.settings import RunSettings\n"
        "from tests.toys import say_where\n"
        "list(isolated(say_where, (sys.argv[1],), RunSettings(document_seconds=1)))\n"
    )
    driver = subprocess.Popen([sys.executable, "-c", script, str(place)], cwd=ROOT)
    while not (place.exists() and place.read_text()):
        assert driver.poll() is None
        time.sleep(0.05)
    worker = int(place.read_text())
    driver.kill()
    driver.wait()
    for _ in range(600):
        if not Path(f"/proc/{worker}").exists():
            return
        time.sleep(0.1)
    pytest.fail("the worker is still there")


def test_what_a_culprit_allocated_is_gone_when_the_next_one_is_worked_on() -> None:
    """The exception is told, but its frames do not hold the memory that it ran out of."""
    eaten: list[weakref.ref[set[int]]] = []

    def work(items: Sequence[int]) -> list[int]:
        assert not [held for held in eaten if held() is not None]
        if 3 in items:
            large = set(range(1_000))
            eaten.append(weakref.ref(large))
            raise MemoryError(len(large))
        return [2 * item for item in items]

    found = dict(_each(work, range(6)))
    assert isinstance(found.pop(3), MemoryError) and len(eaten) == 2
    assert found == {item: 2 * item for item in (0, 1, 2, 4, 5)}


STEPS = {
    "split": ("loop", "wait", "segfault", "eat"),
    "label": ("loop", "abort", "killed"),
    "assemble": ("loop", "segfault", "eat"),
}
"""Where and how the ten bad documents of the slow test misbehave."""

HOOK = '''
import pipeline.assemble.article as article, pipeline.label.labeller as labeller, pipeline.split.page as page
from tests.toys import misbehave

def look(step, text):
    """A document that says MISBEHAVE step way does so at that step."""
    if f"MISBEHAVE {step} " in text:
        misbehave(text.split(f"MISBEHAVE {step} ")[1].split()[0])

def watched(step, function, texts):
    def call(*arguments, **more):
        for text in texts(arguments):
            look(step, text)
        return function(*arguments, **more)
    return call

def lines(pages):
    return [" ".join(line.text for line in page.lines) for page in pages]

page.split_page = watched("split", page.split_page, lambda given: [given[0].content])
labeller.NetworkLabeller.label_typed = watched(
    "label", labeller.NetworkLabeller.label_typed, lambda given: lines(given[1])
)
article.assemble_all = watched("assemble", article.assemble_all, lambda given: lines(given[0]))
'''
"""Python runs a module ``sitecustomize`` when it starts: so steps that misbehave get into the real command and all its
processes, and there is no hook for tests in the program."""


def shuffled(count: int, sites: int) -> list[Story]:
    """Stories whose words stand in random order: near-duplicates among formulaic ones would cost ten times the rest."""
    words = sorted({word for story in stories(60) for paragraph in story.body for word in paragraph.split()})
    shaken = []
    for number, story in enumerate(stories(count, sites)):
        rng = random.Random(number)
        body = tuple(" ".join(rng.choices(words, k=38)).capitalize() + "." for _ in story.body)
        shaken.append(replace(story, body=body))
    return shaken


def run(place: Path, corpus: Path, hook: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The real command, with documents that can misbehave."""
    config = hook / "c.toml"
    config.write_text("[run]\nworkers = 2\ndocument_seconds = 4\ndocument_bytes = 500_000_000\n", encoding="utf-8")
    command = [sys.executable, "-m", "flows.command", "run", place, "--corpus", corpus, "--config", config, "--local"]
    path = os.pathsep.join([str(hook), str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [*map(str, command), *more],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        timeout=1_000,
    )


@pytest.mark.slow
def test_ten_bad_documents_of_a_thousand_are_quarantined_and_tried_again_on_demand(tmp_path: Path) -> None:
    """990 are published, as they are without the ten; the ten are in quarantine, each with its step and reason.

    The next run does not wait for them again, unless it is asked to; then, with the mistake mended, they are published.
    """
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    place = tmp_path / "in"
    place.mkdir()
    bad = {100 * n + 50: case for n, case in enumerate((step, way) for step, ways in STEPS.items() for way in ways)}
    assert len(bad) == 10
    for number, story in enumerate(shuffled(1_000, sites=40)):
        text = story.text()
        if number in bad:
            step, way = bad[number]
            text = text.replace(story.body[2], f"{story.body[2]} MISBEHAVE {step} {way} he said, and left the room.")
        (place / f"{number:04d}.txt").write_text(text, encoding="utf-8")

    done = run(place, tmp_path / "c", hook)
    assert done.returncode == 3, done.stderr
    corpus = Corpus.open(tmp_path / "c")
    found = {row["source"]: (row["stage"], row["fault"]) for row in corpus.table("quarantine").to_pylist()}
    assert found == {f"{number:04d}.txt": (step, RIGHT[way]) for number, (step, way) in bad.items()}
    good = {f"{number:04d}.txt" for number in range(1_000) if number not in bad}
    assert {row["source"] for row in corpus.table("articles").to_pylist()} == good

    (hook / "sitecustomize.py").write_text("", encoding="utf-8")  # the upgrade
    again = run(place, tmp_path / "c", hook)
    assert again.returncode == 3, again.stderr
    assert Corpus.open(tmp_path / "c").table("quarantine").num_rows == 10
    mended = run(place, tmp_path / "c", hook, "--retry-quarantined")
    assert mended.returncode == 0, mended.stderr
    corpus = Corpus.open(tmp_path / "c")
    assert corpus.table("quarantine").num_rows == 0
    assert corpus.table("articles").num_rows == 1_000
