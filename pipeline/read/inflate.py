"""Streams of bytes from strangers: gzip and zstd are undone layer by layer, and no layer may explode."""

from __future__ import annotations

import zlib
from typing import BinaryIO, Protocol

import zstandard

from pipeline.records import Fault

CHUNK_BYTES = 16_384
"""Compressed bytes read at a time; with the ratio check after each, it bounds how far a bomb can get."""
OUTPUT_BYTES = 262_144
"""Decompressed bytes produced at a time."""
ZSTD_FEED_BYTES = 512
"""Compressed bytes given to zstd at once. Its streaming interface has no limit on the output, and a block of four
bytes can stand for 128 KiB (RFC 8878, 3.1.1.2), so 512 bytes are at most 16 MiB."""
ZSTD_WINDOW_BYTES = 2**27
"""Largest window that is accepted: what `zstd` itself accepts without ``--long``."""
MAX_LAYERS = 3
"""Twice compressed files come from servers that compress what is already compressed; more layers are an attack."""
FREE_EXPANSION_BYTES = 10_000_000
"""Below this the ratio of a compressed file says nothing: a page of blanks is not a bomb."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class ReadError(Exception):
    """A stream cannot be read on; carries why, for the quarantine."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


class Source(Protocol):
    """What can be read in pieces."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""


class Raw:
    """The stored bytes of a file, counted as they are read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = 0

    def read(self, size: int, /) -> bytes:
        """Read up to ``size`` bytes."""
        try:
            data = self._stream.read(size)
        except OSError as error:
            raise ReadError(Fault.UNREADABLE, f"reading it failed ({error.strerror or error}); try again") from None
        self.size += len(data)
        return data


class Peekable:
    """A stream whose first bytes can be looked at without taking them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ahead = b""

    def peek(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer only at the end of the stream."""
        parts = [self._ahead]
        missing = size - len(self._ahead)
        while missing > 0 and (data := self._source.read(missing)):
            parts.append(data)
            missing -= len(data)
        self._ahead = b"".join(parts)
        return self._ahead[:size]

    def read(self, size: int, /) -> bytes:
        """Read up to ``size`` bytes."""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        return self._source.read(size)


class _Gzip:
    """One gzip member (RFC 1952); its checksum is verified."""

    name = "gzip"

    def __init__(self) -> None:
        self._object = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Give some output and the input that is still to be fed."""
        output = self._object.decompress(data, OUTPUT_BYTES)
        return output, self._object.unconsumed_tail

    @staticmethod
    def starts(data: bytes) -> bool:
        return data.startswith(_GZIP)


class _Zstd:
    """One zstd frame (RFC 8878); skippable frames count as empty ones."""

    name = "zstd"

    def __init__(self) -> None:
        self._object = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES).decompressobj()

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Give some output and the input that is still to be fed."""
        return self._object.decompress(data[:ZSTD_FEED_BYTES]), data[ZSTD_FEED_BYTES:]

    @staticmethod
    def starts(data: bytes) -> bool:
        return data.startswith(_ZSTD) or (data[1:4] == b"\x2a\x4d\x18" and 0x50 <= data[0] <= 0x5F)


class Inflated:
    """One layer of compression undone in bounded memory.

    Members and frames that follow each other are joined. What follows the last one and is not compressed is
    ignored, as gzip(1) does: some servers append a line end.
    """

    def __init__(self, source: Peekable, codec: type[_Gzip | _Zstd], raw: Raw, max_expansion: int) -> None:
        self._source = source
        self._codec = codec
        self._raw = raw
        self._max_expansion = max_expansion
        self._engine: _Gzip | _Zstd = codec()
        self._input = b""
        self._output = b""
        self._produced = 0
        self._finished = False

    def read(self, size: int, /) -> bytes:
        """Read up to ``size`` decompressed bytes.

        :raises ReadError: the data is damaged or cut off, or grows like a bomb.
        """
        while not self._output and not self._finished:
            self._step()
        data, self._output = self._output[:size], self._output[size:]
        return data

    def _step(self) -> None:
        if self._engine.eof:
            self._next_member()
            return
        if not self._input:
            self._input = self._source.read(CHUNK_BYTES)
        # At the end of the input it is fed nothing: output that did not fit before may still come.
        exhausted = not self._input
        try:
            self._output, self._input = self._engine.feed(self._input)
        except (zlib.error, zstandard.ZstdError) as error:
            detail = f"the {self._codec.name} data is damaged ({error}); download the file again"
            raise ReadError(Fault.CORRUPT, detail) from None
        if exhausted and not self._output and not self._engine.eof:
            raise ReadError(Fault.CORRUPT, f"the {self._codec.name} data is cut off; download the file again")
        self._produced += len(self._output)
        if self._produced > FREE_EXPANSION_BYTES + self._max_expansion * self._raw.size:
            detail = (
                f"it grows to more than {self._max_expansion} times its size when decompressed; "
                "if it is to be trusted, raise read.max_expansion"
            )
            raise ReadError(Fault.BOMB, detail)

    def _next_member(self) -> None:
        rest = self._engine.unused_data + self._input
        if len(rest) < len(_ZSTD):
            rest += self._source.read(CHUNK_BYTES)
        if self._codec.starts(rest):
            self._engine, self._input = self._codec(), rest
        else:
            self._finished = True


def inflate(raw: Raw, max_expansion: int) -> Peekable:
    """Undo gzip and zstd, told by their first bytes and not by the file's name.

    :raises ReadError: damaged or exploding data, or too many layers.
    """
    stream = Peekable(raw)
    for _ in range(MAX_LAYERS + 1):
        head = stream.peek(len(_ZSTD))
        codec = next((codec for codec in (_Gzip, _Zstd) if codec.starts(head)), None)
        if codec is None:
            return stream
        stream = Peekable(Inflated(stream, codec, raw, max_expansion))
    raise ReadError(Fault.BOMB, f"it is compressed more than {MAX_LAYERS} times over; unpack it by hand")
