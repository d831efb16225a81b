"""A chart of what near-duplicates cost against size, from the figures of ``dedup_scale``.

    python -m benchmarks.dedup_chart build/dedup_scale.jsonl docs/near_duplicates_cost.svg

Needs matplotlib (``pip install 'copydesk[report]'``).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.dedup_scale import Figures

GROWTH = 1.5
"""How many times the CPU time of the smallest size a paragraph may take at any other; the goal."""

MEMORY_GB = 4.0
"""The goal for peak memory."""


def made_at_once(lines: Sequence[str]) -> list[Figures]:
    """The steps that made a whole index, by size; where a size was measured twice, the later."""
    steps: list[Figures] = [json.loads(line) for line in lines if line.strip()]
    by_size = {step["paragraphs"]: step for step in steps if step["new"] == step["paragraphs"]}
    return [by_size[size] for size in sorted(by_size)]


def draw(figures: Sequence[Figures], out: Path) -> None:
    """CPU microseconds a paragraph and peak memory against the number of paragraphs, each with its goal."""
    import matplotlib as mpl  # noqa: PLC0415  # only this needs it
    from matplotlib.figure import Figure  # noqa: PLC0415

    mpl.rcParams["svg.hashsalt"] = "copydesk"  # the same file for the same figures
    chart = Figure(figsize=(9, 3.6), layout="constrained")
    cost, memory = chart.subplots(1, 2)
    sizes = [step["paragraphs"] for step in figures]
    for axes, values, goal, title in (
        (
            cost,
            [step["microseconds_each"] for step in figures],
            GROWTH * figures[0]["microseconds_each"],
            "CPU microseconds a paragraph",
        ),
        (memory, [step["peak_mb"] / 1024 for step in figures], MEMORY_GB, "peak memory, GB"),
    ):
        axes.plot(sizes, values, marker="o", color="#1f4e79")
        for size, value in zip(sizes, values, strict=True):
            axes.annotate(f"{value:.3g}", (size, value), xytext=(0, 6), textcoords="offset points", ha="center")
        axes.axhline(goal, color="#a33", linestyle="--", linewidth=1)
        axes.text(sizes[0], goal, "goal", color="#a33", va="bottom")
        axes.set(title=title, xlabel="paragraphs", xscale="log", ylim=(0, 1.15 * max(*values, goal)))
        axes.spines[["top", "right"]].set_visible(False)
    chart.savefig(out, metadata={"Date": None} if out.suffix == ".svg" else None)


def main() -> None:
    """Draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, help="lines that dedup_scale printed")
    parser.add_argument("out", type=Path, help="an SVG or PNG file")
    options = parser.parse_args()
    draw(made_at_once(options.figures.read_text("utf-8").splitlines()), options.out)


if __name__ == "__main__":
    main()
