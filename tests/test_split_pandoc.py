"""Markdown of web pages as Pandoc writes it: tags, attributes and divisions are not read, words are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import SCRIPT
from pipeline.split.markdown import bare_lines, shown_lines
from pipeline.split.pandoc import MIN_TAGS, leftovers
from tests.growth import LINEAR, growth
from tests.plain import text_page

MENU = "\n".join(f'- [[Part {part}](/part/{part}){{.link rel="x"}}]{{#part{part} .item}}' for part in range(4))
TAGS = "\n".join(f'- <span class="item">[Part {part}](/part/{part})</span>' for part in range(MIN_TAGS))


def shown(content: str) -> list[str]:
    """The lines of a page as they are judged and published; those that are stored are as they came."""
    page = text_page(content)
    assert [line.text for line in page.lines] == [line.strip() for line in content.split("\n") if line.strip()]
    return [line.clean for line in page.lines]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[The ferry]{.a .b} is [[back]{.c}]{#d}", ["The ferry is back"]),
        ('[The ferry](/ferry){.link title="a } b"} is back', ["The ferry is back"]),
        ("## The ferry is back {#ferry .title}", ["The ferry is back"]),
        ('![A ferry](/ferry.jpg){width="10"}\nIt\\\'s back', ["", "It's back"]),
        ('::: {.story\ndata-id="7"}\nThe ferry is back\n:::', ["", "", "The ferry is back", ""]),
        ("::: story\nThe ferry is back", ["", "The ferry is back"]),
        ("A set {a, b}, {name} and f{x}", ["A set {a, b}, {name} and f{x}"]),
        ('::: {x-data="{\n  a: 1,\n\n  b() {}\n}"}\nThe ferry is back\n:::', ["", "", "", "", "The ferry is back", ""]),
        ("```{=html}\n<svg>\n<path/>\n```\nThe ferry [is]{.a} back", ["", "", "", "", "The ferry is back"]),
        ("``` {.rust .x}\n[a]{.b}\n```\n[a]{.b}", ["", "[a]{.b}", "", "a"]),
    ],
)
def test_attributes_and_divisions_are_not_read(written: str, read: list[str]) -> None:
    """Spans are their words; braces of a text stay."""
    assert shown(f"{MENU}\n\n{written}") == [*(f"- Part {part}" for part in range(4)), *read]


def test_tags_are_not_read() -> None:
    """Whatever stands in their attributes, and over however many lines."""
    written = '<div id="story"\ndata-x="1 > 2">\n\n<p>The ferry<br />is back, 1 < 2 and 3 > 2.</p><!-- ad -->\n\n</div>'
    words = [f"- Part {part}" for part in range(MIN_TAGS)]
    assert shown(f"{TAGS}\n\n{written}") == [*words, "", "", "The ferry is back, 1 < 2 and 3 > 2.", ""]


def test_scripts_in_attributes_hide_nothing() -> None:
    """They go with the attributes, so the page has no lines of script."""
    script = "window.dataLayer = [];\n\ngtag(1);\n" * 10
    page = text_page(f'{MENU}\n\n::: {{x-init="{{{script}}}"}}\nThe ferry is back\n:::')
    assert [line.clean for line in page.lines if line.clean][4:] == ["The ferry is back"]
    assert not [line for line in page.lines if line.tag == SCRIPT]


def test_comments_are_tags() -> None:
    """Some tools say in them what an element was."""
    comments = "\n\n".join(f"<!-- <nav> -->\n[Part {part}](/part/{part})" for part in range(MIN_TAGS))
    assert [text for text in shown(comments) if text] == [f"Part {part}" for part in range(MIN_TAGS)]


def test_a_page_of_tags_alone_is_read_without_them() -> None:
    """Links may be tags, too; data in an attribute is no line of script, however long, and hides nothing below it."""
    links = "\n".join(f'<a href="/part/{part}" class="item">Part {part}</a>' for part in range(MIN_TAGS))
    data = f'data-all="{{&quot;dataLayer&quot;:[{"{&quot;id&quot;:1}," * 600}]}}">'
    page = text_page(f'{links}\n\n<div class="a"\n{data}\n\nThe ferry is back.')
    assert [line.clean for line in page.lines] == [
        *(f"Part {part}" for part in range(MIN_TAGS)),
        "",
        "",
        "The ferry is back.",
    ]
    assert {line.part for line in page.lines} == {0}
    assert SCRIPT not in {line.tag for line in page.lines}


def test_a_page_that_shows_a_few_keeps_them() -> None:
    """An article on Markdown or HTML."""
    sample = '[Home](/) [Harbour](/h) [Weather](/w)\n\nWrite <b class="x">ferry</b> or [ferry]{.x} or `{.x}`.'
    assert leftovers(sample) == []
    assert shown(sample)[1] == 'Write <b class="x">ferry</b> or [ferry]{.x} or {.x}.'


@given(st.text(alphabet='[]{}().#=" <>/a:\n\\-!`', max_size=60))
def test_every_line_keeps_its_place(content: str) -> None:
    """As many lines as before, whatever the marks."""
    lines = [line for line in f"{MENU}\n{TAGS}\n{content}".split("\n") if line.strip()]
    assert len(leftovers("\n".join(lines))) == 2
    bare = bare_lines(lines, "\n".join(lines))
    assert len(bare) == len(lines)
    assert len(shown_lines(bare, [False] * len(lines))) == len(lines)


@pytest.mark.parametrize(
    "piece", ["[", "]{.a", '{.a b="', "<a ", '<a b="', "<!--", ":::", "[]{.a}", "[[a]{.b}", "::: {"]
)
def test_time_is_linear(piece: str) -> None:
    """Marks that never close cost no more than others."""

    def work(size: int) -> None:
        block = piece * size
        for take_out in leftovers(f"{MENU}\n{TAGS}"):
            take_out(block)

    assert growth(work, 3_000) < LINEAR
