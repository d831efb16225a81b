"""Laws of assembling, for any page and any labeller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.assemble.article import assemble, assemble_all
from pipeline.label.labeller import load_labeller
from pipeline.normalise import normalise_line
from pipeline.records import BODY, Article, Kind, Page
from pipeline.settings import LabelSettings
from pipeline.split.wrap import join_wrapped
from tests.strategies.assemble import (
    NORMALISE,
    SPLIT,
    KeepAll,
    TopIsTitle,
    huge_texts,
    labellers,
    read,
    texts,
)

if TYPE_CHECKING:
    from pipeline.label.labeller import Labeller

INPUTS = st.one_of(texts(), texts(), huge_texts)


def clean(text: str, labeller: Labeller) -> Article | None:
    """One input through split, label and assemble; None where nothing visible is in it."""
    page = read(text)
    if not isinstance(page, Page):
        return None
    return assemble(page, labeller.label([page])[0], labeller, split=SPLIT, normalise=NORMALISE)


def assert_idempotent(text: str, labeller: Labeller) -> None:
    once = clean(text, labeller)
    if once is None or not once.text:
        return
    twice = clean(once.text, labeller)
    assert twice is not None
    assert twice.text == once.text


@settings(max_examples=120, deadline=None)
@given(INPUTS, labellers)
def test_cleaning_a_cleaned_text_changes_nothing_whatever_the_labeller(text: str, labeller: Labeller) -> None:
    """Even labellers that judge by chance, or call every first line a title."""
    assert_idempotent(text, labeller)


@settings(max_examples=25, deadline=None)
@given(INPUTS)
def test_cleaning_a_cleaned_text_changes_nothing_with_the_real_labeller(text: str) -> None:
    """The same with the labeller that ships."""
    assert_idempotent(text, load_labeller(LabelSettings()))


@settings(max_examples=60, deadline=None)
@given(INPUTS, labellers)
def test_every_line_has_one_label_and_the_text_is_made_of_body_lines(text: str, labeller: Labeller) -> None:
    """Labels stay aligned; body lines with visible text are in the paragraphs, once and in order, and no others are."""
    made = clean(text, labeller)
    if made is None:
        return
    assert len(made.labels) == len(made.page.lines)
    wrapped: dict[int, list[str]] = {}
    for line, label in zip(made.page.lines, made.labels, strict=True):
        if label.kind in BODY and line.clean:
            wrapped.setdefault(line.paragraph, []).append(line.clean)
    joined = [lines[0] if len(lines) == 1 else _joined(lines) for lines in wrapped.values()]
    assert _letters(made.text) == _letters("".join(joined))
    assert all(paragraph.kind in BODY and paragraph.text for paragraph in made.paragraphs)
    numbers = [(paragraph.first_line, paragraph.last_line) for paragraph in made.paragraphs]
    assert numbers == sorted(numbers)
    for label in made.labels:
        if label.kind is Kind.DUPLICATE:
            assert label.reason.startswith("duplicate:") or label.reason == "model"


def _joined(lines: list[str]) -> str:
    return normalise_line(join_wrapped(lines), NORMALISE)


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


@settings(max_examples=25, deadline=None)
@given(st.lists(texts(), min_size=1, max_size=5), labellers)
def test_articles_do_not_depend_on_each_other(inputs: list[str], labeller: Labeller) -> None:
    """Assembled together, alone or again, each article is the same."""
    pages = [page for text in inputs if isinstance(page := read(text), Page)]
    verdicts = labeller.label(pages)
    together = assemble_all(pages, verdicts, labeller, split=SPLIT, normalise=NORMALISE)
    alone = [
        assemble(page, verdict, labeller, split=SPLIT, normalise=NORMALISE)
        for page, verdict in zip(pages, verdicts, strict=True)
    ]
    assert together == alone


@pytest.mark.parametrize("text", ["ﬃ" * 2_500, "word " * 1_500, "あ" * 6_000, ("x" * 70 + "\n") * 120])
def test_lines_of_odd_length_settle(text: str) -> None:
    """Normalising that makes a line longer, lines without a space, and paragraphs longer than a line may be."""
    assert_idempotent(text, KeepAll())
    assert_idempotent(text, TopIsTitle())
