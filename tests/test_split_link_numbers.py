"""Plain text whose links a text browser numbered: what a reader sees of it, and which numbers are the text's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.label.labeller import load_labeller
from pipeline.records import Kind, Page
from pipeline.settings import LabelSettings, SplitSettings
from pipeline.split.link_numbers import shown_lines
from tests.growth import LINEAR, growth
from tests.plain import text_page

PAGE = """\
   #[1]The Harbour Post (feed)

   [2]Home [3]Harbour [4]Weather

The ferry is back

   By [5]Ida Lund

   The [6]ferry to the islands sails again from Monday, the company said.[1]
   It had been laid up since the storm [2].FULL STORY[7]Read more

   IFRAME: [8]https://ads.example.org/

References

   Visible links:
   1. https://post.example.org/feed
   2. https://post.example.org/
   3. https://post.example.org/harbour?q=a word
   4. https://post.example.org/weather
   5. https://post.example.org/ida-lund
   6. https://ferry.example.org/a-very-long-address/
      that/goes/on
   7.
   8. https://ads.example.org/

   Hidden links:
   9. file://localhost/#top
  10. mailto:desk@post.example.org
"""


def page_of(content: str, *, link_numbers: bool = True) -> Page:
    """``content`` as a page; it must have text."""
    return text_page(content, SplitSettings(link_numbers=link_numbers))


def shown(content: str, *, link_numbers: bool = True) -> list[str]:
    """The lines of a page as they are judged and published; those that are stored are as they came."""
    page = page_of(content, link_numbers=link_numbers)
    assert [line.text for line in page.lines] == [line.strip() for line in content.split("\n") if line.strip()]
    return [line.clean for line in page.lines]


def test_numbers_and_addresses_are_gone() -> None:
    """Words stay, with the numbers of footnotes; the list of addresses, its headings and what it wraps show nothing."""
    assert [line for line in shown(PAGE) if line] == [
        "#The Harbour Post (feed)",
        "Home Harbour Weather",
        "The ferry is back",
        "By Ida Lund",
        "The ferry to the islands sails again from Monday, the company said.[1]",
        "It had been laid up since the storm [2].FULL STORYRead more",
        "IFRAME: https://ads.example.org/",
    ]


def test_addresses_without_their_site_and_places_of_pictures() -> None:
    """Some tools write addresses as the page did, and a word where a button or a picture stood."""
    links = "[1]Home [IMAGE] [2]Harbour\n\nThe [3]ferry is back and sails from the old harbour again (BUTTON)"
    page = f"{links}\n\n1. #main\n2. /harbour?q=1\n3. https://a.example/f"
    assert [line for line in shown(page) if line] == [
        "Home Harbour",
        "The ferry is back and sails from the old harbour again",
    ]
    assert shown("The ferry (BUTTON) [IMAGE]") == ["The ferry (BUTTON) [IMAGE]"]


def test_an_address_says_why_it_is_removed() -> None:
    """It has letters; what counts is that no reader of the page saw it."""
    page = page_of(PAGE)
    (labels,) = load_labeller(LabelSettings()).label([page])
    found = {(label.kind, label.reason) for line, label in zip(page.lines, labels, strict=True) if not line.clean}
    assert found == {(Kind.NAVIGATION, "rule:not_shown")}


def test_numbers_without_a_list() -> None:
    """Ten links in a row are enough where the browser was told to leave the addresses out."""
    menu = "  ".join(f"[{number}]Section" for number in range(1, 13))
    assert shown(f"{menu}\n\nThe [13]ferry is back.\n") == ["Section " * 11 + "Section", "The ferry is back."]


def test_the_setting_leaves_all_as_it_is() -> None:
    """Whoever wants the numbers keeps them."""
    assert shown(PAGE, link_numbers=False)[1] == "[2]Home [3]Harbour [4]Weather"


@pytest.mark.parametrize(
    "content",
    [
        "The ferry[1] sails,[2] again[3].\n\n1. https://a.example.org\n2. https://b.example.org\n3. https://c.example.org",
        "\n".join(f"[{number}]Lund I., On ferries" for number in range(1, 30)),
        "\n".join(f"[{number}] Lund I., On ferries [{number}]" for number in range(1, 30)),
        "Sources\n\n1. https://a.example.org\n2. https://b.example.org\n3. https://c.example.org\n4. https://d.example.org",
        "first [0]a, then [5]b, then [3]c, then [2]d " * 9,
    ],
)
def test_what_is_the_texts_own_stays(content: str) -> None:
    """Footnotes, lists of sources and indices of arrays are no numbers of links."""
    assert shown(content) == shown(content, link_numbers=False)


@given(st.lists(st.text("[]0123456789. ahtps:/\n", max_size=40), max_size=30))
def test_every_line_keeps_its_place(lines: list[str]) -> None:
    """One shown line for each, made of its characters in their order."""
    found = shown_lines(lines, [False] * len(lines))
    if found is not None:
        assert len(found) == len(lines)
        for bare, line in zip(found, lines, strict=True):
            rest = iter(line)
            assert all(character in rest for character in bare)


@pytest.mark.parametrize("unit", ["[1]", "[1]a ", "[12345", "1. http:\n", "[1]a\n1. h:\n"])
def test_time_is_linear(unit: str) -> None:
    """No text makes the numbers cost more than its length."""

    def work(size: int) -> None:
        lines = ("[1]a [2]b [3]c\n" + unit * size).split("\n")
        shown_lines(lines, [True] * len(lines))

    assert growth(work, 20_000) < LINEAR
