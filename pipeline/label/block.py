"""Two small linear models with the best contiguous block between them: the probability that each line is body.

First pass: logistic regression on features of the line and its surroundings. Block: the contiguous run of lines with
the greatest sum of log-odds (Kadane's maximum-sum segment; Bentley, Programming Pearls, column 8), as an article is
one run of body lines. Second pass: logistic regression on the first pass's log-odds of the line and its neighbours
and on where the line stands to the block. It removes chrome inside the block and recovers short body lines.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.label.features import (
    Bools,
    Floats,
    Lines,
    line_features,
    page_features,
    score_features,
    spaced_out,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_ODDS: Final = 6.0
"""Log-odds are cut here (probability .9975) before they are summed, so that no single line makes a block."""
_FEW: Final = 200
"""Rows up to which columns are summed as one table."""
MOST_LINES: Final = 50_000
"""Lines measured at once: 140 columns of them take 60 MB. Longer pages are lists or attacks, not articles."""
TIGHTER: Final = 1.2
"""Added to the bias for a second, tighter block: what stands in both is surely inside."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression: log-odds = intercept + sum of weight * (feature - mean) / scale, over named features."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float

    def log_odds(self, columns: Mapping[str, Floats]) -> Floats:
        """Log-odds of each line; (n,). Summed column by column, so a line's value does not depend on the others."""
        own = [columns[name] for name in self.names]
        if len(own[0]) > _FEW:
            total = np.full(len(own[0]), self.intercept)
            for weight, column in zip(self.weights, own, strict=True):
                total += weight * column
            return total
        # the same sums in the same order; a step for each of thirty short columns would take more time than they do
        terms = np.empty((len(own) + 1, len(own[0])))
        terms[0] = self.intercept
        np.multiply(own, np.array(self.weights)[:, None], out=terms[1:])
        return np.asarray(np.cumsum(terms, axis=0)[-1])


@dataclass(frozen=True, slots=True)
class Model:
    """The fitted numbers, as ``python -m pipeline.train.block`` wrote them."""

    version: str
    first: Linear
    bias: float
    """Subtracted from each line's log-odds before the best block is sought."""
    second: Linear
    threshold: float
    """Probability from which a line is body."""
    bare: Linear
    """Third, for whole pages: whether a page is nothing but body."""
    bare_odds: float
    """Log-odds from which it is taken to be."""
    title: Linear
    """Fourth, for lines above the first paragraph: whether the line is the headline (``head.title_features``)."""


@cache
def load_model() -> Model:
    """The committed coefficients (``coefficients.json`` beside this module)."""
    text = resources.files("pipeline.label").joinpath("coefficients.json").read_text(encoding="utf-8")
    return read_model(json.loads(text))


def read_model(table: dict[str, Any]) -> Model:
    """A model from its JSON form."""
    return Model(
        version=table["version"],
        first=_read_linear(table["first"]),
        bias=table["bias"],
        second=_read_linear(table["second"]),
        threshold=table["threshold"],
        bare=_read_linear(table["bare"]),
        bare_odds=table["bare_odds"],
        title=_read_linear(table["title"]),
    )


def _read_linear(table: dict[str, Any]) -> Linear:
    weights: dict[str, float] = table["weights"]
    return Linear(tuple(weights), tuple(weights.values()), table["intercept"])


def best_block(gains: Floats) -> tuple[int, int]:
    """First line and end of the contiguous run with the greatest sum; the longer of equals. Empty: (0, 0)."""
    best, start, end = 0.0, 0, 0
    running, since = 0.0, 0
    for index, gain in enumerate(gains.tolist()):
        if running <= 0.0:
            running, since = 0.0, index
        running += gain
        if running > best:
            best, start, end = running, since, index + 1
    return start, end


def blocks(score: Floats, lines: Lines, bias: float) -> tuple[Bools, Floats]:
    """Whether each line is in the best block of its page, and how far away it is; (n,) each.

    The distance counts lines: negative above the block, 0 inside, positive below.
    """
    gains = np.clip(score, -MOST_ODDS, MOST_ODDS) - bias
    inside = np.zeros(len(score), dtype=np.bool_)
    distance = np.zeros(len(score))
    for low, high in zip(lines.bounds[:-1].tolist(), lines.bounds[1:].tolist(), strict=True):
        start, end = best_block(gains[low:high])
        inside[low + start : low + end] = True
        index = np.arange(high - low)
        distance[low:high] = (
            np.where(index < start, index - start, np.maximum(index - end + 1, 0)) if end else high - low
        )
    return inside, distance


def second_features(lines: Lines, score: Floats, bias: float) -> dict[str, Floats]:
    """Block by block features for the second pass, from the log-odds of the first; (n,) each."""
    inside, distance = blocks(score, lines, bias)
    tight, _ = blocks(score, lines, bias + TIGHTER)
    return score_features(lines, score, inside, tight, distance)


def judge(lines: Lines, model: Model) -> Floats:
    """The probability that each line is body text; (n,). A page beyond ``MOST_LINES`` is judged in slices."""
    size = len(lines.texts)
    if size == 0:
        return np.zeros(0)
    if size > MOST_LINES:
        parts = [lines.part(low, min(low + MOST_LINES, size)) for low in range(0, size, MOST_LINES)]
        return np.concatenate([judge(part, model) for part in parts])
    score = model.first.log_odds(line_features(lines))
    odds = model.second.log_odds(second_features(lines, score, model.bias))
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))


def bare_pages(lines: Lines, model: Model) -> Bools:
    """Whether each page is nothing but body: paragraphs parted by blank lines, without a trace of a site; (pages,).

    Cleaning what was cleaned before must change nothing, but the line models expect every page to have chrome:
    without this they would take the first and last short lines of a clean text for it.
    """
    if len(lines.bounds) < 2:
        return np.zeros(0, dtype=np.bool_)
    are_spaced = spaced_out(lines)
    if not are_spaced.any():  # so it is as a rule
        return are_spaced
    return are_spaced & (model.bare.log_odds(page_features(lines)) > model.bare_odds)
