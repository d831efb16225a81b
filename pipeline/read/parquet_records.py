"""Records in Parquet, one row group after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.read.fields import BESIDE, describes, field, without_content
from pipeline.read.hints import brief
from pipeline.read.inflate import FREE_EXPANSION_BYTES, ReadError
from pipeline.read.pages import Place, page_from_record
from pipeline.records import Fault, Quarantined, RawPage
from pipeline.settings import ReadSettings

BATCH_ROWS = 256
MAX_PAGE_BYTES = 1_000_000_000
"""Largest column chunk that is opened, after decompression: Arrow may hold one as a whole."""
ROW_BYTES = 64
"""What a row counts at least, so that a billion empty rows in a small file are seen as the bomb they are."""


def read_parquet(stream: BinaryIO, size: int, place: Place, settings: ReadSettings) -> Iterator[RawPage | Quarantined]:
    """Yield a page or a fault for each row; record N is row N of the file.

    :raises ReadError: it is damaged, explodes, or has no column of content.
    """
    try:
        metadata = pq.read_metadata(stream)
        schema = metadata.schema.to_arrow_schema()
        columns = _columns(schema, settings)
        _check_sizes(metadata, columns, size, settings)
        # Text stays dictionaries: a million rows that share one long value then cost its size once.
        shared = [name for name in columns if _is_text(_type_of(schema, name))]
        file = pq.ParquetFile(stream, metadata=metadata, read_dictionary=shared, pre_buffer=False)
        if not metadata.num_rows:
            raise ReadError(Fault.EMPTY, "it has no rows; remove it or write it again")
        allowed = FREE_EXPANSION_BYTES + settings.max_expansion * size
        given = number = 0
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns, use_threads=False):
            for row in range(batch.num_rows):
                number += 1
                here = place.record(number)
                record = {name: _value(batch.column(name)[row]) for name in batch.schema.names}
                given += ROW_BYTES + sum(map(_size, (field(record, name) for name in columns)))
                if given > min(allowed, settings.max_container_bytes):
                    raise _exploded(settings, given > settings.max_container_bytes)
                try:
                    yield page_from_record(record, here, "utf-8", settings)
                except ReadError as fault:
                    yield here.quarantine(fault.fault, fault.detail)
    except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError) as error:
        detail = f"the Parquet data is damaged ({brief(error)}); write or download the file again"
        raise ReadError(Fault.CORRUPT, detail) from None


def _columns(schema: pa.Schema, settings: ReadSettings) -> list[str]:
    """The columns that are read; a column within a struct as ``struct.column``.

    :raises ReadError: none of them can hold a page.
    """
    known = {name: kind for name in settings.content_fields if (kind := _type_of(schema, name)) is not None}
    content = [name for name, kind in known.items() if _is_text(kind)]
    if not content and known:
        name, kind = next(iter(known.items()))
        raise ReadError(Fault.BAD_RECORD, f"its column {name} is of type {kind}, not a string; write it again")
    if not content:
        raise ReadError(Fault.BAD_RECORD, f"it has {without_content(schema.names, settings)}")
    beside = schema.field(BESIDE).type if BESIDE in schema.names else None
    inner = beside.names if beside is not None and pa.types.is_struct(beside) else []
    hints = [
        *(*settings.url_fields, *settings.fetched_at_fields, *settings.language_fields),
        *(name for name in (*schema.names, *(f"{BESIDE}.{each}" for each in inner)) if describes(name)),
    ]
    return list(dict.fromkeys([*content, *(name for name in hints if _is_hint(_type_of(schema, name)))]))


def _type_of(schema: pa.Schema | pa.StructType, name: str) -> pa.DataType | None:
    """The type of a column, or of a field within structs; None if there is none."""
    if name in schema.names:
        return schema.field(name).type
    first, dot, rest = name.partition(".")
    inner = schema.field(first).type if dot and first in schema.names else None
    return _type_of(inner, rest) if inner is not None and pa.types.is_struct(inner) else None


def _is_hint(kind: pa.DataType | None) -> bool:
    """Whether values of a type may say something of a page: texts, numbers and moments, and lists of texts."""
    if kind is None or not pa.types.is_nested(kind):
        return kind is not None
    return (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_text(kind.value_type)


def _is_text(kind: pa.DataType | None) -> bool:
    value = kind.value_type if kind is not None and pa.types.is_dictionary(kind) else kind
    checks = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return pa.types.is_null(value) or any(check(value) for check in checks)


def _check_sizes(metadata: Any, columns: list[str], size: int, settings: ReadSettings) -> None:
    """Refuse by what the file says of itself, before anything is decompressed."""
    total = 0
    named = tuple(f"{name}." for name in columns)
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            column = metadata.row_group(group).column(index)
            if f"{column.path_in_schema}.".startswith(named):
                total += column.total_uncompressed_size
                if column.total_uncompressed_size > MAX_PAGE_BYTES:
                    detail = f"a row group holds more than {MAX_PAGE_BYTES:,} bytes; write it with smaller row groups"
                    raise ReadError(Fault.TOO_LARGE, detail)
    if total > settings.max_container_bytes:
        raise _exploded(settings, too_large=True)
    if total > FREE_EXPANSION_BYTES + settings.max_expansion * size:
        raise _exploded(settings, too_large=False)


def _exploded(settings: ReadSettings, too_large: bool) -> ReadError:
    if too_large:
        detail = f"it holds more than {settings.max_container_bytes:,} bytes (read.max_container_bytes)"
        return ReadError(Fault.TOO_LARGE, detail + "; split it")
    detail = f"it grows to more than {settings.max_expansion} times its size; if trusted, raise read.max_expansion"
    return ReadError(Fault.BOMB, detail)


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, UnicodeDecodeError):
        # A moment out of range, or bytes that are no UTF-8 in a column that promises it.
        return None


def _size(value: Any) -> int:
    return sum(map(_size, value)) if isinstance(value, list) else len(value) if isinstance(value, str | bytes) else 0
