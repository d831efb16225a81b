"""What the server must have besides deployments: a work pool with its queues, and the automations that watch runs.

``python -m flows.automations`` puts it there; run again, it puts it right. ``docs/operations.md`` says what each alarm
means and what to do.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from prefect import get_client
from prefect.automations import AutomationCore, ChangeFlowRunState, DoNothing, EventTrigger, Posture, SendNotification
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import StateType
from prefect.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings
from prefect.workers.process import ProcessWorker

from flows.events import QUALITY_ALARM
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.orchestration import SyncPrefectClient

POOL = "copydesk"
"""The work pool that ``prefect.yaml`` deploys to."""
CORPUS_QUEUE = "corpus"
"""Queue of what writes to the corpus: nightly, batches and maintenance, one at a time, because the second would be
refused. Larger installations have one such queue for each corpus."""
TAG = "copydesk"
"""Every deployment has it; the automations leave other runs on the server alone."""
NOTIFY = "COPYDESK_NOTIFY"
"""Environment variable that names the notification block, as ``slack-webhook/newsroom``."""
HEARTBEATS_LOST = timedelta(seconds=540)
"""Prefect sends one every 180 s (``PREFECT_FLOWS_HEARTBEAT_FREQUENCY``): three in a row are no accident."""

_OURS = ResourceSpecification({"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{TAG}"})
_FLOW_RUNS = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})
_HEARTBEAT = "prefect.flow-run.heartbeat"
_ENDED = frozenset(f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Crashed", "Cancelled"))
_ABOUT_RUN = """\
Flow run {{ flow_run.name }} of {{ flow.name }} is {{ flow_run.state.name }}: {{ flow_run.state.message }}
{{ flow_run | ui_url }}
"""
_ABOUT_CORPUS = """\
The run on corpus {{ event.payload.corpus }} {{ event.payload.became }}:
{% for finding in event.payload.findings %}- {{ finding }}
{% endfor %}{% if event.payload.more %}and {{ event.payload.more }} more: copydesk status
{% endif %}"""


def automations(block: UUID | None, lost: timedelta = HEARTBEATS_LOST) -> tuple[AutomationCore, ...]:
    """All of them.

    :param block: the notification block that is told; None: nobody is, and alarms stand in the server's events only.
    :param lost: how long a run may be without a heartbeat; 10 s at least (Prefect's own bound).
    """

    def tell(subject: str, body: str) -> DoNothing | SendNotification:
        return DoNothing() if block is None else SendNotification(block_document_id=block, subject=subject, body=body)

    return (
        AutomationCore(
            name="copydesk: zombie run",
            description="A run's process was lost with its worker: the run is marked as Crashed, which frees its slot.",
            trigger=_of_runs(
                Posture.Proactive,
                {_HEARTBEAT, "prefect.flow-run.Suspended", *_ENDED},
                after={_HEARTBEAT},
                within=lost,
            ),
            actions=[
                ChangeFlowRunState(
                    name="Crashed",
                    state=StateType.CRASHED,
                    message=f"no heartbeat for {lost}: its process is gone",
                    force=True,
                )
            ],
        ),
        AutomationCore(
            name="copydesk: failed run",
            description="A run ended as Failed or Crashed; readers still see the release before.",
            trigger=_of_runs(Posture.Reactive, {"prefect.flow-run.Failed", "prefect.flow-run.Crashed"}),
            actions=[tell("Copydesk: a run failed", _ABOUT_RUN)],
        ),
        AutomationCore(
            name="copydesk: quality alarm",
            description="A site's pages, or the figures of a whole run, left their usual range.",
            trigger=EventTrigger(
                posture=Posture.Reactive,
                expect={QUALITY_ALARM},
                match=ResourceSpecification({"prefect.resource.id": "copydesk.corpus.*"}),
                threshold=1,
            ),
            actions=[tell("Copydesk: look at this run", _ABOUT_CORPUS)],
        ),
    )


def _of_runs(posture: Literal[Posture.Proactive, Posture.Reactive], expect: set[str], **more: Any) -> EventTrigger:
    """A trigger on the events of single runs of ours."""
    return EventTrigger(
        posture=posture,
        expect=expect,
        match=_FLOW_RUNS,
        match_related=_OURS,
        for_each={"prefect.resource.id"},
        threshold=1,
        **more,
    )


def apply(block_name: str = "", lost: timedelta = HEARTBEATS_LOST) -> list[str]:
    """Create or update the pool, the queue and the automations; what stands under their names, each once.

    :param block_name: ``<type>/<name>`` of a notification block on the server; empty: nobody is told.
    :param lost: as in ``automations``.
    :returns: what was put there, in words.
    :raises UsageError: no server is named, or it has no such block.
    """
    if get_current_settings().api.url is None:
        raise UsageError("no Prefect server is named: set PREFECT_API_URL, as http://127.0.0.1:4200/api")
    with get_client(sync_client=True) as client:
        block = _block(client, block_name) if block_name else None
        said = [_pool(client), _queue(client)]
        for wanted in automations(block, lost):
            there = client.read_automations_by_name(wanted.name)
            for each in there[1:]:
                client.delete_automation(each.id)
            if there:
                client.update_automation(there[0].id, wanted)
            else:
                client.create_automation(wanted)
            said.append(f"automation {wanted.name!r} {'updated' if there else 'created'}")
    return said


def _block(client: SyncPrefectClient, name: str) -> UUID:
    kind, _, own = name.partition("/")
    try:
        return client.read_block_document_by_name(own, kind).id
    except ObjectNotFound:
        raise UsageError(
            f"{NOTIFY}={name}: the server has no such block; name one as <type>/<name>, as slack-webhook/newsroom"
        ) from None


def _pool(client: SyncPrefectClient) -> str:
    try:
        kind = client.read_work_pool(POOL).type
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        client.create_work_pool(WorkPoolCreate(name=POOL, type=ProcessWorker.type, base_job_template=template))
        return f"work pool {POOL!r} created: start workers with prefect worker start --pool {POOL}"
    # A pool of another type (docker, kubernetes) is the person's choice and stays.
    return f"work pool {POOL!r} is there, of type {kind}"


def _queue(client: SyncPrefectClient) -> str:
    try:
        queue = client.read_work_queue_by_name(CORPUS_QUEUE, POOL)
    except ObjectNotFound:
        client.create_work_queue(CORPUS_QUEUE, concurrency_limit=1, work_pool_name=POOL)
    else:
        client.update_work_queue(queue.id, concurrency_limit=1)
    return f"work queue {CORPUS_QUEUE!r} takes one run at a time"


def main() -> int:
    """Apply, and say what was done; returns the exit code."""
    try:
        said = apply(os.environ.get(NOTIFY, ""))
    except UsageError as error:
        sys.stderr.write(f"copydesk: {error}\n")
        return 2
    if not os.environ.get(NOTIFY):
        said.append(f"nobody is notified: {NOTIFY} names no block")
    sys.stdout.write("".join(f"{line}\n" for line in said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
