"""The road's engine under Prefect: every stage is a task, every shard a task run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from prefect import Task, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from pipeline.run.engine import worker_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.settings import RunSettings

T = TypeVar("T")


class PrefectEngine:
    """Runs stages as Prefect tasks of the flow run it is called in."""

    mode: Literal["local", "flow"] = "flow"

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings

    def call(self, stage: str, function: Callable[..., T], *args: object) -> T:
        return _task(function, stage, stage)(*args)

    def map(self, stage: str, function: Callable[..., T], calls: Sequence[tuple[object, ...]]) -> list[T]:
        workers = min(worker_count(self._settings), len(calls))
        if workers < 2:
            return [_task(function, stage, f"{stage} {number}")(*each) for number, each in enumerate(calls)]

        # A flow of its own, because a flow has one task runner. Threads: a shard's work is done in a process that its
        # stage starts (pipeline.run.isolate), and a task in a process of Prefect's costs twenty times as much.
        runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=workers)

        @flow(
            name=f"copydesk-{stage}",
            task_runner=runner,
            validate_parameters=False,
        )
        def shards() -> list[T]:
            futures = [_task(function, stage, f"{stage} {number}").submit(*each) for number, each in enumerate(calls)]
            return [future.result() for future in futures]

        return shards()


def _task(function: Callable[..., T], stage: str, name: str) -> Task[..., T]:
    # No cache: what is done already is told by the corpus and by manifests, with and without Prefect alike.
    # No persisted result: tasks hand over paths, and what they name is gone when the run is.
    return task(name=stage, task_run_name=name, cache_policy=NO_CACHE, persist_result=False)(function)
