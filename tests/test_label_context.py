"""Kinds of removed lines by the network's opinion, the neighbours and the place."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.label.context import LIKELY, likely_kinds
from pipeline.label.network.model import KINDS
from pipeline.records import CHROME, Kind


def rows(*kinds: Kind, sure: float = 0.8) -> np.ndarray:
    """Probabilities of lines that the network takes for these kinds."""
    table = np.full((len(kinds), len(KINDS)), (1 - sure) / (len(KINDS) - 1), dtype=np.float32)
    for line, kind in enumerate(kinds):
        table[line, KINDS.index(kind)] = sure
    return table


def test_the_date_of_a_comment_is_a_part_of_the_comment() -> None:
    """Below the article a date or a name is of the kind of the lines around it."""
    found = likely_kinds(rows(Kind.COMMENTS, Kind.DATE, Kind.COMMENTS, Kind.BYLINE, Kind.COMMENTS), 0, 0, [None] * 5)
    assert set(found) == {Kind.COMMENTS}


def test_a_heading_decides_where_the_network_wavers() -> None:
    """A section that a heading has opened tips the balance between two likely kinds."""
    table = (rows(Kind.RELATED) + rows(Kind.NAVIGATION)) / 2
    assert likely_kinds(table, 0, 0, [Kind.RELATED]) == [Kind.RELATED]
    assert likely_kinds(table, 0, 0, [Kind.NAVIGATION]) == [Kind.NAVIGATION]


@pytest.mark.parametrize("kind", sorted(CHROME))
def test_what_the_network_is_sure_of_stands(kind: Kind) -> None:
    """A block of lines of one kind is of that kind, wherever it stands."""
    for opening, closing in ((0, 0), (5, 5), (0, 5)):
        assert likely_kinds(rows(*[kind] * 5, sure=0.98), opening, closing, [None] * 5) == [kind] * 5


def test_only_chrome_and_captions_come_out() -> None:
    """Whatever the network says, a removed line is chrome or a caption; a page without lines has none."""
    assert set(LIKELY) == CHROME | {Kind.CAPTION}
    assert likely_kinds(rows(*KINDS), 3, 9, [None] * len(KINDS))[0] in LIKELY
    assert likely_kinds(rows(), 0, 0, []) == []
