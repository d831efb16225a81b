"""Batches in an inbox, and the markers in them."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from pipeline.errors import UsageError
from pipeline.read.batches import ANNOUNCED, COMPLETE, list_batches, remember, to_announce
from pipeline.read.find import find_inputs
from pipeline.settings import ReadSettings


def fill(inbox: Path, **batches: bool) -> None:
    """Batches of one page each; those that are True are complete."""
    for name, complete in batches.items():
        (inbox / name).mkdir(parents=True)
        (inbox / name / "page.txt").write_text("A page.\n", encoding="utf-8")
        if complete:
            (inbox / name / COMPLETE).touch()


def test_a_complete_batch_is_announced_until_it_is_remembered(tmp_path: Path) -> None:
    """Incomplete ones, files and hidden folders are none; the note is in the storage, and so outlives a restart."""
    fill(tmp_path, b=True, a=True, c=False, **{".d": True})
    (tmp_path / COMPLETE).touch()
    news = to_announce(list_batches(str(tmp_path)))
    assert [batch.name for batch in news] == ["a", "b"]
    remember(news[0])
    assert [batch.name for batch in to_announce(list_batches(str(tmp_path)))] == ["b"]
    (tmp_path / "c" / COMPLETE).touch()
    assert [batch.name for batch in to_announce(list_batches(str(tmp_path)))] == ["b", "c"]


def test_a_batch_is_a_source_without_its_markers(tmp_path: Path) -> None:
    """The URI of a batch lists its pages; the markers are no inputs, whatever lists them."""
    fill(tmp_path, a=True)
    (batch,) = to_announce(list_batches(str(tmp_path)))
    remember(batch)
    assert (tmp_path / "a" / ANNOUNCED).exists()
    for source in (batch.uri, str(tmp_path)):
        listing = find_inputs([source], ReadSettings())
        assert [Path(file.uri).name for file in listing.files] == ["page.txt"]
        assert not listing.quarantined


def test_an_inbox_in_another_storage_is_listed_alike() -> None:
    """Through fsspec; the URI of a batch names its storage."""
    storage = fsspec.filesystem("memory")
    storage.pipe_file("/inbox-test/a/page.txt", b"A page.\n")
    storage.pipe_file("/inbox-test/b/page.txt", b"A page.\n")
    storage.pipe_file(f"/inbox-test/b/{COMPLETE}", b"")
    try:
        (batch,) = to_announce(list_batches("memory://inbox-test"))
        assert batch.uri == "memory:///inbox-test/b"
        assert [file.source for file in find_inputs([batch.uri], ReadSettings()).files] == ["page.txt"]
        remember(batch)
        assert to_announce(list_batches("memory://inbox-test")) == ()
    finally:
        storage.rm("/inbox-test", recursive=True)


def test_an_inbox_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    """It is told at once, not taken for an empty one; a file is no inbox, either."""
    (tmp_path / "file").touch()
    for inbox in (tmp_path / "none", tmp_path / "file"):
        with pytest.raises(UsageError, match="no folder"):
            list_batches(str(inbox))
    with pytest.raises(UsageError, match="no inbox"):
        list_batches(" ")
