"""The flows that data engineers schedule: raw files in, a new release of the corpus out."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from prefect.states import Failed
from pydantic import Field

from flows.artifacts import ArtifactProgress, report
from flows.engine import PrefectEngine
from flows.events import emit_alarm, emit_published, outcome_findings
from pipeline.errors import RunError, UsageError
from pipeline.run.gate import GateError
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
    return _clean(settings)


@flow(name="copydesk-clean-batch", persist_result=False)
def clean_batch(batch: Annotated[str, Field(min_length=1)], settings: Settings) -> object:
    """Clean one batch of an inbox into the corpus; what other sources brought stays as it is.

    :param batch: folder or URL of the batch, the only source of this run, whatever ``settings.sources`` names.
    :param settings: all other settings of the run.
    :returns, raises: as ``clean``.
    """
    return _clean(settings.model_copy(update={"sources": (batch,)}))


def _clean(settings: Settings) -> object:
    try:
        with observed_by(ArtifactProgress()), PrefectEngine(settings.run, settings.corpus) as engine:
            outcome = travel(settings, engine)
    except (UsageError, RunError) as error:
        if isinstance(error, GateError):
            emit_alarm(settings.corpus, "is not published", error.reasons)
        # A person's mistake or a full disk: its one sentence is the state's message, a traceback would hide it.
        return Failed(message=str(error), data=error)
    report(outcome)
    findings = outcome_findings(outcome)
    if findings and settings.gate.action != "pause":  # a person has seen them already
        emit_alarm(settings.corpus, f"is published as release {outcome.release}", findings)
    emit_published(outcome, settings.corpus)
    return outcome
