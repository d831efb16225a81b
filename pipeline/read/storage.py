"""Local files and fsspec URLs behind one small face: where something lies, and opening it without being blocked."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from pipeline.read.names import restore, storable

_LOCAL_SCHEMES = ("file://", "local://")


def is_local(source: str) -> bool:
    """Whether a SOURCE or a ``FileRef.uri`` names something on this machine's file systems."""
    return "://" not in source or source.startswith(_LOCAL_SCHEMES)


def local_path(source: str) -> str:
    """Give the absolute path of a local SOURCE; links are not resolved."""
    if source.startswith(_LOCAL_SCHEMES):
        source = str(LocalFileSystem._strip_protocol(source))
    # Not Path.resolve, which would follow links: the origin is what the person named.
    return os.path.abspath(Path(source).expanduser())  # noqa: PTH100


def local_uri(path: str) -> str:
    """Spell a local path as ``FileRef.uri``: the path itself, with what is not UTF-8 escaped reversibly."""
    return storable(path)


def remote_uri(source: str, path: str) -> str:
    """Spell the URI of ``path`` on the file system that the URL ``source`` names, also in chains (``zip://*::URL``)."""
    if "://" in path:
        return path  # HTTP file systems keep the scheme in their paths.
    head, chained, rest = source.partition("::")
    if chained and "://" not in head:
        # A caching layer such as ``simplecache::s3://...``: the path belongs to what it caches.
        return f"{head}::{remote_uri(rest, path)}"
    scheme = head.partition("://")[0]
    return f"{scheme}://{path}{chained}{rest}"


@contextmanager
def opened(uri: str) -> Iterator[BinaryIO]:
    """Open a ``FileRef.uri`` for reading, and close it in the end.

    :raises OSError: it is missing, unreadable, or no regular file; other errors come from remote file systems.
    """
    if is_local(uri):
        with os.fdopen(_descriptor(uri), "rb") as file:
            yield file
    else:
        # The file system must outlive the file: that of an archive closes the archive when it goes.
        filesystem, path = _filesystem(uri)
        with filesystem.open(path, "rb") as file:
            yield cast("BinaryIO", file)


class _Kept(threading.local):
    """The archive from which this thread read last, still open: members of one archive follow each other, and opening
    it reads its whole directory. Each thread has its own, since not every archive can be read by two at once."""

    key: tuple[int, str, str, str] | None = None
    filesystem: AbstractFileSystem | None = None


_kept = _Kept()


def _filesystem(uri: str) -> tuple[AbstractFileSystem, str]:
    """The file system of a URI, and the path on it."""
    head, _, archive = uri.partition("::")
    if not archive or "://" not in head:
        return cast("tuple[AbstractFileSystem, str]", fsspec.core.url_to_fs(uri))
    storage, place = fsspec.core.url_to_fs(archive)
    # An archive that was written again is another one: its key has its size and its time in it. A process that was
    # forked shares the place in the open file with the one it was forked from.
    key = (os.getpid(), head.partition("://")[0], archive, str(storage.ukey(place)))
    if _kept.filesystem is None or _kept.key != key:
        _kept.filesystem, _kept.key = fsspec.core.url_to_fs(uri)[0], key
    return _kept.filesystem, str(_kept.filesystem._strip_protocol(head))


def first_bytes(uri: str, size: int) -> bytes:
    """What a local file begins with, at most ``size`` bytes: without a file object, which costs as much again.

    :raises OSError: as ``opened``
    """
    descriptor = _descriptor(uri)
    try:
        return os.read(descriptor, size)
    finally:
        os.close(descriptor)


def _descriptor(uri: str) -> int:
    # Without O_NONBLOCK, opening a FIFO that took the file's place since it was listed would wait for ever.
    descriptor = os.open(restore(uri), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("it is not a regular file")
    return descriptor
