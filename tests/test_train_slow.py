"""Training from end to end on twelve made-up pages: the same bytes each time, held out, described, usable."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

import numpy as np
import pytest

from pipeline.evaluate.bench import load_bench, site_key
from pipeline.evaluate.seen import seen_sites
from pipeline.split.breaks import Boundaries
from tests.conftest import copydesk
from tests.miniature import twelve_pages, write_bench

FOLDS = "3"
"""With fewer there is nobody to teach."""
NEEDED = os.environ.get("COPYDESK_TEST_TRAINING") == "1"
"""Set where PyTorch was installed for these tests: that it is missing must not pass for success there."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not NEEDED and importlib.util.find_spec("torch") is None, reason="needs the extra `train` (make test-train)"
    ),
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve made-up pages."""
    return write_bench(tmp_path_factory.mktemp("bench") / "bench", twelve_pages())


@pytest.fixture(scope="module")
def out(bench: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one training writes."""
    folder = tmp_path_factory.mktemp("train") / "out"
    done = copydesk("train", "--local", "--bench", bench, "--out", folder, "--folds", FOLDS, "--epochs", "2")
    assert done.returncode == 0, done.stderr
    assert "pipeline/label/network/" in done.stdout
    assert "epoch 2 of 2" in done.stderr
    return folder


def test_the_same_training_gives_the_same_bytes(bench: Path, out: Path, tmp_path: Path) -> None:
    """Again, under Prefect and with networks trained side by side: every file is equal."""
    done = copydesk(
        "train", "--bench", bench, "--out", tmp_path / "out", "--folds", FOLDS, "--epochs", "2", "--workers", "2",
        PREFECT_HOME=str(tmp_path / "home"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = [
        "card.json",
        "card.md",
        *(f"{name}-{number}.npz" for name in ("fold", "markup", "second") for number in range(3)),
    ]
    names += [f"types-{number}.json" for number in range(3)]
    names += ["markup.npz", "second.npz", "weights.npz"]
    assert sorted(file.name for file in out.iterdir()) == sorted(names)
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (out / name).read_bytes(), name


def test_folds_have_not_seen_what_they_judge(bench: Path, out: Path) -> None:
    """Each site is missing from exactly one fold, and the final weights have seen all."""
    sites = frozenset(site_key(page.site) for page in load_bench(bench))
    seen = [seen_sites((out / f"fold-{number}.npz").read_bytes()) or frozenset() for number in range(3)]
    for site in sites:
        assert sum(site not in own for own in seen) == 1
    assert seen_sites((out / "weights.npz").read_bytes()) == sites


def test_members_are_of_different_seeds(out: Path) -> None:
    """Each member has layers and vectors of its own."""
    with np.load(out / "weights.npz", allow_pickle=False) as arrays:
        first, second = arrays["wo"]
        own, other = np.split(arrays["emb"] * arrays["emb_scale"], 2, axis=1)
    assert not np.allclose(first, second, atol=1e-2)
    assert not np.allclose(own, other, atol=1e-2)


def test_another_seed_gives_another_network(bench: Path, out: Path, tmp_path: Path) -> None:
    """The seed reaches the weights."""
    done = copydesk(
        "train", "--local", "--bench", bench, "--out", tmp_path / "out", "--folds", FOLDS, "--epochs", "2",
        "--seed", "1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "weights.npz").read_bytes() != (out / "weights.npz").read_bytes()


def test_the_card_has_the_figures_of_an_evaluation(bench: Path, out: Path, tmp_path: Path) -> None:
    """``copydesk evaluate`` with the same folds, as a flow, finds the figures that training wrote down."""
    done = copydesk(
        "evaluate", "--bench", bench, "--folds", out, "--changes", "--json", tmp_path / "figures.json",
        PREFECT_HOME=str(tmp_path / "home"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    card = json.loads((out / "card.json").read_text("utf-8"))
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert figures["sections"] == card["figures"]["sections"]
    assert figures["changes"] == card["figures"]["changes"]


def test_the_boundary_network_is_fitted_again(bench: Path, tmp_path: Path) -> None:
    """The same pages give the same weights, which cut lines, and a card with figures of sites they have not seen."""
    from pipeline.train.boundaries import main

    for name in ("one", "two"):
        arguments = ["--bench", str(bench), "--out", str(tmp_path / name / "weights.npz"), "--epochs", "30"]
        (tmp_path / name).mkdir()
        assert main([*arguments, "--held-out", str(tmp_path / name / "folds")]) == 0
    one = (tmp_path / "one" / "weights.npz").read_bytes()
    assert one == (tmp_path / "two" / "weights.npz").read_bytes()
    card = json.loads((tmp_path / "one" / "card.json").read_text("utf-8"))
    assert card["sites"] == len(load_bench(bench))
    assert card["held_out"]["0.3"]["recall"] > 0
    page = load_bench(bench)[0]
    words = page.text.split()
    assert [*Boundaries(one).blocks(" ".join(words))] != [" ".join(words)]
    assert main(["--bench", str(tmp_path), "--out", str(tmp_path / "none.npz")]) == 2


@pytest.mark.parametrize("wrong", [("--folds", "1"), ("--epochs", "0"), ("--workers", "0")])
def test_orders_that_make_no_sense_are_refused(wrong: tuple[str, str], bench: Path, tmp_path: Path) -> None:
    """Bad usage, told before anything is trained."""
    done = copydesk("train", "--local", "--bench", bench, "--out", tmp_path / "out", *wrong)
    assert done.returncode == 2
    assert wrong[0].removeprefix("--") in done.stderr
    assert not (tmp_path / "out").exists()
