"""The flow against real Prefect servers: the temporary one, and one that PREFECT_API_URL names."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SEEDS, copydesk
from tests.pages import stories
from tests.server import asked, prefect_server

pytestmark = pytest.mark.slow


def exported(corpus: Path) -> bytes:
    """All articles as JSON Lines."""
    out = corpus.with_suffix(".jsonl")
    done = copydesk("export", "--corpus", corpus, "--format", "jsonl", "--all", "--out", out)
    assert done.returncode == 0, done.stderr
    return out.read_bytes()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prefect server of its own; gives its API URL."""
    with prefect_server(tmp_path_factory.mktemp("prefect-server")) as url:
        yield url


def test_with_nothing_configured_the_flow_gives_the_same_corpus_as_local(tmp_path: Path) -> None:
    """A temporary server is started, quietly; the export equals that of ``--local`` to the byte."""
    flow = copydesk("run", SEEDS, "--corpus", tmp_path / "flow", PREFECT_HOME=str(tmp_path / "home"))
    assert flow.returncode == 0, flow.stderr
    assert "ERROR" not in flow.stderr
    assert "Traceback" not in flow.stderr
    local = copydesk("run", SEEDS, "--corpus", tmp_path / "local", "--local")
    assert local.returncode == 0, local.stderr
    assert exported(tmp_path / "flow") == exported(tmp_path / "local")


def test_a_named_server_keeps_the_run_and_its_artifacts(server: str, tmp_path: Path) -> None:
    """The flow run is Completed there, with a progress artifact at 100 %, a table of what became of the inputs, and a
    log in which each line is of the flow run or the task run that told it."""
    place = tmp_path / "in"
    place.mkdir()
    for number, story in enumerate(stories(30)):
        (place / f"{number}.txt").write_text(story.text(), encoding="utf-8")
    (place / "empty.txt").write_bytes(b"")
    done = copydesk("run", place, "--corpus", tmp_path / "c", PREFECT_API_URL=server)
    assert done.returncode == 3, done.stderr
    runs = asked(server, "flow_runs/filter")
    (run,) = [
        run for run in runs if run["name"] and run["state_type"] == "COMPLETED" and run["parent_task_run_id"] is None
    ]
    artifacts = {artifact["key"]: artifact for artifact in asked(server, "artifacts/filter")}
    assert artifacts["copydesk-progress"]["flow_run_id"] == run["id"]
    assert float(artifacts["copydesk-progress"]["data"]) == 100
    table = json.loads(artifacts["copydesk-run"]["data"])
    assert any("quarantin" in str(row).lower() and "1" in str(row) for row in table)
    assert "copydesk-summary" in artifacts
    ours = [log for log in asked(server, "logs/filter") if log["name"] == "copydesk"]
    told = {log["message"].partition(":")[0] for log in ours}
    assert told >= {"run begins", "label", "assemble", "quarantined", "published"}
    (empty,) = [log for log in ours if log["level"] == logging.WARNING]
    assert "shard=0" in empty["message"] and 'source="empty.txt"' in empty["message"]
    assert empty["task_run_id"] and all(log["flow_run_id"] for log in ours)


def test_a_mistake_found_by_the_flow_is_its_state_and_no_traceback(server: str, tmp_path: Path) -> None:
    """A corpus in use ends the command with 1 and one sentence, which the flow run's state carries too."""
    from pipeline.corpus.lock import corpus_lock

    with corpus_lock(tmp_path / "c"):
        done = copydesk("run", SEEDS, "--corpus", tmp_path / "c", PREFECT_API_URL=server)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "in use" in done.stderr
    failed = [run for run in asked(server, "flow_runs/filter") if run["state_type"] == "FAILED"]
    assert any("in use" in run["state"]["message"] for run in failed)


def test_html_and_text_through_worker_processes_equal_local_threads(server: str, tmp_path: Path) -> None:
    """600 pages in several shards: Prefect with processes, and local threads, export the same bytes."""
    place = tmp_path / "in"
    place.mkdir()
    for number, story in enumerate(stories(300, sites=7)):
        (place / f"{number}.html").write_text(story.html(), encoding="utf-8")
        (place / f"{number}.txt").write_text(story.text(), encoding="utf-8")
    config = tmp_path / "c.toml"
    config.write_text("[run]\nshard_files = 150\nworkers = 2\n", encoding="utf-8")
    common = (place, "--config", config)
    flow = copydesk("run", *common, "--corpus", tmp_path / "flow", "--runner", "processes", PREFECT_API_URL=server)
    assert flow.returncode == 0, flow.stderr
    local = copydesk("run", *common, "--corpus", tmp_path / "local", "--runner", "threads", "--local")
    assert local.returncode == 0, local.stderr
    assert exported(tmp_path / "flow") == exported(tmp_path / "local")
