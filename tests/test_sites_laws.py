"""Laws of whole runs where pages have no URL and people have their say: order, growth, accounting."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.corpus.open import Corpus
from pipeline.records import Kind
from pipeline.settings import TemplateSettings
from pipeline.templates.groups import group_pages
from pipeline.templates.pages import PageLines, page_lines
from pipeline.templates.recurrence import recurring_lines
from tests.conftest import clean
from tests.counted import of_pages
from tests.pages import story
from tests.test_site_files import FILE, site_folder

APPEAL = "Nobody should have to read this sentence at the end of every story, says the editor."
QUOTE = "“It has been raining for forty days, and nobody in this town remembers anything like it,” the mayor said."
Newsroom = dict[str, tuple[str, str | None]]
"""Text and URL of each page, by file name."""

HOSTS = ("herald.example", "gazette.example", "daily.example")


@st.composite
def newsrooms(draw: st.DrawFn) -> Newsroom:
    """Text and URL of 8 to 14 pages of three papers, some of whose URLs are unknown; an appeal and a quote recur."""
    files: Newsroom = {}
    for seed in draw(st.lists(st.integers(0, 60), min_size=8, max_size=14, unique=True)):
        host = HOSTS[draw(st.sampled_from([0, 0, 0, 1, 2]))]
        page = story(seed, host)
        extra = "\n\n".join(draw(st.lists(st.sampled_from([APPEAL, APPEAL, QUOTE]), max_size=2, unique=True)))
        text = page.text().replace(page.body[2], f"{page.body[2]}\n\n{extra}") if extra else page.text()
        files[f"{seed}.txt"] = (text, f"https://{host}/{seed}" if draw(st.booleans()) else None)
    return files


@st.composite
def corrections(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Corrections of lines that some of the pages have, by source; some say otherwise than others."""
    kinds = st.sampled_from(["paragraph", "promo", "heading", "dek"])
    found = []
    for seed in draw(st.lists(st.integers(0, 60), max_size=6)):
        page = story(seed, HOSTS[0])
        lines = page.text().split("\n")
        at = draw(st.sampled_from([n for n, line in enumerate(lines, 1) if line.strip()]))
        found.append({"source": f"{seed}.txt", "line": at, "text": lines[at - 1], "kind": draw(kinds)})
    return found


def write(place: Path, files: Newsroom) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name, (text, _) in files.items():
        (place / name).write_text(text, encoding="utf-8")
    rows = [json.dumps({"path": name, "url": url}) for name, (_, url) in files.items() if url]
    (place / "manifest.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return place


def decided(corpus: Corpus) -> dict[str, list[tuple[Any, ...]]]:
    """All that a run decides, without the names of runs: lines, site lines, corrections and texts."""
    found = {}
    for table in ("lines", "site_lines", "corrections", "paragraphs"):
        names = [name for name in corpus.table(table).column_names if name != "run"]
        found[table] = [tuple(row.values()) for row in corpus.table(table, names).to_pylist()]
    present = [row for row in corpus.table("articles").to_pylist() if row["withdrawn"] is None]
    ids = {row["id"] for row in present}
    found["lines"] = [row for row in found["lines"] if row[0] in ids]
    found["paragraphs"] = [row for row in found["paragraphs"] if row[1] in ids]
    found["articles"] = [(row["id"], row["title"], row["text"], row["canonical_id"]) for row in present]
    return found


def grows_as_at_once(files: Newsroom, names: list[str], said: list[dict[str, Any]], middle: int, cut: int) -> None:
    """The first ``middle`` of ``names`` come with ``cut`` corrections and one page more; then all with all the rest."""
    eager: dict[str, Any] = {"templates__min_pages": 3, "templates__several_sites": 2}
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        folder = site_folder(here / "sites", daily=FILE)
        for number, part in enumerate((said[:cut], said[cut:], said)):
            (here / f"{number}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in part), encoding="utf-8")
        first = {key: files[key] for key in names[:middle]} | {"gone.txt": (story(99, HOSTS[0]).text(), None)}
        clean(here / "grown", write(here / "in", first), sites__corrections=str(here / "0.jsonl"), **eager)
        late: dict[str, Any] = {"sites__corrections": str(here / "1.jsonl"), "sites__folder": folder}
        grown = clean(here / "grown", write(here / "in", files), **late, **eager)
        whole: dict[str, Any] = {"sites__corrections": str(here / "2.jsonl"), "sites__folder": folder}
        once = clean(here / "once", here / "in", run__shard_files=3, run__runner="threads", **whole, **eager)
        assert decided(grown) == decided(once)

        lines = once.table("lines").to_pylist()
        articles = once.table("articles").to_pylist()
        assert sorted(row["source"] for row in articles) == sorted(files)
        for article in articles:
            own = [row["text"] for row in lines if row["article_id"] == article["id"]]
            assert own == [line.strip() for line in files[article["source"]][0].split("\n") if line.strip()]


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(newsrooms(), corrections(), st.data())
def test_a_corpus_grown_with_peoples_decisions_equals_one_made_at_once(
    files: Newsroom, said: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Pages come in any order, one goes; corrections come before or after their pages, a site file in the middle."""
    names = data.draw(st.permutations(sorted(files)))
    middle, cut = data.draw(st.integers(1, len(names) - 1)), data.draw(st.integers(0, len(said)))
    grows_as_at_once(files, names, said, middle, cut)


def test_a_mixed_folder_that_grows_ends_as_if_read_at_once() -> None:
    """Three papers, half without URLs; a quote that becomes known on a second site, an appeal, corrections of both."""
    files: Newsroom = {}
    for n in range(14):
        host = HOSTS[0 if n < 8 else 1 if n < 12 else 2]
        page = story(n, host)
        text = page.text().replace(page.body[2], f"{page.body[2]}\n\n{APPEAL}\n\n{QUOTE}")
        files[f"{n:02}.txt"] = (text, f"https://{host}/{n}" if n % 2 else None)
    lines = files["00.txt"][0].split("\n")
    said = [
        {"source": name, "line": lines.index(APPEAL) + 1, "text": APPEAL, "kind": "quote"}
        for name in ("00.txt", "13.txt")
    ]
    grows_as_at_once(files, sorted(files), said, 6, 1)


def _pages(draw: st.DrawFn) -> list[PageLines]:
    names = draw(st.lists(st.integers(0, 400), min_size=1, max_size=40, unique=True))
    chosen = st.lists(st.integers(0, 12), max_size=9, unique=True)
    return [
        page_lines(
            f"{n:016x}",
            draw(st.sampled_from([None, None, "a.example", "b.example"])),
            f"Title {n % 30}",
            [(f"Line {k}", Kind.NAVIGATION if k % 4 else Kind.PARAGRAPH) for k in draw(chosen)]
            + [(f"© Paper {n % 3}", Kind.LEGAL)] * draw(st.integers(0, 1)),
        )
        for n in names
    ]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.composite(_pages)(), st.integers(1, 60))
def test_templates_do_not_depend_on_how_many_sites_are_counted_together(
    monkeypatch: pytest.MonkeyPatch, pages: list[PageLines], at_once: int
) -> None:
    """Site by site, some at a time, or all."""
    few = TemplateSettings(min_pages=2)
    groups = group_pages(of_pages(page for page in pages if page.site is None), few)
    found = recurring_lines(of_pages(pages), few, groups)
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.templates.recurrence._LINES_AT_ONCE", at_once)
        patched.setattr("pipeline.templates.recurrence._MOST_PARTS", 1_000)
        assert recurring_lines(of_pages(pages), few, groups) == found


@settings(max_examples=100, deadline=None)
@given(st.composite(_pages)(), st.randoms(use_true_random=False))
def test_sites_and_templates_do_not_depend_on_the_order_of_pages(pages: list[PageLines], random: Any) -> None:
    """Neither which pages are one site, nor what recurs on it."""
    few = TemplateSettings(min_pages=2)
    shuffled = list(pages)
    random.shuffle(shuffled)
    groups = group_pages(of_pages(page for page in pages if page.site is None), few)
    assert group_pages(of_pages(page for page in shuffled if page.site is None), few) == groups
    assert recurring_lines(of_pages(shuffled), few, groups) == recurring_lines(of_pages(pages), few, groups)
