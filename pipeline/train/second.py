"""Fits the second reading to what a network says of pages that it was not trained on.

Each fold's network scores the pages of its fold; all these scores together are the examples:

    examples = []
    for number, network in enumerate(networks):
        examples += held_out(network, [page for page, own in zip(pages, fold) if own == number])
    Path("pipeline/label/network/second.npz").write_bytes(fit(examples))

To score it, fit to the examples of all folds but one, and read the pages of that one.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from pipeline.label.network.second import CUT, log_odds, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.label.network.codepoints import Bools
    from pipeline.label.network.features import Floats
    from pipeline.label.network.model import Network, Scores
    from pipeline.train.pages import TrainingPage

_UNITS: Final = 32
"""64 units: cross entropy .472 instead of .459 (five folds, research version; .500 without a second reading)."""
_EPOCHS: Final = 3
_BATCH: Final = 1024
_RATE: Final = 3e-3
_DECAY: Final = 0.05
_DROPOUT: Final = 0.1
_TRUST: Final = 0.5
"""The fitted shift is halved: the examples are few, and half of it has more than half of the gain on unseen sites."""
_NEWS_WEIGHT: Final = 2.0
"""Fundus has few pages of many languages, so each counts for two, as in the training of the network."""
_BODY_ONLY: Final = 6
"""Of every so many pages one is read once more without its chrome: a page that is all body has to stay whole,"""
_LEAST_BODY: Final = 4
"""... if it has so many lines of body;"""
_CUT: Final = 6
"""... and one with its last third cut off."""
_MOST_WORDS, _SHORT_PAGE, _LINE_WORDS = 80, 20, 17
_BODY_WORDS: Final = 60
"""Weights of lines, as in the training of the network."""


@dataclass(frozen=True, slots=True)
class Example:
    """A page as a network that has not seen it scores it; ``n`` lines."""

    scores: Scores
    body: Bools
    """The truth; (n,)."""
    weight: float


def held_out(network: Network, pages: Sequence[TrainingPage]) -> list[Example]:
    """Examples of pages that the network has not seen: each page, and of some their body alone, or their beginning."""
    texts, blanks, truths, weights = [], [], [], []
    for number, page in enumerate(pages):
        for chosen in _readings(page.lines.body, number):
            lines = page.lines.take(chosen)
            texts.append(lines.texts)
            blanks.append(lines.blank.tolist())
            truths.append(lines.body)
            weights.append(_NEWS_WEIGHT if page.corpus == "fundus" else 1.0)
    scores = network.score(texts, blanks)
    return [Example(*own) for own in zip(scores, truths, weights, strict=True)]


def fit(examples: Sequence[Example], seed: int = 0) -> bytes:
    """The ``.npz`` file that ``pipeline.label.network.second`` reads; the same bytes for the same examples.

    Cross entropy over lines, weighted by words and page, from the network's own log-odds.

    :raises ValueError: if there are no lines to fit to.
    """
    used = [example for example in examples if len(example.body)]
    if not used:
        raise ValueError("no lines to fit the second reading to")
    torch.manual_seed(seed)
    table = np.concatenate([surroundings([example.scores]) for example in used])
    mean, deviation = table.mean(0), table.std(0) + np.float32(0.02)
    rows = torch.from_numpy(np.clip((table - mean) / deviation, -CUT, CUT))
    odds = _tensor(np.concatenate([log_odds(example.scores.body) for example in used]))
    truth = _tensor(np.concatenate([example.body for example in used]))
    line_weights = np.concatenate([_weights(example) for example in used])
    weights = _tensor(line_weights / line_weights.mean())
    net = nn.Sequential(
        *(nn.Linear(table.shape[1], _UNITS), nn.ReLU(), nn.Dropout(_DROPOUT)),
        *(nn.Linear(_UNITS, _UNITS), nn.ReLU(), nn.Linear(_UNITS, 1)),
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
    layers = [own for own in net if isinstance(own, nn.Linear)]
    arrays: dict[str, Any] = {"mean": mean, "deviation": deviation}
    for number, layer in enumerate(layers):
        scale = _TRUST if layer is layers[-1] else 1.0
        arrays[f"w{number}"] = (layer.weight.detach().numpy().T * scale).astype(np.float32)
        arrays[f"b{number}"] = (layer.bias.detach().numpy() * scale).astype(np.float32)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _readings(body: Bools, number: int) -> Iterator[Any]:
    """Indices of the lines of the page as it is, and in turn of its body alone and of its first two thirds."""
    yield np.arange(len(body))
    if number % _BODY_ONLY == 0 and body.sum() >= _LEAST_BODY:
        yield np.flatnonzero(body)
    if number % _CUT == _CUT // 2 and len(body):
        yield np.arange(-(-2 * len(body) // 3))


def _weights(example: Example) -> Floats:
    """Of the lines of a page: by their share of the body's words, and by their words over the page's lines."""
    words = 1 + np.minimum(example.scores.width.astype(np.float64), _MOST_WORDS)
    by_body = words / (words[example.body].sum() + _BODY_WORDS)
    by_lines = words / _LINE_WORDS / max(_SHORT_PAGE, len(words))
    return np.asarray((by_body + by_lines) / 2 * example.weight)


def _tensor(values: Any) -> torch.Tensor:
    return torch.from_numpy(np.asarray(values, dtype=np.float32))
