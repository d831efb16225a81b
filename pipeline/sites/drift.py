"""Drift: a site's new pages lose another share of their lines, or of their text, than its pages used to.

For each kind, and for all removed kinds together, the median share on the run's new pages is held against the median of
the site's earlier pages. Medians and the median absolute deviation (Hampel 1974; times 1.4826 it estimates the standard
deviation of a normal distribution) are not moved by a few odd pages. Since shares are often of two sorts (pages with
comments, pages without), it is also asked how likely so many pages so far out are, by the binomial distribution. Text
is counted in characters: spaces do not part the words of Chinese and Japanese.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pipeline.records import CHROME, Kind
from pipeline.templates.columns import KINDS, NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from pipeline.settings import DriftSettings

    Ints = npt.NDArray[np.integer]
    Floats = npt.NDArray[np.floating | np.integer]

NORMAL = 1.4826
"""The median absolute deviation of a normal distribution, times this, is its standard deviation."""
ALL = "removed"
"""Stands for all removed kinds together."""
EXAMPLES = 3
MOST = 100
"""Pages from which more make a share no surer: a site's pages of one day are not independent draws."""

Measure = Literal["lines", "text"]
Shares = dict[tuple[Measure, str], float]
"""Share of one page that is of a removed kind, or of all of them; kinds that it lacks are left out."""

_REMOVED = sorted(NUMBER[kind] for kind in CHROME | {Kind.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Drift:
    """One share of one site that left its usual range."""

    site: str
    measure: Measure
    kind: str
    usual: float
    low: float
    high: float
    found: float
    pages: int
    earlier_pages: int
    examples: tuple[str, ...]


def page_shares(pages: Sequence[str], owner: Ints, kind: Ints, length: Ints) -> dict[str, Shares]:
    """Shares of each page.

    :param owner: place of its page, for each line; :param kind: number of its kind; :param length: its characters
    """
    cell = owner.astype(np.int64) * len(KINDS) + kind
    size = len(pages) * len(KINDS)
    lines = np.bincount(cell, minlength=size).reshape(-1, len(KINDS))
    text = np.bincount(cell, weights=length, minlength=size).reshape(-1, len(KINDS))
    shares: dict[str, Shares] = {page: {} for page in pages}
    measures: tuple[tuple[Measure, Floats], ...] = (("lines", lines), ("text", text))
    for measure, counted in measures:
        whole = counted.sum(axis=1)
        for place, column in zip(*(each.tolist() for each in np.nonzero(lines[:, _REMOVED])), strict=True):
            number = _REMOVED[column]
            shares[pages[place]][measure, KINDS[number].value] = float(counted[place, number] / whole[place])
        removed = counted[:, _REMOVED].sum(axis=1)
        for place in np.flatnonzero(lines[:, _REMOVED].any(axis=1)).tolist():
            shares[pages[place]][measure, ALL] = float(removed[place] / whole[place])
    return shares


def site_drift(site: str, earlier: Sequence[Shares], new: Mapping[str, Shares], settings: DriftSettings) -> list[Drift]:
    """What moved on the ``new`` pages of a site (by article id) against its ``earlier`` ones; sorted.

    Empty where there are too few of either to tell.
    """
    if len(new) < settings.min_pages or len(earlier) < settings.min_earlier:
        return []
    keys = sorted({key for shares in (*earlier, *new.values()) for key in shares})
    found = []
    for measure, kind in keys:
        before = [shares.get((measure, kind), 0.0) for shares in earlier]
        now = {article: shares.get((measure, kind), 0.0) for article, shares in new.items()}
        usual, here = median(before), median(now.values())
        deviation = NORMAL * median(abs(share - usual) for share in before)
        reach = max(settings.deviations * deviation, settings.min_change)
        side = 1 if here > usual else -1
        out_before = sum(side * (share - usual) > reach for share in before)
        out_now = sum(side * (share - usual) > reach for share in now.values())
        # One page more on either side: what was never seen on twenty pages is not impossible (Laplace).
        usually_out = (out_before + 1) / (len(before) + 2)
        if abs(here - usual) > reach and _chance(out_now, len(now), usually_out) <= settings.max_chance:
            farthest = sorted(now, key=lambda article: (-abs(now[article] - usual), article))
            found.append(
                Drift(
                    site=site,
                    measure=measure,
                    kind=kind,
                    usual=round(usual, 4),
                    low=round(max(usual - reach, 0.0), 4),
                    high=round(min(usual + reach, 1.0), 4),
                    found=round(here, 4),
                    pages=len(new),
                    earlier_pages=len(earlier),
                    examples=tuple(farthest[:EXAMPLES]),
                )
            )
    return found


def _chance(hits: int, of: int, probability: float) -> float:
    """Chance of at least ``hits`` hits in ``of`` draws; for many draws, that of as large a share of ``MOST`` draws."""
    if of > MOST:
        hits, of = hits * MOST // of, MOST
    return sum(comb(of, k) * probability**k * (1 - probability) ** (of - k) for k in range(hits, of + 1))


def drift_rows(drifts: Sequence[Drift], run: str) -> list[dict[str, Any]]:
    """Rows of ``drift``."""
    return [
        {name: getattr(one, name) for name in Drift.__slots__ if name != "examples"}
        | {"examples": list(one.examples), "run": run}
        for one in drifts
    ]


def drift_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rows of ``drift`` in words, one line for each; where lines and text of a kind moved, the lines speak."""
    told: set[tuple[str, str]] = set()
    said = []
    for row in sorted(rows, key=lambda row: (row["site"], row["kind"] != ALL, row["kind"], row["measure"])):
        if (row["site"], row["kind"]) in told:
            continue
        told.add((row["site"], row["kind"]))
        said.append(
            f"{row['site']}: {row['kind'].replace('_', ' ')} {_share(row['usual'])} -> {_share(row['found'])} of "
            f"{row['measure']} (usual {_share(row['low'])} to {_share(row['high'])}; {row['pages']:,} new pages, "
            f"e.g. {', '.join(row['examples'])})"
        )
    return said


def _share(value: float) -> str:
    return f"{value:.2f}".removeprefix("0") if value < 1 else "1.00"
