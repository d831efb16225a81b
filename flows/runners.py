"""Clusters whose workers may run shards: Dask and Ray, through Prefect's own task runners for them.

Both are optional extras, imported where they are used. What is shipped is paths; the work folder must be seen by all.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pipeline.errors import RunError, UsageError
from pipeline.run.engine import CLUSTERS, worker_count
from pipeline.run.isolate import can_isolate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect.task_runners import TaskRunner

    from pipeline.settings import RunSettings

CONNECT_SECONDS = 30
"""How long a scheduler may take to answer."""

SMALLEST_STORE = 80_000_000
"""Bytes of Ray's object store on this machine, near the least it takes: tasks get and give paths."""


def check_runner(settings: RunSettings) -> None:
    """Tell a mistake before anything is started.

    :raises UsageError: an extra is not installed, or the address is no use.
    """
    runner = settings.runner
    if runner not in CLUSTERS:
        if settings.address:
            raise UsageError(f"--address (run.address) is of a cluster: use it with --runner dask or ray, not {runner}")
        return
    if find_spec(f"prefect_{runner}") is None:
        raise UsageError(f"--runner {runner} needs an extra that is not installed: pip install 'copydesk[{runner}]'")
    if settings.address and not os.environ.get("PREFECT_API_URL"):
        raise UsageError(
            "the workers of a cluster report to Prefect's server, and a temporary one cannot be seen from elsewhere: "
            "set PREFECT_API_URL to a server that they reach, or leave --address (run.address) out"
        )


@contextmanager
def cluster(settings: RunSettings) -> Iterator[TaskRunner[Any]]:
    """A task runner for the cluster at ``run.address``, or for one on this machine that lives as long as the block.

    :raises RunError: nobody answers at the address.
    """
    with _dask(settings) if settings.runner == "dask" else _ray(settings) as runner:
        yield runner


@contextmanager
def _dask(settings: RunSettings) -> Iterator[TaskRunner[Any]]:
    import dask  # noqa: PLC0415
    from distributed import Client, LocalCluster  # noqa: PLC0415
    from prefect_dask import DaskTaskRunner  # noqa: PLC0415

    logging.getLogger("distributed").setLevel(logging.ERROR)  # who joins and leaves is no news to a person
    if settings.address:
        try:
            with Client(settings.address, timeout=CONNECT_SECONDS, set_as_default=False) as client:
                alone = client.run(can_isolate)
        except OSError as error:
            raise RunError(f"no Dask scheduler answers at {settings.address}: {error}") from error
        if not all(alone.values()):
            _warn_of_daemons(len(alone) - sum(alone.values()), len(alone))
        yield DaskTaskRunner(address=settings.address)
        return
    # Daemonic processes may not start any, and ours work on documents in processes of their own. No limit on memory:
    # it would be the nanny's, who ends a worker with all its documents.
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        LocalCluster(
            n_workers=worker_count(settings), threads_per_worker=1, memory_limit=0, dashboard_address=None
        ) as local,
    ):
        yield DaskTaskRunner(address=local.scheduler_address)


def _warn_of_daemons(daemons: int, workers: int) -> None:
    from prefect.logging import get_run_logger  # noqa: PLC0415

    get_run_logger().warning(
        f"{daemons} of the cluster's {workers} Dask workers are daemonic and may not start processes: documents are "
        "not isolated there, and one that crashes its worker again and again fails the run. Start workers with "
        "DASK_DISTRIBUTED__WORKER__DAEMON=False in their environment, or with --no-nanny"
    )


@contextmanager
def _ray(settings: RunSettings) -> Iterator[TaskRunner[Any]]:
    # Cleaning needs no network, and Ray would report its use.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray  # noqa: PLC0415
    from prefect_ray import RayTaskRunner  # noqa: PLC0415

    own = {
        "num_cpus": worker_count(settings),
        "include_dashboard": False,
        "object_store_memory": SMALLEST_STORE,
    }
    try:
        # "local", because without an address Ray looks for a cluster that somebody has left running.
        context = ray.init(
            settings.address or "local", namespace="copydesk", log_to_driver=False, **({} if settings.address else own)
        )
    except (ConnectionError, TimeoutError) as error:
        raise RunError(f"no Ray cluster answers at {settings.address}: {error}") from error
    with context:
        yield RayTaskRunner()  # takes the one that is connected to
