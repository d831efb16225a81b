"""The flow that looks into an inbox every few minutes, and says which batches are complete."""

from __future__ import annotations

from typing import Annotated

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Failed
from pydantic import Field

from flows.events import announce
from flows.retries import storage_retries
from pipeline.errors import UsageError
from pipeline.read.batches import list_batches, remember, to_announce

_list = task(name="list", cache_policy=NO_CACHE, persist_result=False, **storage_retries())(list_batches)


@flow(name="copydesk-inbox", persist_result=False)
def inbox(inbox: Annotated[str, Field(min_length=1)]) -> object:
    """Emit one event for each batch that became complete.

    Killed between the event and the note of it, the next run sends the event again under the same id.

    :param inbox: folder or fsspec URL; each folder directly below it is a batch, complete with a file ``_COMPLETE``.
    :returns: to a caller in the same process, the URIs of the batches that were announced.
    :raises UsageError: to a caller in the same process; the state's message says the same.
    """
    try:
        batches = _list(inbox)
    except UsageError as error:
        return Failed(message=str(error), data=error)
    news = to_announce(batches)
    for batch in news:
        announce(batch, inbox)
        remember(batch)
    get_run_logger().info("%d batches, %d announced", len(batches), len(news))
    return tuple(batch.uri for batch in news)
