"""Rows of pairs, made a piece at a time: those of all pairs at once, in the order of their key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.corpus.schema import DUPLICATES, PARAGRAPHS
from pipeline.dedup.columns import PairColumns
from pipeline.run.duplicates import Duplicates
from pipeline.run.rows import in_order, paragraph_id
from pipeline.run.standing import Standing, stand
from pipeline.shelf import Shelf

if TYPE_CHECKING:
    from pipeline.dedup.records import Relation

ORDERS = st.sampled_from([0, 1, 7, 10, 999, 1_000, 1_001, 9_999, 10_000, 10_001, 99_999, 100_000, 2_000_000_000])
"""Written, some of them sort otherwise than by size."""


@st.composite
def placed(draw: st.DrawFn) -> list[tuple[str, int]]:
    """Article and order of some paragraphs, sorted as they stand."""
    articles = [f"{number:016x}" for number in draw(st.sets(st.integers(0, 20), min_size=2, max_size=4))]
    more = draw(st.sets(st.tuples(st.sampled_from(articles), ORDERS), max_size=12))
    return sorted({(name, 0) for name in articles} | more)


def standing_at(places: list[tuple[str, int]]) -> Standing:
    """Paragraphs that stand there, and their articles."""
    row = {"site": None, "url": None, "published": None, "words": 1}
    articles = {name: row | {"id": name, "source": name} for name in sorted({name for name, _ in places})}
    schema = pa.schema([PARAGRAPHS.schema.field(name) for name in ("article_id", "order", "text")])
    rows = pa.Table.from_pylist([{"article_id": name, "order": at, "text": "text"} for name, at in places], schema)
    return stand(articles, articles, rows, [], Shelf())


def pairs_of(ids: list[str], data: st.DataObject) -> tuple[PairColumns, list[dict[str, Any]]]:
    """Some pairs of what has these ids, in any order, and what is told of them."""
    sides = st.tuples(st.integers(0, len(ids) - 1), st.integers(0, len(ids) - 1)).filter(lambda two: two[0] != two[1])
    chosen = data.draw(st.lists(sides, unique_by=frozenset, max_size=10))
    ahead = [sorted(two, key=ids.__getitem__) for two in chosen]
    relations: list[Relation] = [("syndication", "quote", "form")[number % 3] for number in range(len(ahead))]
    differs = [("1 | 2",) * (number % 2) for number in range(len(ahead))]
    left, right = (np.array([two[side] for two in ahead], dtype=np.int64) for side in (0, 1))
    number = np.arange(len(ahead))
    columns = PairColumns(left, right, number / 8, number / 16, number / 4, relations, differs)
    told = [
        {
            "left_id": ids[two[0]],
            "right_id": ids[two[1]],
            "estimated": at / 8,
            "jaccard": at / 16,
            "containment": at / 4,
            "relation": relations[at],
            "differs": list(differs[at]),
        }
        for at, two in enumerate(ahead)
    ]
    return columns, told


@given(places=placed(), at_once=st.integers(1, 12), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_come_in_the_order_of_their_key(
    monkeypatch: pytest.MonkeyPatch, places: list[tuple[str, int]], at_once: int, data: st.DataObject
) -> None:
    """Whatever the size of pieces, and for articles of more than ten thousand paragraphs too; each pair counts once."""
    standing = standing_at(places)
    articles, parts = list(standing.articles.ids), [paragraph_id(*place) for place in places]
    of_articles, told = pairs_of(articles, data)
    of_parts, more = pairs_of(parts, data)
    rows = [
        {"level": level, "left_article": row["left_id"][:16], "right_article": row["right_id"][:16], "run": "r", **row}
        for level, some in (("article", told), ("paragraph", more))
        for row in some
    ]
    duplicates = Duplicates(standing, of_articles, of_parts, "r", Shelf())
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.run.duplicates._PIECE_ROWS", at_once)
        pieces = list(duplicates.pieces())
    assert all(0 < piece.num_rows <= at_once for piece in pieces)
    found = pa.concat_tables([DUPLICATES.schema.empty_table(), *pieces])
    assert found.equals(in_order(pa.Table.from_pylist(rows, DUPLICATES.schema), DUPLICATES.key))
    counted = [f"{row['level']}:{row['relation']}" for row in rows]
    assert duplicates.counts() == {name: counted.count(name) for name in sorted(set(counted))}
