"""Streams of bytes from strangers: compression is undone layer by layer, and no layer may explode."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, Protocol

import brotli
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

MAX_DICTIONARY_BYTES = 16_000_000
"""Largest zstd dictionary at the head of an archive; those in use have about 100 KB."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_DICTIONARY_FRAME = b"\x5d\x2a\x4d\x18"
_ZSTD_DICTIONARY = b"\x37\xa4\x30\xec"


class ReadError(Exception):
    """A stream cannot be read on; carries why, for the quarantine."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


class CutOffError(ReadError):
    """Compressed data ends before its own end; what came before it is whole."""


class Source(Protocol):
    """What can be read in pieces."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""


class Raw:
    """The stored bytes of a file, counted as they are read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = 0
        self.left_over = False
        """Whether something that is neither compressed nor blank follows the compressed data, and was ignored."""

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
        self.failure: ReadError | None = None
        """Why the stream breaks off within what was looked at; it is raised when all before it is read."""

    def peek(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer only at the end of the stream, or where it breaks off.

        :raises ReadError: it breaks off at once.
        """
        parts = [self._ahead]
        missing = size - len(self._ahead)
        try:
            while missing > 0 and self.failure is None and (data := self._source.read(missing)):
                parts.append(data)
                missing -= len(data)
        except ReadError as error:
            self.failure = error
        self._ahead = b"".join(parts)
        if self.failure is not None and not self._ahead:
            raise self.failure
        return self._ahead[:size]

    def read(self, size: int, /) -> bytes:
        """Read up to ``size`` bytes."""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        if self.failure is not None:
            raise self.failure
        return self._source.read(size)


class Codec(Protocol):
    """One member or frame of compressed data."""

    name: str

    @property
    def eof(self) -> bool:
        """Whether its end was reached."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What was fed beyond its end."""
        ...

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Give some output and the input that is still to be fed."""
        ...

    @staticmethod
    def starts(data: bytes) -> bool:
        """Whether the data begins like one of its members."""
        ...


class Gzip:
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


class Deflate:
    """The content encoding ``deflate``: a zlib stream (RFC 1950), or the bare one (RFC 1951) that some servers send."""

    name = "deflate"

    def __init__(self) -> None:
        self._object: zlib._Decompress | None = None

    @property
    def eof(self) -> bool:
        return self._object is not None and self._object.eof

    @property
    def unused_data(self) -> bytes:
        return b"" if self._object is None else self._object.unused_data

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Give some output and the input that is still to be fed."""
        if self._object is None:
            wrapped = len(data) > 1 and data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._object = zlib.decompressobj(wbits=zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        output = self._object.decompress(data, OUTPUT_BYTES)
        return output, self._object.unconsumed_tail

    @staticmethod
    def starts(data: bytes) -> bool:
        return False


class Brotli:
    """The content encoding ``br`` (RFC 7932)."""

    name = "brotli"

    def __init__(self) -> None:
        self._object = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._object.is_finished())

    @property
    def unused_data(self) -> bytes:
        return b""

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Give some output and the input that is still to be fed."""
        if self._object.can_accept_more_data():
            return self._object.process(data, output_buffer_limit=OUTPUT_BYTES), b""
        return self._object.process(b"", output_buffer_limit=OUTPUT_BYTES), data

    @staticmethod
    def starts(data: bytes) -> bool:
        return False


class Zstd:
    """One zstd frame (RFC 8878); skippable frames count as empty ones."""

    name = "zstd"

    def __init__(self, dictionary: zstandard.ZstdCompressionDict | None = None) -> None:
        decompressor = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=ZSTD_WINDOW_BYTES)
        self._object = decompressor.decompressobj()

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

    def __init__(self, source: Peekable, codec: Callable[[], Codec], raw: Raw, max_expansion: int) -> None:
        self._source = source
        self._codec = codec
        self._raw = raw
        self._max_expansion = max_expansion
        self._engine = codec()
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
        except (zlib.error, zstandard.ZstdError, brotli.error) as error:
            detail = f"the {self._engine.name} data is damaged ({error}); download the file again"
            raise ReadError(Fault.CORRUPT, detail) from None
        if exhausted and not self._output and not self._engine.eof:
            raise CutOffError(Fault.CORRUPT, f"the {self._engine.name} data is cut off; download the file again")
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
        if self._engine.starts(rest):
            self._engine, self._input = self._codec(), rest
        else:
            self._raw.left_over |= bool(rest.strip(b"\0\t\n\r "))
            self._finished = True


def inflate(raw: Raw, max_expansion: int) -> Peekable:
    """Undo gzip and zstd, told by their first bytes and not by the file's name.

    :raises ReadError: damaged or exploding data, or too many layers.
    """
    stream = Peekable(raw)
    for _ in range(MAX_LAYERS + 1):
        head = stream.peek(len(_ZSTD))
        codec: Callable[[], Codec]
        if Gzip.starts(head):
            codec = Gzip
        elif Zstd.starts(head):
            codec = partial(Zstd, _zstd_dictionary(stream))
        else:
            return stream
        stream = Peekable(Inflated(stream, codec, raw, max_expansion))
    raise ReadError(Fault.BOMB, f"it is compressed more than {MAX_LAYERS} times over; unpack it by hand")


def _zstd_dictionary(stream: Peekable) -> zstandard.ZstdCompressionDict | None:
    """Take the dictionary of all frames from the skippable frame at the head of an archive; None where there is none.

    As in "WARC with Zstandard compression" of the IIPC: the dictionary stands there as it is, or compressed itself.

    :raises ReadError: the dictionary is damaged or too large.
    """
    head = stream.peek(8)
    if not head.startswith(_ZSTD_DICTIONARY_FRAME) or len(head) < 8:
        return None
    size = int.from_bytes(head[4:], "little")
    magic = stream.peek(12)[8:]
    if magic not in (_ZSTD, _ZSTD_DICTIONARY):
        return None  # a skippable frame with something of its own in it
    if size > MAX_DICTIONARY_BYTES:
        detail = f"its zstd dictionary has more than {MAX_DICTIONARY_BYTES:,} bytes; compress the file again"
        raise ReadError(Fault.TOO_LARGE, detail)
    content = stream.peek(8 + size)[8:]
    try:
        if magic == _ZSTD:
            if zstandard.get_frame_parameters(content).window_size > MAX_DICTIONARY_BYTES:
                raise zstandard.ZstdError("its window is too large")
            content = zstandard.ZstdDecompressor().stream_reader(content).read(MAX_DICTIONARY_BYTES)
        dictionary = zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_FULLDICT)
        Zstd(dictionary)  # says whether it can be used
        return dictionary
    except zstandard.ZstdError as error:
        detail = f"its zstd dictionary is damaged ({error}); download the file again"
        raise ReadError(Fault.CORRUPT, detail) from None
