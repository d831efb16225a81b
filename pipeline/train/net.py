"""The network of ``pipeline.label.network.model`` as a torch module, and what it is trained to minimise.

In training there are two more outputs for each line: start and end of a run of body, and the facts from the HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.label.network.features import DENSE
from pipeline.label.network.model import KINDS
from pipeline.train.pages import FACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.label.network.codepoints import Bools
    from pipeline.label.network.features import Floats, Singles
    from pipeline.train.lines import Lines

_WINDOW: Final = 3
"""Lines that the gates look at: the line and its neighbours."""
_MOST_WORDS: Final = 80
"""A longer line weighs no more."""
_PAGE_WORDS: Final = 60.0
"""Added to a page's body words before lines are weighed by them, so that a page of three words does not rule."""
_TYPICAL_WORDS: Final = 17.0
"""Mean weight of a line; the second half of its weight is by its share of the page's lines."""
_FEW_LINES: Final = 20.0
_RAREST: Final = 50
_KIND_WEIGHTS: Final = (1.0, 12.0)


@dataclass(frozen=True, slots=True)
class Bag:
    """Rows of the table of vectors to be summed for each line."""

    rows: Tensor
    offsets: Tensor
    scale: Tensor
    """One over the root of how many rows the line has; (n,)."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines of some pages: ``n`` in all, on a board of ``pages`` x ``longest``."""

    dense: Tensor
    """Standardised; (n, 143)."""
    bags: tuple[Bag, Bag]
    place: Tensor
    """Where each line stands on the flattened board; (n,)."""
    mask: Tensor
    """Which places hold a line; (pages, longest)."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Log-odds (of kinds: unnormalised logarithms) for each line."""

    body: Tensor
    kinds: Tensor
    edges: Tensor
    facts: Tensor


class _Scan(torch.autograd.Function):
    """``state[t] = forget[t] * state[t - 1] + new[t]`` along the second dimension."""

    @staticmethod
    def forward(ctx: Any, forget: Tensor, new: Tensor) -> Tensor:
        state = torch.zeros_like(new[:, 0])
        states = []
        for factor, own in zip(forget.unbind(1), new.unbind(1), strict=True):
            state = torch.addcmul(own, factor, state)
            states.append(state)
        out = torch.stack(states, 1)
        ctx.save_for_backward(forget, out)
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        forget, states = ctx.saved_tensors
        incoming, factors = gradients[0].unbind(1), forget.unbind(1)
        carried = torch.zeros_like(incoming[0])
        to_new = []
        for step in range(len(incoming) - 1, -1, -1):
            carried = incoming[step] + carried
            to_new.append(carried)
            carried = carried * factors[step]
        for_new = torch.stack(to_new[::-1], 1)
        before = torch.cat([torch.zeros_like(states[:, :1]), states[:, :-1]], 1)
        return for_new * before, for_new


_scan: Final[Callable[[Tensor, Tensor], Tensor]] = _Scan.apply
"""With the types that torch does not give it."""


class Dropout(nn.Module):
    """As torch's, but three times as fast on one core: its mask is drawn as bytes, all at once."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._least = round(share * 256)
        self._random = np.random.default_rng(torch.initial_seed())

    def forward(self, inputs: Tensor) -> Tensor:
        if not self.training or not self._least:
            return inputs
        drawn = np.frombuffer(self._random.bytes(inputs.numel()), dtype=np.uint8)
        kept = (drawn >= self._least).astype(np.float32) * np.float32(256 / (256 - self._least))
        return inputs * torch.from_numpy(kept).view(inputs.shape)


class LineNet(nn.Module):
    """Line vectors, one bidirectional quasi-recurrent layer, a hidden layer, four outputs; both are told page means."""

    def __init__(self, vocabulary: int, units: int, vector: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.units = units
        inner = 2 * units
        self.vectors = nn.Embedding(vocabulary + 1, vector, padding_idx=0)
        nn.init.normal_(self.vectors.weight, std=0.1)
        self.vectors.weight.data[0] = 0
        self.inputs = nn.Linear(DENSE + 2 * vector, inner)
        self.drop = Dropout(dropout)
        self.gates = nn.Conv1d(inner, 4 * units, _WINDOW, padding=_WINDOW // 2)
        assert self.gates.bias is not None
        with torch.no_grad():  # open at first to what came before: gradients reach far from the start
            self.gates.bias[:inner].uniform_(0, 3)
        self.hidden = nn.Linear(2 * inner, hidden)
        self.page_gates = nn.Linear(inner, 4 * units, bias=False)
        self.page_hidden = nn.Linear(inner, hidden, bias=False)
        for page in (self.page_gates, self.page_hidden):  # lines first: a page's mean is easily learned by heart
            nn.init.zeros_(page.weight)
        self.body = nn.Linear(hidden, 1)
        self.kinds = nn.Linear(hidden, len(KINDS))
        self.edges = nn.Linear(hidden, 2)
        self.facts = nn.Linear(hidden, FACTS)

    def forward(self, batch: Batch) -> Outputs:
        parts = [batch.dense] + [
            functional.embedding_bag(bag.rows, self.vectors.weight, bag.offsets, mode="sum", padding_idx=0)
            * bag.scale.unsqueeze(1)
            for bag in batch.bags
        ]
        pages, longest = batch.mask.shape
        board = torch.zeros(pages * longest, sum(part.shape[1] for part in parts))
        board = board.index_copy(0, batch.place, torch.cat(parts, 1)).view(pages, longest, -1)
        mask = batch.mask.unsqueeze(-1).float()
        inner = self.drop(torch.relu(self.inputs(board))) * mask
        lines = mask.sum(1, keepdim=True).clamp(min=1)
        state = self._recur(inner, mask, self.drop(inner.sum(1, keepdim=True) / lines))
        hidden = self.hidden(torch.cat([self.drop(state), inner], -1))
        hidden = hidden + self.page_hidden(self.drop(state.sum(1, keepdim=True) / lines))
        out = self.drop(torch.relu(hidden)).flatten(0, 1)[batch.place]
        return Outputs(self.body(out).squeeze(-1), self.kinds(out), self.edges(out), self.facts(out))

    def _recur(self, inner: Tensor, mask: Tensor, mean: Tensor) -> Tensor:
        gates = self.gates(inner.transpose(1, 2)).transpose(1, 2) + self.page_gates(mean)
        both = 2 * self.units
        forget, new = torch.sigmoid(gates[..., :both]), torch.tanh(gates[..., both:])
        new = (1 - forget) * new * mask
        forget = forget * mask + (1 - mask)  # empty places hand the state on, so that upwards it starts at the end
        down = _scan(forget[..., : self.units], new[..., : self.units])
        up = _scan(forget[..., self.units :].flip(1), new[..., self.units :].flip(1)).flip(1)
        return torch.cat([down, up], -1) * mask


@dataclass(frozen=True, slots=True)
class LossShares:
    """What each part of the loss counts. The defaults are the delivered settings."""

    kinds: float = 0.2
    edges: float = 0.1
    facts: float = 2.0
    smoothing: float = 0.02
    """Body is learned as 1 minus this, chrome as this: labels of the corpora are wrong now and then."""
    taught: float = 0.5
    """Share of ``Lines.believed`` in what is learned of body, where networks were asked; the rest is the label."""


def loss(outputs: Outputs, pages: Sequence[Lines], width: Singles, kind_weights: Tensor, shares: LossShares) -> Tensor:
    """Cross entropies of body, kinds, edges and facts.

    :param pages: the lines of each page of the batch.
    :param width: words of the lines of all pages; (n,).
    :param kind_weights: of ``balance``.
    """
    body = np.concatenate([own.body for own in pages]).astype(np.float32)
    bounds = np.cumsum([0] + [len(own) for own in pages])
    weight = np.concatenate(
        [line_weights(own.body, width[low:high]) for own, low, high in zip(pages, bounds, bounds[1:], strict=False)]
    )
    target = torch.from_numpy(_targets(body, np.concatenate([own.believed for own in pages]), shares))
    entropy = functional.binary_cross_entropy_with_logits(outputs.body, target, reduction="none")
    total = (entropy * torch.from_numpy(weight)).sum() / len(pages)
    kinds = torch.from_numpy(np.concatenate([own.kind for own in pages]))
    known = kinds >= 0
    if known.any():
        total = total + shares.kinds * functional.cross_entropy(outputs.kinds[known], kinds[known], kind_weights)
    edges = torch.from_numpy(np.concatenate([_edges(own.body) for own in pages]))
    total = total + shares.edges * functional.binary_cross_entropy_with_logits(outputs.edges, edges)
    facts = torch.from_numpy(np.concatenate([own.facts for own in pages]))
    told = facts >= 0
    entropy = functional.binary_cross_entropy_with_logits(outputs.facts, facts.clamp(min=0).float(), reduction="none")
    return total + shares.facts * (entropy * told).sum() / told.sum().clamp(min=1)


def _targets(body: Singles, believed: Singles, shares: LossShares) -> Singles:
    """What is to be learned of body, from label and beliefs; (n,)."""
    labelled = body * (1 - 2 * shares.smoothing) + shares.smoothing
    taught = (1 - shares.taught) * labelled + shares.taught * believed
    return np.where(np.isnan(believed), labelled, taught).astype(np.float32)


def line_weights(body: Bools, width: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Half by the line's share of the page's body words, which word F1 counts; half by its share of the lines; (n,).

    As precise as ``width`` is.
    """
    value = 1.0 + np.minimum(width, _MOST_WORDS)
    by_words = value / (value[body].sum() + _PAGE_WORDS)
    by_lines = value / _TYPICAL_WORDS / max(_FEW_LINES, len(body))
    return np.asarray((by_words + by_lines) / 2)


def balance(pages: Sequence[Lines]) -> Tensor:
    """Weight of each kind, by the root of how rare it is; the mean over the lines is one; (20,)."""
    kinds = np.concatenate([own.kind for own in pages])
    counts = np.bincount(kinds[kinds >= 0], minlength=len(KINDS))
    weights: Floats = np.clip(np.sqrt(counts.max() / np.maximum(counts, _RAREST)), *_KIND_WEIGHTS)
    return torch.from_numpy((weights * counts.sum() / max(float((weights * counts).sum()), 1.0)).astype(np.float32))


def _edges(body: Bools) -> Singles:
    """Whether a run of body lines starts, and ends, with the line; (n, 2)."""
    before, after = np.concatenate([[False], body[:-1]]), np.concatenate([body[1:], [False]])
    return np.stack([body & ~before, body & ~after], 1).astype(np.float32)
