"""What a ``copydesk`` command costs: processor time, memory and clock, over every process that it starts.

Processes are found by a mark in their environment (``/proc``, so Linux only), also those that nobody waits for, and
looked at every half second: up to half a second of each is missed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOK_SECONDS = 0.5
MARK = "COPYDESK_BENCHMARK_RUN"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one command."""

    cpu: float
    """Seconds of all its processes."""
    wall: float
    """Seconds."""
    megabytes: float
    """Peak of what all of them held at one moment, shared pages divided among their users (PSS)."""
    processes: int


def cost(arguments: Sequence[str], log: Path, home: Path) -> Cost:
    """Run ``copydesk`` with these arguments, output into ``log``, Prefect's files into ``home``; exit if it fails."""
    mark = uuid4().hex
    begin = time.monotonic()
    seconds: dict[tuple[str, str], float] = {}
    peak = 0
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.command", *arguments],
            env=os.environ | {MARK: mark, "PREFECT_HOME": str(home)},
            stdout=out,
            stderr=out,
        )
        while process.poll() is None:
            found, held = _look(mark)
            seconds |= found
            peak = max(peak, held)
            time.sleep(LOOK_SECONDS)
    wall = time.monotonic() - begin
    if process.returncode:
        sys.exit(log.read_text(encoding="utf-8"))
    return Cost(sum(seconds.values()), wall, peak / 1024, len(seconds))


def _look(mark: str) -> tuple[dict[tuple[str, str], float], int]:
    """Seconds of processor time so far of every process that has the mark, by number and start; kB held by all."""
    tick = os.sysconf("SC_CLK_TCK")
    found: dict[tuple[str, str], float] = {}
    held = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() not in (folder / "environ").read_bytes().split(b"\0"):
                continue
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            found[folder.name, fields[19]] = (int(fields[11]) + int(fields[12])) / tick
            held += _kilobytes(folder)
        except OSError:  # it has ended, or is somebody else's
            continue
    return found, held


def _kilobytes(folder: Path) -> int:
    for line in (folder / "smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
