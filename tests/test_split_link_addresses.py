"""Plain text in which a tool wrote the addresses of links in brackets: what a reader sees, and which are the text's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.label.labeller import load_labeller
from pipeline.records import Kind, Page
from pipeline.settings import LabelSettings, SplitSettings
from pipeline.split.link_addresses import shown_lines
from tests.growth import LINEAR, growth
from tests.plain import text_page

PAGE = """\
[data:image/svg+xml;base64,AAAA]
The Harbour Post [https://post.example.org/logo.svg]https://post.example.org/
/profile?from=menu

 * Home [/]
 * Harbour [/harbour/]Weather [/weather.html?week=1]
 * [https://social.example.org/share?text=The
   ferry is back]

THE FERRY IS BACK

By Ida Lund [authors/ida-lund]

The ferry [https://ferry.example.org/a[1].html] to the islands sails again from
Monday, the company said [sic]. It had been laid up [...] since the storm [2].
"""


def page_of(content: str, *, link_addresses: bool = True) -> Page:
    """``content`` as a page; it must have text."""
    return text_page(content, SplitSettings(link_addresses=link_addresses))


def shown(content: str) -> list[str]:
    """The lines of a page as they are judged and published; those that are stored are as they came."""
    page = page_of(content)
    assert [line.text for line in page.lines] == [line.strip() for line in content.split("\n") if line.strip()]
    return [line.clean for line in page.lines]


def test_addresses_are_gone_and_words_stay() -> None:
    """Of two links side by side the words keep apart; brackets of the text itself stay."""
    assert [line for line in shown(PAGE) if line] == [
        "The Harbour Post",
        "* Home",
        "* Harbour Weather",
        "*",
        "THE FERRY IS BACK",
        "By Ida Lund",
        "The ferry to the islands sails again from",
        "Monday, the company said [sic]. It had been laid up [...] since the storm [2].",
    ]


def test_a_line_of_addresses_says_why_it_is_removed() -> None:
    """It has letters; what counts is that no reader of the page saw it."""
    page = page_of(PAGE)
    (labels,) = load_labeller(LabelSettings()).label([page])
    found = {(label.kind, label.reason) for line, label in zip(page.lines, labels, strict=True) if not line.clean}
    assert found == {(Kind.NAVIGATION, "rule:not_shown")}


def test_it_can_be_turned_off() -> None:
    """Then addresses are text like any other."""
    assert any("https://ferry" in line.clean for line in page_of(PAGE, link_addresses=False).lines)


@pytest.mark.parametrize(
    "content",
    [
        "He cites two sources [https://a.example.org/1] and [https://b.example.org/2].",
        "format [/quick] [/fs] [/label] [/size] [/all] formats a disk.",
        "The patch was sent to <https://lists.example.org/1>, <https://lists.example.org/2>, <https://lists.example.org/3>",
        "an array a[i/2], a[0], b[..] and notes [1] [2] [3] [4] [5] [6] [7] [8] [9] [10] [11]",
    ],
)
def test_what_an_author_wrote_in_brackets_stays(content: str) -> None:
    """Few addresses, options of programs, other brackets, indices, notes."""
    assert shown(content) == [content]


def test_paragraphs_that_were_wrapped_around_long_addresses_are_joined() -> None:
    """An address is one word, which no tool breaks: a line that is as long says nothing of the width."""
    long = f"https://post.example.org/{'very-' * 20}long"
    menu = [f"Part {number} of the paper\n[{long}/{number}]" for number in range(30)]
    text = (
        "The ferry to the islands sails again from Monday, the company that runs it said\n"
        "on Friday in a letter to the mayors of the seven islands. It had been laid up\n"
        "since the storm in the first days of November, which tore two of its four lines\n"
        "and drove it against the quay. Divers had found a crack below the bow, and the\n"
        "shipyard could not begin at once, since its dock was taken by another ship that\n"
        "had been damaged in the same night."
    )
    page = page_of("\n\n".join([*menu, text]))
    assert len({line.paragraph for line in page.lines[-6:]}) == 1


@given(st.text(alphabet="[]()<>/.# a1\n"), st.sampled_from(["", "[//a] [//b] [//c]\n"]))
def test_every_line_keeps_its_place_and_none_gains_words(content: str, sign: str) -> None:
    """As many lines as before, each with no letter that it did not have."""
    lines = [line.strip() for line in (sign + content).split("\n") if line.strip()]
    found = shown_lines(lines, [False] * len(lines), "\n".join(lines))
    if found is not None:
        assert len(found) == len(lines)
        for line, bare in zip(lines, found, strict=True):
            assert len(bare) <= len(line)
            assert set(bare) <= {*line, " "}


@pytest.mark.parametrize("piece", ["[/", "[//a", "[https://a [", "[//a] //b ", "[a/", "[a.html?", "/a\n"])
def test_time_grows_linearly(piece: str) -> None:
    """Brackets that never close cost no more than others."""
    sign = "[//a] [//b] [//c] "

    def work(size: int) -> object:
        lines = (sign + piece * size).split("\n")
        return shown_lines(lines, [False] * len(lines), "\n".join(lines))

    assert growth(work, 5_000) < LINEAR
