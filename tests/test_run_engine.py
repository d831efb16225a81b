"""Where stages run: shards dealt out, results in order, and one that fails."""

from __future__ import annotations

import pytest

from pipeline.errors import RunError
from pipeline.records import FileRef
from pipeline.run.engine import LocalEngine
from pipeline.run.plan import plan_shards
from pipeline.settings import RunSettings


def _double(number: int) -> int:
    return 2 * number


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_calls(workers: int) -> None:
    """Whoever finishes first."""
    engine = LocalEngine(RunSettings(workers=workers))
    assert engine.map("label", _double, [(3,), (1,), (2,)]) == [6, 2, 4]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_shard_that_fails_ends_the_stage(workers: int) -> None:
    """Its error is the caller's, and shards that have not begun do not begin."""
    begun = []

    def work(number: int) -> None:
        begun.append(number)
        raise RunError("the disk is full")

    with pytest.raises(RunError, match="disk is full"):
        LocalEngine(RunSettings(workers=workers)).map("label", work, [(number,) for number in range(100)])
    assert len(begun) < 100


def test_shards_are_bounded_and_hold_every_file_once() -> None:
    """By bytes and by count; files of the same name in two SOURCEs stay together."""
    files = [FileRef(origin, f"{n:03d}.txt", f"{origin}/{n:03d}.txt", 1_000_000) for n in range(40) for origin in "ab"]
    shards = plan_shards(files, RunSettings(shard_bytes=10_000_000, shard_files=6), workers=1)
    assert sorted(file.uri for shard in shards for file in shard.files) == sorted(file.uri for file in files)
    assert max(len(shard.files) for shard in shards) <= 6
    sources = [{file.source for file in shard.files} for shard in shards]
    assert sum(map(len, sources)) == len(set().union(*sources))


def test_kept_shards_stay_and_the_rest_is_cut_as_before() -> None:
    """What a killed run had finished keeps its number and files; the others hold all that is left, once."""
    files = [FileRef("a", f"{n:03d}.txt", f"a/{n:03d}.txt", 1_000) for n in range(60)]
    settings = RunSettings(shard_files=6)
    first = plan_shards(files, settings, workers=2)
    kept = [first[1], first[7]]
    again = plan_shards(files, settings, 2, kept)
    assert again[:2] == kept
    assert len({shard.number for shard in again}) == len(again) == len(first)
    assert sorted(file.uri for shard in again for file in shard.files) == sorted(file.uri for file in files)


def test_small_jobs_are_one_shard() -> None:
    """Starting workers costs more than reading a few dozen files."""
    files = [FileRef("a", f"{n}.txt", f"a/{n}.txt", 2_000) for n in range(90)]
    assert len(plan_shards(files, RunSettings(), workers=16)) == 1
