"""Fits the reading of HTML to what a network says of pages that it was not trained on.

Each fold's network scores the lines that our own renderer makes of the HTML of its fold's pages; a line is body where
at least half of its words stand, in order, in the text that people marked. See ``pipeline.train.second``, which does
the same for plain text.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from pipeline.evaluate.answers import html_input
from pipeline.evaluate.bench import html_path
from pipeline.label.network.markup import columns
from pipeline.label.network.second import CUT, log_odds
from pipeline.label.sheet import units
from pipeline.records import Page, Quarantined
from pipeline.settings import NormaliseSettings, SplitSettings
from pipeline.split.page import split_page
from pipeline.train.moved import found_share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.evaluate.bench import BenchPage
    from pipeline.label.network.codepoints import Bools
    from pipeline.label.network.features import Floats, Singles
    from pipeline.label.network.model import Network

_LEAST_FOUND: Final = 0.5
"""Share of a line's words that must stand in the truth."""
_NETS: Final = 3
"""Perceptrons from as many seeds, whose log-odds are averaged: on Fundus seeds differ by .005."""
_UNITS: Final = 32
_EPOCHS: Final = 3
_BATCH: Final = 1024
_RATE: Final = 3e-3
_DECAY: Final = 0.2
_DROPOUT: Final = 0.3
"""Pages are few: with 64 units, dropout of .1 and decay of .05 cross entropy is .33 instead of .28."""
_NEWS_WEIGHT: Final = 2.0
"""As in the fit of the second reading."""
_MOST_WORDS, _SHORT_PAGE, _LINE_WORDS = 80, 20, 17
_BODY_WORDS: Final = 60
"""Weights of lines, as in the training of the network."""


@dataclass(frozen=True, slots=True)
class Example:
    """The HTML of a page as a network that has not seen it scores it; ``n`` lines."""

    table: Singles
    """(n, ``network.markup.COLUMNS``)."""
    odds: Floats
    """The network's; (n,)."""
    body: Bools
    """The truth; (n,)."""
    weight: Floats
    """Of each line in the fit; (n,)."""


def held_out(network: Network, pages: Sequence[BenchPage], bench: Path) -> list[Example]:
    """Examples of pages that the network has not seen; of those without visible text there is none."""
    examples = []
    for page in pages:
        raw = html_input(html_path(bench, page))
        split = raw if isinstance(raw, Quarantined) else split_page(raw, SplitSettings(), NormaliseSettings())
        if isinstance(split, Page):
            examples.append(_example(network, page, split))
    return examples


def _example(network: Network, page: BenchPage, split: Page) -> Example:
    own = units(split.lines)
    scores = network.score([own.texts], [own.blank])[0]
    body = found_share(page.truth.split("\n"), own.texts) >= _LEAST_FOUND
    words = 1 + np.minimum(scores.width.astype(np.float64), _MOST_WORDS)
    by_body = words / (words[body].sum() + _BODY_WORDS)
    by_lines = words / _LINE_WORDS / max(_SHORT_PAGE, len(words))
    return Example(
        table=columns(scores, own.markup or [], own.main),
        odds=log_odds(scores.body),
        body=body,
        weight=(by_body + by_lines) / 2 * (_NEWS_WEIGHT if page.corpus == "fundus" else 1.0),
    )


def fit(examples: Sequence[Example], seed: int = 0) -> bytes:
    """The ``.npz`` file that ``pipeline.label.network.markup`` reads; the same bytes for the same examples.

    Cross entropy over lines, weighted by words and page, from the network's own log-odds.

    :raises ValueError: if there are no lines to fit to.
    """
    used = [example for example in examples if len(example.body)]
    if not used:
        raise ValueError("no lines to fit the reading of HTML to")
    table = np.concatenate([example.table for example in used])
    mean, deviation = table.mean(0), table.std(0) + np.float32(0.02)
    table -= mean
    table /= deviation
    rows = torch.from_numpy(np.clip(table, -CUT, CUT, out=table))
    odds = _tensor(np.concatenate([example.odds for example in used]))
    truth = _tensor(np.concatenate([example.body for example in used]))
    line_weights = np.concatenate([example.weight for example in used])
    weights = _tensor(line_weights / line_weights.mean())
    nets = [_fitted(rows, odds, truth, weights, _NETS * seed + number) for number in range(_NETS)]
    file = io.BytesIO()
    np.savez_compressed(file, mean=mean, deviation=deviation, **_as_one(nets))
    return file.getvalue()


def _fitted(
    rows: torch.Tensor, odds: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor, seed: int
) -> list[nn.Linear]:
    """The layers of one perceptron."""
    torch.manual_seed(seed)
    net = nn.Sequential(
        *(nn.Linear(rows.shape[1], _UNITS), nn.ReLU(), nn.Dropout(_DROPOUT)),
        *(nn.Linear(_UNITS, _UNITS), nn.ReLU(), nn.Dropout(_DROPOUT), nn.Linear(_UNITS, 1)),
    )
    nn.init.zeros_(net[-1].weight)  # so that it starts from the network's own word
    nn.init.zeros_(net[-1].bias)
    optimiser = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=_DECAY)
    steps = _EPOCHS * -(-len(rows) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps + 1)
    for _ in range(_EPOCHS):
        for chosen in torch.randperm(len(rows)).split(_BATCH):
            found = net(rows[chosen])[:, 0] + odds[chosen]
            losses = functional.binary_cross_entropy_with_logits(found, truth[chosen], reduction="none")
            optimiser.zero_grad()
            (losses * weights[chosen]).mean().backward()
            optimiser.step()
            schedule.step()
    return [own for own in net if isinstance(own, nn.Linear)]


def _as_one(nets: Sequence[list[nn.Linear]]) -> dict[str, Any]:
    """The perceptron whose shift is the mean of theirs: their units side by side, not connected to each other's."""
    first, hidden, last = zip(*nets, strict=True)
    layers = [
        (torch.cat([own.weight for own in first]), torch.cat([own.bias for own in first])),
        (torch.block_diag(*(own.weight for own in hidden)), torch.cat([own.bias for own in hidden])),
        (torch.cat([own.weight for own in last], 1) / len(nets), torch.stack([own.bias for own in last]).mean(0)),
    ]
    arrays: dict[str, Any] = {}
    for number, (matrix, bias) in enumerate(layers):
        arrays[f"w{number}"] = matrix.detach().numpy().T.astype(np.float32)
        arrays[f"b{number}"] = bias.detach().numpy().astype(np.float32)
    return arrays


def _tensor(values: Any) -> torch.Tensor:
    return torch.from_numpy(np.asarray(values, dtype=np.float32))
