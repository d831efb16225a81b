"""The worker process that touches documents: it may hang, crash or run out of memory, and takes one of them with it.

Both limits are the kernel's, because no Python code runs while a C parser does not return: a timer whose signal ends
the process (``setitimer(2)``; processor time, and five times as much of the clock for a document that only waits), and
a limit on private memory (``RLIMIT_DATA``, ``getrlimit(2)``), at which allocations fail. They hold on Linux; on macOS
the timer does. A cell whose driver was killed ends by itself: after its document, when nobody takes the result, or by
the timer.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import RunError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from pipeline.run.pieces import Mark, Producer, Resume

IDLE_SECONDS = 10.0
"""A cell without work ends after this time: two stages of one run follow each other faster."""

WAIT_FACTOR = 5
"""A document may take this many times its processor time on the clock: machines are busy and storage is slow."""

NO_MEMORY = 77
"""Exit status of a cell whose allocation failed where no document could be blamed inside it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost."""

    seconds: float
    """Processor time."""
    memory: int
    """Bytes beyond what the process has before it begins."""


@dataclass(frozen=True, slots=True)
class Order:
    """A shard to work on."""

    producer: Producer
    arguments: tuple[Any, ...]
    resume: Resume
    limits: Limits


@dataclass(frozen=True, slots=True)
class Done:
    """The shard is through."""

    cpu_seconds: float
    """Processor time of this process for it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The run cannot go on: storage failed, or there is a mistake in the program."""

    error: Exception


def live(connection: Connection) -> None:
    """Take orders until nobody gives any. Sends ``Mark`` and ``Piece`` records, then ``Done`` or ``Failure``."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_DFL)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while connection.poll(IDLE_SECONDS):
            _obey(connection.recv(), connection)


def _obey(order: Order, connection: Connection) -> None:
    def mark(what: Mark) -> None:
        _set_timer(0)  # a driver that is slow to listen is no fault of the document before
        connection.send(what)
        _set_timer(order.limits.seconds)

    begin = time.process_time()
    try:
        _limit_memory(order.limits.memory)
        for piece in order.producer(*order.arguments, order.resume, mark):
            _set_timer(0)
            connection.send(piece)
    except MemoryError:
        os._exit(NO_MEMORY)  # the driver finds the document; nothing that allocates can be done here
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:
        _set_timer(0)
        connection.send(Failure(_portable(error)))
    else:
        _set_timer(0)
        connection.send(Done(time.process_time() - begin))


def _portable(error: Exception) -> Exception:
    """The error, if it survives being sent; its place in the program goes along as a note."""
    trace = "".join(traceback.format_exception(error))
    try:
        error.add_note(f"in a worker process:\n{trace}")
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RunError(f"{type(error).__name__}: {error}\n{trace}")
    return error


def _set_timer(seconds: float) -> None:
    """End this process when it has worked so long, or has existed ``WAIT_FACTOR`` times so long; 0: never."""
    if sys.platform == "win32":
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, WAIT_FACTOR * seconds)


def _limit_memory(more: int) -> None:
    """Let this process have so many bytes more than now."""
    if sys.platform != "linux":  # elsewhere the limit is not kept by the kernel, or what is in use is not told
        return
    import resource  # noqa: PLC0415  # only there on Unix

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
