"""What other deployments and automations may wait for; ``docs/operations.md`` describes each event."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from prefect import get_client
from prefect.events import Event, Resource, emit_event

from pipeline.sites.drift import drift_lines, drift_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.read.batches import Batch
    from pipeline.run.road import Outcome

PUBLISHED = "corpus.published"
"""A release of a corpus can be read."""
QUALITY_ALARM = "corpus.quality-alarm"
"""A person should look at a release before others use it."""
BATCH_COMPLETE = "inbox.batch-complete"
"""A batch in an inbox is complete."""

NAMED = 10
"""Findings that an alarm spells out: a notification is read on a telephone."""


def corpus_resource(corpus: str) -> dict[str, str]:
    """What events about a corpus are about; triggers match on these labels."""
    return {"prefect.resource.id": f"copydesk.corpus.{corpus}", "prefect.resource.name": corpus, "corpus": corpus}


def emit_published(outcome: Outcome, corpus: str) -> None:
    """Tell downstream deployments which release they can read."""
    counts = {name: value for name, value in asdict(outcome.record.counts).items() if value}
    payload: dict[str, Any] = {
        "corpus": corpus,
        "release": outcome.release,
        "run": outcome.record.run,
        "counts": counts,
    }
    emit_event(PUBLISHED, corpus_resource(corpus), payload=payload)


def emit_alarm(corpus: str, became: str, findings: Sequence[str]) -> None:
    """Tell people what left its usual range, and what became of the run: "is published", "waits for a decision"."""
    payload = {
        "corpus": corpus,
        "became": became,
        "findings": list(findings[:NAMED]),
        "more": max(len(findings) - NAMED, 0),
    }
    emit_event(QUALITY_ALARM, corpus_resource(corpus), payload=payload)


def outcome_findings(outcome: Outcome) -> list[str]:
    """One sentence for each share, of the run and of single sites, that left its usual range."""
    return [*map(str, outcome.findings), *drift_lines(drift_rows(outcome.drift, outcome.record.run))]


def batch_event_id(batch: Batch) -> UUID:
    """The same for one batch however often it is announced, so that the server keeps one event of it."""
    return uuid5(NAMESPACE_URL, f"copydesk/{BATCH_COMPLETE}/{batch.uri}")


def announce(batch: Batch, inbox: str) -> None:
    """Have the server take note that a batch is complete.

    Not through ``emit_event``, which returns before anything is sent: a batch is remembered as announced only when the
    server has answered.

    :raises httpx.HTTPError: it has not.
    """
    event = Event(
        id=batch_event_id(batch),
        event=BATCH_COMPLETE,
        resource=Resource.model_validate(
            {
                "prefect.resource.id": f"copydesk.batch.{batch.uri}",
                "prefect.resource.name": batch.name,
                "inbox": inbox,
            }
        ),
        payload={"batch": batch.uri, "inbox": inbox},
    )
    with get_client(sync_client=True) as client:
        client.request("POST", "/events", json=[event.model_dump(mode="json")]).raise_for_status()
