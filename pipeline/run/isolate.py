"""Work on a shard in a process of its own, and find the one document at fault when that process ends.

Not a pool of ``concurrent.futures``: one dead worker breaks it, and with it all that it was doing. Here a shard has one
worker (``pipeline.run.cell``) and one thread that waits for it, in whatever process the stage was called. When the
worker ends, another one takes up the shard behind the last finished piece, one document at a time up to the place where
the first one ended. The document at which the second one ends goes to quarantine.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from multiprocessing import current_process, get_context
from typing import TYPE_CHECKING, Any

from pipeline.errors import RunError
from pipeline.records import Fault
from pipeline.run.cell import NO_MEMORY, WAIT_FACTOR, Done, Failure, Limits, Order, live
from pipeline.run.pieces import START, Culprit, Mark, Piece, Position, Producer, Resume

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.settings import RunSettings

MOST_IN_A_ROW = 20
"""Culprits that may stand side by side; with more, it is not the documents' fault."""

ENDING_SECONDS = 10.0
"""How long a killed process may take to be gone."""

_OUT_OF_TIME = ("SIGPROF", "SIGALRM")
_TOLD_TO_STOP = ("SIGINT", "SIGTERM", "SIGHUP")


def can_isolate() -> bool:
    """Whether this process may start others; those that Dask's nannies start by default may not."""
    return not current_process().daemon


def isolated(
    producer: Producer, arguments: tuple[Any, ...], settings: RunSettings, resume: Resume = START
) -> Iterator[Mark | Piece | Done]:
    """The pieces of a shard, each once and in order, made in worker processes; between them, what they are working on;
    at last, what the worker cost that came to the end.

    :param resume: where to begin
    :raises RunError: workers keep ending, or were told to end.
    """
    limits = Limits(settings.document_seconds, settings.document_bytes)
    row: list[Position] = []
    blind = 0
    while True:
        mark = None
        cell = _Cell.take()
        try:
            for message in cell.work(Order(producer, arguments, resume, limits)):
                if isinstance(message, Mark):
                    mark = message
                else:
                    resume = replace(resume, at=message.after)
                yield message
            if cell.done:
                yield cell.done
                return
            ended = cell.ended()
        finally:
            cell.leave()
        if ended in _TOLD_TO_STOP:
            raise RunError(f"a worker process was told to stop ({ended}); run again: what is finished is kept")
        blind = blind + 1 if mark is None else 0
        if mark is not None:
            resume, known = _beware(resume, mark, ended, limits), resume.culprits
            for culprit in resume.culprits.keys() - known.keys():
                row = [*row, culprit] if row and culprit in _behind(row[-1]) else [culprit]
        if len(row) > MOST_IN_A_ROW or blind > 1:
            raise RunError(
                f"worker processes keep ending ({ended}), the last one {_where(mark)}: the machine or the limits "
                "(run.document_seconds, run.document_bytes) are at fault, or there is a mistake in the program; "
                "readers still see the release before"
            )


def _beware(resume: Resume, mark: Mark, ended: str, limits: Limits) -> Resume:
    """How to go on after a worker ended at ``mark``."""
    fault = _fault(ended)
    # Out of time is sure. All else is tried once more by itself: memory may have been short because of others.
    if mark.alone and (fault is Fault.TIMEOUT or mark.first < resume.alone_until):
        culprit = Culprit(mark.step, fault, _detail(mark, fault, ended, limits))
        return replace(resume, culprits={**resume.culprits, mark.first: culprit})
    return replace(resume, alone_until=_behind(mark.last)[0])


def _behind(position: Position) -> tuple[Position, Position]:
    """Where the next document may be: in the same file, or in the next."""
    file, item = position
    return (file, item + 1), (file + 1, 0)


def _fault(ended: str) -> Fault:
    if ended in _OUT_OF_TIME:
        return Fault.TIMEOUT
    # Nobody but the kernel, when memory is short, kills a worker that way and does it again.
    return Fault.OUT_OF_MEMORY if ended in ("SIGKILL", _status(NO_MEMORY)) else Fault.CRASHED


def _detail(mark: Mark, fault: Fault, ended: str, limits: Limits) -> str:
    step = {"read": "reading", "split": "splitting into lines", "label": "labelling", "assemble": "assembling"}
    match fault:
        case Fault.TIMEOUT:
            clock = f" (or waited {WAIT_FACTOR * limits.seconds:g} s)" if ended == "SIGALRM" else ""
            what = f"did not end within {limits.seconds:g} s{clock}; see run.document_seconds"
        case Fault.OUT_OF_MEMORY:
            what = f"needed more than {limits.memory:,} bytes of memory, or than there were; see run.document_bytes"
        case _:
            what = f"ended its process ({ended}); report the page"
    return f"{step[mark.step]} it {what}; --retry-quarantined tries it again"


def _where(mark: Mark | None) -> str:
    return "before its first document" if mark is None else f"at step {mark.step}"


def _status(code: int) -> str:
    return f"exit status {code}"


class _Cell:
    """A worker process, seen from the thread that waits for it."""

    _idle: list[_Cell] = []  # noqa: RUF012  # guarded by _lock; one list for all threads
    _lock = threading.Lock()

    def __init__(self) -> None:
        # Forked from a small process that has everything imported and no threads. Not from this one: it has threads
        # (progress, Arrow), and a forked copy of their locks can hang.
        context: Any = get_context("spawn" if sys.platform == "win32" else "forkserver")
        if sys.platform != "win32":
            context.set_forkserver_preload(["pipeline.run.warm"])
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=live, args=(theirs,), name="copydesk cell", daemon=True)
        self._process.start()
        theirs.close()
        self.done: Done | None = None

    @classmethod
    def take(cls) -> _Cell:
        """One that has nothing to do, or a new one."""
        while True:
            with cls._lock:
                cell = cls._idle.pop() if cls._idle else None
            if cell is None:
                return cls()
            if cell._process.is_alive():
                return cell
            cell._end()

    def work(self, order: Order) -> Iterator[Mark | Piece]:
        """What the worker says until it is done or ends."""
        self.done = None
        try:
            self._connection.send(order)
            while True:
                message = self._connection.recv()
                if isinstance(message, Done):
                    self.done = message
                    return
                if isinstance(message, Failure):
                    raise message.error
                yield message
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return

    def ended(self) -> str:
        """How the worker ended: the name of a signal, or its exit status."""
        self._process.join(ENDING_SECONDS)
        code = self._process.exitcode
        if code is not None and code < 0:
            return signal.Signals(-code).name
        return _status(code or 0)

    def leave(self) -> None:
        """Keep the worker for the next shard if this one is through, and end it if not."""
        if self.done:
            with self._lock:
                self._idle.append(self)
        else:
            self._end()

    def _end(self) -> None:
        self._connection.close()
        if self._process.is_alive():
            self._process.kill()
        self._process.join(ENDING_SECONDS)
        if self._process.exitcode is not None:
            self._process.close()


def _forget_in_child() -> None:
    """A forked copy of this process must not talk to its parent's workers."""
    _Cell._idle.clear()
    _Cell._lock = threading.Lock()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget_in_child)
