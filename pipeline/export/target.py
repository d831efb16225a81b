"""Where an export goes: written beside its place under another name, and moved there when it is whole."""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

import zstandard

from pipeline.errors import RunError, UsageError

STDOUT = "-"

MARKER = ".copydesk-export.json"
"""Stands in a folder that an export has written, and lists its files."""


@contextmanager
def text_target(out: str) -> Iterator[IO[bytes]]:
    """A file (``.gz`` and ``.zst`` are compressed) or, for ``-``, standard output, to write bytes to.

    :raises UsageError: ``out`` is a folder or a URL.
    :raises RunError: it cannot be written.
    """
    if out == STDOUT:
        yield cast("IO[bytes]", sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    with file_target(out) as path, path.open("wb") as file:
        if out.endswith(".gz"):
            # No name and no time in the header: the same export gives the same bytes.
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
                yield cast("IO[bytes]", packed)
        elif out.endswith(".zst"):
            with zstandard.ZstdCompressor(level=9).stream_writer(file, closefd=False) as packed:
                yield cast("IO[bytes]", packed)
        else:
            yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def file_target(out: str) -> Iterator[Path]:
    """A path to write a file at; it becomes ``out`` when the block ends without an error.

    :raises UsageError: ``out`` is a folder, a URL or standard output.
    :raises RunError: it cannot be written.
    """
    place = _local(out)
    if place.is_dir():
        raise UsageError(f"--out {out} is a folder: name a file")
    with _temporary(place) as temporary:
        yield temporary
        temporary.replace(place)


@contextmanager
def folder_target(out: str) -> Iterator[Path]:
    """An empty folder to write files in; it becomes ``out`` when the block ends without an error.

    A folder that an earlier export wrote, and to which nobody has added anything, is replaced.

    :raises UsageError: ``out`` is a file, a URL, standard output, or a folder with other things in it.
    :raises RunError: it cannot be written.
    """
    place = _local(out)
    if place.exists() and not place.is_dir():
        raise UsageError(f"--out {out} is a file: this format writes a folder of files")
    if place.is_dir():
        _refuse_foreign(place)
    with _temporary(place) as temporary:
        temporary.mkdir()
        yield temporary
        names = sorted(path.name for path in temporary.iterdir())
        (temporary / MARKER).write_text(json.dumps({"files": names}, ensure_ascii=False), encoding="utf-8")
        if place.is_dir():
            place.rename(temporary.with_name("replaced"))
        temporary.rename(place)


def _local(out: str) -> Path:
    if out == STDOUT:
        raise UsageError("--out -: this format cannot be written to standard output; name a path")
    if "://" in out:
        raise UsageError(f"--out {out}: exports are written to local paths")
    return Path(out)


@contextmanager
def _temporary(place: Path) -> Iterator[Path]:
    """A name beside ``place`` that is cleared away whatever happens."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".copydesk-export-", dir=place.parent) as folder:
            yield Path(folder) / "export"
    except OSError as error:
        raise RunError(f"--out {place}: cannot be written: {error.strerror or error}") from error


def _refuse_foreign(place: Path) -> None:
    """:raises UsageError: the folder holds anything that an export has not written."""
    found = {path.name for path in place.iterdir()}
    ours: set[str] = set()
    with suppress(OSError, ValueError, KeyError, TypeError):
        ours = {MARKER, *json.loads((place / MARKER).read_text(encoding="utf-8"))["files"]}
    foreign = sorted(found - ours)
    if foreign:
        raise UsageError(
            f"--out {place} holds {foreign[0]!r}{' and others' if len(foreign) > 1 else ''}, "
            "which no export has written: name an empty or a new folder"
        )
