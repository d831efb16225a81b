"""Releases: the small table that is committed last and says which versions of the other tables belong together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from pipeline.corpus.location import table_uri
from pipeline.corpus.scan import scan
from pipeline.corpus.schema import RELEASES, SCHEMA_VERSION
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Release:
    """One published version of the corpus."""

    number: int
    """From 1, without gaps."""
    run: str
    created: str
    """ISO 8601, UTC."""
    tables: Mapping[str, int]
    """Table name to Delta version."""
    schema_version: int = SCHEMA_VERSION

    def to_table(self) -> pa.Table:
        """The release as a table of one row with the schema of ``releases``."""
        row = {
            "release": self.number,
            "run": self.run,
            "created": self.created,
            "tables": json.dumps(self.tables, sort_keys=True, separators=(",", ":")),
            "schema_version": self.schema_version,
        }
        return pa.Table.from_pylist([row], schema=RELEASES.schema)


def read_releases(corpus: str | Path) -> tuple[Release, ...]:
    """All releases, oldest first; empty where nothing has been published at this place yet.

    :raises UsageError: the place cannot be read, or a newer version of Copydesk wrote there.
    """
    uri = table_uri(corpus, RELEASES.name)
    try:
        return releases_in(DeltaTable(uri)) if DeltaTable.is_deltatable(uri) else ()
    except (OSError, DeltaError, pa.ArrowException) as error:
        raise UsageError(f"corpus {corpus}: cannot be read: {error}") from error


def releases_in(table: DeltaTable) -> tuple[Release, ...]:
    """All releases in the ``releases`` table as it was opened, oldest first.

    :raises UsageError: a newer version of Copydesk wrote there.
    """
    rows = scan(table, RELEASES.schema.names).to_table().sort_by("release").to_pylist()
    releases = tuple(
        Release(row["release"], row["run"], row["created"], json.loads(row["tables"]), row["schema_version"])
        for row in rows
    )
    if releases and releases[-1].schema_version > SCHEMA_VERSION:
        raise UsageError(
            f"corpus at {table.table_uri}: written with schema version {releases[-1].schema_version}, "
            f"this Copydesk knows {SCHEMA_VERSION}: upgrade Copydesk"
        )
    return releases


def newest_release(corpus: str | Path) -> Release | None:
    """The release that readers open unless they pin another; None before the first run has finished.

    :raises UsageError: as :func:`read_releases`.
    """
    releases = read_releases(corpus)
    return releases[-1] if releases else None
