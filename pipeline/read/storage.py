"""Local files and fsspec URLs behind one small face: where something lies, and opening it without being blocked."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
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
        filesystem, path = fsspec.core.url_to_fs(uri)
        with filesystem.open(path, "rb") as file:
            yield cast("BinaryIO", file)


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
