"""Fits the perceptrons that ``pipeline.label.network.perceptron`` reads, from the network's own log-odds."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from pipeline.label.network.perceptron import CUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.label.network.codepoints import Bools
    from pipeline.label.network.features import Floats, Singles

NEWS_WEIGHT: Final = 2.0
"""Fundus has few pages of many languages, so each counts for two, as in the training of the network."""
_EPOCHS: Final = 3
_BATCH: Final = 1024
_RATE: Final = 3e-3
_LEAST_DEVIATION: Final = np.float32(0.02)

Layer = tuple[torch.Tensor, torch.Tensor]
"""Matrix (outputs, inputs) and bias (outputs,)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines to fit to; ``n`` lines of all pages."""

    table: torch.Tensor
    """Standardised and cut; (n, columns)."""
    odds: torch.Tensor
    """The network's log-odds; (n,)."""
    truth: torch.Tensor
    weights: torch.Tensor
    mean: Singles
    deviation: Singles


def rows_of(table: Singles, odds: Floats, truth: Singles | Bools, weights: Floats) -> Rows:
    """Ready to be fitted to; ``table`` (n, columns) is overwritten, the others are (n,)."""
    mean, deviation = table.mean(0), table.std(0) + _LEAST_DEVIATION
    table -= mean
    table /= deviation
    return Rows(
        table=torch.from_numpy(np.clip(table, -CUT, CUT, out=table)),
        odds=_tensor(odds),
        truth=_tensor(truth),
        weights=_tensor(weights / weights.mean()),
        mean=mean,
        deviation=deviation,
    )


def fitted(rows: Rows, units: int, dropouts: tuple[float, ...], decay: float, seed: int) -> list[Layer]:
    """The three layers of one perceptron, by weighted cross entropy over lines; the same bits for the same rows,
    since PyTorch is left with one thread.

    :param units: of each hidden layer.
    :param dropouts: after the first hidden layer and, if there are two, after the second.
    """
    torch.set_num_threads(1)  # a second thread changes the order of sums, and with it the last bits
    torch.manual_seed(seed)
    first, *second = [nn.Dropout(share) for share in dropouts]
    layers = nn.Linear(rows.table.shape[1], units), nn.Linear(units, units), nn.Linear(units, 1)
    net = nn.Sequential(layers[0], nn.ReLU(), first, layers[1], nn.ReLU(), *second, layers[2])
    nn.init.zeros_(layers[2].weight)  # so that it starts from the network's own word
    nn.init.zeros_(layers[2].bias)
    optimiser = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=decay)
    steps = _EPOCHS * -(-len(rows.table) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps + 1)
    for _ in range(_EPOCHS):
        for chosen in torch.randperm(len(rows.table)).split(_BATCH):
            found = net(rows.table[chosen])[:, 0] + rows.odds[chosen]
            losses = functional.binary_cross_entropy_with_logits(found, rows.truth[chosen], reduction="none")
            optimiser.zero_grad()
            (losses * rows.weights[chosen]).mean().backward()
            optimiser.step()
            schedule.step()
    return [(own.weight.detach(), own.bias.detach()) for own in layers]


def packed(rows: Rows, layers: Sequence[Layer]) -> bytes:
    """The ``.npz`` file of layers that were fitted to these rows."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays_of(rows, layers))
    return file.getvalue()


def arrays_of(rows: Rows, layers: Sequence[Layer]) -> dict[str, Any]:
    """What stands in that file."""
    arrays: dict[str, Any] = {"mean": rows.mean, "deviation": rows.deviation}
    for number, (matrix, bias) in enumerate(layers):
        arrays[f"w{number}"] = matrix.numpy().T.astype(np.float32)
        arrays[f"b{number}"] = bias.numpy().astype(np.float32)
    return arrays


def _tensor(values: Any) -> torch.Tensor:
    return torch.from_numpy(np.asarray(values, dtype=np.float32))
