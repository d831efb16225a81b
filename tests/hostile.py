"""A folder of hostile inputs, each with one line that says what is wrong with it and what may become of it.

``build_hostile_folder`` writes them; tests of single steps and of the whole road use the same folder.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import brotli
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from pipeline.records import Fault
from tests.warcs import answer, gzipped, page, record, zstandarded

CLEANED = "cleaned"
"""The input becomes an article like any other."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """One hostile input."""

    name: str
    """Its source: the path below the folder, as it is stored. Records of a container add ``#N``."""
    wrong: str
    """What is wrong with it."""
    expected: frozenset[str]
    """Values of ``Fault``, and ``CLEANED``: each outcome of the input (or of its records) must be one of them."""
    empty: bool = False
    """Whether nothing at all is to come of it: it is no input."""


_STORY = (
    "The mayor said on Monday that the old bridge will stay closed until the engineers have finished their work. "
    "Nobody knows how long that will take, and the shops along the river have begun to count their losses.\n\n"
    "The council will meet again in June. Until then the ferry runs every half hour, also on Sundays.\n"
)
_RUSSIAN = "Городской совет решил закрыть мост. Никто не знает, как долго это продлится, сказал мэр города.\n"
_PAGE = f"<!DOCTYPE html><html><head><title>Bridge</title></head><body><h1>Bridge</h1><p>{_STORY}</p></body></html>"

_Build = Callable[[Path], None]
_CASES: list[tuple[str, str, frozenset[str], _Build, bool]] = []


def build_hostile_folder(path: Path) -> list[Hostile]:
    """Write every hostile input into ``path``, which is created, and say what each is.

    About 100 MB on the disk, in about two seconds. Needs a file system that takes any byte in a name.
    """
    path.mkdir(parents=True, exist_ok=True)
    for _, _, _, build, _ in _CASES:
        build(path)
    return [Hostile(name, wrong, expected, empty) for name, wrong, expected, _, empty in _CASES]


def _case(name: str, wrong: str, *expected: str, empty: bool = False) -> Callable[[_Build], _Build]:
    def register(build: _Build) -> _Build:
        _CASES.append((name, wrong, frozenset(expected), build, empty))
        return build

    return register


def _bytes(name: str, wrong: str, content: Callable[[], bytes], *expected: str) -> None:
    _CASES.append((name, wrong, frozenset(expected), lambda folder: _write(folder / name, content()), False))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _text(name: str, wrong: str, content: Callable[[], str], *expected: str) -> None:
    _bytes(name, wrong, lambda: content().encode(), *expected)


def _noise(size: int) -> bytes:
    """Bytes above 0x7F that follow no encoding; the same ones every time."""
    state, made = 1, bytearray()
    for _ in range(size):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        made.append(128 + (state >> 16) % 128)
    return bytes(made)


def _long() -> bytes:
    return "".join(f"{number}: {zlib.crc32(str(number).encode())}\n" for number in range(3_000)).encode()


def _damaged(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(byte ^ 0xFF for byte in data[middle : middle + 40]) + data[middle + 40 :]


def _layers(count: int) -> bytes:
    data = _PAGE.encode()
    for _ in range(count):
        data = gzip.compress(data, mtime=0)
    return data


def _members() -> bytes:
    return (
        gzip.compress(_STORY.encode()) + gzip.compress(b"", mtime=0) + gzip.compress(b"The end.\n", mtime=0) + b"\r\n"
    )


def _json_bomb() -> bytes:
    return (
        gzip.compress(b'{"text": "', mtime=0)
        + gzip.compress(b"a" * 10_000_000, mtime=0) * 50
        + gzip.compress(b'"}\n', mtime=0)
    )


def _lines() -> list[str]:
    return _long().decode().splitlines()


def _parquet(columns: dict[str, list[str]] | dict[str, list[int]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def _parquet_bomb() -> bytes:
    """500 rows share one value of 12 MB through a dictionary."""
    value = pa.array(["word " * 2_400_000])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 500, pa.int32()), value)
    sink = io.BytesIO()
    # Without the limit the writer gives the dictionary up, and writes the value 500 times.
    pq.write_table(pa.table({"text": column}), sink, compression="zstd", dictionary_pagesize_limit=2**30)
    return sink.getvalue()


def _good(number: int) -> bytes:
    return page(_PAGE.replace("Bridge", f"Bridge {number}").encode(), f"https://example.org/{number}")


def _records() -> list[bytes | bytearray | memoryview[int]]:
    return [_good(number) for number in range(200)]


def _warc_bomb() -> bytes:
    head = record(b"", content_type="text/html", length=1_000_000_000).removesuffix(b"\r\n\r\n")
    return gzip.compress(head, mtime=0) + gzip.compress(bytes(10_000_000), mtime=0) * 100


# Encodings

_bytes("utf16-cut.txt", "UTF-16 cut in the middle of a character", lambda: _STORY.encode("utf-16")[:-1], CLEANED)
_bytes("utf16-no-mark.txt", "UTF-16 without a byte order mark", lambda: _STORY.encode("utf-16-le"), CLEANED)
_bytes("utf8-cut.txt", "UTF-8 cut in the middle of a character", lambda: (_STORY + "Ω œuvre é").encode()[:-1], CLEANED)
_bytes(
    "utf8-broken.txt", "UTF-8 with three broken bytes", lambda: ("éàü " * 50).encode() + b"\xff\xfe\xc3 x\n", CLEANED
)
_bytes(
    "mixed.txt",
    "first half UTF-8, second half windows-1252",
    lambda: ("Le café est fermé.\n" * 20).encode() + ("Le café est fermé.\n" * 20).encode("cp1252"),
    CLEANED,
)
_bytes(
    "lying-charset.html",
    "declares UTF-8 and is windows-1251",
    lambda: "<html><head><meta charset=utf-8></head><body><p>Городской совет решил закрыть мост.</p></body>".encode(
        "cp1251"
    ),
    CLEANED,
)
_bytes(
    "no-such-charset.html",
    "declares an encoding that does not exist",
    lambda: b'<html><head><meta charset="klingon-8"></head><body><p>The bridge is closed, she said.</p></body></html>',
    CLEANED,
)
_bytes(
    "lying-bom.txt", "windows-1251 behind a UTF-8 mark", lambda: b"\xef\xbb\xbf" + _RUSSIAN.encode("cp1251"), CLEANED
)
_bytes("only-bom.txt", "a byte order mark and nothing else", lambda: b"\xef\xbb\xbf", Fault.EMPTY)
_bytes("noise.txt", "random bytes without control characters", lambda: _noise(4_000), Fault.UNDECODABLE, Fault.BINARY)


# Bytes that are no text

_bytes(
    "nuls.txt", "every other byte is NUL, but it is no UTF-16", lambda: b"\x00\x9c\x00\xff\x01\x00" * 500, Fault.BINARY
)
_bytes("few-nuls.txt", "a text with one NUL", lambda: (_STORY * 5).encode().replace(b"June", b"Ju\x00ne", 1), CLEANED)
_bytes("all-nuls.txt", "4 KB of NULs, as a crash leaves them", lambda: bytes(4096), Fault.EMPTY)
_bytes("nul-tail.txt", "a text whose end is NULs", lambda: _STORY.encode() + bytes(2048), CLEANED)
_bytes("controls.txt", "control characters only", lambda: bytes(range(1, 9)) * 200, Fault.BINARY)
_bytes("empty.txt", "no bytes", lambda: b"", Fault.EMPTY)
_bytes("blank.txt", "white space only", lambda: b" \n\t \r\n" * 1000, Fault.EMPTY)
_bytes(
    "invisible.txt",
    "zero-width characters only",
    ("\u200b\u200d\u2060\n" * 99).encode,
    CLEANED,
    Fault.NO_TEXT,
)
_bytes("image.txt", "a PNG named .txt", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, Fault.BINARY)
_bytes("paper.html", "a PDF named .html", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + _noise(2_000), Fault.BINARY)
_bytes("program", "an ELF program without a suffix", lambda: b"\x7fELF\x02\x01\x01" + bytes(1000), Fault.BINARY)
_bytes(
    "document.txt",
    "a Word document named .txt",
    lambda: b"PK\x03\x04\x14\x00word/document.xml" + _noise(500),
    Fault.BINARY,
)
_bytes("feed.html", "an RSS feed named .html", lambda: b'<?xml version="1.0"?><rss><channel/></rss>', Fault.UNSUPPORTED)

# Compression

_bytes("bomb.html.gz", "1 GB of zeros in 1 MB of gzip", lambda: gzip.compress(bytes(10_000_000)) * 100, Fault.BOMB)
_bytes("bomb.txt.zst", "1 GB in a few KB of zstd", lambda: zstandard.compress(b"a\n" * 50_000_000) * 10, Fault.BOMB)
_bytes("bomb.jsonl.gz", "a bomb that grows as one JSON record", _json_bomb, Fault.BOMB, Fault.TOO_LARGE)
_bytes(
    "broken.txt.gz", "gzip with bytes changed in the middle", lambda: _damaged(gzip.compress(_long())), Fault.CORRUPT
)
_bytes("cut.txt.gz", "gzip cut off", lambda: gzip.compress(_long())[:-200], Fault.CORRUPT)
_bytes("cut.txt.zst", "zstd cut off", lambda: zstandard.compress(_long())[:-20], Fault.CORRUPT)
_bytes("header.gz", "nothing but the first bytes of gzip", lambda: b"\x1f\x8b\x08", Fault.CORRUPT)
_bytes("twice.html.gz", "gzip of gzip", lambda: gzip.compress(gzip.compress(_PAGE.encode(), mtime=0)), CLEANED)
_bytes("often.html.gz", "gzip of gzip, nine layers", lambda: _layers(9), Fault.BOMB)
_bytes("not-gzip.html.gz", "plain HTML named .html.gz", _PAGE.encode, CLEANED)
_bytes("members.txt.gz", "gzip in members, with bytes after the last", _members, CLEANED)


# Size and shape of the text

_bytes("one-line.txt", "50 MB on one line", lambda: b"word " * 10_000_000, Fault.TOO_LARGE)
_text("spaces.txt", "a line of a million spaces inside a text", lambda: _STORY + "x" + " " * 1_000_000 + "y\n", CLEANED)
_text("old-mac.txt", "carriage returns as line ends", lambda: _STORY.replace("\n", "\r"), CLEANED)
_text("many-lines.txt", "half a million empty lines in a text", lambda: _STORY + "\n" * 500_000 + "The end.\n", CLEANED)
_text("bidi.txt", "right-to-left overrides in every line", lambda: "\u202e" + _STORY.replace(". ", ".\u202e "), CLEANED)
_text("zalgo.txt", "a hundred marks on every letter", lambda: "".join(c + "\u0335\u0321" * 50 for c in _STORY), CLEANED)
_text("long-word.txt", "a word of a million letters", lambda: _STORY + "\n\n" + "a" * 1_000_000 + "\n", CLEANED)

# HTML

_text("deep.html", "100,000 nested elements", lambda: "<div>" * 100_000 + "<p>text</p>", Fault.TOO_DEEP)
_text("deep-quoted.html", "nesting hidden behind quotes", lambda: "<div a=\">\" b='>'>" * 5_000 + "x", Fault.TOO_DEEP)
_text("deep-inline.html", "a misnested mess of formatting", lambda: "<b><i><a><font>" * 20_000 + "x", Fault.TOO_DEEP)
_text(
    "attributes.html",
    "a million attributes on one element",
    lambda: "<html><body " + " ".join(f"a{n}=1" for n in range(1_000_000)) + f"><p>{_STORY}</p></body></html>",
    CLEANED,
    Fault.NO_TEXT,
)
_text("comment.html", "a comment that never ends", lambda: _PAGE.replace("<p>", "<!-- <p>"), CLEANED, Fault.NO_TEXT)
_text("script.html", "a script that never ends", lambda: _PAGE.replace("<p>", "<script><p>"), CLEANED, Fault.NO_TEXT)
_text("tag.html", "a tag that never ends", lambda: _PAGE.replace("</p>", '<a href="'), CLEANED, Fault.NO_TEXT)
_text(
    "entities.html", "a megabyte of character references", lambda: f"<p>{'&#x41;&amp;&nosuch;' * 62_500}</p>", CLEANED
)
_text(
    "billion-laughs.html",
    "entities that are defined by each other",
    lambda: '<!DOCTYPE html [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><p>&b; ' + _STORY + "</p>",
    CLEANED,
)
_text("no-markup.html", "plain text named .html", lambda: _STORY, CLEANED)
_text("page.txt", "HTML named .txt", lambda: _PAGE, CLEANED)
_text("brackets.html", "200,000 opening brackets", lambda: "<p>" + "<" * 200_000 + _STORY, CLEANED, Fault.NO_TEXT)

# Records

_bytes(
    "records.jsonl",
    "good records among broken ones of every sort",
    lambda: b"\n".join(
        [
            json.dumps({"text": _STORY, "url": "https://example.org/bridge"}).encode(),
            b'{"text": "cut off in the mid',
            b"not JSON at all",
            b"[1, 2, 3]",
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b'{"text": 17}',
            b'{"title": "no content"}',
            b'{"text": null, "html": null}',
            b'{"text": "   "}',
            b'{"text": "\xff\xfe\xfa\xfb"}',
            b"",
            b"null",
            json.dumps({"html": "<div>" * 5_000 + "x"}).encode(),
        ]
    ),
    CLEANED,
    Fault.BAD_RECORD,
    Fault.EMPTY,
    Fault.TOO_DEEP,
)
_bytes(
    "odd.jsonl",
    "NaN, lone surrogates, a number of 10,000 digits, raw control characters: odd, but readable",
    lambda: b"\n".join(
        [
            json.dumps({"text": _STORY, "score": float("nan")}).encode(),
            b'{"text": "The bridge \\ud800 is closed, said the mayor on Monday.", "url": "\\udfff"}',
            b'{"text": "The bridge is closed, said the mayor on Tuesday.", "n": ' + b"9" * 10_000 + b"}",
            b'{"text": "The bridge\tis closed, said\x01 the mayor on Wednesday.", "fetched_at": 1e999}',
        ]
    ),
    CLEANED,
)
_bytes("long-line.jsonl", "a record of 40 MB", lambda: b'{"text": "' + b"word " * 8_000_000 + b'"}', Fault.TOO_LARGE)
_bytes("deep.json", "JSON nested 100,000 deep", lambda: b"[" * 100_000 + b"]" * 100_000, Fault.BAD_RECORD)
_bytes("package.json", "JSON that holds no article", lambda: b'{"name": "left-pad", "version": "1"}', Fault.BAD_RECORD)
_bytes("cut.parquet", "Parquet cut off", lambda: _parquet({"text": [_STORY] * 10})[:-30], Fault.CORRUPT)
_bytes(
    "damaged.parquet",
    "Parquet with bytes changed",
    lambda: _damaged(_parquet({"text": _lines()})),
    Fault.CORRUPT,
    CLEANED,
)
_bytes(
    "no-text.parquet", "Parquet without a column of text", lambda: _parquet({"headline": [_STORY]}), Fault.BAD_RECORD
)
_bytes("wrong-type.parquet", "Parquet whose text is numbers", lambda: _parquet({"text": [1, 2]}), Fault.BAD_RECORD)
_bytes("bomb.parquet", "6 GB of text in a few KB of Parquet", _parquet_bomb, Fault.BOMB)


# Web archives

_bytes("header.warc", "a web archive that ends in its first header", lambda: b"WARC/1.0\r\nWARC-Type", Fault.BAD_RECORD)
_bytes("only-info.warc", "a web archive without a page", lambda: record(b"", "warcinfo", None), Fault.EMPTY)
_bytes(
    "lengths.warc",
    "records whose lengths are too small, too large, negative and not numbers, among good ones",
    lambda: (
        b"".join(
            _good(number) + record(answer(_PAGE.encode()), length=length)
            for number, length in enumerate(("10", "900", "-1", "9" * 40, "x", "0"))
        )
        + _good(9)
    ),
    CLEANED,
    Fault.CORRUPT,
    Fault.BAD_RECORD,
)
_bytes(
    "headers.warc",
    "headers of a megabyte, without a colon, and that are no text",
    lambda: (
        _good(1)
        + record(answer(_PAGE.encode()), X="a" * 1_000_000)
        + _good(2)
        + _good(3).replace(b"WARC-Date: ", b"\xff\xfe\x00")
        + page(_PAGE.encode(), X="b" * 100_000)
        + _good(4)
    ),
    CLEANED,
    Fault.BAD_RECORD,
)
_bytes(
    "bodies.warc",
    "bodies that are no page, are bombs, are cut, or lie about how they were sent",
    lambda: b"".join(
        [
            page(zlib.compress(bytes(40_000_000)), Content_Encoding="deflate"),
            page(brotli.compress(bytes(400_000_000), quality=1), Content_Encoding="br"),
            page(_damaged(gzip.compress(_long())), Content_Encoding="gzip"),
            page(_layers(9), Content_Encoding=", ".join(["gzip"] * 9)),
            page(b"FFFFFFFFFFFFFF\r\n" + _PAGE.encode(), Transfer_Encoding="chunked"),
            page(b"1\r\nx\r\n" * 100_000, Transfer_Encoding="chunked"),
            page(b"<div>" * 5_000 + b"x"),
            page(bytes(range(1, 9)) * 200),
            page(b""),
            record(b"not an answer at all"),
            record(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000),
            page(b"word " * 8_000_000),
            _good(1),
        ]
    ),
    CLEANED,
    Fault.BOMB,
    Fault.CORRUPT,
    Fault.TOO_DEEP,
    Fault.TOO_LARGE,
    Fault.BINARY,
    Fault.EMPTY,
    Fault.BAD_RECORD,
)
_bytes(
    "inside.warc",
    "a page that is itself a web archive, in a record whose length is wrong",
    lambda: _good(1) + page(_good(2) * 50).replace(b"Content-Length: ", b"Content-Length: 1") + _good(3),
    CLEANED,
    Fault.CORRUPT,
)
_bytes(
    "cut.warc.gz", "a web archive cut off", lambda: gzipped([_good(n) for n in range(9)])[:-30], CLEANED, Fault.CORRUPT
)
_bytes("bomb.warc.gz", "1 GB of zeros as one record", _warc_bomb, Fault.BOMB)
_bytes(
    "no-dictionary.warc.zst",
    "frames that need a dictionary, and something else in its place",
    lambda: zstandarded([_good(1)], zstandard.train_dictionary(1_000, [*_records()]).as_bytes()).replace(
        b"\xec", b"\xed", 1
    ),
    Fault.CORRUPT,
)


# The file system


@_case("folder.txt/inside.txt", "in a folder named like a file", CLEANED)
def _folder(folder: Path) -> None:
    (folder / "folder.txt").mkdir()
    _write(folder / "folder.txt" / "inside.txt", _STORY.encode())


@_case("dangling.txt", "a link to nothing", Fault.UNREADABLE)
def _dangling(folder: Path) -> None:
    (folder / "dangling.txt").symlink_to("nowhere.txt")


@_case("self.txt", "a link to itself", Fault.UNREADABLE)
def _self(folder: Path) -> None:
    (folder / "self.txt").symlink_to("self.txt")


@_case("loop", "a link to the folder that it stands in", empty=True)
def _loop(folder: Path) -> None:
    (folder / "loop").symlink_to(".", target_is_directory=True)


@_case("outside", "a link to the root of the file system", Fault.UNSUPPORTED)
def _outside(folder: Path) -> None:
    (folder / "outside").symlink_to("/", target_is_directory=True)


@_case("pipe.txt", "a FIFO that nobody writes to", Fault.UNREADABLE)
def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")


@_case("socket.txt", "a socket", Fault.UNREADABLE)
def _socket(folder: Path) -> None:
    # The path of a socket may have no more than some 100 bytes, so it is bound from within the folder.
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as made:
        os.chdir(folder)
        try:
            made.bind("socket.txt")
        finally:
            os.chdir(here)


@_case("two\nlines.txt", "a name with a line end", CLEANED)
def _newline(folder: Path) -> None:
    _write(folder / "two\nlines.txt", _STORY.encode())


@_case("\\xff\\xfe.txt", "a name that is not UTF-8", CLEANED)
def _bad_name(folder: Path) -> None:
    _write(folder / os.fsdecode(b"\xff\xfe.txt"), _STORY.encode())


@_case("-rf 📰 $(reboot) <b>'\".txt", "a name that shells and pages would act on", CLEANED)
def _shell_name(folder: Path) -> None:
    _write(folder / "-rf 📰 $(reboot) <b>'\".txt", _STORY.encode())


@_case("n" * 246 + ".txt", "a name of 250 bytes", CLEANED)
def _long_name(folder: Path) -> None:
    _write(folder / ("n" * 246 + ".txt"), _STORY.encode())


@_case("records.jsonl\\x231", "a name like that of a record of its neighbour", CLEANED)
def _record_name(folder: Path) -> None:
    _write(folder / "records.jsonl#1", _STORY.encode())


@_case("described.txt.meta.json", "a sidecar that is no JSON", Fault.BAD_RECORD)
def _sidecar(folder: Path) -> None:
    _write(folder / "described.txt", _STORY.encode())
    _write(folder / "described.txt.meta.json", b'{"url": ')


@_case("described.txt", "its sidecar is broken", CLEANED)
def _described(folder: Path) -> None:
    """The file is written with its sidecar."""


@_case("manifest.csv", "a manifest that names no files", Fault.BAD_RECORD)
def _manifest(folder: Path) -> None:
    _write(folder / "manifest.csv", b'colour,size\n"red,5\n')


def accepts(hostile: Hostile, outcomes: Iterable[str]) -> bool:
    """Whether the outcomes of an input, values of ``Fault`` and ``CLEANED``, are what may become of it."""
    found = set(outcomes)
    return found <= hostile.expected and bool(found) is not hostile.empty
