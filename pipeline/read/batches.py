"""Batches in an inbox: a folder is complete when whoever fills it has put a marker into it, and is announced once.

Both markers are files in the batch's folder, so that what is known about a batch lies where the batch lies: it survives
restarts, and a batch that is removed is forgotten. They are no inputs (``pipeline.read.find``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import fsspec

from pipeline.errors import UsageError
from pipeline.read.storage import is_local, local_path, remote_uri

if TYPE_CHECKING:
    from collections.abc import Iterable

COMPLETE = "_COMPLETE"
"""Written last by whoever fills a batch: nothing is added to it any more."""
ANNOUNCED = "_ANNOUNCED"
"""Written by ``remember``; to have a batch announced again, remove this file."""
MARKERS = frozenset({COMPLETE, ANNOUNCED})


@dataclass(frozen=True, slots=True)
class Batch:
    """A folder directly below an inbox."""

    name: str
    uri: str
    """As a SOURCE names it: a path or an fsspec URL, always spelt the same way."""
    markers: frozenset[str]
    """Those of ``MARKERS`` that are in it."""


def list_batches(inbox: str) -> tuple[Batch, ...]:
    """The folders directly below ``inbox``, sorted by name; hidden ones are left out.

    What is in a batch is not listed: asking for two names costs the same whether it holds ten files or a million.

    :raises UsageError: ``inbox`` does not exist or is no folder. :raises OSError: the storage failed.
    """
    if not inbox.strip():
        raise UsageError("no inbox is named: give a folder or an fsspec URL")
    place = local_path(inbox) if is_local(inbox) else inbox
    storage, root = fsspec.core.url_to_fs(place)
    storage.invalidate_cache()
    if not storage.isdir(root):
        raise UsageError(
            f"inbox {inbox} is no folder: create it, or name another one; in an object store a folder is there as soon "
            "as a file is in it (.keep will do)"
        )
    entries = storage.ls(root, detail=True)
    found = []
    for entry in entries:
        path = str(entry["name"]).rstrip("/")
        name = path.rpartition("/")[2]
        if entry["type"] != "directory" or name.startswith("."):
            continue
        markers = frozenset(marker for marker in MARKERS if storage.exists(f"{path}/{marker}"))
        found.append(Batch(name, path if is_local(inbox) else remote_uri(inbox, path), markers))
    return tuple(sorted(found, key=lambda batch: batch.name))


def to_announce(batches: Iterable[Batch]) -> tuple[Batch, ...]:
    """Those that are complete and of which nobody was told yet."""
    return tuple(batch for batch in batches if COMPLETE in batch.markers and ANNOUNCED not in batch.markers)


def remember(batch: Batch) -> None:
    """Note in the batch's folder that it was announced.

    :raises OSError: the inbox cannot be written to; the batch will be announced again.
    """
    storage, path = fsspec.core.url_to_fs(batch.uri)
    storage.pipe_file(f"{path}/{ANNOUNCED}", b"")
