"""Records as tools write them: under which names the page, its address and its moment stand."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.read.load import read_file
from pipeline.read.storage import local_uri
from pipeline.records import Fault, FileRef, Hints, KnownPage, Quarantined, RawPage, Skipped
from pipeline.settings import ReadSettings

STORY = "The mayor said that the bridge stays closed."
MARKED = f"<p>{STORY}</p>"
URL = "https://news.example/bridge"
MOMENT = "2026-11-02T10:00:00Z"

TOOLS: dict[str, tuple[dict[str, Any], str, Hints]] = {
    "Scrapy, fields as one likes": ({"url": URL, "title": "Bridge", "body": MARKED}, MARKED, Hints(URL)),
    "a crawler for language models": (
        {"url": URL, "html": MARKED, "cleaned_html": "<div>", "markdown": {"raw_markdown": STORY}, "success": True},
        MARKED,
        Hints(URL),
    ),
    "the same without HTML": ({"url": URL, "markdown": {"raw_markdown": STORY}}, STORY, Hints(URL)),
    "a service that wraps its answer": (
        {"success": True, "data": {"markdown": STORY, "metadata": {"sourceURL": URL, "language": "en"}}},
        STORY,
        Hints(URL, None, "en"),
    ),
    "an actor in the cloud": (
        {"url": URL, "crawl": {"loadedTime": MOMENT}, "metadata": {"languageCode": "en"}, "text": STORY},
        STORY,
        Hints(URL, MOMENT, "en"),
    ),
    "a document for retrieval": (
        {"page_content": STORY, "metadata": {"source": URL, "language": "en"}},
        STORY,
        Hints(URL, None, "en"),
    ),
    "a document from a file": ({"page_content": STORY, "metadata": {"source": "pages/7.txt"}}, STORY, Hints()),
    "a news crawler": (
        {"maintext": STORY, "url": URL, "date_download": MOMENT, "language": "en", "authors": ["A"]},
        STORY,
        Hints(URL, MOMENT, "en"),
    ),
    "a corpus made of web archives": (
        {"content": STORY, "warc_headers": {"warc-target-uri": URL, "warc-date": MOMENT}},
        STORY,
        Hints(URL, MOMENT),
    ),
    "a blog's interface": (
        {"id": 7, "link": URL, "content": {"rendered": MARKED, "protected": False}},
        MARKED,
        Hints(URL),
    ),
    "flattened by pandas": ({"content.rendered": MARKED, "metadata.url": URL}, MARKED, Hints(URL)),
    "a label beside the address": ({"text": STORY, "url": "front page", "link": URL}, STORY, Hints(URL)),
    "an address without a scheme": ({"text": STORY, "url": "news.example/b"}, STORY, Hints("news.example/b")),
}


def _read(folder: Path, name: str, data: bytes, settings: ReadSettings | None = None) -> list[RawPage | Quarantined]:
    path = folder / name
    path.write_bytes(data)
    ref = FileRef(str(folder), name, local_uri(str(path)), len(data), Hints())
    found = read_file(ref, settings or ReadSettings())
    return [each for each in found if not isinstance(each, Skipped | KnownPage)]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("ending", [".jsonl", ".jl", ".json"])
def test_records_of_tools_are_read_as_they_are(tmp_path: Path, tool: str, ending: str) -> None:
    """What scrapers, services and corpora write needs no conversion: page, address, moment and language are found."""
    record, content, hints = TOOLS[tool]
    (page,) = _read(tmp_path, f"a{ending}", json.dumps(record).encode())
    assert isinstance(page, RawPage)
    assert (page.content, page.hints) == (content, hints)
    assert page.format == ("html" if content == MARKED else "text")


@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_records_in_parquet(tmp_path: Path, tool: str) -> None:
    """Columns within structs are found like fields within objects; what wraps a record exists in answers only."""
    record, content, hints = TOOLS[tool]
    table = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([record.get("data", record)]), table)
    (page,) = _read(tmp_path, "a.parquet", table.getvalue())
    assert isinstance(page, RawPage)
    assert (page.content, page.hints) == (content, hints)


def test_a_json_file_whose_object_holds_a_list_of_pages(tmp_path: Path) -> None:
    """Interfaces put the pages into one list beside a status; an object that is a page keeps its own lists."""
    answer = {
        "status": "ok",
        "tags": [{"name": "x"}],
        "articles": [{"content": "One."}, {"content": "Two."}, {"id": 3}],
    }
    found = _read(tmp_path, "a.json", json.dumps(answer, indent=1).encode())
    assert [entry.source for entry in found] == ["a.json#1", "a.json#2", "a.json#3"]
    assert [entry.content for entry in found if isinstance(entry, RawPage)] == ["One.", "Two."]
    page = {"text": STORY, "comments": [{"content": "First!"}]}
    (single,) = _read(tmp_path, "b.json", json.dumps(page, indent=1).encode())
    assert isinstance(single, RawPage)
    assert single.content == STORY


def test_people_name_the_fields_of_their_own_records(tmp_path: Path) -> None:
    """A setting names other fields, in the order in which they are preferred; then no others count."""
    record = {"story": {"full": STORY, "short": "Bridge."}, "text": "Menu", "seen": MOMENT, "where": URL}
    settings = ReadSettings(
        content_fields=("story.full", "story.short"), url_fields=("where",), fetched_at_fields=("seen",)
    )
    (page,) = _read(tmp_path, "a.jsonl", json.dumps(record).encode(), settings)
    assert isinstance(page, RawPage)
    assert (page.content, page.hints) == (STORY, Hints(URL, MOMENT))
    (fault,) = _read(tmp_path, "b.jsonl", b'{"text": "Menu"}', settings)
    assert isinstance(fault, Quarantined)
    assert fault.fault is Fault.BAD_RECORD
    assert "story.full" in fault.detail
    assert "its fields: text" in fault.detail


def test_the_first_field_with_anything_in_it_counts(tmp_path: Path) -> None:
    """An empty or unusable preferred field does not hide the page that stands in another."""
    records = [{"html": "", "text": STORY}, {"html": None, "text": " ", "body": STORY}, {"text": 7, "content": STORY}]
    found = _read(tmp_path, "a.jsonl", b"\n".join(json.dumps(record).encode() for record in records))
    assert [entry.content for entry in found if isinstance(entry, RawPage)] == [STORY] * 3


DESCRIBED: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "a scraper": (
        {"title": "The bridge", "author": "Mara Berg", "date": "2026-11-02", "category": "City"},
        {
            "og:title": ["The bridge"],
            "author": ["Mara Berg"],
            "article:published_time": ["2026-11-02"],
            "article:section": ["City"],
        },
    ),
    "a news crawler": (
        {"title": "The bridge", "authors": ["Mara Berg", "Jo Lind"], "date_publish": "2026-11-02 08:00:00", "tags": []},
        {
            "og:title": ["The bridge"],
            "author": ["Mara Berg", "Jo Lind"],
            "article:published_time": ["2026-11-02 08:00:00"],
        },
    ),
    "a blog's interface": (
        {"title": {"rendered": "The <i>bridge</i> &amp; the mayor"}, "author": 7, "categories": [3, 4], "date": MOMENT},
        {"og:title": ["The bridge & the mayor"], "article:published_time": [MOMENT]},
    ),
    "a service that describes beside": (
        {"metadata": {"title": "The bridge", "publishedTime": MOMENT, "siteName": "The Post", "statusCode": 200}},
        {"og:title": ["The bridge"], "article:published_time": [MOMENT], "og:site_name": ["The Post"]},
    ),
    "the same, flattened by pandas": (
        {"metadata.title": "The bridge", "metadata.publishedTime": MOMENT},
        {"og:title": ["The bridge"], "article:published_time": [MOMENT]},
    ),
    "people as objects": (
        {"headline": "The bridge", "author": [{"name": "Mara Berg", "id": 1}, {"id": 2}], "datePublished": MOMENT},
        {"og:title": ["The bridge"], "author": ["Mara Berg"], "article:published_time": [MOMENT]},
    ),
    "nothing usable": (
        {"title": 7, "author": [["x"]], "date": 1_700_000_000, "tags": None, "headline": "x" * 2_000},
        {},
    ),
}


@pytest.mark.parametrize("tool", DESCRIBED)
def test_what_a_record_says_of_its_page(tmp_path: Path, tool: str) -> None:
    """Title, people and dates stand beside the text, under the names that tools give them."""
    record, described = DESCRIBED[tool]
    (page,) = _read(tmp_path, "a.jsonl", json.dumps({"text": STORY, **record}).encode())
    assert isinstance(page, RawPage)
    assert page.described == described


def test_parquet_columns_that_describe_a_page(tmp_path: Path) -> None:
    """So do columns, of moments and of lists, too; others are not read."""
    moment = datetime.datetime(2026, 11, 2, 8, tzinfo=datetime.UTC)
    row = {
        "text": STORY,
        "title": "The bridge",
        "authors": ["Mara Berg"],
        "published": moment,
        "metadata": {"siteName": "The Post", "depth": 3},
        "embedding": [0.5] * 3,
    }
    table = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row]), table)
    (page,) = _read(tmp_path, "a.parquet", table.getvalue())
    assert isinstance(page, RawPage)
    assert page.described == {
        "og:title": ["The bridge"],
        "author": ["Mara Berg"],
        "article:published_time": ["2026-11-02T08:00:00+00:00"],
        "og:site_name": ["The Post"],
    }
