"""What kind of page it is: a multinomial logistic regression on named facts (``page_facts``), one for each format.

Every number has a name (``page_types.json``), so that an estimate can be argued with: ``schema:product`` speaks for a
product, ``line reply`` for a forum. A page with nothing to go by is an article, as most are.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.label.page_facts import WORDING, page_facts
from pipeline.records import PageKind, PageType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.label.features import Floats
    from pipeline.label.page_facts import Measured
    from pipeline.records import Label, Page

TYPES: Final = tuple(PageType)
"""In the order of the columns of ``TypeModel.weights``."""
FORMATS: Final = ("html", "text")
"""Formats of pages that have a model of their own."""
SURE_ARTICLE: Final = 0.7
"""Probability of an article from which a page's lines are decided as an article's: of half the bench's pages."""
_DIGITS: Final = 3


@dataclass(frozen=True)
class TypeModel:
    """The fitted numbers for one format."""

    intercepts: tuple[float, ...]
    """Log-odds of each of ``TYPES`` where no fact speaks; (6,)."""
    weights: Mapping[str, tuple[float, ...]]
    """What one unit of a fact adds; (6,) for each name."""
    shifts: tuple[float, ...] = (0.0,) * len(TYPES)
    """What is added to the log-odds of a line's being body on pages of each type; (6,), nowhere below 0."""

    @cached_property
    def wordings(self) -> frozenset[str]:
        """Short lines that say something."""
        return frozenset(name.removeprefix(WORDING) for name in self.weights if name.startswith(WORDING))

    @cached_property
    def _table(self) -> tuple[dict[str, int], Floats]:
        """The row of each fact, in the order of their names, and the weights; (facts, 6)."""
        names = sorted(self.weights)
        table = np.array([self.weights[name] for name in names], dtype=np.float64).reshape(-1, len(TYPES))
        return {name: row for row, name in enumerate(names)}, table

    @cached_property
    def digest(self) -> str:
        """Changes with the numbers."""
        numbers = (self.intercepts, sorted(self.weights.items()), self.shifts)
        return hashlib.sha256(json.dumps(numbers).encode()).hexdigest()[:8]

    def shift(self, chances: Sequence[float]) -> float:
        """What is added to the log-odds of a page's lines: the types' shifts, weighted by their ``chances``.

        0 on a page that is surely an article.
        """
        if chances[TYPES.index(PageType.ARTICLE)] >= SURE_ARTICLE:
            return 0.0
        # rounded, since the last bits of the exponentials differ between processors
        return round(sum(chance * shift for chance, shift in zip(chances, self.shifts, strict=True)), _DIGITS)

    def chances(self, facts: Mapping[str, float]) -> tuple[float, ...]:
        """Probability of each of ``TYPES``; (6,). Summed in the order of the names, so equal facts give equal bits."""
        order, table = self._table
        found = sorted([(order[name], fact) for name, fact in facts.items() if name in order])
        terms = np.array([fact for _, fact in found])[:, None] * table[[row for row, _ in found]]
        # added one by one
        odds: list[float] = np.cumsum(np.concatenate([[self.intercepts], terms]), axis=0)[-1].tolist()
        greatest = max(odds)
        shares = [math.exp(own - greatest) for own in odds]
        return tuple(share / sum(shares) for share in shares)


def estimate(page: Page, labels: Sequence[Label], model: TypeModel, measured: Measured | None = None) -> PageKind:
    """The likeliest type of a page; ``labels`` are the labeller's, aligned with ``page.lines``.

    :param model: that of the page's format.
    :param measured: the lines, where somebody has measured them.
    """
    return likeliest(model.chances(page_facts(page, labels, model.wordings, measured)))


def called(page: Page, kind: PageKind) -> Page:
    """The page by the title that pages of its type bear: the markup was read before anybody knew the type."""
    if kind.type is not PageType.SERVICE or page.title_of_service in (None, page.declared.title):
        return page
    return replace(page, declared=replace(page.declared, title=page.title_of_service))


def likeliest(chances: Sequence[float]) -> PageKind:
    """The type with the greatest probability, rounded; of equals the first of ``TYPES``."""
    at = max(range(len(TYPES)), key=lambda index: (chances[index], -index))
    return PageKind(TYPES[at], round(chances[at], _DIGITS))


@cache
def page_types_version() -> str:
    """Changes with the committed numbers."""
    return hashlib.sha256(_committed().encode()).hexdigest()[:8]


@cache
def load_type_models() -> dict[str, TypeModel]:
    """The committed numbers (``page_types.json`` beside this module), by format of the page."""
    return read_type_models(json.loads(_committed()))


def read_type_models(table: dict[str, Any]) -> dict[str, TypeModel]:
    """Models from their JSON form."""
    return {
        name: TypeModel(
            tuple(table[name]["intercepts"]),
            {fact: tuple(weights) for fact, weights in table[name]["weights"].items()},
            tuple(table[name]["shifts"]),
        )
        for name in FORMATS
    }


def _committed() -> str:
    return resources.files("pipeline.label").joinpath("page_types.json").read_text(encoding="utf-8")
