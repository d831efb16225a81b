"""A folder of hostile inputs through the whole command: the rest is published, nothing is lost, nothing hangs."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.corpus.open import Corpus
from tests.conftest import ROOT
from tests.hostile import CLEANED, accepts, build_hostile_folder
from tests.pages import story

pytestmark = pytest.mark.slow

MOST_SECONDS = 300
"""A hang would take for ever; the run takes well under a minute on an idle machine."""

MOST_MEMORY = 3_000_000_000
"""Address space is not limited, resident memory is: the largest single input allowed is 32 MB."""


def test_hostile_inputs_end_with_3_and_everything_is_accounted_for(tmp_path: Path) -> None:
    """Each is in quarantine with a reason that fits it, or cleaned; the good pages among them are published."""
    place = tmp_path / "in"
    place.mkdir()
    hostile = build_hostile_folder(place)
    assert len(hostile) >= 25
    good = [story(number) for number in range(5)]
    for number, page in enumerate(good):
        (place / f"good-{number}.txt").write_text(page.text(), encoding="utf-8")
    command = [sys.executable, "-m", "flows.command", "run", str(place), "--corpus", str(tmp_path / "c"), "--local"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=MOST_SECONDS)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MOST_MEMORY

    corpus = Corpus.open(tmp_path / "c")
    outcomes: dict[str, list[str]] = {}
    for row in corpus.table("articles").to_pylist():
        outcomes.setdefault(_input(row["source"]), []).append(CLEANED)
    for row in corpus.table("quarantine").to_pylist():
        assert row["detail"]
        outcomes.setdefault(_input(row["source"]), []).append(row["fault"])
    wrong = [
        (one.name, one.wrong, sorted(map(str, one.expected)), outcomes.get(one.name))
        for one in hostile
        if not accepts(one, outcomes.get(one.name, []))
    ]
    assert wrong == []
    texts = {row["source"]: row["text"] for row in corpus.table("articles").to_pylist()}
    assert all(good[number].body[0] in texts[f"good-{number}.txt"] for number in range(len(good)))


def _input(source: str) -> str:
    """The file of a record: without ``#N``."""
    return re.sub(r"#\d+$", "", source)
