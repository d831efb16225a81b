"""What reads like prose and is no part of the article."""

from __future__ import annotations

import pytest

from pipeline.label.labeller import load_labeller
from pipeline.label.tail import is_appeal
from pipeline.records import BODY, Hints, Kind, Line, Page
from pipeline.settings import LabelSettings
from tests.pages import story

BODY_LINES = ("By Ada Brandt", "March 3, 2021", *story(5).body, *story(6).body)


def kinds(*texts: str) -> list[Kind]:
    """Kinds of the lines of one page, each a block of its own."""
    lines = tuple(Line(number, 0, text, text, number, blank_before=True) for number, text in enumerate(texts, 1))
    page = Page("0" * 16, "here", "a.txt", "text", "utf-8", "", 0, Hints(), lines)
    return [label.kind for label in load_labeller(LabelSettings()).label([page])[0]]


def test_a_name_above_a_biography_ends_the_article() -> None:
    """The name is a byline, the biography is removed, and so is what stands below it."""
    found = kinds(
        "Home", "News", story(5).title, *BODY_LINES, "Tomas Reyes",
        "Tomas is a freelance journalist who writes about bridges and has covered the coast for ten years.",
        "The paper was founded by four printers in the old market and is printed there to this day.",
        "© 2024 The Paper. All rights reserved.",
    )  # fmt: skip
    assert found[-4:] == [Kind.BYLINE, Kind.AUTHOR_BIO, Kind.RELATED, Kind.LEGAL]
    assert all(kind in BODY for kind in found[5 : 5 + len(story(5).body)])


def test_a_heading_that_looks_like_a_name_does_not_end_the_article() -> None:
    """Two capitalised words above a paragraph that begins with one of them are a section of the article."""
    found = kinds(
        "Home", "News", story(5).title, *BODY_LINES, "Harbour Tramway",
        "Harbour traffic has doubled since the spring, and the council expects the tramway to carry half of it.",
        "Work on the second line will begin before the winter, the mayor said on Monday.",
        "© 2024 The Paper. All rights reserved.",
    )  # fmt: skip
    assert all(kind in BODY for kind in found[-3:-1])


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("We are a small nonprofit and rely on readers like you; please make a contribution today.", True),
        ("Unsere Redaktion lebt davon, dass Sie spenden: unterstützen Sie uns.", True),
        ("The charity said donations had fallen by half since March.", False),
        ("The nonprofit said that donations had fallen, and that the council would not step in.", False),
        ("We have waited long enough for an answer, the union said.", False),
    ],
)
def test_an_appeal_asks_for_the_site_itself(text: str, asks: bool) -> None:
    """Two different cues and a site that speaks of itself; news about charities is none."""
    assert is_appeal(text) is asks
