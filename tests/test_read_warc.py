"""Web archives: which records are pages, what HTTP did to them, what becomes of the others and of damage."""

from __future__ import annotations

import gzip
import hashlib
import io
import tempfile
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.read import warc
from pipeline.read.load import read_file
from pipeline.read.pages import page_from_file
from pipeline.read.storage import local_uri
from pipeline.records import Fault, FileRef, Hints, KnownPage, Quarantined, RawPage, Skip, Skipped
from pipeline.settings import ReadSettings
from tests.pages import story
from tests.strategies.read import SAMPLES, hostile_bytes
from tests.warcs import DATE, answer, chunked, gzipped, page, record, zstandarded

Found = RawPage | Quarantined | Skipped

TEXT = "The mayor said that the bridge stays closed. Nobody knows for how long."
HTML = f"<!DOCTYPE html><html><head><title>Bridge</title></head><body><p>{TEXT}</p></body></html>".encode()
SMALL = ReadSettings(max_input_bytes=1_000_000, max_container_bytes=100_000_000)
WARCINFO = record(b"software: a test\r\n", "warcinfo", None, "application/warc-fields")
REQUEST = record(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "request")


def _read(
    folder: Path,
    data: bytes,
    limits: ReadSettings = SMALL,
    name: str = "a.warc",
    hints: Hints = Hints(),  # noqa: B008 - a frozen record
) -> list[Found]:
    path = folder / name
    path.write_bytes(data)
    found = read_file(FileRef(str(folder), name, local_uri(str(path)), len(data), hints), limits)
    return [each for each in found if not isinstance(each, KnownPage)]


def _page(folder: Path, data: bytes, limits: ReadSettings = SMALL) -> RawPage:
    (found,) = _read(folder, data, limits)
    assert isinstance(found, RawPage), found
    return found


def _outcomes(found: list[Found]) -> list[tuple[str, str]]:
    """What became of each record: its source, and ``page``, the fault, or the reason for passing over."""
    return [
        (one.source, "page" if isinstance(one, RawPage) else one.fault if isinstance(one, Quarantined) else one.reason)
        for one in found
    ]


# Which records are pages


def test_every_record_is_a_page_a_fault_or_skipped_for_a_reason(tmp_path: Path) -> None:
    """Only answers with status 200 that are HTML or text are inputs; the others are counted, under their number."""
    cases = [
        (WARCINFO, Skip.WARCINFO),
        (REQUEST, Skip.REQUEST),
        (page(HTML), "page"),
        (record(b"fetchTimeMs: 7\r\n", "metadata", content_type="application/warc-fields"), Skip.METADATA),
        (record(answer(b""), "revisit", WARC_Profile="identical-payload-digest"), Skip.REVISIT),
        (record(b"rest of a page", "continuation"), Skip.OTHER_RECORD),
        (record(b"?", "diary"), Skip.OTHER_RECORD),
        (record(b"20240506070809\nexample.org. 60 IN A 192.0.2.1\n", url="dns:example.org", content_type="text/dns"),
         Skip.NOT_FETCHED),
        (record(b"{}", "resource", "urn:pageinfo:https://example.org/", "application/json"), Skip.NOT_FETCHED),
        (record(HTML, "resource", content_type="text/html"), "page"),
        (record(TEXT.encode(), "conversion", content_type="text/plain"), "page"),
        (record(b"GIF89a", "resource", content_type="image/gif"), Skip.MEDIA_TYPE),
        (page(TEXT.encode(), content_type="text/plain;charset=utf-8"), "page"),
        (page(b"User-agent: *\n", "https://example.org/robots.txt", "text/plain"), Skip.ROBOTS),
        (page(b"\x89PNG\r\n\x1a\n" + bytes(99), content_type="image/png"), Skip.MEDIA_TYPE),
        (page(b'{"a": 1}', content_type="application/json"), Skip.MEDIA_TYPE),
        (page(b"<?xml version='1.0'?><rss><channel/></rss>", content_type="text/xml"), Skip.MEDIA_TYPE),
        (page(b"<?xml version='1.0'?>" + HTML, content_type="text/xml"), "page"),
        (page(HTML, content_type=""), "page"),
        (page(TEXT.encode(), content_type=""), Skip.MEDIA_TYPE),
        (page(HTML, content_type="application/octet-stream"), "page"),
        (record(HTML, url="ftp://example.org/bridge.html", content_type="text/html"), "page"),
        (record(answer(b"", status="301 Moved Permanently", Location="/")), Skip.REDIRECT),
        (record(answer(HTML, status="404 Not Found")), Skip.CLIENT_ERROR),
        (record(answer(HTML, status="503 Service Unavailable")), Skip.SERVER_ERROR),
        (record(answer(HTML, status="206 Partial Content")), Skip.OTHER_STATUS),
        (record(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(HTML)), "page"),
        (record(answer(HTML).replace(b"\r\n", b"\n")), "page"),
        (record(b"HTTP/1.1 200 OK\r\nContent-Type:\r\n  text/html\r\n\r\n" + HTML), "page"),
        (page(b"\x89PNG\r\n\x1a\n" + bytes(99)), Fault.BINARY),
        (page(b" \r\n"), Fault.EMPTY),
        (record(HTML), Fault.BAD_RECORD),
        (record(answer(HTML), WARC_Segment_Number="1"), Fault.UNSUPPORTED),
        (page(b"<p>text" + b"<div>" * 5_000), Fault.TOO_DEEP),
    ]  # fmt: skip
    found = _read(tmp_path, b"".join(one for one, _ in cases))
    assert _outcomes(found) == [(f"a.warc#{n}", outcome) for n, (_, outcome) in enumerate(cases, start=1)]


def test_page_knows_its_address_and_date(tmp_path: Path) -> None:
    """URL and moment come from the record, what it leaves open from the sidecar of the archive."""
    hints = Hints("https://example.org/archive", "2020-01-01", "de")
    bracketed = record(answer(HTML), url="<https://example.org/old>")
    undated = record(HTML, "resource", "file:///bridge.html", "text/html").replace(
        f"WARC-Date: {DATE}\r\n".encode(), b""
    )
    found = _read(tmp_path, page(HTML) + bracketed + undated, hints=hints)
    assert [one.hints for one in found if isinstance(one, RawPage)] == [
        Hints("https://example.org/bridge", DATE, "de"),
        Hints("https://example.org/old", DATE, "de"),
        Hints(None, "2020-01-01", "de"),
    ]


def test_wet_gives_text(tmp_path: Path) -> None:
    """The extracted text of a WET archive is plain text."""
    text = "\n".join(SAMPLES["fr"])
    wet = gzipped([WARCINFO, record(text.encode(), "conversion", content_type="text/plain")])
    _, found = _read(tmp_path, wet, name="a.warc.wet.gz")
    assert isinstance(found, RawPage)
    assert (found.format, found.content, found.source) == ("text", text, "a.warc.wet.gz#2")


def test_archive_without_pages_is_named(tmp_path: Path) -> None:
    """An archive of other records is in quarantine as a file, so that nobody waits for its pages."""
    *skipped, fault = _read(tmp_path, WARCINFO + REQUEST + REQUEST)
    assert all(isinstance(one, Skipped) for one in skipped)
    assert isinstance(fault, Quarantined)
    assert (fault.source, fault.fault) == ("a.warc", Fault.EMPTY)
    assert "request 2, warcinfo 1" in fault.detail


# Encodings


@pytest.mark.parametrize(
    ("charset", "encoding"), [("ISO-8859-1", "cp1252"), ('"windows-1251"', "cp1251"), ("iso-8859-2", "iso8859_2")]
)
def test_charset_of_http_is_used(tmp_path: Path, charset: str, encoding: str) -> None:
    """A page that declares nothing is decoded as its server said, even where bytes are too few to guess from."""
    word = {"cp1252": "café", "cp1251": "да", "iso8859_2": "łódź"}[encoding]
    found = _page(tmp_path, page(f"<p>{word}</p>".encode(encoding), content_type=f"text/html; Charset={charset}"))
    assert (found.encoding, found.content) == (encoding, f"<p>{word}</p>")


@pytest.mark.parametrize("charset", ["utf-8", "klingon-8", "iso-8859-1"])
def test_charset_that_cannot_be_true_is_not_believed(tmp_path: Path, charset: str) -> None:
    """A server's default does not beat the page's own declaration where the bytes contradict it, nor valid UTF-8."""
    russian = "<meta charset=windows-1251><p>Городской совет решил закрыть мост, сказал мэр города.</p>"
    found = _page(tmp_path, page(russian.encode("cp1251"), content_type=f"text/html; charset={charset}"))
    assert (found.encoding, found.content) == ("cp1251", russian)
    found = _page(tmp_path, page("<p>naïve café</p>".encode(), content_type=f"text/html; charset={charset}"))
    assert (found.encoding, found.content) == ("utf-8", "<p>naïve café</p>")


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("coding", [*CODINGS, "bare deflate"])
@pytest.mark.parametrize("chunks", [False, True])
def test_codings_are_undone(tmp_path: Path, coding: str, chunks: bool) -> None:
    """Compression and chunks leave no trace: content, size and digest are those of the page as a file."""
    body = zlib.compress(HTML)[2:-4] if coding == "bare deflate" else CODINGS[coding](HTML)
    headers = {"Content_Encoding": coding.removeprefix("bare ")} | ({"Transfer_Encoding": "chunked"} if chunks else {})
    found = _page(tmp_path, page(chunked(body, 30) if chunks else body, **headers))
    assert (found.content, found.size, found.truncated) == (HTML.decode(), len(HTML), False)
    assert found.sha256 == hashlib.sha256(HTML).hexdigest()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "none", "UTF-8", "gzip, br"])
def test_coding_that_was_undone_already_is_passed_over(tmp_path: Path, coding: str) -> None:
    """Crawlers store the page and keep the header, and servers put nonsense into it; neither costs the page."""
    body = page(HTML, Content_Encoding=coding, Transfer_Encoding="chunked")
    assert _page(tmp_path, body).content == HTML.decode()


def test_two_codings_are_undone_in_order_and_an_unnamed_one_is_found(tmp_path: Path) -> None:
    """The coding named last was applied last; gzip that nobody named is known by its first bytes."""
    both = page(brotli.compress(gzip.compress(HTML)), Content_Encoding="gzip, br")
    assert _page(tmp_path, both).content == HTML.decode()
    assert _page(tmp_path, page(gzip.compress(HTML))).content == HTML.decode()


def test_coding_that_cannot_be_undone_says_so(tmp_path: Path) -> None:
    """A page in an encoding that is not known, or damaged, is in quarantine with the coding named."""
    damaged = gzip.compress(HTML)[:60] + b"\xff" * 60
    found = _read(tmp_path, page(HTML, Content_Encoding="compress") + page(damaged, Content_Encoding="gzip"))
    unknown, corrupt = found
    assert isinstance(unknown, Quarantined)
    assert isinstance(corrupt, Quarantined)
    assert (unknown.fault, corrupt.fault) == (Fault.UNSUPPORTED, Fault.CORRUPT)
    assert "compress" in unknown.detail
    assert "gzip" in corrupt.detail


@pytest.mark.parametrize(
    "cut",
    [
        record(answer(HTML[:90]), WARC_Truncated="length"),
        record(HTML[:90], "resource", content_type="text/html", WARC_Truncated="time"),
        page(chunked(HTML, 50)[:120], Transfer_Encoding="chunked"),
        page(zlib.compress(HTML)[:-30], Content_Encoding="deflate"),
    ],
)
def test_truncated_page_is_read_as_far_as_it_goes_and_says_so(tmp_path: Path, cut: bytes) -> None:
    """What the archive holds of a page is a page, marked as truncated."""
    found = _page(tmp_path, cut)
    assert found.truncated
    assert HTML.decode().startswith(found.content)
    assert len(found.content) > 40


# Damage


def test_truncated_archive_keeps_what_was_read(tmp_path: Path) -> None:
    """Cut anywhere, an archive gives the whole records before the cut, and one fault for what is missing."""
    records = [page(HTML + str(number).encode(), f"https://example.org/{number}") for number in range(4)]
    ends = [sum(map(len, records[: number + 1])) for number in range(4)]
    whole = b"".join(records)
    for cut in range(ends[0], ends[2], 23):
        found = _read(tmp_path, whole[:cut])
        complete = sum(cut >= end - len(b"\r\n\r\n") for end in ends)
        pages = [one for one in found if isinstance(one, RawPage)]
        # A cut inside the word WARC leaves no header to recognise; the page before is not trusted then.
        assert complete - len(pages) in (0, 1)
        if cut not in (end - n for end in ends for n in range(5)):
            assert isinstance(found[-1], Quarantined)
            assert found[-1].fault in (Fault.CORRUPT, Fault.BAD_RECORD)


@pytest.mark.parametrize("pack", [gzipped, zstandarded])
def test_truncated_compressed_archive_keeps_what_was_read(tmp_path: Path, pack: Callable[[list[bytes]], bytes]) -> None:
    """The records that could be decompressed are read; the file itself is named."""
    data = pack([page(HTML + str(number).encode()) for number in range(5)])
    *pages, fault = _read(tmp_path, data[:-20])
    assert [type(one) for one in pages] == [RawPage] * 4
    assert isinstance(fault, Quarantined)
    assert (fault.source, fault.fault) == ("a.warc", Fault.CORRUPT)
    assert "4 records before that were read" in fault.detail


@pytest.mark.parametrize(
    "bad",
    [
        record(answer(HTML), length=len(answer(HTML)) - 40),
        record(answer(HTML), length=len(answer(HTML)) + 40),
        record(answer(HTML), length=0),
        record(answer(HTML), length=-5),
        record(answer(HTML), length="9" * 30),
        record(answer(HTML), length="many"),
        record(answer(HTML)).replace(b"Content-Length", b"Content-Size"),
        record(answer(HTML), X_Long="a" * 200_000),
        page(HTML) + b"something that is no record\r\n\r\n",
        record(answer(HTML)).replace(b"WARC/1.1", b"WARC/one"),
    ],
)
def test_one_bad_record_does_not_cost_the_others(tmp_path: Path, bad: bytes) -> None:
    """After a record with a wrong length or a broken header, reading goes on where the next one begins."""
    good = [page(HTML + str(number).encode(), f"https://example.org/{number}") for number in range(5)]
    found = _read(tmp_path, good[0] + good[1] + bad + good[2] + good[3] + good[4])
    read = [one.hints.url for one in found if isinstance(one, RawPage)]
    faults = [one for one in found if isinstance(one, Quarantined)]
    assert len(faults) == 1
    assert faults[0].fault in (Fault.CORRUPT, Fault.BAD_RECORD)
    # The record beside the damage may be lost with it: whether it ends where it says cannot be told.
    assert len(read) >= 4
    assert {"https://example.org/0", "https://example.org/3", "https://example.org/4"} <= set(read)


def test_damage_between_members_is_noticed(tmp_path: Path) -> None:
    """What gzip would ignore after a member is said, where it hides further records."""
    *pages, fault = _read(tmp_path, gzipped([page(HTML)]) + b"\x00" + gzipped([page(HTML)] * 3))
    assert [type(one) for one in pages] == [RawPage]
    assert isinstance(fault, Quarantined)
    assert fault.fault is Fault.CORRUPT
    assert len(_read(tmp_path, gzipped([page(HTML)]) + b"\x00\r\n")) == 1


def test_file_made_of_damage_is_given_up(tmp_path: Path) -> None:
    """A file of nothing but beginnings of records ends soon, with one fault for all that was not looked at."""
    for piece in (b"WARC/1.0\r\n", b"WARC/1.0\r\nContent-Length: x\r\n\r\n", b"WARC/1.0\r\n\r\njunk\r\n"):
        *_, fault = found = _read(tmp_path, page(HTML) + piece * 20_000, name="b.warc")
        assert isinstance(fault, Quarantined)
        assert (fault.source, fault.fault) == ("b.warc", Fault.CORRUPT)
        assert len(found) < 3_000


def test_crash_on_one_page_does_not_cost_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug that one page triggers is that page's fault alone."""

    def fragile(data: bytes, *others: Any) -> RawPage:
        if b"trigger" in data:
            raise RuntimeError("boom")
        return page_from_file(data, *others)

    monkeypatch.setattr(warc, "page_from_file", fragile)
    found = _read(tmp_path, page(HTML) + page(HTML + b"trigger") + page(HTML))
    assert [outcome for _, outcome in _outcomes(found)] == ["page", Fault.CRASHED, "page"]


def test_length_that_swallows_the_rest_is_a_cut(tmp_path: Path) -> None:
    """A record that claims more than the file holds gives nothing, and the file says where it breaks off."""
    first, fault = _read(tmp_path, page(HTML) + record(answer(HTML), length=10**9) + page(HTML))
    assert isinstance(first, RawPage)
    assert isinstance(fault, Quarantined)
    assert (fault.source, fault.fault) == ("a.warc", Fault.CORRUPT)
    assert "record 2" in fault.detail


# Limits


def test_large_and_exploding_records_are_quarantined_alone(tmp_path: Path) -> None:
    """A record beyond the limits does not hurt the next; an image of that size is skipped like any other."""
    bomb = zlib.compress(bytes(60_000_000), 9)
    records = [
        page(b"word " * 300_000),
        page(bomb, Content_Encoding="deflate"),
        page(zlib.compress(b"word " * 300_000), Content_Encoding="deflate"),
        page(b"\x89PNG" * 500_000, content_type="image/png"),
        page(HTML),
    ]
    limits = ReadSettings(max_input_bytes=1_000_000)
    assert [outcome for _, outcome in _outcomes(_read(tmp_path, b"".join(records), limits))] == [
        Fault.TOO_LARGE,
        Fault.TOO_LARGE,
        Fault.TOO_LARGE,
        Skip.MEDIA_TYPE,
        "page",
    ]
    found = _read(tmp_path, records[1] + records[4], ReadSettings())
    assert [outcome for _, outcome in _outcomes(found)] == [Fault.BOMB, "page"]


def test_many_small_bombs_are_one(tmp_path: Path) -> None:
    """Records that are small bombs each stop the archive before they have cost more than one large file may."""
    bomb = page(zlib.compress(b"<p>" + bytes(9_000_000), 9), Content_Encoding="deflate")
    *found, fault = _read(tmp_path, page(HTML) + bomb * 100, ReadSettings())
    assert isinstance(fault, Quarantined)
    assert (fault.source, fault.fault) == ("a.warc", Fault.BOMB)
    assert 1 < len(found) < 50


def test_archive_has_a_limit_of_its_own(tmp_path: Path) -> None:
    """Beyond it the rest is refused, and what was read stays."""
    limits = ReadSettings(max_input_bytes=1_000_000, max_container_bytes=500_000)
    *pages, fault = _read(tmp_path, gzipped([page(b"<p>" + b"word " * 2_000)] * 100), limits)
    assert isinstance(fault, Quarantined)
    assert (fault.source, fault.fault) == ("a.warc", Fault.TOO_LARGE)
    assert 40 < len(pages) < 60


def test_archive_is_read_in_flat_memory(tmp_path: Path) -> None:
    """An archive of any size needs the memory of one of its pages, also where a record is huge."""
    some = gzipped([REQUEST, page(b"<p>" + b"word " * 20_000 + b"</p>")])
    huge = gzipped([page(b"word " * 6_000_000), page(b"\x00" * 30_000_000, content_type="video/mp4")], level=0)
    path = tmp_path / "a.warc.gz"
    peaks = []
    limits = ReadSettings(max_input_bytes=1_000_000)
    for count in (20, 80):
        path.write_bytes(some * count + huge + some * count)
        tracemalloc.start()
        found = Counter(type(one) for one in read_file(FileRef("", "a.warc.gz", str(path), -1), limits))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert found == {RawPage: 2 * count, Skipped: 2 * count + 1, Quarantined: 1}
    assert max(peaks) < 6_000_000


# Laws


PAGES = [story(number).html() if number % 3 else story(number).text() for number in range(12)]


PACKS: tuple[Callable[[list[bytes]], bytes], ...] = (
    b"".join,
    gzipped,
    zstandarded,
    lambda records: gzip.compress(b"".join(records)),
)


@st.composite
def archives(draw: st.DrawFn) -> tuple[list[int], bytes]:
    """Numbers of ``PAGES``, and an archive of them in that order, packed in any way, with other records between."""
    numbers = draw(st.permutations(range(len(PAGES))).map(lambda order: order[: draw(st.integers(1, len(PAGES)))]))
    records = [WARCINFO]
    for number in numbers:
        body, headers = PAGES[number].encode(), {}
        coding = draw(st.sampled_from(["", *CODINGS]))
        if coding:
            body, headers = CODINGS[coding](body), {"Content_Encoding": coding}
        if draw(st.booleans()):
            body, headers = chunked(body), headers | {"Transfer_Encoding": "chunked"}
        kind = "text/html" if PAGES[number].startswith("<") else "text/plain"
        records += [REQUEST] * draw(st.integers(0, 2))
        records.append(page(body, f"https://example.org/{number}", kind, **headers))
    return numbers, draw(st.sampled_from(PACKS))(records)


@settings(deadline=None, max_examples=40)
@given(archives())
def test_pages_of_an_archive_are_the_same_pages_as_files(archive: tuple[list[int], bytes]) -> None:
    """However an archive is packed and ordered, its pages have the text, digest and size that they have as files."""
    numbers, data = archive
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = [one for one in _read(folder, data) if not isinstance(one, Skipped)]
        files = [_read(folder, PAGES[number].encode(), name=f"{number}.page")[0] for number in numbers]
    for inside, outside in zip(found, files, strict=True):
        assert isinstance(inside, RawPage)
        assert isinstance(outside, RawPage)
        assert (inside.content, inside.format, inside.encoding) == (outside.content, outside.format, outside.encoding)
        assert (inside.sha256, inside.size) == (outside.sha256, outside.size)
    assert [one.hints.url for one in found if isinstance(one, RawPage)] == [f"https://example.org/{n}" for n in numbers]


@settings(deadline=None)
@given(st.lists(hostile_bytes | st.binary(max_size=40) | st.just(page(HTML)), max_size=6), st.booleans())
def test_any_archive_gives_something_once(pieces: list[bytes], pack: bool) -> None:
    """Whatever follows the first record, nothing is raised, each number is given once, and all can be stored."""
    data = page(HTML) + b"".join(pieces)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = _read(folder, gzip.compress(data) if pack else data)
        again = _read(folder, gzip.compress(data) if pack else data)
    assert found
    assert found == again
    assert len({one.source for one in found}) == len(found)
    assert not any(isinstance(one, Quarantined) and one.fault is Fault.CRASHED for one in found)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(["", *CODINGS, "chunked"]))
def test_any_body_gives_a_page_or_a_fault(body: bytes, coding: str) -> None:
    """Whatever a server sent under whatever coding, the record after it is read."""
    headers = {"Transfer_Encoding" if coding == "chunked" else "Content_Encoding": coding} if coding else {}
    with tempfile.TemporaryDirectory() as name:
        found = _read(Path(name), page(body, **headers) + page(HTML))
    assert [one.source for one in found] == ["a.warc#1", "a.warc#2"]
    assert isinstance(found[1], RawPage)
    assert not (isinstance(found[0], Quarantined) and found[0].fault is Fault.CRASHED)


def test_fastwarcs_own_archives_are_read(tmp_path: Path) -> None:
    """An archive that FastWARC itself wrote gives its pages."""
    sink = io.BytesIO()
    for number in range(3):
        made = WarcRecord()
        made.init_headers(WarcRecordType.response)
        made.headers["WARC-Target-URI"] = f"https://example.org/{number}"
        made.headers["Content-Type"] = "application/http; msgtype=response"
        made.set_bytes_content(answer(HTML))
        with GzipWriter(sink) as member:
            made.write(member)
    found = _read(tmp_path, sink.getvalue())
    assert [one.hints.url for one in found if isinstance(one, RawPage)] == [
        f"https://example.org/{n}" for n in range(3)
    ]


@pytest.mark.parametrize("compress", [False, True])
def test_zstd_with_a_dictionary(tmp_path: Path, compress: bool) -> None:
    """The dictionary at the head of the archive is used, whether it is compressed itself or not."""
    records = [page(story(number).html().encode(), f"https://example.org/{number}") for number in range(80)]
    samples: list[bytes | bytearray | memoryview[int]] = [*records]
    dictionary = zstandard.train_dictionary(4_000, samples).as_bytes()
    data = zstandarded(records, dictionary, compress=compress)
    found = _read(tmp_path, data, name="a.warc.zst")
    assert [one.content for one in found if isinstance(one, RawPage)] == [story(n).html() for n in range(80)]
    (fault,) = _read(tmp_path, data.replace(dictionary[:400], b"\x00" * 400) if not compress else data[:200])
    assert isinstance(fault, Quarantined)
    assert fault.fault is Fault.CORRUPT
