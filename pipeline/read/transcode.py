"""Files of records in UTF-16 or UTF-32, or with a byte order mark, as plain UTF-8: so they can be cut at a byte."""

from __future__ import annotations

import codecs

from pipeline.read.inflate import Peekable, Source


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
