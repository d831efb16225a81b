"""Working off tasks that read and write files, in this process or in several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")


def tasks_on(workers: int) -> Callable[[Callable[[Any], None], Sequence[Any]], None]:
    """Work off tasks on so many processes; their files are the same for any number."""

    def run(function: Callable[[T], None], tasks: Sequence[T]) -> None:
        if min(workers, len(tasks)) < 2:
            for task in tasks:
                function(task)
            return
        # Not fork: the parent has threads (progress, Arrow), and a forked copy of their locks can hang.
        with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn")) as pool:
            list(pool.map(function, tasks))

    return run
