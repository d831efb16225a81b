"""The columns of stored lines that runs leave to each other: always those that the tables give, and never needed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.open import Corpus
from pipeline.corpus.schema import LINES
from pipeline.errors import RunError
from pipeline.records import Kind
from pipeline.run.before import Before
from pipeline.run.counted import stored_lines
from pipeline.templates.carried import carried_key, sites_carrying
from pipeline.templates.columns import NUMBER, PageColumns
from pipeline.templates.pages import PageLines, page_lines
from pipeline.templates.stored import FIELDS, StoredLines, joined, of_table
from tests.conftest import clean
from tests.counted import of_pages
from tests.pages import stories, story
from tests.test_run_laws import exported
from tests.test_run_near import fail

Folder = Callable[[dict[str, str]], Path]
Page = tuple[str | None, list[tuple[str, str | None, Kind, Kind, str]]]
"""The headline that markup declares, and the lines: text, normalised text, the labeller's kind, kind and reason."""

TEXTS = ("Home", "HOME", "“Home”", "Read more", "A body line of some length.", "Straße", "STRASSE", "…", "日本語")
REASONS = ("model", "rule:share", "template:a.example", "template:~1f0c5a7be210", "override", "override:a.example")


@st.composite
def pages(draw: st.DrawFn) -> dict[str, Page]:
    """Pages of a few lines, by id."""
    line = st.tuples(
        st.sampled_from(TEXTS),
        st.sampled_from([None, "", *TEXTS]),
        st.sampled_from(list(Kind)),
        st.sampled_from(list(Kind)),
        st.sampled_from(REASONS),
    )
    some = draw(
        st.lists(st.tuples(st.sampled_from([None, "", "Home", "A headline"]), st.lists(line, min_size=1)), max_size=6)
    )
    return {f"{number:016x}": page for number, page in enumerate(some)}


def rows_of(some: dict[str, Page]) -> pa.Table:
    """As they are stored."""
    rows = [
        dict(zip(FIELDS, (identity, text, clean, kind.value, reason, model.value), strict=True))
        for identity, (_, lines) in sorted(some.items())
        for text, clean, model, kind, reason in lines
    ]
    return pa.Table.from_pylist(rows, pa.schema([LINES.schema.field(name) for name in FIELDS]))


def columns_of(some: dict[str, Page]) -> StoredLines:
    """Their columns."""
    return of_table(rows_of(some), {identity: title for identity, (title, _) in some.items() if title})


def said(lines: StoredLines) -> dict[str, Any]:
    """All that the columns say, whatever number stands for what."""
    name = [*(digest.decode() for digest in lines.digests.tolist()), None]
    told: dict[str, Any] = {
        page: (name[head], name[longest], [])
        for page, head, longest in zip(lines.names, lines.headline.tolist(), lines.longest.tolist(), strict=True)
    }
    words, digests = lines.words.to_pylist(), lines.digest.tolist()
    for at, owner in enumerate(lines.owner.tolist()):
        word, by = int(lines.word[at]), int(lines.by[at])
        numbers = [int(column[at]) for column in (lines.model_kind, lines.kind, lines.length, lines.first)]
        told[lines.names[owner]][2].append(
            (words[word], name[digests[word]], numbers, by if by < 0 else lines.sites[by])
        )
    return told


def counted(some: PageColumns) -> dict[str, Any]:
    """All that is counted of pages, likewise."""
    name = [*(digest.decode() for digest in some.digests.tolist()), None]
    told: dict[str, Any] = {
        page: (site, name[head], name[longest], [])
        for page, site, head, longest in zip(
            some.ids, some.sites, some.headline.tolist(), some.longest.tolist(), strict=True
        )
    }
    for at, page in enumerate(some.page.tolist()):
        text = some.texts[int(some.text[at])].as_py()
        told[some.ids[page]][3].append((name[int(some.digest[at])], text, int(some.kind[at])))
    return told


@given(pages(), pages(), pages())
def test_columns_grown_night_by_night_are_those_made_at_once(
    first: dict[str, Page], second: dict[str, Page], third: dict[str, Page]
) -> None:
    """Pages come, and come again with other lines; texts and digests are held once all the while."""
    grown = columns_of(first)
    for some in (second, third):
        grown = joined(grown.only(~_are(grown, some)), columns_of(some))
        assert grown.words.to_pylist() == list(dict.fromkeys(grown.words.to_pylist()))
        assert grown.digests.tolist() == sorted(set(grown.digests.tolist()))
    assert said(grown) == said(columns_of(first | second | third))


def _are(lines: StoredLines, some: dict[str, Page]) -> Any:
    return pa.array([name in some for name in lines.names], pa.bool_()).to_numpy(zero_copy_only=False)


@given(pages())
def test_what_is_counted_of_stored_pages_is_what_was_counted_when_they_were_new(some: dict[str, Page]) -> None:
    """From the columns or from the labelled page."""
    new: list[PageLines] = [
        page_lines(
            identity,
            "a.example",
            title,
            [(text if clean is None else clean, model) for text, clean, model, _, _ in lines],
        )
        for identity, (title, lines) in some.items()
    ]
    sites = dict.fromkeys(some, "a.example")
    assert counted(columns_of(some).pages(sites)) == counted(of_pages(new))


@given(pages(), st.sets(st.sampled_from(TEXTS)))
def test_who_carries_a_line_is_told_by_the_columns_as_by_the_table(some: dict[str, Page], texts: set[str]) -> None:
    """Looked up by checksums or by reading all lines, pages of no site left out."""
    sites = {identity: f"{int(identity, 16) % 3}.example" for identity in some if int(identity, 16) != 1}
    keys = {carried_key(text) for text in texts}
    assert columns_of(some).carrying(sites, keys) == sites_carrying([rows_of(some)], sites, keys)


def test_few_pieces_hold_the_texts_of_many_nights() -> None:
    """A hundred nights of one page each leave pieces that double in size."""
    grown = columns_of({})
    for night in range(100):
        line = (f"Line of night {night}", None, Kind.PARAGRAPH, Kind.PARAGRAPH, "model")
        grown = joined(grown, columns_of({f"{night:016x}": (None, [line])}))
    assert len(grown.words) == 100
    assert grown.words.num_chunks < 8


def kept(corpus: Corpus) -> list[str]:
    """The runs of which columns are kept."""
    return sorted(path.name for path in (Path(corpus.path) / "_counted").iterdir())


def holds_what_the_tables_hold(corpus: Corpus) -> bool:
    """Whether the newest release has columns, and they are those made from the tables."""
    before = Before.open(corpus.path)
    found = stored_lines(before, before.articles)
    shutil.move(Path(corpus.path) / "_counted", Path(corpus.path) / "aside")
    made = stored_lines(before, before.articles)
    shutil.move(Path(corpus.path) / "aside", Path(corpus.path) / "_counted")
    return corpus.release.run in kept(corpus) and said(found) == said(made)


def paper(start: int, count: int = 5) -> dict[str, str]:
    """Some pages of one paper."""
    return {f"{start + n}.txt": one.text() for n, one in enumerate(stories(count, sites=1, start=start))}


def test_each_run_leaves_the_columns_of_its_release(folder: Folder, tmp_path: Path) -> None:
    """Pages come, change, go and return, templates are learned and lost, nothing happens, the recipe changes."""
    place = folder(paper(1))
    place.joinpath("page.html").write_text(story(60).html(), "utf-8")
    assert holds_what_the_tables_hold(clean(tmp_path / "c", place))
    assert holds_what_the_tables_hold(clean(tmp_path / "c", place))
    for name, text in paper(6).items():
        (place / name).write_text(text, "utf-8")
    gone = (place / "1.txt").read_text("utf-8")
    (place / "1.txt").unlink()
    (place / "2.txt").write_text(story(77).text(), "utf-8")
    assert holds_what_the_tables_hold(clean(tmp_path / "c", place))
    (place / "1.txt").write_text(gone, "utf-8")
    assert holds_what_the_tables_hold(clean(tmp_path / "c", place))
    assert holds_what_the_tables_hold(clean(tmp_path / "c", place, templates__min_pages=40))
    again = clean(tmp_path / "c", place, templates__min_pages=3, label__ask_below=0.6)
    assert holds_what_the_tables_hold(again)
    assert len(kept(again)) == 2
    fresh = clean(tmp_path / "fresh", place, templates__min_pages=3, label__ask_below=0.6)
    assert exported(again) == exported(fresh)


def test_a_night_reads_no_stored_lines(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One page more of a paper is counted together with those before it, of which no line is read from the tables."""
    place = folder(paper(1, 8))
    clean(tmp_path / "c", place, templates__min_pages=3)
    (place / "late.txt").write_text(story(77).text(), "utf-8")
    read = Before.table
    asked: list[bool] = []

    def watched(self: Before, name: str, articles: Any = None, columns: Any = None) -> pa.Table:
        if name == "lines":
            asked.append(articles is None or len(articles) > 0)
        return read(self, name, articles, columns)

    with monkeypatch.context() as spied:
        spied.setattr(Before, "table", watched)
        grown = clean(tmp_path / "c", place, templates__min_pages=3)
    assert not any(asked)
    assert exported(grown) == exported(clean(tmp_path / "fresh", place, templates__min_pages=3))


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The export of ``paper(1)`` and a late page, made at once."""
    here = tmp_path_factory.mktemp("unharmed")
    (here / "in").mkdir()
    for name, text in (paper(1) | {"late.txt": story(77).text()}).items():
        (here / "in" / name).write_text(text, "utf-8")
    return exported(clean(here / "c", here / "in"))


@pytest.mark.parametrize("harm", ["lost", "of another version", "cut short", "of another corpus"])
def test_columns_that_cannot_be_used_are_made_again(folder: Folder, tmp_path: Path, unharmed: str, harm: str) -> None:
    """The next run that counts gives what it would have given, and leaves columns again."""
    place = folder(paper(1))
    corpus = clean(tmp_path / "c", place)
    mine = tmp_path / "c" / "_counted" / corpus.release.run
    if harm == "lost":
        shutil.rmtree(mine)
    elif harm == "of another version":
        manifest = (mine / "manifest.json").read_text("utf-8")
        (mine / "manifest.json").write_text(manifest.replace('"made_by": "', '"made_by": "0'), "utf-8")
    elif harm == "cut short":
        (mine / "columns.npz").write_bytes((mine / "columns.npz").read_bytes()[:-100])
    else:
        other = clean(tmp_path / "other", folder(paper(30)))
        shutil.rmtree(mine)
        shutil.copytree(tmp_path / "other" / "_counted" / other.release.run, mine)
    (place / "late.txt").write_text(story(77).text(), "utf-8")
    grown = clean(tmp_path / "c", place)
    assert holds_what_the_tables_hold(grown)
    assert exported(grown) == unharmed


def test_where_nothing_is_kept_the_lines_are_read_from_the_tables(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an object store, whose corpus has no folder: a run reads the sites that it touches, to the same end."""
    monkeypatch.setattr("pipeline.run.counted.local_folder", lambda _: None)
    place = folder(paper(1, 8))
    clean(tmp_path / "c", place, templates__min_pages=3)
    (place / "late.txt").write_text(story(77).text(), "utf-8")
    (place / "1.txt").unlink()
    grown = clean(tmp_path / "c", place, templates__min_pages=3)
    assert not (tmp_path / "c" / "_counted").exists()
    assert exported(grown) == exported(clean(tmp_path / "fresh", place, templates__min_pages=3))


def test_what_a_failed_run_left_is_nobodys_and_goes(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run takes up from the release before, and removes the leftovers."""
    place = folder(paper(1))
    corpus = clean(tmp_path / "c", place)
    (place / "late.txt").write_text(story(77).text(), "utf-8")
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.run.road.publish", fail)
        with pytest.raises(RunError, match="disk"):
            clean(tmp_path / "c", place)
    (tmp_path / "c" / "_counted" / "_torn").mkdir()  # as one that was killed leaves it
    assert len(kept(corpus)) == 3
    again = clean(tmp_path / "c", place)
    assert kept(again) == [corpus.release.run, again.release.run]
    assert holds_what_the_tables_hold(again)


def test_numbers_of_kinds_fit_their_columns() -> None:
    """They are held in a byte each."""
    assert max(NUMBER.values()) < 128
