"""From files to pages: formats, records, compression, limits."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import io
import json
import tempfile
import tracemalloc
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.read.load import read_file
from pipeline.read.storage import local_uri
from pipeline.records import Fault, FileRef, Hints, KnownPage, Quarantined, RawPage, Skipped
from pipeline.settings import ReadSettings
from tests.strategies.read import SAMPLES, file_names, hostile_bytes, json_lines

TEXT = "The mayor said that the bridge stays closed.\n\nNobody knows for how long.\n"
PAGE = f"<!DOCTYPE html>\n<html><head><title>Bridge</title></head><body><p>{TEXT}</p></body></html>"
SMALL = ReadSettings(max_input_bytes=1_000_000, max_container_bytes=100_000_000)


def _ref(path: Path, hints: Hints = Hints()) -> FileRef:  # noqa: B008 - a frozen record
    return FileRef(str(path.parent), path.name, local_uri(str(path)), path.stat().st_size, hints)


def _read(
    folder: Path,
    name: str,
    data: bytes,
    limits: ReadSettings = SMALL,
    hints: Hints = Hints(),  # noqa: B008
) -> list[RawPage | Quarantined]:
    """What is in a file that is no web archive: only those hold records that are skipped."""
    path = folder / name
    path.write_bytes(data)
    return [found for found in read_file(_ref(path, hints), limits) if not isinstance(found, Skipped | KnownPage)]


def _page(folder: Path, name: str, data: bytes, limits: ReadSettings = SMALL) -> RawPage:
    (page,) = _read(folder, name, data, limits)
    assert isinstance(page, RawPage), page
    return page


def _fault(folder: Path, name: str, data: bytes, limits: ReadSettings = SMALL) -> Quarantined:
    (fault,) = _read(folder, name, data, limits)
    assert isinstance(fault, Quarantined), fault
    return fault


def _lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def _parquet(columns: Mapping[str, Sequence[Any] | pa.Array], **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), sink, **options)
    return sink.getvalue()


# Text and HTML


def test_plain_text_is_one_page(tmp_path: Path) -> None:
    """A text file gives its text as it is, with size and digest of its bytes."""
    data = TEXT.encode()
    page = _page(tmp_path, "a.txt", data)
    assert (page.format, page.content, page.encoding) == ("text", TEXT, "utf-8")
    assert (page.size, page.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (page.origin, page.source) == (str(tmp_path), "a.txt")


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.xhtml", "a.txt", "a", "index.php?id=3", "a.HTML"])
def test_html_is_told_by_content_under_any_name(tmp_path: Path, name: str) -> None:
    """A page is HTML whatever it is called."""
    assert _page(tmp_path, name, PAGE.encode()).format == "html"


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        "Write <p> before a paragraph and </p> after it; use <div> for the rest. " + TEXT * 8,
        "if a < b and c > d: print('<nothing>')",
        "From: the editor <editor@example.org>\n\n" + TEXT,
    ],
)
def test_text_about_markup_stays_text(tmp_path: Path, content: str) -> None:
    """A few angle brackets in a text make no page of it."""
    assert _page(tmp_path, "a.txt", content.encode()).format == "text"


@pytest.mark.parametrize("name", ["a.html", "a.htm.gz", "a.php"])
def test_html_name_without_markup_is_text(tmp_path: Path, name: str) -> None:
    """A name that promises HTML does not make markup of plain text."""
    assert _page(tmp_path, name, TEXT.encode()).format == "text"


@pytest.mark.parametrize(
    "content",
    [
        f"<!-- saved from url=(0014)about:internet -->\n{PAGE}",
        f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">'
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{TEXT}</p></body></html>',
        f"<h1>Bridge</h1><p>{TEXT}</p>",
        f"Bridge<br>{TEXT}<br><br><b>By</b> Susan Doe<br><a href=x>more</a>",
        f"\ufeff  \n{PAGE}",
    ],
)
def test_forms_of_html(tmp_path: Path, content: str) -> None:
    """Comments and declarations before the page, XHTML and fragments are HTML, named .txt as well."""
    assert _page(tmp_path, "a.txt", content.encode()).format == "html"


def test_utf16_page_is_html(tmp_path: Path) -> None:
    """The format is decided on the decoded text."""
    page = _page(tmp_path, "a.txt", PAGE.encode("utf-16"))
    assert (page.format, page.encoding, page.content) == ("html", "utf-16", PAGE)


def test_declared_encoding_is_used(tmp_path: Path) -> None:
    """A page in Shift-JIS that says so is decoded, and the encoding recorded."""
    page = _page(tmp_path, "a.html", f"<meta charset=shift_jis><p>{SAMPLES['ja'][0]}</p>".encode("cp932"))
    assert page.encoding == "cp932"
    assert SAMPLES["ja"][0] in page.content


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("a.txt", b"", Fault.EMPTY),
        ("a.html", b" \n\t\r\n ", Fault.EMPTY),
        ("a.txt", b"\xff\xfe", Fault.EMPTY),
        ("a.txt.gz", gzip.compress(b"", mtime=0), Fault.EMPTY),
        ("a.txt", b"%PDF-1.4\n", Fault.BINARY),
        ("a.txt", b"\x00\x01\x02\x03" * 100, Fault.BINARY),
        ("a.html", b"PK\x03\x04\x14\x00\x00\x00xl/workbook.xml", Fault.BINARY),
        ("a.db", b"SQLite format 3\x00" + bytes(80), Fault.BINARY),
        ("a.rtf", b"{\\rtf1\\ansi hello}", Fault.UNSUPPORTED),
        ("style.css", b"body { color: red }", Fault.UNSUPPORTED),
        ("map.xml", b'<?xml version="1.0"?>\n<!-- <html> -->\n<urlset><url/></urlset>', Fault.UNSUPPORTED),
        ("a.parquet.gz", gzip.compress(_parquet({"text": ["x"]})), Fault.UNSUPPORTED),
    ],
)
def test_what_is_no_text_is_told_apart(tmp_path: Path, name: str, data: bytes, fault: Fault) -> None:
    """Each way of being no text has its own fault, a sentence for a person, and the digest of the stored bytes."""
    found = _fault(tmp_path, name, data)
    assert (found.fault, found.stage, found.source) == (fault, "read", name)
    assert (found.size, found.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert len(found.detail.split()) > 4


def test_binary_format_is_named(tmp_path: Path) -> None:
    """The sentence says what the file is."""
    assert "Word document" in _fault(tmp_path, "a.txt", b"PK\x03\x04word/document.xml").detail
    assert "PNG" in _fault(tmp_path, "b.txt", b"\x89PNG\r\n\x1a\n\x00\x00").detail


def test_vanished_file_is_unreadable(tmp_path: Path) -> None:
    """A file that is gone, and a folder in its place, are faults and not exceptions."""
    ref = FileRef(str(tmp_path), "a.txt", str(tmp_path / "a.txt"), 10)
    for _ in range(2):
        (found,) = read_file(ref, SMALL)
        assert isinstance(found, Quarantined)
        assert found.fault is Fault.UNREADABLE
        (tmp_path / "a.txt").mkdir(exist_ok=True)


def test_nesting_is_checked_before_any_parser(tmp_path: Path) -> None:
    """A page deeper than the setting is refused; one as deep is not."""
    limits = ReadSettings(max_nesting=50)
    assert _fault(tmp_path, "a.html", b"<div>" * 51, limits).fault is Fault.TOO_DEEP
    assert _page(tmp_path, "b.html", b"<div>" * 50 + b"text", limits).format == "html"


# Records


def test_json_lines_give_a_page_or_a_fault_for_each_line(tmp_path: Path) -> None:
    """Bad lines are quarantined one by one, by their number, and the others go on."""
    lines = [
        json.dumps({"text": "First.", "url": "https://example.org/1", "id": "x"}),
        '{"text": ',
        "",
        json.dumps({"html": "<p>Fourth.</p><p>x</p>", "fetched_at": "2024-05-06T07:08:09Z", "language": "en"}),
        json.dumps({"text": ["a"]}),
        json.dumps({"headline": "x"}),
        '"text"',
        json.dumps({"text": " \n"}),
        json.dumps({"text": "", "html": "<p>Ninth.</p>"}),
    ]
    hints = Hints(url="https://example.org/dump", fetched_at="2020-01-01", language="de")
    found = _read(tmp_path, "a.jsonl", "\n".join(lines).encode(), hints=hints)
    assert [(entry.source, entry.fault if isinstance(entry, Quarantined) else entry.format) for entry in found] == [
        ("a.jsonl#1", "text"),
        ("a.jsonl#2", Fault.BAD_RECORD),
        ("a.jsonl#4", "html"),
        ("a.jsonl#5", Fault.BAD_RECORD),
        ("a.jsonl#6", Fault.BAD_RECORD),
        ("a.jsonl#7", Fault.BAD_RECORD),
        ("a.jsonl#8", Fault.EMPTY),
        ("a.jsonl#9", "html"),
    ]
    pages = [entry for entry in found if isinstance(entry, RawPage)]
    assert [page.hints for page in pages[:2]] == [
        Hints("https://example.org/1", "2020-01-01", "de"),
        Hints(None, "2024-05-06T07:08:09Z", "en"),
    ]
    assert (pages[0].sha256, pages[0].size) == (hashlib.sha256(b"First.").hexdigest(), 6)


def test_numbers_for_moments_become_iso_8601(tmp_path: Path) -> None:
    """Seconds and milliseconds since 1970 are both understood; what is no moment is left out."""
    values = [1_653_386_400, 1_653_386_400_000, 1_653_386_400.5, 1e300, True, [], "yesterday"]
    found = _read(tmp_path, "a.jsonl", _lines({"text": "x", "fetched_at": value} for value in values))
    moments = [page.hints.fetched_at for page in found if isinstance(page, RawPage)]
    iso = "2022-05-24T10:00:00+00:00"
    assert moments == [iso, iso, "2022-05-24T10:00:00.500000+00:00", None, None, None, "yesterday"]


def test_pages_hold_nothing_that_cannot_be_stored(tmp_path: Path) -> None:
    """Lone surrogates are replaced, surrogate pairs joined, NULs dropped, and hints that hold such things left out."""
    line = rb'{"text": "a\ud800b\u0000c\ud83d\ude00d", "url": "x\udfff", "n": ' + b"9" * 9_999 + b"}"
    page = _page(tmp_path, "a.jsonl", line)
    assert page.content == "a\ufffdbc😀d"
    assert page.hints == Hints()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_json_lines_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    """Windows tools write JSON Lines in UTF-16 or with a mark, old ones in legacy encodings."""
    records = [{"text": sentence} for sentence in SAMPLES["fr"]]
    data = "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode(encoding)
    found = _read(tmp_path, "a.jsonl", data)
    assert [(page.content, page.encoding) for page in found if isinstance(page, RawPage)] == [
        (sentence, encoding) for sentence in SAMPLES["fr"]
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json", "a.txt", "a"])
def test_json_lines_are_told_by_content(tmp_path: Path, name: str) -> None:
    """Records are found under names that promise something else."""
    assert len(_read(tmp_path, name, _lines([{"text": "One."}, {"text": "Two."}]))) == 2


def test_json_file_with_an_array_or_an_object(tmp_path: Path) -> None:
    """A ``.json`` file gives its records; one record alone inherits all hints of the file."""
    array = json.dumps([{"text": "One."}, 7, {"html": "<p>Three.</p>"}], indent=1)
    found = _read(tmp_path, "a.json", array.encode())
    assert [entry.source for entry in found] == ["a.json#1", "a.json#2", "a.json#3"]
    assert [type(entry) for entry in found] == [RawPage, Quarantined, RawPage]
    hints = Hints(url="https://example.org/1")
    (single,) = _read(tmp_path, "b.json", json.dumps({"text": "One."}, indent=1).encode(), hints=hints)
    assert isinstance(single, RawPage)
    assert (single.source, single.hints) == ("b.json#1", hints)


def test_parquet_rows_are_records(tmp_path: Path) -> None:
    """Rows give pages with their hints, whatever the string type; moments become ISO 8601."""
    moment = datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.UTC)
    columns = {
        "text": pa.array(["One.", None, "", "Four."], pa.large_string()),
        "html": pa.array([None, "<p>Zwei für <b>alle</b></p>".encode("cp1252"), None, None], pa.binary()),
        "url": ["https://example.org/1", None, None, None],
        "fetched_at": pa.array([moment, None, None, None], pa.timestamp("us", "UTC")),
        "other": [1, 2, 3, 4],
    }
    found = _read(tmp_path, "a.bin", _parquet(columns, row_group_size=2))
    assert [entry.source for entry in found] == ["a.bin#1", "a.bin#2", "a.bin#3", "a.bin#4"]
    one, two, three, four = found
    assert isinstance(one, RawPage)
    assert isinstance(two, RawPage)
    assert isinstance(three, Quarantined)
    assert isinstance(four, RawPage)
    assert one.hints == Hints("https://example.org/1", "2024-05-06T07:08:09+00:00", None)
    assert (two.format, two.content) == ("html", "<p>Zwei für <b>alle</b></p>")
    assert three.fault is Fault.EMPTY
    assert four.content == "Four."


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"headline": ["x"]}, Fault.BAD_RECORD),
        ({"text": [1]}, Fault.BAD_RECORD),
        ({"text": pa.array([], pa.string())}, Fault.EMPTY),
    ],
)
def test_parquet_without_text_is_one_fault(tmp_path: Path, columns: dict[str, Any], fault: Fault) -> None:
    """A table that cannot hold articles is refused as a whole, not row by row."""
    assert _fault(tmp_path, "a.parquet", _parquet(columns)).fault is fault


# Compression


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize("name", ["a.html.gz", "a.html.zst", "a.html", "a"])
def test_compression_is_told_by_content(tmp_path: Path, name: str, compress: Any) -> None:
    """gzip and zstd are undone under any name; the digest is that of the decompressed page."""
    page = _page(tmp_path, name, compress(PAGE.encode()))
    assert (page.content, page.format) == (PAGE, "html")
    assert page.sha256 == hashlib.sha256(PAGE.encode()).hexdigest()


def test_members_and_frames_are_joined(tmp_path: Path) -> None:
    """Concatenated gzip members, zstd frames and skippable frames are one text, as their tools read them."""
    skippable = bytes.fromhex("502a4d18") + (5).to_bytes(4, "little") + b"12345"
    halves = TEXT[:20].encode(), TEXT[20:].encode()
    assert _page(tmp_path, "a.gz", b"".join(map(gzip.compress, halves)) + b"\n").content == TEXT
    assert _page(tmp_path, "a.zst", skippable + b"".join(map(zstandard.compress, halves)) + skippable).content == TEXT
    many = b"".join(gzip.compress(bytes([65 + n % 26])) for n in range(5_000))
    assert len(_page(tmp_path, "b.gz", many).content) == 5_000


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_every_truncation_is_noticed(tmp_path: Path, compress: Any) -> None:
    """Cut anywhere after its first bytes, compressed data is corrupt, never silently short."""
    data = compress("\n".join(sentence for sentences in SAMPLES.values() for sentence in sentences).encode())
    for cut in range(10, len(data), 97):
        assert _fault(tmp_path, "a.gz", data[:cut]).fault is Fault.CORRUPT


def test_output_that_fills_the_buffer_exactly_is_no_truncation(tmp_path: Path) -> None:
    """Data whose last bytes wait inside the decompressor is read to its end."""
    for size in (262_143, 262_144, 262_145, 524_288):
        data = (b"0123456789abcdef" * 40_000)[:size]
        assert _page(tmp_path, "a.gz", gzip.compress(data, mtime=0)).size == size


def test_records_before_a_break_are_kept(tmp_path: Path) -> None:
    """A truncated archive of records gives those that could be read, and one fault for itself."""
    data = gzip.compress(
        _lines({"text": f"Record {n}: {hashlib.sha256(str(n).encode()).hexdigest()}"} for n in range(900))
    )
    *pages, fault = _read(tmp_path, "a.jsonl.gz", data[:-4_000])
    assert isinstance(fault, Quarantined)
    assert (fault.source, fault.fault) == ("a.jsonl.gz", Fault.CORRUPT)
    assert 100 < len(pages) < 900
    assert f"{len(pages)} records before that were read" in fault.detail


# Limits


def _peak(ref: FileRef, limits: ReadSettings) -> tuple[int, list[RawPage | Quarantined]]:
    """Read a file without keeping its pages; the greatest memory in bytes, and the faults."""
    tracemalloc.start()
    try:
        faults = [entry for entry in read_file(ref, limits) if isinstance(entry, Quarantined)]
        return tracemalloc.get_traced_memory()[1], list(faults)
    finally:
        tracemalloc.stop()


def _write(path: Path, *parts: bytes) -> FileRef:
    with path.open("wb") as file:
        for part in parts:
            file.write(part)
    return _ref(path)


@pytest.mark.parametrize("name", ["bomb.html", "bomb.jsonl"])
@pytest.mark.parametrize(
    "unit", [gzip.compress(bytes(10_000_000)), zstandard.compress(b"a" * 10_000_000)], ids=["gzip", "zstd"]
)
def test_bomb_is_stopped_in_bounded_memory(tmp_path: Path, name: str, unit: bytes) -> None:
    """A gigabyte from a few kilobytes is refused long before it is there."""
    peak, (fault,) = _peak(_write(tmp_path / name, *[unit] * 100), ReadSettings())
    assert isinstance(fault, Quarantined)
    assert fault.fault is Fault.BOMB
    assert peak < 80_000_000


def test_layers_of_compression_are_limited(tmp_path: Path) -> None:
    """Three layers are undone, a fourth is an attack."""
    data = PAGE.encode()
    for _ in range(3):
        data = gzip.compress(data, mtime=0)
    assert _page(tmp_path, "a.gz", data).content == PAGE
    assert _fault(tmp_path, "b.gz", gzip.compress(data, mtime=0)).fault is Fault.BOMB


def test_compressible_text_is_no_bomb(tmp_path: Path) -> None:
    """A small page that compresses a thousand times is read."""
    assert _page(tmp_path, "a.gz", gzip.compress(b"blank line\n" * 80_000, mtime=0)).size == 880_000


def test_too_large_input_is_not_held(tmp_path: Path) -> None:
    """A file beyond the limit is refused in memory of the order of the limit; one at the limit is read."""
    peak, (fault,) = _peak(_write(tmp_path / "a.txt", *[b"word " * 200_000] * 20), SMALL)
    assert isinstance(fault, Quarantined)
    assert (fault.fault, fault.size) == (Fault.TOO_LARGE, 20_000_000)
    assert peak < 5_000_000
    assert _page(tmp_path, "b.txt", b"word " * 200_000).size == SMALL.max_input_bytes


def test_records_are_read_in_flat_memory(tmp_path: Path) -> None:
    """A file of records of any size needs the memory of one of them; a huge line among them is skipped."""
    record = _lines([{"text": "word " * 2_000}])
    huge = b'{"text": "' + b"word " * 4_000_000 + b'"}\n'
    ref = _write(tmp_path / "a.jsonl", *[record] * 1_000, huge, *[record] * 1_000)
    peak, faults = _peak(ref, SMALL)
    assert [(entry.source, entry.sha256) for entry in faults] == [("a.jsonl#1001", None)]
    assert isinstance(faults[0], Quarantined)
    assert (faults[0].fault, faults[0].size) == (Fault.TOO_LARGE, len(huge) - 1)
    assert peak < 6_000_000


def test_container_has_a_limit_of_its_own(tmp_path: Path) -> None:
    """Beyond it the rest is refused, and what was read stays."""
    limits = ReadSettings(max_input_bytes=1_000_000, max_container_bytes=2_000_000)
    *pages, fault = _read(tmp_path, "a.jsonl", _lines([{"text": "word " * 2_000}]) * 300, limits)
    assert isinstance(fault, Quarantined)
    assert (fault.source, fault.fault) == ("a.jsonl", Fault.TOO_LARGE)
    assert 100 < len(pages) < 200


def test_parquet_is_read_in_flat_memory(tmp_path: Path) -> None:
    """Row groups are read one after the other, and values that rows share are held once."""
    path = tmp_path / "a.parquet"
    rows = [f"{n} " + hashlib.sha256(str(n).encode()).hexdigest() * 150 for n in range(500)]
    with pq.ParquetWriter(path, pa.schema([("text", pa.string())])) as writer:
        for _ in range(10):
            writer.write_table(pa.table({"text": rows}))
    before = pa.default_memory_pool().max_memory()
    peak, faults = _peak(_ref(path), SMALL)
    assert not faults
    assert peak < 20_000_000
    assert pa.default_memory_pool().max_memory() - before < 60_000_000


@pytest.mark.parametrize("name", ["text", "title", "tags"])
def test_parquet_bomb_is_stopped(tmp_path: Path, name: str) -> None:
    """Rows that share one long value through a dictionary are counted as what they would give, whatever it is for."""
    column: Any = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000, pa.int32()), pa.array(["word " * 100_000]))
    if name == "tags":
        column = pa.ListArray.from_arrays(pa.array(range(3_001), pa.int32()), column)
    columns = {"text": ["A ferry."] * 3_000} | {name: column}
    *pages, fault = _read(tmp_path, "a.parquet", _parquet(columns, compression="zstd"))
    assert isinstance(fault, Quarantined)
    assert fault.fault is Fault.BOMB
    assert len(pages) < 100


# Laws


@settings(deadline=None)
@given(file_names, hostile_bytes | st.binary(max_size=200).map(gzip.compress) | json_lines)
def test_any_file_gives_pages_or_faults(name: str, data: bytes) -> None:
    """Whatever a file holds, reading raises nothing, says something, numbers each input once, and stores as UTF-8."""
    with tempfile.TemporaryDirectory() as folder:
        found = _read(Path(folder), name, data)
        again = list(read_file(_ref(Path(folder) / name), SMALL))
    assert found
    assert found == again
    assert len({entry.source for entry in found}) == len(found)
    for entry in found:
        (entry.detail if isinstance(entry, Quarantined) else entry.content).encode()


@given(json_lines)
def test_every_line_of_records_is_accounted_for(data: bytes) -> None:
    """Each line that is not blank gives exactly one page or one fault, under its number."""
    with tempfile.TemporaryDirectory() as folder:
        found = _read(Path(folder), "a.jsonl", b'{"text": "First."}\n' + data)
    numbers = [number for number, line in enumerate(data.split(b"\n"), start=2) if line.strip()]
    assert [entry.source for entry in found] == [f"a.jsonl#{number}" for number in [1, *numbers]]


def test_reading_leaves_no_file_open(tmp_path: Path) -> None:
    """Files are closed after reading, also where a reader stops half-way."""
    (tmp_path / "a.jsonl").write_bytes(_lines([{"text": "One."}, {"text": "Two."}]))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        pages = read_file(_ref(tmp_path / "a.jsonl"), SMALL)
        next(pages)
        pages.close()  # type: ignore[attr-defined]
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


def test_a_page_that_is_known_by_its_bytes_is_not_decoded(tmp_path: Path) -> None:
    """Also compressed; a file of records is read, whatever is known."""
    page = b"<p>Three words here</p>"
    asked: list[str] = []

    def known(digest: str) -> bool:
        asked.append(digest)
        return True

    for name, data in (("a.html", page), ("b.html.gz", gzip.compress(page))):
        (tmp_path / name).write_bytes(data)
        (found,) = read_file(_ref(tmp_path / name), SMALL, known)
        assert found == KnownPage(str(tmp_path), name, hashlib.sha256(page).hexdigest())
        (read,) = read_file(_ref(tmp_path / name), SMALL, lambda _: False)
        assert isinstance(read, RawPage) and read.sha256 == found.sha256
    (tmp_path / "c.jsonl").write_bytes(b'{"text": "one"}\n{"text": "two"}\n')
    assert all(isinstance(each, RawPage) for each in read_file(_ref(tmp_path / "c.jsonl"), SMALL, lambda _: True))
    assert len(asked) == 2
