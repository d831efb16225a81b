"""The flow that measures the line labeller on labelled pages, so that its quality can be scheduled and watched."""

from __future__ import annotations

from prefect import flow
from prefect.states import Failed

from flows.artifacts import report_quality, say
from pipeline.errors import RunError, UsageError
from pipeline.evaluate import run
from pipeline.evaluate.gate import QualityError
from pipeline.evaluate.run import Request


@flow(name="copydesk-evaluate", persist_result=False)
def evaluate(request: Request) -> object:
    """Measure, and leave the figures as artifacts.

    :returns: to a caller in the same process, the table of figures.
    :raises UsageError, RunError: to a caller in the same process; the state's message says the same.
    """
    try:
        figures = run.evaluate(request, say)
    except QualityError as error:
        report_quality(error.figures)  # what fell is looked up there
        return Failed(message=str(error), data=error)
    except (UsageError, RunError) as error:
        return Failed(message=str(error), data=error)
    report_quality(figures)
    return figures
