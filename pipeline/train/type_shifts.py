"""Fits by how much lines of plain text are likelier body on pages that are no articles (``TypeModel.shifts``).

    python -m pipeline.train.type_shifts --bench DIR --label-folds benchmarks/label_folds

fits the estimates of page types, too (``page_type``), prints how good they are, and writes ``page_types.json`` and a
``types-0.json`` ... for each fold.

The shifts are those of the best mean word F1. For each fold they come from pages of the other folds alone, whose
types are estimated by regressions that have seen neither the page's fold nor the one that is held out.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.evaluate.answers import page_of, text_input
from pipeline.evaluate.bench import BenchPage, fold_of, load_bench
from pipeline.evaluate.run import TYPES_FILE, fold_weights, network_labeller
from pipeline.evaluate.run import held_out as unseen
from pipeline.evaluate.word_f1 import word_f1
from pipeline.label.page_facts import page_facts
from pipeline.label.page_type import SURE_ARTICLE, TYPES, TypeModel
from pipeline.records import BODY, Kind, Page, PageType
from pipeline.train.page_type import Facts, as_table, cross_validated, fit, fit_folds, html_facts, report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.evaluate.run import Weights
    from pipeline.label.labeller import NetworkLabeller
    from pipeline.records import Label

_FILE: Final = Path(__file__).resolve().parent.parent / "label" / "page_types.json"
_NOTE: Final = (
    "Multinomial logistic regressions on the facts of pipeline/label/page_facts.py, fitted on the pages of WCXB dev "
    "(M. Foley, 2026, CC-BY-4.0) and of Fundus' parser tests. "
    "Refit: python -m pipeline.train.type_shifts --bench DIR --label-folds benchmarks/label_folds"
)
GRID: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Shifts that are tried. None is below 0, so that no page loses text to the estimate."""
TRUST: Final = 0.75
"""Part of the best shifts that is used: with the whole, Fundus loses .0005."""
PENALTY: Final = 0.05
"""What the square of a shift costs, against the sum of the pages' word F1: of equal gains the smaller shift."""
SHIFTED: Final = (PageType.LISTING, PageType.SERVICE)
"""The types that are shifted. With five types the best shifts differ from fold to fold, by up to 1, and gain less."""
_ARTICLE: Final = TYPES.index(PageType.ARTICLE)


@dataclass(frozen=True, slots=True)
class Example:
    """A page as a network that has not seen it labels it."""

    facts: Facts
    curve: tuple[float, ...]
    """Word F1 of what is kept at each shift of ``GRID``; (8,)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of labelled pages")
    parser.add_argument("--label-folds", type=Path, required=True, help="folder of fold weights")
    options = parser.parse_args(arguments)
    pages = load_bench(options.bench)
    weights = fold_weights(options.label_folds, with_types=False)
    judges = unseen(pages, weights, "folds")
    of_html = html_facts(options.bench, pages, judges)
    of_text = text_examples(pages, weights, judges.of_page)
    for name, facts in (("html", of_html), ("text", [example.facts for example in of_text])):
        sys.stdout.write(f"{name}, held out by site\n{report(pages, cross_validated(pages, facts))}\n")
    folds, whole = fit_both(pages, of_html, of_text, len(weights))
    for number, models in enumerate(folds):
        (options.label_folds / TYPES_FILE.format(number)).write_bytes(as_file(models))
        sys.stdout.write(f"shifts without fold {number}: {_named(models['text'])}\n")
    sys.stdout.write(f"shifts: {_named(whole['text'])}\n")
    table = {"note": _NOTE, "types": [own.value for own in TYPES], **as_table(whole)}
    _FILE.write_text(json.dumps(table, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def text_examples(pages: Sequence[BenchPage], weights: Sequence[Weights], of_page: Sequence[int]) -> list[Example]:
    """The example of each page's text.

    :param weights: of labellers;
    :param of_page: for each page the index of those that have not seen its site.
    """
    labellers = [network_labeller(own) for own in weights]
    return [held_out(labellers[own], page) for page, own in zip(pages, of_page, strict=True)]


def held_out(labeller: NetworkLabeller, page: BenchPage) -> Example:
    """The example of a page that the labeller has not seen; one without visible text has no facts, and scores 0."""
    read = page_of(text_input(page.text))
    if read is None:
        return Example({}, (0.0,) * len(GRID))
    labels = labeller.label_shifted(read, GRID)
    texts = [_kept(read, own) for own in labels]
    scores = {text: word_f1(text, page.truth) for text in set(texts)}
    return Example(page_facts(read, labels[0]), tuple(scores[text] for text in texts))


def fit_both(
    pages: Sequence[BenchPage], of_html: Sequence[Facts], of_text: Sequence[Example], folds: int
) -> tuple[list[dict[str, TypeModel]], dict[str, TypeModel]]:
    """By format, for each fold models that have seen none of its pages, and those that have seen all."""
    text, whole_text = fit_models(pages, of_text, folds)
    return (
        [{"html": one, "text": other} for one, other in zip(fit_folds(pages, of_html, folds), text, strict=True)],
        {"html": fit(pages, of_html), "text": whole_text},
    )


def fit_models(
    pages: Sequence[BenchPage], examples: Sequence[Example], folds: int
) -> tuple[list[TypeModel], TypeModel]:
    """For each fold a model that has seen none of its pages, and the one that has seen all."""
    of_page = [fold_of(page.site, folds) for page in pages]
    known: dict[frozenset[int], TypeModel | None] = {}

    def without(out: frozenset[int]) -> TypeModel | None:
        if out not in known:
            chosen = [index for index, fold in enumerate(of_page) if fold not in out]
            known[out] = (
                fit([pages[index] for index in chosen], [examples[index].facts for index in chosen]) if chosen else None
            )
        return known[out]

    def model(out: frozenset[int]) -> TypeModel:
        chances, curves = [], []
        for fold, example in zip(of_page, examples, strict=True):
            judge = None if fold in out else without(out | {fold})
            if judge is not None:
                chances.append(judge.chances(example.facts))
                curves.append(example.curve)
        whole = without(out) or TypeModel((0.0,) * len(TYPES), {})
        return replace(whole, shifts=best_shifts(chances, curves)) if curves else whole

    return [model(frozenset({fold})) for fold in range(folds)], model(frozenset())


def best_shifts(chances: Sequence[Sequence[float]], curves: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The shift of each type, 0 for all but ``SHIFTED``, that is best for pages of these types; (6,).

    :param chances: probability of each type; (n, 6).
    :param curves: word F1 of each page at each shift of ``GRID``; (n, 8).
    """
    types, scores, grid = np.array(chances), np.array(curves), np.array(GRID)
    types[types[:, _ARTICLE] >= SURE_ARTICLE] = 0.0
    own = types[:, [TYPES.index(name) for name in SHIFTED]]

    def worth(shifts: Iterable[float]) -> float:
        tried = np.array(tuple(shifts))
        return float(_between(grid, scores, own @ tried).sum() - PENALTY * (tried**2).sum())

    best = dict(zip(SHIFTED, max(product(GRID, repeat=len(SHIFTED)), key=worth), strict=True))
    return tuple(round(best.get(name, 0.0) * TRUST, 4) for name in TYPES)


def as_file(models: Mapping[str, TypeModel]) -> bytes:
    """A fold's file: the JSON form of its models."""
    return (json.dumps(as_table(models), indent=0, ensure_ascii=False) + "\n").encode()


def _named(model: TypeModel) -> str:
    return ", ".join(f"{own.value} {shift:.2f}" for own, shift in zip(TYPES, model.shifts, strict=True))


def _between(grid: Any, scores: Any, shifts: Any) -> Any:
    """The scores at these shifts, in a straight line between those of the grid; (n,)."""
    low = np.clip(np.searchsorted(grid, shifts, side="right") - 1, 0, len(grid) - 2)
    part = (shifts - grid[low]) / (grid[low + 1] - grid[low])
    row = np.arange(len(scores))
    return scores[row, low] * (1 - part) + scores[row, low + 1] * part


def _kept(page: Page, labels: Sequence[Label]) -> str:
    """What an article keeps of a page, repeats aside."""
    return "\n".join(
        line.clean
        for line, label in zip(page.lines, labels, strict=True)
        if label.kind in BODY or label.kind is Kind.DEK
    )


if __name__ == "__main__":
    sys.exit(main())
