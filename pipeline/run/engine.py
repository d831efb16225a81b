"""Where stages run. The road is the same with and without Prefect: it only calls an ``Engine``."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.settings import RunSettings

T = TypeVar("T")

CLUSTERS = ("dask", "ray")
"""Values of ``run.runner`` whose workers belong to a cluster."""


class Engine(Protocol):
    """Runs stage functions. They get and give paths and small records, never text."""

    mode: Literal["local", "flow"]
    """What the ``runs`` table says: ``local`` or ``flow``."""

    def call(self, stage: str, function: Callable[..., T], *args: object) -> T:
        """One call of ``function``."""
        ...

    def map(self, stage: str, function: Callable[..., T], calls: Sequence[tuple[object, ...]]) -> list[T]:
        """One call for each tuple of arguments, in parallel; results in the order of ``calls``."""
        ...

    def approve(self, reasons: Sequence[str], seconds: int) -> bool:
        """Whether a person, asked for at most ``seconds``, lets a run be published in spite of ``reasons``."""
        ...


def worker_count(settings: RunSettings) -> int:
    """How many workers to start: as set, or one for each processor this process may use."""
    return settings.workers or len(
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )


class LocalEngine:
    """Runs stages in this process, and several shards at once in threads, which wait for workers of their own.

    :raises UsageError: the settings name a cluster.
    """

    mode: Literal["local", "flow"] = "local"

    def __init__(self, settings: RunSettings) -> None:
        if settings.runner in CLUSTERS or settings.address:
            raise UsageError(
                "clusters are reached through Prefect: leave --local out, or use --runner processes without --address"
            )
        self._settings = settings

    def call(self, stage: str, function: Callable[..., T], *args: object) -> T:
        return function(*args)

    def map(self, stage: str, function: Callable[..., T], calls: Sequence[tuple[object, ...]]) -> list[T]:
        workers = min(worker_count(self._settings), len(calls))
        if workers < 2:
            return [function(*arguments) for arguments in calls]
        executor = ThreadPoolExecutor(workers, thread_name_prefix=stage)
        try:
            futures = [executor.submit(function, *arguments) for arguments in calls]
            return [future.result() for future in futures]
        finally:
            executor.shutdown(cancel_futures=True)  # when one fails, the shards that have not begun do not begin

    def approve(self, reasons: Sequence[str], seconds: int) -> bool:
        return False  # there is nobody to ask; the road refuses such settings before it begins
