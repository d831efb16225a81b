"""The fit of the reading of HTML: taught across folds, without a word of the fold that it is judged on."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.label.network.markup import ASKED, GREATEST_SHIFT
from pipeline.label.network.perceptron import Perceptron

if TYPE_CHECKING:
    from pipeline.train.markup import Example

FOLDS = 3
LINES = 3_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("COPYDESK_TEST_TRAINING") != "1" and find_spec("torch") is None, reason="needs the extra `train`"
    ),
]


def examples(seed: int, wrong: float = 0.0) -> list[Example]:
    """A page whose first column says what is body, some labels wrong, with the extractor's word as its last column; and
    the same without attributes, where the second column is empty and every tenth line is not found again.
    """
    from pipeline.train.markup import Bare, Example

    rng = np.random.default_rng(seed)
    alone, verdict = rng.normal(size=(LINES, 4)).astype(np.float32), rng.normal(size=(LINES, 1)).astype(np.float32)
    body = ((alone[:, 0] > 0) != (rng.random(LINES) < wrong)).astype(np.float32)
    page = Example(alone, np.concatenate([alone, verdict], 1), np.zeros(LINES), body, np.ones(LINES))
    lines, few = np.arange(LINES), alone.copy()
    few[:, 1] = 0
    bare = Example(few, None, page.odds, body, page.weight)
    is_found = lines % 10 > 0
    return [replace(page, bare=Bare(bare, lines[is_found], lines[is_found], is_found))]


def turned(page: Example) -> Example:
    """With its labels turned around, also those of the page without attributes."""
    assert page.bare is not None
    bare = replace(page.bare.example, body=1 - page.bare.example.body)
    return replace(page, body=1 - page.body, bare=replace(page.bare, example=bare))


def test_nothing_of_a_fold_reaches_the_reading_that_is_judged_on_it() -> None:
    """Neither as an example nor by way of a teacher; the other folds' readings and that of all pages learn from it."""
    from pipeline.train.markup import fit, fit_folds

    parts = [examples(seed) for seed in range(FOLDS)]
    of_folds, of_all = fit_folds(parts)
    again, again_of_all = fit_folds([[turned(page) for page in parts[0]], *parts[1:]])
    assert again[0] == of_folds[0]
    assert all(new != old for new, old in zip([*again[1:], again_of_all], [*of_folds[1:], of_all], strict=True))
    assert of_all != fit([example for part in parts for example in part])


def test_both_readings_learn_what_the_column_says_though_labels_are_wrong_now_and_then() -> None:
    """With and without the extractor's word, lines of pages not seen are told apart; two folds are fitted untaught."""
    from pipeline.train.markup import fit_folds

    unseen = examples(99)
    for folds in (2, FOLDS):
        _, of_all = fit_folds([examples(seed, wrong=0.2) for seed in range(folds)])
        for example in unseen:
            assert example.asked is not None
            for prefix, table in (("", example.alone), (ASKED, example.asked)):
                shift = Perceptron(of_all, prefix).shift(table.copy(), GREATEST_SHIFT)
                assert ((shift > 0) == (example.body > 0.5)).mean() > 0.9


def test_the_reading_without_the_verdict_is_taught_by_those_who_know_it() -> None:
    """What the verdict tells reaches its weights by way of the teachers, and by no other: of two folds none teaches."""
    from pipeline.train.markup import fit_folds

    for folds, is_taught in ((FOLDS, True), (2, False)):
        parts = [[*examples(seed, wrong=0.2), *examples(seed + folds, wrong=0.2)] for seed in range(folds)]
        _, heard = fit_folds(parts)
        _, unheard = fit_folds([[first, replace(second, asked=None)] for first, second in parts])
        assert (first_layer(heard) != first_layer(unheard)) == is_taught


def test_a_page_without_attributes_is_learned_from_by_what_readings_of_the_whole_page_say() -> None:
    """Where its words stand there is what counts; where nobody teaches, its own labels alone do."""
    from pipeline.train.markup import fit_folds

    for folds, is_taught in ((FOLDS, True), (2, False)):
        parts = [examples(seed, wrong=0.2) for seed in range(folds)]
        swapped = []
        for (page,) in parts:
            assert page.bare is not None
            swapped.append([replace(page, bare=replace(page.bare, sources=page.bare.sources[::-1]))])
        _, of_all = fit_folds(parts)
        _, of_swapped = fit_folds(swapped)
        assert (first_layer(of_all) != first_layer(of_swapped)) == is_taught
        _, without = fit_folds([[replace(page, bare=None) for page in part] for part in parts])
        assert first_layer(of_all) != first_layer(without)


def first_layer(weights: bytes) -> bytes:
    """Of the reading without the verdict."""
    with np.load(io.BytesIO(weights)) as arrays:
        return bytes(arrays["w0"].tobytes())


def test_the_threads_that_a_process_has_change_no_bit() -> None:
    """Whoever trains networks in other processes has not been told to keep to one thread."""
    import torch

    from pipeline.train.markup import fit

    page, fitted = examples(0), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        fitted.append(fit(page))
    assert fitted[0] == fitted[1]
