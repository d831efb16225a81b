"""Explaining one input: every line, what it was taken for, and who decided."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.corpus import Corpus
from pipeline.corpus.changes import Changes, TableChange
from pipeline.corpus.publish import publish
from pipeline.corpus.schema import LINES, PARAGRAPHS
from pipeline.errors import UsageError
from pipeline.records import CHROME, Kind
from pipeline.show.explain import Explanation, LineShown, explain, print_explanation, render
from pipeline.show.screen import visible
from tests.strategies.corpus import (
    ArticleSpec,
    article_row,
    changes_of,
    duplicate_row,
    line_rows,
    paragraph_rows,
    quarantine_row,
    rows,
    run_record,
)

ONE, TWO, GONE = "00aa000000000001", "00aa000000000002", "00bb000000000003"

FIRST = ArticleSpec(
    ONE,
    (
        ("Home | News | Sport", "navigation", "template:example.org"),
        ("A title", "title", "rule:title"),
        ("The river rose overnight.", "paragraph", "model"),
        ("The river rose overnight.", "duplicate", "duplicate:5"),
        ("A bridge", "caption", "rule:caption"),
    ),
    source="sub/one.txt",
)
SECOND = ArticleSpec(
    TWO,
    (
        ("The river rose overnight, it said.", "paragraph", "model"),
        ("Elsewhere.", "duplicate", f"duplicate:{ONE}-0000"),
    ),
    source="sub/two.txt",
    canonical_id=ONE,
)
EARLIER = ArticleSpec(GONE, source="sub/two.txt", withdrawn="run-1")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    place = tmp_path_factory.mktemp("corpus")
    specs = [FIRST, SECOND, EARLIER]
    paragraphs = [row for spec in specs for row in paragraph_rows(spec)]
    for row in paragraphs:
        if row["article_id"] == TWO:
            row |= {"repeats": f"{ONE}-0000", "similarity": 0.71}
    lines = [row for spec in specs for row in line_rows(spec)]
    for row in lines:
        if row["article_id"] == ONE and row["line"] > 5:
            row["line"] += 40
    changes = changes_of(
        specs,
        duplicates=[duplicate_row(ONE, TWO)],
        quarantine=[quarantine_row("sub/empty.txt"), quarantine_row("other/one.txt", "binary")],
    )
    changes = Changes(
        articles=changes.articles,
        paragraphs=TableChange(rows(PARAGRAPHS, paragraphs)),
        lines=TableChange(rows(LINES, lines)),
        duplicates=changes.duplicates,
        quarantine=changes.quarantine,
    )
    publish(place, changes, run_record(), 0)
    return Corpus.open(place)


def printed(corpus: Corpus, what: str) -> str:
    out = io.StringIO()
    print_explanation(corpus, what, out)
    return out.getvalue()


def test_every_line_is_shown_with_number_kind_score_and_reason(corpus: Corpus) -> None:
    """Lines come in the order of the input; chrome, fields and repeats are marked where there is no colour."""
    body = printed(corpus, ONE).split("\n\n", 1)[1]
    assert [line.split(maxsplit=5) for line in body.splitlines() if line.strip() and not line.startswith("(")] == [
        ["-", "1", "navigation", "0.10", "template:example.org", "Home | News | Sport"],
        ["+", "3", "title", "0.10", "rule:title", "A title"],
        ["5", "paragraph", "0.90", "model", "The", "river rose overnight."],
        [
            "=",
            "47",
            "duplicate",
            "0.10",
            "duplicate:5",
            "The river rose overnight.  [repeats line 5: The river rose overnight.]",
        ],
        ["+", "49", "caption", "0.10", "rule:caption", "A bridge"],
    ]


def test_blank_lines_of_the_input_are_kept(corpus: Corpus) -> None:
    """One blank line stands where one stood; a long run of them is counted."""
    body = printed(corpus, ONE).split("\n\n", 1)[1].splitlines()
    assert [line for line in body if not line or line.startswith("(")] == [
        "",
        "",
        "",
        "(41 blank lines)",
        "",
        "",
    ]


def test_the_header_says_what_is_known_of_the_input(corpus: Corpus) -> None:
    """Title, authors, captions and counts stand above the lines; what is unknown is left out."""
    header = dict(explain(corpus, ONE).header)
    assert header["title"] == "A title" and header["authors"] == "Ana Müller" and header["caption"] == "A bridge"
    assert header["kept"] == "1 of 5 lines, 4 words; 4 removed"
    assert header["page type"] == "article, probability 0.90"
    assert "dek" not in header and "duplicate of" not in header and "withdrawn" not in header


def test_a_duplicate_points_to_what_it_repeats(corpus: Corpus) -> None:
    """An article names the one that is kept and how near it is; lines and paragraphs quote what they repeat."""
    explanation = explain(corpus, TWO)
    assert dict(explanation.header)["duplicate of"] == (
        f"{ONE} sub/one.txt, syndication, Jaccard 0.80 (kept by smallest_id)"
    )
    assert [line.note for line in explanation.lines] == [
        f"also in {ONE}-0000 (sub/one.txt): The river rose overnight., Jaccard 0.71",
        f"{ONE}-0000 (sub/one.txt): The river rose overnight.",
    ]


@pytest.mark.parametrize(
    ("what", "article"),
    [
        (ONE, ONE),
        ("00bb", GONE),
        ("sub/one.txt", ONE),
        ("/data/in/sub/one.txt", ONE),
        ("in/sub/one.txt", ONE),
        ("./sub/one.txt", ONE),
        ("two.txt", TWO),
        ("sub/two.txt", TWO),
    ],
)
def test_an_input_is_found_by_id_and_by_path(corpus: Corpus, what: str, article: str) -> None:
    """Whole ids, beginnings of ids, sources, whole paths and last segments do; what is there goes first."""
    assert dict(explain(corpus, what).header)["article"] == article


def test_a_withdrawn_article_is_explained_too(corpus: Corpus) -> None:
    """It can still be asked for by its id, and says since when its input is gone."""
    assert dict(explain(corpus, GONE).header)["withdrawn"] == "no longer found by run run-1"


def test_an_input_in_quarantine_is_explained(corpus: Corpus) -> None:
    """It has no lines, but a fault, a step and a remedy."""
    text = printed(corpus, "sub/empty.txt")
    assert "empty, at step read" in text and "The file is empty: scrape it again." in text


@pytest.mark.parametrize(
    ("what", "candidates"), [("00aa", [ONE, TWO]), ("one.txt", [ONE, quarantine_row("other/one.txt")["id"]])]
)
def test_several_candidates_are_listed(corpus: Corpus, what: str, candidates: list[str]) -> None:
    """A name that fits several inputs gets a list to choose from."""
    with pytest.raises(UsageError, match="may be any of 2 inputs") as caught:
        explain(corpus, what)
    assert all(candidate in str(caught.value) for candidate in candidates)


@pytest.mark.parametrize("what", ["nothing.txt", "ne.txt", "00a", "ffff", ""])
def test_what_is_not_there_is_said(corpus: Corpus, what: str) -> None:
    """Half a file name, too few digits and nothing at all find nothing."""
    with pytest.raises(UsageError, match=r"no input .* in the corpus"):
        explain(corpus, what)


def line(text: str, kind: Kind = Kind.SHARE, reason: str = "model") -> LineShown:
    return LineShown(1, 0, text, kind, 0.25, reason, "")


def on_terminal(explanation: Explanation) -> str:
    out = io.StringIO()
    render(explanation, Console(file=out, force_terminal=True, color_system="standard", width=80, markup=False))
    return out.getvalue()


@pytest.mark.parametrize("kind", sorted({*CHROME, Kind.DUPLICATE}))
def test_removed_lines_are_struck_out_in_colour_on_a_terminal(kind: Kind) -> None:
    """Every kind of removed line is struck out (SGR 9) and coloured; body text is not."""
    removed = on_terminal(Explanation((), (line("Gone", kind),)))
    struck = removed.split("Gone")[0].rpartition("\x1b[")[2]
    assert re.fullmatch(r"9;[39][0-7]m", struck)
    kept = on_terminal(Explanation((), (line("Kept", Kind.PARAGRAPH),)))
    assert not kept.split("Kept")[0].rpartition("\x1b[")[2].startswith("9")


HOSTILE = [
    "\x1b[2J\x1b[H\x1b]0;owned\x07",
    "\x9b31m",
    "[bold red]markup[/] [link=http://example.org]x[/link] :smile:",
    "carriage\rreturn\x08\x08",
    "right\u202eto left",
    "next\u2028line",
    "\x00",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_not_act_on_the_terminal(text: str) -> None:
    """Escape sequences, markup and direction controls in lines, titles and reasons are written out, not obeyed."""
    explanation = Explanation((("title", text),), (line(text, reason=f"rule:{text}"),))
    shown = on_terminal(explanation)
    harmless = on_terminal(
        Explanation((("title", visible(text)),), (line(visible(text), reason=f"rule:{visible(text)}"),))
    )
    assert shown == harmless
    out = io.StringIO()
    render(explanation, Console(file=out, markup=False, emoji=False, highlight=False))
    assert visible(text) in out.getvalue()
    assert not set(out.getvalue()) & set("\x1b\x9b\x07\x08\r\x00\u202e\u2028")


@given(st.text())
def test_visible_text_has_no_control_characters_and_loses_nothing_else(text: str) -> None:
    """Printable text stays as it is; what is written out is on one line."""
    shown = visible(text)
    assert len(shown.splitlines()) <= 1 and not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in shown)
    if text.isprintable() and text.isascii():
        assert shown == text


def test_an_article_without_lines_has_a_header_only(tmp_path: Path) -> None:
    """An explanation needs no lines."""
    publish(tmp_path, changes_of([ArticleSpec(ONE, ())]), run_record(), 0)
    text = printed(Corpus.open(tmp_path), ONE)
    assert article_row(ArticleSpec(ONE, ()))["source"] in text and "0 of 0 lines" in text
