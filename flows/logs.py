"""A run's lines (``pipeline.run.log``) in Prefect, in the log of the flow run or task run that tells them."""

from __future__ import annotations

import logging
from functools import cache, wraps
from typing import TYPE_CHECKING, TypeVar

from prefect.context import FlowRunContext, TaskRunContext
from prefect.logging.handlers import APILogHandler

from pipeline.run.log import TextLines, listen

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@cache
def tell_prefect() -> None:
    """Send the lines of this process to the server, whatever Prefect's own loggers are set to show."""
    handler = APILogHandler()
    handler.setLevel(logging.INFO)
    handler.setFormatter(TextLines())
    # Of a run without Prefect in the same process, a warning would say that its lines belong nowhere.
    handler.addFilter(lambda _: bool(FlowRunContext.get() or TaskRunContext.get()))
    listen(handler)


def telling(function: Callable[..., T]) -> Callable[..., T]:
    """``function``, whose lines go to Prefect in whatever process it is called: a cluster's workers are not ours."""

    @wraps(function)
    def call(*arguments: object) -> T:
        tell_prefect()
        return function(*arguments)

    return call
