"""Publishing: the changes of one run over all tables become one release, or nothing does.

Delta commits one table at a time. What holds a run together is that readers open the table versions named by the newest
row of ``releases``, and that this row is committed last. A run that dies in between leaves commits that no release
names; the next publishing first restores each table to the version its newest release names. Version 0 of every table
is empty, so that there is a version to go back to before the first release, too.

Every commit is made without Delta's automatic retries: it fails if anyone else has committed to that table since it was
opened. Two runs that publish at once, on any storage, thus cannot mix their rows: at least one of them gives up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from pipeline.corpus.append import GROUP_ROWS, ZSTD_LEVEL, append_pieces
from pipeline.corpus.changes import Changes, Difference, TableChange, difference
from pipeline.corpus.durable import sync_commits
from pipeline.corpus.location import local_folder, table_uri
from pipeline.corpus.releases import Release, releases_in
from pipeline.corpus.schema import DATA_TABLES, RELEASES, RUNS, Table
from pipeline.errors import RunError
from pipeline.memory import give_back

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.corpus.runs import RunRecord

_CONFIGURATION = {
    # Consumers ask Delta itself for the rows that changed since a version.
    "delta.enableChangeDataFeed": "true",
    # Delta's default drops log entries after 30 days, and with them the versions that old releases name.
    "delta.enableExpiredLogCleanup": "false",
}

_EXCLUSIVE = CommitProperties(max_commit_retries=0)  # see the module's docstring

FILES = WriterProperties(compression="ZSTD", compression_level=ZSTD_LEVEL, max_row_group_size=GROUP_ROWS)
"""A row group is held while it is written: Delta's default of a million rows took a third of a first run's memory.
Zstandard takes a fifth less room than Delta's default, Snappy, and no more time."""

_GONE = "_gone"
"""Column of a merge's source that marks the rows to take out."""


def publish(
    corpus: str | Path,
    changes: Changes,
    run: RunRecord,
    expected_release: int,
    before_commit: Callable[[str], None] | None = None,
) -> int:
    """Apply ``changes`` to all tables, record ``run``, and publish the result as one release.

    Only rows that truly differ are written; a table in which nothing differs keeps its version. A run that changes
    nothing is recorded and gives a release as well.

    :param expected_release: number of the release the changes were computed against; 0 for a new corpus.
    :param before_commit: called with the table's name before each commit (for progress, and for tests of crashes).
    :returns: the number of the new release.
    :raises RunError: another run published meanwhile, or the storage failed; readers still see the release before.
    :raises ValueError: the changes do not fit the schema; nothing was written.
    """
    watch = before_commit or _nothing
    number = expected_release
    try:
        folder = local_folder(corpus)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        # Opened before anything is read: a release that another run publishes from now on makes the last commit fail.
        releases = _opened(corpus, RELEASES)
        newest = next(reversed(releases_in(releases)), None)
        number = newest.number if newest else 0
        if number != expected_release:
            raise RunError(
                f"corpus {corpus}: another run published release {number} while this one worked on release "
                f"{expected_release}: nothing was changed; run again"
            )
        tables = {table.name: _settled(corpus, table, newest) for table in DATA_TABLES}
        wanted = [*changes.items(), (RUNS, TableChange(upsert=run.to_table(number + 1)))]
        # All differences are taken before anything is written: changes that do not fit stop the run here.
        differences = [(table, difference(table, change, tables[table.name])) for table, change in wanted]
        for table, change in differences:
            if change:
                watch(table.name)
                give_back()  # what was freed before; writing needs as much again
                _write(table, tables[table.name], change)
        versions = {name: table.version() for name, table in tables.items()}
        release = Release(number + 1, run.run, datetime.now(UTC).isoformat(timespec="seconds"), versions)
        watch(RELEASES.name)
        _commit(releases, release, tables, newest)
    except CommitFailedError as error:
        raise RunError(
            f"corpus {corpus}: another run is publishing at the same moment; readers still see release {number}; "
            f"run again ({error})"
        ) from error
    except (OSError, DeltaError, pa.ArrowException) as error:
        raise RunError(
            f"corpus {corpus}: publishing failed; readers still see release {number}; "
            f"mend the storage and run again: {error}"
        ) from error
    return release.number


def republish(corpus: str | Path, rewrite: Callable[[str, DeltaTable], object]) -> int:
    """Let ``rewrite`` commit to the data tables without changing a row, and publish what it left as a release.

    :param rewrite: is given the name of each table and the table, settled on the newest release
    :returns: the number of the newest release: one more, unless nothing was committed.
    :raises RunError: another run is publishing, or the storage failed; readers still see the release before.
    """
    releases = _opened(corpus, RELEASES)
    newest = releases_in(releases)[-1]
    try:
        tables = {table.name: _settled(corpus, table, newest) for table in DATA_TABLES}
        for name, table in tables.items():
            rewrite(name, table)
            table.update_incremental()
        versions = {name: table.version() for name, table in tables.items()}
        if versions == dict(newest.tables):
            return newest.number
        release = Release(newest.number + 1, newest.run, datetime.now(UTC).isoformat(timespec="seconds"), versions)
        _commit(releases, release, tables, newest)
    except (CommitFailedError, OSError, DeltaError) as error:
        raise RunError(f"corpus {corpus}: readers still see release {newest.number}: {error}") from error
    return release.number


def _nothing(_: str) -> None:
    """No one watches."""


def _opened(corpus: str | Path, table: Table) -> DeltaTable:
    """The table at its newest version; made, empty, where there is none."""
    uri = table_uri(corpus, table.name)
    if DeltaTable.is_deltatable(uri):
        return DeltaTable(uri)
    return DeltaTable.create(
        uri,
        table.schema,
        name=table.name,
        description=f"one row per {table.row}",
        configuration=_CONFIGURATION,
    )


def _named(newest: Release | None, table: str) -> int | None:
    """The version of a table that the newest release names; None if none does, as before the table's first release."""
    return newest.tables.get(table) if newest else None


def _settled(corpus: str | Path, table: Table, newest: Release | None) -> DeltaTable:
    """The table, brought back to what the newest release names if a run died after writing to it."""
    opened = _opened(corpus, table)
    named = _named(newest, table.name) or 0
    if opened.version() < named:
        raise RunError(
            f"corpus {corpus}: table {table.name} is at version {opened.version()}, but a release names version "
            f"{named}: the table was damaged or replaced; restore it from a backup"
        )
    if opened.version() > named:
        opened.restore(named, commit_properties=_EXCLUSIVE)
    return opened


def _commit(releases: DeltaTable, release: Release, tables: Mapping[str, DeltaTable], newest: Release | None) -> None:
    """Make the release what readers see; it and all that it names survive a loss of power."""
    for name, table in tables.items():
        named = _named(newest, name)
        sync_commits(table, -1 if named is None else named)
    before = releases.version() if newest else -1
    _append(releases, release.to_table())
    sync_commits(releases, before)


def _write(table: Table, opened: DeltaTable, change: Difference) -> None:
    """One commit that makes the difference."""
    if not isinstance(change.new, pa.Table):
        append_pieces(opened, change.new, table.schema, _EXCLUSIVE)
        return
    if not change.changed.num_rows and not change.gone.num_rows:
        _append(opened, change.new)
        return
    loose = pa.schema([item.with_nullable(True) for item in table.schema])  # rows to take out have nothing but a key
    upserts = pa.concat_tables([change.changed, change.new]).cast(loose)
    gone = pa.Table.from_arrays(
        [
            change.gone[item.name] if item.name in table.key else pa.nulls(change.gone.num_rows, item.type)
            for item in loose
        ],
        schema=loose,
    )
    marks = pa.array([False] * upserts.num_rows + [True] * gone.num_rows)
    source = pa.concat_tables([upserts, gone]).append_column(_GONE, marks)
    (
        opened.merge(
            source,
            " AND ".join(f'target."{name}" = source."{name}"' for name in table.key),
            source_alias="source",
            target_alias="target",
            # With the source at hand, Delta skips files whose minima and maxima rule a match out.
            streamed_exec=False,
            commit_properties=_EXCLUSIVE,
            writer_properties=FILES,
        )
        .when_matched_delete(f"source.{_GONE}")
        .when_matched_update_all(except_cols=[_GONE])
        .when_not_matched_insert_all(predicate=f"NOT source.{_GONE}", except_cols=[_GONE])
        .execute()
    )


def _append(opened: DeltaTable, rows: pa.Table) -> None:
    write_deltalake(opened, rows, mode="append", commit_properties=_EXCLUSIVE, writer_properties=FILES)
