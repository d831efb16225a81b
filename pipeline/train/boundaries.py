"""Fits the network that finds the ends of blocks in pages whose line ends were lost (``pipeline.split.breaks``).

    python -m pipeline.train.boundaries --bench DIR [--held-out FOLDER] [--out FILE]

writes the weights, and beside them a card of what they were made of. The HTML of every labelled page gives the truth:
the texts between its tags, as tools put them into one line, and where an element that is a block began or ended between
two words. With ``--held-out`` five networks that each miss the sites of one fold are fitted first: how many of the ends
they find on those sites is printed and put on the card, and their weights are left in the folder: in that of the other
fold weights (``benchmarks/label_folds``) an evaluation reads each page by the one that has not seen its site.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from pipeline.errors import UsageError
from pipeline.evaluate.bench import CORPORA, load_bench
from pipeline.evaluate.run import BOUNDARIES_FILE
from pipeline.split.breaks.model import LIMIT, Boundaries, dilation, vector_rows
from pipeline.split.breaks.words import COLUMNS, Ints, Singles
from pipeline.train.card import LICENCES
from pipeline.train.one_line import CELL, END, FOLDS, INLINE, WITHIN, Example, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.evaluate.bench import BenchPage

LEAST_SITES: Final = 4
"""Sites on which a word must stand to have a key in the weights: what fewer have says who wrote it."""
VOCABULARY: Final = 5_000
"""Most words that have a vector, those of the most sites: 60 kB."""
VECTOR: Final = 12
UNITS: Final = 32
LAYERS: Final = 5
"""So that a word sees 31 on either side."""
EPOCHS: Final = 6
RATE: Final = 4e-3
DECAY: Final = 0.01
CROP: Final = 384
"""Words that are read together in training;"""
CROPS: Final = 12
"""... of one page so many in an epoch: long pages are lists and threads;"""
BATCH: Final = 16
"""... and so many at once."""
DROPPED: Final = 0.25
"""Share of the words that are hidden in training,"""
ALL_DROPPED: Final = 0.1
"""... and of crops all of whose words are: shapes and places must do in languages that few pages have."""
INLINE_WEIGHT: Final = 0.3
"""Where only inline elements part two words (``<a>Home</a><a>News</a>``), style sheets may part them on the screen."""
LIMITS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
"""Probabilities at which held-out figures are printed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 2 if the folder of labelled pages will not do."""
    here = Path(__file__).resolve().parent.parent / "split" / "breaks" / "weights.npz"
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of labelled pages")
    parser.add_argument("--held-out", type=Path, help="folder for the weights of five folds, which are scored")
    parser.add_argument("--out", type=Path, default=here, help="file of the weights, beside which a card is written")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"rounds through all pages ({EPOCHS})")
    options = parser.parse_args(arguments)
    try:
        pages = load_bench(options.bench)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    examples = [example for page in pages for example in read(options.bench, page)]
    figures: dict[str, dict[str, float]] = {}
    if options.held_out is not None:
        options.held_out.mkdir(parents=True, exist_ok=True)
        networks = []
        for fold in range(FOLDS):
            weights = fit([own for own in examples if own.fold != fold], options.epochs)
            (options.held_out / BOUNDARIES_FILE.format(fold)).write_bytes(weights)
            networks.append(Boundaries(weights))
        figures = held_out(examples, networks)
        for limit, row in figures.items():
            sys.stdout.write(f"from {limit}: {', '.join(f'{name} {value:.3f}' for name, value in row.items())}\n")
    made = fit(examples, options.epochs)
    options.out.write_bytes(made)
    card = card_of(pages, examples, made, options.epochs, figures)
    options.out.with_name("card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


class _Net(nn.Module):
    """The network as ``Boundaries`` reads it."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.vectors = nn.Embedding(words + 1, VECTOR, padding_idx=0)
        nn.init.normal_(self.vectors.weight, 0, 0.1)
        with torch.no_grad():
            self.vectors.weight[0] = 0
        self.first = nn.Linear(COLUMNS + VECTOR, UNITS)
        steps = [dilation(layer) for layer in range(LAYERS)]
        self.layers = nn.ModuleList([nn.Conv1d(UNITS, UNITS, 3, padding=step, dilation=step) for step in steps])
        self.gap = nn.Linear(2 * UNITS, UNITS)
        self.last = nn.Linear(UNITS, 1)

    def forward(self, table: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """Log-odds of an end between any two words; (pages, words - 1)."""
        state = functional.relu(self.first(torch.cat([table, self.vectors(numbers)], -1))).transpose(1, 2)
        for layer in self.layers:
            state = state + functional.relu(layer(state))
        state = state.transpose(1, 2)
        gaps = functional.relu(self.gap(torch.cat([state[:, :-1], state[:, 1:]], -1)))
        odds: torch.Tensor = self.last(gaps)[..., 0]
        return odds


def fit(examples: Sequence[Example], epochs: int = EPOCHS, seed: int = 0) -> bytes:
    """The ``.npz`` file that ``Boundaries`` reads; the same bytes for the same examples, epochs and seed."""
    torch.set_num_threads(1)  # a second thread changes the order of sums, and with it the last bits
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    known = _vocabulary(examples)
    numbers = [vector_rows(known, own.keys) for own in examples]
    net = _Net(len(known))
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    rounds = [_crops(examples, rng) for _ in range(epochs)]
    steps = sum(-(-len(crops) // BATCH) for crops in rounds)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1, pct_start=0.15)
    for crops in rounds:
        for start in range(0, len(crops), BATCH):
            table, words, truth, weight = _batch(examples, numbers, crops[start : start + BATCH])
            words *= rng.random(words.shape) >= DROPPED
            words *= rng.random((len(words), 1)) >= ALL_DROPPED
            odds = net(torch.from_numpy(table), torch.from_numpy(words))
            losses = functional.binary_cross_entropy_with_logits(odds, torch.from_numpy(truth[:, 1:]), reduction="none")
            weights = torch.from_numpy(weight[:, 1:])
            optimiser.zero_grad()
            ((losses * weights).sum() / weights.sum()).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return _packed(net, known)


def held_out(examples: Sequence[Example], networks: Sequence[Boundaries]) -> dict[str, dict[str, float]]:
    """By limit: precision and recall of the ends on pages of sites that the fold's network has not seen.

    Cells and inline elements, at which pages differ, count for neither.
    """
    found: list[Singles] = []
    truth: list[npt.NDArray[np.bool_]] = []
    for own in examples:
        chances = networks[own.fold].read(own.table.astype(np.float32), own.keys)
        is_clear = (own.between[1:] == WITHIN) | (own.between[1:] == END)
        found.append(chances[is_clear])
        truth.append(own.between[1:][is_clear] == END)
    chance, is_end = np.concatenate(found), np.concatenate(truth)
    figures = {}
    for limit in LIMITS:
        cut = chance >= np.float32(limit)
        right = float((cut & is_end).sum())
        figures[str(limit)] = {
            "precision": round(right / max(float(cut.sum()), 1.0), 4),
            "recall": round(right / max(float(is_end.sum()), 1.0), 4),
        }
    return figures


def card_of(
    pages: Sequence[BenchPage],
    examples: Sequence[Example],
    weights: bytes,
    epochs: int,
    figures: dict[str, dict[str, float]],
) -> dict[str, Any]:
    """What the weights were made of and how good they are; no clock and no path in it."""
    return {
        "name": "copydesk boundary network",
        "use": "Where the blocks of a page ended that was saved as one line (pipeline/split/breaks).",
        "refit": "python -m pipeline.train.boundaries --bench DIR --held-out benchmarks/label_folds",
        "bytes": len(weights),
        "data": [
            {
                "source": LICENCES[corpus][0],
                "licence": LICENCES[corpus][1],
                "pages": sum(page.corpus == corpus for page in pages),
            }
            for corpus in CORPORA
        ],
        "sites": len({own.site for own in examples}),
        "languages": dict(sorted(Counter(page.language for page in pages).items())),
        "kept": f"Of the texts nothing but 32-bit keys of words that stood on at least {LEAST_SITES} sites.",
        "settings": {"epochs": epochs, "vocabulary": VOCABULARY, "least_sites": LEAST_SITES, "limit": LIMIT},
        "held_out": figures,
    }


def _vocabulary(examples: Sequence[Example]) -> Ints:
    """Keys of the words of the most sites, ascending."""
    by_site: dict[str, set[int]] = {}
    for own in examples:
        by_site.setdefault(own.site, set()).update(np.unique(own.keys).tolist())
    sites = Counter(key for keys in by_site.values() for key in keys if key)
    chosen = sorted((key for key, count in sites.items() if count >= LEAST_SITES), key=lambda key: (-sites[key], key))
    return np.array(sorted(chosen[:VOCABULARY]) or [0], dtype=np.int64)


def _crops(examples: Sequence[Example], rng: np.random.Generator) -> list[tuple[int, int]]:
    """Page and first word (which may lie before the page) of what is read in one round, shuffled."""
    found: list[tuple[int, int]] = []
    for page, own in enumerate(examples):
        starts = np.arange(-int(rng.integers(0, CROP)), len(own.keys), CROP)
        if len(starts) > CROPS:
            starts = rng.choice(starts, CROPS, replace=False)
        found += [(page, start) for start in starts.tolist()]
    return [found[index] for index in rng.permutation(len(found)).tolist()]


def _batch(
    examples: Sequence[Example], numbers: Sequence[Ints], crops: Sequence[tuple[int, int]]
) -> tuple[Singles, Ints, Singles, Singles]:
    """Numbers, words, truth and weight of the places of some crops; (crops, ``CROP``), the first also of columns."""
    shape = (len(crops), CROP)
    table, words = np.zeros((*shape, COLUMNS), dtype=np.float32), np.zeros(shape, dtype=np.int64)
    truth, weight = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    for row, (page, start) in enumerate(crops):
        own = examples[page]
        low, high = max(start, 0), min(start + CROP, len(own.keys))
        at = slice(low - start, high - start)
        table[row, at], words[row, at] = own.table[low:high], numbers[page][low:high]
        between = own.between[low:high]
        truth[row, at] = between == END
        weight[row, at] = np.select([between == CELL, between == INLINE], [0.0, INLINE_WEIGHT], 1.0)
        weight[row, low - start] = 0  # the word before it is not seen
    return table, words, truth, weight


def _packed(net: _Net, known: Ints) -> bytes:
    """Vectors in eight bits with a scale for each of their numbers, all else in sixteen."""
    state = {name: own.detach().numpy() for name, own in net.state_dict().items()}
    vectors = state["vectors.weight"]
    scale = np.maximum(np.abs(vectors).max(0), np.finfo(np.float32).tiny) / 127
    layers = {
        "first": state["first.weight"].T,
        "first_bias": state["first.bias"],
        "layers": np.stack([state[f"layers.{number}.weight"].transpose(2, 1, 0) for number in range(LAYERS)]),
        "layer_bias": np.stack([state[f"layers.{number}.bias"] for number in range(LAYERS)]),
        "gap": state["gap.weight"].T,
        "gap_bias": state["gap.bias"],
        "last": state["last.weight"][0],
        "last_bias": state["last.bias"],
    }
    arrays: dict[str, Any] = {
        "keys": known.astype(np.uint32),
        "vectors": np.round(vectors / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
    } | {name: layer.astype(np.float16) for name, layer in layers.items()}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
