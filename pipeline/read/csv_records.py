"""Records in CSV (RFC 4180) with a header line; commas, semicolons, tabs or bars between the fields."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from pipeline.read.fields import without_content
from pipeline.read.hints import brief
from pipeline.read.inflate import Peekable, ReadError, Source
from pipeline.read.pages import Place, page_from_record
from pipeline.read.record_lines import as_utf8, lines
from pipeline.records import Fault, Quarantined, RawPage
from pipeline.settings import ReadSettings

_DELIMITERS = (",", ";", "\t", "|")
_BYTES = "latin-1"
"""Makes one character of each byte: fields are told apart before the encoding of each is asked for."""


def read_csv(stream: Peekable, place: Place, settings: ReadSettings) -> Iterator[RawPage | Quarantined]:
    """Yield a page or a fault for each row below the header, in flat memory; record N is the Nth of them.

    :raises ReadError: the header names no field that may hold a page, or the stream breaks off; a row is broken, where
        nothing behind it can be told apart any more.
    """
    csv.field_size_limit(settings.max_input_bytes)
    source, encoding = as_utf8(stream)
    texts = _lines(source, settings)
    first = next(texts, "")
    names, delimiter = _header(first, settings)
    rows = csv.reader(texts, delimiter=delimiter)
    number = 0
    while (row := _next(rows)) is not None:
        if not any(row):
            continue
        number += 1
        here = place.record(number)
        record = dict(zip(names, map(_text_or_bytes, row), strict=False))
        try:
            yield page_from_record(record, here, encoding, settings)
        except ReadError as fault:
            yield here.quarantine(fault.fault, fault.detail, sum(map(len, row)))


def _header(line: str, settings: ReadSettings) -> tuple[list[str], str]:
    """The names of the columns and what parts them: the sign by which one is called as ``content_fields`` has it."""
    text = line.encode(_BYTES).decode("utf-8", "replace").strip("\r\n")
    headers = [([name.strip() for name in next(csv.reader([text], delimiter=own), [])], own) for own in _DELIMITERS]
    for names, delimiter in headers:
        if any(name in settings.content_fields for name in names):
            return names, delimiter
    names, _ = max(headers, key=lambda header: len(header[0]))
    raise ReadError(Fault.BAD_RECORD, f"its first line has {without_content(names, settings)}")


def _next(rows: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        raise ReadError(Fault.CORRUPT, f"a row is no CSV ({brief(error)}); write the file again") from None


def _text_or_bytes(value: str) -> str | bytes:
    data = value.encode(_BYTES)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def _lines(source: Source, settings: ReadSettings) -> Iterator[str]:
    """Yield lines with their ends, a character for each byte.

    :raises ReadError: a line, or the whole, is larger than the settings allow.
    """
    for line, size in lines(source, settings):
        if line is None:
            raise ReadError(Fault.TOO_LARGE, f"a line has {size:,} bytes (read.max_input_bytes); is it CSV?")
        yield f"{line.decode(_BYTES)}\n"
