"""What is tried again: work that the storage interrupted, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from pipeline.errors import is_passing

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefect.client.schemas.objects import State, TaskRun
    from prefect.tasks import Task

DELAYS = (10.0, 60.0, 300.0)
"""Seconds before each retry: a dropped connection is back at once, a server that restarts within minutes; what lasts
longer is for the next scheduled run, which takes over what was finished."""


class Retries(TypedDict):
    """The arguments of ``prefect.task`` that say when it is run again."""

    retries: int
    retry_delay_seconds: list[float]
    retry_condition_fn: Callable[[Task[..., Any], TaskRun, State[Any]], bool]


def storage_retries() -> Retries:
    """Retries on passing storage errors (``pipeline.errors.is_passing``) only."""
    return {
        "retries": len(DELAYS),
        "retry_delay_seconds": list(DELAYS),
        "retry_condition_fn": _is_worth_it,
    }


def _is_worth_it(_: Task[..., Any], __: TaskRun, state: State[Any]) -> bool:
    # A task's state holds its exception as it was raised while the task is in this process.
    return isinstance(state.data, BaseException) and is_passing(state.data)
