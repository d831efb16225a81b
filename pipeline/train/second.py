"""Fits the second reading to what a network says of pages that it was not trained on.

Each fold's network scores the pages of its fold; all these scores together are the examples:

    examples = []
    for number, network in enumerate(networks):
        examples += held_out(network, [page for page, own in zip(pages, fold) if own == number])
    Path("pipeline/label/network/second.npz").write_bytes(fit(examples))

To score it, fit to the examples of all folds but one, and read the pages of that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.label.network.second import log_odds, surroundings
from pipeline.train.net import line_weights
from pipeline.train.perceptron import NEWS_WEIGHT, fitted, packed, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.label.network.codepoints import Bools
    from pipeline.label.network.features import Floats
    from pipeline.label.network.model import Network, Scores
    from pipeline.train.lines import Lines
    from pipeline.train.pages import TrainingPage

_UNITS: Final = 32
"""With 64 cross entropy is .472 instead of .459 (five folds, research version; .500 without a second reading)."""
_DECAY: Final = 0.05
_DROPOUT: Final = 0.1
_TRUST: Final = 0.5
"""The fitted shift is halved: the examples are few, and half of it has more than half of the gain on unseen sites."""
_BODY_ONLY: Final = 6
"""Of every so many pages one is read once more without its chrome: a page that is all body has to stay whole,"""
_LEAST_BODY: Final = 4
"""... if it has so many lines of body;"""
_CUT: Final = 6
"""... and one with its last third cut off;"""
_LOOSE: Final = 4
"""of every so many one in a rendering that does not know the ends of blocks."""


@dataclass(frozen=True, slots=True)
class Example:
    """A page as a network that has not seen it scores it; ``n`` lines."""

    scores: Scores
    body: Bools
    """The truth; (n,)."""
    weight: float


def held_out(network: Network, pages: Sequence[TrainingPage]) -> list[Example]:
    """Examples of pages that the network has not seen: each page, and of some their body alone, their beginning, or
    another rendering.
    """
    texts, blanks, truths, weights = [], [], [], []
    for number, page in enumerate(pages):
        for lines in _readings(page, number):
            texts.append(lines.texts)
            blanks.append(lines.blank.tolist())
            truths.append(lines.body)
            weights.append(NEWS_WEIGHT if page.corpus == "fundus" else 1.0)
    scores = network.score(texts, blanks)
    return [Example(*own) for own in zip(scores, truths, weights, strict=True)]


def fit(examples: Sequence[Example], seed: int = 0) -> bytes:
    """The ``.npz`` file that ``pipeline.label.network.second`` reads; the same bytes for the same examples.

    Cross entropy over lines, weighted by words and page, from the network's own log-odds.

    :raises ValueError: if there are no lines to fit to.
    """
    used = [example for example in examples if len(example.body)]
    if not used:
        raise ValueError("no lines to fit the second reading to")
    rows = rows_of(
        table=np.concatenate([surroundings([example.scores]) for example in used]),
        odds=np.concatenate([log_odds(example.scores.body) for example in used]),
        truth=np.concatenate([example.body for example in used]),
        weights=np.concatenate([_weights(example) for example in used]),
    )
    *inner, (matrix, bias) = fitted(rows, _UNITS, (_DROPOUT,), _DECAY, seed)
    return packed(rows, [*inner, (matrix * _TRUST, bias * _TRUST)])


def _readings(page: TrainingPage, number: int) -> Iterator[Lines]:
    """The page as it is, and in turn its body alone, its first two thirds, and one of its loose renderings."""
    lines = page.lines
    yield lines
    if number % _BODY_ONLY == 0 and lines.body.sum() >= _LEAST_BODY:
        yield lines.take(np.flatnonzero(lines.body))
    if number % _CUT == _CUT // 2 and len(lines):
        yield lines.between(0, -(-2 * len(lines) // 3))
    if number % _LOOSE == 1 and page.loose:
        yield page.loose[number // _LOOSE % len(page.loose)]


def _weights(example: Example) -> Floats:
    """Of the lines of a page, as in the training of the network; (n,)."""
    return np.asarray(line_weights(example.body, example.scores.width.astype(np.float64)) * example.weight)
