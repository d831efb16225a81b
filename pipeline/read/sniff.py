"""What a file is, told by its first bytes before its name is believed."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from enum import StrEnum

from pipeline.read.decode import utf16_or_32
from pipeline.read.hints import parse_json

HEAD_BYTES = 65_536
"""First bytes that the decision looks at."""


class Shape(StrEnum):
    """How an input is to be taken apart."""

    PAGE = "page"
    """Plain text or HTML: one input. Which of the two is decided on the decoded text."""
    JSON = "json"
    JSON_LINES = "json_lines"
    CSV = "csv"
    PARQUET = "parquet"
    WARC = "warc"
    MHTML = "mhtml"
    BINARY = "binary"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The verdict on a file."""

    shape: Shape
    name: str = ""
    """The format in words, for ``BINARY`` and ``UNSUPPORTED``."""


_COMPRESSION_SUFFIXES = (".gz", ".gzip", ".zst", ".zstd")
_HTML_SUFFIXES = frozenset(
    [".html", ".htm", ".xhtml", ".xht", ".shtml", ".php", ".asp", ".aspx", ".jsp", ".jspx", ".cfm"]
)
_JSON_LINES_SUFFIXES = frozenset([".jsonl", ".ndjson", ".jsonlines", ".jl"])
_CSV_SUFFIXES = frozenset([".csv", ".tsv"])
_CODE_SUFFIXES = {".css": "a style sheet", ".js": "a script", ".mjs": "a script", ".map": "a source map"}
"""What browsers save beside a page; it is text, but nobody's article."""

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "PDF"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG image"),
    (0, b"\xff\xd8\xff", "JPEG image"),
    (0, b"GIF87a", "GIF image"),
    (0, b"GIF89a", "GIF image"),
    (0, b"II*\x00", "TIFF image"),
    (0, b"MM\x00*", "TIFF image"),
    (0, b"\x00\x00\x01\x00", "icon"),
    (0, b"8BPS", "Photoshop image"),
    (8, b"WEBP", "WebP image"),
    (8, b"WAVEfmt", "WAV audio"),
    (8, b"AVI LIST", "AVI video"),
    (0, b"\x7fELF", "ELF program"),
    (0, b"\xcf\xfa\xed\xfe", "Mach-O program"),
    (0, b"\xca\xfe\xba\xbe", "Java class or Mach-O program"),
    (0, b"\x00asm", "WebAssembly program"),
    (0, b"SQLite format 3\x00", "SQLite database"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Microsoft Office document"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (0, b"Rar!\x1a\x07", "RAR archive"),
    (0, b"BZh", "bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "xz archive"),
    (0, b"\x04\x22\x4d\x18", "LZ4 archive"),
    (0, b"MSCF\x00", "cabinet archive"),
    (257, b"ustar", "tar archive"),
    (0, b"ID3", "MP3 audio"),
    (0, b"OggS", "Ogg audio or video"),
    (0, b"fLaC", "FLAC audio"),
    (4, b"ftyp", "MP4 video or HEIF image"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM video"),
    (0, b"wOFF", "web font"),
    (0, b"wOF2", "web font"),
    (0, b"OTTO\x00", "font"),
    (0, b"\x00\x01\x00\x00\x00", "font"),
    (0, b"\x89HDF\r\n\x1a\n", "HDF5 data"),
    (0, b"Obj\x01", "Avro data"),
    (0, b"ARROW1\x00\x00", "Arrow data"),
    (0, b"ORC", "ORC data"),
    (0, b"MZ", "Windows program"),
    (0, b"BM", "BMP image"),
)
"""Offset, bytes and name of formats that are met in folders of scraped files."""

IN_PLACE = {"ZIP archive": "zip://**::", "tar archive": "tar://**::", "WACZ archive": "zip://archive/*::"}
"""Beginnings of the URLs (chained, as fsspec spells them) by which archives are read without unpacking them. The pages
of a Web Archive Collection are the WARC files in its folder ``archive`` (WACZ 1.1.1, Webrecorder)."""
_COLLECTION = re.compile(rb"archive/[^\0/]{1,200}\.warc")

_DOCUMENTS = (
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
)
_CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1b") + b"\x7f"
"""Control bytes that text does not hold; escape stays out, because ISO-2022-JP is made of it."""
_MAX_CONTROL_SHARE = 0.02
"""Text has next to none; compressed data has about one in ten (28 of 256 values)."""
_MAX_NUL_SHARE = 0.001
"""A few stray NULs are a scraper's slip and are dropped; more are a binary format."""

_JSON_RECORD = re.compile(rb'\s*\{\s*"')
_JSON_CONTENT_KEY = re.compile(rb'"(?:text|html)"\s{0,8}:\s{0,8}["n]')
_ANNOUNCED = (
    (re.compile(b"PAR1"), Shape.PARQUET),
    (re.compile(rb"WARC/[0-9]+\.[0-9]+\r?\n"), Shape.WARC),
    (re.compile(rb"(?i)(?:From: <Saved by|MIME-Version: 1\.0\s)[\s\S]{0,2000}?multipart/related"), Shape.MHTML),
)
"""How files begin whose first bytes say what they are."""

# The tags by which a resource is known to be HTML: WHATWG MIME Sniffing, section 7.1.
_HTML_START = re.compile(
    r"<(?:!DOCTYPE\s+HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|META|LINK|ARTICLE|MAIN|"
    r"SECTION|HEADER|NAV|SPAN|H2|H3|UL|OL|FORM)[\s/>]",
    re.IGNORECASE,
)
_XML_START = re.compile(r"<\?xml\s[^>]{0,200}\?>", re.IGNORECASE)
_ROOT = re.compile(r"<(?![!?])(?:[\w.-]{1,40}:)?([\w.-]{1,40})[\s/>]")
_KNOWN_TAG = re.compile(
    r"</?(?:html|head|body|title|meta|link|script|style|div|span|p|a|br|hr|h[1-6]|ul|ol|li|dl|dt|dd|table|tbody|tr|td|"
    r"th|img|em|strong|b|i|u|font|center|blockquote|pre|form|input|section|article|header|footer|nav|main|aside|"
    r"figure|figcaption|iframe|noscript)(?=[\s/>])",
    re.IGNORECASE,
)
_TAGS_PER_KILOBYTE = 4
"""Without a telling start and without a suffix, text with fewer tags than this talks about HTML."""
_MIN_TAGS = 4
_SKIPPED = re.compile(
    r"\s+|<!--(?:(?!-->)[\s\S]){0,20000}-->|<!DOCTYPE\s+(?!html[\s>])[^>]{0,500}>|<\?xml-stylesheet[^>]{0,500}>",
    re.IGNORECASE,
)


def suffix(source: str) -> str:
    """Give the suffix of a name below its compression suffix, lower case; a query that wget left on it is cut off."""
    name = posixpath.basename(source).lower()
    for compression in _COMPRESSION_SUFFIXES:
        name = name.removesuffix(compression)
    return posixpath.splitext(name.partition("?")[0])[1]


def sniff(head: bytes, source: str) -> Sniffed:
    """Decide how a decompressed file is to be read, from its first ``HEAD_BYTES`` and its name."""
    announced = next((shape for start, shape in _ANNOUNCED if start.match(head)), None)
    if announced is not None:
        return Sniffed(announced)
    ending = suffix(source)
    if ending in _JSON_LINES_SUFFIXES and head.lstrip().startswith(b"{"):
        return Sniffed(Shape.JSON_LINES)  # Damage in one line is that line's affair.
    binary = _known_binary(head) or _unknown_binary(head)
    if binary:
        return Sniffed(Shape.BINARY, binary)
    unsupported = _document(head) or _CODE_SUFFIXES.get(ending)
    if unsupported:
        return Sniffed(Shape.UNSUPPORTED, unsupported)
    return Sniffed(_text_shape(head, ending))


def xml_kind(text: str) -> str | None:
    """Name the root element of XML that is no page (``rss``, ``urlset``, ``svg``, ...); None for pages and text."""
    head = text[:HEAD_BYTES]
    declaration = _XML_START.match(head, _start(head))
    if declaration is None:
        return None
    root = _ROOT.match(head, _start(head, declaration.end()))
    return root.group(1) if root and root.group(1).lower() != "html" else None


def is_html(text: str, ending: str) -> bool:
    """Whether decoded text is HTML.

    A telling start decides for any name. Otherwise a name like ``.html`` needs one tag that HTML knows, and any
    other name as many tags as only markup has.
    """
    head = text[:HEAD_BYTES]
    start = _start(head)
    if _XML_START.match(head, start) or _HTML_START.match(head, start):
        return True
    if ending in _HTML_SUFFIXES:
        return _KNOWN_TAG.search(head) is not None
    tags = sum(1 for _ in _KNOWN_TAG.finditer(head))
    return tags >= _MIN_TAGS and tags * 1000 >= _TAGS_PER_KILOBYTE * len(head)


def _start(head: str, position: int = 0) -> int:
    """Give the position of the first thing that is not white space, a comment, a style sheet link or a DTD."""
    while skipped := _SKIPPED.match(head, position):
        position = skipped.end()
    return position


def _text_shape(head: bytes, ending: str) -> Shape:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if ending in _JSON_LINES_SUFFIXES:
        # Somebody's page under the wrong name is one input, not a thousand broken records.
        return Shape.PAGE if start.startswith(b"<") else Shape.JSON_LINES
    if ending in _CSV_SUFFIXES:
        return Shape.PAGE if start.startswith(b"<") else Shape.CSV
    if ending == ".json" and start[:1] in (b"{", b"["):
        return Shape.JSON_LINES if _first_line_is_record(start) else Shape.JSON
    if _JSON_RECORD.match(start) and _JSON_CONTENT_KEY.search(start) and _first_line_is_record(start):
        return Shape.JSON_LINES
    return Shape.PAGE


def _first_line_is_record(start: bytes) -> bool:
    """Whether the first line is a JSON object by itself; a line longer than the head is taken for one."""
    if not start.startswith(b"{"):
        return False
    line, newline, _ = start.partition(b"\n")
    if not newline and len(start) > HEAD_BYTES // 2:
        return True
    try:
        return isinstance(parse_json(line.decode("utf-8", "replace")), dict)
    except ValueError:
        return False


def _known_binary(head: bytes) -> str | None:
    """Name the binary format that the first bytes announce."""
    if head.startswith(b"PK\x03\x04"):
        return _zip_name(head)
    controls = _controls(head) > 0
    for offset, magic, name in _MAGIC:
        # Magic made of letters may begin a text; it counts only with control bytes around.
        if head.startswith(magic, offset) and (controls or not magic.isalnum()):
            return name
    if b"%PDF-" in head[:1024] and controls:
        return "PDF"  # Some PDFs carry the headers of the mail or server that they came with.
    return None


def _unknown_binary(head: bytes) -> str | None:
    """Say what is wrong with data that no text holds; None for anything that may be text."""
    body = head.rstrip(b"\x00")
    if not body or utf16_or_32(head) is not None:
        return None
    if body.count(0) > len(body) * _MAX_NUL_SHARE:
        return "data with NUL bytes in it"
    if _controls(body) > len(body) * _MAX_CONTROL_SHARE:
        return "data with control bytes in it"
    return None


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROL_BYTES))


def _document(head: bytes) -> str | None:
    """Name a format that holds text but is not read."""
    return next((name for start, name in _DOCUMENTS if head.startswith(start)), None)


def _zip_name(head: bytes) -> str:
    if _COLLECTION.search(head[:4096]):
        return "WACZ archive"
    for mark, name in (
        (b"word/", "Word document"),
        (b"xl/", "Excel workbook"),
        (b"ppt/", "PowerPoint presentation"),
        (b"mimetypeapplication/epub", "EPUB book"),
        (b"mimetypeapplication/vnd.oasis", "OpenDocument file"),
        (b"META-INF/", "Java archive"),
    ):
        if mark in head[:4096]:
            return name
    return "ZIP archive"
