"""The quality gate that runs everywhere: the labeller that ships, on made-up pages, and the card of its weights."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.evaluate.answers import answers, text_input
from pipeline.evaluate.gate import BENCH_FLOORS, fallen, gate_figures, read_floors
from pipeline.evaluate.run import Weights, network_labeller
from pipeline.evaluate.seen import seen_sites
from pipeline.evaluate.word_f1 import word_f1
from pipeline.label.labeller import TypingLabeller, load_labeller
from pipeline.label.network.markup import markup_weights
from pipeline.label.network.model import network_weights
from pipeline.label.network.second import second_weights
from pipeline.label.page_type import load_type_models
from pipeline.records import BODY, CHROME, Kind, Label, Page, PageKind, PageType
from pipeline.settings import LabelSettings
from pipeline.train.card import card_markdown, digest
from pipeline.train.type_shifts import as_file
from tests.conftest import ROOT
from tests.labelled import LANGUAGES, labelled_pages

FLOORS = ROOT / "config" / "quality.toml"
BESIDE_THE_WEIGHTS = Path(ROOT / "pipeline" / "label" / "network")


def measured(labeller: TypingLabeller) -> dict[str, float]:
    """Figures of a labeller on three made-up pages of each language and type."""
    pages = labelled_pages(3)
    found = answers(labeller, [text_input(page.text) for page in pages])
    scores: dict[str, list[float]] = {language: [] for language in LANGUAGES}
    lost = kept = right = chrome = 0
    for page, answer in zip(pages, found, strict=True):
        scores[page.language].append(word_f1(answer.text, page.body))
        verdicts = [label.kind for label in answer.labels.values()]
        for (_, kind, _), verdict in zip(page.lines, verdicts, strict=True):
            lost += kind in BODY and verdict not in BODY
            kept += kind in CHROME and verdict in BODY
            right += kind in CHROME and verdict is kind
            chrome += kind in CHROME
    return {f"word F1: {language}": round(float(np.mean(own)), 4) for language, own in scores.items()} | {
        "kinds right": round(right / chrome, 4),
        "body lines lost": lost,
        "chrome lines kept": kept,
    }


@cache
def shipped() -> dict[str, float]:
    """Figures of the labeller that ships."""
    return measured(load_labeller(LabelSettings()))


@cache
def card() -> Any:
    """The committed model card."""
    return json.loads((BESIDE_THE_WEIGHTS / "card.json").read_text("utf-8"))


class _KeepsAll:
    """Calls every line a paragraph."""

    name = version = "keeps-all"

    def label(self, pages: Sequence[Page]) -> list[tuple[Label, ...]]:
        return [tuple(Label(Kind.PARAGRAPH, 1.0, "model") for _ in page.lines) for page in pages]

    def label_typed(self, pages: Sequence[Page]) -> list[tuple[tuple[Label, ...], PageKind]]:
        return [(labels, PageKind(PageType.ARTICLE, 1.0)) for labels in self.label(pages)]


def test_the_shipped_labeller_holds_the_floors_on_made_up_pages() -> None:
    """Word F1 by language, kinds of chrome, and counts of lines lost and kept (config/quality.toml)."""
    assert fallen(read_floors(FLOORS, "made_up"), shipped()) == []


def test_a_labeller_that_keeps_everything_falls() -> None:
    """It loses no body line, and every other figure."""
    fell = fallen(read_floors(FLOORS, "made_up"), measured(_KeepsAll()))
    assert any(sentence.startswith("chrome lines kept") for sentence in fell)
    assert sum(sentence.startswith("word F1") for sentence in fell) == len(LANGUAGES)


@pytest.mark.parametrize("shift", [-2, 2])
def test_a_network_whose_scores_have_shifted_falls(shift: int) -> None:
    """A bias of two on the log-odds of body is caught, in both directions."""
    with np.load(io.BytesIO(network_weights())) as arrays:
        table = {name: arrays[name] for name in arrays.files}
    table["bo"][:, 0] += np.float16(shift)  # of every member
    file = io.BytesIO()
    np.savez_compressed(file, **table)
    types = as_file(load_type_models())  # all but the shift is as it ships
    assert fallen(
        read_floors(FLOORS, "made_up"),
        measured(network_labeller(Weights(file.getvalue(), second_weights(), markup_weights(), types))),
    )


def test_the_card_belongs_to_the_weights() -> None:
    """Digest, size, sites and the labeller's version are those of the committed files; the page is the table's."""
    weights = network_weights()
    labeller = load_labeller(LabelSettings())
    assert card()["weights"] == {
        "sha256": digest(weights),
        "bytes": len(weights),
        "sites": len(seen_sites(weights) or ()),
    }
    assert card()["labeller"].split("+")[0] == f"{labeller.name}/{labeller.version}".split("+")[0]
    assert (BESIDE_THE_WEIGHTS / "card.md").read_text("utf-8") == card_markdown(card())


def test_the_weights_are_small_enough_to_ship() -> None:
    """At most 5 MB."""
    assert len(network_weights()) <= 5_000_000


def test_the_figures_in_the_card_hold_the_floors() -> None:
    """They are held out by site, and none is below what is pinned."""
    assert card()["figures"]["in_sample"] == 0
    assert fallen(read_floors(FLOORS, BENCH_FLOORS), gate_figures(card()["figures"])) == []


def test_a_card_with_a_lower_figure_falls() -> None:
    """One point of word F1 less on articles, or figures of pages that were seen, do not pass."""
    bounds = read_floors(FLOORS, BENCH_FLOORS)
    worse = copy.deepcopy(card()["figures"])
    worse["sections"]["held out"]["quality"]["WCXB article"]["word_f1"]["ours"]["mean"] -= 0.01
    assert [sentence.split(": 0")[0] for sentence in fallen(bounds, gate_figures(worse))] == ["word F1: WCXB article"]
    seen = copy.deepcopy(card()["figures"])
    seen["sections"] = {"in-sample": seen["sections"]["held out"]}
    assert len(fallen(bounds, gate_figures(seen))) >= len([bound for bound in bounds if "word F1" in bound.name])
