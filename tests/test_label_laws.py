"""Laws of the labeller: every line is labelled, pages are judged by themselves, and the same page always alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.label.block import best_block, load_model
from pipeline.label.labeller import Labeller, load_labeller
from pipeline.records import Kind, Page
from pipeline.settings import LabelSettings
from tests.strategies.label import page_of, pages

LABELLER = load_labeller(LabelSettings())
LABELLERS = [load_labeller(LabelSettings(labeller="network")), load_labeller(LabelSettings(labeller="block"))]
each_labeller = pytest.mark.parametrize("labeller", LABELLERS, ids=lambda labeller: str(labeller.name))


@each_labeller
@given(some=st.lists(pages, max_size=4))
@settings(max_examples=60, deadline=None)
def test_every_line_gets_one_label(labeller: Labeller, some: list[Page]) -> None:
    """Labels are aligned with the lines, with a score from 0 to 1 and a reason that names who decided."""
    labels = labeller.label(some)
    assert [len(page.lines) for page in some] == [len(own) for own in labels]
    for own in labels:
        for label in own:
            assert 0.0 <= label.score <= 1.0
            assert label.reason == "model" or label.reason.startswith("rule:")
            assert label.kind is not Kind.DUPLICATE


@each_labeller
@given(some=st.lists(pages, min_size=2, max_size=5))
@settings(max_examples=40, deadline=None)
def test_pages_are_judged_by_themselves(labeller: Labeller, some: list[Page]) -> None:
    """A page gets the same labels alone and among others, in any order."""
    together = labeller.label(some)
    assert together == [labeller.label([page])[0] for page in some]
    assert together == labeller.label(some[::-1])[::-1]


@given(st.lists(st.floats(-5, 5).map(lambda value: round(value, 2)), max_size=30))
def test_best_block_is_the_maximum_sum_segment(gains: list[float]) -> None:
    """No contiguous run has a greater sum than the best block, which is empty only if no run is positive."""
    start, end = best_block(np.array(gains, dtype=np.float64))
    sums = [sum(gains[low:high]) for low in range(len(gains)) for high in range(low + 1, len(gains) + 1)]
    assert sum(gains[start:end]) >= max([0.0, *sums]) - 1e-9


def test_lines_of_one_paragraph_share_one_label() -> None:
    """Hard-wrapped lines are judged as the paragraph that they are."""
    wrapped = [
        ("The council decided on Tuesday to repair the old bridge, although", True, 1, ""),
        ("the costs have doubled since the first estimate and the work", False, 1, ""),
        ("will take two years.", False, 1, ""),
        ("Residents had asked for the repair for years, and many of them came to the meeting.", True, 2, ""),
    ]
    labels = LABELLER.label([page_of(wrapped, html=False)])[0]
    assert labels[0] == labels[1] == labels[2]
    assert labels[0].kind is Kind.PARAGRAPH


def test_a_page_without_visible_text_is_navigation() -> None:
    """A line whose normalised text is empty gets score 0, and a page without lines gets no labels."""
    labels = LABELLER.label([page_of([("", False, 1, "")], html=False), page_of([], html=False)])
    assert [[(label.kind, label.score) for label in own] for own in labels] == [[(Kind.NAVIGATION, 0.0)], []]


@each_labeller
def test_the_seam_names_itself(labeller: Labeller) -> None:
    """What ``load_labeller`` gives is a ``Labeller`` of the name asked for, whose version holds the model's."""
    assert isinstance(labeller, Labeller)
    assert load_labeller(LabelSettings.model_validate({"labeller": labeller.name})).name == labeller.name
    assert load_model().version in labeller.version


def test_the_network_is_the_default() -> None:
    """Without a word in the settings the network labels."""
    assert LABELLER.name == "network"


@each_labeller
def test_a_huge_page_is_judged_in_slices(labeller: Labeller) -> None:
    """A page with more lines than are measured at once gets a label for each of them."""
    lines = [("Ten words are enough to make a line of chrome", False, number, "") for number in range(60_000)]
    assert len(labeller.label([page_of(lines, html=False)])[0]) == 60_000
