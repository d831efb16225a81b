"""``prefect.yaml`` and ``config/deployments``, checked without a server."""

from __future__ import annotations

import errno
import importlib
import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from pipeline.errors import RunError, UsageError, is_passing
from tests.conftest import ROOT

FILES = [ROOT / "prefect.yaml", *sorted((ROOT / "config" / "deployments").glob("*.yaml"))]
DEPLOYMENTS = [
    pytest.param(deployment, id=f"{file.name}:{deployment['entrypoint']}")
    for file in FILES
    for deployment in yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_deployment_fits_its_flow(deployment: dict[str, Any]) -> None:
    """The entrypoint is a flow of that name, and takes the parameters, those of triggers included."""
    from prefect.flows import Flow

    module, _, name = deployment["entrypoint"].rpartition(".")
    flow = getattr(importlib.import_module(module), name)
    assert isinstance(flow, Flow)
    triggered = [trigger["parameters"] for trigger in deployment.get("triggers", [])]
    for parameters in triggered or [{}]:
        flow.validate_parameters(deployment["parameters"] | parameters)


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_deployment_is_bounded_tagged_and_started_by_something(deployment: dict[str, Any]) -> None:
    """One run at a time, the next ones wait; the automations' tag; a schedule with its time zone, or a trigger."""
    from flows.automations import TAG

    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
    assert TAG in deployment["tags"]
    assert deployment["description"]
    schedules = deployment.get("schedules", [])
    assert schedules or deployment["triggers"]
    for schedule in schedules:
        ZoneInfo(schedule["timezone"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_whatever_writes_to_a_corpus_waits_in_its_queue(file: Path) -> None:
    """Two such runs at once would see the second refused; evaluations and the inbox do not wait for them."""
    from flows.automations import CORPUS_QUEUE

    writers = {"flows.clean.clean", "flows.clean.clean_batch", "flows.maintain.maintain"}
    for deployment in yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]:
        queue = deployment["work_pool"].get("work_queue_name")
        assert (queue == CORPUS_QUEUE) == (deployment["entrypoint"] in writers)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_batch_trigger_waits_for_the_event_that_the_inbox_flow_sends(file: Path) -> None:
    """The names agree between the file and the code."""
    from flows.events import BATCH_COMPLETE

    deployments = {one["entrypoint"]: one for one in yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]}
    (trigger,) = deployments["flows.clean.clean_batch"]["triggers"]
    assert trigger["expect"] == [BATCH_COMPLETE]
    assert trigger["match"]["inbox"] == deployments["flows.inbox.inbox"]["parameters"]["inbox"]


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (ConnectionResetError("reset"), True),
        (TimeoutError(), True),
        (OSError(errno.EIO, os.strerror(errno.EIO)), True),
        (OSError(errno.ESTALE, os.strerror(errno.ESTALE)), True),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), False),
        (FileNotFoundError("gone"), False),
        (PermissionError("closed"), False),
        (UsageError("a wrong setting"), False),
        (ValueError("a hostile page"), False),
        (RunError("another run holds it"), False),
    ],
    ids=str,
)
def test_only_passing_storage_errors_are_tried_again(error: Exception, passing: bool) -> None:
    """Waiting mends a connection, not a setting, a full disk or a page; what a ``RunError`` hides is looked at."""
    assert is_passing(error) is passing
    wrapped = RunError("publishing failed")
    wrapped.__cause__ = error
    assert is_passing(wrapped) is passing


def test_a_usage_error_is_final_whatever_caused_it() -> None:
    """A mistyped SOURCE on a slow disk is a mistyped SOURCE."""
    error = UsageError("no such place")
    error.__cause__ = TimeoutError()
    assert not is_passing(error)
