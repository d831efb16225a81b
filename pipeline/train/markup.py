"""Fits the reading of HTML to what a network says of pages that it was not trained on.

Each fold's network scores the lines that our own renderer makes of the HTML of its fold's pages; a line is body where
at least half of its words stand, in order, in the text that people marked. See ``pipeline.train.second``, which does
the same for plain text.

What is learned of a line is half its label and half what readings say that have not seen its page, as in the training
of the networks (``teach``). Without, where labels of the corpora contradict each other, word F1 over all types of page
is .005 less. Those who teach know trafilatura's verdict on the page wherever there is one, also where the reading that
they teach goes without it (privileged information: Lopez-Paz et al., "Unifying distillation and privileged
information", 2016): so that verdict is in the weights, and need not be asked for.

Pages are read once more without attributes, as some tools save them (``bare``). What is learned of such a page is what
readings of the whole page say: word F1 on articles without attributes rises from .948 to .960.

    python -m pipeline.train.markup --bench DIR --label-folds FOLDER    fit it again to networks that are there
"""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from pipeline.evaluate.answers import html_input, page_of
from pipeline.evaluate.bench import fold_of, html_path, load_bench
from pipeline.evaluate.run import MARKUP_FILE, fold_weights
from pipeline.label.network.markup import ASKED, GREATEST_SHIFT, MarkupFacts
from pipeline.label.network.model import Network
from pipeline.label.network.perceptron import Perceptron
from pipeline.label.network.second import log_odds
from pipeline.label.sheet import Units, units
from pipeline.records import Quarantined
from pipeline.split.opinion import second_opinion
from pipeline.train.bare import without_attributes
from pipeline.train.moved import found_rows, found_share
from pipeline.train.net import line_weights
from pipeline.train.perceptron import NEWS_WEIGHT, arrays_of, fitted, rows_of
from pipeline.train.teach import SEED, asked_about, pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.evaluate.bench import BenchPage
    from pipeline.label.network.codepoints import Bools, Ints
    from pipeline.label.network.features import Floats, Singles
    from pipeline.train.perceptron import Layer
    from pipeline.train.teach import Pair

_FILE: Final = Path(__file__).resolve().parent.parent / "label" / "network" / "markup.npz"
_LEAST_FOUND: Final = 0.5
"""Share of a line's words that must stand in the truth, or, of a page without attributes, on the whole page."""
_BELIEVED: Final = 0.5
"""Share of what teachers say in what is learned of a line, as in the training of the networks."""
_NETS: Final = 3
"""Perceptrons of a teacher, from as many seeds, whose log-odds are averaged. Whom they teach is one: taught, three are
no better."""
_UNITS: Final = 128
"""As many pay since readings are taught (docs/labeller.md)."""
_BARE_WEIGHT: Final = 0.3
"""Of a page without attributes beside the page as it was served."""
_DECAY: Final = 0.2
_DROPOUT: Final = 0.3
"""Pages are few: with dropout of .1 and decay of .05 cross entropy was .33 instead of .28 (before teachers)."""


@dataclass(frozen=True, slots=True)
class Example:
    """The HTML of a page as a network that has not seen it scores it; ``n`` lines."""

    alone: Singles
    """(n, columns of ``network.markup`` without the second opinion)."""
    asked: Singles | None
    """The same with it; None where there is none."""
    odds: Floats
    """The network's; (n,)."""
    body: Singles
    """The truth, or what is to be learned of it, from 0 to 1; (n,)."""
    weight: Floats
    """Of each line in the fit; (n,)."""
    bare: Bare | None = None
    """The page without attributes, if it has lines then."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A page without attributes, and where its words stand on the whole page; ``n`` lines, ``m`` words found there."""

    example: Example
    rows: Ints
    """Of each word found, its line; (m,)."""
    sources: Ints
    """... and its line on the whole page; (m,)."""
    is_found: Bools
    """Whether half of the line's words are; (n,)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of labelled pages")
    parser.add_argument("--label-folds", type=Path, required=True, help="folder of fold weights")
    options = parser.parse_args(arguments)
    pages = load_bench(options.bench)
    networks = [Network(own.network) for own in fold_weights(options.label_folds, with_types=False)]
    examples = []
    for fold, network in enumerate(networks):
        part = [page for page in pages if fold_of(page.site, len(networks)) == fold]
        examples.append(held_out(network, part, options.bench))
        sys.stdout.write(f"{len(part)} pages of fold {fold} read\n")
        sys.stdout.flush()
    of_folds, of_all = fit_folds(examples)
    for fold, own in enumerate(of_folds):
        (options.label_folds / MARKUP_FILE.format(fold)).write_bytes(own)
    _FILE.write_bytes(of_all)
    return 0


def held_out(network: Network, pages: Sequence[BenchPage], bench: Path) -> list[Example]:
    """Examples of pages that the network has not seen; of those without visible text there is none."""
    examples = []
    for page in pages:
        raw = html_input(html_path(bench, page))
        split = page_of(raw)
        if isinstance(raw, Quarantined) or split is None:
            continue
        own = units(split.lines)
        main = second_opinion(split, thorough=True)  # read with quick ones too: see docs/labeller.md
        whole = _example_of(network, page, own, None if main is None else own.of_first(main))
        bare = page_of(replace(raw, content=without_attributes(raw.content)))
        examples.append(whole if bare is None else replace(whole, bare=_bare_of(network, page, units(bare.lines), own)))
    return examples


def _example_of(network: Network, page: BenchPage, own: Units, main: list[bool | None] | None) -> Example:
    """The page, read without the second opinion and, where there is one, with it."""
    scores = network.score([own.texts], [own.blank])[0]
    body = found_share(page.truth.split("\n"), own.texts) >= _LEAST_FOUND
    facts = MarkupFacts(scores, own.markup or [])
    return Example(
        alone=facts.columns(),
        asked=None if main is None else facts.columns(main),
        odds=log_odds(scores.body),
        body=body.astype(np.float32),
        weight=line_weights(body, scores.width.astype(np.float64)) * (NEWS_WEIGHT if page.corpus == "fundus" else 1.0),
    )


def _bare_of(network: Network, page: BenchPage, bare: Units, whole: Units) -> Bare:
    """Without a second opinion: those that learn to read with one read worse for it (articles .9595 for .9619)."""
    example = _example_of(network, page, bare, None)
    rows, sources, share = found_rows(whole.texts, bare.texts)
    return Bare(replace(example, weight=_BARE_WEIGHT * example.weight), rows, sources, share >= _LEAST_FOUND)


def fit_folds(examples: Sequence[Sequence[Example]], seed: int = 0) -> tuple[list[bytes], bytes]:
    """The reading of each fold, fitted to the pages of the others, and that of all pages; taught, if folds suffice.

    :param examples: those of each fold.
    """
    folds = len(examples)
    teachers = {
        pair: fit([own for fold, part in enumerate(examples) if fold not in pair for own in part], seed + SEED, _NETS)
        for pair in pairs(folds)
    }
    learned = [fit(_taught(examples, teachers, fold), seed) for fold in range(folds)]
    return learned, fit(_taught(examples, teachers, None), seed)


def _taught(examples: Sequence[Sequence[Example]], teachers: Mapping[Pair, bytes], fold: int | None) -> list[Example]:
    """The examples of all folds but ``fold``, with what is to be learned of them."""
    made: list[Example] = []
    for own, part in enumerate(examples):
        if own == fold:
            continue
        asked = [(Perceptron(weights), Perceptron(weights, ASKED)) for weights in asked_about(own, teachers, fold)]
        for example in part:
            made += _softer(example, asked)
    return made


def _softer(example: Example, teachers: Sequence[tuple[Perceptron, Perceptron]]) -> list[Example]:
    """The page, and what it is without attributes, with what teachers believe who read the whole page, and know the
    second opinion if there is one.
    """
    bare = example.bare
    if not teachers or not len(example.body):
        return [example] if bare is None else [example, bare.example]
    shifts = [
        alone.shift(example.alone.copy(), GREATEST_SHIFT)
        if example.asked is None
        else asked.shift(example.asked.copy(), GREATEST_SHIFT)
        for alone, asked in teachers
    ]
    believed = np.mean([1 / (1 + np.exp(-(example.odds + shift))) for shift in shifts], 0)
    softer = [_believing(example, believed)]
    if bare is not None:
        number = len(bare.example.body)
        found = np.bincount(bare.rows, minlength=number)
        moved = np.bincount(bare.rows, believed[bare.sources], number) / np.maximum(found, 1)
        softer.append(_believing(bare.example, np.where(bare.is_found, moved, bare.example.body)))
    return softer


def _believing(example: Example, believed: Floats) -> Example:
    return replace(example, body=((1 - _BELIEVED) * example.body + _BELIEVED * believed).astype(np.float32))


def fit(examples: Sequence[Example], seed: int = 0, nets: int = 1) -> bytes:
    """The ``.npz`` file that ``pipeline.label.network.markup`` reads; the same bytes for the same examples.

    Cross entropy over lines, weighted by words and page, from the network's own log-odds. Pages without and with the
    second opinion are fitted apart: see docs/decisions.md.

    :param nets: perceptrons of which each is the average.
    :raises ValueError: if there are no lines to fit to.
    """
    alone = [(own.alone, own) for own in examples if len(own.body)]
    asked = [(own.asked, own) for own in examples if len(own.body) and own.asked is not None]
    if not alone:
        raise ValueError("no lines to fit the reading of HTML to")
    arrays = _fitted(alone, seed, nets, draws=True)
    if asked:
        arrays |= {f"{ASKED}{name}": own for name, own in _fitted(asked, seed, nets, draws=False).items()}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _fitted(examples: Sequence[tuple[Singles, Example]], seed: int, nets: int, *, draws: bool) -> dict[str, Any]:
    """The averaged perceptrons of one of the two readings.

    :param examples: what is read of each page, and the page.
    :param draws: lines of less than the mean weight, most of them navigation, are drawn with a probability of their
        weight, and then weigh the mean: the same expectation from a third of the lines.
    """
    table = np.concatenate([own for own, _ in examples])
    weights = np.concatenate([example.weight for _, example in examples])
    odds = np.concatenate([example.odds for _, example in examples])
    truth = np.concatenate([example.body for _, example in examples])
    if draws:
        drawn = np.random.default_rng(seed).random(len(weights)) * weights.mean() < weights
        table, odds, truth = table[drawn], odds[drawn], truth[drawn]
        weights = np.maximum(weights, weights.mean())[drawn]
    rows = rows_of(table, odds, truth, weights)
    members = [fitted(rows, _UNITS, (_DROPOUT, _DROPOUT), _DECAY, nets * seed + number) for number in range(nets)]
    return arrays_of(rows, _as_one(members))


def _as_one(nets: Sequence[list[Layer]]) -> list[Layer]:
    """The perceptron whose shift is the mean of theirs: their units side by side, not connected to each other's."""
    first, hidden, last = zip(*nets, strict=True)
    return [
        (torch.cat([matrix for matrix, _ in first]), torch.cat([bias for _, bias in first])),
        (torch.block_diag(*(matrix for matrix, _ in hidden)), torch.cat([bias for _, bias in hidden])),
        (torch.cat([matrix for matrix, _ in last], 1) / len(nets), torch.stack([bias for _, bias in last]).mean(0)),
    ]


if __name__ == "__main__":
    sys.exit(main())
