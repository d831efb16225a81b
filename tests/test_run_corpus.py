"""What runs make of a corpus over time: templates learned, inputs gone, copies elsewhere, settings changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.corpus.open import Corpus
from pipeline.corpus.schema import DATA_TABLES
from pipeline.describe.write import CARD, CONTRACT, CROISSANT
from pipeline.errors import RunError, UsageError
from tests.conftest import clean
from tests.pages import story

Folder = Callable[[dict[str, str]], Path]

DATA_NAMES = {table.name for table in DATA_TABLES}
APPEAL = "This newspaper belongs to its readers, and it has done so since the very first day it was printed."
"""A full sentence: nothing but its recurrence tells that it is not part of the story."""


def on_site(site: str, first: int, count: int, extra: str = "") -> dict[str, str]:
    """Pages of one site, with a sentence after the second paragraph of each, and the manifest that names the site."""
    files = {}
    for seed in range(first, first + count):
        page = story(seed, site)
        body = [*page.body[:2], extra, *page.body[2:]] if extra else page.body
        files[f"{site}-{seed}.txt"] = f"{page.title}\n\nBy {page.author}\n{page.date}\n\n" + "\n\n".join(body) + "\n"
    rows = [{"path": name, "url": f"https://www.{site}/{name}"} for name in files]
    return files | {f"{site}/manifest.jsonl": "", "manifest.jsonl": "".join(json.dumps(row) + "\n" for row in rows)}


def rows(corpus: Corpus, table: str, **wanted: Any) -> list[dict[str, Any]]:
    """Rows of a table with some values."""
    return [row for row in corpus.table(table).to_pylist() if all(row[key] == wanted[key] for key in wanted)]


def test_what_a_run_leaves_is_on_the_disk(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is synced, and those of tables before the release that names them is: else it would outlive them."""
    synced: dict[int, int] = {}
    releases = tmp_path / "c" / "releases" / "_delta_log"
    monkeypatch.setattr(
        os, "fsync", lambda file: synced.setdefault(os.fstat(file).st_ino, len(list(releases.glob("*.json"))))
    )
    source = folder(on_site("daily.example", 0, 6, APPEAL))
    for commits in (1, 2):  # of releases, before the run's own
        clean(tmp_path / "c", source)
        left = [path for path in (tmp_path / "c").rglob("*") if path.is_file() and path.stat().st_size]
        parts = {path.relative_to(tmp_path / "c").parts[0] for path in left}
        assert parts > {"_near", "_counted", "articles", "releases", CARD, CONTRACT, CROISSANT}
        assert [path for path in left if path.stat().st_ino not in synced] == []
        of_tables = [path for path in left if path.relative_to(tmp_path / "c").parts[0] in DATA_NAMES]
        assert [path for path in of_tables if synced[path.stat().st_ino] > commits] == []
        (source / f"daily.example-{commits}.txt").unlink()
        (source / "new.txt").write_text(f"The ferry is back\n\n{APPEAL}\n", encoding="utf-8")


def test_a_line_that_recurs_on_a_site_is_its_template(folder: Folder, tmp_path: Path) -> None:
    """A sentence on all pages of one site is chrome there, says so, and is in ``site_lines`` with its evidence."""
    files = on_site("daily.example", 0, 6, APPEAL)
    corpus = clean(tmp_path / "c", folder(files))
    found = rows(corpus, "lines", text=APPEAL)
    assert len(found) == 6
    assert {row["reason"] for row in found} == {"template:daily.example"}
    assert not any(APPEAL in article["text"] for article in rows(corpus, "articles"))
    (line,) = rows(corpus, "site_lines", text=APPEAL)
    assert (line["site"], line["pages"], line["site_pages"], line["is_template"]) == ("daily.example", 6, 6, True)


def test_a_template_learned_later_relabels_earlier_articles(folder: Folder, tmp_path: Path) -> None:
    """Two pages do not make a template; when four more arrive, the first two lose the line as well."""
    first = clean(tmp_path / "c", folder(on_site("daily.example", 0, 2, APPEAL)))
    assert all(APPEAL in article["text"] for article in rows(first, "articles"))
    later = clean(tmp_path / "c", folder(on_site("daily.example", 2, 4, APPEAL)))
    articles = rows(later, "articles")
    assert len(articles) == 6
    assert not any(APPEAL in article["text"] for article in articles)


def test_copies_of_one_story_are_no_template(folder: Folder, tmp_path: Path) -> None:
    """One story under six addresses of a site stays whole: what recurs there is the story."""
    page = story(3, "daily.example")
    files = on_site("daily.example", 10, 2)
    manifest = files.pop("manifest.jsonl")
    for number in range(6):
        files[f"copy-{number}.txt"] = f"{page.title}\n\nBy {page.author}\n{page.date}\n\n" + "\n\n".join(page.body)
        manifest += json.dumps({"path": f"copy-{number}.txt", "url": f"https://daily.example/{number}"}) + "\n"
    corpus = clean(tmp_path / "c", folder(files | {"manifest.jsonl": manifest}))
    copies = [row for row in rows(corpus, "articles") if row["source"].startswith("copy")]
    assert all(page.body[2] in row["text"] for row in copies)
    assert sum(row["is_canonical"] for row in copies) == 1


def test_a_paragraph_that_several_sites_share_is_no_template(folder: Folder, tmp_path: Path) -> None:
    """An agency paragraph on six sites stays in all six articles and is marked with its first source."""
    files: dict[str, str] = {}
    manifest = ""
    for number in range(6):
        more = on_site(f"paper-{number}.example", number * 7, 1, APPEAL)
        manifest += more.pop("manifest.jsonl")
        files |= more
    corpus = clean(tmp_path / "c", folder(files | {"manifest.jsonl": manifest}))
    assert all(APPEAL in article["text"] for article in rows(corpus, "articles"))
    shared = rows(corpus, "paragraphs", text=APPEAL)
    assert sum(row["repeats"] is not None for row in shared) == 5
    assert {row["relation"] for row in rows(corpus, "duplicates", level="paragraph")} >= {"quote"}


def test_an_input_that_is_gone_is_marked_and_not_forgotten(folder: Folder, tmp_path: Path) -> None:
    """Its article stays in the table with the run that missed it, and comes back when the input does."""
    place = folder({f"{n}.txt": story(n).text() for n in range(3)})
    clean(tmp_path / "c", place)
    text = (place / "1.txt").read_text("utf-8")
    (place / "1.txt").unlink()
    gone = clean(tmp_path / "c", place)
    (row,) = rows(gone, "articles", source="1.txt")
    assert row["withdrawn"] == gone.release.run
    assert len(rows(gone, "articles", withdrawn=None)) == 2
    (place / "1.txt").write_text(text, encoding="utf-8")
    back = clean(tmp_path / "c", place)
    assert [row["withdrawn"] for row in rows(back, "articles")] == [None] * 3


def test_other_sources_stay_when_one_is_run(folder: Folder, tmp_path: Path) -> None:
    """A run over one folder neither withdraws nor touches what came from another."""
    clean(tmp_path / "c", folder({"a.txt": story(1).text()}))
    both = clean(tmp_path / "c", folder({"b.txt": story(2).text()}))
    assert {row["source"]: row["withdrawn"] for row in rows(both, "articles")} == {"a.txt": None, "b.txt": None}


def test_files_of_the_same_name_in_two_sources_are_two_articles(folder: Folder, tmp_path: Path) -> None:
    """Whether their content differs or not; and running again changes nothing."""
    one, two = folder({"a.txt": story(1).text(), "b.txt": story(3).text()}), folder({"a.txt": story(2).text()})
    (two / "b.txt").write_text(story(3).text(), encoding="utf-8")
    clean(tmp_path / "c", one, two)
    corpus = clean(tmp_path / "c", one, two)
    articles = rows(corpus, "articles")
    assert sorted((row["source"], row["origin"]) for row in articles) == sorted(
        (name, str(place)) for name in ("a.txt", "b.txt") for place in (one, two)
    )
    assert len({row["id"] for row in articles}) == 4


def test_unchanged_inputs_are_not_worked_on_again(folder: Folder, tmp_path: Path) -> None:
    """The second run publishes a release in which no data table has a new version."""
    place = folder({f"{n}.txt": story(n).text() for n in range(4)})
    first = clean(tmp_path / "c", place)
    second = clean(tmp_path / "c", place)
    assert second.release.number == first.release.number + 1
    changed = {name for name, version in second.release.tables.items() if version != first.release.tables[name]}
    assert changed == {"runs"}


def test_shared_paragraphs_can_be_taken_out_and_put_back(folder: Folder, tmp_path: Path) -> None:
    """With ``shared_paragraphs = "remove"`` only the first source keeps the paragraph; "keep" restores all."""
    shared = (
        "The agency said in a statement that the inquiry would take at least four months and that nobody "
        "would be named before the final report had been handed to the minister."
    )
    files = {}
    for number in range(3):
        page = story(number * 11, f"paper-{number}.example")
        files[f"{number}.txt"] = page.title + "\n\n" + "\n\n".join([*page.body[:3], shared, *page.body[3:]])
    place = folder(files)
    kept = clean(tmp_path / "c", place)
    assert sum(shared in row["text"] for row in rows(kept, "articles")) == 3
    removed = clean(tmp_path / "c", place, dedup__shared_paragraphs="remove")
    assert sum(shared in row["text"] for row in rows(removed, "articles")) == 1
    reasons = sorted(row["reason"].split(":")[0] for row in rows(removed, "lines", text=shared))
    assert reasons == ["duplicate", "duplicate", "model"]
    again = clean(tmp_path / "c", place)
    for table in ("articles", "lines", "paragraphs"):
        columns = [name for name in kept.table(table).column_names if name != "run"]
        assert again.table(table, columns=columns).equals(kept.table(table, columns=columns))


def test_new_settings_label_inputs_again(folder: Folder, tmp_path: Path) -> None:
    """A setting that the text depends on takes effect on inputs that are in the corpus already."""
    place = folder({"a.txt": story(1).text()})
    assert "“" in rows(clean(tmp_path / "c", place), "articles")[0]["text"]
    straight = rows(clean(tmp_path / "c", place, normalise__straighten_quotes=True), "articles")
    assert len(straight) == 1
    assert "“" not in straight[0]["text"]


def test_a_corpus_inside_its_source_is_not_read(folder: Folder) -> None:
    """``copydesk run . --corpus ./corpus`` twice: the corpus's own files are no inputs."""
    place = folder({"a.txt": story(1).text()})
    clean(place / "corpus", place)
    again = clean(place / "corpus", place)
    assert [row["source"] for row in rows(again, "articles")] == ["a.txt"]
    assert rows(again, "quarantine") == []


def test_another_corpus_inside_the_source_is_named_once_and_not_read(folder: Folder, tmp_path: Path) -> None:
    """Its tables hold texts, which would come back as articles."""
    place = folder({"a.txt": story(1).text()})
    clean(place / "older", place)
    corpus = clean(tmp_path / "c", place)
    assert [row["source"] for row in rows(corpus, "articles")] == ["a.txt"]
    [fault] = rows(corpus, "quarantine")
    assert (fault["source"], fault["stage"]) == ("older", "find")
    assert "export it" in fault["detail"]
    assert [row["source"] for row in rows(clean(tmp_path / "c", place), "quarantine")] == ["older"]


def test_a_corpus_is_no_source(folder: Folder, tmp_path: Path) -> None:
    """Neither one of others nor the run's own."""
    place = folder({"a.txt": story(1).text()})
    clean(tmp_path / "c", place)
    with pytest.raises(UsageError, match="export it"):
        clean(tmp_path / "other", tmp_path / "c")
    with pytest.raises(UsageError, match="besides the corpus itself"):
        clean(tmp_path / "c", tmp_path / "c")


def test_a_corpus_in_use_is_refused(folder: Folder, tmp_path: Path) -> None:
    """The second run says who holds the corpus, and changes nothing."""
    from pipeline.corpus.lock import corpus_lock

    place = folder({"a.txt": story(1).text()})
    with corpus_lock(tmp_path / "c"), pytest.raises(RunError, match="in use"):
        clean(tmp_path / "c", place)


def test_a_mistyped_source_changes_nothing(folder: Folder, tmp_path: Path) -> None:
    """The corpus keeps its release, and its articles are not withdrawn."""
    place = folder({"a.txt": story(1).text()})
    before = clean(tmp_path / "c", place)
    with pytest.raises(UsageError, match="typo"):
        clean(tmp_path / "c", place / "typo")
    assert Corpus.open(tmp_path / "c").release == before.release


def test_a_bad_input_that_is_mended_leaves_quarantine(folder: Folder, tmp_path: Path) -> None:
    """Quarantine tells the present state of the sources, not their history."""
    place = folder({"a.txt": story(1).text(), "b.txt": ""})
    bad = clean(tmp_path / "c", place)
    assert [(row["source"], row["fault"]) for row in rows(bad, "quarantine")] == [("b.txt", "empty")]
    (place / "b.txt").write_text(story(2).text(), encoding="utf-8")
    mended = clean(tmp_path / "c", place)
    assert rows(mended, "quarantine") == []
    assert len(rows(mended, "articles")) == 2
