"""The fit of what page types shift: articles and text that is kept lose nothing, and no fold's model saw its pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluate.answers import text_input
from pipeline.evaluate.bench import fold_of, load_bench
from pipeline.evaluate.word_f1 import word_f1
from pipeline.label.labeller import NetworkLabeller, load_labeller
from pipeline.label.page_facts import page_facts
from pipeline.label.page_type import SURE_ARTICLE, TYPES, TypeModel, read_type_models
from pipeline.records import BODY, Kind, Page, PageType
from pipeline.settings import LabelSettings, NormaliseSettings, SplitSettings
from pipeline.split.page import split_page
from pipeline.train import type_shifts
from pipeline.train.page_type import fit
from pipeline.train.type_shifts import GRID, TRUST, Example, as_file, best_shifts, fit_models, held_out
from tests.miniature import twelve_pages, write_bench
from tests.test_train_page_type import FACTS, PAGES

RISING = tuple(0.4 + 0.1 * shift for shift in GRID)
FALLING = RISING[::-1]
LEVEL = (0.5,) * len(GRID)


def chances(kind: PageType, sure: float = 1.0) -> tuple[float, ...]:
    """Of a page that is likely of that type, and else a product."""
    found = [0.0] * len(TYPES)
    found[TYPES.index(PageType.PRODUCT)] = 1.0 - sure
    found[TYPES.index(kind)] += sure
    return tuple(found)


def test_types_get_what_is_best_for_their_pages() -> None:
    """Listings that gain by every step get the greatest shift, less what is not trusted; what loses gets none."""
    shifts = best_shifts(
        [chances(kind) for kind in (PageType.LISTING, PageType.FORUM, PageType.ARTICLE) for _ in range(40)],
        [curve for curve in (RISING, FALLING, RISING) for _ in range(40)],
    )
    assert dict(zip(TYPES, shifts, strict=True)) == dict.fromkeys(TYPES, 0.0) | {PageType.LISTING: GRID[-1] * TRUST}


def test_pages_that_are_surely_articles_are_left() -> None:
    """They neither speak in the fit nor are they shifted; below that certainty the chances weigh the shifts."""
    model = TypeModel((0.0,) * 6, {own.value: chances(own) for own in TYPES}, (0.0, 1.0, 0.5, 0.0, 2.0, 0.0))
    assert model.shift(model.chances({PageType.LISTING.value: 50.0})) == pytest.approx(2.0)
    assert model.shift(model.chances({PageType.ARTICLE.value: 50.0})) == 0.0
    assert model.shift(model.chances({})) == pytest.approx(3.5 / 6, abs=1e-3)
    almost = [chances(PageType.ARTICLE, SURE_ARTICLE)] * 40
    assert best_shifts(almost, [RISING] * 40) == (0.0,) * len(TYPES)


def test_no_fold_has_seen_its_pages(monkeypatch: Any) -> None:
    """A fold's shifts come from pages of other folds, and their types from fits without either fold."""
    fitted: list[frozenset[int]] = []

    def watched(pages: Any, facts: Any) -> TypeModel:
        fitted.append(frozenset(fold_of(page.site, 3) for page in pages))
        return fit(pages, facts)

    monkeypatch.setattr(type_shifts, "fit", watched)
    examples = [
        Example(own, RISING if page.page_type == "listing" else LEVEL) for page, own in zip(PAGES, FACTS, strict=True)
    ]
    models, whole = fit_models(PAGES, examples, 3)
    assert set(fitted) == {frozenset(own) for own in ({0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2})}
    changed = [
        Example(example.facts, FALLING if fold_of(page.site, 3) == 1 else example.curve)
        for page, example in zip(PAGES, examples, strict=True)
    ]
    again, whole_again = fit_models(PAGES, changed, 3)
    assert any(whole.shifts)
    assert again[1] == models[1]
    assert whole_again != whole


def test_the_file_gives_the_model_back() -> None:
    """What is written is what is read, and its digest changes with the shifts."""
    model = TypeModel((0.5,) * 6, {"log lines": (0.1,) * 6}, (0.0, 0.1, 0.0, 0.0, 1.2, 0.0))
    models = {"html": TypeModel((0.1,) * 6, {}), "text": model}
    assert read_type_models(json.loads(as_file(models))) == models
    assert TypeModel(model.intercepts, model.weights).digest != model.digest


def test_an_example_is_what_the_labeller_keeps(tmp_path: Path) -> None:
    """Without a shift it keeps what the labels keep, and scores what that is worth."""
    labeller = load_labeller(LabelSettings())
    assert isinstance(labeller, NetworkLabeller)
    for page in load_bench(write_bench(tmp_path / "bench", twelve_pages()))[:4]:
        example = held_out(labeller, page)
        read = split_page(text_input(page.text), SplitSettings(), NormaliseSettings())
        assert isinstance(read, Page)
        labels = labeller.label_shifted(read, [0.0, 4.0])
        kept = [[label.kind in BODY for label in own] for own in labels]
        assert all(more or not less for less, more in zip(*kept, strict=True))
        assert example.curve[0] == word_f1(
            "\n".join(
                line.clean for line, own in zip(read.lines, labels[0], strict=True) if own.kind in {*BODY, Kind.DEK}
            ),
            page.truth,
        )
        assert example.facts == page_facts(read, labels[0])
