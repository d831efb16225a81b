"""The flow that compacts a corpus, removes files of releases that are not kept, and makes its index again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Failed
from pydantic import Field

from flows.retries import storage_retries
from pipeline.corpus import maintain as corpus_maintain
from pipeline.errors import RunError, UsageError
from pipeline.run.near import rebuild_index

_work = task(name="maintain", cache_policy=NO_CACHE, persist_result=False, **storage_retries())(
    corpus_maintain.maintain
)
_index = task(name="index", cache_policy=NO_CACHE, persist_result=False, **storage_retries())(rebuild_index)


@flow(name="copydesk-maintain", persist_result=False)
def maintain(
    corpus: Annotated[str, Field(min_length=1)], keep: Annotated[int, Field(ge=1)] = 30, *, index: bool = False
) -> object:
    """What ``copydesk maintain`` does.

    :param keep: newest releases that stay readable. :param index: also make the index of near-duplicates again.
    :returns: to a caller in the same process, ``Maintained``.
    :raises UsageError, RunError: to a caller in the same process; the state's message says the same.
    """
    try:
        done = _work(corpus, keep)
        indexed = _index(corpus) if index else None
    except (UsageError, RunError) as error:
        return Failed(message=str(error), data=error)
    rows = [{"what": what, "value": str(value)} for what, value in asdict(done).items()]
    if indexed is not None:
        rows.append({"what": "articles indexed again", "value": str(indexed)})
    create_table_artifact(rows, key="copydesk-maintenance", description="What maintenance did.")
    return done
