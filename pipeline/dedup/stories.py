"""Whether two articles are one story: by their words as wholes, and by the paragraphs they share.

Two measures see different edits. Shingles of the whole see a story with a new lead, cut short or run on. Shared
paragraphs, weighted by their words and counted in both directions, also see a story that was reworded throughout:
paragraph by paragraph it is the other, though in few places are two words together as they were.

Paragraphs that crowds of articles hold (a famous quotation, "About the company", a donation appeal that was not
removed) say nothing about a story and are left out of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.dedup.candidates import unpack, without_repeats
from pipeline.dedup.verify import Beside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.dedup.shingles import Shingled
    from pipeline.dedup.verify import Similarities
    from pipeline.settings import DedupSettings

FORMULA_ARTICLES = 4
"""A paragraph in more articles that are no copies of each other may be a formula. It need not be: then what is left of
the articles agrees as well, or they share more such paragraphs. A wrong merge hides an article, a miss keeps one."""

FORMULA_PARAGRAPHS = 3
"""Formulas are a paragraph or a few. Articles that share more of what many have share a story that many print."""


SHARED_PARAGRAPHS = 3
"""Fewer paragraphs in common make no story: one alone passes at a similarity at which articles do not."""


class Stories:
    """The articles' distinct texts and their paragraphs."""

    def __init__(
        self,
        articles: Shingled,
        paragraphs: Shingled,
        article_of: NDArray[np.int64],
        near: NDArray[np.uint64],
        dedup: DedupSettings,
    ) -> None:
        """
        :param article_of: for each paragraph the place of its article among those that ``articles`` was made of
        :param near: packed pairs of distinct paragraph texts of which one stands, as it is or nearly, in the other
        """
        self._articles = articles
        self._paragraphs = paragraphs
        self._dedup = dedup
        self._near = Beside(near)
        # Copies of an article are one text, so that a story reprinted a thousand times is no formula.
        speaks = np.zeros(len(articles.number), dtype=bool)
        speaks[articles.first_place] = True
        spoken = (paragraphs.number >= 0) & speaks[article_of]
        article = articles.number[article_of[spoken]].astype(np.uint64)
        parts = np.sort(article << np.uint64(32) | paragraphs.number[spoken].astype(np.uint64))
        owner, self._part = unpack(without_repeats(parts))
        self._bounds = np.searchsorted(owner, np.arange(len(articles) + 1))
        self._is_formula = np.bincount(self._part, minlength=len(paragraphs)) > FORMULA_ARTICLES
        self._has_formula = np.zeros(len(articles), dtype=bool)
        self._has_formula[owner[self._is_formula[self._part]]] = True

    def alike(self, matches: Similarities) -> NDArray[np.bool_]:
        """Whether two articles are one story, for each match."""
        dedup = self._dedup
        left, right = matches.sides
        sizes = self._articles.words[left], self._articles.words[right]
        shorter, longer = np.minimum(*sizes), np.maximum(*sizes)
        by_words = self._by_words(matches.jaccard, matches.containment, shorter, longer)
        by_parts = ~by_words & (matches.jaccard >= dedup.paragraph_threshold) & self._comparable(shorter, longer)
        plain = ~(self._has_formula[left] & self._has_formula[right])
        alike: NDArray[np.bool_] = by_words & plain
        by_parts &= plain
        ties = zip(left[by_parts].tolist(), right[by_parts].tolist(), strict=True)
        alike[by_parts] = [self._shares(self._parts(one), self._parts(other), set()) for one, other in ties]
        columns = (left, right, matches.jaccard, matches.containment)
        rows = zip(*(column[~plain].tolist() for column in columns), strict=True)
        alike[~plain] = [self._alike(*row) for row in rows]
        return alike

    def _by_words(self, jaccard: Any, containment: Any, shorter: Any, longer: Any) -> Any:
        """Whether similarities of articles of so many words do; for columns as for single values."""
        dedup = self._dedup
        return (jaccard >= dedup.article_threshold) | (
            self._comparable(shorter, longer) & (containment >= dedup.article_containment)
        )

    def _comparable(self, shorter: Any, longer: Any) -> Any:
        """Whether the shorter of two articles of so many words could be a version of the longer."""
        dedup = self._dedup
        return (shorter >= dedup.containment_words) & (shorter >= dedup.containment_size * longer)

    def _alike(self, left: int, right: int, jaccard: float, containment: float) -> bool:
        dedup = self._dedup
        mine, theirs = self._parts(left), self._parts(right)
        formulas = self._formulas(mine & theirs)
        whole = jaccard, containment
        sizes = [int(self._articles.words[text]) for text in (left, right)]
        if formulas:
            jaccard, containment = self._without(left, right, formulas)
            sizes = [size - sum(int(self._paragraphs.words[text]) for text in formulas) for size in sizes]
            if min(sizes) < dedup.exact_below_words:
                # Nothing but the formula: its own text decides.
                jaccard, containment = whole
        shorter, longer = min(sizes), max(sizes)
        if self._by_words(jaccard, containment, shorter, longer):
            return True
        if jaccard < dedup.paragraph_threshold or not self._comparable(shorter, longer):
            return False
        return self._shares(mine, theirs, formulas)

    def _parts(self, article: int) -> set[int]:
        return set(self._part[self._bounds[article] : self._bounds[article + 1]].tolist())

    def _formulas(self, shared: set[int]) -> set[int]:
        found = {text for text in shared if self._is_formula[text]}
        return found if len(found) <= FORMULA_PARAGRAPHS else set()

    def _without(self, one: int, other: int, formulas: set[int]) -> tuple[float, float]:
        """Jaccard similarity and containment of what is left of two articles."""
        left, right = (
            set(self._articles.set_of(text).tolist()).difference(
                *(self._paragraphs.set_of(formula).tolist() for formula in formulas)
            )
            for text in (one, other)
        )
        common = len(left & right)
        return common / max(len(left | right), 1), common / max(min(len(left), len(right)), 1)

    def _shares(self, mine: set[int], theirs: set[int], formulas: set[int]) -> bool:
        """Whether each of two articles finds enough of itself in the other."""
        return self._finds(mine, theirs, formulas) and self._finds(theirs, mine, formulas)

    def _finds(self, mine: set[int], theirs: set[int], formulas: set[int]) -> bool:
        """Whether an article finds enough of its words in paragraphs that the other has, too, or nearly."""
        own = [text for text in mine if text not in formulas]
        words = self._paragraphs.words[own].tolist()
        shared, found = len(own), sum(words)
        enough = self._dedup.article_containment * found
        if shared < SHARED_PARAGRAPHS:
            return False
        for text, size in zip(own, words, strict=True):
            if text not in theirs and theirs.isdisjoint(self._near.others(text)):
                shared, found = shared - 1, found - size
                # Of a crowd's articles most have little in common: that is seen at their first paragraphs.
                if shared < SHARED_PARAGRAPHS or found < enough:
                    return False
        return True
