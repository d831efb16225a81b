"""Training without PyTorch: labelled pages, augmentation, the export that the network reads, the model card."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluate.bench import fold_of, load_bench
from pipeline.evaluate.run import Request, evaluate
from pipeline.evaluate.seen import with_sites
from pipeline.label.network.features import DENSE
from pipeline.label.network.loops import slot
from pipeline.label.network.markup import markup_weights
from pipeline.label.network.model import KINDS, Network, network_weights
from pipeline.label.network.second import second_weights
from pipeline.label.page_type import load_type_models
from pipeline.records import Kind, Label
from pipeline.sites.examples import Example
from pipeline.train.augment import Augmentation, as_han, augment
from pipeline.train.card import card, card_markdown, digest
from pipeline.train.corrected import COPIES, corrected_pages
from pipeline.train.export import export
from pipeline.train.pages import FACTS, TrainingPage, load_pages
from pipeline.train.type_shifts import as_file
from tests.miniature import twelve_pages, write_bench
from tests.strategies.label import page_of


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve made-up pages."""
    return write_bench(tmp_path_factory.mktemp("bench") / "bench", twelve_pages())


@pytest.fixture(scope="module")
def pages(bench: Path) -> list[TrainingPage]:
    """The same, read for training."""
    return load_pages(bench)


def test_training_and_evaluation_read_the_same_pages(bench: Path, pages: list[TrainingPage]) -> None:
    """Same order, sites, lines and labels: a fold of the one is a fold of the other."""
    read = load_bench(bench)
    assert [page.site for page in pages] == [page.site for page in read]
    assert [page.lines.texts for page in pages] == [tuple(text for text, _ in page.lines) for page in read]
    assert [tuple(page.lines.body.tolist()) for page in pages] == [page.body for page in read]
    assert [page.truth for page in pages] == [page.truth for page in read]


def test_kinds_of_body_lines_are_read_off_the_markup(pages: list[TrainingPage]) -> None:
    """Paragraphs, headings and list items of the truth have these kinds; chrome keeps its weak one."""
    made = {page.site: page for page in twelve_pages()}
    for page in pages:
        found = [KINDS[kind] if kind >= 0 else None for kind in page.lines.kind.tolist()]
        wanted = [kind for _, kind, _ in made[page.site].lines]
        assert [kind for kind in found if kind is not None] == [
            kind for kind, own in zip(wanted, found, strict=True) if own is not None
        ]
        assert found.count(Kind.HEADING) == wanted.count(Kind.HEADING) == 1


def test_pages_are_read_without_the_ends_of_blocks_too(pages: list[TrainingPage]) -> None:
    """Glued, a line for each text, all in one line: a line has the label of the one that gives most of its words."""
    assert sum(len(page.loose) == 3 for page in pages) >= len(pages) * 3 // 4
    for page in pages:
        labels = dict(zip(page.lines.texts, page.lines.body.tolist(), strict=True))
        for lines in page.loose:
            assert "<" not in "".join(lines.texts)
            found = [(own, labels[text]) for text, own in zip(lines.texts, lines.body, strict=True) if text in labels]
            assert all(own == wanted for own, wanted in found)
            assert {own for own, _ in found} == {True, False} or len(found) < 10
        by_text = page.loose[1] if len(page.loose) == 3 else page.loose[0]
        assert len(set(by_text.texts) & set(page.lines.texts)) > 10


def test_facts_say_in_which_element_a_line_stood(pages: list[TrainingPage]) -> None:
    """Every line of these pages is found in the markup, and the two extractors keep some lines and not others."""
    for page in pages:
        assert page.lines.facts.shape == (len(page.lines), FACTS)
        assert (page.lines.facts[:, :-2] >= 0).all()
    verdicts = np.concatenate([page.lines.facts[:, -2:] for page in pages])
    assert set(verdicts[:, 0].tolist()) >= {0, 1}


@given(st.integers(0, 2**32))
def test_augmentation_keeps_labels_on_their_lines(pages: list[TrainingPage], seed: int) -> None:
    """However a page is changed, its columns stay aligned, lines remain, and a seed gives the same lines."""
    pool = {kind: [page for page in pages if page.page_type == kind] for kind in {page.page_type for page in pages}}
    page = pages[seed % len(pages)]
    made = augment(page, random.Random(seed), pool, Augmentation())
    again = augment(page, random.Random(seed), pool, Augmentation())
    assert made.texts == again.texts
    assert made.body.tolist() == again.body.tolist()
    sizes = {len(made.texts), len(made.blank), len(made.body), len(made.kind), len(made.facts)}
    assert sizes == {len(made)}
    assert len(made) >= 3


def test_without_chances_nothing_is_hidden(pages: list[TrainingPage]) -> None:
    """With all shares at nothing the words and labels are those of the page; only blanks and bullets may differ."""
    none = Augmentation(**dict.fromkeys(Augmentation.__dataclass_fields__, 0.0))
    for page in pages:
        made = augment(page, random.Random(1), {}, none)
        assert made.body.tolist() == page.lines.body.tolist()
        for new, old in zip(made.texts, page.lines.texts, strict=True):
            assert new.lstrip("•* ") == old.lstrip("•* ")


def test_made_up_ideographs_are_the_same_for_the_same_word() -> None:
    """Layout must do where words are unknown, but a repeated word stays repeated."""
    first, second = as_han("Harbour news"), as_han("harbour sport")
    assert first[:2] == second[:2]
    assert all("\u4e00" <= letter <= "\u9fff" for letter in first)


@dataclass
class _Tensor:
    """As much of a tensor as the export asks for."""

    array: Any

    @property
    def T(self) -> Any:  # noqa: N802
        return _Tensor(self.array.T)

    def detach(self) -> _Tensor:
        return self

    def numpy(self) -> Any:
        return self.array


def tiny_nets(members: int, units: int = 2, vector: int = 3) -> tuple[Any, list[dict[str, Any]]]:
    """Made-up nets with a vocabulary of two hashes, and the numbers of each."""
    rng = np.random.default_rng(0)
    dense, inner, hidden, heads = DENSE, 4, 5, {"body": 1, "kinds": len(KINDS), "edges": 2}
    shapes = {
        "vectors.weight": (3, vector),
        "inputs.weight": (inner, dense + 2 * vector), "inputs.bias": (inner,),
        "gates.weight": (4 * units, inner, 3), "gates.bias": (4 * units,), "page_gates.weight": (4 * units, inner),
        "hidden.weight": (hidden, 2 * units + inner), "hidden.bias": (hidden,),
        "page_hidden.weight": (hidden, 2 * units),
    } | {f"{name}.weight": (size, hidden) for name, size in heads.items()} | {
        f"{name}.bias": (size,) for name, size in heads.items()
    }  # fmt: skip
    states = []
    for _ in range(members):
        state = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
        state["vectors.weight"][0] = 0
        states.append(state)
    return trained_of(states), states


def trained_of(states: Sequence[dict[str, Any]]) -> Any:
    """What a training returns, with these numbers in its nets."""
    nets = tuple(
        SimpleNamespace(state_dict=lambda own=state: {name: _Tensor(array) for name, array in own.items()})
        for state in states
    )
    vocabulary = np.array([1 << 20, 5 << 20], dtype=np.uint64)
    inputs = SimpleNamespace(
        vocabulary=vocabulary, mean=np.zeros(DENSE, np.float32), deviation=np.ones(DENSE, np.float32)
    )
    return SimpleNamespace(nets=nets, inputs=inputs)


def test_the_export_is_what_the_network_reads() -> None:
    """Vectors come back within half a step of eight bits, other numbers within 16 bits, and pages can be scored."""
    trained, states = tiny_nets(2)
    weights = export(trained)
    assert weights == export(trained)
    with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
        back = arrays["emb"] * arrays["emb_scale"]
        vectors = np.concatenate([state["vectors.weight"] for state in states], 1)
        assert np.abs(back - vectors).max() <= arrays["emb_scale"].max() / 2 + 1e-6
        for number, state in enumerate(states):
            assert np.allclose(arrays["wi"][number], state["inputs.weight"].T, rtol=1e-3, atol=1e-3)
            assert np.allclose(arrays["wo"][number, :, 0], state["body.weight"][0], rtol=1e-3, atol=1e-3)
        assert len(np.unique(slot(arrays["vocab"]))) == 2
    scores = Network(weights).score([["One line", "Another line"]], [[False, True]])[0]
    assert scores.body.shape == (2,)
    assert np.isfinite(scores.body).all()
    assert np.allclose(scores.kinds.sum(1), 1, atol=1e-5)


def test_members_are_averaged() -> None:
    """P(body) and P(kind) are the means of what each member says alone; three that are equal say what one says."""
    page, blank = [["One line", "Another line", "A third"]], [[False, True, False]]
    trained, states = tiny_nets(3)

    def said(weights: bytes) -> Any:
        scores = Network(weights).score(page, blank)[0]
        return np.concatenate([scores.body[:, None], scores.kinds], 1)

    alone = [said(export(trained_of([state]))) for state in states]
    assert np.allclose(said(export(trained)), np.mean(alone, 0), atol=1e-5)
    assert not np.allclose(alone[0], alone[1], atol=1e-2)
    assert np.allclose(said(export(trained_of([states[0]] * 3))), alone[0], atol=1e-5)


def test_the_card_says_what_was_made_of_what(bench: Path, tmp_path: Path) -> None:
    """Data with licences, figures with intervals, limits, digests; the page shows them, and both are reproducible."""
    pages = load_bench(bench)
    folds = [
        with_sites(network_weights(), [page.site for page in pages if fold_of(page.site, 2) != fold]) for fold in (0, 1)
    ]
    for number, own in enumerate(folds):
        (tmp_path / f"fold-{number}.npz").write_bytes(own)
        (tmp_path / f"second-{number}.npz").write_bytes(second_weights())
        (tmp_path / f"markup-{number}.npz").write_bytes(markup_weights())
        (tmp_path / f"types-{number}.json").write_bytes(as_file(load_type_models()))
    figures = evaluate(Request(bench, folds=tmp_path, with_peers=False, with_changes=True), lambda _: None)
    weights = with_sites(network_weights(), [page.site for page in pages])
    made = card(pages, weights, folds, figures, {"seed": 0, "members": 2, "least_sites": 4})
    assert made == card(pages, weights, folds, figures, {"seed": 0, "members": 2, "least_sites": 4})
    assert made["weights"] == {"sha256": digest(weights), "bytes": len(weights), "sites": 12}
    assert [own["sites"] for own in made["folds"]] == [
        sum(fold_of(page.site, 2) != fold for page in pages) for fold in (0, 1)
    ]
    page = card_markdown(made)
    for expected in (
        "CC-BY-4.0",
        "MIT",
        "WCXB article",
        "in capitals",
        "Languages with fewer than 10 pages: de 2",
        "of 2 members",
        digest(weights),
    ):
        assert expected in page
    assert str(tmp_path) not in page


def test_a_corrected_page_is_learned_as_people_said() -> None:
    """Wrapped lines are one, the dek counts as body, each kind is the decided one, no fact is known."""
    page = page_of(
        [
            ("Home", False, 1, ""),
            ("A dek of some words", True, 2, ""),
            ("The first half of a", True, 3, ""),
            ("paragraph that was wrapped.", False, 3, ""),
            ("Read more about trains", True, 4, ""),
        ],
        html=False,
    )
    kinds = (Kind.NAVIGATION, Kind.DEK, Kind.PARAGRAPH, Kind.PARAGRAPH, Kind.RELATED)
    example = Example(page, tuple(Label(kind, 0.5, "override") for kind in kinds), frozenset(range(len(kinds))))
    made = corrected_pages([example])
    assert len(made) == COPIES
    assert made[0].lines.texts[2] == "The first half of a paragraph that was wrapped."
    assert made[0].lines.body.tolist() == [False, True, True, False]
    assert [KINDS[kind] for kind in made[0].lines.kind.tolist()] == [kinds[0], kinds[1], kinds[2], kinds[4]]
    assert (made[0].lines.facts == -1).all()
    assert made[0].truth == made[0].lines.texts[2]
