"""Plain text in which the ends of blocks are lost: where its lines are cut, and where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings import SplitSettings
from pipeline.split.glued import blocks
from tests.growth import LINEAR, growth
from tests.plain import text_page
from tests.strategies.split import nasty_lines

GLUED = (
    "HomeHarbourWeatherContactThe ferry is backThe old ferry is back and sails again.It leaves the harbour at "
    "nine.Home is where it takes the people of the island.Contact us"
)


def parts(content: str, *, lost_breaks: bool = True) -> list[tuple[int, int, str]]:
    """Number, part and text of each line of ``content``."""
    page = text_page(content, SplitSettings(lost_breaks=lost_breaks))
    assert len({line.paragraph for line in page.lines}) == len(page.lines)
    return [(line.number, line.part, line.clean) for line in page.lines]


def test_blocks_are_told_apart() -> None:
    """A line of menu, headline and paragraphs is cut at stops and capitals inside words, into numbered parts."""
    assert parts(GLUED) == [
        (1, number, text)
        for number, text in enumerate(
            [
                *("Home", "Harbour", "Weather", "Contact", "The ferry is back"),
                "The old ferry is back and sails again.",
                "It leaves the harbour at nine.",
                "Home is where it takes the people of the island.",
                "Contact us",
            ],
            start=1,
        )
    ]


def test_the_setting_keeps_lines_whole() -> None:
    """With ``split.lost_breaks`` off, a line is a line."""
    assert parts(GLUED, lost_breaks=False) == [(1, 0, GLUED)]


@pytest.mark.parametrize(
    "text",
    [
        "A space was forgotten.Twice in all.But no more than that.",
        "PlayStation and YouTube, LinkedIn and JavaScript are names.",
        "Call request.POST or models.CASCADE, or request.POST again, in README.Md or at www.Example.",
        "e.g.The, U.S.A. and 3.5.2 and Dr.Who",
        "Das ist gut.das auch.und das.",
        "日本語の文です。次の文です。また次の文です。終わり。",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    """A space forgotten twice, names with capitals inside and stops inside names part nothing."""
    assert parts(text) == [(1, 0, text)]


def test_names_stay_whole_where_blocks_are_lost() -> None:
    """On a glued page, too, a capital inside a word cuts only where both sides are words of the page."""
    text = GLUED + " with PlayStation.We met CyberArk there."
    assert [line for _, _, line in parts(text)][-2:] == ["Contact us with PlayStation.", "We met CyberArk there."]


def test_indentation_parts_blocks() -> None:
    """White space that stood between tags parts the blocks of a long line; a row of a table stays."""
    long = "     ".join(["Overview", "For agencies", "For start-ups", "The ferry is back and sails again. " * 8])
    assert [part for _, part, _ in parts(long)] == [1, 2, 3, 4]
    row = "9.00     harbour     island     3.50"
    assert [part for _, part, _ in parts(row)] == [0]


@given(st.lists(nasty_lines, max_size=8), st.lists(st.sampled_from(GLUED.split()), max_size=30))
def test_nothing_is_lost(lines: list[str], words: list[str]) -> None:
    """Joined, the blocks of a line are the line but for white space, and none is empty."""
    rows = [row for row in (" ".join(words), *(line.strip() for line in lines)) if row]
    for row, own in zip(rows, blocks(rows, "\n".join([*rows, GLUED])), strict=True):
        assert len(own) != 1
        assert all(own)
        assert not own or "".join("".join(own).split()) == "".join(row.split())


@pytest.mark.parametrize("piece", ["a.B ", "aB", "a.", "aB.Cd ", "a" * 50 + ".B", "Ab" * 20 + " ", "   a", "’a.Ab "])
def test_time_is_linear(piece: str) -> None:
    """Text made of nothing but boundaries costs no more than as much other text."""

    def work(size: int) -> None:
        content = GLUED + piece * size
        blocks([content], content)

    assert growth(work, 4_000) < LINEAR
