"""How the figures of a corpus's runs went, as small charts of text: a bar for each run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.corpus.runs import RunRecord
from pipeline.run.gate import Usual, usual_ranges
from pipeline.settings import GateSettings

SHOWN: Final = 30
"""Newest runs that have a bar: a month of nights, and a line of a terminal."""

_BARS: Final = "▁▂▃▄▅▆▇█"
_NOTHING: Final = "·"
"""A run that has no such figure, because it met nothing new or is of an older version."""
_MARK: Final = "!"


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over the last runs."""

    name: str
    form: str
    """How a value is written, as ``format`` takes it."""
    values: tuple[float | None, ...]
    """The oldest first."""
    unusual: tuple[bool, ...]
    """Which of them left the range that was usual at their time."""
    usual: tuple[float, float] | None
    """What was usual when the newest run came; None where too little is known, or nothing is judged."""


def trends_of(runs: Sequence[RunRecord]) -> tuple[Trend, ...]:
    """The trends of the newest ``SHOWN`` runs; empty where there are none.

    What was usual for a run is what the gate learns from those before it, by the settings of the newest one.

    :param runs: all runs of a corpus, in any order
    """
    if not runs:
        return ()
    ordered = sorted(runs, key=lambda run: run.run)
    gate = _gate_of(ordered[-1])
    first = max(len(ordered) - SHOWN, 0)
    shown = ordered[first:]
    ranges = [usual_ranges(run.counts.new, ordered[: first + place], gate) for place, run in enumerate(shown)]
    return tuple(_trend(name, figure, shown, ranges) for name, figure in _FIGURES.items())


def _gate_of(run: RunRecord) -> GateSettings:
    """Its settings; those that this version does not know are ignored."""
    stored: Mapping[str, Any] = run.settings.get("gate", {})
    return GateSettings.model_validate({name: stored[name] for name in GateSettings.model_fields if name in stored})


def trend_lines(trends: Sequence[Trend]) -> list[str]:
    """A line for each trend, and one with marks below those in which a run left the usual range."""
    if not trends:
        return []
    width = max(len(trend.name) for trend in trends)
    lines = []
    for trend in trends:
        newest = trend.values[-1]
        last = "none" if newest is None else format(newest, trend.form)
        usual = f"  usual {' to '.join(format(end, trend.form) for end in trend.usual)}" if trend.usual else ""
        lines.append(f"{trend.name:<{width}}  {sparkline(trend.values)}  {last:>9}{usual}")
        if any(trend.unusual):
            marks = "".join(_MARK if unusual else " " for unusual in trend.unusual)
            lines.append(f"{'':<{width}}  {marks}".rstrip())
    return lines


def trends_markdown(trends: Sequence[Trend]) -> str:
    """The lines as a section of a Markdown page; empty where there are not two runs to compare."""
    if not trends or len(trends[0].values) < 2:
        return ""
    listed = "".join(f"    {line}\n" for line in trend_lines(trends))
    return f"\n### The last {len(trends[0].values)} runs\n\n{EXPLAINED}\n\n{listed}"


EXPLAINED: Final = f"The oldest first, bars from 0 to the largest; {_MARK} left what was usual at its time."


def sparkline(values: Sequence[float | None]) -> str:
    """A bar for each value, from 0 to the largest one."""
    most = max((value for value in values if value is not None), default=0.0)
    return "".join(_bar(value, most) for value in values)


def _bar(value: float | None, most: float) -> str:
    if value is None:
        return _NOTHING
    return _BARS[min(int(value / most * len(_BARS)), len(_BARS) - 1) if most > 0 else 0]


@dataclass(frozen=True, slots=True)
class _Figure:
    value: Callable[[RunRecord], float | None]
    form: str = ",d"
    judged: str = ""
    """Its name in ``runs.quality`` and in the gate; empty for counts, which are not judged."""
    turned: bool = False
    """Whether it is shown as the share that is missing to 1."""


def _share(name: str, *, turned: bool = False) -> _Figure:
    def value(run: RunRecord) -> float | None:
        found = run.quality.get(name)
        return 1 - found if turned and found is not None else found

    return _Figure(value, ".1%", name, turned)


_FIGURES: Final[Mapping[str, _Figure]] = {
    "inputs": _Figure(lambda run: run.counts.inputs),
    "new articles": _Figure(lambda run: run.counts.new),
    "articles": _Figure(lambda run: run.counts.articles),
    "removed text": _share("kept_share", turned=True),
    "empty articles": _share("empty_articles"),
    "duplicates": _share("duplicate_articles"),
    "quarantined": _share("quarantined"),
    "CPU seconds": _Figure(lambda run: run.counts.cpu_seconds or None, ",.1f"),
}
"""What has a chart, in this order. Shares are of the articles a run worked on."""


def _trend(name: str, figure: _Figure, shown: Sequence[RunRecord], ranges: Sequence[Mapping[str, Usual]]) -> Trend:
    unusual = [
        figure.judged in usual
        and figure.judged in run.quality
        and usual[figure.judged].is_left(figure.judged, run.quality[figure.judged])
        for run, usual in zip(shown, ranges, strict=True)
    ]
    last = ranges[-1].get(figure.judged)
    span = None if last is None else (1 - last.high, 1 - last.low) if figure.turned else (last.low, last.high)
    return Trend(name, figure.form, tuple(map(figure.value, shown)), tuple(unusual), span)
