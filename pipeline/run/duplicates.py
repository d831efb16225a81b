"""Rows of the table ``duplicates``, made from columns of pairs a piece at a time.

Where stories are printed often there are more pairs than paragraphs, and a row takes three times what its columns take:
most of it are ids that follow from where articles and paragraphs stand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from pipeline.corpus.schema import DUPLICATES
from pipeline.dedup.columns import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from pipeline.dedup.columns import PairColumns, Strings
    from pipeline.dedup.records import Level
    from pipeline.run.standing import Standing
    from pipeline.shelf import Shelf

    Ints = NDArray[np.int64]

_PIECE_ROWS = 16_384

_DIGITS, _MOST_DIGITS = 4, 10
"""Digits that an order has at least in the id of its paragraph (``rows.paragraph_id``), and at most."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """All pairs that stand after a run, by places in what stands."""

    standing: Standing
    articles: PairColumns
    paragraphs: PairColumns
    run: str
    shelf: Shelf

    def pieces(self) -> Iterator[pa.Table]:
        """The rows, sorted by their key."""
        articles, owners = Listed(self.standing.articles.ids), self.standing.paragraphs.articles
        every = np.arange(len(self.standing.articles))
        yield from self._rows("article", self.articles, articles, every, every)
        yield from self._rows("paragraph", self.paragraphs, self.standing.paragraphs.ids, self._ranks(), owners)

    def counts(self) -> Mapping[str, int]:
        """Pairs by ``level:relation``, sorted."""
        levels = (("article", self.articles), ("paragraph", self.paragraphs))
        return dict(sorted(Counter(f"{level}:{each}" for level, pairs in levels for each in pairs.relation).items()))

    def _ranks(self) -> Ints:
        """For each paragraph that stands, its number in the order of ids."""
        paragraphs = self.standing.paragraphs
        if paragraphs.orders.max(initial=0) < 10**_DIGITS:
            return self.shelf.put(np.arange(len(paragraphs)))
        ranks = np.empty(len(paragraphs), dtype=np.int64)
        ranks[np.lexsort((_as_written(paragraphs.orders), paragraphs.articles))] = np.arange(len(paragraphs))
        return self.shelf.put(ranks)

    def _rows(self, level: Level, pairs: PairColumns, ids: Strings, ranks: Ints, owners: Ints) -> Iterator[pa.Table]:
        """Rows of one level.

        :param ids: of what pairs name; :param ranks: their numbers in the order of ids
        :param owners: places of the articles they stand in
        """
        articles, schema = Listed(self.standing.articles.ids), DUPLICATES.schema
        keys = self.shelf.column(np.uint64)
        for begin in range(0, len(pairs), _PIECE_ROWS):
            left, right = (side[begin : begin + _PIECE_ROWS] for side in (pairs.left, pairs.right))
            keys.add(ranks[left] << 32 | ranks[right])
        order = self.shelf.put(np.argsort(keys.done()))
        for begin in range(0, len(order), _PIECE_ROWS):
            own = order[begin : begin + _PIECE_ROWS]
            left, right = pairs.left[own], pairs.right[own]
            columns = {
                "level": [level] * len(own),
                "left_id": ids.take(left),
                "right_id": ids.take(right),
                "left_article": articles.take(owners[left]),
                "right_article": articles.take(owners[right]),
                "estimated": pairs.estimated[own],
                "jaccard": pairs.jaccard[own],
                "containment": pairs.containment[own],
                "relation": [pairs.relation[at] for at in own.tolist()],
                "differs": [pairs.differs[at] for at in own.tolist()],
                "run": [self.run] * len(own),
            }
            yield pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)


def _as_written(orders: Ints) -> Ints:
    """Numbers that sort as orders do when they are written: 10000 stands between 1000 and 1001."""
    digits = _DIGITS + sum((orders >= 10**more).astype(np.int64) for more in range(_DIGITS, _MOST_DIGITS))
    written: Ints = (orders * 10 ** (_MOST_DIGITS - digits)) * (_MOST_DIGITS + 1) + digits
    return written
