"""Softer targets: who is asked about which page, and what becomes of the labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pipeline.evaluate.bench import fold_of
from pipeline.train.pages import TrainingPage, load_pages
from pipeline.train.teach import pairs, settings_of_teachers, taught
from tests.miniature import twelve_pages, write_bench

FOLDS = 3


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[TrainingPage]:
    """Twelve made-up pages, read for training."""
    return load_pages(write_bench(tmp_path_factory.mktemp("bench") / "bench", twelve_pages()))


def teacher(chance: float, asked: list[tuple[str, ...]]) -> Any:
    """A network that says the same of every line, and writes down what it was asked."""

    def score(texts: list[tuple[str, ...]], blanks: list[list[bool]]) -> list[Any]:
        assert [len(own) for own in texts] == [len(own) for own in blanks]
        asked.extend(texts)
        return [SimpleNamespace(body=np.full(len(own), chance, dtype=np.float32)) for own in texts]

    return SimpleNamespace(score=score)


@dataclass(frozen=True)
class _Settings:
    """Of ``pipeline.train.train.Settings``, which needs PyTorch, what teachers have otherwise."""

    seed: int
    members: int
    epochs: int = 6


def test_teachers_are_one_network_each_from_a_seed_of_their_own() -> None:
    """All else is as in the settings of those who learn."""
    settings: Any = _Settings(seed=3, members=2)
    teachers: Any = settings_of_teachers(settings)
    assert teachers.members == 1
    assert teachers.seed != 3
    assert replace(teachers, seed=3, members=2) == settings


def test_a_teacher_for_every_two_folds() -> None:
    """Any two folds are missed by one teacher; of two folds alone nothing would be left to learn from."""
    assert pairs(5) == list(combinations(range(5), 2))
    assert pairs(2) == []


@pytest.mark.parametrize("fold", [0, 1, 2])
def test_nobody_is_asked_about_a_page_that_it_or_the_judged_fold_knows(pages: list[TrainingPage], fold: int) -> None:
    """For the network of a fold each page is judged by the one teacher that has seen neither its fold nor that one."""
    asked: dict[tuple[int, int], list[tuple[str, ...]]] = {pair: [] for pair in pairs(FOLDS)}
    teachers = {pair: teacher(0.1 + 0.1 * number, asked[pair]) for number, pair in enumerate(asked)}
    part = [page for page in pages if fold_of(page.site, FOLDS) != fold]
    made = taught(part, teachers, FOLDS, fold)
    for number, (pair, texts) in enumerate(asked.items()):
        (own,) = set(pair) - {fold} if fold in pair else (None,)
        wanted = [page for page in part if fold_of(page.site, FOLDS) == own]
        assert sorted(texts) == sorted(lines.texts for page in wanted for lines in page.renderings)
        for page, softer in zip(part, made, strict=True):
            if page in wanted:
                assert np.allclose(softer.lines.believed, 0.1 + 0.1 * number)


def test_the_network_that_sees_all_is_taught_by_all_who_have_not_seen_a_page(pages: list[TrainingPage]) -> None:
    """Their mean is believed of every rendering, in hundredths; labels, kinds and texts stay."""
    teachers = {pair: teacher(chance, []) for pair, chance in zip(pairs(FOLDS), (0.1, 0.2, 0.6), strict=True)}
    means = {0: 0.15, 1: 0.35, 2: 0.4}
    for page, softer in zip(pages, taught(pages, teachers, FOLDS, None), strict=True):
        assert (len(softer.others), len(softer.loose)) == (len(page.others), len(page.loose))
        for lines, own in zip(page.renderings, softer.renderings, strict=True):
            assert np.isnan(lines.believed).all()
            assert np.allclose(own.believed, means[fold_of(page.site, FOLDS)], atol=0.0051)
            assert np.allclose(own.believed * 100, np.round(own.believed * 100), atol=1e-4)
            assert own.texts == lines.texts
            assert own.body.tolist() == lines.body.tolist()
            assert own.kind.tolist() == lines.kind.tolist()


def test_corrections_are_learned_as_people_meant_them(pages: list[TrainingPage]) -> None:
    """Nobody is asked about a corrected page, and without teachers about no page."""
    corrected = [replace(page, corpus="corrections") for page in pages]
    asked: list[tuple[str, ...]] = []
    made = taught(corrected, {pair: teacher(0.5, asked) for pair in pairs(FOLDS)}, FOLDS, None)
    assert asked == []
    assert all(np.isnan(page.lines.believed).all() for page in [*made, *taught(pages, {}, FOLDS, None)])


def test_what_is_believed_moves_with_its_line(pages: list[TrainingPage]) -> None:
    """Lines that are taken, cut and joined keep what is believed of them."""
    lines = pages[0].lines
    marked = replace(lines, believed=np.arange(len(lines), dtype=np.float32))
    taken = marked.take(np.array([2, 0, 2])).followed_by(marked.between(1, 3))
    assert taken.believed.tolist() == [2, 0, 2, 1, 2]
