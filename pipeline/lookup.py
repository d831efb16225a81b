"""What in a corpus is near a text, and how near: asked of the index, without reading the corpus's texts.

found = look_up(Corpus.open("corpus"), "a paragraph, or a whole article")
for paragraph in found.at(0.8).paragraphs: ...
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from pipeline.dedup.index.near import NearIndex
from pipeline.dedup.index.search import Hit, search
from pipeline.dedup.shingles import words
from pipeline.errors import UsageError
from pipeline.run.near import index_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.corpus.open import Corpus
    from pipeline.dedup.index.level import Level

THRESHOLD = 0.4
"""As paragraphs are near-duplicates by default."""

MAX_ARTICLES = 200
"""Articles that are compared as wholes because paragraphs of theirs are near, those with most such words first."""

MAX_PLACES = 100
"""Places of one paragraph that are listed: a house formula stands in thousands of articles."""


@dataclass(frozen=True, slots=True)
class NearParagraph:
    """A paragraph of the corpus that is near a paragraph of the text."""

    asked: int
    """The paragraph of the text, counted from 0."""
    text: str
    """As it stands where it came into the index first; other places may differ in case and punctuation."""
    places: tuple[str, ...]
    """Ids of the paragraphs of the corpus, sorted, the first ``MAX_PLACES``."""
    place_count: int
    """How many places there are."""
    estimated: float
    """Jaccard similarity as the signatures estimate it."""
    jaccard: float
    """Exact Jaccard similarity of the shingle sets; 1 for the same words."""
    containment: float
    """Share of the smaller shingle set that is in the larger."""


@dataclass(frozen=True, slots=True)
class NearArticle:
    """An article of the corpus that is near the text as a whole."""

    id: str
    source: str
    url: str | None
    title: str | None
    estimated: float
    jaccard: float
    containment: float


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is near a text; the nearest first."""

    asked: tuple[str, ...]
    """The paragraphs of the text."""
    release: int
    threshold: float
    """What is listed has at least this Jaccard similarity or containment."""
    paragraphs: tuple[NearParagraph, ...]
    articles: tuple[NearArticle, ...]
    compared: tuple[tuple[NearParagraph, ...], tuple[NearArticle, ...]]
    """All that was compared, for other thresholds."""

    def at(self, threshold: float) -> Lookup:
        """The same with another threshold; nothing is computed again."""
        paragraphs, articles = self.compared
        return replace(
            self,
            threshold=threshold,
            paragraphs=tuple(each for each in paragraphs if max(each.jaccard, each.containment) >= threshold),
            articles=tuple(each for each in articles if max(each.jaccard, each.containment) >= threshold),
        )


def look_up(corpus: Corpus, text: str, threshold: float = THRESHOLD) -> Lookup:
    """Find what is near a text.

    Paragraphs are parted by blank lines. Each is compared with the paragraphs of the corpus, and the whole with its
    articles. Candidates come as they do in a run (LSH; text under ``exact_below_words`` words: exact copies only), but
    from whole crowds; articles come also by their paragraphs.

    :param threshold: Jaccard similarity or containment from which something is near
    :raises UsageError: there is no word in the text, or no index for the corpus's release
    """
    asked = tuple(part.strip() for part in text.split("\n\n") if words(part))
    if not asked:
        raise UsageError("nothing to look up: there is no word in the text")
    index = index_of_release(corpus)
    paragraphs: list[NearParagraph] = []
    weight: dict[int, int] = {}
    for number, part in enumerate(asked):
        for hit in search(index.paragraphs, part):
            rows = _rows_of(index.paragraphs, hit.text)
            near = _near_paragraph(index.paragraphs, number, hit, rows)
            paragraphs.append(near)
            if max(near.jaccard, near.containment) >= threshold:
                for key in np.unique(index.paragraphs.places[0][rows[:MAX_ARTICLES]]).tolist():
                    weight[key] = weight.get(key, 0) + len(words(part))
    likely = sorted(weight, key=lambda key: (-weight[key], key))[:MAX_ARTICLES]
    articles = _near_articles(corpus, index, "\n\n".join(asked), likely)
    compared = (
        tuple(sorted(paragraphs, key=lambda each: (each.asked, -each.jaccard, -each.containment, each.places))),
        tuple(sorted(articles, key=lambda each: (-each.jaccard, -each.containment, each.id))),
    )
    return Lookup(asked, corpus.release.number, threshold, (), (), compared).at(threshold)


def index_of_release(corpus: Corpus) -> NearIndex:
    """The index of the release that is open.

    :raises UsageError: there is none
    """
    folder = index_folder(corpus.path)
    if folder is None:
        raise UsageError(
            f"corpus {corpus.path}: an object store keeps no index; copy the corpus to a local folder, and run "
            "`copydesk run` on it once"
        )
    index = NearIndex.of_run(folder, corpus.release.run)
    if index is None:
        raise UsageError(
            f"corpus {corpus.path}: release {corpus.release.number} has no index (it is kept for the newest release): "
            f"`copydesk run SOURCE... --corpus {corpus.path}` makes one"
        )
    return index


def _rows_of(level: Level, text: int) -> NDArray[np.int64]:
    """Where a text stands: rows of the level's places, in order of article."""
    return np.flatnonzero(level.places[2] == text)


def _near_paragraph(level: Level, asked: int, hit: Hit, rows: NDArray[np.int64]) -> NearParagraph:
    articles, orders, _ = level.places
    first = rows[:MAX_PLACES]
    places = zip(articles[first].tolist(), orders[first].tolist(), strict=True)
    return NearParagraph(
        asked=asked,
        text=level.texts.text(hit.text),
        places=tuple(f"{article:016x}-{order:04d}" for article, order in places),
        place_count=len(rows),
        estimated=hit.estimated,
        jaccard=hit.jaccard,
        containment=hit.containment,
    )


def _near_articles(corpus: Corpus, index: NearIndex, text: str, likely: Sequence[int]) -> list[NearArticle]:
    keys, _, texts = index.articles.places
    wanted = np.array(sorted(likely), dtype=np.uint64)
    also = texts[np.searchsorted(keys, wanted)].astype(np.int64)
    found = {}
    for hit in search(index.articles, text, also):
        for key in keys[_rows_of(index.articles, hit.text)[:MAX_PLACES]].tolist():
            found[f"{key:016x}"] = hit
    columns = ["id", "source", "url", "title"]
    rows = corpus.table("articles", columns, pc.field("id").isin(sorted(found))).to_pylist() if found else []
    return [
        NearArticle(**row, estimated=hit.estimated, jaccard=hit.jaccard, containment=hit.containment)
        for row in rows
        for hit in [found[row["id"]]]
    ]
