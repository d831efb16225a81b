"""The README's commands and Python, run as they stand, by a newcomer who has a folder of scraped files."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SEEDS
from tests.miniature import twelve_pages, write_bench
from tests.pages import story

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCKS = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Every ``copydesk`` command in the README's shell blocks, comments left out."""
    lines = (line for kind, code in _BLOCKS.findall(README) if kind == "sh" for line in code.splitlines())
    return [line.partition("  #")[0].strip() for line in lines if line.startswith("copydesk ")]


def programs() -> list[str]:
    """Every Python block of the README."""
    return [code for kind, code in _BLOCKS.findall(README) if kind == "python"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the README takes for given: scraped files, one of them ``page.html``, and labelled pages."""
    place = tmp_path_factory.mktemp("readme")
    shutil.copytree(SEEDS, place / "scraped")
    (place / "scraped" / "page.html").write_text(story(1).html(), encoding="utf-8")
    write_bench(place / "labelled", twelve_pages())
    (place / "benchmarks").symlink_to(ROOT / "benchmarks")
    return place


def _run(arguments: list[str], desk: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_API")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=desk,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def test_the_tour_runs_from_top_to_bottom(desk: Path) -> None:
    """Every command in its order ends with 0, one after the other, in one folder; training where PyTorch is there."""
    shown = commands()
    assert {command.split()[1] for command in shown} >= {"run", "status", "explain", "review", "lookup", "export"}
    for command in shown:
        if command.split()[1] == "train" and importlib.util.find_spec("torch") is None:
            continue
        arguments = re.findall(r'"[^"]*"|\S+', command)[1:]
        done = _run(["-m", "flows.command", *(argument.strip('"') for argument in arguments)], desk)
        assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_the_python_runs(desk: Path) -> None:
    """Each block ends without an error, with the corpus that the tour made."""
    assert (desk / "corpus").is_dir()
    for code in programs():
        done = _run(["-c", code], desk)
        assert done.returncode == 0, done.stderr
