"""Work that misbehaves: producers of pieces whose documents are numbers, for tests of the processes that do real work.

A module of its own with few imports, because every worker process imports it.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import time
from collections.abc import Iterator, Mapping

import pyarrow as pa

from pipeline.run.pieces import Mark, Marker, Piece, Resume

TOGETHER = 8
"""Numbers in a piece."""


def misbehave(way: str) -> None:
    """Do what a parser with a mistake does."""
    match way:
        case "loop":
            re.match(r"(x+x+)+y", "x" * 64)  # a loop in C that holds the interpreter's lock, as a parser's would
        case "wait":
            time.sleep(1_000)
        case "segfault":
            ctypes.string_at(0)
        case "abort":
            os.abort()
        case "leave":
            os._exit(3)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)  # what the kernel does when memory is short
        case "eat":
            eaten = []
            while True:
                eaten.append(bytearray(50_000_000))
        case "raise":
            raise OSError("the storage is gone")


def count(most: int, bad: Mapping[int, str], resume: Resume, mark: Marker) -> Iterator[Piece]:
    """The numbers below ``most``, in pieces; some of them misbehave, others are quarantined as their culprits say."""
    number = resume.at[0]
    while number < most:
        own = range(number, min(number + resume.batch((number, 0), TOGETHER), most))
        good = [one for one in own if (one, 0) not in resume.culprits]
        if good:
            mark(Mark("label", (good[0], 0), (good[-1], 0)))
        for one in good:
            misbehave(bad.get(one, ""))
        faults = [resume.culprits[one, 0].fault.value if (one, 0) in resume.culprits else "" for one in own]
        number = own[-1] + 1
        yield Piece((number, 0), {"numbers": pa.table({"number": list(own), "fault": faults})})


def say_where(place: str, resume: Resume, mark: Marker) -> Iterator[Piece]:
    """Leave the number of this process in a file, and hang."""
    with open(place, "w", encoding="ascii") as file:  # noqa: PTH123  # pathlib is one more import
        file.write(str(os.getpid()))
    mark(Mark("label", resume.at, resume.at))
    misbehave("loop")
    yield Piece((1, 0), {})
