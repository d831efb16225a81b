"""What of a corpus must be on the disk before a release names it.

delta-rs leaves its files to the system's cache. After a loss of power a later file may be there and an earlier one not:
a release would name versions of tables whose rows or log entries are gone. So all that commits wrote is synced before
the release is committed, and the release's own commit after it. Object stores keep what they have acknowledged.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from pipeline.corpus.location import local_folder
from pipeline.disk import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deltalake import DeltaTable

_LOG: Final = "_delta_log"
_WRITTEN: Final = ("add", "cdc")
"""Actions of the log that name a file of the table (Delta transaction protocol, "Actions")."""


def sync_commits(table: DeltaTable, since: int) -> None:
    """Sync what the table's commits after version ``since`` (-1: all of them) wrote, their log entries included."""
    folder = local_folder(unquote(table.table_uri))
    if folder is None or table.version() == since:
        return
    entries = [folder / _LOG / f"{version:020}.json" for version in range(since + 1, table.version() + 1)]
    files = {folder / name for entry in entries for name in _files_of(entry)}
    log = [*entries, *(folder / _LOG).glob("*checkpoint*")]
    for path in (*sorted(files), *log):
        if path.exists():  # a file that a later commit replaced may have been vacuumed
            sync_file(path)
    for parent in sorted({path.parent for path in (*files, *log)} | {folder, folder.parent}):
        sync_folder(parent)


def _files_of(entry: Path) -> Iterator[str]:
    """Paths in the table's folder that one commit wrote."""
    with entry.open(encoding="utf-8") as lines:
        for action in map(json.loads, lines):
            yield from (unquote(action[kind]["path"]) for kind in _WRITTEN if kind in action)
