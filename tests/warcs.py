"""Web archives written by hand, byte by byte, so that what writes them shares nothing with what reads them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable

import zstandard

DATE = "2024-05-06T07:08:09Z"


def record(
    block: bytes,
    kind: str = "response",
    url: str | None = "https://example.org/bridge",
    content_type: str = "application/http; msgtype=response",
    length: int | str | None = None,
    **fields: str,
) -> bytes:
    """One record; ``length`` is what its header claims, ``fields`` are more headers (``WARC_Truncated="length"``)."""
    lines = ["WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: <urn:uuid:{zlib.crc32(block):032x}>"]
    lines += [f"WARC-Date: {DATE}"] + ([f"WARC-Target-URI: {url}"] if url is not None else [])
    lines += [f"Content-Type: {content_type}"] if content_type else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    lines += [f"Content-Length: {len(block) if length is None else length}"]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + block + b"\r\n\r\n"


def answer(body: bytes, content_type: str = "text/html", status: str = "200 OK", **fields: str) -> bytes:
    """One HTTP response."""
    lines = [f"HTTP/1.1 {status}"] + ([f"Content-Type: {content_type}"] if content_type else [])
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def page(body: bytes, url: str = "https://example.org/bridge", content_type: str = "text/html", **fields: str) -> bytes:
    """The record of a page; ``fields`` are headers of the response."""
    return record(answer(body, content_type, **fields), url=url)


def chunked(body: bytes, size: int = 700) -> bytes:
    """A body in chunks, as HTTP/1.1 sends it."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x;note=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nX-Trailer: end\r\n\r\n"


def gzipped(records: Iterable[bytes], level: int = 9) -> bytes:
    """An archive with a gzip member for each record, as the standard recommends."""
    return b"".join(gzip.compress(one, level, mtime=0) for one in records)


def zstandarded(records: Iterable[bytes], dictionary: bytes | None = None, *, compress: bool = False) -> bytes:
    """An archive with a zstd frame for each record, and the dictionary of all in a skippable frame before them."""
    if dictionary is None:
        return b"".join(zstandard.compress(one) for one in records)
    compressor = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(dictionary))
    stored = zstandard.compress(dictionary) if compress else dictionary
    head = b"\x5d\x2a\x4d\x18" + len(stored).to_bytes(4, "little") + stored
    return head + b"".join(compressor.compress(one) for one in records)
