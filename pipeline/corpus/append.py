"""Adding rows to an empty Delta table piece by piece, so that no more is held than one row group.

Delta's own writer keeps a file of up to 100 MB in memory until it is whole, deals batches out to as many threads as
there are processors, and writes them in the order in which they come back. Here Arrow writes Parquet files in the order
of the pieces, and one commit names them, with the statistics that let readers skip files. A file that no commit names
is nobody's: readers do not see it, and maintenance removes it.
"""

from __future__ import annotations

import json
import time
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import uuid4

import fsspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction, RemoveAction

from pipeline.corpus.location import local_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from deltalake import CommitProperties, DeltaTable

GROUP_ROWS = 65_536
"""Rows of a row group, at most, in files that Delta writes (``publish.FILES``), too."""

GROUP_BYTES = 16 << 20
"""... and their bytes before they are encoded, about."""

FILE_BYTES = 100 << 20
"""A file that has so many is followed by another one: Delta's own measure."""

STATISTICS_FIELDS = 32
"""A commit tells the bounds of so many fields, the first ones: Delta's default."""

ZSTD_LEVEL = 1
"""Likewise."""


def append_pieces(opened: DeltaTable, pieces: Iterable[pa.Table], schema: pa.Schema, commit: CommitProperties) -> None:
    """Write pieces, in their order, and commit them as one version.

    :raises OSError: the storage failed; the table is as it was. :raises DeltaError: the commit failed; likewise.
    """
    groups = _groups(pieces)
    actions: list[AddAction | RemoveAction] = []
    group = next(groups, None)
    while group is not None:
        name = f"part-{len(actions):05d}-{uuid4()}-c000.zstd.parquet"
        bounds = _Bounds(schema)
        with _file(opened.table_uri, name) as file:
            with pq.ParquetWriter(file, schema, compression="zstd", compression_level=ZSTD_LEVEL) as writer:
                while group is not None and file.tell() < FILE_BYTES:
                    bounds.add(group)
                    writer.write_table(group, row_group_size=group.num_rows)
                    group = next(groups, None)
            size = file.tell()
        now = time.time_ns() // 1_000_000
        actions.append(AddAction(name, size, {}, now, data_change=True, stats=bounds.to_json()))
    before = opened.version()
    opened.create_write_transaction(actions, "append", opened.schema(), commit_properties=commit)
    opened.load_as_version(before + 1)


def _groups(pieces: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in the tables that become row groups."""
    held: list[pa.Table] = []
    for piece in pieces:
        begin = 0
        while begin < piece.num_rows:
            room = GROUP_ROWS - sum(table.num_rows for table in held)
            held.append(piece.slice(begin, room))
            begin += room
            if sum(table.num_rows for table in held) == GROUP_ROWS:
                yield pa.concat_tables(held)
                held = []
        if sum(table.nbytes for table in held) >= GROUP_BYTES:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def _file(table: str, name: str) -> AbstractContextManager[IO[bytes]]:
    """A new file of a table; it is synced with all else that a release names (``durable``)."""
    folder = local_folder(unquote(table))
    if folder is None:
        opened: AbstractContextManager[IO[bytes]] = fsspec.open(f"{table.rstrip('/')}/{name}", "wb")
        return opened
    return (folder / name).open("wb")


class _Bounds:
    """What a commit says of the rows of a file (Delta transaction protocol, "Per-file Statistics").

    Said of the same fields as Delta's own writer says it of, and never cut: where of two files only one has bounds of a
    field, readers that ask for values of that field skip the other.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._names = [
            field.name
            for field in list(schema)[:STATISTICS_FIELDS]
            if not pa.types.is_nested(field.type) and not pa.types.is_binary(field.type)
        ]
        self._rows = 0
        self._nulls = dict.fromkeys(self._names, 0)
        self._least: dict[str, Any] = {}
        self._most: dict[str, Any] = {}

    def add(self, rows: pa.Table) -> None:
        """Rows that are written."""
        self._rows += rows.num_rows
        for name in self._names:
            self._nulls[name] += rows[name].null_count
            ends = pc.min_max(rows[name]).as_py()
            if ends["min"] is not None:
                self._least[name] = min(self._least.get(name, ends["min"]), ends["min"])
                self._most[name] = max(self._most.get(name, ends["max"]), ends["max"])

    def to_json(self) -> str:
        """Of all rows that were added."""
        said = {"numRecords": self._rows, "minValues": self._least, "maxValues": self._most, "nullCount": self._nulls}
        return json.dumps(said, ensure_ascii=False)
