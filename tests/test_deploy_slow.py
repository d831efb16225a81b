"""``prefect.yaml`` on a real server, with a real worker: schedules, the inbox, events, alarms."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.corpus.lock import corpus_lock
from pipeline.corpus.open import Corpus
from pipeline.corpus.runs import RunRecord
from pipeline.errors import RunError
from pipeline.read.batches import ANNOUNCED, COMPLETE
from tests.conftest import ROOT, SEEDS
from tests.pages import stories
from tests.server import asked, prefect_server

pytestmark = pytest.mark.slow

BERLIN = ZoneInfo("Europe/Berlin")
PATIENCE_SECONDS = 120
"""The scheduler looks once a minute; a worker's process starts in 5 to 20 s on a busy machine."""

RUN_INBOX = "from flows.inbox import inbox; inbox('inbox')"
MAKE_BLOCK = """
import sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock
CustomWebhookNotificationBlock(
    name="ops", url=sys.argv[1], json_data={"subject": "{{subject}}", "body": "{{body}}"}
).save("ops", overwrite=True)
"""
RETRY = """
from prefect import flow, task
from flows import retries
from pipeline.errors import UsageError

retries.DELAYS = (0.0, 0.0, 0.0)
tried = []

def work(errors):
    tried.append(errors)
    if errors:
        raise errors.pop()
    return len(tried)

tried_again = task(**retries.storage_retries())(work)

@flow
def once(errors):
    try:
        return tried_again(errors)
    except Exception as error:
        return type(error).__name__, len(tried)

print(once([TimeoutError(), ConnectionResetError()]))
tried.clear()
print(once([UsageError("a mistake"), UsageError("a mistake")]))
tried.clear()
print(once([ValueError("a page"), ValueError("a page")]))
"""
GATED = ("-m", "flows.command", "run", "gated/raw", "--corpus", "gated/corpus", "--config", "gated/gate.toml")
APPLY_HASTY = """
from datetime import timedelta
from flows.automations import apply
apply("custom-webhook/ops", timedelta(seconds=10))
"""
RUN_FOR_EVER = """
import time
from prefect import tags
from flows import inbox
inbox._list = lambda _: time.sleep(1_000)
with tags("copydesk"):
    inbox.inbox.with_options(flow_run_name="to-be-lost")("inbox")
"""
"""A run of ours that never ends, in a process of which no worker knows."""
RAISE_ALARM = (
    "from flows.events import emit_alarm; emit_alarm('corpus', 'is published', [f'site {n}' for n in range(12)])"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A server, the folder that was deployed from, and what notifications said."""

    server: str
    folder: Path
    told: list[dict[str, str]]

    def python(self, *arguments: str, **environment: str) -> str:
        """Run Python there; gives what it printed."""
        env = os.environ | {"PYTHONPATH": str(ROOT), "PREFECT_API_URL": self.server, "DO_NOT_TRACK": "1"} | environment
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def events(self, name: str) -> list[dict[str, Any]]:
        """The server's events of this name."""
        found = asked(self.server, "events/filter", filter={"event": {"name": [name]}})["events"]
        assert isinstance(found, list)
        return found


def awaited(look: Callable[[], Any]) -> Any:
    """What ``look`` gives as soon as it is something."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (seen := look()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.5)
    return seen


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Everything in ``prefect.yaml`` deployed, and a worker that takes up runs."""
    told: list[dict[str, str]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=hook.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("deployed")
    for name in ("raw", "inbox", "config/sites"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "prefect.yaml", folder)
    with prefect_server(tmp_path_factory.mktemp("deploy-server")) as server:
        here = Place(server, folder, told)
        here.python("-c", MAKE_BLOCK, f"http://127.0.0.1:{hook.server_port}/")
        here.python("-m", "flows.automations", COPYDESK_NOTIFY="custom-webhook/ops")
        here.python("-m", "prefect", "--no-prompt", "deploy", "--all")
        env = os.environ | {"PYTHONPATH": str(ROOT), "PREFECT_API_URL": server, "PREFECT_WORKER_QUERY_SECONDS": "1"}
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "copydesk", "--type", "process"]
        with (folder / "worker.log").open("wb") as log:
            worker = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
        try:
            yield here
        finally:
            worker.terminate()
            try:
                worker.wait(timeout=60)
            except subprocess.TimeoutExpired:  # a test that failed has left it a run, for which it waits
                worker.kill()
            hook.shutdown()


def test_scheduled_runs_appear_at_the_right_local_times(place: Place) -> None:
    """Nightly at 03:30, evaluation on Saturdays and maintenance on Sundays at 06:00, the inbox every five minutes."""

    def scheduled() -> dict[str, list[datetime]]:
        names = {one["id"]: one["entrypoint"] + "/" + one["name"] for one in asked(place.server, "deployments/filter")}
        times: dict[str, list[datetime]] = {}
        for run in asked(place.server, "flow_runs/filter"):
            if run["deployment_id"] and run["auto_scheduled"]:
                moment = datetime.fromisoformat(run["expected_start_time"]).astimezone(BERLIN)
                times.setdefault(names[run["deployment_id"]], []).append(moment)
        return times

    awaited(lambda: len(scheduled()) == 4)
    times = scheduled()
    assert {f"{at:%H:%M}" for at in times["flows.clean.clean/nightly"]} == {"03:30"}
    assert {f"{at:%w %H:%M}" for at in times["flows.evaluate.evaluate/weekly"]} == {"6 06:00"}
    assert {f"{at:%w %H:%M}" for at in times["flows.maintain.maintain/weekly"]} == {"0 06:00"}
    assert all(at.minute % 5 == 0 for at in times["flows.inbox.inbox/inbox"])


def test_a_complete_batch_is_announced_once_cleaned_and_published(place: Place) -> None:
    """One event for each complete batch, none twice, also when the note of it is lost; the corpus has the batch."""
    for name in ("monday", "tuesday"):
        shutil.copytree(SEEDS, place.folder / "inbox" / name)
    batch = place.folder / "inbox" / "monday"
    (batch / COMPLETE).touch()
    place.python("-c", RUN_INBOX)
    (batch / ANNOUNCED).unlink()  # as if the flow had been killed before it wrote it
    place.python("-c", RUN_INBOX)
    assert (batch / ANNOUNCED).exists()
    (published,) = awaited(lambda: place.events("corpus.published"))
    (event,) = place.events("inbox.batch-complete")
    assert event["payload"]["batch"] == str(batch)

    corpus = Corpus.open(place.folder / "corpus")
    assert published["payload"]["release"] == corpus.release.number
    assert published["payload"]["counts"]["articles"] == corpus.table("articles", ["id"]).num_rows
    assert {row["origin"] for row in corpus.table("articles", ["origin"]).to_pylist()} == {str(batch)}


def test_automations_are_applied_again_without_doubling(place: Place) -> None:
    """Three of ours, each once, enabled, and the one that the batch trigger made."""
    place.python("-m", "flows.automations", COPYDESK_NOTIFY="custom-webhook/ops")
    names = [automation["name"] for automation in asked(place.server, "automations/filter")]
    assert sorted(names) == [
        "batch__automation_1",
        "copydesk: failed run",
        "copydesk: quality alarm",
        "copydesk: zombie run",
    ]


def test_a_failed_run_and_a_quality_alarm_reach_a_person(place: Place) -> None:
    """The notification of a run says which one and why; that of an alarm names findings and counts the rest."""
    place.python("-m", "prefect", "deployment", "run", "copydesk-evaluate/weekly")  # there is no folder "bench"
    place.python("-c", RAISE_ALARM)
    awaited(lambda: len(place.told) == 2)
    told = {message["subject"]: message["body"] for message in place.told}
    assert "copydesk-evaluate is Failed" in told["Copydesk: a run failed"]
    assert "bench" in told["Copydesk: a run failed"]
    assert "corpus corpus is published" in told["Copydesk: look at this run"]
    assert "- site 9\nand 2 more" in told["Copydesk: look at this run"]


@pytest.fixture
def gated(place: Place) -> Path:
    """Settings that pause, a corpus of two good runs, and its SOURCE, into which broken files came since."""
    folder = place.folder / "gated"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "raw").mkdir(parents=True)
    pages = iter(stories(40))
    gate = "[gate]\naction = '{}'\nmin_runs = 2\nmin_articles = 3\n[run]\nrunner = 'threads'\n"
    (folder / "gate.toml").write_text(gate.format("warn"), encoding="utf-8")
    for night in range(3):
        for number in range(10):
            (folder / "raw" / f"{night}-{number}.txt").write_text(next(pages).text(), encoding="utf-8")
        if night < 2:
            place.python(*GATED, "--local")
    for number in range(30):
        (folder / "raw" / f"broken-{number}.txt").touch()
    (folder / "gate.toml").write_text(gate.format("pause"), encoding="utf-8")
    return folder


def waiting(place: Place, times: int) -> dict[str, Any]:
    """The run that waits, when as many alarms as ``times`` have said that one does."""
    paused = {"state": {"type": {"any_": ["PAUSED"]}}}
    (run,) = awaited(lambda: asked(place.server, "flow_runs/filter", flow_runs=paused))
    alarms = awaited(lambda: told[:times] if len(told := alarms_of(place)) >= times else None)
    assert {alarm["payload"]["became"] for alarm in alarms} == {"waits for a decision"}
    assert any("e.g. broken-0.txt" in finding for finding in alarms[0]["payload"]["findings"])
    assert Corpus.open(place.folder / "gated" / "corpus").release.number == 2
    assert isinstance(run, dict)
    return run


def alarms_of(place: Place) -> list[dict[str, Any]]:
    """The quality alarms about the gated corpus."""
    return [one for one in place.events("corpus.quality-alarm") if one["payload"]["corpus"] == "gated/corpus"]


def test_a_paused_run_is_published_when_a_person_says_so(place: Place, gated: Path) -> None:
    """Until then the corpus stays as it is; the person is told, and asked in Prefect's UI."""
    alarms = len(alarms_of(place))
    env = os.environ | {"PYTHONPATH": str(ROOT), "PREFECT_API_URL": place.server}
    process = subprocess.Popen([sys.executable, *GATED], cwd=place.folder, env=env, stderr=subprocess.DEVNULL)
    try:
        run = waiting(place, alarms + 1)
        asked(place.server, f"flow_runs/{run['id']}/resume", run_input={"publish": True})
        assert process.wait(timeout=PATIENCE_SECONDS) == 3
    finally:
        process.kill()
        process.wait()
    assert Corpus.open(gated / "corpus").release.number == 3


def test_a_deployed_run_gives_up_its_process_while_it_waits(place: Place, gated: Path) -> None:
    """A process that waits would be ended with its concurrency slot. The corpus is free, and told to go on, a worker
    starts the run again: it takes over what was finished, asks nobody twice, and publishes."""
    alarms = len(alarms_of(place))
    settings = {
        "sources": ["gated/raw"],
        "corpus": "gated/corpus",
        "gate": {"action": "pause", "min_runs": 2, "min_articles": 3},
        "run": {"runner": "threads"},
    }
    parameters = json.dumps({"settings": settings})
    place.python("-m", "prefect", "deployment", "run", "copydesk-clean/nightly", "--params", parameters)
    run = waiting(place, alarms + 1)
    assert run["state_name"] == "Suspended"

    def is_free() -> bool:
        with suppress(RunError), corpus_lock(gated / "corpus"):
            return True
        return False

    awaited(is_free)
    asked(place.server, f"flow_runs/{run['id']}/resume", run_input={"publish": True})
    wanted = {"id": {"any_": [run["id"]]}, "state": {"type": {"any_": ["COMPLETED"]}}}
    awaited(lambda: asked(place.server, "flow_runs/filter", flow_runs=wanted))
    assert len(alarms_of(place)) == alarms + 1
    corpus = Corpus.open(gated / "corpus")
    last = max((RunRecord.from_row(row) for row in corpus.table("runs").to_pylist()), key=lambda one: one.run)
    assert (corpus.release.number, last.mode, last.counts.taken_over > 0) == (3, "flow", True)
    wanted = {"flow_run_id": {"any_": [run["id"]]}, "key": {"any_": ["copydesk-summary"]}}
    (summary,) = asked(place.server, "artifacts/filter", artifacts=wanted)
    assert "### The last 3 runs" in summary["data"] and "quarantined     ▁▁█" in summary["data"]


def test_tasks_are_tried_again_after_storage_errors_only(place: Place) -> None:
    """Two lost connections cost two retries; a mistake in the settings and a fault of a page end the run at once."""
    assert place.python("-c", RETRY).splitlines() == ["3", "('UsageError', 1)", "('ValueError', 1)"]


def test_a_run_whose_process_is_killed_is_marked_as_crashed(place: Place) -> None:
    """No worker is left to say so: the server misses the heartbeats, frees the slot, and a person is told."""
    place.python("-c", APPLY_HASTY)
    env = os.environ | {"PYTHONPATH": str(ROOT), "PREFECT_API_URL": place.server}
    process = subprocess.Popen([sys.executable, "-c", RUN_FOR_EVER], cwd=place.folder, env=env)
    try:
        ours = {"flow_runs": {"name": {"any_": ["to-be-lost"]}}}
        (run,) = awaited(lambda: asked(place.server, "flow_runs/filter", **ours))
        awaited(
            lambda: [
                one
                for one in place.events("prefect.flow-run.heartbeat")
                if one["resource"]["prefect.resource.id"].endswith(run["id"])
            ]
        )
    finally:
        process.kill()
        process.wait()
    assert asked(place.server, "flow_runs/filter", **ours)[0]["state_type"] == "RUNNING"
    crashed = {"flow_runs": {"id": {"any_": [run["id"]]}, "state": {"type": {"any_": ["CRASHED"]}}}}
    (run,) = awaited(lambda: asked(place.server, "flow_runs/filter", **crashed))
    assert "no heartbeat for 0:00:10" in run["state"]["message"]
    awaited(lambda: [told for told in place.told if "to-be-lost of copydesk-inbox is Crashed" in told["body"]])
