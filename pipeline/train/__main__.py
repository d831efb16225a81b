"""Train the line network.

    python -m pipeline.train --bench DIR --out weights.npz    train on all pages and write the weights
    python -m pipeline.train --bench DIR --folds 5            word F1 of five folds, split by site

``DIR`` holds ``lines-wcxb-dev.parquet``, ``lines-fundus-dev.parquet`` and beside them ground truth and HTML (WCXB, the
Web Content eXtraction Benchmark, M. Foley, 2026, CC-BY-4.0; the parser tests of Fundus). With both options the folds
are scored first. To use new weights, put them in the place of ``pipeline/label/network/weights.npz``.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEEDED = ("torch", "resiliparse", "inscriptis")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 2 if PyTorch or the labelled pages are not there."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__.split("\n")[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of labelled pages")
    parser.add_argument("--out", type=Path, help="train on all pages and write the weights here")
    parser.add_argument("--folds", type=int, help="score so many folds, split by site")
    parser.add_argument("--epochs", type=int, help="passes over the pages (default: 5)")
    parser.add_argument("--seed", type=int, help="of all that is random (default: 0)")
    parser.add_argument("--limit", type=int, help="only so many pages, to try the road")
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch; more than one may change last bits")
    parser.add_argument("--workers", type=int, default=1, help="processes that read the HTML")
    options = parser.parse_args(arguments)
    if options.out is None and options.folds is None:
        parser.error("name a file for the weights with --out, or a number of --folds, or both")
    if options.folds is not None and options.folds < 2:
        parser.error("--folds must be 2 or more")
    absent = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if absent:
        print(f"training needs {' and '.join(absent)}: pip install 'copydesk[train]'", file=sys.stderr)
        return 2
    # imported late: all of them need what was just looked for
    import torch  # noqa: PLC0415

    from pipeline.label.network.model import Network  # noqa: PLC0415
    from pipeline.train.export import export  # noqa: PLC0415
    from pipeline.train.pages import folds, load_pages, missing  # noqa: PLC0415
    from pipeline.train.quality import summary, word_f1s  # noqa: PLC0415
    from pipeline.train.train import Settings, train  # noqa: PLC0415

    lacking = missing(options.bench)
    if lacking:
        print(
            f"{options.bench}: no {' and no '.join(lacking)}; name the folder of labelled pages with --bench",
            file=sys.stderr,
        )
        return 2
    torch.set_num_threads(options.threads)
    given = {name: getattr(options, name) for name in ("epochs", "seed") if getattr(options, name) is not None}
    settings = replace(Settings(), **given)
    pages = load_pages(options.bench, options.limit, options.workers)
    if options.folds is not None:
        fold = folds(pages, options.folds).tolist()
        figures = [0.0] * len(pages)
        for number in range(options.folds):
            trained = train([page for page, own in zip(pages, fold, strict=True) if own != number], settings, _say)
            held = [index for index, own in enumerate(fold) if own == number]
            scored = word_f1s(Network(export(trained)), [pages[index] for index in held])
            for index, figure in zip(held, scored, strict=True):
                figures[index] = figure
            _say(f"fold {number + 1} of {options.folds}: {summary([pages[index] for index in held], scored)}")
        _say(f"all folds: {summary(pages, figures)}")
    if options.out is not None:
        weights = export(train(pages, settings, _say))
        options.out.write_bytes(weights)
        _say(f"wrote {options.out}: {len(weights)} bytes, digest {Network(weights).digest}")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
