"""Fits the estimate of page types, and says how good it is on sites that it has not seen.

Lines are labelled by networks that have not seen the site. The figures are cross-validated by site in five folds, the
choice of facts included. ``type_shifts`` writes the files.
WCXB's types are the truth, ``collection`` and ``listing`` as one; pages of Fundus are articles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from pipeline.evaluate.answers import html_input, page_of
from pipeline.evaluate.bench import BenchPage, fold_of, html_path
from pipeline.label.page_facts import page_facts
from pipeline.label.page_type import TYPES, TypeModel, likeliest
from pipeline.records import PageType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pipeline.evaluate.run import Judges

FOLDS: Final = 5
NAMED: Final = 400
"""Facts with a name of the page's own (short lines, signs, words of the address) that are fitted: those that tell types
apart most (chi-squared). Of 100, 300 and 600, 600 had the best macro F1 (by .03 on HTML, .02 on text), for a file that
is half as large again."""
MIN_SITES: Final = 8
"""Sites on which such a fact must stand: fewer say more of the sites than of the type."""
PENALTY: Final = 50.0
"""L2 penalty on the weights of standardised facts, against the sum of the pages' cross entropy: of 33, 100 and 333,
33 was best on text, and as good as 100 on HTML."""
LEAST_SCALE: Final = 0.2
"""Named facts are divided by their deviation, and by no less: a rare word must not weigh more than a common one."""
_TYPE_OF: Final = {"news": PageType.ARTICLE, "collection": PageType.LISTING}

Facts = dict[str, float]


def type_of(page: BenchPage) -> PageType:
    """The true type of a page."""
    return _TYPE_OF.get(page.page_type) or PageType(page.page_type)


def html_facts(bench: Path, pages: Sequence[BenchPage], judges: Judges) -> list[Facts]:
    """The facts of every page's HTML, labelled by a network that has not seen its site; none of unread pages."""
    found: list[Facts] = [{} for _ in pages]
    for index, page in enumerate(pages):
        read = page_of(html_input(html_path(bench, page)))
        if read is not None:
            (labels,) = judges.labellers[judges.of_page[index]].label([read])
            found[index] = page_facts(read, labels)
    return found


def cross_validated(pages: Sequence[BenchPage], facts: Sequence[Facts]) -> list[PageType]:
    """The estimate for every page by a fit that has not seen its site."""
    models = fit_folds(pages, facts, FOLDS)
    return [
        likeliest(models[fold_of(page.site, FOLDS)].chances(own)).type for page, own in zip(pages, facts, strict=True)
    ]


def fit_folds(pages: Sequence[BenchPage], facts: Sequence[Facts], folds: int) -> list[TypeModel]:
    """For each fold the regression that has seen none of its pages."""
    seen = [[at for at, page in enumerate(pages) if fold_of(page.site, folds) != fold] for fold in range(folds)]
    return [fit([pages[at] for at in own], [facts[at] for at in own]) for own in seen]


def fit(pages: Sequence[BenchPage], facts: Sequence[Facts]) -> TypeModel:
    """The regression for these pages."""
    types = [type_of(page) for page in pages]
    names = _chosen(pages, types, facts)
    columns = np.array([[own.get(name, 0.0) for name in names] for own in facts])
    mean = columns.mean(0)
    scale = np.maximum(columns.std(0), [LEAST_SCALE if _is_named(name) else 1e-6 for name in names])
    rows = (columns - mean) / scale
    truth = np.array([[own is other for other in TYPES] for own in types], dtype=np.float64)
    shape = (len(names) + 1, len(TYPES))

    def loss(flat: Any) -> tuple[float, Any]:
        weights = flat.reshape(shape)
        odds = rows @ weights[:-1] + weights[-1]
        odds -= odds.max(1, keepdims=True)
        total = np.log(np.exp(odds).sum(1))
        change = np.exp(odds - total[:, None]) - truth
        value = (total - (odds * truth).sum(1)).sum() + PENALTY / 2 * (weights[:-1] ** 2).sum()
        return float(value), np.vstack([rows.T @ change + PENALTY * weights[:-1], change.sum(0)]).ravel()

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x.reshape(
        shape
    )
    weights = found[:-1] / scale[:, None]
    intercepts = found[-1] - mean @ weights
    return TypeModel(
        tuple(_rounded(intercepts)), {name: tuple(_rounded(row)) for name, row in zip(names, weights, strict=True)}
    )


def report(pages: Sequence[BenchPage], answers: Sequence[PageType]) -> str:
    """Confusion table of WCXB (rows: truth), recall and F1 of each type, their mean; share of articles in Fundus."""
    table: Counter[tuple[PageType, PageType]] = Counter()
    news: Counter[PageType] = Counter()
    for page, answer in zip(pages, answers, strict=True):
        if page.corpus == "wcxb":
            table[type_of(page), answer] += 1
        else:
            news[answer] += 1
    lines = [f"{'':14}" + "".join(f"{own.value:>14}" for own in TYPES) + "    recall      F1"]
    scores = []
    for own in TYPES:
        row = [table[own, other] for other in TYPES]
        called = sum(table[other, own] for other in TYPES)
        scores.append(2 * table[own, own] / max(sum(row) + called, 1))
        recall = table[own, own] / max(sum(row), 1)
        lines.append(f"{own.value:14}" + "".join(f"{n:14d}" for n in row) + f"{recall:10.3f}{scores[-1]:8.3f}")
    right = sum(table[own, own] for own in TYPES) / max(table.total(), 1)
    articles = news[PageType.ARTICLE] / max(news.total(), 1)
    lines.append(f"macro F1 {sum(scores) / len(scores):.3f}, accuracy {right:.3f}; of Fundus {articles:.3f} articles")
    return "\n".join(lines)


def as_table(models: Mapping[str, TypeModel]) -> dict[str, Any]:
    """The JSON form of the models of both formats, as ``read_type_models`` takes it."""
    return {
        name: {
            "intercepts": list(model.intercepts),
            "weights": {fact: list(weights) for fact, weights in sorted(model.weights.items())},
            "shifts": list(model.shifts),
        }
        for name, model in models.items()
    }


def _chosen(pages: Sequence[BenchPage], types: Sequence[PageType], facts: Sequence[Facts]) -> list[str]:
    """All facts that every page has, and the ``NAMED`` others that tell most, sorted."""
    sites: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, Counter[PageType]] = defaultdict(Counter)
    for page, own_type, own in zip(pages, types, facts, strict=True):
        for name in own:
            sites[name].add(page.site)
            counts[name][own_type] += 1
    share = {own: count / len(types) for own, count in Counter(types).items()}

    def tells(name: str) -> float:
        pages_with = counts[name].total()
        return sum((counts[name][own] - pages_with * part) ** 2 / (pages_with * part) for own, part in share.items())

    named = [name for name in counts if _is_named(name) and len(sites[name]) >= MIN_SITES]
    named.sort(key=lambda name: (-tells(name), name))
    return sorted([*(name for name in counts if not _is_named(name)), *named[:NAMED]])


def _is_named(fact: str) -> bool:
    return ":" in fact or fact.startswith("line ")


def _rounded(values: Any) -> list[float]:
    return [float(f"{value:.4g}") for value in values]
