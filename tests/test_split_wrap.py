"""Hard-wrapped text: paragraphs are found again, and what was never wrapped is not glued."""

from __future__ import annotations

import textwrap
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.split import join_wrapped
from pipeline.split.wrap import Row, joined_to_previous
from tests.test_split_text import split

PARAGRAPHS = [
    "The council voted on Tuesday to close the old swimming pool at the edge of the park, ending a debate that had "
    "gone on for most of a decade and had cost two mayors their office along the way.",
    "Residents who had gathered outside the hall greeted the decision with silence. Some had brought their children, "
    "who had learned to swim there, and one man carried a faded towel from the year the pool was opened.",
    "What will become of the land is not yet clear. A developer has offered to build forty flats, while the school "
    "across the road would rather see a playing field, and the forestry office wants to plant oaks.",
    "A second vote is planned for the spring, once the cost of draining the ground has been worked out by engineers "
    "from the county, who are expected to publish their report before the end of the winter.",
]


def paragraphs_of(text: str) -> list[list[str]]:
    """The lines of ``text``, grouped by the paragraph they were given."""
    return [[line.clean for line in group] for _, group in groupby(split(text).lines, key=lambda line: line.paragraph)]


@pytest.mark.parametrize("width", [60, 66, 72, 80, 100])
@pytest.mark.parametrize(("parted", "indent"), [("\n\n", ""), ("\n", "    "), ("\n\n", "    ")])
def test_wrapped_paragraphs_are_found_again(width: int, parted: str, indent: str) -> None:
    """Text wrapped at any usual width, parted by blank lines or by indents, gives the paragraphs it had."""
    wrapped = [textwrap.fill(paragraph, width, initial_indent=indent) for paragraph in PARAGRAPHS]
    page = f"Home\nNews\nSport\n\nPool to close for good\n\n{parted.join(wrapped)}\n\nRead more\nContact us\n"
    found = [join_wrapped(lines) for lines in paragraphs_of(page)]
    assert found == ["Home", "News", "Sport", "Pool to close for good", *PARAGRAPHS, "Read more", "Contact us"]


@pytest.mark.parametrize("width", [60, 66, 72, 80, 100])
def test_paragraphs_parted_by_nothing_end_at_short_lines(width: int) -> None:
    """Without blank lines and indents every wrapped line is joined, and a paragraph ends where a line is short."""
    wrapped = [textwrap.wrap(paragraph, width) for paragraph in PARAGRAPHS]
    found = paragraphs_of("\n".join(line for lines in wrapped for line in lines))
    assert [line for lines in found for line in lines] == [line for lines in wrapped for line in lines]
    ends = {lines[-1] for lines in found}
    for lines, following in zip(wrapped, [*wrapped[1:], [""]], strict=True):
        assert ends.isdisjoint(lines[:-1])
        if len(lines[-1]) + 1 + len(following[0].split(" ")[0]) <= width:
            assert lines[-1] in ends


def test_wrapped_japanese_is_joined_without_spaces() -> None:
    """Wide characters count two columns, and no space is put between them."""
    sentence = (
        "市議会は火曜日に公園の端にある古い水泳場を閉鎖することを決めた、十年近く続いた議論はこれで終わることになる"
    )
    text = sentence * 4
    lines = [text[at : at + 36] for at in range(0, len(text), 36)]
    assert paragraphs_of("\n".join(lines)) == [lines]
    assert join_wrapped(lines) == text


NOT_WRAPPED = {
    "menu": ["Home", "World news", "Business", "opinion", "sport", "all sections"],
    "one line each": PARAGRAPHS,
    "headlines": [
        "Council votes to close the old swimming pool at the edge of the park",
        "Residents greet the decision with silence and a single faded towel",
        "Developer offers to build forty flats where children learned to swim",
        "Forestry office would rather plant oaks on the land beside the school",
        "Engineers expected to publish their report before the winter is over",
        "Second vote planned for the spring, once the costs have been counted",
    ],
    "verse": [
        "the river keeps its counsel in the reeds",
        "and no one asks it what the water knows",
        "of all the hands that let go of their seeds",
        "and all the boats that wait there for the snows",
        "it carries every name the valley needs",
        "and lays them where the quiet alder grows",
    ],
    "code": [
        "def close(pool, *, reason='cost of draining the ground', retry=False):",
        "    if pool.visitors > threshold and not pool.closed_on(date.today()):",
        "        raise ValueError('the pool at the edge of the park is in use');",
        "    return replace(pool, closed=True, reason=reason, retried=retry, x=1);",
    ],
    "table": [
        "pool in the park      closed        12,000 visitors      forty flats",
        "pool at the school    open          18,500 visitors      none",
        "pool by the river     open           9,300 visitors      planned",
        "pool in the village   closed         2,100 visitors      sold",
    ],
    "list": [f"- {line}" for line in ("the first of the things that were decided on that evening by all",) * 6],
    "address": ["Town Hall", "1 Market Square", "second floor, to the left", "54321 Poolham"],
}


@pytest.mark.parametrize("lines", NOT_WRAPPED.values(), ids=NOT_WRAPPED.keys())
def test_what_was_never_wrapped_stays_apart(lines: list[str]) -> None:
    """Menus, headlines, verse, code, tables, lists, addresses and one-line paragraphs are not glued."""
    assert [len(group) for group in paragraphs_of("\n".join(lines))] == [1] * len(lines)


def test_list_items_keep_their_continuation_lines() -> None:
    """In a wrapped list each item takes in its own hanging lines and none of its neighbour's."""
    items = [textwrap.fill(f"* {paragraph}", 70, subsequent_indent="  ") for paragraph in PARAGRAPHS]
    found = [join_wrapped(lines) for lines in paragraphs_of("\n".join(items))]
    assert found == [f"* {paragraph}" for paragraph in PARAGRAPHS]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["a well-", "known place"], "a well-known place"),
        (["from A-", "Z and back"], "from A- Z and back"),
        (["one –", "two"], "one – two"),
        (["第一行", "第二行"], "第一行第二行"),
        (["version", "二"], "version 二"),
        (["한국어", "문장"], "한국어 문장"),
        ([], ""),
    ],
)
def test_joining(lines: list[str], text: str) -> None:
    """Lines are joined by a space; not after a hyphen inside a word, nor between Chinese characters."""
    assert join_wrapped(lines) == text


@given(st.lists(st.tuples(st.text(max_size=110).filter(lambda text: bool(text.strip())), st.booleans()), max_size=25))
def test_a_line_after_a_blank_one_continues_nothing(drawn: list[tuple[str, bool]]) -> None:
    """The first row, and any row after a blank line, begins a paragraph, whatever the text."""
    rows = [Row(text.rstrip(), blank) for text, blank in drawn]
    joined = joined_to_previous(rows, 60, 100)
    assert len(joined) == len(rows)
    assert not any(joined[:1])
    assert not any(continues and row.blank_before for continues, row in zip(joined, rows, strict=True))
