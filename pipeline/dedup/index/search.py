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
    from numpy.typing import NDArray

    from pipeline.dedup.index.level import Level


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
    mine = asked.set_of(0)
    step = 10_000  # signatures and sets in memory at a time: some tens of MB
    for start in range(0, len(numbers), step):
        here = numbers[start : start + step]
        theirs = level.texts.shingled(here)
        estimates = np.count_nonzero(level.texts.signatures(here) == signature, axis=1) / recipe.permutations
        at = np.minimum(np.searchsorted(mine, theirs.keys), max(len(mine) - 1, 0))
        shared = np.r_[0, np.cumsum(mine[at] == theirs.keys)] if len(mine) else np.zeros(len(theirs.keys) + 1)
        common = shared[theirs.offsets[1:]] - shared[theirs.offsets[:-1]]
        sizes = theirs.sizes
        jaccard = common / np.maximum(len(mine) + sizes - common, 1)
        containment = common / np.maximum(np.minimum(len(mine), sizes), 1)
        columns = (here.tolist(), estimates.tolist(), jaccard.tolist(), containment.tolist())
        hits += [Hit(*values) for values in zip(*columns, strict=True)]
    return hits
