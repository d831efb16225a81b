"""Where stages run: shards dealt out, results in order, and a worker that dies."""

from __future__ import annotations

import os
import signal

import pytest

from pipeline.errors import RunError
from pipeline.records import FileRef
from pipeline.run.engine import LocalEngine
from pipeline.run.plan import plan_shards
from pipeline.settings import RunSettings


def _double(number: int) -> int:
    return 2 * number


def _die(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("runner", ["threads", "processes"])
def test_results_come_in_the_order_of_the_calls(runner: str) -> None:
    """Whoever finishes first."""
    engine = LocalEngine(RunSettings.model_validate({"runner": runner, "workers": 2}))
    assert engine.map("label", _double, [(3,), (1,), (2,)]) == [6, 2, 4]


def test_a_worker_that_is_killed_ends_the_run_with_a_sentence() -> None:
    """No traceback of a process pool: what happened and what to do."""
    engine = LocalEngine(RunSettings(workers=2))
    with pytest.raises(RunError, match="--workers 1"):
        engine.map("label", _die, [(0,), (1,), (2,)])


def test_shards_are_bounded_and_hold_every_file_once() -> None:
    """By bytes and by count; files of the same name in two SOURCEs stay together."""
    files = [FileRef(origin, f"{n:03d}.txt", f"{origin}/{n:03d}.txt", 1_000_000) for n in range(40) for origin in "ab"]
    shards = plan_shards(files, RunSettings(shard_bytes=10_000_000, shard_files=6), workers=1)
    assert sorted(file.uri for shard in shards for file in shard.files) == sorted(file.uri for file in files)
    assert max(len(shard.files) for shard in shards) <= 6
    sources = [{file.source for file in shard.files} for shard in shards]
    assert sum(map(len, sources)) == len(set().union(*sources))


def test_small_jobs_are_one_shard() -> None:
    """Starting workers costs more than reading a few dozen files."""
    files = [FileRef("a", f"{n}.txt", f"a/{n}.txt", 2_000) for n in range(90)]
    assert len(plan_shards(files, RunSettings(), workers=16)) == 1
