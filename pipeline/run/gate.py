"""The gate before publishing: a run whose figures leave what is usual for the corpus is not published in silence.

What is usual is learned from earlier runs: their median, and their median absolute deviation (Hampel 1974), which a few
odd runs do not move. A run of few articles differs by chance alone; so the range is never narrower than sampling makes
it (binomial deviation). Drift of single sites (``pipeline.sites.drift``) passes the same gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING, Literal

from pipeline.errors import RunError
from pipeline.sites.drift import NORMAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.corpus.runs import RunRecord
    from pipeline.settings import GateSettings

Side = Literal["high", "either"]

JUDGED: Mapping[str, tuple[str, Side]] = {
    "empty_articles": ("articles without text", "high"),
    "duplicate_articles": ("articles that are not canonical", "either"),
    "quarantined": ("inputs that went to quarantine", "high"),
    "kept_share": ("text that is kept", "either"),
}
"""Figures of ``runs.quality``: what each is a share of, and on which side it is alarming. Fewer duplicates than ever
are as strange as more; fewer empty articles are not."""

EXAMPLES = 3


class GateError(RunError):
    """A run was not published: its figures left what is usual, and the settings or a person say that this stops it."""

    def __init__(self, message: str, reasons: tuple[str, ...]) -> None:
        super().__init__(message)
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure of a run that left its usual range."""

    figure: str
    found: float
    usual: float
    low: float
    high: float
    runs: int
    """Earlier runs from which the range is known."""
    examples: tuple[str, ...]
    """Sources of inputs that make the figure what it is."""

    def __str__(self) -> str:
        named = f"; e.g. {', '.join(self.examples)}" if self.examples else ""
        span = f"{self.low:.1%} to {self.high:.1%}"
        return f"{JUDGED[self.figure][0]}: {self.found:.1%} (usual {self.usual:.1%}, {span} in {self.runs} runs{named})"


@dataclass(frozen=True, slots=True)
class Usual:
    """What earlier runs lead to expect of a figure."""

    median: float
    reach: float
    """How far from it is still usual."""
    runs: int
    """Earlier runs from which that is known."""

    @property
    def low(self) -> float:
        """The lower end, as a share."""
        return max(self.median - self.reach, 0.0)

    @property
    def high(self) -> float:
        """The upper end, as a share."""
        return min(self.median + self.reach, 1.0)

    def is_left(self, figure: str, value: float) -> bool:
        """Whether ``value`` lies outside, on a side that is alarming."""
        off = value - self.median
        return (off if JUDGED[figure][1] == "high" else abs(off)) > self.reach


def judge(
    quality: Mapping[str, float],
    articles: int,
    earlier: Sequence[RunRecord],
    examples: Mapping[str, tuple[str, ...]],
    settings: GateSettings,
) -> tuple[Finding, ...]:
    """What left its usual range, in the order of ``JUDGED``.

    Empty where there are too few articles or too few earlier runs to tell.

    :param quality: figures of the run. :param articles: new articles in it.
    :param earlier: runs of the corpus before, in any order.
    :param examples: for each figure, sources that may be named.
    """
    return tuple(
        Finding(
            figure=figure,
            found=quality[figure],
            usual=usual.median,
            low=usual.low,
            high=usual.high,
            runs=usual.runs,
            examples=examples.get(figure, ())[:EXAMPLES],
        )
        for figure, usual in usual_ranges(articles, earlier, settings).items()
        if figure in quality and usual.is_left(figure, quality[figure])
    )


def usual_ranges(articles: int, earlier: Sequence[RunRecord], settings: GateSettings) -> dict[str, Usual]:
    """What is usual for a run of so many new articles, for each figure of ``JUDGED`` of which enough is known."""
    if articles < settings.min_articles:
        return {}
    usable = [run for run in earlier if run.counts.new >= settings.min_articles]
    usable = sorted(usable, key=lambda run: run.run)[-settings.window :]
    ranges = {}
    for figure in JUDGED:
        before = [run.quality[figure] for run in usable if figure in run.quality]
        if len(before) < settings.min_runs:
            continue
        usual = median(before)
        deviation = NORMAL * median(abs(value - usual) for value in before)
        # A share that was always 0 is not known to be 0: one article more or less is always possible.
        likely = min(max(usual, 1 / articles), 1 - 1 / articles)
        chance = sqrt(likely * (1 - likely) / articles)
        ranges[figure] = Usual(
            usual, max(settings.deviations * max(deviation, chance), settings.min_change), len(before)
        )
    return ranges


def refusal(reasons: Sequence[str], release: int) -> str:
    """Why nothing was published, as one message that also says what to do."""
    still = f"readers still see release {release}" if release else "there is no release yet"
    return (
        f"not published, {still}: {'; '.join(reasons)}. Look at the examples; to publish anyway, run again with "
        'gate.action = "warn" (finished shards are taken over)'
    )
