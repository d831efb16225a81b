"""Plain text to lines: accounting, line numbers, ids, huge lines."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Fault, Page, Quarantined, RawPage
from pipeline.settings import NormaliseSettings, SplitSettings
from pipeline.split import article_id, split_page
from pipeline.split.sentences import MAX_PIECE, sentences
from tests.growth import LINEAR, growth
from tests.strategies.split import nasty_lines, pages


def raw_page(content: str, source: str = "a.txt") -> RawPage:
    """A plain text input as the reader hands it over."""
    data = content.encode("utf-8", "surrogatepass")
    return RawPage("/in", source, "text", content, "utf-8", hashlib.sha256(data).hexdigest(), len(data))


def split(content: str, huge_line_chars: int = 5_000) -> Page:
    """``content`` as a page; it must have text."""
    page = split_page(raw_page(content), SplitSettings(huge_line_chars=huge_line_chars), NormaliseSettings())
    assert isinstance(page, Page)
    return page


@given(pages)
def test_every_non_blank_line_is_there_once(content: str) -> None:
    """Each non-blank line becomes one Line with its number and text; a page without any is NO_TEXT."""
    stored = re.sub("[\ud800-\udbff][\udc00-\udfff]", "?", content)
    expected = [
        (number, line.strip()) for number, line in enumerate(re.split("\r\n|\n|\r", stored), start=1) if line.strip()
    ]
    result = split_page(raw_page(content), SplitSettings(), NormaliseSettings())
    if not expected:
        assert isinstance(result, Quarantined)
        assert (result.stage, result.fault) == ("split", Fault.NO_TEXT)
        return
    assert isinstance(result, Page)
    assert [line.number for line in result.lines] == [number for number, _ in expected]
    for line, (_, text) in zip(result.lines, expected, strict=True):
        assert len(line.text) == len(text)
        assert line.text == line.text.strip()
        line.text.encode("utf-8")


def test_line_numbers_are_an_editors() -> None:
    """LF, CR LF and CR end a line; form feed, U+0085 and U+2028 do not."""
    page = split("one\r\n\r\ntwo\x0cstill two\rthree\u2028still\x85three\n\nfour")
    assert [line.number for line in page.lines] == [1, 3, 4, 6]
    assert [line.blank_before for line in page.lines] == [False, True, False, True]
    assert page.lines[1].clean == "two still two"


def test_an_invisible_line_is_kept_with_nothing_in_it() -> None:
    """A line of invisible characters is not blank for Python: it stays, with an empty ``clean``."""
    page = split("text\n\u200b\u200b\nmore")
    assert [line.clean for line in page.lines] == ["text", "", "more"]


def test_id_depends_on_source_and_content_only() -> None:
    """The id is 16 hex digits, blind to a record's number, and differs by source, content and occurrence."""
    digest = "ab" * 32
    one = article_id("folder/a.jsonl#3", digest)
    assert re.fullmatch("[0-9a-f]{16}", one)
    assert one == article_id("folder/a.jsonl#9", digest) == article_id("folder/a.jsonl", digest)
    others = {
        article_id("folder/b.jsonl#3", digest),
        article_id("folder/a.jsonl#3", "cd" * 32),
        article_id("folder/a.jsonl#3", digest, occurrence=1),
        article_id("folder/\udcff.txt", digest),
    }
    assert len(others) == 4
    assert one not in others


def test_a_huge_line_is_cut_at_sentence_ends() -> None:
    """Parts are numbered from 1 within the one line number, each its own piece of it."""
    page = split("Heading\n" + "This is a sentence of the long page. " * 40, huge_line_chars=500)
    assert [(line.number, line.part) for line in page.lines[:4]] == [(1, 0), (2, 1), (2, 2), (2, 3)]
    assert len(page.lines) == 41
    assert all(line.text == "This is a sentence of the long page." for line in page.lines[1:])


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "The meeting with Mr. J. K. Smith of the U.S. Senate took 3.5 hours. It ended at 5 p.m. on Friday.",
            ["The meeting with Mr. J. K. Smith of the U.S. Senate took 3.5 hours.", "It ended at 5 p.m. on Friday."],
        ),
        (
            "“Is that really so, do you think?” she asked. “I would not have thought it possible!” Then they left.",
            [
                "“Is that really so, do you think?” she asked.",
                "“I would not have thought it possible!”",
                "Then they left.",
            ],
        ),
        (
            "これは長い文章の最初の文であり、まだまだ続いています。次の文もまた同じように長く続いていくのです。",
            ["これは長い文章の最初の文であり、まだまだ続いています。", "次の文もまた同じように長く続いていくのです。"],
        ),
        (
            "यह पहला वाक्य है जो काफी लंबा है। यह दूसरा वाक्य है जो काफी लंबा है।",
            ["यह पहला वाक्य है जो काफी लंबा है।", "यह दूसरा वाक्य है जो काफी लंबा है।"],
        ),
        (
            "Am 3. März wurde in Berlin gewählt. Danach wurde ausgezählt.",
            ["Am 3. März wurde in Berlin gewählt.", "Danach wurde ausgezählt."],
        ),
        ("هل هذا صحيح حقا يا صديقي العزيز؟ نعم هذا صحيح.", ["هل هذا صحيح حقا يا صديقي العزيز؟", "نعم هذا صحيح."]),
    ],
    ids=["abbreviations", "quotes", "japanese", "hindi", "ordinals", "arabic"],
)
def test_sentence_ends(text: str, pieces: list[str]) -> None:
    """Sentences end where a reader would say, in many scripts; abbreviations, initials and decimals do not."""
    assert list(sentences(text)) == pieces


@given(st.lists(nasty_lines, max_size=6).map(" ".join), st.integers(1, 300))
def test_pieces_cover_the_line(text: str, times: int) -> None:
    """The pieces, joined again, are the line but for white space; none is empty or too long."""
    line = text[:200] * times
    pieces = list(sentences(line))
    assert "".join("".join(pieces).split()) == "".join(line.split())
    assert all(piece and piece == piece.strip() and len(piece) <= MAX_PIECE for piece in pieces)


def test_an_article_on_one_line_among_many_is_cut() -> None:
    """A tool that put spaces where tags were leaves it on one; a long paragraph on a long page is an author's."""
    story = " ".join(f"The ferry number {number} left the harbour at nine in the morning." for number in range(40))
    menu = "\n".join(f"Section {number}" for number in range(30))
    assert len(story) > 2_000
    assert [line.part for line in split(f"{menu}\n{story}").lines if line.number == 31] != [0]
    paragraph = "It leaves at nine and takes the people of the island to the market on the other side. " * 2
    rest = "\n".join(f"{paragraph} {number}" for number in range(30))
    assert [line.part for line in split(f"{rest}\n{story}").lines if line.number == 31] == [0]


def test_a_page_of_one_line_takes_linear_time() -> None:
    """A line with sentence ends, without, and without white space, is cut in time proportional to its length."""
    for unit in ("The quick brown fox jumps. ", "word ", "x", ". ", "文。"):
        assert growth(lambda size, unit=unit: split(unit * (size // len(unit))), 50_000) < LINEAR  # type: ignore[misc]
