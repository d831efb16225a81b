"""The index of near-duplicates beside a corpus: refused, made again, and never taken for another release's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.command import main
from pipeline.corpus.lock import corpus_lock
from pipeline.corpus.open import Corpus
from pipeline.dedup.index import NearIndex
from pipeline.errors import RunError, UsageError
from pipeline.lookup import look_up
from pipeline.run.near import rebuild_index
from tests.conftest import clean
from tests.pages import stories, story
from tests.test_run_laws import exported

Folder = Callable[[dict[str, str]], Path]


def site(start: int, count: int = 4) -> dict[str, str]:
    """Some stories."""
    return {f"{start + n}.txt": one.text() for n, one in enumerate(stories(count, sites=1, start=start))}


def states(corpus: Corpus) -> list[str]:
    """The runs of which states are kept."""
    return sorted(path.name for path in (Path(corpus.path) / "_near" / "states").iterdir())


def test_other_settings_are_refused_before_anything_is_done(folder: Folder, tmp_path: Path) -> None:
    """A run with another seed says what to do; doing it gives the corpus that such a run would have made at once."""
    place = folder(site(1))
    corpus = clean(tmp_path / "c", place)
    with pytest.raises(UsageError, match=r"seed 1 \(wanted: 7\).*--rebuild-index"):
        clean(tmp_path / "c", place, dedup__seed=7)
    assert Corpus.open(tmp_path / "c").release == corpus.release
    again = clean(tmp_path / "c", place, dedup__seed=7, run__rebuild_index=True)
    assert exported(again) == exported(clean(tmp_path / "fresh", place, dedup__seed=7))
    clean(tmp_path / "c", place, dedup__seed=7)


def test_a_lost_index_is_made_again_from_the_tables(folder: Folder, tmp_path: Path) -> None:
    """The next run, which reads no input again, leaves an index of all articles."""
    place = folder(site(1))
    corpus = clean(tmp_path / "c", place)
    (tmp_path / "c" / "_near").rename(tmp_path / "lost")
    again = clean(tmp_path / "c", place)
    for row in again.table("paragraphs").to_pylist():
        assert any(row["id"] in near.places for near in look_up(again, row["text"]).paragraphs)
    assert exported(again) == exported(corpus)


def test_what_a_failed_run_left_is_nobodys_and_goes(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers keep the index of the release before; the next run takes up from it and removes the leftovers."""
    place = folder(site(1))
    corpus = clean(tmp_path / "c", place)
    (place / "late.txt").write_text(story(77).text(), "utf-8")
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.run.road.publish", fail)
        with pytest.raises(RunError, match="disk"):
            clean(tmp_path / "c", place)
    left = states(corpus)
    assert len(left) == 2
    assert corpus.release.run in left
    paragraph = corpus.table("paragraphs").to_pylist()[0]
    assert look_up(Corpus.open(tmp_path / "c"), paragraph["text"]).release == 1
    again = clean(tmp_path / "c", place)
    assert states(again) == [corpus.release.run, again.release.run]
    assert exported(again) == exported(clean(tmp_path / "fresh", place))


def fail(*_: object) -> int:
    """Storage that gives up."""
    raise RunError("the disk is full")


def test_only_the_last_two_states_and_what_they_need_are_kept(folder: Folder, tmp_path: Path) -> None:
    """Segments are merged as the corpus grows, and those that no state names are removed."""
    place = folder(site(1, 2))
    for number in range(4):
        (place / f"more{number}.txt").write_text(story(50 + number).text(), "utf-8")
        corpus = clean(tmp_path / "c", place)
    assert len(states(corpus)) == 2
    assert len(list((tmp_path / "c" / "_near" / "segments").iterdir())) < 10


def test_maintenance_makes_the_index_again_in_one_piece(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Texts that are gone are gone from it; lookups and later runs give what they would have given."""
    place = folder(site(1))
    for number in range(3):
        (place / f"more{number}.txt").write_text(story(50 + number).text(), "utf-8")
        clean(tmp_path / "c", place)
    (place / "more0.txt").unlink()
    corpus = clean(tmp_path / "c", place)
    text = corpus.table("paragraphs").to_pylist()[0]["text"]
    before, near = look_up(corpus, text), tmp_path / "c" / "_near"
    (near.parent / "_near.new").mkdir()  # as one that was killed leaves it
    assert main(["maintain", "--corpus", str(tmp_path / "c"), "--index"]) == 0
    assert "6 articles indexed again" in capsys.readouterr().err
    assert states(corpus) == [corpus.release.run]
    assert sorted(path.name for path in (near / "segments").iterdir()) == [
        f"{level}-{corpus.release.run}" for level in ("article", "paragraph")
    ]
    index = NearIndex.of_run(near, corpus.release.run)
    assert index is not None and len(index.article_keys) == 6 and bool(index.paragraphs.alive.all())
    assert not list(near.parent.glob("_near.*"))
    assert look_up(Corpus.open(tmp_path / "c"), text).paragraphs == before.paragraphs
    (place / "late.txt").write_text(story(77).text(), "utf-8")
    assert exported(clean(tmp_path / "c", place)) == exported(clean(tmp_path / "fresh", place))


def test_an_index_is_only_made_for_a_corpus_that_nobody_holds(tmp_path: Path, folder: Folder) -> None:
    """Each refusal says why."""
    with pytest.raises(UsageError, match="is no corpus"):
        rebuild_index(str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match="object store"):
        rebuild_index("s3://bucket/corpus")
    corpus = clean(tmp_path / "c", folder(site(1, 1)))
    with corpus_lock(tmp_path / "c"), pytest.raises(RunError, match="in use"):
        rebuild_index(corpus.path)
