"""Clusters of Dask and Ray, started for real on this machine; a Dask worker is killed in the middle.

Both are large, so only ``make test-clusters`` installs them, and sets ``COPYDESK_TEST_CLUSTERS``.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.corpus.open import Corpus
from tests.conftest import copydesk
from tests.pages import stories
from tests.server import asked
from tests.test_flow_slow import exported
from tests.test_flow_slow import server as server  # noqa: PLC0414  # a fixture

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COPYDESK_TEST_CLUSTERS"), reason="needs `make test-clusters`"),
]

PAGES, SHARD = 120, 20


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages, settings that cut them into six shards, and ``local.jsonl``, which every run must equal."""
    place = tmp_path_factory.mktemp("desk")
    (place / "in").mkdir()
    for number, story in enumerate(stories(PAGES, sites=7)):
        (place / "in" / f"{number}.html").write_text(story.html(), encoding="utf-8")
    (place / "c.toml").write_text(f"[run]\nshard_files = {SHARD}\nworkers = 2\n", encoding="utf-8")
    done = copydesk("run", place / "in", "--config", place / "c.toml", "--corpus", place / "local", "--local")
    assert done.returncode == 0, done.stderr
    exported(place / "local")
    return place


@pytest.fixture
def daemons(request: pytest.FixtureRequest) -> bool:
    """Whether the Dask cluster's workers may not start processes."""
    return bool(request.param)


@pytest.fixture
def dask_cluster(daemons: bool) -> Iterator[Any]:
    """A scheduler and three worker processes that copydesk did not start."""
    import dask
    from distributed import LocalCluster

    with (
        dask.config.set({"distributed.worker.daemon": daemons}),
        LocalCluster(n_workers=3, threads_per_worker=1, memory_limit=0, dashboard_address=None) as cluster,
    ):
        yield cluster


@pytest.mark.parametrize("daemons", [False], indirect=True)
def test_a_dask_worker_that_is_killed_costs_nothing(desk: Path, server: str, dask_cluster: Any) -> None:
    """Of three worker processes one is killed while it labels a shard; the export equals that of ``--local``."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        """End the first worker that is seen with a shard, when one shard is finished."""
        work = desk / "dask" / ".work"
        while not over.wait(0.02):
            busy = [name for name, tasks in dask_cluster.scheduler.workers.items() if tasks.processing]
            if busy and len(list(work.glob("run-*/label-*.json"))) in range(1, PAGES // SHARD):
                nannies = [nanny for nanny in dask_cluster.workers.values() if nanny.worker_address in busy]
                killed.append(nannies[0].pid)
                os.kill(killed[0], signal.SIGKILL)
                return

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        done = copydesk(
            *("run", desk / "in", "--config", desk / "c.toml", "--corpus", desk / "dask"),
            *("--runner", "dask", "--address", dask_cluster.scheduler_address),
            PREFECT_API_URL=server,
        )
    finally:
        over.set()
        killer.join()
    assert done.returncode == 0, done.stderr
    assert len(killed) == 1
    assert "daemonic" not in done.stderr
    assert exported(desk / "dask") == (desk / "local.jsonl").read_bytes()


@pytest.mark.parametrize("daemons", [True], indirect=True)
def test_dask_workers_that_may_not_start_processes_are_warned_of(desk: Path, server: str, dask_cluster: Any) -> None:
    """They do the work themselves, without isolation, and the export is the same."""
    done = copydesk(
        *("run", desk / "in", "--config", desk / "c.toml", "--corpus", desk / "daemonic"),
        *("--runner", "dask", "--address", dask_cluster.scheduler_address),
        PREFECT_API_URL=server,
    )
    assert done.returncode == 0, done.stderr
    assert "3 of the cluster's 3 Dask workers are daemonic" in done.stderr
    assert exported(desk / "daemonic") == (desk / "local.jsonl").read_bytes()


@pytest.mark.parametrize("runner", ["dask", "ray"])
def test_without_an_address_a_cluster_is_started_for_the_run(desk: Path, server: str, runner: str) -> None:
    """Its workers isolate documents in processes; the export equals that of ``--local``. What they tell of each shard
    is in the log of the run."""
    corpus = desk / f"own-{runner}"
    done = copydesk(
        *("run", desk / "in", "--config", desk / "c.toml", "--corpus", corpus, "--runner", runner),
        PREFECT_API_URL=server,
    )
    assert done.returncode == 0, done.stderr
    assert exported(corpus) == (desk / "local.jsonl").read_bytes()
    told = [log["message"] for log in asked(server, "logs/filter", sort="TIMESTAMP_DESC")]
    shards = f"label: shard done: run={Corpus.open(corpus).release.run} "
    assert sum(line.startswith(shards) for line in told) == PAGES // SHARD


def test_nobody_at_the_address_is_one_sentence(desk: Path, server: str) -> None:
    """The run fails with exit code 1 and names the address."""
    done = copydesk(
        *("run", desk / "in", "--config", desk / "c.toml", "--corpus", desk / "nobody"),
        *("--runner", "dask", "--address", "tcp://127.0.0.1:9"),
        PREFECT_API_URL=server,
    )
    assert done.returncode == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
