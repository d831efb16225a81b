"""What is compared, as columns: a corpus of millions of paragraphs is never an object for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol, get_args

import numpy as np

from pipeline.dedup.records import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from pipeline.dedup.records import ArticleItem, ParagraphItem
    from pipeline.shelf import Shelf

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Strings(Protocol):
    """Many strings, of which few are asked for."""

    def take(self, places: Ints) -> list[str]:
        """Those at some places."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """Strings in a list."""

    strings: Sequence[str]

    def take(self, places: Ints) -> list[str]:
        """See ``Strings``."""
        return [self.strings[place] for place in places.tolist()]


@dataclass(frozen=True, slots=True)
class _Taken:
    """Some of many strings, in another order."""

    strings: Strings
    chosen: Ints

    def take(self, places: Ints) -> list[str]:
        return self.strings.take(self.chosen[places])


@dataclass(frozen=True, slots=True)
class ArticleColumns:
    """Articles, as columns of equal length; fields as in ``records.ArticleItem``."""

    ids: Sequence[str]
    """Unique."""
    sources: Sequence[str]
    sites: Sequence[str | None]
    urls: Sequence[str | None]
    published: Sequence[str | None]
    words: Ints
    texts: Strings

    def __len__(self) -> int:
        """How many articles."""
        return len(self.ids)

    def take(self, places: Ints) -> ArticleColumns:
        """Some of them, in another order."""
        own = places.tolist()
        return ArticleColumns(
            [self.ids[place] for place in own],
            [self.sources[place] for place in own],
            [self.sites[place] for place in own],
            [self.urls[place] for place in own],
            [self.published[place] for place in own],
            self.words[places],
            _Taken(self.texts, places),
        )


@dataclass(frozen=True, slots=True)
class ParagraphColumns:
    """Paragraphs, as columns of equal length."""

    ids: Strings
    """Unique."""
    articles: Ints
    """The place of each one's article among the articles."""
    orders: Ints
    """Its position in the article. Those of an article that have the same one stay in the order given."""
    texts: Strings

    def __len__(self) -> int:
        """How many paragraphs."""
        return len(self.articles)

    def take(self, places: Ints, moved: Ints, shelf: Shelf) -> ParagraphColumns:
        """Some of them, in another order.

        :param moved: for each place of an article the one that it has now
        """
        articles, orders = shelf.put(moved[self.articles[places]]), shelf.put(self.orders[places])
        return ParagraphColumns(_Taken(self.ids, places), articles, orders, _Taken(self.texts, places))


@dataclass(frozen=True, slots=True)
class PairColumns:
    """Verified near-duplicate pairs of one level, as columns of equal length; fields as in ``records.Pair``."""

    left: Ints
    """Places of the articles, or of the paragraphs, whose id is the smaller of the two;"""
    right: Ints
    """... of those whose id is the greater."""
    estimated: Floats
    jaccard: Floats
    containment: Floats
    relation: Sequence[Relation]
    differs: Sequence[tuple[str, ...]]

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.left)

    def moved(self, places: Ints, shelf: Shelf) -> PairColumns:
        """The same pairs, where what stood at ``i`` stands at ``places[i]``."""
        return replace(self, left=shelf.put(places[self.left]), right=shelf.put(places[self.right]))


_RELATIONS: Final[tuple[Relation, ...]] = get_args(Relation)


@dataclass(frozen=True, slots=True)
class _Relations(Sequence["Relation"]):
    """Relations by their numbers: a byte for each pair."""

    numbers: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, at: Any) -> Any:
        return _RELATIONS[self.numbers[at]]


@dataclass(frozen=True, slots=True)
class _Few(Sequence[tuple[str, ...]]):
    """What pairs state differently, of which most state nothing differently."""

    size: int
    told: Mapping[int, tuple[str, ...]]
    """By place, where there is something."""

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, at: Any) -> Any:
        if not 0 <= at < self.size:
            raise IndexError(at)
        return self.told.get(at, ())


def together(parts: Iterable[PairColumns], shelf: Shelf) -> PairColumns:
    """Pairs of several, one after the other, each of which is let go before the next is asked for."""
    sides = [shelf.column(np.int64) for _ in range(2)]
    measures = [shelf.column(np.float64) for _ in range(3)]
    relations = shelf.column(np.uint8)
    number = {relation: at for at, relation in enumerate(_RELATIONS)}
    told: dict[int, tuple[str, ...]] = {}
    count = 0
    for part in parts:
        values = (part.left, part.right, part.estimated, part.jaccard, part.containment)
        for column, own in zip((*sides, *measures), values, strict=True):
            column.add(own)
        relations.add([number[relation] for relation in part.relation])
        told |= {count + at: differs for at, differs in enumerate(part.differs) if differs}
        count += len(part)
    left, right = (column.done() for column in sides)
    estimated, jaccard, containment = (column.done() for column in measures)
    return PairColumns(left, right, estimated, jaccard, containment, _Relations(relations.done()), _Few(count, told))


def article_columns(articles: Sequence[ArticleItem]) -> ArticleColumns:
    """Articles one by one, as columns.

    :raises ValueError: on repeated ids
    """
    if len({article.id for article in articles}) < len(articles):
        raise ValueError("article ids must be unique")
    return ArticleColumns(
        [article.id for article in articles],
        [article.source for article in articles],
        [article.site for article in articles],
        [article.url for article in articles],
        [article.published for article in articles],
        np.fromiter((article.words for article in articles), np.int64, len(articles)),
        Listed([article.text for article in articles]),
    )


def paragraph_columns(paragraphs: Sequence[ParagraphItem], place_of: Mapping[str, int]) -> ParagraphColumns:
    """Paragraphs one by one, as columns.

    :param place_of: the place of each article, by id
    :raises ValueError: on repeated ids, and paragraphs of unknown articles
    """
    if len({paragraph.id for paragraph in paragraphs}) < len(paragraphs):
        raise ValueError("paragraph ids must be unique")
    for paragraph in paragraphs:
        if paragraph.article_id not in place_of:
            raise ValueError(f"paragraph {paragraph.id} is of article {paragraph.article_id}, which is not given")
    # Those of one order in one article follow each other by their ids.
    ordered = sorted(paragraphs, key=lambda each: (each.article_id, each.order, each.id))
    return ParagraphColumns(
        Listed([paragraph.id for paragraph in ordered]),
        np.fromiter((place_of[paragraph.article_id] for paragraph in ordered), np.int64, len(ordered)),
        np.fromiter((paragraph.order for paragraph in ordered), np.int64, len(ordered)),
        Listed([paragraph.text for paragraph in ordered]),
    )
