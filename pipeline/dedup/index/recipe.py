"""What the files of an index depend on. Files of one recipe say nothing to another."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.dedup.passages import PASSAGE_WORDS, SAMPLE
from pipeline.dedup.shingles import SHINGLE_VERSION
from pipeline.dedup.signature import SCHEME
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipeline.settings import DedupSettings

INDEX_VERSION = 1
"""Raised whenever the files or what they hold change: bucket keys, columns, rules of crowds."""

KEPT_FROM, CONTAINED_FROM = 0.2, 0.5
"""Pairs of a lower Jaccard similarity and a lower containment are forgotten once compared: no useful threshold lies
below, and by chance alone any long text has thousands of them in a large corpus."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an index was made."""

    index_version: int
    shingle_version: int
    """Folding, words and hash; texts are folded with NFKC and case folding, see ``pipeline.dedup.shingles``."""
    scheme: str
    seed: int
    permutations: int
    bands: int
    shingle_words: int
    exact_below_words: int
    passage_words: int
    passage_sample: int
    """Of the passages of paragraphs one in so many is indexed (``pipeline.dedup.passages``)."""
    kept_from: float
    contained_from: float
    """``KEPT_FROM`` and ``CONTAINED_FROM``, or the lowest thresholds where those are below."""

    def check(self, made: Recipe, corpus: str) -> None:
        """Refuse an index that was made otherwise.

        :raises UsageError: naming every difference, and the command that makes the index again
        """
        wanted, found = asdict(self), asdict(made)
        different = [
            f"{name} {found[name]} (wanted: {value})"
            for name, value in wanted.items()
            # One that keeps more than is asked for will do.
            if (found[name] > value if name in {"kept_from", "contained_from"} else found[name] != value)
        ]
        if different:
            raise UsageError(
                f"corpus {corpus}: its index of near-duplicates was made with {', '.join(different)}: set that back, "
                f"or make the index again: copydesk run SOURCE... --corpus {corpus} --rebuild-index"
            )


def recipe_in(manifest: Mapping[str, Any], folder: Path) -> Recipe:
    """The recipe of the index in ``folder``.

    :raises UsageError: a version of Copydesk wrote it whose indexes this one cannot read
    """
    made = manifest["recipe"]
    if made.get("index_version") != INDEX_VERSION:
        raise UsageError(
            f"{folder}: an index of version {made.get('index_version')}, this Copydesk reads version {INDEX_VERSION}: "
            "make it again: copydesk run SOURCE... --corpus DIR --rebuild-index"
        )
    return Recipe(**made)


def recipe_of(dedup: DedupSettings) -> Recipe:
    """What these settings, and this version of Copydesk, make."""
    return Recipe(
        index_version=INDEX_VERSION,
        shingle_version=SHINGLE_VERSION,
        scheme=SCHEME,
        seed=dedup.seed,
        permutations=dedup.permutations,
        bands=dedup.bands,
        shingle_words=dedup.shingle_words,
        exact_below_words=dedup.exact_below_words,
        passage_words=PASSAGE_WORDS,
        passage_sample=SAMPLE,
        kept_from=min(KEPT_FROM, dedup.paragraph_threshold, dedup.article_threshold, dedup.revision_threshold),
        contained_from=min(CONTAINED_FROM, dedup.paragraph_containment, dedup.article_containment),
    )
