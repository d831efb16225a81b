"""Reading rows of one Delta table through Arrow, with a filter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs

from pipeline.corpus.location import local_folder

if TYPE_CHECKING:
    from deltalake import DeltaTable


def scan(
    table: DeltaTable,
    columns: Sequence[str],
    filter: ds.Expression | None = None,  # noqa: A002  # pyarrow's own word
    batch_rows: int = 131_072,
    *,
    asked: Collection[str] | None = None,
) -> ds.Scanner:
    """A scanner over ``columns`` of the rows that ``filter`` keeps, in no promised order.

    Files that Delta's statistics rule out are not opened. Of the others, those columns are read first that the filter
    mentions, and the rest only of files where it keeps a row: a run asks for new articles, whose ids lie in the range
    of every file and in none of them, and signatures and texts are most of a table. Inside a file the filter is applied
    to the rows read, not pushed down: files that a merge wrote declare their strings as views, and Arrow (26)
    cannot compare a string with the statistics of those ("no kernel matching input types (string, string_view)").

    :param asked: the columns that the filter mentions, where that is known: to find out takes long for thousands of ids
    """
    dataset = table.to_pyarrow_dataset(filesystem=_local(table.table_uri))
    if filter is None:
        return dataset.scanner(columns=list(columns), batch_size=batch_rows)
    if asked is None:
        said = str(filter)  # names every field it refers to, though not every value
        asked = [name for name in dataset.schema.names if name in said and _mentions(filter, name, dataset.schema)]
    read = [name for name in dataset.schema.names if name in columns or name in asked]
    fragments = list(dataset.get_fragments(filter))
    if len(read) > len(asked):
        fragments = [fragment for fragment in fragments if _keeps(fragment, dataset.schema, asked, filter)]
    files = ds.FileSystemDataset(fragments, dataset.schema, dataset.format, dataset.filesystem)
    batches = (batch for batch in files.scanner(columns=read, batch_size=batch_rows).to_batches() if batch.num_rows)
    schema = pa.schema([dataset.schema.field(name) for name in read])
    return ds.Scanner.from_batches(batches, schema=schema, columns=list(columns), filter=filter)


def _keeps(rows: ds.Fragment, schema: pa.Schema, asked: Collection[str], filter: ds.Expression) -> bool:  # noqa: A002
    """Whether a filter, which mentions the columns ``asked``, keeps any of the rows."""
    return any(
        pa.Table.from_batches([batch]).filter(filter).num_rows
        for batch in rows.scanner(schema, columns=list(asked)).to_batches()
    )


def _local(uri: str) -> fs.FileSystem | None:
    """Arrow's own access to a table on a local disk; None for object stores, which delta-rs reads.

    Through delta-rs Arrow's background threads call Python, and one process in ten that ended right after a scan was
    aborted when such a thread met the interpreter's end ("terminate called without an active exception").
    """
    folder = local_folder(unquote(uri))
    return None if folder is None else fs.SubTreeFileSystem(str(folder), fs.LocalFileSystem())


def _mentions(filter: ds.Expression, name: str, schema: pa.Schema) -> bool:  # noqa: A002  # as above
    """Whether a filter refers to a field: Arrow does not say, but refuses to apply it where the field is missing."""
    rest = pa.schema([field for field in schema if field.name != name])
    try:
        rest.empty_table().filter(filter)
    except pa.ArrowInvalid:
        return True
    return False
