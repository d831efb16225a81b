"""One text against a level of an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.index.buckets import members
from pipeline.dedup.index.level import NONE
from pipeline.dedup.index.segment import bucket_keys, passage_buckets
from pipeline.dedup.passages import sampled
from pipeline.dedup.shingles import shingle_texts
from pipeline.dedup.signature import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.dedup.index.level import Level


_STEP = 10_000
"""Texts whose signatures and sets are in memory at a time: some tens of MB."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A text of the index that was compared."""

    text: int
    estimated: float
    jaccard: float
    containment: float


def search(level: Level, text: str, also: NDArray[np.int64] | None = None) -> list[Hit]:
    """Compare a text with its copy, with all that share a bucket with it, and with some other texts.

    :param also: numbers of texts; those without any word (``NONE``) are passed over
    """
    recipe = level.recipe
    asked = shingle_texts([text], recipe.shingle_words)
    copies = level.texts.copies(asked.prints, level.alive)
    candidates = [np.zeros(0, dtype=np.int64) if also is None else also[also != NONE]]
    signature = sign(asked, recipe.permutations, recipe.seed, np.arange(len(asked)))
    if len(asked) and asked.words[0] >= recipe.exact_below_words and asked.sizes[0] > 0:
        keys = bucket_keys(signature, recipe.bands).ravel()
        if level.name == "paragraph":
            passages, _ = sampled(shingle_texts([text], recipe.passage_words), np.zeros(1, dtype=np.int64))
            keys = np.concatenate((keys, passage_buckets(passages)))
        keys = np.unique(keys)
        candidates.append(members(keys, level.texts.segments, level.alive)[1])
    numbers = np.setdiff1d(np.concatenate(candidates), copies)
    hits = [Hit(int(copy), 1.0, 1.0, 1.0) for copy in copies if copy >= 0]
    if not len(asked):
        return hits
    for here, compared in _compared(level, asked.set_of(0), numbers):
        estimates = np.count_nonzero(level.texts.signatures(here) == signature, axis=1) / recipe.permutations
        columns = (here.tolist(), estimates.tolist(), compared.jaccard.tolist(), compared.containment.tolist())
        hits += [Hit(*values) for values in zip(*columns, strict=True)]
    return hits


def quoting(level: Level, text: str) -> list[Hit]:
    """All texts that hold every shingle of a text, found by reading the whole level; copies of it included.

    Passages that the index has are one in four, so an excerpt of a few words may have none of them.
    """
    recipe = level.recipe
    asked = shingle_texts([text], recipe.shingle_words)
    if not len(asked) or not asked.sizes[0]:
        return []
    mine = asked.set_of(0)
    signature = sign(asked, recipe.permutations, recipe.seed, np.arange(1))
    living = np.unique(level.places[2])
    hits = []
    for here, compared in _compared(level, mine, living[living != NONE].astype(np.int64)):
        whole = compared.common == len(mine)
        found = here[whole]
        estimates = np.count_nonzero(level.texts.signatures(found) == signature, axis=1) / recipe.permutations
        columns = (found.tolist(), estimates.tolist(), compared.jaccard[whole].tolist())
        hits += [Hit(number, estimated, jaccard, 1.0) for number, estimated, jaccard in zip(*columns, strict=True)]
    return hits


@dataclass(frozen=True, slots=True)
class _Compared:
    """A text's shingle set against others'; (n,) each."""

    common: NDArray[np.int64]
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]


def _compared(
    level: Level, mine: NDArray[np.uint64], numbers: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], _Compared]]:
    """Texts of the index against a shingle set, ``_STEP`` at a time."""
    for start in range(0, len(numbers), _STEP):
        here = numbers[start : start + _STEP]
        theirs = level.texts.shingled(here)
        at = np.minimum(np.searchsorted(mine, theirs.keys), max(len(mine) - 1, 0))
        shared = np.r_[0, np.cumsum(mine[at] == theirs.keys)] if len(mine) else np.zeros(len(theirs.keys) + 1)
        common = shared[theirs.offsets[1:]] - shared[theirs.offsets[:-1]]
        sizes = theirs.sizes
        jaccard = common / np.maximum(len(mine) + sizes - common, 1)
        yield here, _Compared(common, jaccard, common / np.maximum(np.minimum(len(mine), sizes), 1))
