"""Takes the pictures of the operations manual again: a real server, what ``prefect.yaml`` deploys, two nightly runs.

``python docs/pictures/take.py`` in the root of the repository; it needs the development environment (Pillow comes with
matplotlib) and Chromium. Look at each picture before it is committed: nothing of the machine may stand in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.pages import stories  # noqa: E402  # the root is on the path only now
from tests.server import asked, prefect_server  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.pages import Story

NIGHTS = 6
PATIENCE_SECONDS = 300
COLOURS = 64
"""Of a picture: a page of text needs no more, and is a third as large."""
OURS = {"deployments": {"name": {"any_": ["nightly"]}}}
LOOK_MS = 5_000
"""Charts move into their places."""
SETTINGS = "\n    gate:\n      action: pause\n    run:\n      workers: 2\n      shard_files: 40"


def deployed(folder: Path, server: str) -> dict[str, str]:
    """A folder with a corpus of some nights, and all of ``prefect.yaml`` on the server; gives the environment."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "PREFECT_API_URL": server, "PREFECT_WORKER_QUERY_SECONDS": "1"}
    for name in ("raw", "inbox", "config/sites"):
        (folder / name).mkdir(parents=True)
    pages = iter(stories(500, sites=4))
    for night in range(NIGHTS):
        arrive(folder, night, pages, 30 + 5 * night)
        python(folder, env, "flows.command", "run", "raw", "--corpus", "corpus", "--local")
    shutil.copytree(ROOT / "seeds", folder / "raw" / "seeds")
    arrive(folder, NIGHTS, pages, 60)
    plan = (ROOT / "prefect.yaml").read_text("utf-8")
    (folder / "prefect.yaml").write_text(
        plan.replace("folder: config/sites", f"folder: config/sites{SETTINGS}"), "utf-8"
    )
    python(folder, env, "flows.automations")
    python(folder, env, "prefect", "--no-prompt", "deploy", "--all")
    return env


def arrive(folder: Path, night: int, pages: Iterator[Story], count: int) -> None:
    """New pages in the SOURCE."""
    for number in range(count):
        (folder / "raw" / f"{night}-{number:03}.txt").write_text(next(pages).text(), "utf-8")


def python(folder: Path, env: dict[str, str], *arguments: str) -> None:
    """Run a module there."""
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=folder, env=env, capture_output=True, check=False)
    assert done.returncode in (0, 3), done.stderr.decode()


def reached(server: str, state: str) -> dict[str, Any]:
    """The nightly run that has come to this state."""
    until = time.monotonic() + PATIENCE_SECONDS
    wanted = {"flow_runs": {"state": {"type": {"any_": [state]}}}}
    while not (runs := asked(server, "flow_runs/filter", **OURS, **wanted)):
        assert time.monotonic() < until, f"no run is {state}"
        time.sleep(2)
    assert isinstance(runs[0], dict)
    return runs[0]


def picture(page: Page, address: str, name: str, height: int, click: str = "") -> None:
    """What stands at an address, and after a click on a button, as ``NAME.png`` beside this file."""
    page.set_viewport_size({"width": 1280, "height": height})
    page.goto(address)
    page.wait_for_timeout(LOOK_MS)
    if click:
        page.get_by_text(click, exact=True).first.click()
        page.wait_for_timeout(LOOK_MS)
    taken = Image.open(BytesIO(page.screenshot()))
    taken.convert("RGB").quantize(COLOURS).save(Path(__file__).with_name(f"{name}.png"), optimize=True)


def take(server: str) -> None:
    """All pictures."""
    site = server.removesuffix("/api")
    done, waits = reached(server, "COMPLETED"), reached(server, "PAUSED")
    summaries = asked(server, "artifacts/filter", artifacts={"key": {"any_": ["copydesk-summary"]}})
    shards = asked(server, "flow_runs/filter", flows={"name": {"any_": ["copydesk-label"]}}, sort="START_TIME_ASC")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(timezone_id="Europe/Berlin", locale="en-GB")
        picture(page, f"{site}/runs/flow-run/{done['id']}", "run", 560)
        picture(page, f"{site}/runs/flow-run/{shards[0]['id']}", "shards", 1000)
        picture(page, f"{site}/artifacts/artifact/{summaries[0]['id']}", "summary", 1180)
        picture(page, f"{site}/runs/flow-run/{waits['id']}", "gate", 720, "Resume")
        picture(page, f"{site}/deployments", "deployments", 560)
        picture(page, f"{site}/deployments/deployment/{done['deployment_id']}", "nightly", 620)
        browser.close()


def main() -> None:
    """Make everything that is to be seen, and take the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder, home = Path(name) / "newsroom", Path(name) / "home"
        home.mkdir()
        os.environ["PREFECT_HOME"] = str(home)
        with prefect_server(home, pages=True) as server:
            env = deployed(folder, server)
            command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "copydesk", "--name", "newsroom"]
            worker = subprocess.Popen(command, cwd=folder, env=env)
            try:
                python(folder, env, "prefect", "deployment", "run", "copydesk-clean/nightly")
                reached(server, "COMPLETED")
                for number in range(30):
                    (folder / "raw" / f"broken-{number}.html").touch()
                arrive(folder, NIGHTS + 1, iter(stories(540, sites=4, start=500)), 40)
                python(folder, env, "prefect", "deployment", "run", "copydesk-clean/nightly")
                reached(server, "PAUSED")
                take(server)
            finally:
                worker.kill()
                worker.wait()


if __name__ == "__main__":
    main()
