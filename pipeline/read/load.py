"""From a file to pages: open, decompress, tell the format, decode. Bad input becomes a fault, never an exception."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import BinaryIO

from pipeline.read.csv_records import read_csv
from pipeline.read.hints import brief
from pipeline.read.inflate import OUTPUT_BYTES, Peekable, Raw, ReadError, inflate
from pipeline.read.json_records import read_json, read_json_lines
from pipeline.read.pages import Place, page_from_file, too_large
from pipeline.read.sniff import HEAD_BYTES, IN_PLACE, Shape, Sniffed, sniff, suffix
from pipeline.read.storage import first_bytes, is_local, opened
from pipeline.records import Fault, FileRef, KnownPage, Quarantined, RawPage, Skipped
from pipeline.settings import ReadSettings

SMALL_BYTES = 4_000_000
"""A larger file is opened as an input at once: it is seldom known, and would be read twice."""

_PARQUET = b"PAR1"


Outcome = RawPage | KnownPage | Quarantined | Skipped


def read_file(ref: FileRef, settings: ReadSettings, known: Callable[[str], bool] | None = None) -> Iterator[Outcome]:
    """Yield every input in a file, as a page or as the reason why it is none.

    A file of text or HTML gives exactly one; a file of records (JSON Lines, JSON, CSV, Parquet, WARC) gives one for
    each, with ``#N`` added to the source, and one more for the file itself where it breaks off. A record of a web
    archive that is no page is said to be skipped, and is no input. Nothing is raised for bad input.
    Memory is bounded by ``max_input_bytes`` (a small multiple of it), time by the size of the file.

    :param known: whether a page under this file's name with bytes of this digest need not be decoded: it is given as
        a ``KnownPage`` then. Not asked for records.
    """
    place = Place(ref.origin, ref.source, ref.hints)
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(opened(ref.uri))
        except Exception as error:
            # Remote file systems raise errors of their own; whatever it is, this input cannot be opened.
            reason = error.strerror if isinstance(error, OSError) and error.strerror else brief(error)
            yield place.quarantine(
                Fault.UNREADABLE, f"it cannot be opened ({reason}); check that it is there", ref.size
            )
            return
        yield from _read_or_say_why(stream, ref, place, settings, known)


def give_up(ref: FileRef, fault: Fault, detail: str, records: int, settings: ReadSettings) -> Quarantined:
    """Quarantine a file whose reading ended the process that read it, after so many records."""
    error = ReadError(fault, _after_records(detail, records))
    with opened(ref.uri) as stream:
        return _whole(error, stream, ref, Place(ref.origin, ref.source, ref.hints), settings)


def plain_digest(ref: FileRef) -> str | None:
    """Digest of a small local file's bytes, which is its page's where it is one and not compressed; None for others.

    It costs a fifth of opening the file as an input: nothing is made of the bytes.
    """
    if not is_local(ref.uri) or not 0 <= ref.size <= SMALL_BYTES:
        return None
    try:
        content = first_bytes(ref.uri, ref.size + 1)
    except OSError:
        return None
    # Another size: it has changed since it was listed, or the system gave less than all.
    return hashlib.sha256(content).hexdigest() if len(content) == ref.size else None


def stored_digest(ref: FileRef, settings: ReadSettings) -> str | None:
    """Digest of a file's stored bytes, as ``Quarantined.sha256`` gives it; None where it has none."""
    try:
        with opened(ref.uri) as stream:
            return _digest(stream, settings.max_input_bytes)
    except OSError:
        return None


def _after_records(detail: str, records: int) -> str:
    return f"{detail} (the {records:,} records before that were read)" if records else detail


def _read_or_say_why(
    stream: BinaryIO, ref: FileRef, place: Place, settings: ReadSettings, known: Callable[[str], bool] | None
) -> Iterator[Outcome]:
    pages = 0
    try:
        for page in _read(stream, ref, place, settings, known):
            yield page
            pages += 1
    except ReadError as error:
        fault = error
    except OSError as error:
        fault = ReadError(Fault.UNREADABLE, f"reading it failed ({brief(error)}); try again")
    except Exception as crash:
        # The last resort: a parser's own bug on hostile data must not stop the other inputs.
        detail = f"reading it failed ({type(crash).__name__}: {brief(crash)}); please report this"
        fault = ReadError(Fault.of(crash), detail)
    else:
        return
    yield _whole(ReadError(fault.fault, _after_records(fault.detail, pages)), stream, ref, place, settings)


def _read(
    stream: BinaryIO, ref: FileRef, place: Place, settings: ReadSettings, known: Callable[[str], bool] | None
) -> Iterator[Outcome]:
    stored = stream.read(len(_PARQUET))
    stream.seek(0)
    if stored == _PARQUET:
        # Arrow costs a fifth of a second to import, and most runs read no Parquet.
        from pipeline.read.parquet_records import read_parquet  # noqa: PLC0415

        yield from read_parquet(stream, _stored_size(stream), place, settings)
        return
    raw = Raw(stream)
    data = inflate(raw, settings.max_expansion)
    head = data.peek(HEAD_BYTES)
    if not head:
        raise ReadError(Fault.EMPTY, "it has no bytes; remove it or scrape it again")
    sniffed = sniff(head, ref.source)
    if data.failure is not None and sniffed.shape not in (Shape.JSON_LINES, Shape.CSV, Shape.WARC):
        raise data.failure
    if sniffed.shape in (Shape.JSON_LINES, Shape.CSV):
        read = 0
        records = read_json_lines if sniffed.shape is Shape.JSON_LINES else read_csv
        for page in records(data, place, settings):
            yield page
            read += 1
        if not read:
            raise ReadError(Fault.EMPTY, "it holds no records; remove it or write it again")
    elif sniffed.shape is Shape.WARC:
        # FastWARC brings more than it needs to, and most runs read no archive.
        from pipeline.read.warc import read_warc  # noqa: PLC0415

        yield from read_warc(data, raw, place, settings)
    elif sniffed.shape is Shape.JSON:
        yield from read_json(_whole_input(data, settings), place, settings)
    elif sniffed.shape in (Shape.PAGE, Shape.MHTML):
        content = _whole_input(data, settings)
        digest = hashlib.sha256(content).hexdigest()
        if known is not None and known(digest):
            yield KnownPage(place.origin, place.source, digest)
        else:
            yield _page(content, sniffed.shape, place, suffix(ref.source), settings)
    else:
        raise _refused(sniffed)


def _page(content: bytes, shape: Shape, place: Place, ending: str, settings: ReadSettings) -> RawPage:
    if shape is not Shape.MHTML:
        return page_from_file(content, place, ending, settings)
    # The parser of mail costs 15 ms to import, and few folders hold such pages.
    from pipeline.read.mhtml import page_from_mhtml  # noqa: PLC0415

    return page_from_mhtml(content, place, settings)


def _refused(sniffed: Sniffed) -> ReadError:
    if sniffed.shape is Shape.PARQUET:
        return ReadError(Fault.UNSUPPORTED, "it is Parquet inside gzip or zstd, which cannot be read; decompress it")
    if sniffed.shape is Shape.UNSUPPORTED:
        detail = f"it is {sniffed.name}, which is not read yet; extract the pages or take it out of the SOURCE"
        return ReadError(Fault.UNSUPPORTED, detail)
    if inside := IN_PLACE.get(sniffed.name):
        remedy = f"unpack it, or give {inside}PATH, with its path for PATH, as a SOURCE of its own"
    else:
        remedy = "unpack it" if "archive" in sniffed.name else "take it out of the SOURCE"
    return ReadError(Fault.BINARY, f"it is no text: {sniffed.name}; {remedy}")


def _whole_input(data: Peekable, settings: ReadSettings) -> bytes:
    parts = []
    size = 0
    while part := data.read(OUTPUT_BYTES):
        size += len(part)
        if size > settings.max_input_bytes:
            raise too_large(settings)
        parts.append(part)
    return b"".join(parts)


def _whole(error: ReadError, stream: BinaryIO, ref: FileRef, place: Place, settings: ReadSettings) -> Quarantined:
    """Quarantine the file itself; records that were read before the fault stay."""
    size = ref.size if ref.size >= 0 else _stored_size(stream)
    return place.quarantine(error.fault, error.detail, size, _digest(stream, settings.max_input_bytes))


def _stored_size(stream: BinaryIO) -> int:
    try:
        return stream.seek(0, os.SEEK_END)
    except (OSError, ValueError):
        return -1


def _digest(stream: BinaryIO, limit: int) -> str | None:
    """Give the digest of the stored bytes; None where there are more than ``limit``, or they cannot be read again."""
    digest = hashlib.sha256()
    left = limit
    try:
        stream.seek(0)
        while data := stream.read(OUTPUT_BYTES):
            left -= len(data)
            if left < 0:
                return None
            digest.update(data)
    except (OSError, ValueError):
        return None
    return digest.hexdigest()
