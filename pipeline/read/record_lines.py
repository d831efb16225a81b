"""The lines of a file of records, in flat memory; UTF-16 and UTF-32 become UTF-8, which can be cut at a byte."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from pipeline.read.inflate import OUTPUT_BYTES, Peekable, Source
from pipeline.read.pages import container_too_large
from pipeline.settings import ReadSettings


def as_utf8(stream: Peekable) -> tuple[Source, str]:
    """The stream as UTF-8, and the encoding it was in; one without a mark as it is."""
    head = stream.peek(len(codecs.BOM_UTF32_LE))
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return _Transcoded(stream, encoding), encoding
    if head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
        return stream, "utf-8-sig"
    return stream, "utf-8"


def lines(source: Source, settings: ReadSettings) -> Iterator[tuple[bytes | None, int]]:
    """Yield each line without its end, and its size; None instead of a line beyond the limit, which is never held.

    :raises ReadError: the file is larger than the settings allow.
    """
    held: list[bytes] = []
    size = total = 0
    while data := source.read(OUTPUT_BYTES):
        total += len(data)
        if total > settings.max_container_bytes:
            raise container_too_large(settings)
        *ended, rest = data.split(b"\n")
        for piece in ended:
            size += len(piece)
            held.append(piece)
            yield (b"".join(held) if size <= settings.max_input_bytes else None), size
            held, size = [], 0
        size += len(rest)
        if size <= settings.max_input_bytes:
            held.append(rest)
        else:
            held.clear()
    if size:
        yield (b"".join(held) if size <= settings.max_input_bytes else None), size


class _Transcoded:
    """UTF-16 or UTF-32 as UTF-8, piece by piece."""

    def __init__(self, source: Source, encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def read(self, size: int, /) -> bytes:
        """Read some bytes; none at the end."""
        while data := self._source.read(size):
            if text := self._decoder.decode(data):
                return text.encode("utf-8", "replace")
        return b""
