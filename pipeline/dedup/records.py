"""What goes into near-duplicate detection and what comes out of it, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["paragraph", "article"]
Relation = Literal["template", "syndication", "quote", "revision", "form"]
"""Why two texts are alike.

``form``: they read alike but state other facts (two results, two bulletins); nothing is merged on account of them.
``revision``: both stand under one URL. ``syndication``: the articles around them agree as wholes.
``template``: one site prints the paragraph in several articles that differ. ``quote``: any other paragraph
shared by articles that differ, whole or inside a longer one.
"""


ONLY = "only"
"""Why an article is kept that has no near-duplicate."""


@dataclass(frozen=True, slots=True)
class ParagraphItem:
    """One body paragraph."""

    id: str
    article_id: str
    site: str | None
    """Host name without ``www.``; None where it is unknown."""
    order: int
    """Position in its article, counted from 0."""
    text: str


@dataclass(frozen=True, slots=True)
class ArticleItem:
    """One article as a whole."""

    id: str
    source: str
    """The input's path or URI, matched by the patterns of ``canonical.source_priority``."""
    site: str | None
    url: str | None
    fetched_at: str | None
    """ISO 8601, as the next two; carried for whoever shows a pair, no decision reads it."""
    published: str | None
    updated: str | None
    words: int
    """Body words, for the ``most_words`` policy."""
    text: str
    """The body: paragraphs parted by one blank line."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two near-duplicates, verified."""

    level: Level
    left: str
    """The smaller of the two ids in string order; the pair has no other direction."""
    right: str
    estimated: float
    """Share of equal positions of the two MinHash signatures; 1.0 for copies, which need no estimate."""
    jaccard: float
    """Exact Jaccard similarity of the two shingle sets; 1.0 for copies, also those too short to shingle."""
    containment: float
    """Share of the smaller shingle set that also stands in the larger."""
    relation: Relation
    differs: tuple[str, ...] = ()
    """Facts (numbers, names, dates) that stand in one place of both and differ, as ``left → right``."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which article stands for this one."""

    article_id: str
    canonical_id: str
    """Its own id where it is the one that is kept."""
    reason: str
    """What decided: ``most_words: 812 > 790`` reads canonical article against this one; for a canonical
    article itself, against the runner-up of its cluster; ``ONLY`` where there is no other."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """The first source of a paragraph."""

    first: str
    """Id of the paragraph it repeats, in another article. That paragraph itself repeats nothing."""
    jaccard: float


@dataclass(frozen=True, slots=True)
class Deduplication:
    """All that is known about near-duplicates of a corpus; a pure function of articles and settings."""

    pairs: tuple[Pair, ...]
    """Sorted by level, left, right; each pair once."""
    assignments: tuple[Assignment, ...]
    """One for every article, sorted by article id."""
    repeats: Mapping[str, Repeat]
    """Paragraph id to its first source, sorted by id; paragraphs that repeat nothing are absent."""
