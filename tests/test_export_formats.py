"""Exports: what is in them, in which order, as which bytes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import zstandard

from pipeline.corpus import Corpus
from pipeline.corpus.publish import publish
from pipeline.errors import RunError, UsageError
from pipeline.export.choice import Choice
from pipeline.export.documents import SCHEMA, documents
from pipeline.export.export import FORMATS, export
from tests.strategies.corpus import ArticleSpec, changes_of, duplicate_row, number_id, run_record

ONE, TWO, THREE, FOUR, FIVE = (number_id(number) for number in range(1, 6))

SPECS = [
    ArticleSpec(
        ONE,
        (
            ("Home | News", "navigation", "model"),
            ("A heading", "heading", "rule:heading"),
            ("First sentence.", "paragraph", "model"),
            ("A picture", "caption", "model"),
        ),
        source="b/one.txt",
        fields={"fetched_at": "2024-05-02T10:00:00Z", "cluster_size": 3},
    ),
    ArticleSpec(TWO, source="c/two.txt", canonical_id=ONE),
    ArticleSpec(THREE, source="a/three.txt", canonical_id=ONE),
    ArticleSpec(FOUR, source="a/four.txt", withdrawn="run-0"),
    ArticleSpec(FIVE, source="a/five.txt", title=None, fields={"published": None}),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    place = tmp_path_factory.mktemp("corpus")
    publish(place, changes_of(SPECS, duplicates=[duplicate_row(ONE, TWO)]), run_record(), 0)
    return Corpus.open(place)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_canonical_articles_come_by_source_and_withdrawn_ones_not_at_all(corpus: Corpus, tmp_path: Path) -> None:
    """Without `all_articles` one object for each canonical article is written, in the order of the sources."""
    assert export(corpus, "jsonl", str(tmp_path / "o.jsonl")) == 2
    assert [row["source"] for row in read(tmp_path / "o.jsonl")] == ["a/five.txt", "b/one.txt"]
    assert export(corpus, "jsonl", str(tmp_path / "all.jsonl"), Choice(all_articles=True)) == 4
    assert [row["source"] for row in read(tmp_path / "all.jsonl")] == [
        "a/five.txt",
        "a/three.txt",
        "b/one.txt",
        "c/two.txt",
    ]


def test_a_document_has_the_promised_fields(corpus: Corpus, tmp_path: Path) -> None:
    """Every field of the design is there, in order, with the values of the tables."""
    export(corpus, "jsonl", str(tmp_path / "o.jsonl"))
    one = read(tmp_path / "o.jsonl")[1]
    assert list(one) == SCHEMA.names
    assert one["text"] == "A heading\n\nFirst sentence."
    assert one["paragraphs"] == [
        {"id": f"{ONE}-0000", "kind": "heading", "text": "A heading", "repeats": None},
        {"id": f"{ONE}-0001", "kind": "paragraph", "text": "First sentence.", "repeats": None},
    ]
    assert one["captions"] == ["A picture"]
    assert (one["canonical_id"], one["is_canonical"]) == (ONE, True)
    assert one["duplicates"] == [
        {"id": TWO, "jaccard": 0.8, "containment": 0.9, "relation": "syndication"},
        {"id": THREE, "jaccard": None, "containment": None, "relation": None},
    ]
    assert (one["added"], one["created"]) == ("2024-05-02T10:00:00Z", "2024-05-01")
    assert one["metadata"]["format"] == "text" and one["metadata"]["removed_lines"] == 2
    assert "run" not in json.dumps(one)


def test_unknown_fields_are_null_not_missing(corpus: Corpus, tmp_path: Path) -> None:
    """An article without a title or date has both fields, empty."""
    export(corpus, "jsonl", str(tmp_path / "o.jsonl"))
    five = read(tmp_path / "o.jsonl")[0]
    assert list(five) == SCHEMA.names
    assert (five["title"], five["published"], five["created"], five["added"]) == (None, None, None, None)


def test_parquet_holds_the_same_documents_as_json_lines(corpus: Corpus, tmp_path: Path) -> None:
    """The two formats differ in nothing but their form."""
    assert export(corpus, "parquet", str(tmp_path / "o.parquet"), Choice(all_articles=True)) == 4
    table = pq.read_table(tmp_path / "o.parquet")
    assert table.schema.names == SCHEMA.names
    assert table.to_pylist() == list(documents(corpus, Choice(all_articles=True)))


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("o.jsonl", "jsonl"),
        ("o.jsonl.gz", "jsonl"),
        ("o.jsonl.zst", "jsonl"),
        ("o.parquet", "parquet"),
        ("o", "markdown"),
    ],
)
def test_the_same_articles_give_the_same_bytes(corpus: Corpus, tmp_path: Path, name: str, format_: str) -> None:
    """A corpus that came to the same articles by other runs, in another order, exports the same bytes."""
    publish(tmp_path / "c", changes_of(SPECS[3:], run="x"), run_record("x"), 0)
    changes = changes_of(SPECS[2::-1], duplicates=[duplicate_row(ONE, TWO)], run="y")
    publish(tmp_path / "c", changes, run_record("y"), 1)
    (tmp_path / "later").mkdir()
    export(corpus, format_, str(tmp_path / name), Choice(all_articles=True))
    export(Corpus.open(tmp_path / "c"), format_, str(tmp_path / "later" / name), Choice(all_articles=True))

    def contents(path: Path) -> dict[str, bytes]:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        return {file.name: file.read_bytes() for file in files}

    assert contents(tmp_path / name) == contents(tmp_path / "later" / name)


def test_a_suffix_asks_for_compression(corpus: Corpus, tmp_path: Path) -> None:
    """`.gz` and `.zst` hold the same lines as the plain file."""
    for name in ("o.jsonl", "o.jsonl.gz", "o.jsonl.zst"):
        export(corpus, "jsonl", str(tmp_path / name))
    plain = (tmp_path / "o.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "o.jsonl.gz").read_bytes()) == plain
    packed = (tmp_path / "o.jsonl.zst").read_bytes()
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed) == plain


def test_a_dash_writes_to_standard_output(corpus: Corpus, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Results go to stdout and nothing else does."""
    export(corpus, "jsonl", "-")
    lines = capfdbinary.readouterr().out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [FIVE, ONE]


def test_no_character_of_a_text_breaks_a_line_of_json_lines(tmp_path: Path) -> None:
    """Readers that break lines at Unicode's separators still get one object on each line."""
    text = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg"
    publish(tmp_path / "c", changes_of([ArticleSpec(ONE, ((text, "paragraph", "model"),))]), run_record(), 0)
    export(Corpus.open(tmp_path / "c"), "jsonl", str(tmp_path / "o"))
    (line,) = (tmp_path / "o").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["text"] == text


def test_an_unknown_format_names_those_there_are(corpus: Corpus, tmp_path: Path) -> None:
    """The message lists what can be asked for."""
    with pytest.raises(UsageError, match=r"unknown format 'epub': there are jsonl, parquet, markdown, tei"):
        export(corpus, "epub", str(tmp_path / "o"))


@pytest.mark.parametrize("format_", FORMATS)
def test_a_place_that_does_not_fit_is_refused(corpus: Corpus, tmp_path: Path, format_: str) -> None:
    """A file where a folder is written, a folder where a file is written, and URLs give a clear message."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    wrong = tmp_path / ("file" if format_ in {"markdown", "tei"} else "folder")
    with pytest.raises(UsageError, match=r"is a file|is a folder"):
        export(corpus, format_, str(wrong))
    with pytest.raises(UsageError, match="local paths"):
        export(corpus, format_, "s3://bucket/o")
    with pytest.raises(RunError, match="cannot be written"):
        export(corpus, format_, str(tmp_path / "file" / "below" / "o"))


def test_an_export_that_fails_leaves_the_earlier_one(corpus: Corpus, tmp_path: Path) -> None:
    """What stands at the place is replaced only by a whole export, and no temporary file stays."""
    (tmp_path / "o.jsonl").write_text("earlier\n")
    with pytest.raises(UsageError):
        broken = Corpus.open(corpus.path)
        object.__setattr__(broken.release, "tables", {**broken.release.tables, "paragraphs": 99})
        export(broken, "jsonl", str(tmp_path / "o.jsonl"))
    assert (tmp_path / "o.jsonl").read_text() == "earlier\n"
    assert [path.name for path in tmp_path.iterdir()] == ["o.jsonl"]


def test_a_folder_with_other_things_in_it_is_not_overwritten(corpus: Corpus, tmp_path: Path) -> None:
    """Markdown goes to a new or empty folder or one that an export wrote; a file put there since is not lost."""
    (tmp_path / "o").mkdir()
    assert export(corpus, "markdown", str(tmp_path / "o"), Choice(all_articles=True)) == 4
    assert export(corpus, "markdown", str(tmp_path / "o")) == 2
    assert len(list((tmp_path / "o").glob("*.md"))) == 2
    (tmp_path / "o" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"holds 'notes\.txt', which no export has written"):
        export(corpus, "markdown", str(tmp_path / "o"))
    assert (tmp_path / "o" / "notes.txt").read_text() == "mine"
