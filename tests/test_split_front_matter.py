"""Front matter of plain text: what a tool wrote above an article is metadata, and no text of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.markdown import FRONT_MATTER_FIELDS, markdown
from pipeline.label.labeller import load_labeller
from pipeline.records import FRONT_MATTER, Kind, Page
from pipeline.settings import LabelSettings, SplitSettings
from pipeline.split.front_matter import declared_above, front_lines
from tests.growth import LINEAR, growth
from tests.plain import text_page

TEXT = "\n\n# The ferry is back\n\nThe old ferry sails again from the harbour, as it did for forty years."
YAML = """---
title: "The ferry is back"
url: https://post.example.org/ferry
author: Mara Lindqvist; Tomas Berg
sitename: The Harbour Post
date: 2024-03-05
tags: [ferries, islands]
---"""
CLIPPED = """---
title: 'The ferry: back at last'
source: https://post.example.org/ferry
author:
  - "[[Mara Lindqvist]]"
  - "[[people/tomas|Tomas Berg]]"
published: 2024-03-05
created: 2025-01-01
---"""
NAMED = """---
canonical: https://post.example.org/ferry
meta-article:published_time: "2024-03-05T08:30:00+01:00"
meta-author: Mara Lindqvist
meta-og:title: The ferry is back
meta-viewport: width=device-width, initial-scale=1
title: The ferry is back | The Harbour Post
---"""
LOOSE = """---
title: The ferry: back at last
authors: Mara Lindqvist
---"""
READER = """Title: The ferry is back

URL Source: https://post.example.org/ferry

Published Time: 2024-03-05T08:30:00+01:00

Markdown Content:"""


SCRAPERS = """URL: https://post.example.org/ferry
Title: The ferry is back
Author: Mara Lindqvist
Published Date: 2024-03-05"""


def page_of(content: str, *, front_matter: bool = True) -> Page:
    """``content`` as a page; it must have text."""
    return text_page(content, SplitSettings(front_matter=front_matter))


@pytest.mark.parametrize(
    ("above", "title", "authors", "published"),
    [
        (YAML, "The ferry is back", ("Mara Lindqvist", "Tomas Berg"), "2024-03-05"),
        (CLIPPED, "The ferry: back at last", ("Mara Lindqvist", "Tomas Berg"), "2024-03-05"),
        (NAMED, "The ferry is back", ("Mara Lindqvist",), "2024-03-05T08:30:00+01:00"),
        (LOOSE, "The ferry: back at last", ("Mara Lindqvist",), None),
        (SCRAPERS, "The ferry is back", ("Mara Lindqvist",), "2024-03-05"),
        (READER, "The ferry is back", (), "2024-03-05T08:30:00+01:00"),
    ],
)
def test_it_is_metadata(above: str, title: str, authors: tuple[str, ...], published: str | None) -> None:
    """Each way to write it is read; its lines are stored, and none of them is text."""
    page = page_of(above + TEXT)
    assert (page.declared.title, page.declared.authors, page.declared.published) == (title, authors, published)
    assert page.declared.url == (None if above == LOOSE else "https://post.example.org/ferry")
    lines = above.count("\n") + 1 - above.count("\n\n")
    assert [line.tag == FRONT_MATTER for line in page.lines] == [True] * lines + [False] * 2
    assert not any(line.clean for line in page.lines[:lines])


def test_a_pages_own_meta_is_front_matter_alone() -> None:
    """Even where none of it says anything of the text."""
    page = page_of("---\nmeta-viewport: width=device-width\n---" + TEXT)
    assert [line.tag == FRONT_MATTER for line in page.lines] == [True] * 3 + [False] * 2


def test_its_lines_say_what_they_are() -> None:
    """They are removed by a rule of their own."""
    page = page_of(YAML + TEXT)
    (labels,) = load_labeller(LabelSettings()).label([page])
    assert [(label.kind, label.reason) for label in labels[:-2]] == [(Kind.EMBED, "rule:front_matter")] * 8


def test_all_fields_of_yaml() -> None:
    """Site, tags and the rest go where those of HTML go."""
    declared = page_of(YAML + TEXT).declared
    assert (declared.site_name, declared.site, declared.tags) == (
        "The Harbour Post",
        "post.example.org",
        ("ferries", "islands"),
    )


def test_our_own_export_comes_back() -> None:
    """What ``copydesk export --format markdown`` writes is read with the fields that it was written from."""
    written = {
        **dict.fromkeys(FRONT_MATTER_FIELDS),
        "id": "a1",
        "source": "pages/ferry.html",
        "title": 'The ferry: back "at last"',
        "dek": "Forty years on",
        "authors": ["Mara Lindqvist", "Tomas Berg"],
        "published": "2024-03-05",
        "updated": None,
        "language": "en",
        "site": "post.example.org",
        "url": "https://post.example.org/ferry",
        "license": None,
        "paragraphs": [{"kind": "paragraph", "text": "The old ferry sails again from the harbour."}],
    }
    declared = page_of(markdown(written)).declared
    for field in ("title", "published", "url", "site"):
        assert getattr(declared, field) == written[field]
    assert list(declared.authors) == written["authors"]


@pytest.mark.parametrize(
    "content",
    [
        "---\nA rule above a text\n---\nand the text.",
        "---\ntitle: never closed\n\nThe ferry is back.",
        "Title: The ferry is back\nThe old ferry sails again: from the harbour.",
        "The ferry is back\n---\ntitle: not at the top\n---",
        "---\nstep: 1\nnext: 2\n---\nThe ferry is back.",
        "By: Mara Lindqvist\nDate: 5 March 2024\nThe ferry is back.",
        "Link: https://post.example.org/a.js\nLink: canonical\nThe ferry is back.",
        "Source: https://post.example.org/ferry\nThe ferry is back.",
        "The ferry is back\nURL: https://post.example.org/ferry\nDate: 5 March 2024",
    ],
)
def test_other_texts_are_text(content: str) -> None:
    """Rules, and lines that name something, are no front matter by themselves."""
    assert page_of(content) == page_of(content, front_matter=False)


def test_the_setting_leaves_all_as_it_is() -> None:
    """Whoever wants it as text has it as text."""
    page = page_of(YAML + TEXT, front_matter=False)
    assert page.lines[1].clean == 'title: "The ferry is back"'
    assert not page.declared.authors


@given(st.lists(st.text("---title: []{}\"'&*!|>\n", max_size=30), max_size=20))
def test_nothing_breaks_it(lines: list[str]) -> None:
    """Whatever stands between the lines, it is read or left."""
    found = ["---", *lines, "---"]
    count = front_lines(found)
    assert 0 <= count <= len(found)
    assert all(text for said in declared_above(found).values() for text in said)


@pytest.mark.parametrize("unit", ["title: a\n", "- [", "a: &a [*a, *a]\n", "{a: ", "'", "---\n"])
def test_time_is_linear(unit: str) -> None:
    """No front matter costs more than its length."""

    def work(size: int) -> None:
        lines = ("---\ntitle: a\n" + unit * size + "\n---\ntext").split("\n")
        if count := front_lines(lines):
            declared_above(lines[:count])

    assert growth(work, 20_000) < LINEAR
