"""Paragraphs beside kept ones are recovered: over what certain rules remove, not over what opens another section."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.label.features import PROSE_WIDTH
from pipeline.label.kinds import SECTION_OPENERS
from pipeline.label.labeller import recover
from pipeline.label.rules import RULES, Rule
from pipeline.label.sheet import Prints, Sheet
from pipeline.records import Metadata

CERTAIN = next(rule for rule in RULES if rule.certain and rule.name not in SECTION_OPENERS)
OPENER = next(rule for rule in RULES if rule.certain and rule.name in SECTION_OPENERS)
DOUBTFUL = next(rule for rule in RULES if not rule.certain)

Row = tuple[bool, float, bool, bool, Rule | None]
rows = st.tuples(
    st.booleans(),
    st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, None, None, CERTAIN, CERTAIN, OPENER, DOUBTFUL]),
)


def sheet_of(page: list[Row]) -> Sheet:
    """Lines by whether they are kept, their score, whether they end with a stop and are wide, and their rule."""
    widths = np.array([PROSE_WIDTH * (1 + wide) - 1 for _, _, _, wide, _ in page], dtype=np.float64)
    texts = tuple(f"line {number}" for number in range(len(page)))
    return Sheet(
        texts=texts,
        tags=("",) * len(page),
        fits=tuple(fit for *_, fit in page),
        widths=widths,
        stops=np.array([stop for _, _, stop, _, _ in page], dtype=np.bool_),
        items=np.zeros(len(page), dtype=np.bool_),
        repeats=np.ones(len(page), dtype=np.int64),
        scores=np.array([score for _, score, _, _, _ in page], dtype=np.float64),
        keeps=np.array([keep for keep, *_ in page], dtype=np.bool_),
        bare=False,
        declared=Metadata(),
        prints=Prints(texts, widths),
    )


def read_through(sheet: Sheet) -> list[bool]:
    """What is kept by reading the page down and up, and remembering whether a kept paragraph stands just before."""
    paragraph = [stop and width >= PROSE_WIDTH for stop, width in zip(sheet.stop, sheet.width, strict=True)]
    scores = sheet.scores.tolist()
    least = 0.2 * max(scores, default=0.0)
    keep = list(sheet.keep)
    for order in (range(len(sheet)), reversed(range(len(sheet)))):
        beside = False
        for index in order:
            fit = sheet.fits[index]
            if sheet.keep[index]:
                beside = paragraph[index]
            elif fit is not None and fit.certain:
                beside = beside and fit.name not in SECTION_OPENERS
            else:
                may_be = fit is None and paragraph[index] and scores[index] >= least
                keep[index] = keep[index] or (beside and may_be)
                beside = False
    return keep


@given(st.lists(rows, max_size=14))
@settings(max_examples=400, deadline=None)
def test_paragraphs_beside_kept_ones_are_recovered(page: list[Row]) -> None:
    """Exactly those that reading the page in both directions finds; nothing that was kept is lost."""
    sheet = sheet_of(page)
    assert recover(sheet).keep == read_through(sheet)


def test_an_advertisement_may_stand_between_and_a_heading_of_another_section_may_not() -> None:
    """The last paragraph is recovered below an advertisement, not below ``Most read``."""
    for between, is_recovered in ((CERTAIN, True), (OPENER, False)):
        page: list[Row] = [(True, 1.0, True, True, None), (False, 0.0, False, False, between)]
        page.append((False, 0.5, True, True, None))
        assert recover(sheet_of(page)).keep == [True, False, is_recovered]
