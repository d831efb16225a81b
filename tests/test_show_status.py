"""What is in a corpus, and what a run did, in words."""

from __future__ import annotations

import io
from pathlib import Path

from pipeline.corpus import Corpus
from pipeline.corpus.publish import publish
from pipeline.corpus.runs import RunCounts, RunRecord
from pipeline.show.status import print_status, status_of
from pipeline.show.summary import summary_markdown, summary_rows, summary_text
from tests.strategies.corpus import (
    ArticleSpec,
    changes_of,
    duplicate_row,
    number_id,
    quarantine_row,
    run_record,
    site_line_row,
)

ONE, TWO, THREE = number_id(1), number_id(2), number_id(3)

COUNTS = RunCounts(
    inputs=5,
    new=3,
    unchanged=1,
    articles=4,
    canonical=3,
    lines=40,
    body_lines=30,
    removed={"navigation": 2, "share": 7},
    paragraphs=20,
    duplicates={"paragraph:quote": 1},
    quarantined={"empty": 1},
)


def corpus_at(place: Path) -> Corpus:
    menu = ("Menu", "navigation", "model")
    specs = [
        ArticleSpec(ONE, (menu, ("One two three.", "paragraph", "model"))),
        ArticleSpec(TWO, (menu, ("Share", "share", "model")), canonical_id=ONE, fields={"language": "de"}),
        ArticleSpec(THREE, (menu,), withdrawn="run-1", fields={"site": None}),
    ]
    publish(
        place,
        changes_of(
            specs,
            duplicates=[duplicate_row(ONE, TWO), duplicate_row(f"{ONE}-0000", f"{TWO}-0000", "quote", "paragraph")],
            quarantine=[quarantine_row(f"{name}.txt") for name in "edcba"] + [quarantine_row("x.bin", "binary")],
            site_lines=[site_line_row("example.org", "Menu")],
        ),
        run_record("run-1", COUNTS),
        0,
    )
    publish(place, changes_of(), run_record("run-2"), 1)
    return Corpus.open(place)


def test_the_status_counts_what_is_there(tmp_path: Path) -> None:
    """Articles, languages, removed lines and pairs are counted without the withdrawn; runs come newest first."""
    status = status_of(corpus_at(tmp_path))
    assert (status.release, status.articles, status.withdrawn, status.canonical, status.words) == (2, 2, 1, 1, 3)
    assert status.languages == {"de": 1, "en": 1} and status.sites == {"example.org": 2}
    assert (status.lines, status.removed) == (4, {"navigation": 2, "share": 1})
    assert status.duplicates == {"article syndication": 1, "paragraph quote": 1} and status.templates == 1
    assert status.quarantined == {"binary": ("x.bin",), "empty": ("a.txt", "b.txt", "c.txt", "d.txt", "e.txt")}
    assert [run.run for run in status.runs] == ["run-2", "run-1"] and status.runs[1].counts == COUNTS


def test_the_status_reads_as_text(tmp_path: Path) -> None:
    """A person sees the figures, the first names in quarantine, and the runs."""
    out = io.StringIO()
    print_status(corpus_at(tmp_path), out)
    text = out.getvalue()
    assert "articles     2, 1 canonical with 3 words; 1 more withdrawn\n" in text
    assert "lines        4, 3 removed: navigation 2, share 1\n" in text
    assert "5: a.txt, b.txt, c.txt and 2 more\n" in text
    assert "local  5 inputs, 3 new, 1 unchanged, 1 quarantined  (run-1)\n" in text


def test_an_empty_corpus_has_a_status(tmp_path: Path) -> None:
    """A release without articles is shown, not an error."""
    publish(tmp_path, changes_of(), run_record(), 0)
    out = io.StringIO()
    print_status(Corpus.open(tmp_path), out)
    assert "articles     0, 0 canonical with 0 words\n" in out.getvalue()
    assert "languages    none\n" in out.getvalue()


def test_a_hostile_file_name_does_not_act_on_the_terminal(tmp_path: Path) -> None:
    """Names in quarantine are scraped text, too."""
    publish(tmp_path, changes_of(quarantine=[quarantine_row("a\nb\x1b[2J[red]c")]), run_record(), 0)
    out = io.StringIO()
    print_status(Corpus.open(tmp_path), out)
    assert "a\\x0ab\\x1b[2J[red]c\n" in out.getvalue()


def test_the_summary_says_what_became_of_the_inputs() -> None:
    """Each group is one row, the most frequent first; the run's time is in the text."""
    record = run_record("run-7", COUNTS)
    assert summary_rows(record) == [
        {"what": "inputs", "how many": "5", "of which": "3 new, 1 unchanged"},
        {"what": "lines", "how many": "40", "of which": "30 in the text (75%)"},
        {"what": "removed", "how many": "9", "of which": "share 7, navigation 2"},
        {"what": "paragraphs", "how many": "20", "of which": ""},
        {"what": "duplicates", "how many": "1", "of which": "paragraph quote 1"},
        {"what": "quarantined", "how many": "1", "of which": "empty 1"},
        {"what": "articles", "how many": "4", "of which": "3 canonical"},
    ]
    assert summary_text(record).splitlines()[0] == "inputs       5  3 new, 1 unchanged"
    assert summary_text(record).splitlines()[-1] == "run run-7 took 2.0 s"
    page = summary_markdown(record)
    assert "| removed | 9 | share 7, navigation 2 |\n" in page and "| read | 1.50 |\n" in page


def test_a_run_that_met_nothing_has_a_short_summary() -> None:
    """Groups with nothing in them are left out."""
    assert [row["what"] for row in summary_rows(run_record())] == ["inputs", "articles"]


def test_a_stored_run_comes_back_as_it_was() -> None:
    """A record survives its row; counts of a later version are ignored, missing ones are zero."""
    record = run_record("run-7", COUNTS)
    (row,) = record.to_table(3).to_pylist()
    assert RunRecord.from_row(row) == record and row["release"] == 3
    assert RunCounts.from_json('{"inputs": 2, "from_the_future": 1}') == RunCounts(inputs=2)
