"""Pages that a browser saved as one file."""

from __future__ import annotations

import base64
import hashlib
import quopri
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.load import read_file
from pipeline.records import Fault, FileRef, Hints, Quarantined, RawPage
from pipeline.settings import ReadSettings

PAGE = "<html><head><title>Fähre</title></head><body><p>" + "Die alte Fähre ist zurück. " * 20 + "</p></body></html>"
HEADERS = """From: <Saved by Blink>
Snapshot-Content-Location: https://post.example/faehre
Subject: =?utf-8?Q?F=C3=A4hre?=
Date: Fri, 20 Nov 2026 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----MultipartBoundary--x----"

"""


def part(kind: str, body: bytes, encoding: str = "8bit") -> bytes:
    head = f"------MultipartBoundary--x----\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return head.encode() + b"Content-Location: https://post.example/part\r\n\r\n" + body + b"\r\n"


def saved(*parts: bytes, headers: str = HEADERS) -> bytes:
    return headers.replace("\n", "\r\n").encode() + b"".join(parts) + b"------MultipartBoundary--x------\r\n"


def read(folder: Path, data: bytes, hints: Hints | None = None) -> RawPage | Quarantined:
    path = folder / "page.mhtml"
    path.write_bytes(data)
    (found,) = read_file(FileRef(str(folder), path.name, str(path), len(data), hints or Hints()), ReadSettings())
    assert isinstance(found, RawPage | Quarantined)
    return found


@pytest.mark.parametrize(
    "html",
    [
        part("text/html; charset=utf-8", quopri.encodestring(PAGE.encode()), "quoted-printable"),
        part("text/html", base64.encodebytes(PAGE.encode()), "base64"),
        part("text/html; charset=iso-8859-1", PAGE.encode("latin-1"), "binary"),
        part("application/xhtml+xml", PAGE.encode()),
    ],
)
def test_its_page_is_read(tmp_path: Path, html: bytes) -> None:
    """However it is encoded; pictures beside it are not. Digest and size are those of the file."""
    picture = part("image/png", base64.encodebytes(bytes(range(256)) * 8), "base64")
    data = saved(html, picture, part("text/html", b"<p>An advertisement in a frame</p>"))
    found = read(tmp_path, data)
    assert isinstance(found, RawPage)
    assert (found.format, found.content.strip()) == ("html", PAGE)
    assert (found.sha256, found.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert found.hints == Hints("https://post.example/faehre", "2026-11-20T10:00:00+01:00", None)


def test_what_is_known_of_it_comes_first(tmp_path: Path) -> None:
    """A sidecar says more than the browser, and a header without use says nothing."""
    html = part("text/html", PAGE.encode())
    found = read(tmp_path, saved(html), Hints("https://other.example/", None, "de"))
    assert found.hints.url == "https://other.example/" if isinstance(found, RawPage) else False
    bare = read(
        tmp_path,
        saved(
            html,
            headers='MIME-Version: 1.0\nContent-Type: multipart/related; boundary="----MultipartBoundary--x----"\n\n',
        ),
    )
    assert isinstance(bare, RawPage)
    assert bare.hints == Hints("https://post.example/part", None, None)


@pytest.mark.parametrize("parts", [(), (part("image/png", b"x"),), (part("text/html", b" "),)])
def test_without_a_page_it_is_quarantined(tmp_path: Path, parts: tuple[bytes, ...]) -> None:
    """It says what is missing."""
    found = read(tmp_path, saved(*parts))
    assert isinstance(found, Quarantined)
    assert found.fault is Fault.EMPTY
    assert "no HTML" in found.detail


@given(st.binary(max_size=300), st.integers(0, 600))
def test_damage_is_a_page_or_a_reason(tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int) -> None:
    """Nothing is raised, whatever the bytes."""
    data = saved(part("text/html", PAGE.encode()))
    found = read(tmp_path_factory.mktemp("m"), data[:120] + data[120:][:at] + noise + data[120:][at:])
    assert isinstance(found, RawPage) or "report this" not in found.detail


def test_deep_nesting_is_no_crash(tmp_path: Path) -> None:
    """Parts within parts within parts."""
    deep = "".join(f"--b{depth}\nContent-Type: multipart/mixed; boundary=b{depth + 1}\n\n" for depth in range(3_000))
    found = read(tmp_path, f"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b0\n\n{deep}".encode())
    assert isinstance(found, Quarantined)
    assert "report this" not in found.detail
