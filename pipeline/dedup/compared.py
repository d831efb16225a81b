"""The distinct texts of one level and what is alike among them, all in memory.

``pipeline.dedup.index`` says the same of texts on disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from pipeline.dedup.candidates import band_pairs, united
from pipeline.dedup.facts.differences import differences
from pipeline.dedup.passages import PASSAGE_WORDS, passage_pairs
from pipeline.dedup.shingles import shingle_texts
from pipeline.dedup.signature import from_bytes, sign
from pipeline.dedup.verify import Near, compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.facts.differences import Differences
    from pipeline.dedup.shingles import Shingled
    from pipeline.settings import DedupSettings


class Texts(Protocol):
    """The distinct texts of one level, numbered by preference."""

    @property
    def shingled(self) -> Shingled:
        """The texts; their sets are read through ``set_of``."""
        ...

    def near(self, proposed: NDArray[np.uint64], jaccard: float, containment: float) -> Near:
        """What is proposed as a pair, here or by this level's own search, and is alike by one of two measures.

        :param proposed: packed pairs, sorted
        """
        ...

    def differences(self, texts: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]) -> Differences:
        """``differences.differences`` of pairs of these texts as they are written."""
        ...


class Paragraphs:
    """Paragraphs: LSH, and passages in common."""

    def __init__(self, texts: Sequence[str], dedup: DedupSettings, stored: Sequence[bytes | None]) -> None:
        """Shingle and sign.

        :param texts: of the paragraphs, the preferred first; :param stored: signatures, where there are any
        """
        self.shingled = shingle_texts(texts, dedup.shingle_words)
        self._dedup = dedup
        self._signatures = np.empty((len(self.shingled), dedup.permutations), dtype=np.uint32)
        missing = np.ones(len(self.shingled), dtype=bool)
        for signature, text in zip(stored, self.shingled.number.tolist(), strict=True):
            if text >= 0 and missing[text] and signature is not None:
                self._signatures[text] = from_bytes(signature, dedup.permutations)
                missing[text] = False
        rows = np.flatnonzero(missing)
        self._signatures[rows] = sign(self.shingled, dedup.permutations, dedup.seed, rows)
        self._passages = shingle_texts((texts[place] for place in self.shingled.first), PASSAGE_WORDS)

    def near(self, proposed: NDArray[np.uint64], jaccard: float, containment: float) -> Near:
        """See ``Texts``."""
        long = long_texts(self.shingled, self._dedup)
        by_band = band_pairs(self._signatures[long], long, self._dedup.bands)
        candidates = united(by_band, passage_pairs(self._passages, long), proposed)
        return Near(self.shingled, compare(self.shingled, self._signatures, candidates, jaccard, containment))

    def differences(self, texts: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]) -> Differences:
        """See ``Texts``."""
        return differences(texts, left, right)


class Articles:
    """Articles as wholes: LSH."""

    def __init__(self, texts: Sequence[str], dedup: DedupSettings) -> None:
        """Shingle the texts, the preferred first; signatures are made when they are needed."""
        self.shingled = shingle_texts(texts, dedup.shingle_words)
        self._dedup = dedup

    def near(self, proposed: NDArray[np.uint64], jaccard: float, containment: float) -> Near:
        """See ``Texts``."""
        dedup = self._dedup
        signatures = sign(self.shingled, dedup.permutations, dedup.seed, np.arange(len(self.shingled)))
        long = long_texts(self.shingled, dedup)
        candidates = united(band_pairs(signatures[long], long, dedup.bands), proposed)
        return Near(self.shingled, compare(self.shingled, signatures, candidates, jaccard, containment))

    def differences(self, texts: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]) -> Differences:
        """See ``Texts``."""
        return differences(texts, left, right)


def long_texts(shingled: Shingled, dedup: DedupSettings) -> NDArray[np.int64]:
    """Texts long enough to be alike without being copies."""
    # A text without shingles must stay out whatever the settings: empty sketches are all alike.
    return np.flatnonzero((shingled.words >= dedup.exact_below_words) & (shingled.sizes > 0))
