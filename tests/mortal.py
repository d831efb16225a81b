"""Runs that are killed at a chosen moment: ``python -m tests.mortal`` takes them from its input and forks one for each.

One process imports everything and forks, because starting an interpreter costs more than these runs. It starts no
thread and no run of its own, so that what it forks is whole.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from pipeline.run.engine import LocalEngine
from pipeline.run.road import travel
from pipeline.settings import RunSettings, Settings

T = TypeVar("T")


class MortalEngine(LocalEngine):
    """Kills its process at one of the moments of a run: around every stage, every shard and every commit."""

    def __init__(self, settings: RunSettings, moment: int, delay: float) -> None:
        super().__init__(settings)
        self._moment = moment
        self._delay = delay
        self._lock = threading.Lock()
        self._sentence: threading.Timer | None = None
        self.moments: list[str] = []

    def call(self, stage: str, function: Callable[..., T], *args: object) -> T:
        self._pass(f"{stage}: before")
        if stage == "publish":
            args = (*args, lambda table: self._pass(f"publish: {table}"))
        result = super().call(stage, function, *args)
        self._pass(f"{stage}: after")
        return result

    def map(self, stage: str, function: Callable[..., T], calls: Sequence[tuple[object, ...]]) -> list[T]:
        def watched(*arguments: object) -> T:
            result = function(*arguments)
            self._pass(f"{stage}: shard")
            return result

        self._pass(f"{stage}: before")
        return super().map(stage, watched, calls)

    def _pass(self, moment: str) -> None:
        with self._lock:
            self.moments.append(moment)
            struck = len(self.moments) - 1 == self._moment
        if struck and self._delay:
            self._sentence = threading.Timer(self._delay, os.kill, (os.getpid(), signal.SIGKILL))
            self._sentence.start()
        elif struck:
            os.kill(os.getpid(), signal.SIGKILL)

    def spare(self) -> None:
        """The run is over: a kill that is still to come would fall between what it says and its end."""
        if self._sentence is not None:
            self._sentence.cancel()


def live(settings: Settings, moment: int, delay: float) -> tuple[list[str], int]:
    """Run, unless killed; gives the moments that were passed, and how many shards were taken over."""
    engine = MortalEngine(settings.run, moment, delay)
    outcome = travel(settings, engine)
    engine.spare()
    return engine.moments, outcome.record.counts.taken_over


def main() -> None:
    """One line in, a run; one line out, what became of it."""
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            status = 1
            try:
                moments, taken = live(Settings.model_validate(order["settings"]), order["moment"], order["delay"])
                os.write(writing, json.dumps([moments, taken]).encode())
                status = 0
            finally:
                os._exit(status)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        moments, taken = json.loads(said) if said else ([], 0)
        answer = {"status": os.waitstatus_to_exitcode(status), "moments": moments, "taken": taken}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
