"""Parquet: the fields of a document as Arrow types."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.export.documents import SCHEMA, Document
from pipeline.export.target import file_target

ROW_GROUP = 1_000
"""Documents in a row group: some MB of text, so that readers can fetch a part and writing needs little memory."""


def write_parquet(documents: Iterable[Document], out: str, schema: pa.Schema = SCHEMA) -> int:
    """Write documents to one Parquet file; gives their number.

    :raises UsageError: ``out`` cannot be a file. :raises RunError: it cannot be written.
    """
    count = 0
    rest = iter(documents)
    with file_target(out) as path, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rest, ROW_GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
            count += len(group)
    return count
