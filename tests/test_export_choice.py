"""Exports of a part of the corpus, in shards, and as TEI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from trafilatura.xml import validate_tei

from flows.command import main
from pipeline.corpus import Corpus
from pipeline.corpus.publish import publish
from pipeline.errors import UsageError
from pipeline.export.choice import Choice
from pipeline.export.documents import documents
from pipeline.export.export import export
from pipeline.export.tei import tei
from tests.strategies.corpus import ArticleSpec, changes_of, number_id, run_record

TEI = {"tei": "http://www.tei-c.org/ns/1.0"}
ONE, TWO, THREE = (number_id(number) for number in range(1, 4))
LINES = (
    ("A heading", "heading", "rule:heading"),
    ("First sentence.", "paragraph", "model"),
    ("One thing", "list_item", "model"),
    ("Another thing", "list_item", "model"),
    ("Someone said so.", "quote", "model"),
    ("A picture", "caption", "model"),
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Three articles of two sites and two languages, one without a date."""
    place = tmp_path_factory.mktemp("corpus")
    specs = [
        ArticleSpec(ONE, LINES, fields={"tags": ["trains"], "section": "News", "license": "CC-BY-4.0", "dek": "A dek"}),
        ArticleSpec(TWO, fields={"language": "de", "site": "zeitung.example", "published": "2023-12-31T23:00:00Z"}),
        ArticleSpec(THREE, title=None, fields={"language": None, "site": None, "published": None, "authors": []}),
    ]
    publish(place, changes_of(specs), run_record(), 0)
    return Corpus.open(place)


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        (Choice(), [ONE, TWO, THREE]),
        (Choice(languages=("de",)), [TWO]),
        (Choice(languages=("de", "en")), [ONE, TWO]),
        (Choice(sites=("example.org",)), [ONE]),
        (Choice(published_from="2024"), [ONE]),
        (Choice(published_to="2023"), [TWO]),
        (Choice(published_from="2023-12-31", published_to="2024-05"), [ONE, TWO]),
        (Choice(published_to="2024-04-30"), [TWO]),
        (Choice(languages=("fr",)), []),
    ],
)
def test_conditions_choose_articles(corpus: Corpus, choice: Choice, ids: list[str]) -> None:
    """Language, site and day of publication, both ends included; unknown values fail a condition."""
    assert sorted(document["id"] for document in documents(corpus, choice)) == ids


def test_headings_and_captions_can_be_left_out(corpus: Corpus) -> None:
    """The text is what its remaining paragraphs make."""
    (one,) = documents(corpus, Choice(sites=("example.org",), headings=False, captions=False))
    assert one["captions"] == []
    assert one["text"] == "First sentence.\n\nOne thing\n\nAnother thing\n\nSomeone said so."
    assert "heading" not in [paragraph["kind"] for paragraph in one["paragraphs"]]


@pytest.mark.parametrize("day", ["yesterday", "2024-5-1", "01.05.2024", "2024-05-01T00:00"])
def test_what_is_no_day_is_refused(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The message shows what a day looks like."""
    arguments = ["export", "--corpus", "c", "--format", "jsonl", "--out", "x", "--from", day]
    assert main(arguments) == 2
    assert "2024-05-01" in capsys.readouterr().err


def test_shards_hold_all_documents_in_order_and_end_at_the_size(corpus: Corpus, tmp_path: Path) -> None:
    """Read one after the other they are the export in one file; the same bytes each time."""
    export(corpus, "jsonl", str(tmp_path / "whole.jsonl"))
    whole = (tmp_path / "whole.jsonl").read_bytes()
    sizes = {1: 3, 10**9: 1}
    for size, files in sizes.items():
        assert export(corpus, "jsonl", str(tmp_path / "shards"), shard_bytes=size) == 3
        parts = sorted((tmp_path / "shards").glob("part-*.jsonl.zst"))
        assert len(parts) == files
        assert b"".join(zstandard.ZstdDecompressor().decompress(part.read_bytes()) for part in parts) == whole


def test_only_json_lines_are_cut_into_shards(corpus: Corpus, tmp_path: Path) -> None:
    """Other formats refuse."""
    with pytest.raises(UsageError, match="jsonl is"):
        export(corpus, "parquet", str(tmp_path / "o"), shard_bytes=5)


def test_tei_is_valid_and_holds_the_article(corpus: Corpus, tmp_path: Path) -> None:
    """Every document passes the TEI's schema; title, author, date, language, paragraphs and lists are in it."""
    assert export(corpus, "tei", str(tmp_path / "tei")) == 3
    trees = {path.stem[-16:]: etree.parse(path) for path in (tmp_path / "tei").glob("*.xml")}
    for tree in trees.values():
        assert validate_tei(tree.getroot())
    one = trees[ONE]
    assert one.xpath("string(//tei:fileDesc/tei:titleStmt/tei:author)", namespaces=TEI) == "Ana Müller"
    assert one.xpath("//tei:label/text()", namespaces=TEI) == ["A heading"]
    assert one.xpath("//tei:list/tei:item/text()", namespaces=TEI) == ["One thing", "Another thing"]
    assert one.xpath("string(//tei:quote/tei:p)", namespaces=TEI) == "Someone said so."
    assert one.xpath("string(//tei:text/@xml:lang)", namespaces=TEI) == "en"
    assert one.xpath("//tei:body//tei:note/text()", namespaces=TEI) == ["A picture"]


@given(title=st.text(max_size=30), text=st.text(max_size=80), tag=st.text(max_size=10))
def test_any_text_becomes_valid_tei(title: str, text: str, tag: str) -> None:
    """Whatever characters an article holds, the document is well-formed and valid, and text XML can hold is kept."""
    document: dict[str, Any] = {
        "id": ONE,
        "source": "one.txt",
        "url": f"https://example.org/?{tag}",
        "site": None,
        "site_name": None,
        "title": title,
        "dek": text,
        "authors": [title],
        "published": None,
        "language": None,
        "section": tag,
        "tags": [tag],
        "license": tag,
        "captions": [text],
        "paragraphs": [{"kind": "paragraph", "text": text}, {"kind": "heading", "text": title}],
        "metadata": {"text_sha256": "0"},
    }
    root = etree.fromstring(tei(document))
    assert validate_tei(root)
    if text.isprintable() and text.strip():
        assert root.xpath("string(//tei:body//tei:note)", namespaces=TEI) == text


def test_the_reader_gives_batches_lines_and_pairs(corpus: Corpus) -> None:
    """``articles``, ``lines`` and ``duplicates_of``; an unknown id is named."""
    ids = [row["id"] for batch in corpus.articles(["id"]) for row in batch.to_pylist()]
    assert sorted(ids) == [ONE, TWO, THREE]
    assert corpus.lines(ONE)["text"].to_pylist() == [text for text, _, _ in LINES]
    assert corpus.duplicates_of(ONE).num_rows == 0
    with pytest.raises(UsageError, match="no article 'nobody'"):
        corpus.lines("nobody")


def test_shards_by_the_verb(corpus: Corpus, tmp_path: Path) -> None:
    """``--shard-mb`` writes a folder."""
    out = tmp_path / "parts"
    verb = ["export", "--corpus", corpus.path, "--format", "jsonl", "--out", str(out)]
    assert main([*verb, "--shard-mb", "1", "--language", "de"]) == 0
    (part,) = out.glob("part-*")
    assert json.loads(zstandard.ZstdDecompressor().decompress(part.read_bytes()))["id"] == TWO
