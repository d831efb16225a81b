"""Which files are found, under which names, with which hints."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.read.find import Listing, find_inputs
from pipeline.read.load import read_file
from pipeline.read.names import restore, source_name, storable
from pipeline.records import Fault, Hints, Quarantined, RawPage
from pipeline.settings import ReadSettings
from tests.warcs import gzipped, page

SETTINGS = ReadSettings()


def _make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"This is {name}.")


def _sources(listing: Listing) -> list[str]:
    return [ref.source for ref in listing.files]


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    """An empty file system in memory."""
    filesystem = fsspec.filesystem("memory")
    filesystem.store.clear()
    filesystem.pseudo_dirs[:] = [""]
    yield filesystem
    filesystem.store.clear()


def test_folder_is_listed_recursively_and_sorted(tmp_path: Path) -> None:
    """A folder gives every file below it, by its path relative to the folder."""
    _make(tmp_path, "b.txt", "a/z.html", "a/b/c", "page.txt/inside.html")
    listing = find_inputs([str(tmp_path)], SETTINGS)
    assert _sources(listing) == ["a/b/c", "a/z.html", "b.txt", "page.txt/inside.html"]
    assert {ref.origin for ref in listing.files} == {str(tmp_path)} == set(listing.origins)
    assert all(ref.size == len(f"This is {ref.source}.") for ref in listing.files)
    assert not listing.quarantined


def test_a_file_that_is_written_again_has_another_version(tmp_path: Path, memory: fsspec.AbstractFileSystem) -> None:
    """Although its size is the same, also where its times were set back; a file that is let alone keeps its version."""
    _make(tmp_path, "a.txt", "b.txt")
    memory.pipe("site/c.txt", b"one")
    sources = [str(tmp_path), "memory://site/"]
    first = {ref.source: ref for ref in find_inputs(sources, SETTINGS).files}
    assert first == {ref.source: ref for ref in find_inputs(sources, SETTINGS).files}
    times = (tmp_path / "a.txt").stat()
    time.sleep(0.02)  # the clock of a file system may tick slowly
    (tmp_path / "a.txt").write_text("That is a.txt.")
    os.utime(tmp_path / "a.txt", ns=(times.st_atime_ns, times.st_mtime_ns))
    memory.pipe("site/c.txt", b"two")
    second = {ref.source: ref for ref in find_inputs(sources, SETTINGS).files}
    assert [name for name in first if first[name].version != second[name].version] == ["a.txt", "c.txt"]
    assert all(ref.version for ref in second.values())


def test_file_gives_its_own_name(tmp_path: Path) -> None:
    """A SOURCE that is a file is listed under its name, with itself as the origin."""
    _make(tmp_path, "in/a.txt", "in/b.txt")
    listing = find_inputs([str(tmp_path / "in" / "a.txt")], SETTINGS)
    assert [(ref.source, ref.origin) for ref in listing.files] == [("a.txt", str(tmp_path / "in" / "a.txt"))]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["a.txt"]),
        ("**/*.txt", ["a.txt", "x/b.txt", "x/y/c.txt"]),
        ("**", ["a.txt", "d.html", "x/b.txt", "x/e.html", "x/y/c.txt"]),
        ("x", ["b.txt", "e.html", "y/c.txt"]),
        ("x*", ["x/b.txt", "x/e.html", "x/y/c.txt"]),
        ("x/*", ["b.txt", "e.html", "y/c.txt"]),
        ("x/**/c.txt", ["y/c.txt"]),
        ("[ad].*", ["a.txt", "d.html"]),
        ("?.html", ["d.html"]),
        ("*/*/*", ["x/y/c.txt"]),
    ],
)
def test_glob_gives_paths_below_its_fixed_part(tmp_path: Path, pattern: str, expected: list[str]) -> None:
    """Files that match are listed relative to the folder before the first magic segment; folders with all in them."""
    _make(tmp_path, "a.txt", "d.html", "x/b.txt", "x/e.html", "x/y/c.txt")
    assert _sources(find_inputs([f"{tmp_path}/{pattern}"], SETTINGS)) == expected


def test_name_with_magic_characters_is_found_as_it_is(tmp_path: Path) -> None:
    """A file that exists under a name with brackets is meant, not a pattern."""
    _make(tmp_path, "[1].txt", "1.txt")
    assert _sources(find_inputs([str(tmp_path / "[1].txt")], SETTINGS)) == ["[1].txt"]


def test_overlapping_sources_give_each_file_once_in_any_order(tmp_path: Path) -> None:
    """A file that several SOURCEs name belongs to the origin that sorts first, whatever their order."""
    _make(tmp_path, "a.txt", "sub/b.txt", "sub/c.txt")
    sources = [
        f"{tmp_path}/sub/*.txt",
        f"{tmp_path}/sub",
        str(tmp_path),
        f"{tmp_path}/a.txt",
        f"file://{tmp_path}/sub/",
    ]
    listings = [find_inputs(order, SETTINGS) for order in itertools.permutations(sources)]
    assert all(listing == listings[0] for listing in listings)
    assert _sources(listings[0]) == ["a.txt", "sub/b.txt", "sub/c.txt"]
    assert {ref.origin for ref in listings[0].files} == {str(tmp_path)}
    assert len(listings[0].origins) == 4, "the folder and its URL are one origin"


def test_hidden_files_are_a_setting(tmp_path: Path) -> None:
    """Names with a leading dot are left out unless the setting, or the pattern itself, asks for them."""
    _make(tmp_path, "a.txt", ".b.txt", ".git/c.txt")
    assert _sources(find_inputs([str(tmp_path)], SETTINGS)) == ["a.txt"]
    everything = find_inputs([str(tmp_path)], ReadSettings(hidden_files=True))
    assert _sources(everything) == [".b.txt", ".git/c.txt", "a.txt"]
    assert _sources(find_inputs([f"{tmp_path}/.g*/*"], SETTINGS)) == [".git/c.txt"]
    assert _sources(find_inputs([f"{tmp_path}/.git"], SETTINGS)) == ["c.txt"]


def test_links_to_files_are_followed_and_links_to_folders_are_named(tmp_path: Path) -> None:
    """A linked file is an input; a linked folder is read once where it lies, or named with the remedy."""
    _make(tmp_path, "in/real/a.txt", "elsewhere/b.txt")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "elsewhere" / "b.txt")
    (tmp_path / "in" / "again").symlink_to("real")
    (tmp_path / "in" / "up").symlink_to("..")
    (tmp_path / "in" / "real" / "loop").symlink_to(".")
    listing = find_inputs([str(tmp_path / "in")], SETTINGS)
    assert _sources(listing) == ["link.txt", "real/a.txt"]
    assert [(entry.source, entry.fault) for entry in listing.quarantined] == [("up", Fault.UNSUPPORTED)]
    assert "name that folder as a SOURCE" in listing.quarantined[0].detail


def test_link_into_what_is_not_read_is_named(tmp_path: Path) -> None:
    """A link to a hidden folder of the same SOURCE is not passed over in silence."""
    _make(tmp_path, "a.txt", ".store/b.txt")
    (tmp_path / "data").symlink_to(".store")
    assert [entry.source for entry in find_inputs([str(tmp_path)], SETTINGS).quarantined] == ["data"]


def test_what_is_no_file_is_quarantined_at_once(tmp_path: Path) -> None:
    """A FIFO, alone or in a folder, never blocks; a dangling link is named."""
    _make(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone.txt").symlink_to("nowhere")
    listing = find_inputs([str(tmp_path)], SETTINGS)
    assert [entry.source for entry in listing.quarantined] == ["gone.txt", "pipe"]
    assert {entry.fault for entry in listing.quarantined} == {Fault.UNREADABLE}
    alone = find_inputs([str(tmp_path / "pipe")], SETTINGS)
    assert [entry.source for entry in alone.quarantined] == ["pipe"]
    assert not alone.files


def test_fifo_that_replaced_a_file_does_not_block_reading(tmp_path: Path) -> None:
    """A file that became a FIFO after it was listed is quarantined, not waited for."""
    _make(tmp_path, "a.txt")
    (ref,) = find_inputs([str(tmp_path)], SETTINGS).files
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    (result,) = read_file(ref, SETTINGS)
    assert isinstance(result, Quarantined)
    assert result.fault is Fault.UNREADABLE


@pytest.mark.parametrize(
    "source",
    ["", "  ", "nowhere", "no/such/*.txt", "bad\x00name", "x" * 5000, "klingon://x/y", "memory://nowhere", "\udcff"],
)
def test_wrong_source_is_a_usage_error_that_names_it(tmp_path: Path, source: str) -> None:
    """What does not exist, or cannot, is refused with a sentence that can be printed."""
    _make(tmp_path, "a.txt")
    with pytest.raises(UsageError) as caught:
        find_inputs([str(tmp_path), source], SETTINGS)
    message = str(caught.value)
    message.encode()
    assert "SOURCE" in message
    assert repr(source)[:50].rstrip("'") in message or not source.strip()


def test_nothing_to_read_is_a_usage_error(tmp_path: Path) -> None:
    """An empty folder, a glob without a match and no SOURCE at all are mistakes, not empty runs."""
    for sources in ([str(tmp_path)], [f"{tmp_path}/*.txt"], []):
        with pytest.raises(UsageError, match=r"nothing to read|no SOURCE"):
            find_inputs(sources, SETTINGS)


def test_sidecar_gives_hints_and_is_no_input(tmp_path: Path) -> None:
    """``NAME.meta.json`` describes ``NAME``, in folders, for single files and beside what a glob matches."""
    _make(tmp_path, "a.txt", "b.txt")
    meta = {"url": "https://example.org/a", "fetched_at": 1_653_386_400, "language": "en", "other": [1]}
    (tmp_path / "a.txt.meta.json").write_text(json.dumps(meta))
    expected = Hints("https://example.org/a", "2022-05-24T10:00:00+00:00", "en")
    for source in (str(tmp_path), str(tmp_path / "a.txt"), f"{tmp_path}/*.txt"):
        listing = find_inputs([source], SETTINGS)
        assert {ref.source: ref.hints for ref in listing.files}["a.txt"] == expected
        assert "a.txt.meta.json" not in _sources(listing)
        assert not listing.quarantined


def test_manifests_give_hints_for_files_below_them(tmp_path: Path) -> None:
    """Sidecar before manifest, the nearer folder before the one above, JSON Lines before CSV, field by field."""
    _make(tmp_path, "a.txt", "sub/b.txt", "sub/c d.txt")
    (tmp_path / "manifest.csv").write_text('path,url,language\na.txt,https://csv/a,fr\n"sub/c d.txt",https://csv/c,\n')
    lines = [
        {"file": "./a.txt", "url": "https://jsonl/a"},
        {"name": "sub/b.txt", "url": "https://top/b", "language": "de"},
    ]
    (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "sub" / "manifest.jsonl").write_text('{"path": "b.txt", "url": "https://near/b"}\n')
    (tmp_path / "a.txt.meta.json").write_text('{"fetched_at": "2024-01-02"}')
    listing = find_inputs([str(tmp_path)], SETTINGS)
    assert not listing.quarantined
    assert {ref.source: ref.hints for ref in listing.files} == {
        "a.txt": Hints("https://jsonl/a", "2024-01-02", "fr"),
        "sub/b.txt": Hints("https://near/b", None, "de"),
        "sub/c d.txt": Hints("https://csv/c", None, None),
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt.meta.json", "[1]"),
        ("a.txt.meta.json", "{"),
        ("a.txt.meta.json", "[" * 50_000),
        ("gone.txt.meta.json", "{}"),
        ("manifest.csv", "colour\nred\n"),
        ("manifest.csv", 'path,url\n"a.txt'),
        ("manifest.jsonl", "no JSON\n{\n"),
        ("manifest.jsonl", '{"path": "a.txt", "language": "en"}\n{"url": 3}\n'),
    ],
)
def test_broken_description_is_reported_as_itself(tmp_path: Path, name: str, content: str) -> None:
    """A sidecar or manifest that cannot be used stops nothing and is in quarantine under its own name."""
    _make(tmp_path, "a.txt")
    (tmp_path / name).write_text(content)
    listing = find_inputs([str(tmp_path)], SETTINGS)
    assert _sources(listing) == ["a.txt"]
    (entry,) = listing.quarantined
    assert (entry.source, entry.stage, entry.fault) == (name, "find", Fault.BAD_RECORD)
    assert "mend or remove it" in entry.detail


def test_usable_lines_of_a_broken_manifest_are_used(tmp_path: Path) -> None:
    """A bad line in a manifest costs that line only."""
    _make(tmp_path, "a.txt")
    (tmp_path / "manifest.jsonl").write_text('{"path": "a.txt", "language": "en"}\n{"url": 3}\n')
    assert find_inputs([str(tmp_path)], SETTINGS).files[0].hints.language == "en"


def test_manifest_name_with_articles_in_it_is_an_input(tmp_path: Path) -> None:
    """A ``manifest.jsonl`` whose records hold text is a file of articles."""
    (tmp_path / "manifest.jsonl").write_text('{"name": "x", "text": "The bridge is closed."}\n')
    listing = find_inputs([str(tmp_path)], SETTINGS)
    assert _sources(listing) == ["manifest.jsonl"]
    assert not listing.quarantined


def test_names_are_storable_and_open_again(tmp_path: Path) -> None:
    """Whatever bytes a name is made of, source and URI are valid UTF-8 and the file can be opened."""
    raw = [b"\xff\xfe.txt", b"two\nlines.txt", "📰.txt".encode(), b"back\\slash.txt", b"a.jsonl#1", b"n" * 250]
    for name in raw:
        (tmp_path / os.fsdecode(name)).write_text("The bridge is closed.")
    listing = find_inputs([str(tmp_path)], SETTINGS)
    assert len({ref.source for ref in listing.files}) == len(raw)
    assert {os.fsencode(restore(ref.source)) for ref in listing.files} == set(raw)
    for ref in listing.files:
        f"{ref.source}{ref.uri}".encode()
        (page,) = read_file(ref, SETTINGS)
        assert isinstance(page, RawPage)


@given(st.text(st.characters(), max_size=20) | st.binary(max_size=20).map(os.fsdecode), st.text(max_size=20))
def test_stored_names_are_reversible(name: str, other: str) -> None:
    """Two names never share a stored form, and the name can be had back from it."""
    for spell in (storable, source_name):
        spell(name).encode()
        assert restore(spell(name)) == name
        assert (spell(name) == spell(other)) == (name == other)


def test_remote_folder_glob_and_file(memory: fsspec.AbstractFileSystem) -> None:
    """fsspec URLs are listed by the same rules as local paths, hints included, and can be read."""
    memory.pipe(
        {
            "/site/a.txt": b"The bridge is closed.",
            "/site/sub/b.txt": b"The ferry runs.",
            "/site/sub/.hidden": b"x",
            "/site/a.txt.meta.json": b'{"url": "https://example.org/a"}',
            "/site/manifest.csv": b"path,language\nsub/b.txt,en\n",
        }
    )
    folder = find_inputs(["memory://site/"], SETTINGS)
    assert _sources(folder) == ["a.txt", "sub/b.txt"]
    assert folder.origins == ("memory:///site",)
    assert [ref.hints for ref in folder.files] == [Hints(url="https://example.org/a"), Hints(language="en")]
    assert _sources(find_inputs(["memory://site/**/*.txt"], SETTINGS)) == ["a.txt", "sub/b.txt"]
    single = find_inputs(["memory://site/a.txt"], SETTINGS)
    assert [(ref.source, ref.hints.url) for ref in single.files] == [("a.txt", "https://example.org/a")]
    both = find_inputs(["memory://site/sub", "memory://site"], SETTINGS)
    assert _sources(both) == ["a.txt", "sub/b.txt"]
    pages = [page for ref in folder.files for page in read_file(ref, SETTINGS)]
    assert [page.content for page in pages if isinstance(page, RawPage)] == ["The bridge is closed.", "The ferry runs."]


def _zip(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _tar(path: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


@pytest.mark.parametrize(
    ("name", "write", "members"),
    [
        ("pages.zip", _zip, {"x/a.txt": b"The bridge is closed.", "b.txt": b"The ferry runs."}),
        ("pages.tar", _tar, {"x/a.txt": b"The bridge is closed.", "b.txt": b"The ferry runs."}),
        ("pages.tar.gz", _tar, {"x/a.txt": b"The bridge is closed.", "b.txt": b"The ferry runs."}),
        (
            "crawl.wacz",
            _zip,
            {
                "archive/a.warc.gz": gzipped([page(b"The bridge is closed.", content_type="text/plain")]),
                "archive/b.warc.gz": gzipped([page(b"The ferry runs.", content_type="text/plain")]),
                "indexes/index.cdx": b"org,example)/bridge 20240506070809 {}",
                "pages/pages.jsonl": b'{"format": "json-pages-1.0"}',
                "datapackage.json": b'{"profile": "data-package"}',
            },
        ),
    ],
)
def test_archives_are_read_in_place_by_the_url_that_quarantine_names(
    tmp_path: Path, name: str, write: Callable[[Path, dict[str, bytes]], None], members: dict[str, bytes]
) -> None:
    """As a file it is put into quarantine with what to do; doing it gives the pages, and nothing else."""
    archive = tmp_path / name
    write(archive, members)
    (ref,) = find_inputs([str(archive)], SETTINGS).files
    (refused,) = read_file(ref, SETTINGS)
    assert isinstance(refused, Quarantined)
    said = re.search(r"give (\S+)PATH,", refused.detail)
    assert said is not None, refused.detail
    inside = find_inputs([f"{said[1]}{archive}"], SETTINGS)
    found = [page for ref in inside.files for page in read_file(ref, SETTINGS)]
    assert {page.content for page in found if isinstance(page, RawPage)} == {"The bridge is closed.", "The ferry runs."}
    assert len(found) == 2


def test_an_archive_is_opened_once_for_all_its_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its directory is read when it is opened: for each member anew that is quadratic. One written again is another."""
    archive = tmp_path / "pages.zip"
    _zip(archive, {f"x/{number}.txt": b"The bridge is closed." for number in range(20)})
    listed = find_inputs([f"zip://**/*.txt::file://{archive}"], SETTINGS).files
    assert sorted(ref.source for ref in listed) == sorted(f"x/{number}.txt" for number in range(20))
    opened: list[zipfile.ZipFile] = []
    real = zipfile.ZipFile.__init__

    def counted(self: zipfile.ZipFile, *arguments: Any, **named: Any) -> None:
        opened.append(self)
        real(self, *arguments, **named)

    monkeypatch.setattr(zipfile.ZipFile, "__init__", counted)
    read = [page for ref in listed for page in read_file(ref, SETTINGS)]
    assert [page.content for page in read if isinstance(page, RawPage)] == ["The bridge is closed."] * 20
    assert len(opened) == 1
    _zip(archive, {"x/0.txt": b"The bridge is open again."})
    (again,) = read_file(next(ref for ref in listed if ref.source == "x/0.txt"), SETTINGS)
    assert isinstance(again, RawPage)
    assert again.content == "The bridge is open again."
