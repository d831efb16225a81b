"""One input's bytes, or one record's fields, become a page, or a sentence that says why not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.read.decode import Decoded, decode
from pipeline.read.fields import content_of, described_by, hints_of, unwrapped
from pipeline.read.hints import merge
from pipeline.read.inflate import ReadError
from pipeline.read.nesting import too_deep
from pipeline.read.sniff import HEAD_BYTES, is_html, xml_kind
from pipeline.records import Fault, Hints, Quarantined, RawPage
from pipeline.settings import ReadSettings


@dataclass(frozen=True, slots=True)
class Place:
    """Where an input stands."""

    origin: str
    source: str
    hints: Hints

    def record(self, number: int) -> Place:
        """Give the place of record ``number`` of a container.

        It inherits the moment and the language, but not the URL, which is the container's own: records that seemed
        to share a URL would be taken for revisions of one article.
        """
        hints = Hints(fetched_at=self.hints.fetched_at, language=self.hints.language)
        return Place(self.origin, f"{self.source}#{number}", hints)

    def quarantine(self, fault: Fault, detail: str, size: int = -1, sha256: str | None = None) -> Quarantined:
        """Say why the input here is not processed."""
        return Quarantined(self.origin, self.source, "read", fault, detail, size, sha256)


def page_from_file(
    data: bytes, place: Place, ending: str, settings: ReadSettings, charset: str | None = None
) -> RawPage:
    """Make a page of a whole decompressed file; ``ending`` is its suffix, ``charset`` what came with it over HTTP.

    :raises ReadError: there is no text in it, or none that can be used.
    """
    padded = data.rstrip(b"\x00") if data[-1:] == b"\x00" else data
    if not padded.strip():
        # Zeros alone are what a crashed writer leaves of a file.
        raise ReadError(Fault.EMPTY, "there is nothing in it; remove it or scrape it again")
    looks_marked_up = is_html(data[:HEAD_BYTES].decode("latin-1").removeprefix("\xef\xbb\xbf"), ending)
    decoded = decode(data, html=looks_marked_up, label=charset)
    if decoded is None:
        raise ReadError(Fault.UNDECODABLE, "no encoding makes text of its bytes; save it again as UTF-8")
    # decoders give no surrogates, and a zero is sought faster in bytes than in text
    content = _without_marks(decoded.text) if b"\x00" in data else decoded.text.lstrip("\ufeff")
    digest = hashlib.sha256(data).hexdigest()
    return _page(content, decoded.encoding, digest, len(data), place=place, ending=ending, settings=settings)


def page_from_record(record: Mapping[str, Any], place: Place, encoding: str, settings: ReadSettings) -> RawPage:
    """Make a page of a record (``fields``).

    :raises ReadError: no field that may hold a page is a string with anything in it.
    """
    record = unwrapped(record, settings)
    name, value = content_of(record, settings)
    html = "html" in name.lower()
    decoded = decode(value, html=html) if isinstance(value, bytes) else Decoded(value, encoding)
    if decoded is None:
        raise ReadError(Fault.UNDECODABLE, f"no encoding makes text of the bytes in {name}; save them as UTF-8")
    content = _mended(decoded.text)
    stored = content.encode()
    if len(stored) > settings.max_input_bytes:
        raise too_large(settings)
    hinted = Place(place.origin, place.source, merge(hints_of(record, settings), place.hints))
    ending = ".html" if html else ""
    digest = hashlib.sha256(stored).hexdigest()
    page = _page(content, decoded.encoding, digest, len(stored), place=hinted, ending=ending, settings=settings)
    return replace(page, described=described_by(record))


def too_large(settings: ReadSettings) -> ReadError:
    """Give the fault of an input beyond the limit."""
    limit = f"{settings.max_input_bytes:,} bytes"
    return ReadError(Fault.TOO_LARGE, f"it is larger than {limit}; split it, or raise read.max_input_bytes")


def container_too_large(settings: ReadSettings) -> ReadError:
    """Give the fault of a file of records beyond the limit."""
    limit = f"{settings.max_container_bytes:,} bytes"
    return ReadError(Fault.TOO_LARGE, f"it is larger than {limit}; split it, or raise read.max_container_bytes")


def _page(
    content: str, encoding: str, digest: str, size: int, *, place: Place, ending: str, settings: ReadSettings
) -> RawPage:
    if not content.strip():
        raise ReadError(Fault.EMPTY, "there is nothing but white space in it; remove it or scrape it again")
    root = xml_kind(content)
    if root is not None:
        raise ReadError(Fault.UNSUPPORTED, f"it is XML (<{root}>), not a page; give the pages that it names")
    html = is_html(content, ending)
    if html and too_deep(content, settings.max_nesting):
        detail = f"its elements nest deeper than {settings.max_nesting:,}; no real page does (read.max_nesting)"
        raise ReadError(Fault.TOO_DEEP, detail)
    return RawPage(
        origin=place.origin,
        source=place.source,
        format="html" if html else "text",
        content=content,
        encoding=encoding,
        sha256=digest,
        size=size,
        hints=place.hints,
    )


def _mended(text: str) -> str:
    """Take out what no later step can hold: NULs, a byte order mark, surrogates that are no pair."""
    text = _without_marks(text)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _without_marks(text: str) -> str:
    return text.replace("\x00", "").lstrip("\ufeff")
