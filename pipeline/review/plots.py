"""Plots of a corpus as files, for slides and reports: what the overview of the review page shows.

Needs matplotlib (``pip install 'copydesk[report]'``).
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import UsageError
from pipeline.export.target import folder_target
from pipeline.review.figures import BINS, REMOVED, Figures, figures_of
from pipeline.show.screen import shortened, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pipeline.corpus.open import Corpus

FORMATS: Final = ("svg", "png")
_SITES: Final = 15
_COLOURS: Final[Mapping[str, str]] = dict(
    zip(
        REMOVED,
        # The hues of the review page on white (pipeline/review/page/review.css).
        (
            *("#b3261e", "#0f5f8a", "#1f6b2c", "#5b3cc4", "#4c5563", "#00646f", "#8a1c8c", "#a01a58", "#7a5200"),
            *("#1a4fb4", "#c9a400"),
        ),
        strict=True,
    )
)
_INK: Final = "#15181d"
# No names of fonts or moments in the files, so that the same corpus gives the same bytes.
_STYLE: Final[Any] = {
    "svg.hashsalt": "copydesk",
    "svg.fonttype": "path",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.figsize": (8, 4.5),
    "figure.constrained_layout.use": True,
}


def write_plots(corpus: Corpus, out: str, format: str = "svg") -> list[str]:  # noqa: A002  # the option's name
    """Draw the plots of ``PLOTS`` into the folder ``out``; gives the names of the files.

    :raises UsageError: matplotlib is missing, or ``out`` is not a folder for it.
    :raises RunError: it cannot be written.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError(
            "copydesk report draws with matplotlib, which is not installed: pip install 'copydesk[report]'"
        )
    import matplotlib as mpl  # noqa: PLC0415  # only this verb needs it
    from matplotlib.figure import Figure  # noqa: PLC0415

    figures = figures_of(corpus)
    names = []
    with folder_target(out) as folder, mpl.rc_context(_STYLE):
        for name, (title, draw) in PLOTS.items():
            figure = Figure()
            axes = figure.subplots()
            axes.set_title(f"{title} (release {corpus.release.number})", loc="left")
            draw(axes, figures)
            names.append(f"{name}.{format}")
            metadata = {"Date": None} if format == "svg" else {"Software": None}
            figure.savefig(folder / names[-1], format=format, dpi=150, metadata=metadata)
    return names


def _by_kind(axes: Axes, figures: Figures) -> None:
    kinds = sorted(figures.removed, key=lambda kind: figures.removed[kind])
    bars = axes.barh([kind.replace("_", " ") for kind in kinds], [figures.removed[kind] for kind in kinds])
    for bar, kind in zip(bars, kinds, strict=True):
        bar.set_color(_COLOURS[kind])
    axes.bar_label(bars, fmt="{:,.0f}", padding=3)
    axes.margins(x=0.1)
    axes.set_xlabel("lines")


def _by_site(axes: Axes, figures: Figures) -> None:
    sites = figures.sites[:_SITES][::-1]
    names = [shortened(visible(site.site), 30) for site in sites]
    # Dollar signs would be mathematics.
    places = range(len(sites))
    starts = [0.0] * len(sites)
    for kind in REMOVED:
        shares = [100 * site.removed.get(kind, 0) / max(site.lines, 1) for site in sites]
        if any(shares):
            axes.barh(places, shares, left=starts, color=_COLOURS[kind], label=kind.replace("_", " "))
        starts = [start + share for start, share in zip(starts, shares, strict=True)]
    axes.set_yticks(list(places), [name.replace("$", r"\$") for name in names])
    axes.set_xlabel("lines removed, %")
    axes.set_xlim(0, 100)
    if any(starts):
        axes.legend(fontsize=8, loc="lower right")


def _scores(axes: Axes, figures: Figures) -> None:
    edges = [place / BINS for place in range(BINS)]
    kept, removed = figures.scores["kept"], figures.scores["removed"]
    axes.bar(edges, kept, 1 / BINS, align="edge", color=_COLOURS["comments"], label="kept as body")
    axes.bar(edges, removed, 1 / BINS, align="edge", bottom=kept, color=_COLOURS["appeal"], label="removed")
    axes.set_xlabel("score")
    axes.set_ylabel("lines")
    axes.legend()


def _calibration(axes: Axes, _: Figures) -> None:
    bins = calibration()
    axes.plot([0, 1], [0, 1], color=_INK, linewidth=0.8, linestyle=":", label="perfect")
    axes.plot(
        [one["score"] for one in bins], [one["body"] for one in bins], "o-", color=_COLOURS["share"], label="found"
    )
    axes.set_xlabel("score, mean of the bin")
    axes.set_ylabel("share of lines that are body")
    axes.legend()


def _similarities(axes: Axes, figures: Figures) -> None:
    edges = [place / BINS for place in range(BINS)]
    bottom = [0] * BINS
    for (name, counts), colour in zip(figures.similarities.items(), list(_COLOURS.values())[::-1], strict=False):
        axes.bar(edges, counts, 1 / BINS, align="edge", bottom=bottom, color=colour, label=name)
        bottom = [low + count for low, count in zip(bottom, counts, strict=True)]
    axes.set_xlim(0, 1)
    axes.set_xlabel("exact Jaccard similarity")
    axes.set_ylabel("verified pairs")
    if figures.similarities:
        axes.legend()


def _cost(axes: Axes, figures: Figures) -> None:
    timings = figures.runs[-1].timings
    stages = list(timings)[::-1]
    bars = axes.barh(stages, [timings[stage] for stage in stages], color=_COLOURS["share"])
    axes.bar_label(bars, fmt="{:.2f}", padding=3)
    axes.margins(x=0.1)
    axes.set_xlabel("seconds of the newest run")


def calibration() -> list[dict[str, float]]:
    """Of the labeller's scores on labelled pages of sites it had not seen: mean score and share of body, by bin."""
    text = resources.files("pipeline.label.network").joinpath("card.json").read_text(encoding="utf-8")
    found: list[dict[str, float]] = json.loads(text)["figures"]["sections"]["held out"]["calibration"]
    return found


PLOTS: Final[Mapping[str, tuple[str, Callable[[Axes, Figures], None]]]] = {
    "removed-by-kind": ("Lines removed, by kind", _by_kind),
    "removed-by-site": ("Lines removed, by site", _by_site),
    "scores": ("How sure the labeller was", _scores),
    "calibration": ("Scores against the truth, on labelled pages of unseen sites", _calibration),
    "duplicates-by-similarity": ("Near-duplicates, by similarity", _similarities),
    "cost-by-stage": ("Time, by stage", _cost),
}
"""File name to the title and what draws it."""
