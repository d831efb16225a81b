"""How far a run is: workers leave counts in small files, the driver adds them up and shows them.

Files, because they work the same for threads, processes and machines that share the work directory.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

BEAT_SECONDS = 0.5
"""How often a worker writes its count, and the driver adds up."""


class Beat:
    """A worker's count of finished items."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0
        self._due = 0.0

    def reach(self, count: int) -> None:
        """So many items are done."""
        self._count = count
        now = time.monotonic()
        if now >= self._due:
            self._due = now + BEAT_SECONDS
            self._write()

    def close(self, count: int) -> None:
        """The shard, of so many items, is done."""
        self._count = count
        self._write()

    def _write(self) -> None:
        self._path.write_text(str(self._count), encoding="ascii")


class Observer(Protocol):
    """Shows progress to a person."""

    def update(self, stage: str, done: int, total: int) -> None:
        """``done`` of ``total`` items of ``stage`` are finished."""
        ...


_OBSERVERS: ContextVar[tuple[Observer, ...]] = ContextVar("observers", default=())


@contextmanager
def observed_by(observer: Observer) -> Iterator[None]:
    """Within the block, ``observer`` is told how far a run is, besides those that are told already.

    A context variable, because a scheduler that calls the run cannot pass an observer through its parameters.
    """
    token = _OBSERVERS.set((*_OBSERVERS.get(), observer))
    try:
        yield
    finally:
        _OBSERVERS.reset(token)


@contextmanager
def watched(stage: str, total: int, folder: Path) -> Iterator[None]:
    """While the block runs, tell all observers about every change in the sum of the counts in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    finished = threading.Event()
    observers = _OBSERVERS.get()

    def tell(done: int) -> None:
        for observer in observers:
            observer.update(stage, done, total)

    tell(0)

    def follow() -> None:
        shown = 0
        while not finished.wait(BEAT_SECONDS):
            done = _sum(folder)
            if done != shown:
                shown = done
                tell(done)

    thread = threading.Thread(target=follow, name=f"progress of {stage}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
    tell(total)


def _sum(folder: Path) -> int:
    done = 0
    for path in folder.iterdir():
        text = path.read_text(encoding="ascii")
        done += int(text) if text.isdigit() else 0  # a count that is just being written is empty
    return done
