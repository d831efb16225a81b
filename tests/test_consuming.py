"""Every recipe of docs/consuming.md, run as it stands, with the tools that consumers use.

These tools are half a gigabyte, so only ``make test-readers`` installs them, and sets ``COPYDESK_TEST_READERS``.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.corpus import Corpus
from pipeline.corpus.schema import DATA_TABLES, TABLES
from pipeline.describe.write import describe
from pipeline.export.choice import Choice
from pipeline.export.documents import documents
from tests.conftest import ROOT, SEEDS, copydesk
from tests.pages import stories

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COPYDESK_TEST_READERS"), reason="needs `make test-readers`"),
]

_BLOCK = re.compile(r"^## (.*?)$|^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def recipes() -> list[tuple[str, str]]:
    """Heading and code of each block."""
    found, heading = [], ""
    for match in _BLOCK.finditer((ROOT / "docs" / "consuming.md").read_text(encoding="utf-8")):
        if match[1]:
            heading = match[1]
        else:
            found.append((heading, match[2]))
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus of two releases, its exports, and the changes since the first."""
    place = tmp_path_factory.mktemp("desk")
    (place / "in").mkdir()
    for number, story in enumerate(stories(6)):
        (place / "in" / f"{number}.txt").write_text(story.text(), encoding="utf-8")
    corpus: list[str | Path] = ["--corpus", place / "corpus"]
    exports: list[list[str | Path]] = [
        ["--format", "jsonl", "--since", "1", "--out", place / "changes.jsonl"],
        ["--format", "parquet", "--out", place / "articles.parquet"],
        ["--format", "jsonl", "--out", place / "shards", "--shard-mb", "1"],
    ]
    for sources in ([SEEDS], [SEEDS, place / "in"]):
        assert copydesk("run", *sources, *corpus, "--local").returncode == 0
    for arguments in exports:
        assert copydesk("export", *corpus, *arguments).returncode == 0
    return place


@pytest.mark.parametrize(("heading", "code"), recipes(), ids=[heading for heading, _ in recipes()])
def test_a_recipe_runs_as_it_stands(desk: Path, heading: str, code: str) -> None:
    """The block ends without an error."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HOME": str(desk / "hf"), "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=desk, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{heading}\n{done.stderr}"


def test_the_five_readers_give_the_same_articles(desk: Path) -> None:
    """Polars, DuckDB, pandas, datasets and datatrove see the ids and texts that the corpus holds."""
    corpus = Corpus.open(desk / "corpus")
    rows = corpus.table("articles", ["id", "text", "is_canonical"])
    wanted = {row["id"]: row["text"] for row in rows.to_pylist() if row["is_canonical"]}
    polars, duckdb, datasets = (importlib.import_module(name) for name in ("polars", "duckdb", "datasets"))
    readers = importlib.import_module("datatrove.pipeline.readers")
    frame = polars.from_arrow(rows).filter(polars.col("is_canonical"))
    found: dict[str, dict[str, Any]] = {
        "polars": dict(zip(frame["id"], frame["text"], strict=True)),
        "duckdb": dict(duckdb.sql("select id, text from rows where is_canonical").fetchall()),
        "pandas": rows.to_pandas().query("is_canonical").set_index("id")["text"].to_dict(),
    }
    loaded = datasets.load_dataset(
        "parquet", data_files=str(desk / "articles.parquet"), split="train", cache_dir=str(desk / "hf")
    )
    found["datasets"] = dict(zip(loaded["id"], loaded["text"], strict=True))
    reader = readers.JsonlReader(str(desk / "shards"), glob_pattern="part-*.jsonl.zst", compression="zstd")
    found["datatrove"] = {document.id: document.text for document in reader()}
    assert found == dict.fromkeys(found, wanted)


def test_applying_the_changes_gives_the_newest_export(desk: Path) -> None:
    """As the recipe does it, from the export of release 1."""
    held = {document["id"]: document for document in documents(Corpus.open(desk / "corpus", 1), Choice())}
    for line in (desk / "changes.jsonl").read_text(encoding="utf-8").splitlines():
        change = json.loads(line)
        if change["change"] == "removed":
            held.pop(change["id"])
        else:
            held[change["id"]] = change["document"]
    newest = {document["id"]: document for document in documents(Corpus.open(desk / "corpus"), Choice())}
    assert held == newest


def test_croissant_is_valid_and_reads_every_row_of_the_release(desk: Path) -> None:
    """mlcroissant has nothing to complain about, and gives as many rows as the tables have, types and all."""
    mlcroissant = importlib.import_module("mlcroissant")
    corpus = Corpus.open(desk / "corpus")
    describe(corpus)
    dataset = mlcroissant.Dataset(str(desk / "corpus" / "croissant.json"))
    assert not dataset.metadata.issues.errors
    assert not dataset.metadata.issues.warnings
    for name in ("articles", "lines", "paragraphs"):
        assert sum(1 for _ in dataset.records(name)) == corpus.table(name).num_rows
    described = {records.name: [field.name for field in records.fields] for records in dataset.metadata.record_sets}
    assert set(described) == {table.name for table in DATA_TABLES if corpus.table(table.name).num_rows}
    assert described == {name: [field.name for field in TABLES[name].fields] for name in described}


def test_the_contract_is_valid_and_its_types_are_the_tables(desk: Path) -> None:
    """The standard's own model reads it; every field has the type, key and nullability of its table."""
    standard = importlib.import_module("open_data_contract_standard.model").OpenDataContractStandard
    describe(Corpus.open(desk / "corpus"))
    contract = standard.from_file(str(desk / "corpus" / "contract.yaml"))
    said = {
        (table.name, field.name): (field.physicalType, field.required, bool(field.primaryKey))
        for table in contract.schema_
        for field in table.properties
    }
    assert said == {
        (table.name, field.name): (field.type, not field.nullable, field.name in table.key)
        for table in TABLES.values()
        for field in table.fields
    }
