"""What is compared, as columns: a corpus of millions of paragraphs is never an object for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.records import ArticleItem, ParagraphItem, Relation

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

    def take(self, places: Ints) -> ParagraphColumns:
        """Some of them, in another order; their articles stay where they are."""
        return ParagraphColumns(
            _Taken(self.ids, places), self.articles[places], self.orders[places], _Taken(self.texts, places)
        )


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

    def moved(self, places: Ints) -> PairColumns:
        """The same pairs, where what stood at ``i`` stands at ``places[i]``."""
        return replace(self, left=places[self.left], right=places[self.right])


def together(parts: Sequence[PairColumns]) -> PairColumns:
    """Pairs of several, one after the other."""

    def column(name: str, dtype: type) -> NDArray[Any]:
        return np.concatenate([np.zeros(0, dtype), *(getattr(part, name) for part in parts)])

    return PairColumns(
        column("left", np.int64),
        column("right", np.int64),
        column("estimated", np.float64),
        column("jaccard", np.float64),
        column("containment", np.float64),
        [relation for part in parts for relation in part.relation],
        [differs for part in parts for differs in part.differs],
    )


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
