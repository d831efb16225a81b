"""The one description of all tables, and what is derived from it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from pipeline.corpus import Corpus
from pipeline.corpus.publish import publish
from pipeline.corpus.schema import DATA_TABLES, RELEASES, SCHEMA_VERSION, TABLES, schema_markdown
from tests.strategies.corpus import changes_of, run_record


def test_every_table_comes_back_from_delta_with_the_documented_schema(tmp_path: Path) -> None:
    """What readers get has exactly the documented fields, types and nullability, in the documented order."""
    publish(tmp_path / "c", changes_of(), run_record(), 0)
    corpus = Corpus.open(tmp_path / "c")
    for table in DATA_TABLES:
        assert corpus.table(table.name).schema == table.schema
        assert pa.schema(corpus.delta(table.name).schema().to_arrow()) == table.schema


def test_every_field_is_documented_once_and_belongs_to_a_schema_version() -> None:
    """No table repeats a field name; every field says what it means and since when; keys and groups are fields."""
    for table in TABLES.values():
        names = [item.name for item in table.fields]
        assert len(set(names)) == len(names)
        assert set(table.key) <= set(names) and set(table.group) <= set(table.key) | {"article_id"}
        for item in table.fields:
            assert item.meaning.endswith(".") and 1 <= item.since <= SCHEMA_VERSION
            assert not (item.nullable and item.name in table.key)


def test_the_page_names_every_table_and_field() -> None:
    """`docs/schema.md` has a section for each table and a row for each field."""
    page = schema_markdown()
    for table in TABLES.values():
        section = page.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        assert section.count("\n| `") == len(table.fields)
        for item in table.fields:
            assert f"| `{item.name}` | {item.type} |" in section


def test_the_page_is_printed_by_the_module() -> None:
    """`python -m pipeline.corpus.schema` prints the page and nothing else, without warnings."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pipeline.corpus.schema"], capture_output=True, text=True, check=True
    )
    assert done.stdout == schema_markdown()
    assert done.stderr == ""


def test_releases_name_no_version_of_themselves() -> None:
    """The table that binds the others together is not one of those it names."""
    assert RELEASES not in DATA_TABLES


def test_tables_that_a_release_did_not_have_yet_are_empty(tmp_path: Path) -> None:
    """A corpus of schema version 1 has neither corrections nor drift; reading them gives no rows, and no error."""
    publish(tmp_path / "c", changes_of(), run_record(), 0)
    release = Corpus.open(tmp_path / "c").release
    since = {table.name: table.fields[0].since for table in DATA_TABLES}
    first = {name: version for name, version in release.tables.items() if since[name] == 1}
    old = Corpus(str(tmp_path / "c"), replace(release, tables=first, schema_version=1), (release,))
    assert set(release.tables) - set(first) == {"corrections", "drift"}
    assert old.table("drift", ["site"]).column_names == ["site"]
    assert old.table("corrections").schema == TABLES["corrections"].schema and old.table("corrections").num_rows == 0
