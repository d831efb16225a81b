"""A level of an index as near-duplicate detection sees it: its texts numbered by preference, and their matches."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.candidates import pack, packed, unpack
from pipeline.dedup.index.differences import remembered
from pipeline.dedup.shingles import Shingled
from pipeline.dedup.verify import Near, joined
from pipeline.shelf import MEMORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.facts.differences import Differences
    from pipeline.dedup.index.level import Level
    from pipeline.shelf import Shelf


@dataclass(frozen=True, slots=True)
class OnDisk(Shingled):
    """Texts whose sets are read when they are asked for, one by one."""

    level: Level = field(kw_only=True)
    ids: NDArray[np.int64] = field(kw_only=True)
    """The number of each text in the index."""

    def set_of(self, text: int) -> NDArray[np.uint64]:
        """As ``Shingled.set_of``."""
        return self.level.texts.shingled(self.ids[text : text + 1]).keys


class Ordered:
    """The texts of a level, numbered in the order in which items come first."""

    def __init__(
        self,
        level: Level,
        before: Level | None,
        articles: NDArray[np.uint64],
        orders: NDArray[np.uint32],
        shelf: Shelf = MEMORY,
    ) -> None:
        """Number the texts.

        :param before: the level of the run before, whose comparisons need not be made again
        :param articles: article of each item, the preferred item first; :param orders: its place in the article
        :param shelf: takes the number of each item
        :raises ValueError: these are not the items of the index
        """
        # Items of one article come in its order, so that the article alone sorts them.
        by_place = np.argsort(articles, kind="stable")
        known_articles, known_orders, texts = level.places
        if not (np.array_equal(articles[by_place], known_articles) and np.array_equal(orders[by_place], known_orders)):
            raise ValueError("the index holds other articles or paragraphs than those given, or in another order")
        nobody = level.texts.count
        ids = np.empty(len(articles), dtype=np.int64)
        ids[by_place] = np.minimum(texts, nobody)  # ``NONE`` is above all numbers
        # The first of several assignments to one place must be the last that is made.
        first = np.full(nobody + 1, -1, dtype=np.int32)
        first[ids[::-1]] = np.arange(len(ids) - 1, -1, -1, dtype=np.int32)
        is_first = np.zeros(len(ids), dtype=bool)
        is_first[first[:nobody][first[:nobody] >= 0]] = True
        in_order = ids[is_first]
        rank = np.full(nobody + 1, -1, dtype=np.int64)
        rank[in_order] = np.arange(len(in_order))
        number = shelf.put(rank[ids])
        self._level = level
        self._memory = before.others if before else joined([])
        self._before = before.folder if before else None
        self._ids = in_order
        self._rank = rank
        self.shingled = OnDisk(
            number=number,
            words=level.texts.words(self._ids),
            keys=np.zeros(0, dtype=np.uint64),
            offsets=np.zeros(len(self._ids) + 1, dtype=np.int64),
            level=level,
            ids=self._ids,
        )

    def near(self, proposed: NDArray[np.uint64], jaccard: float, containment: float) -> Near:
        """Candidate pairs, and the proposed ones, that reach one of two similarities.

        :param proposed: packed pairs of numbers, sorted
        """
        rank = self._rank
        left, right = unpack(proposed)
        found = self._level.candidates(rank, pack(self._ids[left], self._ids[right]), self._memory)
        found = found.take((found.jaccard >= jaccard) | (found.containment >= containment))
        pairs = packed(*(rank[side] for side in found.sides))
        order = np.argsort(pairs)
        return Near(self.shingled, replace(found.take(order), pairs=pairs[order]))

    def differences(self, texts: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]) -> Differences:
        """``differences.differences`` of pairs of texts; those that the run before asked for are remembered."""
        return remembered(texts, left, right, self._before, self._level.folder)
