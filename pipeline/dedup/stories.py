"""Whether two articles are one story: by their words as wholes, and by the paragraphs they share.

Two measures see different edits. Shingles of the whole see a story with a new lead, cut short or run on. Shared
paragraphs, weighted by their words and counted in both directions, also see a story that was reworded throughout:
paragraph by paragraph it is the other, though in few places are two words together as they were.

Paragraphs that crowds of articles hold (a famous quotation, "About the company", a donation appeal that was not
removed) say nothing about a story and are left out of both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.dedup.shingles import Shingled
    from pipeline.dedup.verify import Match
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
        article_of: Sequence[int],
        near: Iterable[tuple[int, int]],
        dedup: DedupSettings,
    ) -> None:
        """
        :param article_of: for each paragraph the place of its article among those that ``articles`` was made of
        :param near: pairs of distinct paragraph texts of which one stands, as it is or nearly, in the other
        """
        self._articles = articles
        self._paragraphs = paragraphs
        self._dedup = dedup
        self._near: defaultdict[int, set[int]] = defaultdict(set)
        for left, right in near:
            self._near[left].add(right)
            self._near[right].add(left)
        # Copies of an article are one text, so that a story reprinted a thousand times is no formula.
        self._parts: list[dict[int, None]] = [{} for _ in range(len(articles))]
        speaker = dict(zip(articles.number[articles.first].tolist(), articles.first, strict=True))
        texts = articles.number.tolist()
        for text, place in zip(paragraphs.number.tolist(), article_of, strict=True):
            article = texts[place]
            if text >= 0 and article >= 0 and speaker[article] == place:
                self._parts[article][text] = None
        self._spread = Counter(text for parts in self._parts for text in parts)

    def alike(self, match: Match) -> bool:
        """Whether two articles are one story."""
        dedup = self._dedup
        formulas = self._formulas(match)
        jaccard, containment = match.jaccard, match.containment
        sizes = [int(self._articles.words[match.left]), int(self._articles.words[match.right])]
        if formulas:
            jaccard, containment = self._without(match, formulas)
            sizes = [size - sum(int(self._paragraphs.words[text]) for text in formulas) for size in sizes]
            if min(sizes) < dedup.exact_below_words:
                # Nothing but the formula: its own text decides.
                jaccard, containment = match.jaccard, match.containment
        shorter, longer = min(sizes), max(sizes)
        if jaccard >= dedup.article_threshold:
            return True
        if shorter < dedup.containment_words or shorter < dedup.containment_size * longer:
            return False
        if containment >= dedup.article_containment:
            return True
        if jaccard < dedup.paragraph_threshold:
            return False
        mine, theirs = self._parts[match.left], self._parts[match.right]
        return self._finds(mine, theirs, formulas) and self._finds(theirs, mine, formulas)

    def _formulas(self, match: Match) -> set[int]:
        shared = self._parts[match.left].keys() & self._parts[match.right].keys()
        found = {text for text in shared if self._spread[text] > FORMULA_ARTICLES}
        return found if len(found) <= FORMULA_PARAGRAPHS else set()

    def _without(self, match: Match, formulas: set[int]) -> tuple[float, float]:
        """Jaccard similarity and containment of what is left of two articles."""
        left, right = (
            set(self._articles.set_of(text).tolist()).difference(
                *(self._paragraphs.set_of(formula).tolist() for formula in formulas)
            )
            for text in (match.left, match.right)
        )
        common = len(left & right)
        return common / max(len(left | right), 1), common / max(min(len(left), len(right)), 1)

    def _finds(self, mine: Iterable[int], theirs: dict[int, None], formulas: set[int]) -> bool:
        """Whether an article finds enough of its words in paragraphs that the other has, too, or nearly."""
        own = [text for text in mine if text not in formulas]
        shared = [text for text in own if text in theirs or not self._near[text].isdisjoint(theirs)]
        words = self._paragraphs.words
        return len(shared) >= SHARED_PARAGRAPHS and int(words[shared].sum()) >= self._dedup.article_containment * int(
            words[own].sum()
        )
