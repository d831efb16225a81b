"""What a server answered, as a web archive keeps it: the head of the response, and the body with its codings undone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.read.inflate import (
    MAX_LAYERS,
    OUTPUT_BYTES,
    Brotli,
    Codec,
    CutOffError,
    Deflate,
    Gzip,
    Inflated,
    Peekable,
    Raw,
    ReadError,
    Zstd,
)
from pipeline.read.pages import too_large
from pipeline.records import Fault
from pipeline.settings import ReadSettings

MAX_HEAD_BYTES = 65_536
"""Servers refuse request heads beyond 8 to 64 KiB, and response heads are no longer."""
MAX_INTERIM_RESPONSES = 8
"""``100 Continue`` and its like before the answer proper (RFC 9110, 15.2); one is usual."""
MAX_CHUNK_LINE_BYTES = 4_096

_STATUS = re.compile(rb"HTTP/[0-9](?:\.[0-9])?[ \t]+([0-9]{3})(?![0-9])")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_LINE_END = re.compile(rb"\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_NOT_CONTROLS = bytes(byte for byte in range(256) if byte >= 32 or byte in b"\t\n\v\f\r\x1b")

_CODECS: Mapping[str, Callable[[], Codec]] = {
    "gzip": Gzip,
    "x-gzip": Gzip,
    "deflate": Deflate,
    "br": Brotli,
    "zstd": Zstd,
}
_UNKNOWN_CODECS = frozenset(["compress", "x-compress", "exi", "pack200-gzip", "dcb", "dcz", "bzip2", "lzma", "xz"])
"""Encodings that are in use but not undone. Other words (``none``, ``utf-8``) are servers' slips and mean nothing."""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response."""

    status: int
    media_type: str
    """Lower case, without parameters; empty where the server did not say."""
    charset: str | None
    codings: tuple[str, ...]
    """Content and transfer codings in the order in which they were applied, lower case."""
    body: bytes
    """As it was sent."""


def media_type(value: str) -> tuple[str, str | None]:
    """Give the media type of a ``Content-Type`` (lower case, no parameters) and its charset."""
    found = _CHARSET.search(value, 0, 1_000)
    return value[:1_000].partition(";")[0].partition(",")[0].strip().lower(), found.group(1) if found else None


def parse_response(block: bytes) -> Response:
    """Take a response apart; lines may end with a bare line feed, and headers may be folded (RFC 9112, 2.2 and 5.2).

    :raises ReadError: it does not begin as a response does.
    """
    start = 0
    for _ in range(MAX_INTERIM_RESPONSES):
        line = _STATUS.match(block, start)
        if line is None:
            raise ReadError(Fault.BAD_RECORD, "it has no HTTP status line; crawl the page again")
        status = int(line.group(1))
        end = _HEAD_END.search(block, start, start + MAX_HEAD_BYTES)
        if end is None and len(block) - start > MAX_HEAD_BYTES:
            raise ReadError(Fault.BAD_RECORD, f"its HTTP head has more than {MAX_HEAD_BYTES:,} bytes; look at it")
        head, body = (block[start : end.start()], end.end()) if end else (block[start:], len(block))
        if not (100 <= status < 200 and status != 101 and _STATUS.match(block, body)):
            break
        start = body
    headers: dict[str, list[str]] = {}
    for field in _LINE_END.split(_FOLD.sub(b" ", head))[1:]:
        name, colon, value = field.partition(b":")
        if colon:
            headers.setdefault(name.decode("latin-1").strip().lower(), []).append(value.decode("latin-1").strip())
    kind, charset = media_type(next(iter(headers.get("content-type", ())), ""))
    codings = [*headers.get("content-encoding", ()), *headers.get("transfer-encoding", ())]
    words = tuple(word.strip().lower() for value in codings for word in value.split(","))
    return Response(status, kind, charset, words, block[body:])


def undo_codings(response: Response, settings: ReadSettings, spend: Callable[[int], None]) -> tuple[bytes, bool]:
    """Give the body with chunks joined and compression undone, and whether all of it is there.

    A coding that is named but was not applied, because the crawler had undone it already, is passed over.

    :param spend: told of the bytes of each decompressed piece; it may raise
    :raises ReadError: a coding is not known, the data is damaged, or it grows beyond the limits.
    """
    data, complete = response.body, True
    layers = 0
    whole = True
    for coding in reversed(response.codings):
        if coding == "chunked":
            data, whole = _joined_chunks(data)
        elif coding in _CODECS and data:
            layers += 1
            if layers > MAX_LAYERS:
                raise ReadError(Fault.BOMB, f"it is compressed more than {MAX_LAYERS} times over")
            data, whole = _decompressed(data, _CODECS[coding], settings, spend)
        elif coding in _UNKNOWN_CODECS:
            raise ReadError(Fault.UNSUPPORTED, f"its content encoding {coding} is not known; crawl without it")
        else:
            continue
        complete = complete and whole
    if not layers and Gzip.starts(data):  # compressed by somebody who did not say so
        data, whole = _decompressed(data, Gzip, settings, spend)
        complete = complete and whole
    return data, complete


def _joined_chunks(data: bytes) -> tuple[bytes, bool]:
    """Join chunks (RFC 9112, 7.1); data that does not begin with a chunk's size is none."""
    parts: list[bytes] = []
    position = 0
    while line := _CHUNK_SIZE.match(data, position, position + MAX_CHUNK_LINE_BYTES):
        size = int(line.group(1), 16)
        if not size:
            return b"".join(parts), True
        part = data[line.end() : line.end() + size]
        parts.append(part)
        position = line.end() + size
        if len(part) < size:
            return b"".join(parts), False
        line_end = next((mark for mark in (b"\r\n", b"\n") if data.startswith(mark, position)), b"")
        if not line_end and len(parts) == 1 and position < len(data):
            return data, True  # a text whose first word looks like a size
        position += len(line_end)
    return (b"".join(parts), False) if parts else (data, True)


def _decompressed(
    data: bytes, codec: Callable[[], Codec], settings: ReadSettings, spend: Callable[[int], None]
) -> tuple[bytes, bool]:
    raw = Raw(io.BytesIO(data))
    stream = Inflated(Peekable(raw), codec, raw, settings.max_expansion)
    parts: list[bytes] = []
    size = 0
    try:
        while part := stream.read(OUTPUT_BYTES):
            spend(len(part))
            size += len(part)
            if size > settings.max_input_bytes:
                raise too_large(settings)
            parts.append(part)
    except CutOffError:
        return b"".join(parts), False
    except ReadError as error:
        if error.fault is Fault.CORRUPT and not parts and not data[:1_024].translate(None, _NOT_CONTROLS):
            return data, True
        raise
    return b"".join(parts), True
