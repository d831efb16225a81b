"""Going back to an earlier release, as docs/operations.md describes it."""

from __future__ import annotations

from pathlib import Path

from deltalake import DeltaTable

from pipeline.corpus.open import Corpus
from tests.conftest import clean
from tests.pages import stories


def test_after_the_table_of_releases_is_restored_the_earlier_release_is_the_newest(tmp_path: Path) -> None:
    """Readers see it at once; the next run starts from it, and gives what the run that was undone had given."""
    place, corpus = tmp_path / "in", tmp_path / "corpus"
    place.mkdir()
    first, second = stories(2)
    (place / "1.txt").write_text(first.text(), encoding="utf-8")
    before = clean(corpus, place, run__runner="threads")
    (place / "2.txt").write_text(second.text(), encoding="utf-8")
    undone = clean(corpus, place, run__runner="threads").table("articles", ["id", "text"])

    releases = DeltaTable(str(corpus / "releases"))
    releases.restore(releases.version() - 1)
    assert Corpus.open(corpus).release == before.release
    assert Corpus.open(corpus).table("articles").equals(before.table("articles"))

    again = clean(corpus, place, run__runner="threads")
    assert again.release.number == before.release.number + 1
    assert again.table("articles", ["id", "text"]).equals(undone)
    assert again.table("runs", ["run"]).num_rows == 2
