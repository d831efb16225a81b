"""CSV: a row is a record."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.load import read_file
from pipeline.read.storage import local_uri
from pipeline.records import Fault, FileRef, Hints, Quarantined, RawPage
from pipeline.settings import ReadSettings

_CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1, max_size=60)


def _read(folder: Path, name: str, data: bytes, settings: ReadSettings | None = None) -> list[RawPage | Quarantined]:
    path = folder / name
    path.write_bytes(data)
    ref = FileRef(str(folder), name, local_uri(str(path)), len(data), Hints())
    found = list(read_file(ref, settings or ReadSettings()))
    assert all(isinstance(each, RawPage | Quarantined) for each in found)
    return [each for each in found if isinstance(each, RawPage | Quarantined)]


def _written(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rows_are_records(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Spreadsheets and data frames save with various signs and encodings; a row may go over many lines."""
    first = "Le pont est fermé.\n\nOn ne sait pas jusqu'à quand; la mairie, elle, se tait, «pour l'été»."
    rows = [["url", "title", "text"], ["https://example.org/1", "Pont", first], ["", "Vide", ""], ["", "x", "Deux | ;"]]
    found = _read(tmp_path, "a.csv", _written(rows, delimiter).encode(encoding))
    assert [entry.source for entry in found] == ["a.csv#1", "a.csv#2", "a.csv#3"]
    one, two, three = found
    assert isinstance(one, RawPage)
    assert isinstance(two, Quarantined)
    assert isinstance(three, RawPage)
    assert (one.content, one.hints) == (first, Hints("https://example.org/1"))
    assert two.fault is Fault.EMPTY
    assert three.content == "Deux | ;"


def test_a_table_of_something_else_is_one_fault_that_says_what_is_missing(tmp_path: Path) -> None:
    """Figures are no articles: one fault, which names the columns, instead of an article made of figures."""
    (fault,) = _read(tmp_path, "a.csv", b"day;rain;sun\n1;2;3\n")
    assert isinstance(fault, Quarantined)
    assert fault.fault is Fault.BAD_RECORD
    assert "its fields: day, rain, sun" in fault.detail


def test_a_page_under_the_name_of_a_table_is_a_page(tmp_path: Path) -> None:
    """``export.csv`` may be the error page of the server that was asked for it."""
    (page,) = _read(tmp_path, "export.csv", b"<!DOCTYPE html><html><body><p>Try again later.</p></body></html>")
    assert isinstance(page, RawPage)
    assert page.format == "html"


def test_rows_before_a_quotation_mark_that_never_ends_are_kept(tmp_path: Path) -> None:
    """What stands behind it cannot be told apart; what stands before it is read."""
    settings = ReadSettings(max_input_bytes=1_000_000)
    data = b'text\nOne.\n"Two' + b" words\n" * 200_000
    page, fault = _read(tmp_path, "a.csv", data, settings)
    assert isinstance(page, RawPage)
    assert page.content == "One."
    assert isinstance(fault, Quarantined)
    assert (fault.source, fault.fault) == ("a.csv", Fault.CORRUPT)
    assert "the 1 records before that were read" in fault.detail


def test_a_line_without_end_is_not_held(tmp_path: Path) -> None:
    """A gigabyte on one line is no table."""
    settings = ReadSettings(max_input_bytes=1_000_000)
    (fault,) = _read(tmp_path, "a.csv", b"text\n" + b"x" * 3_000_000, settings)
    assert isinstance(fault, Quarantined)
    assert fault.fault is Fault.TOO_LARGE


@given(
    st.lists(st.tuples(_CELLS.filter(str.strip), _CELLS), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_what_a_writer_of_csv_wrote_is_read_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    """Whatever the cells hold: signs, marks, line ends."""
    data = _written([["text", "note"], *map(list, rows)], delimiter).encode()
    with tempfile.TemporaryDirectory() as folder:
        found = _read(Path(folder), "a.csv", data)
    assert [entry.source for entry in found] == [f"a.csv#{number}" for number in range(1, len(rows) + 1)]
    for entry, (text, _) in zip(found, rows, strict=True):
        assert isinstance(entry, RawPage), entry
        assert entry.content == text.lstrip("\ufeff")
