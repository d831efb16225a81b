"""Near-duplicates among bare texts: strings or an Arrow array to verified clusters, without articles around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.candidates import band_keys, keyed_pairs
from pipeline.dedup.cluster import stars
from pipeline.dedup.shingles import shingle_texts
from pipeline.dedup.signature import sign
from pipeline.dedup.verify import similarities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.dedup.shingles import Shingled, Texts
    from pipeline.dedup.verify import Similarities
    from pipeline.settings import DedupSettings

_ROWS = 4_096
"""Texts signed at a time: their signatures, 2 MB, stay in cache, and memory once touched is used again."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """Texts, which of them are alike, and which stands for each."""

    shingled: Shingled
    matches: Similarities
    """Every candidate pair of distinct texts that passed the threshold, sorted."""
    kept: NDArray[np.int64]
    """For each text given: the place of the text that is kept for it, which it is a copy of or directly similar to;
    its own place where it is kept itself or has no word."""


def cluster_texts(texts: Texts, settings: DedupSettings) -> Clustered:
    """Near-duplicates by ``settings``, the first of a cluster kept.

    Texts with fewer than ``exact_below_words`` words have exact copies only. Nothing chains (``cluster.stars``).

    :param texts: strings or an Arrow array of them; read once, in batches
    """
    shingled = shingle_texts(texts, settings.shingle_words)
    # A text without shingles must stay out whatever the settings: empty sketches are all alike.
    numbers = np.flatnonzero((shingled.words >= settings.exact_below_words) & (shingled.sizes > 0))
    candidates = keyed_pairs(band_keys_of(shingled, numbers, settings), numbers)
    found = similarities(shingled, candidates, settings.paragraph_threshold)
    matches = found.take(found.jaccard >= settings.paragraph_threshold)
    centre = stars(len(shingled), *matches.sides)
    kept = np.arange(len(shingled.number))
    has_words = shingled.number >= 0
    kept[has_words] = shingled.first_place[centre[shingled.number[has_words]]]
    return Clustered(shingled, matches, kept)


def band_keys_of(shingled: Shingled, numbers: NDArray[np.int64], settings: DedupSettings) -> NDArray[np.uint64]:
    """Keys of the LSH bands of some distinct texts, ``uint64 (bands, len(numbers))``, signatures not kept."""
    keys = np.empty((settings.bands, len(numbers)), dtype=np.uint64)
    for start in range(0, len(numbers), _ROWS):
        rows = numbers[start : start + _ROWS]
        signatures = sign(shingled, settings.permutations, settings.seed, rows)
        keys[:, start : start + len(rows)] = band_keys(signatures, settings.bands, 0, settings.bands)
    return keys
