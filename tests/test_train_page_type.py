"""The fit of page types: what it chooses and finds, that its figures are held out by site, and its file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pipeline.evaluate.bench import BenchPage, fold_of
from pipeline.label.page_type import likeliest, read_type_models
from pipeline.records import PageType
from pipeline.train import page_type
from pipeline.train.page_type import MIN_SITES, as_table, cross_validated, fit, report, type_of

TYPES = ("article", "forum", "product", "collection", "listing", "service", "documentation")


def bench_page(number: int, kind: str, corpus: str = "wcxb") -> BenchPage:
    """A page of a site of its own."""
    return BenchPage(corpus, str(number), f"site-{number}.example", kind, "en", (), (), (), "", "")


PAGES = [bench_page(number, TYPES[number % len(TYPES)]) for number in range(140)]
FACTS: list[dict[str, float]] = [
    {"log lines": 3.0 + number % 3, f"schema:{page.page_type}": 1.0, f"line only {number % 40}": 1.0}
    for number, page in enumerate(PAGES)
]


def test_a_fact_that_stands_on_pages_of_one_type_decides() -> None:
    """Pages of other sites are told by it; a page without facts is something all the same."""
    model = fit(PAGES, FACTS)
    assert {likeliest(model.chances(facts)).type for facts in FACTS[1::7]} == {PageType.FORUM}
    assert model.chances({}) == model.chances({"unheard of": 1.0})


def test_facts_of_few_sites_are_not_chosen() -> None:
    """What stands on fewer sites than ``MIN_SITES`` has no weight, however well it tells types apart."""
    facts: list[dict[str, Any]] = [
        own | ({"line rare": 1.0} if at < MIN_SITES - 1 else {}) for at, own in enumerate(FACTS)
    ]
    weights = fit(PAGES, facts).weights
    assert "line rare" not in weights
    assert "schema:forum" in weights


def test_no_page_is_judged_by_a_fit_that_has_seen_its_site(monkeypatch: Any) -> None:
    """Each fold's fit gets the pages of the other folds only, and every page has an answer."""
    seen: list[set[str]] = []

    def watched(pages: list[BenchPage], facts: Any) -> Any:
        seen.append({page.site for page in pages})
        return fit(pages, facts)

    monkeypatch.setattr(page_type, "fit", watched)
    answers = cross_validated(PAGES, FACTS)
    assert len(answers) == len(PAGES)
    for fold, sites in enumerate(seen):
        assert not sites & {page.site for page in PAGES if fold_of(page.site, len(seen)) == fold}
    assert answers == [type_of(page) for page in PAGES]


def test_the_report_counts_every_page() -> None:
    """Right answers give a macro F1 of 1; pages of Fundus are counted apart."""
    pages = [*PAGES, replace(PAGES[0], corpus="fundus", page_type="news"), replace(PAGES[0], corpus="fundus")]
    answers = [*(type_of(page) for page in PAGES), PageType.ARTICLE, PageType.FORUM]
    assert report(pages, answers).endswith("macro F1 1.000, accuracy 1.000; of Fundus 0.500 articles")
    wrong = [PageType.ARTICLE] * len(pages)
    assert "macro F1 0.042, accuracy 0.143" in report(pages, wrong)


def test_the_file_gives_the_model_back() -> None:
    """What is written is what is read."""
    model = fit(PAGES, FACTS)
    models = {"html": model, "text": model}
    assert read_type_models(json.loads(json.dumps(as_table(models)))) == models
