"""Where stages run. The road is the same with and without Prefect: it only calls an ``Engine``."""

from __future__ import annotations

import os
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from pipeline.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.settings import RunSettings

T = TypeVar("T")


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


def worker_count(settings: RunSettings) -> int:
    """How many workers to start: as set, or one for each processor this process may use."""
    return settings.workers or len(
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )


class LocalEngine:
    """Runs stages in this process, and shards in threads or worker processes where there are several."""

    mode: Literal["local", "flow"] = "local"

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings

    def call(self, stage: str, function: Callable[..., T], *args: object) -> T:
        return function(*args)

    def map(self, stage: str, function: Callable[..., T], calls: Sequence[tuple[object, ...]]) -> list[T]:
        workers = min(worker_count(self._settings), len(calls))
        if workers < 2:
            return [function(*arguments) for arguments in calls]
        with self._executor(workers) as executor:
            futures = [executor.submit(function, *arguments) for arguments in calls]
            try:
                return [future.result() for future in futures]
            except BrokenExecutor as error:
                raise RunError(
                    f"{stage}: a worker process died, perhaps for want of memory: run again with fewer workers "
                    "(--workers 1) or smaller shards (run.shard_bytes); readers still see the release before"
                ) from error

    def _executor(self, workers: int) -> Executor:
        if self._settings.runner == "threads":
            return ThreadPoolExecutor(workers)
        # Not fork: the parent has threads (progress, Arrow), and a forked copy of their locks can hang.
        return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
