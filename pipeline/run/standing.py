"""All articles and paragraphs that stand after a run, as the columns that near-duplicate detection compares.

Texts stay in Arrow's buffers; of the paragraphs of earlier runs they are read because facts are compared as written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup.columns import ArticleColumns, ParagraphColumns
from pipeline.run.near import article_text
from pipeline.run.rows import paragraph_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.shelf import Shelf

    Ints = NDArray[np.int64]

Row = dict[str, Any]

NOWHERE = -1
"""Place of a paragraph that there is not."""

GONE = -2
"""Place of a paragraph that there was."""

_PLACED = ("article_id", "order", "text")
_REPEATING = ("repeats", "similarity", "in_text")

_ORDER_BITS = 32

COMPARED = (*_PLACED, *_REPEATING)
"""The fields of a stored paragraph that comparing looks at or decides."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """What each paragraph repeats, as columns."""

    source: Ints
    """Place of the paragraph that it repeats; ``NOWHERE`` for most; ``GONE`` where that does not stand any more."""
    similarity: NDArray[np.float64]
    """NaN where it repeats nothing."""
    in_text: NDArray[np.bool_]

    def on(self, shelf: Shelf) -> Repeats:
        """The same columns, put there."""
        return Repeats(shelf.put(self.source), shelf.put(self.similarity), shelf.put(self.in_text))

    def differ(self, other: Repeats) -> NDArray[np.bool_]:
        """Of which paragraphs these are not what the others are."""
        repeating = self.source != NOWHERE
        values = (self.similarity != other.similarity) | (self.in_text != other.in_text)
        different: NDArray[np.bool_] = (self.source != other.source) | (repeating & values)
        return different


@dataclass(frozen=True, slots=True)
class Standing:
    """Articles by id, and their paragraphs by article and order."""

    articles: ArticleColumns
    paragraphs: ParagraphColumns
    then: Repeats
    """As earlier runs left it; of paragraphs made in this run nothing is known."""
    known: Ints
    """Article and order of each paragraph in one number, ascending (``_packed``)."""

    def places(self, rows: pa.Table) -> Ints:
        """Where paragraphs stand, given their ``article_id`` and ``order``; ``NOWHERE`` where they do not."""
        articles = _index(rows["article_id"], pa.array(self.articles.ids, pa.string()))
        return _places(self.known, articles, rows["order"].to_numpy().astype(np.int64))

    def named(self, places: Ints) -> list[str | None]:
        """Ids of the paragraphs at some places, nothing where there is none."""
        there = np.flatnonzero(places >= 0)
        found: list[str | None] = [None] * len(places)
        for at, identity in zip(there.tolist(), self.paragraphs.ids.take(places[there]), strict=True):
            found[at] = identity
        return found


def stand(
    articles: Mapping[str, Row],
    made: Collection[str],
    rows: pa.Table,
    earlier: Iterable[pa.RecordBatch],
    shelf: Shelf,
) -> Standing:
    """What stands.

    :param articles: rows by id, sorted, with the fields of ``ArticleColumns``
    :param made: articles that were made in this run; :param rows: their rows of ``paragraphs``
    :param earlier: ``COMPARED`` of the stored rows, in any order, those of other articles and of these among them
    :param shelf: takes what there is of each paragraph
    """
    ids = list(articles)
    names = pa.array(ids, pa.string())
    is_made = np.array([*(identity in made for identity in ids), True])  # the last for articles that do not stand
    pieces, owners = [rows.select(_PLACED)], [_index(rows["article_id"], names)]
    stored = []
    for batch in earlier:
        owner = _index(batch["article_id"], names)
        wanted = ~is_made[owner]
        own = batch if wanted.all() else batch.filter(pa.array(wanted))
        pieces.append(pa.Table.from_batches([own.select(_PLACED)]))
        stored.append(own.select(_REPEATING))
        owners.append(owner[wanted])
    whole = pa.concat_tables(pieces)
    packed = _packed(np.concatenate(owners), whole["order"].to_numpy().astype(np.int64))
    del owners
    sort = shelf.put(np.argsort(packed, kind="stable"))
    known = shelf.put(packed[sort])
    del packed
    owner, orders = shelf.put(known >> _ORDER_BITS), shelf.put(known & ((1 << _ORDER_BITS) - 1))
    texts = _Column(whole["text"], sort)
    paragraphs = ParagraphColumns(_Ids(ids, owner, orders), owner, orders, texts)
    then = _then(rows.num_rows, stored, sort, known, names).on(shelf)
    bounds = np.searchsorted(owner, np.arange(len(ids) + 1))
    columns = {name: [row[name] for row in articles.values()] for name in ("source", "site", "url", "published")}
    words = np.fromiter((row["words"] for row in articles.values()), np.int64, len(ids))
    joined = _Joined(texts, bounds)
    # The row counts what is in the text; an article is what it is by all of its paragraphs.
    cut = np.unique(owner[~then.in_text])
    words[cut] = [len(text.split()) for text in joined.take(cut)]
    return Standing(
        ArticleColumns(ids, columns["source"], columns["site"], columns["url"], columns["published"], words, joined),
        paragraphs,
        then,
        known,
    )


class _Column:
    """A column of strings in another order; few are asked for."""

    def __init__(self, column: pa.ChunkedArray, order: Ints) -> None:
        self._chunks = column.chunks
        self._order = order
        self._ends = np.cumsum([len(chunk) for chunk in self._chunks])

    def take(self, places: Ints) -> list[str]:
        """See ``dedup.columns.Strings``."""
        rows = self._order[places]
        of_chunk = np.searchsorted(self._ends, rows, "right")
        found: list[str] = [""] * len(rows)
        for number in np.unique(of_chunk).tolist():
            chunk = self._chunks[number]
            here = np.flatnonzero(of_chunk == number)
            within = rows[here] - (self._ends[number] - len(chunk))
            for at, text in zip(here.tolist(), chunk.take(pa.array(within)).to_pylist(), strict=True):
                found[at] = text
        return found


@dataclass(frozen=True, slots=True)
class _Ids:
    """Ids of paragraphs, which follow from where they stand."""

    articles: Sequence[str]
    owner: Ints
    orders: Ints

    def take(self, places: Ints) -> list[str]:
        """See ``dedup.columns.Strings``."""
        rows = zip(self.owner[places].tolist(), self.orders[places].tolist(), strict=True)
        return [paragraph_id(self.articles[article], order) for article, order in rows]


@dataclass(frozen=True, slots=True)
class _Joined:
    """Texts of articles, by those of their paragraphs."""

    paragraphs: _Column
    bounds: Ints

    def take(self, places: Ints) -> list[str]:
        """See ``dedup.columns.Strings``."""
        own = [np.arange(self.bounds[place], self.bounds[place + 1]) for place in places.tolist()]
        texts = iter(self.paragraphs.take(np.concatenate(own))) if own else iter(())
        return [article_text([next(texts) for _ in part]) for part in own]


def _then(made: int, stored: Sequence[pa.RecordBatch], sort: Ints, known: Ints, names: pa.Array) -> Repeats:
    """What the stored rows say, in the order of the paragraphs; ``made`` rows, of which there are none, come first."""
    source = np.full(len(sort), NOWHERE, dtype=np.int64)
    similarity = np.full(len(sort), np.nan)
    in_text = np.ones(len(sort), dtype=bool)
    if not stored:
        return Repeats(source, similarity, in_text)
    place = np.empty(len(sort), dtype=np.int64)
    place[sort] = np.arange(len(sort))
    begin = made
    for batch in stored:
        own = place[begin : begin + batch.num_rows]
        begin += batch.num_rows
        in_text[own] = batch["in_text"].to_numpy(zero_copy_only=False)
        repeating = np.flatnonzero(batch["repeats"].is_valid().to_numpy(zero_copy_only=False))
        named = pc.split_pattern(batch["repeats"].take(pa.array(repeating)), "-", max_splits=1, reverse=True)
        articles = _index(pc.list_element(named, 0), names)
        orders = pc.list_element(named, 1).cast(pa.int64()).to_numpy(zero_copy_only=False)
        at = _places(known, articles, orders)
        source[own[repeating]] = np.where(at == NOWHERE, GONE, at)
        similarity[own[repeating]] = batch["similarity"].take(pa.array(repeating)).to_numpy(zero_copy_only=False)
    return Repeats(source, similarity, in_text)


def _places(known: Ints, articles: Ints, orders: Ints) -> Ints:
    """Where paragraphs stand, given the places of their articles (-1: nowhere) and their orders."""
    if not len(known):
        return np.full(len(articles), NOWHERE, dtype=np.int64)
    wanted = _packed(articles, orders)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, at, NOWHERE)


def _index(values: Any, names: pa.Array) -> Ints:
    """Where each value stands among some names, -1 where it does not."""
    at = pc.fill_null(pc.index_in(values, names), -1)
    found: Ints = at.to_numpy(zero_copy_only=False) if isinstance(at, pa.Array) else at.to_numpy()
    return found.astype(np.int64)


def _packed(articles: Ints, orders: Ints) -> Ints:
    """One number for the place in the corpus; sorts by article, then by order."""
    return (articles << _ORDER_BITS) | orders
