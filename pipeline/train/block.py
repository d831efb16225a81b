"""Fits the regressions of the block labeller, which also find headlines and pages of nothing but body.

    python -m pipeline.train.block --bench DIR             fit on all pages, write coefficients.json
    python -m pipeline.train.block --bench DIR --folds 5   figures held out by site; nothing is written

The constants below were chosen with the same pages in view, so held-out figures still flatter them a little.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from pipeline.errors import UsageError
from pipeline.evaluate.bench import BenchPage, fold_of, load_bench
from pipeline.evaluate.figures import HELD_OUT
from pipeline.evaluate.report import report_text
from pipeline.evaluate.run import Judges, judged
from pipeline.label.block import Linear, Model, second_features
from pipeline.label.features import Floats, Lines, gather, line_features, page_features
from pipeline.label.head import below_signs, find_signs, title_candidates, title_features
from pipeline.label.labeller import BlockLabeller
from pipeline.metadata.titles import same_title
from pipeline.records import Hints, Line, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

FUNDUS_WEIGHT: Final = 3.0
"""Weight of a Fundus page in the fit: there are twelve times as many WCXB pages, nearly all English."""
CLEAN_WEIGHT: Final = 0.2
"""Weight of a page's copy that holds its body lines only: teaches that a page may have no chrome."""
WIDTH_POWER: Final = 0.75
"""A line weighs as its width to this power, in shares of its page: word F1 counts words, but headings matter too."""
PENALTY: Final = 1e-4
"""L2 penalty on standardised weights."""
STEPS: Final = 100
BIAS: Final = -0.4
"""Of the best block; with the second pass behind it -.4 and .2 gave the same word F1 (cross-validated, within .001)."""
THRESHOLD_ODDS: Final = -0.3
"""Log-odds (before calibration) from which a line is body; from -1, -.6, -.3, 0: -.3 was best on WCXB articles."""
BARE_ODDS: Final = 0.0
"""Log-odds from which a page is nothing but body: fires on 3.0 % of raw pages even if all their lines were parted."""
_COEFFICIENTS: Final = Path(__file__).resolve().parent.parent / "label" / "coefficients.json"
_NOTE: Final = (
    "Logistic regressions on the features of pipeline/label/features.py (title: head.py), fitted on the plain text "
    "lines of WCXB dev (M. Foley, 2026, CC-BY-4.0) and of Fundus' parser tests. "
    "Refit: python -m pipeline.train.block --bench DIR"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 2 if the folder of labelled pages is not there."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train.block", description=__doc__.split("\n")[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of labelled pages")
    parser.add_argument("--folds", type=int, help="judge so many folds instead of writing coefficients")
    options = parser.parse_args(arguments)
    if options.folds is not None and options.folds < 2:
        parser.error("--folds must be 2 or more")
    try:
        pages = load_bench(options.bench)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    training = Training(pages)
    if options.folds is None:
        model = training.fit(np.ones(len(training.pages), dtype=bool))
        _COEFFICIENTS.write_text(json.dumps(as_table(model), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        sys.stderr.write(f"wrote {_COEFFICIENTS.name}, version {model.version}\n")
        return 0
    fold = np.array([fold_of(page.site, options.folds) for page in training.pages])
    labellers = tuple(BlockLabeller(training.fit(fold != number)) for number in range(options.folds))
    judges = Judges(
        name=BlockLabeller.name,
        labellers=labellers,
        of_page=tuple(fold_of(page.site, options.folds) for page in pages),
        section=(HELD_OUT,) * len(pages),
        boundaries=(None,) * options.folds,
    )
    figures = judged(options.bench, pages, judges, lambda line: None, with_peers=False)
    sys.stdout.write(report_text(figures))
    return 0


def bare_copy(page: BenchPage) -> BenchPage:
    """The page with its body lines only, each parted from the next by a blank line."""
    lines = tuple((text, True) for (text, _), is_body in zip(page.lines, page.body, strict=True) if is_body)
    return replace(page, lines=lines, body=(True,) * len(lines), kinds=("content",) * len(lines))


class Training:
    """Features of all labelled pages and of their bare copies, computed once; and the fits on parts of them."""

    def __init__(self, pages: Sequence[BenchPage]) -> None:
        copies = [bare_copy(page) for page in pages]
        self.pages = [page for page in [*pages, *copies] if page.lines]
        raw = sum(bool(page.lines) for page in pages)
        self.raw_page = np.arange(len(self.pages)) < raw
        self.lines: Lines = gather(
            [[text for text, _ in page.lines] for page in self.pages],
            [[blank for _, blank in page.lines] for page in self.pages],
        )
        self.page = self.lines.page
        self.target = np.concatenate([page.body for page in self.pages]).astype(np.float32)
        columns = line_features(self.lines)
        self.first_names = tuple(columns)
        self.first = np.stack([columns.pop(name).astype(np.float32) for name in self.first_names], 1)
        weight = (self.lines.width + 10.0) ** WIDTH_POWER
        weight /= np.bincount(self.page, weights=weight)[self.page]
        share = [
            (FUNDUS_WEIGHT if page.corpus == "fundus" else 1.0) * (1.0 if is_raw else CLEAN_WEIGHT)
            for page, is_raw in zip(self.pages, self.raw_page, strict=True)
        ]
        self.weight = weight * np.array(share)[self.page]

    def fit(self, pages: Any) -> Model:
        """The model fitted on the pages where ``pages`` (boolean, one for each of ``self.pages``) holds."""
        rows = pages[self.page]
        first = fit_linear(self.first_names, self.first[rows], self.target[rows], self.weight[rows])
        score = self.first @ np.array(first.weights) + first.intercept
        columns = second_features(self.lines, score, BIAS)
        names = tuple(columns)
        matrix = np.stack([columns.pop(name).astype(np.float32) for name in names], 1)
        second = fit_linear(names, matrix[rows], self.target[rows], self.weight[rows])
        odds = matrix @ np.array(second.weights) + second.intercept
        # lines were weighted; on raw lines as they come, one slope and one shift make probabilities of the odds (Platt)
        plain = rows & self.raw_page[self.page]
        scale = fit_linear(
            ("odds",), odds[plain, None].astype(np.float32), self.target[plain], np.ones(int(plain.sum()))
        )
        slope, shift = scale.weights[0], scale.intercept
        second = Linear(names, tuple(weight * slope for weight in second.weights), second.intercept * slope + shift)
        limit = slope * THRESHOLD_ODDS + shift
        whole = page_features(self.lines)
        page_matrix = np.stack(list(whole.values()), 1).astype(np.float32)
        is_bare = (~self.raw_page).astype(np.float32)
        bare = fit_linear(tuple(whole), page_matrix[pages], is_bare[pages], np.ones(int(pages.sum())))
        model = Model(
            "", first, BIAS, second, round(1.0 / (1.0 + float(np.exp(-limit))), 4), bare, BARE_ODDS, Linear((), (), 0.0)
        )
        model = replace(model, title=self.fit_title(model, pages))
        digest = hashlib.sha256(json.dumps(as_table(model)).encode()).hexdigest()[:8]
        return replace(model, version=digest)

    def fit_title(self, model: Model, pages: Any) -> Linear:
        """The headline's regression, on the raw article pages among ``pages`` whose known title is printed."""
        chosen = [
            page
            for page, is_in, is_raw in zip(self.pages, pages, self.raw_page, strict=True)
            if is_in and is_raw and page.page_type in {"article", "news"} and page.title
        ]
        columns: dict[str, list[Floats]] = defaultdict(list)
        target: list[bool] = []
        sheets = BlockLabeller(model).sheets([as_page(page.lines) for page in chosen])
        for page, (_, _, sheet) in zip(chosen, sheets, strict=True):
            signs = find_signs(sheet, sheet.opening)
            opening = below_signs(sheet, sheet.opening, signs)
            candidates = title_candidates(sheet, opening, signs)
            right = [same_title(sheet.texts[index], page.title) for index in candidates]
            if any(right):
                target += right
                for name, column in title_features(sheet, candidates, opening, signs).items():
                    columns[name].append(column)
        names = tuple(columns)
        matrix = np.stack([np.concatenate(columns[name]) for name in names], 1).astype(np.float32)
        return fit_linear(names, matrix, np.array(target, dtype=np.float32), np.ones(len(target)))


def fit_linear(names: Sequence[str], matrix: Any, target: Any, weight: Any) -> Linear:
    """Weighted, L2-penalised logistic regression by L-BFGS, in terms of the raw features; rounded to six digits."""
    mean = np.average(matrix, axis=0, weights=weight)
    spread = np.sqrt(np.average((matrix - mean) ** 2, axis=0, weights=weight)) + 1e-3
    standard = ((matrix - mean) / spread).astype(np.float32)
    share = (weight / weight.sum()).astype(np.float32)
    sign = (2 * target - 1).astype(np.float32)

    def loss(point: Floats) -> tuple[float, Floats]:
        margin = sign * (standard @ point[:-1].astype(np.float32) + np.float32(point[-1]))
        slope = -share * sign / (1 + np.exp(np.clip(margin, -30, 30)))
        value = float((share * np.logaddexp(0, -margin)).sum(dtype=np.float64)) + PENALTY * float(
            point[:-1] @ point[:-1]
        )
        return value, np.append(standard.T @ slope + 2 * PENALTY * point[:-1], slope.sum()).astype(np.float64)

    found = minimize(
        loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 20}
    ).x
    weights = found[:-1] / spread
    return Linear(
        tuple(names),
        tuple(float(f"{value:.6g}") for value in weights),
        float(f"{found[-1] - float((weights * mean).sum()):.6g}"),
    )


def as_table(model: Model) -> dict[str, Any]:
    """The JSON form of a model, as ``read_model`` takes it."""

    def linear(part: Linear) -> dict[str, Any]:
        return {"intercept": part.intercept, "weights": dict(zip(part.names, part.weights, strict=True))}

    return {
        "note": _NOTE,
        "version": model.version,
        "bias": model.bias,
        "threshold": model.threshold,
        "bare_odds": model.bare_odds,
        "first": linear(model.first),
        "second": linear(model.second),
        "bare": linear(model.bare),
        "title": linear(model.title),
    }


def as_page(lines: Sequence[tuple[str, bool]]) -> Page:
    """A plain text page of lines."""
    return Page(
        id="0" * 16,
        origin="bench",
        source="bench",
        format="text",
        encoding="utf-8",
        sha256="",
        size=0,
        hints=Hints(),
        lines=tuple(Line(number, 0, text, text, number, blank) for number, (text, blank) in enumerate(lines, 1)),
    )


if __name__ == "__main__":
    sys.exit(main())
