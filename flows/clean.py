"""The flow that data engineers schedule: raw files in, a new release of the corpus out."""

from __future__ import annotations

from prefect import flow
from prefect.states import Failed

from flows.artifacts import ArtifactProgress, report
from flows.engine import PrefectEngine
from pipeline.errors import RunError, UsageError
from pipeline.run.progress import observed_by
from pipeline.run.road import travel
from pipeline.settings import Settings


@flow(name="copydesk-clean", persist_result=False)
def clean(settings: Settings) -> object:
    """Clean the sources and publish one release of the corpus.

    :param settings: all settings of the run, as in ``config/default.toml``.
    :returns: to a caller in the same process, the ``Outcome``.
    :raises UsageError, RunError: to a caller in the same process; the state's message says the same.
    """
    try:
        with observed_by(ArtifactProgress()), PrefectEngine(settings.run) as engine:
            outcome = travel(settings, engine)
    except (UsageError, RunError) as error:
        # A person's mistake or a full disk: its one sentence is the state's message, a traceback would hide it.
        return Failed(message=str(error), data=error)
    report(outcome)
    return outcome
