"""One run at a time on a local corpus."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.corpus.lock import corpus_lock
from pipeline.errors import RunError

HOLDER = """
import sys, time
from pipeline.corpus.lock import corpus_lock
with corpus_lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def holding(corpus: Path) -> subprocess.Popen[str]:
    """Another process that holds the corpus."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(corpus)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_corpus_in_use_is_refused_with_the_name_of_its_holder(tmp_path: Path) -> None:
    """The second run is told which process on which machine has the corpus, and since when."""
    other = holding(tmp_path)
    try:
        with pytest.raises(RunError, match=rf"in use by another run \(process {other.pid} on .+, since 20"):
            corpus_lock(tmp_path).__enter__()
    finally:
        other.kill()
        other.communicate()


def test_the_lock_of_a_killed_run_is_taken_over(tmp_path: Path) -> None:
    """A run that died leaves its name but not its hold; the next run learns whose lock it took over."""
    other = holding(tmp_path)
    other.send_signal(signal.SIGKILL)
    other.communicate()
    with corpus_lock(tmp_path) as dead:
        assert dead is not None and dead.pid == other.pid
    with corpus_lock(tmp_path) as dead:
        assert dead is None


def test_two_runs_in_one_process_exclude_each_other(tmp_path: Path) -> None:
    """The lock belongs to the run, not to the process."""
    with corpus_lock(tmp_path), pytest.raises(RunError, match=f"process {os.getpid()} "), corpus_lock(tmp_path):
        pass


def test_an_error_inside_gives_the_corpus_back(tmp_path: Path) -> None:
    """A run that fails does not keep the corpus."""
    with pytest.raises(KeyError), corpus_lock(tmp_path):
        raise KeyError
    with corpus_lock(tmp_path) as dead:
        assert dead is None


def test_a_worker_that_outlives_its_run_does_not_hold_the_corpus(tmp_path: Path) -> None:
    """A forked worker lets go of the lock it inherits, so that the next run can start."""
    script = (
        "import os, sys, time\n"
        "from pipeline.corpus.lock import corpus_lock\n"
        "lock = corpus_lock(sys.argv[1]); lock.__enter__()\n"
        "if os.fork() == 0:\n"
        "    print(os.getpid(), flush=True); time.sleep(60)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    try:
        parent.kill()
        parent.wait()
        os.kill(worker, 0)  # still there
        with corpus_lock(tmp_path) as dead:
            assert dead is not None and dead.pid == parent.pid
    finally:
        os.kill(worker, signal.SIGKILL)
        parent.stdout.close()


def test_an_object_store_has_no_lock_file() -> None:
    """There the second run is refused when it publishes."""
    with corpus_lock("s3://bucket/corpus") as dead, corpus_lock("s3://bucket/corpus") as second:
        assert dead is None
        assert second is None
