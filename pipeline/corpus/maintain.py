"""Maintenance: small files made into large ones, and files that no kept release needs taken away.

Delta writes a file for every commit; readers of a corpus that grew night by night would open hundreds. Compaction
changes no row, so it is published as a release of its own, with the run of the release before. The table of releases,
which every reader opens first, has a file for each of them, and is compacted last. Retention removes data files only: a
release whose files are gone stays listed, and opening it says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import fsspec
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from pipeline.corpus.durable import sync_commits
from pipeline.corpus.location import table_uri
from pipeline.corpus.lock import corpus_lock
from pipeline.corpus.publish import FILES, republish
from pipeline.corpus.releases import read_releases, releases_in
from pipeline.corpus.schema import DATA_TABLES, RELEASES
from pipeline.errors import RunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Set
    from pathlib import Path

SMALL_FILES = 4
"""A table of fewer files is not compacted: it would be written anew after every run for nothing."""
GRACE = timedelta(hours=24)
"""Files younger than this stay: in an object store, where nothing locks, a run may be about to publish them."""


@dataclass(frozen=True, slots=True)
class Maintained:
    """What was done."""

    release: int
    """The newest release afterwards."""
    compacted: tuple[str, ...]
    """Tables whose files were rewritten."""
    removed_files: int
    removed_bytes: int
    oldest: int
    """The oldest release that can still be read."""


def maintain(corpus: str | Path, keep: int, grace: timedelta = GRACE) -> Maintained:
    """Compact the tables of a corpus, and remove the files that none of its newest ``keep`` releases names.

    :param keep: releases that stay readable, the one of the compaction included; at least 1
    :param grace: files younger than this stay whatever they are
    :raises UsageError: there is no corpus. :raises RunError: a run holds it, or the storage failed; nothing that a kept
        release names was touched.
    """
    if keep < 1:
        raise UsageError(f"--keep {keep}: at least one release must stay readable")
    if not read_releases(corpus):
        raise UsageError(f"{corpus} is no corpus: there is nothing to maintain")
    with corpus_lock(corpus):
        try:
            compacted: list[str] = []
            republish(corpus, lambda name, table: compacted.append(name) if _compact(table) else None)
            listed = DeltaTable(table_uri(corpus, RELEASES.name))
            if _compact_releases(listed):
                compacted.append(RELEASES.name)
            releases = releases_in(listed)
            kept = releases[-keep:]
            versions = {RELEASES.name: {listed.version()}} | {
                table.name: {release.tables[table.name] for release in kept if table.name in release.tables}
                for table in DATA_TABLES
            }
            sizes = [size for name, own in versions.items() for size in _sweep(corpus, name, own, grace)]
        except (OSError, DeltaError) as error:
            raise RunError(
                f"corpus {corpus}: maintenance failed; no release that is kept was touched: {error}"
            ) from error
    return Maintained(releases[-1].number, tuple(compacted), len(sizes), sum(sizes), kept[0].number)


def _compact(table: DeltaTable) -> bool:
    """Whether there was anything to do."""
    if len(table.file_uris()) < SMALL_FILES:
        return False
    done: Any = table.optimize.compact(writer_properties=FILES)
    metrics = json.loads(done) if isinstance(done, str) else done
    return bool(metrics["numFilesRemoved"])


def _compact_releases(listed: DeltaTable) -> bool:
    """Whether there was anything to do. Every reader opens this table first, at its newest version."""
    before = listed.version()
    done = _compact(listed)
    listed.update_incremental()
    sync_commits(listed, before)
    return done


def _sweep(corpus: str | Path, name: str, versions: Set[int], grace: timedelta) -> list[int]:
    """Remove data files of one table that none of these versions of it names; their sizes in bytes."""
    uri = table_uri(corpus, name)
    named = {
        unquote(path).rpartition("/")[2]
        for version in versions
        for path in DeltaTable(uri, version=version).file_uris()
    }
    storage, root = fsspec.core.url_to_fs(uri)
    removed = []
    youngest = datetime.now(UTC) - grace
    for path in sorted(storage.glob(f"{root}/*.parquet")):
        if path.rpartition("/")[2] in named:
            continue
        modified = storage.modified(path)
        if modified.replace(tzinfo=modified.tzinfo or UTC) > youngest:  # some storages leave the zone out
            continue
        removed.append(int(storage.size(path)))
        storage.rm_file(path)
    return removed
