"""Speed of the line labeller beside its peers: processor time, the same pages, the same run, one thread.

    python -m benchmarks.label_speed --bench DIR [--pages N] [--json OUT]

``DIR`` is the folder of labelled pages of ``copydesk evaluate``. Each method gets what it needs ready made: ours pages
of split and normalised lines, jusText and trafilatura one ``<p>`` a line, C4's rules the lines. The methods take turns
over parts of the pages, so that a busy machine slows them alike; nothing is labelled twice, so that nothing is
remembered. Compiled loops are made before the clock starts: ``make install`` does so once (``pipeline.label.tools``).
"""

from __future__ import annotations

import os

# before numpy is loaded: several threads would burn processor time on products of these sizes
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import gc
import json
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.evaluate.bench import load_bench
from pipeline.evaluate.peers import PEERS, Peer, as_markup, extracted
from pipeline.label.labeller import NetworkLabeller, load_labeller
from pipeline.label.tools import compiled, warm
from pipeline.settings import LabelSettings
from pipeline.train.block import as_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.evaluate.bench import BenchPage

PARTS: Final = 8
"""Turns that the methods take."""
PEER_NAMES: Final = ("jusText", "trafilatura", "C4 line rules")
_LOADING: Final = (
    "import time; started = time.process_time()\n"
    "from pipeline.label.labeller import load_labeller\n"
    "from pipeline.settings import LabelSettings\n"
    "labeller = load_labeller(LabelSettings())\n"
    "loaded = time.process_time()\n"
    "{then}"
    "print(loaded - started, time.process_time() - loaded)\n"
)
_COMPILED: Final = "from pipeline.label.tools import warm; warm()\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 2 if the folder of labelled pages is not there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.label_speed", description=__doc__.split("\n")[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of labelled pages")
    parser.add_argument("--pages", type=int, help="label so many pages only")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args(arguments)
    if not (options.bench / "lines-wcxb-dev.parquet").exists():
        print(f"{options.bench}: no lines-wcxb-dev.parquet; name the folder with --bench", file=sys.stderr)
        return 2
    samples = [sample for sample in load_bench(options.bench) if sample.lines]
    every = max(1, len(samples) // options.pages) if options.pages else 1
    figures = {"loading": loading(), "speed": speed(samples[::every])}
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def loading() -> dict[str, float]:
    """Seconds of processor time that a fresh process takes to import and load, without and with compiled loops."""
    warm()
    figures: dict[str, float] = {}
    for name, then in (("import and load", ""), ("compiled loops besides, from 40 pages on", _COMPILED)):
        runs = []
        for _ in range(3):
            done = subprocess.run(
                [sys.executable, "-c", _LOADING.format(then=then)], capture_output=True, text=True, check=True
            )
            runs.append([float(number) for number in done.stdout.split()])
        figures[name] = min(run[1 if then else 0] for run in runs)
        print(f"{name:<44} {figures[name]:.2f} s")
    return figures


def speed(samples: Sequence[BenchPage]) -> dict[str, Any]:
    """Pages a second of processor time of each method, and how ours compares."""
    pages = [as_page(sample.lines) for sample in samples]
    documents = [as_markup(sample) for sample in samples]
    labeller = load_labeller(LabelSettings())
    assert isinstance(labeller, NetworkLabeller)
    # the threshold from which compiled loops are used is crossed at once: what is timed is a long run's pace
    labeller.tools = lambda _: compiled()
    methods: dict[str, Callable[[slice], object]] = {
        f"ours ({labeller.name})": lambda part: labeller.label(pages[part]),
        **{peer.name: partial(_extract, peer, samples, documents) for peer in PEERS if peer.name in PEER_NAMES},
    }
    # what lies ready for all methods is not searched for garbage at the cost of the one that happens to run
    gc.collect()
    gc.freeze()
    seconds = dict.fromkeys(methods, 0.0)
    for number in range(PARTS):
        part = slice(number * len(pages) // PARTS, (number + 1) * len(pages) // PARTS)
        for name, method in methods.items():
            started = time.process_time()
            method(part)
            seconds[name] += time.process_time() - started
    print(f"\n{len(pages)} pages, {sum(len(page.lines) for page in pages)} lines")
    figures: dict[str, Any] = {}
    for name, spent in seconds.items():
        figures[name] = {"pages a second": round(len(pages) / spent, 1), "times jusText": seconds["jusText"] / spent}
        print(f"{name:<28} {len(pages) / spent:>8.1f} pages/CPU-s {seconds['jusText'] / spent:>7.2f} times jusText")
    return figures


def _extract(peer: Peer, samples: Sequence[BenchPage], documents: Sequence[str], part: slice) -> None:
    for sample, document in zip(samples[part], documents[part], strict=True):
        extracted(peer, sample, document)


if __name__ == "__main__":
    sys.exit(main())
