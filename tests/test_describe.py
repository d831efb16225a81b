"""What a corpus says of itself: the card, the contract, Croissant; and the rule by which its schema may change."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from markdown_it import MarkdownIt

from flows.command import main
from pipeline.corpus import Corpus
from pipeline.corpus.publish import publish
from pipeline.corpus.schema import DATA_TABLES, SCHEMA_VERSION, TABLES
from pipeline.describe.write import CARD, CONTRACT, CROISSANT, describe
from tests.conftest import SEEDS, clean
from tests.strategies.corpus import ArticleSpec, changes_of, number_id, run_record

RELEASED = Path(__file__).parent / "data" / "released_schema.json"
"""The schema of the last released version. After a release: write it anew, and never otherwise."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds' corpus with its descriptions."""
    place = tmp_path_factory.mktemp("described") / "corpus"
    describe(clean(place, SEEDS))
    return place


def test_the_card_has_the_figures_of_its_release(described: Path) -> None:
    """Articles, lines removed by kind, languages, the model's quality and limits."""
    corpus = Corpus.open(described)
    card = (described / CARD).read_text(encoding="utf-8")
    assert f"Release {corpus.release.number}, published {corpus.release.created}" in card
    assert "- articles: 5, of which 5 canonical" in card
    removed = corpus.table("lines", ["kind"])["kind"].to_pylist().count("newsletter")
    assert f"| `newsletter` | {removed} |" in card
    assert "| `en` | 5 |" in card
    assert "95 % interval" in card
    assert "its most frequent losses" in card


def test_the_contract_names_every_table_field_and_key(described: Path) -> None:
    """Types, nullability and keys are those of the tables."""
    contract = yaml.safe_load((described / CONTRACT).read_text(encoding="utf-8"))
    assert (contract["kind"], contract["version"]) == ("DataContract", f"1.{SCHEMA_VERSION}.0")
    said = {
        table["name"]: [
            (field["name"], field["physicalType"], field["required"], field.get("primaryKeyPosition"))
            for field in table["properties"]
        ]
        for table in contract["schema"]
    }
    assert said == {
        table.name: [
            (f.name, f.type, not f.nullable, table.key.index(f.name) + 1 if f.name in table.key else None)
            for f in table.fields
        ]
        for table in TABLES.values()
    }


def test_croissant_names_the_files_of_the_release_and_no_others(tmp_path: Path) -> None:
    """Files of earlier releases, which lie beside them, are not named; those that are hold the release's rows."""
    for number in range(2):
        specs = [ArticleSpec(number_id(n), title=f"Title {number}") for n in range(1, 4)]
        publish(tmp_path, changes_of(specs), run_record(f"run-{number}"), number)
    corpus = Corpus.open(tmp_path)
    describe(corpus)
    found = json.loads((tmp_path / CROISSANT).read_text(encoding="utf-8"))
    files = {one["@id"]: one["includes"] for one in found["distribution"]}
    assert set(files) <= {f"{table.name}-files" for table in DATA_TABLES}
    titles = [t for name in files["articles-files"] for t in pq.read_table(tmp_path / name)["title"].to_pylist()]
    assert titles == ["Title 1"] * 3
    assert len(list((tmp_path / "articles").glob("*.parquet"))) > len(files["articles-files"])


def test_scraped_names_can_do_nothing_in_the_card(tmp_path: Path) -> None:
    """A site's name with markup is shown as code, and breaks no table."""
    site = "`|<script>x</script>|[a](javascript:x)"
    publish(tmp_path, changes_of([ArticleSpec(number_id(1), fields={"site": site})]), run_record(), 0)
    describe(Corpus.open(tmp_path))
    html = MarkdownIt("commonmark").enable("table").render((tmp_path / CARD).read_text(encoding="utf-8"))
    assert "<script" not in html
    assert "<a " not in html
    assert "<code>'/&lt;script&gt;x&lt;/script&gt;/[a](javascript:x)</code>" in html


def test_the_schema_only_ever_grows() -> None:
    """Every table and field of the last released version is as it was; what is new says since when."""
    released = json.loads(RELEASED.read_text(encoding="utf-8"))
    known = released["tables"]
    for name, table in known.items():
        now = TABLES[name]
        assert list(now.key) == table["key"], name
        fields = {
            f.name: {"type": f.type, "nullable": f.nullable, "unit": f.unit, "since": f.since} for f in now.fields
        }
        for field, said in table["fields"].items():
            assert fields[field] == said, f"{name}.{field}"
    assert released["schema_version"] <= SCHEMA_VERSION
    for table in TABLES.values():
        for field in table.fields:
            if field.name not in known.get(table.name, {"fields": {}})["fields"]:
                assert released["schema_version"] < field.since <= SCHEMA_VERSION, f"{table.name}.{field.name}"


def test_plots_are_drawn_the_same_each_time(described: Path, tmp_path: Path) -> None:
    """Six SVG files, the same bytes for the same release, and PNG files that are pictures."""
    for name in ("one", "other"):
        assert main(["report", "--corpus", str(described), "--out", str(tmp_path / name)]) == 0
    drawn = {path.name: path.read_bytes() for path in (tmp_path / "one").glob("*.svg")}
    assert len(drawn) == 6
    assert drawn == {path.name: path.read_bytes() for path in (tmp_path / "other").glob("*.svg")}
    assert all(content.startswith(b"<?xml") and b"<path" in content for content in drawn.values())
    assert main(["report", "--corpus", str(described), "--out", str(tmp_path / "png"), "--format", "png"]) == 0
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (tmp_path / "png").glob("*.png"))
