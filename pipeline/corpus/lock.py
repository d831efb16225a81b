"""One run at a time on a corpus in a local directory.

The operating system's own file lock (``flock``) is what excludes: it is gone the moment its process is, so a lock left
by a dead run can neither block nor be stolen in a race. What the file says only names the holder for people. In object
stores there is no such lock: there, publishing itself refuses the second run (see :mod:`pipeline.corpus.publish`).
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.corpus.location import local_folder
from pipeline.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_FILE = ".copydesk.lock"


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a corpus, or that held it when it died."""

    pid: int
    host: str
    started: str
    """When it took the lock, ISO 8601, UTC."""


@contextlib.contextmanager
def corpus_lock(corpus: str | Path, name: str = "") -> Iterator[Holder | None]:
    """Hold the corpus for the length of the ``with`` block; gives the dead run whose lock was taken over, if any.

    :param name: what messages call it, if not by its folder.
    :raises RunError: a live run holds it; the message names its process, host and start.
    """
    folder, name = local_folder(corpus), name or str(corpus)
    if folder is None or sys.platform == "win32":  # no flock there; publishing still refuses a second run
        yield None
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RunError(f"corpus {name}: cannot be written: {error.strerror or error}") from error
    try:
        if not _taken(lock):
            raise RunError(f"corpus {name} is in use by {_described(_read(lock))}: wait for it, or stop it")
        dead = _read(lock)
        _HELD.add(lock)
        _write(lock, json.dumps(asdict(Holder(os.getpid(), socket.gethostname(), _now()))).encode())
        try:
            yield dead
        finally:
            _HELD.discard(lock)
            _write(lock, b"")  # a file that names nobody tells a finished run from one that died
    finally:
        os.close(lock)


_HELD: set[int] = set()


def _let_go_in_child() -> None:
    """Close the locks a forked worker inherited: a worker that outlives its killed run must not hold the corpus."""
    for lock in _HELD:
        with contextlib.suppress(OSError):
            os.close(lock)
    _HELD.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_let_go_in_child)


def _taken(lock: int) -> bool:
    """Take the lock if nobody has it."""
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415  # only there on Unix

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: publishing still refuses a second run
    return True


def _read(lock: int) -> Holder | None:
    os.lseek(lock, 0, os.SEEK_SET)
    try:
        said = json.loads(os.read(lock, 4096))
        return Holder(int(said["pid"]), str(said["host"]), str(said["started"]))
    except (ValueError, KeyError, TypeError):
        return None


def _write(lock: int, said: bytes) -> None:
    os.ftruncate(lock, 0)
    os.lseek(lock, 0, os.SEEK_SET)
    os.write(lock, said)


def _described(holder: Holder | None) -> str:
    if holder is None:
        return "another run"
    return f"another run (process {holder.pid} on {holder.host}, since {holder.started})"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
