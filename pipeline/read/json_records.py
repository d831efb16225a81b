"""Records in JSON Lines, or in a JSON file that is an array or one object."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from pipeline.read.decode import decode
from pipeline.read.fields import records_in
from pipeline.read.hints import brief, parse_json
from pipeline.read.inflate import Peekable, ReadError
from pipeline.read.pages import Place, page_from_record, too_large
from pipeline.read.record_lines import as_utf8, lines
from pipeline.records import Fault, Quarantined, RawPage
from pipeline.settings import ReadSettings


def read_json_lines(stream: Peekable, place: Place, settings: ReadSettings) -> Iterator[RawPage | Quarantined]:
    """Yield a page or a fault for each line that is not blank, in flat memory; record N stands on line N.

    :raises ReadError: the stream itself breaks off.
    """
    source, encoding = as_utf8(stream)
    for number, (line, size) in enumerate(lines(source, settings), start=1):
        here = place.record(number)
        if line is None:
            fault = too_large(settings)
            yield here.quarantine(fault.fault, fault.detail, size)
        elif line.strip():
            try:
                yield _page(line, here, encoding, settings)
            except ReadError as fault:
                yield here.quarantine(fault.fault, fault.detail, size, hashlib.sha256(line).hexdigest())


def read_json(data: bytes, place: Place, settings: ReadSettings) -> Iterator[RawPage | Quarantined]:
    """Yield a page or a fault for each record of a JSON array, or for the one object.

    :raises ReadError: it is not JSON, or holds no record.
    """
    decoded = decode(data)
    try:
        value = parse_json(decoded.text) if decoded else None
    except ValueError as error:
        raise ReadError(Fault.BAD_RECORD, f"it is not valid JSON ({brief(error)}); mend it") from None
    records = records_in(value, settings)
    if decoded is None or not records:
        raise ReadError(Fault.BAD_RECORD, "it holds no JSON object; mend it or take it out")
    for number, record in enumerate(records, start=1):
        here = place.record(number)
        if len(records) == 1:
            here = Place(here.origin, here.source, place.hints)
        try:
            yield _from(record, here, decoded.encoding, settings)
        except ReadError as fault:
            yield here.quarantine(fault.fault, fault.detail)


def _page(line: bytes, place: Place, encoding: str, settings: ReadSettings) -> RawPage:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        decoded = decode(line)
        if decoded is None:
            raise ReadError(Fault.UNDECODABLE, "no encoding makes text of the line; save it as UTF-8") from None
        text, encoding = decoded.text, decoded.encoding
    try:
        record = parse_json(text)
    except ValueError as error:
        raise ReadError(Fault.BAD_RECORD, f"the line is not valid JSON ({brief(error)}); mend it") from None
    return _from(record, place, encoding, settings)


def _from(record: Any, place: Place, encoding: str, settings: ReadSettings) -> RawPage:
    if not isinstance(record, dict):
        detail = f"the record is of type {type(record).__name__}, not a JSON object; mend it"
        raise ReadError(Fault.BAD_RECORD, detail)
    return page_from_record(record, place, encoding, settings)
