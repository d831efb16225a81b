"""What a run leaves in Prefect for people: how far it is, and what became of everything it met."""

from __future__ import annotations

import sys
import time
from typing import Any
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from pipeline.evaluate.report import quality_rows, report_markdown
from pipeline.run.road import Outcome
from pipeline.show.summary import people_markdown, summary_markdown, summary_rows
from pipeline.show.trends import trends_markdown, trends_of

UPDATE_SECONDS = 1.0
"""The server's database does not like more than an update a second."""

STAGE_SHARES = {"label": (0, 60), "assemble": (60, 85), "deduplicate": (85, 95), "publish": (95, 100)}
"""Which part of the whole, in per cent, a stage takes: measured on pages of 50 kB; a rough guide for the eye."""


class ArtifactProgress:
    """One progress artifact for the whole run."""

    def __init__(self) -> None:
        made = create_progress_artifact(progress=0.0, key="copydesk-progress", description="starting")
        assert isinstance(made, UUID)  # Prefect's signature also covers its async twin
        self._artifact = made
        self._due = 0.0

    def update(self, stage: str, done: int, total: int) -> None:
        """``done`` of ``total`` items of ``stage`` are finished."""
        now = time.monotonic()
        if now < self._due and done < total:
            return
        self._due = now + UPDATE_SECONDS
        first, last = STAGE_SHARES[stage]
        progress = first + (last - first) * (done / total if total else 1.0)
        update_progress_artifact(self._artifact, progress=progress, description=f"{stage}: {done} of {total}")


def report(outcome: Outcome) -> None:
    """A table and a page about the finished run."""
    create_table_artifact(summary_rows(outcome.record), key="copydesk-run", description="What became of the inputs.")
    trends = trends_markdown(trends_of([*outcome.earlier, outcome.record]))
    page = summary_markdown(outcome.record) + trends + people_markdown(outcome)
    create_markdown_artifact(
        page, key="copydesk-summary", description="The run, and how it stands beside the last ones."
    )


def report_quality(figures: dict[str, Any]) -> None:
    """A table of word F1 and a page of all figures of an evaluation."""
    create_table_artifact(quality_rows(figures), key="copydesk-quality", description="Word F1 beside the peers.")
    create_markdown_artifact(report_markdown(figures), key="copydesk-evaluation")


def say(line: str) -> None:
    """One line of progress, for who waits at a terminal and for who looks into the run's log."""
    sys.stderr.write(f"{line}\n")
    get_run_logger().info(line)
