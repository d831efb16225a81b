"""Reading a corpus at one release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from pipeline.corpus.compare import Change, compared
from pipeline.corpus.location import table_uri
from pipeline.corpus.releases import Release, read_releases
from pipeline.corpus.scan import scan
from pipeline.corpus.schema import STAMP, TABLES
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
    def open(cls, path: str | Path, version: int | None = None) -> Corpus:
        """Open the corpus at ``path`` (a directory or a URL such as ``s3://bucket/prefix``).

        :param version: number of the release to read; None for the newest.
        :raises UsageError: there is no corpus at this place, or no such release.
        """
        releases = read_releases(path)
        if not releases:
            raise UsageError(
                f"{path} is no corpus, or its first run has not finished: "
                f"`copydesk run SOURCE --corpus {path}` makes one"
            )
        if version is None:
            return cls(str(path), releases[-1], releases)
        for known in releases:
            if known.number == version:
                return cls(str(path), known, releases)
        raise UsageError(
            f"corpus {path}: no release {version} (there are {releases[0].number} to {releases[-1].number})"
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

    def articles(
        self,
        columns: Sequence[str] | None = None,
        filter: ds.Expression | None = None,  # noqa: A002  # pyarrow's own word
        *,
        all_articles: bool = False,
    ) -> Iterator[pa.RecordBatch]:
        """The canonical articles in batches, in no promised order; memory does not grow with the corpus.

        :param all_articles: those that are not kept of their cluster as well; withdrawn ones never
        :raises UsageError: the release's files are no longer kept.
        """
        wanted = pc.is_null(pc.field("withdrawn"))
        if not all_articles:
            wanted &= pc.field("is_canonical")
        return self.batches("articles", columns, wanted if filter is None else wanted & filter)

    def lines(self, article_id: str) -> pa.Table:
        """All non-blank lines of one article's input in their order, each with kind, score and reason.

        :raises UsageError: there is no such article, or the release's files are no longer kept.
        """
        self._check_id(article_id)
        return self.table("lines", filter=pc.field("article_id") == article_id)

    def duplicates_of(self, id: str) -> pa.Table:  # noqa: A002  # the name of the field
        """The verified pairs of ``duplicates`` that one article or one paragraph is part of, most similar first.

        :raises UsageError: there is no such article or paragraph, or the release's files are no longer kept.
        """
        self._check_id(id.partition("-")[0])
        pairs = self.table("duplicates", filter=(pc.field("left_id") == id) | (pc.field("right_id") == id))
        return pairs.sort_by([("jaccard", "descending"), ("left_id", "ascending"), ("right_id", "ascending")])

    def changes(self, since: int) -> Iterator[Change]:
        """Articles that were added, changed (with the fields) or removed since release ``since``.

        Of withdrawn articles ``withdrawn`` has changed. ``run``, which only says who wrote a row, does not count.

        :raises UsageError: there is no such release before this one, or its files are no longer kept.
        """
        earlier = Corpus.open(self.path, since)
        if since > self.release.number:
            raise UsageError(f"corpus {self.path}: release {since} came after release {self.release.number}")
        columns = [name for name in TABLES["articles"].schema.names if name not in {STAMP, "first_run"}]
        before, after = (_rows(corpus.batches("articles", columns)) for corpus in (earlier, self))
        return (change for change, _ in compared(before, after))

    def _check_id(self, article_id: str) -> None:
        if not self.table("articles", ["id"], pc.field("id") == article_id).num_rows:
            raise UsageError(f"corpus {self.path}: no article {article_id!r} in release {self.release.number}")

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


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()
