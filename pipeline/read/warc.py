"""Web archives (ISO 28500:2017): WARC as crawlers write it, and WET, which holds the text of pages."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecord

from pipeline.read.hints import brief, hints_from, merge
from pipeline.read.http import MAX_HEAD_BYTES, media_type, parse_response, undo_codings
from pipeline.read.inflate import FREE_EXPANSION_BYTES, Peekable, Raw, ReadError
from pipeline.read.pages import Place, page_from_file, too_large
from pipeline.read.sniff import HEAD_BYTES, Shape, is_html, sniff, xml_kind
from pipeline.records import Fault, Quarantined, RawPage, Skip, Skipped
from pipeline.settings import ReadSettings

Found = RawPage | Quarantined | Skipped
T = TypeVar("T")

PIECE_BYTES = 65_536
"""What is read at a time; FastWARC reads as much."""
MAX_DAMAGED_PLACES = 1_000
"""Each costs a search for the next record; a file with more of them is made of damage."""

_RECORD_START = re.compile(rb"\nWARC/[0-9]\.[0-9]{1,2}\r\n")
_RECORD_START_BYTES = 12
_TOO_LONG = "header length"
"""What FastWARC says of headers beyond 64 KiB; of all else that is no header it says the same thing."""
_HTML_TYPES = frozenset(["text/html", "application/xhtml+xml"])
_TEXT_TYPES = frozenset(["text/plain", "text/markdown", "text/x-markdown"])
_UNSURE_TYPES = frozenset(
    ["", "*/*", "unknown/unknown", "application/octet-stream", "binary/octet-stream", "text/xml", "application/xml"]
)
"""Types that say nothing, or not enough: HTML is told by the content, anything else is left alone (as in WHATWG MIME
Sniffing, 7.1)."""
_WEB_SCHEMES = frozenset(["http", "https"])
_OTHER_SCHEMES = frozenset(["", "file", "ftp", "ftps"])
"""Addresses of files that may be pages as well, but which no other copy of the page shares."""

_PAGE_RECORDS = frozenset(["response", "resource", "conversion"])
_OTHER_RECORDS = {
    "revisit": Skip.REVISIT,
    "request": Skip.REQUEST,
    "metadata": Skip.METADATA,
    "warcinfo": Skip.WARCINFO,
}
_STATUS_CLASSES = {3: Skip.REDIRECT, 4: Skip.CLIENT_ERROR, 5: Skip.SERVER_ERROR}


def read_warc(stream: Peekable, raw: Raw, place: Place, settings: ReadSettings) -> Iterator[Found]:
    """Yield a page, a fault or the reason for passing over for each record, in flat memory; record N is the Nth.

    All records are counted, so that N does not depend on which are pages. After a record whose length is wrong, reading
    goes on where the next one begins.

    :raises ReadError: the stream itself breaks off or explodes, or there is no page in it at all.
    """
    archive = _Archive(stream, raw, place, settings)
    skipped: Counter[Skip] = Counter()
    pages = 0
    for found in archive.records():
        if isinstance(found, Skipped):
            skipped[found.reason] += 1
        else:
            pages += 1
        yield found
    if raw.left_over:
        detail = "after its last record stands something that cannot be decompressed; download the file again"
        raise ReadError(Fault.CORRUPT, detail)
    if not pages:
        kinds = ", ".join(f"{reason.value} {count:,}" for reason, count in sorted(skipped.items())) or "none"
        raise ReadError(Fault.EMPTY, f"it holds no page, only other records ({kinds}); take it out of the SOURCE")


class _Tape:
    """The decompressed archive as FastWARC wants it; it can go back to where the next record begins."""

    def __init__(self, source: Peekable, settings: ReadSettings) -> None:
        self._source = source
        self._limit = settings.max_container_bytes
        self._ahead = b""
        self._position = 0
        self._recent: deque[bytes] = deque(maxlen=2)
        """What FastWARC may hold beyond the place where it found fault: the last two pieces."""
        self._total = 0
        self.failure: ReadError | None = None
        """Why the archive cannot be read beyond what was read."""

    def tell(self) -> int:
        """Bytes read so far."""
        return self._position

    def read(self, size: int = PIECE_BYTES) -> bytes:
        """Read up to ``size`` bytes; none at the end, and where the archive breaks off, which ``failure`` says then."""
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        data = data or self._more(size)
        self._position += len(data)
        if data:
            self._recent.append(data)
        return data

    def find_record(self, after: int) -> bool:
        """Go to where the first record after the byte ``after`` begins; False where there is none."""
        held = b"".join(self._recent)
        start = self._position - len(held)
        self._recent.clear()
        held = (held + self._ahead)[max(after - start, 0) :]
        start = max(after, start)
        self._ahead = b""
        while (found := _RECORD_START.search(held)) is None:
            more = self._more(PIECE_BYTES)
            if not more:
                return False
            keep = held[-_RECORD_START_BYTES:]
            start += len(held) - len(keep)
            held = keep + more
        self._ahead = held[found.start() + 1 :]
        self._position = start + found.start() + 1
        return True

    def _more(self, size: int) -> bytes:
        # Raised in the middle of a read, it would cost the records that FastWARC holds but has not given yet.
        if self.failure is not None:
            return b""
        try:
            data = self._source.read(size)
        except ReadError as error:
            self.failure = error
            return b""
        self._total += len(data)
        if self._total > self._limit:
            detail = f"it is larger than {self._limit:,} bytes; split it, or raise read.max_container_bytes"
            self.failure = ReadError(Fault.TOO_LARGE, detail)
            return b""
        return data


@dataclass(frozen=True, slots=True)
class _Content:
    """What a record holds, before it is decided whether it is a page."""

    type: str
    charset: str | None
    body: bytes
    complete: bool


class _Archive:
    """One archive while it is read."""

    def __init__(self, stream: Peekable, raw: Raw, place: Place, settings: ReadSettings) -> None:
        self._tape = _Tape(stream, settings)
        self._raw = raw
        self._place = place
        self._settings = settings
        self._spent = 0
        self._number = 0
        self._damaged = 0
        self._end = 0
        """A byte at or before the end of the record that was read last, as far as its header can be believed."""

    def records(self) -> Iterator[Found]:
        """Every record; one that no other follows as it should is not trusted.

        :raises ReadError: the archive breaks off; all that could be read was given before.
        """
        more = True
        while more:
            held: Found | None = None
            more = False
            records = iter(ArchiveIterator(cast("BinaryIO", self._tape), parse_http=False, stream_detect=False))
            while True:
                try:
                    record = _guarded(partial(next, records, None))
                except OSError as error:
                    self._count_damage()
                    if _TOO_LONG in str(error):
                        if held is not None:
                            yield held
                        self._number += 1
                        held = self._here().quarantine(Fault.BAD_RECORD, "its header is far too long; crawl it again")
                        more = self._tape.find_record(self._end) and self._tape.find_record(self._tape.tell() + 1)
                    else:
                        more = self._tape.find_record(self._end)
                        if more or self._tape.failure is None:
                            self._number += held is None
                            held = held if isinstance(held, Quarantined) else self._misplaced(held)
                    break
                if record is None:
                    break
                if held is not None:
                    yield held
                self._number += 1
                held = self._found(record)
            if held is not None:
                yield held
        if self._tape.failure is not None:
            raise self._tape.failure

    def _count_damage(self) -> None:
        self._damaged += 1
        if self._damaged > MAX_DAMAGED_PLACES:
            detail = f"it is damaged in more than {MAX_DAMAGED_PLACES:,} places; crawl or download it again"
            raise ReadError(Fault.CORRUPT, detail)

    def _misplaced(self, before: Found | None) -> Quarantined:
        """Say that there is no record where one should begin, of the record ``before`` that place if there is one."""
        what = "it does not begin as a record does"
        if before is not None:
            what = "no record begins where this one ends, so its length is wrong or the file is damaged there"
        detail = f"{what}; crawl or download it again"
        return self._here().quarantine(Fault.CORRUPT, detail)

    def _here(self) -> Place:
        return self._place.record(self._number)

    def _found(self, record: WarcRecord) -> Found:
        """What becomes of one record; its content is read to the end in any case."""
        here = self._here()
        length = record.headers.get("Content-Length", "") or ""
        if not (length.isascii() and length.isdigit() and int(length[:20]) == record.content_length):
            if self._tape.failure is not None:
                raise self._tape.failure
            self._count_damage()
            self._end = record.stream_pos + 1
            return here.quarantine(Fault.BAD_RECORD, "its header states no length, or breaks off; crawl it again")
        self._end = record.stream_pos + record.content_length
        address = (record.headers.get("WARC-Target-URI", "") or "").strip().removeprefix("<").removesuffix(">")
        reason = _reason_to_skip(str(record.record_type), address)
        block = self._block(record, keep=reason is None)
        if reason is not None:
            return Skipped(here.origin, here.source, reason)
        try:
            return self._page(record, address, block, here)
        except _NotAPageError as no:
            return Skipped(here.origin, here.source, no.reason)
        except ReadError as fault:
            if fault.fault is Fault.BOMB and self._spent > self._allowed():
                raise
            digest = hashlib.sha256(block).hexdigest() if len(block) == record.content_length else None
            return here.quarantine(fault.fault, fault.detail, record.content_length, digest)
        except Exception as crash:
            # The last resort, as for whole files: the archive's other pages must not suffer from a bug.
            detail = f"reading it failed ({type(crash).__name__}: {brief(crash)}); please report this"
            return here.quarantine(Fault.CRASHED, detail, record.content_length)

    def _block(self, record: WarcRecord, *, keep: bool) -> bytes:
        """Read the content of a record; of one beyond the limit, or that is not wanted, no more than a head is kept.

        :raises ReadError: the archive ends before the record does.
        """
        most = record.content_length if record.content_length <= self._settings.max_input_bytes else MAX_HEAD_BYTES
        parts: list[bytes] = []
        size = 0
        while piece := _guarded(partial(record.reader.read, PIECE_BYTES)):
            if keep and size < most:
                parts.append(piece)
            size += len(piece)
        if size < record.content_length:
            if self._tape.failure is not None:
                raise self._tape.failure
            detail = f"it breaks off in record {self._number:,}; download the file again"
            raise ReadError(Fault.CORRUPT, detail)
        return b"".join(parts)

    def _page(self, record: WarcRecord, address: str, block: bytes, here: Place) -> RawPage:
        """Make a page of a record's content.

        :raises ReadError: it should be one, but cannot be used.
        """
        oversized = record.content_length > self._settings.max_input_bytes
        content = self._content(record, block, oversized=oversized)
        kind = content.type
        if kind not in _HTML_TYPES | _TEXT_TYPES and not (kind in _UNSURE_TYPES and _markup(content.body)):
            raise _NotAPageError(Skip.MEDIA_TYPE)
        if oversized:
            raise too_large(self._settings)
        if record.headers.get("WARC-Segment-Number"):
            detail = "it is cut in segments, of which this is one; join them, or crawl without segmentation"
            raise ReadError(Fault.UNSUPPORTED, detail)
        if not content.body.strip(b"\0\t\n\r "):
            raise ReadError(Fault.EMPTY, "the answer has no content; crawl the page again")
        sniffed = sniff(content.body[:HEAD_BYTES], "")
        if sniffed.shape in (Shape.BINARY, Shape.UNSUPPORTED, Shape.PARQUET):
            name = sniffed.name or "Parquet"
            raise ReadError(Fault.BINARY, f"it was sent as {kind or 'a page'}, but it is {name}; leave it out")
        scheme = _scheme(address)
        hints = hints_from(
            {"url": address if scheme in _WEB_SCHEMES else None, "fetched_at": record.headers.get("WARC-Date")}
        )
        described = Place(here.origin, here.source, merge(hints, here.hints))
        ending = "" if kind in _TEXT_TYPES else ".html"
        page = page_from_file(content.body, described, ending, self._settings, content.charset)
        return page if content.complete else replace(page, truncated=True)

    def _content(self, record: WarcRecord, block: bytes, *, oversized: bool) -> _Content:
        """Undo what HTTP did to the content; nothing is decompressed that is no page, or too large.

        :raises ReadError: it cannot be undone.
        """
        whole = not record.headers.get("WARC-Truncated")
        said, charset = media_type(record.headers.get("Content-Type", "") or "")
        kind = str(record.record_type)
        # A response by another protocol (FTP) is the file itself.
        spoken = kind == "response" and (not said or block.startswith(b"HTTP/"))
        if said != "application/http" and not spoken:
            kind = said or ("text/plain" if kind == "conversion" else "")
            return _Content(kind, charset, block, whole)
        response = parse_response(block)
        if response.status != 200:
            raise _NotAPageError(_STATUS_CLASSES.get(response.status // 100, Skip.OTHER_STATUS))
        if response.media_type not in _HTML_TYPES | _TEXT_TYPES | _UNSURE_TYPES:
            raise _NotAPageError(Skip.MEDIA_TYPE)
        if oversized:
            return _Content(response.media_type, response.charset, response.body, complete=False)
        body, complete = undo_codings(response, self._settings, self._spend)
        return _Content(response.media_type, response.charset, body, whole and complete)

    def _spend(self, size: int) -> None:
        """Count what is decompressed in records: each alone may be small, and all of them together a bomb."""
        self._spent += size
        if self._spent > self._allowed():
            expansion = self._settings.max_expansion
            detail = f"its records grow to more than {expansion} times its size; if trusted, raise read.max_expansion"
            raise ReadError(Fault.BOMB, detail)

    def _allowed(self) -> int:
        return FREE_EXPANSION_BYTES + self._settings.max_expansion * self._raw.size


class _NotAPageError(Exception):
    """A record is passed over."""

    def __init__(self, reason: Skip) -> None:
        super().__init__(reason)
        self.reason = reason


def _reason_to_skip(kind: str, address: str) -> Skip | None:
    """Why a record is no page, as far as its header says."""
    if kind not in _PAGE_RECORDS:
        return _OTHER_RECORDS.get(kind, Skip.OTHER_RECORD)
    if _scheme(address) not in _WEB_SCHEMES | _OTHER_SCHEMES:
        return Skip.NOT_FETCHED
    path = address.partition("?")[0].partition("#")[0]
    return Skip.ROBOTS if posixpath.basename(path) == "robots.txt" else None


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _markup(body: bytes) -> bool:
    """Whether content of an unknown type is HTML."""
    head = body[:HEAD_BYTES].decode("latin-1").removeprefix("\xef\xbb\xbf")
    return sniff(body[:HEAD_BYTES], "").shape is Shape.PAGE and is_html(head, "") and xml_kind(head) is None


def _guarded(call: Callable[[], T]) -> T:
    """Call into FastWARC; a panic of its Rust code, which is no ``Exception``, becomes a fault like any other."""
    try:
        return call()
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            detail = f"FastWARC failed on it ({' '.join(str(error).split())[:200]}); please report this"
            raise ReadError(Fault.CRASHED, detail) from None
        raise
