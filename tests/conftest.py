"""What several tests share: a corpus made from files, and a Prefect that leaves no trace outside the test."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

import flows  # noqa: F401 - first: one thread for products of matrices, as the command has; others count as time spent
from pipeline.corpus.open import Corpus
from pipeline.run.engine import LocalEngine
from pipeline.run.road import travel
from pipeline.settings import load_settings

# a busy machine is slow: how work grows is tested by ratios (growth), never by a time
hypothesis.settings.register_profile("copydesk", deadline=None)
hypothesis.settings.load_profile("copydesk")

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"

SELDOM = 100
"""As many collections of younger objects come between two of all; Python's own 10 are for small programs."""


def clean(corpus: Path, *sources: Path, **overrides: object) -> Corpus:
    """Run the road over ``sources`` without Prefect, and open what it published."""
    # In this process: that documents are worked on in others changes nothing (tests/test_run_isolate.py), and costs a
    # server of processes for each of thousands of runs.
    overrides = {"run__runner": "threads"} | overrides
    settings = load_settings(None, sources=tuple(map(str, sources)), corpus=str(corpus), **overrides)
    travel(settings, LocalEngine(settings.run))
    return Corpus.open(corpus)


def copydesk(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own, with no Prefect server named but by ``environment``."""
    command = [sys.executable, "-m", "flows.command", *map(str, arguments)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_API")} | environment
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=env, timeout=600)


@pytest.fixture(scope="session")
def seeds_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The five seeds, published."""
    return clean(tmp_path_factory.mktemp("seeds") / "corpus", SEEDS)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Writes files into a new folder."""
    made = 0

    def write(files: dict[str, str]) -> Path:
        nonlocal made
        made += 1
        place = tmp_path / f"inputs-{made}"
        for name, text in files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return place

    return write


def pytest_collection_finish() -> None:
    """Look for garbage seldom among what is old: what is imported by now stays, and what Hypothesis holds goes at once.

    Python does it whenever what is old has grown by a quarter, which took a fifteenth of the time of all tests.
    """
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, SELDOM)


@pytest.fixture(scope="session", autouse=True)
def _prefect_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Runs of the tests must not end up in the person's own Prefect database, nor on the person's server."""
    os.environ["PREFECT_HOME"] = str(tmp_path_factory.mktemp("prefect"))
    os.environ.pop("PREFECT_API_URL", None)


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """No test can take the power away, and thousands of runs would wait for the disk a hundred times each.

    That files are synced is tested in ``test_run_corpus.py``; commands in processes of their own do wait.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield
