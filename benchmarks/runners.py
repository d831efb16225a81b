"""What each runner costs: the same made-up pages through the whole road, as the command runs it, and one export of all.

Processor time is that of every process which the command has started, also of those that nobody waits for: they are
found by a mark in their environment (``/proc``, so Linux only) and looked at every half second, so up to half a second
of each process is missed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from tests.pages import stories

LOOK_SECONDS = 0.5
MARK = "COPYDESK_BENCHMARK_RUN"
ROADS = ("threads --local", "processes --local", "threads", "processes", "dask", "ray")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run."""

    road: str
    cpu: float
    """Seconds of all its processes."""
    wall: float
    processes: int
    export: str
    """Digest of the exported bytes."""


def main() -> None:
    """Print a table; fail if exports differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shard", type=int, default=50, help="pages of a shard")
    parser.add_argument("roads", nargs="*", default=ROADS, metavar="ROAD", help=f"default: {', '.join(ROADS)}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "in").mkdir()
        for number, story in enumerate(stories(options.pages, sites=7)):
            (place / "in" / f"{number}.html").write_text(story.html(), encoding="utf-8")
        config = place / "c.toml"
        config.write_text(f"[run]\nshard_files = {options.shard}\nworkers = {options.workers}\n", encoding="utf-8")
        costs = []
        for number, road in enumerate(options.roads):
            costs.append(_cost(road, place, place / f"corpus-{number}"))
            print(_line(costs[-1]), flush=True)
    if len({cost.export for cost in costs}) != 1:
        sys.exit("exports differ")


def _line(cost: Cost) -> str:
    return f"| {cost.road} | {cost.cpu:.1f} | {cost.wall:.0f} | {cost.processes} | {cost.export} |"


def _cost(road: str, place: Path, corpus: Path) -> Cost:
    mark = uuid4().hex
    command = [sys.executable, "-m", "flows.command"]
    run = [*command, "run", str(place / "in"), "--config", str(place / "c.toml"), "--corpus", str(corpus)]
    begin = time.monotonic()
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            [*run, "--runner", *road.split()],
            env=os.environ | {MARK: mark, "PREFECT_HOME": str(place / "prefect")},
            stdout=log,
            stderr=log,
        )
        seconds: dict[tuple[str, str], float] = {}
        while process.poll() is None:
            seconds |= _look(mark)
            time.sleep(LOOK_SECONDS)
    wall = time.monotonic() - begin
    if process.returncode:
        sys.exit((place / "log").read_text(encoding="utf-8"))
    out = corpus.with_suffix(".jsonl")
    export = ["export", "--corpus", str(corpus), "--format", "jsonl", "--all", "--out", str(out)]
    subprocess.run([*command, *export], check=True, capture_output=True)
    return Cost(road, sum(seconds.values()), wall, len(seconds), blake2b(out.read_bytes(), digest_size=4).hexdigest())


def _look(mark: str) -> dict[tuple[str, str], float]:
    """Seconds of processor time so far of every process that has the mark, by its number and start."""
    tick = os.sysconf("SC_CLK_TCK")
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() not in (folder / "environ").read_bytes().split(b"\0"):
                continue
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended, or is somebody else's
            continue
        found[folder.name, fields[19]] = (int(fields[11]) + int(fields[12])) / tick
    return found


if __name__ == "__main__":
    main()
