"""The road's engine under Prefect: every stage is a task, every shard a task run."""

from __future__ import annotations

from contextlib import ExitStack
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from prefect import Task, flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run, suspend_flow_run
from prefect.input import RunInput
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.events import emit_alarm
from flows.logs import tell_prefect, telling
from flows.retries import storage_retries
from flows.runners import check_runner, cluster
from pipeline.run.elsewhere import build, elsewhere
from pipeline.run.engine import CLUSTERS, worker_count
from pipeline.show.screen import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.settings import RunSettings

T = TypeVar("T")

QUESTION_WIDTH = 50
"""Characters that fit on a line of Prefect's dialog."""

POLL_SECONDS = 5
"""How often a paused run asks whether a person has decided."""


class PrefectEngine:
    """Runs stages as Prefect tasks of the flow run it is called in; a cluster is left when the block ends.

    :raises UsageError: its cluster cannot be used.
    """

    mode: Literal["local", "flow"] = "flow"

    def __init__(self, settings: RunSettings, corpus: str) -> None:
        check_runner(settings)
        tell_prefect()
        self._settings = settings
        self._corpus = corpus
        self._open = ExitStack()
        self._cluster: TaskRunner[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._cluster = None
        self._open.close()

    def call(self, stage: str, function: Callable[..., T], *args: object) -> T:
        return _task(function, stage, stage)(*args)

    def map(self, stage: str, function: Callable[..., T], calls: Sequence[tuple[object, ...]]) -> list[T]:
        if self._settings.runner in CLUSTERS and len(calls) > 1:
            return self._spread(stage, function, calls)
        workers = min(worker_count(self._settings), len(calls))
        if workers < 2:
            return [_task(function, stage, f"{stage} {number}")(*each) for number, each in enumerate(calls)]

        # Threads: a shard's work is done in a process that its stage starts (pipeline.run.isolate), and a task in a
        # process of Prefect's costs twenty times as much.
        return _submitted(stage, function, calls, ThreadPoolTaskRunner(max_workers=workers))

    def _spread(self, stage: str, function: Callable[..., T], calls: Sequence[tuple[object, ...]]) -> list[T]:
        """One task in the cluster for each call."""
        if self._cluster is None:
            self._cluster = self._open.enter_context(cluster(self._settings))
        here = build()
        run = FlowRunContext.get()
        # Workers are told where the server is with each task. Of a temporary one only the run's own client knows, and
        # each worker would start another.
        server = PREFECT_API_URL.value() or (str(run.client.api_url) if run else None)
        with temporary_settings({PREFECT_API_URL: server}):
            return _submitted(stage, elsewhere, [(function, here, *each) for each in calls], self._cluster)

    def approve(self, reasons: Sequence[str], seconds: int) -> bool:
        question = f"These figures left their usual range. Publish the run?\n{_listed(reasons)}\n"
        asked = Decision.with_initial_data(description=question)
        run = FlowRunContext.get()
        flow_run = run.flow_run if run else None
        if flow_run is None or not (flow_run.empirical_policy.pause_keys or ()):  # else a person has been told already
            create_markdown_artifact(question, key="copydesk-gate", description="Why the run waits for a decision.")
            emit_alarm(self._corpus, "waits for a decision", reasons)
        if flow_run is not None and flow_run.deployment_id is not None:
            # A process that waits loses the slot of its deployment, and is ended for it within minutes. This one ends
            # by itself; when a person resumes the run, a worker starts it again, and it takes over finished shards.
            return suspend_flow_run(wait_for_input=asked, timeout=seconds).publish
        try:
            return pause_flow_run(wait_for_input=asked, timeout=seconds, poll_interval=POLL_SECONDS).publish
        except FlowPauseTimeout:
            return False


def _listed(reasons: Sequence[str]) -> str:
    """The reasons as indented text, so that nothing in them acts: they name files. A browser does not break such lines,
    and what it would hide is the examples."""
    lines = [
        line
        for reason in reasons
        for line in wrap(f"- {visible(reason)}", QUESTION_WIDTH, subsequent_indent="  ", break_long_words=False)
    ]
    return "".join(f"\n    {line}" for line in lines)


def _submitted(
    stage: str, function: Callable[..., T], calls: Sequence[tuple[object, ...]], runner: TaskRunner[Any]
) -> list[T]:
    """All calls at once, in a flow of their own, because a flow has one task runner."""

    @flow(name=f"copydesk-{stage}", task_runner=runner, validate_parameters=False)
    def shards() -> list[T]:
        futures = [_task(function, stage, f"{stage} {number}").submit(*each) for number, each in enumerate(calls)]
        return [future.result() for future in futures]

    return shards()


class Decision(RunInput):
    """What Prefect's UI asks a person when a run is paused."""

    publish: bool = False


def _task(function: Callable[..., T], stage: str, name: str) -> Task[..., T]:
    # No cache: what is done already is told by the corpus and by manifests, with and without Prefect alike.
    # No persisted result: tasks hand over paths, and what they name is gone when the run is.
    made = task(name=stage, task_run_name=name, cache_policy=NO_CACHE, persist_result=False, **storage_retries())
    return made(telling(function))
