"""What stands after a run, as columns: whichever rows were made in it and however the stored ones come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.schema import PARAGRAPHS
from pipeline.run.rows import paragraph_id
from pipeline.run.standing import COMPARED, GONE, NOWHERE, Repeats, Standing, stand
from pipeline.shelf import Shelf

Row = dict[str, Any]

TEXTS = st.sampled_from(("", "one", "two words", "three words here", "日本語\u3000新聞", "a\u00a0b"))


@st.composite
def stored(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Rows of ``paragraphs`` by article; some repeat a paragraph, of which some are gone, and some left the text."""
    names = sorted(draw(st.sets(st.integers(0, 40), min_size=1, max_size=6)))
    articles: dict[str, list[Row]] = {f"{name:016x}": [] for name in names}
    for name, rows in articles.items():
        for order in range(draw(st.integers(0, 3))):
            source = draw(st.none() | st.sampled_from([*articles, "f" * 16]))
            rows.append(
                {
                    "id": paragraph_id(name, order),
                    "article_id": name,
                    "order": order,
                    "text": draw(TEXTS),
                    "repeats": None if source is None else paragraph_id(source, 0),
                    "similarity": None if source is None else draw(st.sampled_from((0.8, 1.0))),
                    "in_text": source is None or draw(st.booleans()),
                }
            )
    return articles


def article(name: str, rows: list[Row]) -> Row:
    """The fields of an article that are looked at; words are counted in what is in the text."""
    words = sum(len(row["text"].split()) for row in rows if row["in_text"])
    return {"id": name, "source": name, "site": None, "url": None, "published": None, "words": words}


def built(articles: dict[str, list[Row]], made: set[str], order: list[int], split: int) -> Standing:
    """Columns; among the stored rows are also those of made articles, as an earlier run left them."""
    whole = [row for rows in articles.values() for row in rows]
    gone = {"article_id": "e" * 16, "order": 0, "text": "of no article that stands"}
    shuffled = [whole[at] for at in order] + [gone | {"repeats": None, "similarity": None, "in_text": True}]
    schema = pa.schema([PARAGRAPHS.schema.field(name) for name in COMPARED])
    table = pa.Table.from_pylist(shuffled, schema=schema)
    own = [row | {"repeats": None, "similarity": None, "in_text": True} for row in whole if row["article_id"] in made]
    now = {
        name: [row for row in own if row["article_id"] == name] if name in made else articles[name] for name in articles
    }
    rows = {name: article(name, now[name]) for name in sorted(articles)}
    return stand(rows, made, pa.Table.from_pylist(own, schema=schema), table.to_batches(max_chunksize=split), Shelf())


@given(stored(), st.data())
def test_columns_do_not_depend_on_how_rows_come(articles: dict[str, list[Row]], data: st.DataObject) -> None:
    """Made now or earlier, in any order and any pieces: the same articles, paragraphs, words and texts."""
    whole = [row for rows in articles.values() for row in rows]
    made = data.draw(st.sets(st.sampled_from(sorted(articles))))
    order = data.draw(st.permutations(range(len(whole))))
    standing = built(articles, made, order, data.draw(st.integers(1, 5)))
    every = np.arange(len(standing.paragraphs))
    assert standing.paragraphs.ids.take(every) == [row["id"] for row in whole]
    assert standing.paragraphs.texts.take(every) == [row["text"] for row in whole]
    for name, words, text in zip(
        standing.articles.ids,
        standing.articles.words.tolist(),
        standing.articles.texts.take(np.arange(len(standing.articles))),
        strict=True,
    ):
        assert text == "\n\n".join(row["text"] for row in articles[name])
        assert words == len(text.split())
    keys = pa.table({"article_id": [row["article_id"] for row in whole], "order": [row["order"] for row in whole]})
    if whole:
        assert standing.places(keys).tolist() == every.tolist()


@given(stored(), st.data())
def test_what_a_paragraph_repeated_is_a_place(articles: dict[str, list[Row]], data: st.DataObject) -> None:
    """A source that stands is found, one that does not is gone, and what was made in this run repeated nothing."""
    made = data.draw(st.sets(st.sampled_from(sorted(articles))))
    whole = [row for rows in articles.values() for row in rows]
    then = built(articles, made, list(range(len(whole))), 2).then
    ids = [row["id"] for row in whole]
    for row, source, similarity, in_text in zip(
        whole, then.source.tolist(), then.similarity.tolist(), then.in_text.tolist(), strict=True
    ):
        if row["article_id"] in made or row["repeats"] is None:
            assert source == NOWHERE
            assert in_text
        else:
            assert source == (ids.index(row["repeats"]) if row["repeats"] in ids else GONE)
            assert (similarity, in_text) == (row["similarity"], row["in_text"])


def test_nothing_may_stand() -> None:
    """Every input is gone: stored rows are of no article that stands."""
    standing = built({"0" * 16: []}, set(), [], 5)
    assert (len(standing.articles), len(standing.paragraphs)) == (1, 0)
    schema = pa.schema([PARAGRAPHS.schema.field(name) for name in COMPARED])
    row = {"article_id": "0" * 16, "order": 0, "text": "gone", "repeats": None, "similarity": None, "in_text": True}
    gone = pa.Table.from_pylist([row], schema=schema)
    nothing = stand({}, set(), schema.empty_table(), gone.to_batches(), Shelf())
    assert (len(nothing.articles), len(nothing.paragraphs)) == (0, 0)
    assert nothing.places(gone).tolist() == [NOWHERE]


def test_only_what_changed_differs() -> None:
    """Another source, another similarity, or having left the text; of what repeats nothing no similarity counts."""
    nan = float("nan")

    def repeats(source: list[int], similarity: list[float], in_text: list[bool]) -> Repeats:
        return Repeats(np.array(source), np.array(similarity), np.array(in_text))

    one = repeats([NOWHERE, 0, 0, 0, GONE], [nan, 1.0, 1.0, 1.0, 1.0], [True, True, True, True, True])
    other = repeats([NOWHERE, 1, 0, 0, 0], [nan, 1.0, 0.9, 1.0, 1.0], [True, True, True, False, True])
    assert one.differ(other).tolist() == [False, True, True, True, True]
    assert not one.differ(one).any()
