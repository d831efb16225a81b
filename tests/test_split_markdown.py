"""Plain text with Markdown's marks: what a reader sees of it, and what is left alone."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Page
from pipeline.settings import SplitSettings
from pipeline.split.markdown import reads_as_markdown, shown_lines
from tests.growth import LINEAR, growth
from tests.plain import text_page

MENU = "* [Home](/)\n* [Harbour](/harbour/)\n* [Weather](https://example.org/weather)\n\n"
"""Enough links for a page to be Markdown."""


def page_of(content: str, *, markdown: bool = True) -> Page:
    """``content`` as a page; it must have text."""
    return text_page(content, SplitSettings(markdown=markdown))


def shown(content: str, *, markdown: bool = True) -> list[str]:
    """The lines of ``content`` as they are judged and published."""
    page = page_of(content, markdown=markdown)
    assert [line.text for line in page.lines] == [line.strip() for line in content.split("\n") if line.strip()]
    return [line.clean for line in page.lines]


def below_menu(content: str) -> list[str]:
    """The same for what stands below a menu."""
    return shown(MENU + content)[3:]


def test_a_menu_is_its_words() -> None:
    """Addresses and brackets go, words and list marks stay, and each line keeps its place."""
    assert shown(MENU) == ["* Home", "* Harbour", "* Weather"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("The [ferry](https://example.org/a_(b).html) is back.", "The ferry is back."),
        ('The [ferry](/a "All about (it)") is [back](</x y>).', "The ferry is back."),
        ("[ ![A ferry at sea](/ferry.jpg) The ferry ](/a) is back", "The ferry is back"),
        ("![A ferry at sea](img/ferry.jpg)", ""),
        ("[ ](https://example.org/share?text=The ferry is back (at last))", ""),
        ("## The ferry is back ##", "The ferry is back"),
        ("# All about C#", "All about C#"),
        ("> The ferry **is** back, _said_ the *captain*.", "The ferry is back, said the captain."),
        ("Use `snake_case`, 1\\. first, a \\* b", "Use snake_case, 1. first, a * b"),
        ("<https://example.org/ferry>", "https://example.org/ferry"),
        ("~~Monday~~ Tuesday", "Monday Tuesday"),
        ("The ferry is back\\", "The ferry is back"),
        ("A path ends in C:\\\\", "A path ends in C:\\"),
    ],
)
def test_what_a_reader_sees(written: str, read: str) -> None:
    """Links, images, headings, quotations, emphasis, code and escapes are read as they would be shown."""
    assert below_menu(written) == [read]


@pytest.mark.parametrize(
    "text",
    [
        "f(**settings) and 2**3 are code, __init__.py is a file, and snake_case a name",
        "Prices start at 5* a day; 2 * 3 is 6; see note [1](below) and [2]",
        "He asked (twice) for #harbour, C# and a # sign",
    ],
)
def test_what_only_looks_like_markdown_stays(text: str) -> None:
    """Marks within words and numbers, brackets without an address and stray signs are text."""
    assert below_menu(text) == [text]


def test_a_link_may_go_over_several_lines() -> None:
    """Converters that wrap lines break the words of a link, and its address behind a hyphen."""
    wrapped = "The [island's old\nferry](https://example.org/the-old-\nferry-is-back/) is back."
    assert below_menu(wrapped) == ["The island's old", "ferry", "is back."]


def test_a_card_with_blank_lines_is_read_without_its_link() -> None:
    """The beginning and the end of a link that holds blank lines are no words."""
    assert below_menu('[\n\nThe ferry is back\n\n](/ferry/ "Ferry")') == ["", "The ferry is back", ""]


def test_an_address_that_is_longer_than_a_chapter_cuts_no_line() -> None:
    """What a reader sees of a line is what is judged; a line whose words are too long is cut as any other."""
    long = "x" * SplitSettings().huge_line_chars
    assert below_menu(f"The [ferry](https://example.org/{long}) is back.") == ["The ferry is back."]
    sentences = "The [ferry](/ferry) is back again from the shipyard in the south. " * 200
    assert len(page_of(f"{MENU}The ferry is back\n\n{sentences}").lines) > 100


def test_references_are_followed() -> None:
    """``[text][1]`` is its text where ``[1]:`` gives an address, and the address is not read."""
    content = MENU + "The [ferry][1] is [back][]; a[i][j] is code.\n\n"
    content += "[1]: https://example.org/1 'One'\n[back]: </back>\n[2]: Smith 2020"
    assert shown(content)[3:] == ["The ferry is back; a[i][j] is code.", "", "", "[2]: Smith 2020"]


def test_the_only_first_heading_is_the_title() -> None:
    """A page's one heading of the first level is what it calls itself; headings and quotations are known as such."""
    page = page_of(MENU + "# The [ferry](/ferry) is **back**\n\n## At last\n\n> We waited.")
    assert page.declared.title == "The ferry is back"
    assert [line.tag for line in page.lines[3:]] == ["h1", "h2", "blockquote"]


@pytest.mark.parametrize("headings", ["", "# One\n\n# Two", "# [](/home)", "## The ferry is back"])
def test_no_title_where_no_heading_is_the_only_one(headings: str) -> None:
    """Several headings of the first level, or none with words, say nothing."""
    assert page_of(MENU + headings).declared.title is None


def test_a_comment_in_fenced_code_is_no_heading() -> None:
    """Nor a prompt a quotation; below the code marks mean again what they did."""
    code = "```sh\n# Install the pump\n> pump --start\n```\n\n> Quoted\n"
    page = page_of(f"{MENU}# Pumps\n\n{code}")
    assert page.declared.title == "Pumps"
    assert [line.tag for line in page.lines[3:]] == ["h1", "", "", "", "", "blockquote"]


def test_a_wrapped_heading_is_one() -> None:
    """Where the page is hard-wrapped, the title goes on in the next line."""
    words = "the old ferry sails again from the harbour to the island every day at nine in the morning and "
    body = "\n\n".join([textwrap.fill(f"{name} says that {words * 3}", 72) for name in ("Ann", "Bo", "Cy")])
    title = "A headline that is rather longer than seventy-two columns, and so goes on in a second line"
    page = page_of(f"{MENU}{textwrap.fill('# ' + title, 72)}\n\n{body}")
    assert page.declared.title == title


def test_code_between_fences_is_left_alone() -> None:
    """Only the fences go; one without an end opens nothing."""
    assert below_menu("```python\n# a **comment**\n```\n**bold**\n```") == ["", "# a **comment**", "", "bold", "```"]


def test_bold_words_alone_make_markdown() -> None:
    """Unrendered emphasis is taken out on a page without links."""
    assert shown("**Note.** a\n\n**Note.** b\n\nThe **last** one") == ["Note. a", "Note. b", "The last one"]


def test_an_article_about_markdown_is_left_alone() -> None:
    """Two links as examples, or comments in code, do not make a page Markdown."""
    content = "Write [text](https://example.org) or [text](/path).\n\n# comment\n\nx = f(**y)"
    assert shown(content) == [line for line in content.split("\n") if line]


def test_a_link_may_be_a_card() -> None:
    """Converters write the line ends within a link as a backslash, empty lines included."""
    card = "[![A ferry](/ferry.jpg)\\\n\\\n**The ferry is back**\\\n\\\nIt sails again](/ferry)"
    assert below_menu(card) == ["", "", "The ferry is back", "", "It sails again"]


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_code_is_left_as_it_is(fence: str) -> None:
    """Its fence may name a language, be longer than three marks, and hold the other kind of fence."""
    code = "a = **b**\n[c](d)\n```` x"
    written = f"{fence}{fence[0]} python title=1\n{code}\n{fence}{fence[0] * 2}\nThe **ferry**"
    assert below_menu(written) == ["", *code.split("\n"), "", "The ferry"]


def test_the_setting_keeps_the_marks() -> None:
    """With ``split.markdown`` off, nothing is taken out."""
    assert shown(MENU, markdown=False) == MENU.strip().split("\n")


_PIECES = (
    *("[", "](", "](/", ")", "![", "(", "**", "_", "*", "`", "```", "\n", "> ", "# ", "\\"),
    *("[1]:", "[1]", "<http://", ">", "a", "b c", '"'),
)
_OPENED = (
    *("[", "![", "[a](/", "[a](http://x (", "](", "[a][", "<http://a", "[[a]", "\\[", "> "),
    *("**a", "_a", "*a ", "`a", "#", "# #", "# # a"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_every_line_keeps_its_place(content: str) -> None:
    """Whatever is taken out, there are as many lines as before, and none has more visible characters."""
    lines = [line.strip() for line in content.split("\n") if line.strip()]
    read = shown_lines(lines, [False] * len(lines))
    assert len(read) == len(lines)
    assert sum(map(len, read)) <= sum(map(len, lines))


@pytest.mark.parametrize("piece", [*_OPENED, "[x[a]"])
def test_time_is_linear(piece: str) -> None:
    """Marks that are opened and never closed cost no more than as much other text."""

    def work(size: int) -> None:
        content = piece * size
        reads_as_markdown(content)
        shown_lines([content], [False])

    assert growth(work, 4_000) < LINEAR
