"""Reading a corpus at one release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from pipeline.corpus.location import table_uri
from pipeline.corpus.releases import Release, read_releases
from pipeline.corpus.scan import scan
from pipeline.corpus.schema import TABLES
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

BATCH_ROWS = 10_000
"""Rows in a batch of :meth:`Corpus.batches`, at most: a few MB of text."""


class Corpus:
    """A corpus opened at one release; runs that publish meanwhile change nothing that is read through it."""

    def __init__(self, path: str, release: Release, releases: tuple[Release, ...]) -> None:
        self.path = path
        self.release = release
        """The release that is open."""
        self._releases = releases
        self._tables: dict[str, DeltaTable] = {}

    @classmethod
    def open(cls, path: str | Path, release: int | None = None) -> Corpus:
        """Open the corpus at ``path`` (a directory or a URL such as ``s3://bucket/prefix``).

        :param release: number of the release to read; None for the newest.
        :raises UsageError: there is no corpus at this place, or no such release.
        """
        releases = read_releases(path)
        if not releases:
            raise UsageError(
                f"{path} is no corpus, or its first run has not finished: "
                f"`copydesk run SOURCE --corpus {path}` makes one"
            )
        if release is None:
            return cls(str(path), releases[-1], releases)
        for known in releases:
            if known.number == release:
                return cls(str(path), known, releases)
        raise UsageError(
            f"corpus {path}: no release {release} (there are {releases[0].number} to {releases[-1].number})"
        )

    def releases(self) -> tuple[Release, ...]:
        """All releases there were when the corpus was opened, oldest first."""
        return self._releases

    def table(self, name: str, columns: Sequence[str] | None = None, filter: ds.Expression | None = None) -> pa.Table:  # noqa: A002  # pyarrow's own word
        """One table at this release, rows in the order of the table's key.

        :param columns: fields to read, None for all; :param filter: a pyarrow expression over any fields.
        :raises UsageError: the release's files are no longer kept.
        """
        table = TABLES[name]
        wanted = list(columns) if columns is not None else table.schema.names
        if name not in self.release.tables:  # a release of an earlier schema version, which did not have the table
            return pa.schema([table.schema.field(column) for column in wanted]).empty_table()
        # Delta promises no order of rows; sorting by key makes what is read depend on the content alone.
        read = [*wanted, *(key for key in table.key if key not in wanted)]
        try:
            rows = scan(self.delta(name), read, filter).to_table()
        except OSError as error:
            raise self._gone(error) from error
        return rows.sort_by([(key, "ascending") for key in table.key]).select(wanted)

    def batches(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        filter: ds.Expression | None = None,  # noqa: A002  # pyarrow's own word
        batch_rows: int = BATCH_ROWS,
    ) -> Iterator[pa.RecordBatch]:
        """One table at this release in batches of at most ``batch_rows`` rows, in no promised order.

        :raises UsageError: the release's files are no longer kept.
        """
        wanted = list(columns) if columns is not None else TABLES[name].schema.names
        try:
            scanner = scan(self.delta(name), wanted, filter, batch_rows)
            for batch in scanner.to_batches():
                if batch.num_rows:
                    yield batch
        except OSError as error:
            raise self._gone(error) from error

    def delta(self, name: str) -> DeltaTable:
        """The Delta table itself, at the version that belongs to this release.

        :raises UsageError: that version is no longer kept.
        """
        if name not in self._tables:
            try:
                self._tables[name] = DeltaTable(table_uri(self.path, name), version=self.release.tables[name])
            except (OSError, DeltaError) as error:
                raise self._gone(error) from error
        return self._tables[name]

    def _gone(self, error: Exception) -> UsageError:
        return UsageError(f"corpus {self.path}: release {self.release.number} is no longer kept whole: {error}")
