"""What stands beside the inputs, sidecars and manifests, and what can be a hint at all."""

from __future__ import annotations

import csv
import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from pipeline.records import Hints

SIDECAR_SUFFIX = ".meta.json"
MANIFEST_NAMES = ("manifest.jsonl", "manifest.csv")
"""In the order of precedence where both stand in one folder."""

PATH_KEYS = ("path", "file", "name")
_CONTENT_KEYS = ("text", "html")

MAX_SIDECAR_BYTES = 1_000_000
"""Three short strings never need more; a larger file is not a sidecar."""
MAX_MANIFEST_LINE_BYTES = 1_000_000
MAX_HINT_CHARS = 8_192
"""Longer than any URL that servers accept; a longer value is junk."""
HEAD_RECORDS = 20
"""Records looked at before a ``manifest.jsonl`` is called a manifest or a file of articles."""

_CONTENT_KEY = re.compile(rb'"(?:text|html)"\s{0,8}:')
_MILLISECONDS_FROM = 100_000_000_000
"""As seconds this lies beyond the year 5000, so such a moment was counted in milliseconds."""
_INTEGER_DIGITS = 20


class HintError(ValueError):
    """A sidecar or manifest that cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one manifest says."""

    hints: Mapping[str, Hints]
    """By path relative to the manifest's folder, forward slashes."""
    problem: str | None
    """What is wrong with some of its lines, where the rest could be used."""


def hints_from(record: Mapping[str, Any]) -> Hints:
    """Take ``url``, ``fetched_at`` and ``language`` from a sidecar or manifest; what cannot be one is left out."""
    return Hints(
        url=words(record.get("url")),
        fetched_at=moment(record.get("fetched_at")),
        language=words(record.get("language")),
    )


def merge(first: Hints, second: Hints) -> Hints:
    """Fill what ``first`` leaves open from ``second``."""
    return Hints(
        url=first.url or second.url,
        fetched_at=first.fetched_at or second.fetched_at,
        language=first.language or second.language,
    )


def parse_json(text: str) -> Any:
    """Parse JSON from strangers.

    :raises ValueError: not JSON, or nested deeper than the parser's limit.
    """
    try:
        return _JSON.decode(text)
    except RecursionError:
        # The C scanner raises it in bounded depth; to the caller it is one more way of not being usable JSON.
        raise ValueError("it is nested too deeply") from None


def parse_sidecar(data: bytes) -> Hints:
    """Read a ``NAME.meta.json``.

    :raises HintError: it is not a JSON object.
    """
    if len(data) > MAX_SIDECAR_BYTES:
        raise HintError(f"it is larger than {MAX_SIDECAR_BYTES:,} bytes")
    try:
        record = parse_json(data.decode("utf-8-sig"))
    except ValueError as error:
        raise HintError(f"it is not valid JSON in UTF-8 ({brief(error)})") from None
    if not isinstance(record, dict):
        raise HintError("it is not a JSON object")
    return hints_from(record)


def is_manifest(stream: BinaryIO) -> bool:
    """Whether a ``manifest.jsonl`` describes files, rather than holding articles itself.

    The first record that has a path key decides for a manifest, the first with ``text`` or ``html`` against.
    A file in which no line is a JSON object is called a (broken) manifest.
    """
    objects = 0
    for line in _some_lines(stream, HEAD_RECORDS):
        try:
            record = parse_json(line.decode("utf-8-sig", "replace"))
        except ValueError:
            if _CONTENT_KEY.search(line):
                return False
            continue
        if not isinstance(record, dict):
            continue
        objects += 1
        if any(key in record for key in _CONTENT_KEYS):
            return False
        if any(key in record for key in PATH_KEYS):
            return True
    return objects == 0


def parse_jsonl_manifest(stream: BinaryIO) -> Manifest:
    """Read a ``manifest.jsonl``; bad lines are counted, the others are used."""
    found: dict[str, Hints] = {}
    bad: list[int] = []
    for number, line in enumerate(_lines(stream), start=1):
        if not line.strip():
            continue
        try:
            record = parse_json(line.decode("utf-8-sig"))
        except ValueError:
            bad.append(number)
            continue
        if not isinstance(record, dict) or not _enter(found, record):
            bad.append(number)
    return Manifest(found, _bad_lines(bad))


def parse_csv_manifest(stream: BinaryIO) -> Manifest:
    """Read a ``manifest.csv`` with a header line.

    :raises HintError: no header with a path column, or not CSV in UTF-8.
    """
    found: dict[str, Hints] = {}
    bad: list[int] = []
    rows = csv.DictReader(_decoded(_lines(stream)), strict=True)
    try:
        fields = rows.fieldnames or ()
        if not any(key in fields for key in PATH_KEYS):
            raise HintError(f"its header line names no column {', '.join(PATH_KEYS[:-1])} or {PATH_KEYS[-1]}")
        bad.extend(rows.line_num for row in rows if not _enter(found, row))
    except (csv.Error, UnicodeDecodeError) as error:
        if not found:
            raise HintError(f"it is not CSV in UTF-8 ({brief(error)})") from None
        return Manifest(found, f"it cannot be read beyond line {rows.line_num} ({brief(error)})")
    return Manifest(found, _bad_lines(bad))


def brief(error: BaseException) -> str:
    """Give an error's message on one short line that can be stored."""
    text = " ".join(str(error).split()) or type(error).__name__
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= 200 else text[:199] + "…"


def words(value: object) -> str | None:
    """A string that can be a hint; None for anything else."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if not text or len(text) > MAX_HINT_CHARS or re.search("[\x00-\x1f\ud800-\udfff]", text):
        return None
    return text


def moment(value: object) -> str | None:
    """A moment as a hint gives it; None where the value cannot be one.

    Numbers are seconds or milliseconds since 1970 and are rewritten as ISO 8601 in UTC.
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return words(value)
    seconds = value / 1000 if value >= _MILLISECONDS_FROM else value
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _INTEGER_DIGITS else float(digits)


_JSON = json.JSONDecoder(
    # Python refuses integers of more than 4,300 digits and would lose the whole record for a field nobody reads.
    parse_int=_integer,
    # Scrapers write raw tabs and line ends into strings; nothing else about the record is in doubt then.
    strict=False,
)


def _enter(found: dict[str, Hints], record: Mapping[Any, Any]) -> bool:
    """Enter a manifest's record under its path; the first record of a path wins."""
    path = next((record[key] for key in PATH_KEYS if isinstance(record.get(key), str) and record[key]), None)
    if path is None:
        return False
    found.setdefault(posixpath.normpath(path), hints_from(record))
    return True


def _bad_lines(numbers: list[int]) -> str | None:
    if not numbers:
        return None
    others = f" and {len(numbers) - 1:,} more" if len(numbers) > 1 else ""
    return f"line {numbers[0]}{others} cannot be used: a record needs a {', '.join(PATH_KEYS[:-1])} or {PATH_KEYS[-1]}"


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines; the part of one beyond the limit is skipped, which makes that line unusable but not large."""
    while line := stream.readline(MAX_MANIFEST_LINE_BYTES):
        whole = line
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_MANIFEST_LINE_BYTES)
        yield whole


def _decoded(lines: Iterator[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield line.decode("utf-8" if number else "utf-8-sig")


def _some_lines(stream: BinaryIO, count: int) -> Iterable[bytes]:
    seen = 0
    for line in _lines(stream):
        if not line.strip():
            continue
        yield line
        seen += 1
        if seen == count:
            return
