"""The boundary network: how likely a block of the page ended before each word of a line that holds many blocks.

A word is its numbers (``words``) and a short vector by its key; layers of dilated convolutions (Yu and Koltun,
"Multi-scale context aggregation by dilated convolutions", 2016) see some thirty words on either side, and a last layer
reads the two words at a gap. Fitted by ``pipeline.train.boundaries``.
"""

from __future__ import annotations

import hashlib
import io
import re
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.split.breaks.words import Ints, Singles, measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LIMIT: Final = 0.3
"""Probability from which a line is cut. A false cut costs little, since what is kept on both sides is joined again: .3
was better than .5 (by .001 of word F1 on articles and all types, .01 on Fundus) and than .7; 199 pages, held out."""
_DIGITS: Final = 3
"""Probabilities are rounded: more digits would differ between processors and say nothing."""
_TOGETHER: Final = 1 << 14
"""Words that are read at once, which bounds the memory: 8 MB. Few pages have more."""
_WORD: Final = re.compile(r"\S+")


class Boundaries:
    """The network with its weights; ``v`` known words, ``d`` numbers of a vector, ``h`` units of a layer."""

    def __init__(self, weights: bytes) -> None:
        with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
            self._keys = arrays["keys"].astype(np.int64)
            """Of the known words, ascending; (v,)."""
            self._vectors = arrays["vectors"].astype(np.float32) * arrays["scale"].astype(np.float32)
            """(1 + v, d): before those of the known words that of all others, which is 0."""
            self._first, self._first_bias = _single(arrays["first"]), _single(arrays["first_bias"])
            """(columns + d, h)."""
            self._layers, self._layer_bias = _single(arrays["layers"]), _single(arrays["layer_bias"])
            """(layers, 3, h, h): of the word some places before, the word, and the one as many places behind."""
            self._gap, self._gap_bias = _single(arrays["gap"]), _single(arrays["gap_bias"])
            """(2h, h)."""
            self._last, self._last_bias = _single(arrays["last"]), _single(arrays["last_bias"])
            """(h,)."""

    def chances(self, words: Sequence[str]) -> Singles:
        """Probability that a block ended before each word, rounded; 0 for the first; (n,). Linear in their number."""
        found = np.zeros(len(words), dtype=np.float32)
        for start in range(0, len(words), _TOGETHER):
            table, keys = measured(words[start : start + _TOGETHER])
            found[start + 1 : start + len(keys)] = self.read(table, keys)
        return found

    def read(self, table: Singles, keys: Ints) -> Singles:
        """Probability of a boundary between any two words that follow each other; (n - 1,).

        :param table: (n, ``words.COLUMNS``).
        :param keys: (n,).
        """
        vectors = self._vectors[vector_rows(self._keys, keys)]
        state = _positive(np.concatenate([table, vectors], axis=1) @ self._first + self._first_bias)
        for number, (layer, bias) in enumerate(zip(self._layers, self._layer_bias, strict=True)):
            step = min(dilation(number), len(state))
            seen = state @ layer[1] + bias
            seen[step:] += state[: len(state) - step] @ layer[0]
            seen[: len(state) - step] += state[step:] @ layer[2]
            state = state + _positive(seen)
        half = state.shape[1]
        gaps = state[:-1] @ self._gap[:half] + state[1:] @ self._gap[half:] + self._gap_bias
        odds = _positive(gaps) @ self._last + self._last_bias
        return np.asarray(np.round(1 / (1 + np.exp(-odds)), _DIGITS), dtype=np.float32)

    def blocks(self, line: str) -> Iterator[str]:
        """The blocks of a line, in order, without white space around them; joined, they are the line but for that."""
        found = [*_WORD.finditer(line)]
        ends = np.flatnonzero(self.chances([word[0] for word in found]) >= LIMIT).tolist()
        for start, end in pairwise([0, *ends, len(found)]):
            if end > start:
                yield line[found[start].start() : found[end - 1].end()]


def vector_rows(known: Ints, keys: Ints) -> Ints:
    """Rows of the vectors of words; 0 for an unknown one.

    :param known: keys of the words that have a vector, ascending, at least one.
    """
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[at] == keys, at + 1, 0)


def dilation(layer: int) -> int:
    """Words between those that a layer reads together."""
    return 1 << layer


@cache
def load_boundaries() -> Boundaries:
    """The network that ships."""
    return Boundaries(_committed())


@cache
def boundaries_version() -> str:
    """Changes with the committed weights."""
    return hashlib.sha256(_committed()).hexdigest()[:8]


def _committed() -> bytes:
    return resources.files("pipeline.split.breaks").joinpath("weights.npz").read_bytes()


def _single(array: Singles) -> Singles:
    return array.astype(np.float32)


def _positive(values: Singles) -> Singles:
    return np.maximum(values, 0)
