"""What is told before a cluster is used, and what a worker elsewhere refuses."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from flows.command import main
from flows.runners import check_runner
from pipeline.errors import RunError, UsageError
from pipeline.run.elsewhere import build, elsewhere
from pipeline.run.work import Job, Work
from pipeline.settings import RunSettings, Settings
from pipeline.sites.files import read_site_files


@pytest.mark.parametrize("runner", ["dask", "ray"])
def test_a_missing_extra_is_named(runner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setattr("flows.runners.find_spec", lambda name: None if "prefect_" in name else find_spec(name))
    settings = RunSettings.model_validate({"runner": runner})
    with pytest.raises(UsageError, match=rf"pip install 'copydesk\[{runner}\]'"):
        check_runner(settings)


@pytest.mark.parametrize("runner", ["dask", "ray"])
def test_local_refuses_a_cluster(
    runner: str, folder: Callable[[dict[str, str]], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Clusters are reached through Prefect; nothing is made."""
    place = folder({"a.txt": "A line."})
    assert main(["run", str(place), "--corpus", str(tmp_path / "c"), "--local", "--runner", runner]) == 2
    assert "leave --local out" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()


def test_an_address_without_a_cluster_is_a_mistake() -> None:
    """Threads and processes have no address."""
    with pytest.raises(UsageError, match="use it with --runner dask or ray, not processes"):
        check_runner(RunSettings(address="tcp://127.0.0.1:1"))


def test_a_cluster_elsewhere_needs_a_server_that_it_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary Prefect server is seen by this machine only."""
    monkeypatch.setattr("flows.runners.find_spec", lambda _: object())
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    settings = RunSettings(runner="dask", address="tcp://127.0.0.1:1")
    with pytest.raises(UsageError, match="set PREFECT_API_URL"):
        check_runner(settings)
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")
    check_runner(settings)


def test_a_worker_with_other_code_refuses() -> None:
    """Its shard would carry the driver's name for what other code has made."""
    assert elsewhere(sum, build(), [1, 2]) == 3
    with pytest.raises(RunError, match="another copydesk, Python or library"):
        elsewhere(sum, "0" * 32, [1, 2])


def test_a_worker_that_does_not_see_the_work_folder_refuses(tmp_path: Path) -> None:
    """The message names the folder and the setting."""
    settings = Settings(sources=("in",), corpus="c")
    job = Job("run", "recipe", "basis", settings, Work(tmp_path), read_site_files(""))

    def stage(one: Job) -> str:
        return one.run

    assert elsewhere(stage, build(), job) == "run"
    absent = Job("run", "recipe", "basis", settings, Work(tmp_path / "absent"), read_site_files(""))
    with pytest.raises(RunError, match=r"does not see the work folder .*absent.*run\.work"):
        elsewhere(stage, build(), absent)
