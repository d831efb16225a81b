"""One run of training: the vocabulary, then for each member batches of measured pages and the optimiser's steps."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import nn

from pipeline.label.network.features import Measured, measure
from pipeline.label.network.loops import SPARE_BITS, slot
from pipeline.train.augment import Augmentation, augment
from pipeline.train.net import Bag, Batch, LineNet, LossShares, balance, loss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.label.network.codepoints import Hashes, Ints
    from pipeline.label.network.features import Floats, Singles
    from pipeline.train.lines import Lines
    from pipeline.train.pages import TrainingPage

_SPARE: Final = np.uint64((1 << SPARE_BITS) - 1)
_MEASURED_TOGETHER: Final = 64
_FAR: Final = 6.0
"""As in the network that runs: dense numbers are cut so many standard deviations from their mean."""
_LEAST_DEVIATION: Final = 0.02
_SORTED_TOGETHER: Final = 12
"""Batches among whose pages those of like length are put together: less of the board is empty."""
_STRIPPED: Final = 0.93
"""Share of the words withheld from a page that is chosen to lose its words."""
_SPARE_STEPS: Final = 5
"""The schedule is a little longer than its steps: its very last rates are all but zero."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a run. The defaults are those of the committed weights."""

    epochs: int = 6
    seed: int = 0
    members: int = 2
    """Networks alike but for their seeds, whose probabilities are averaged."""
    units: int = 48
    """Of each direction."""
    vector: int = 24
    hidden: int = 64
    """Units between the recurrent layer and the outputs."""
    vocabulary: int = 40_000
    least_sites: int = 4
    """Sites on which a hash must stand; the text of one site can then not be read off the weights."""
    batch: int = 12
    longest: int = 700
    """Lines of a page; of a longer one a random window is read."""
    rate: float = 3e-3
    vector_rate: float = 6e-3
    decay: float = 0.02
    """Of weights, not of vectors."""
    averaging: float = 0.995
    """The result is the moving average of the weights, which keeps so much of itself in each step."""
    warm_up: float = 0.15
    """Share of the schedule in which the rate rises."""
    greatest_gradient: float = 1.0
    dropout: float = 0.3
    noise: float = 0.1
    """Standard deviation of what is added to the standardised dense numbers."""
    word_dropout: float = 0.25
    """Share of hashes withheld."""
    page_dropout: float = 0.2
    """Share of pages that lose nearly all their hashes."""
    rendered: float = 0.5
    """Share of pages that are read in another rendering."""
    loose: float = 0.2
    """... and in one that does not know the ends of blocks."""
    changed: float = 0.75
    """Share of pages that are augmented."""
    fundus_copies: int = 2
    """Times a Fundus page stands in an epoch: nearly all the others are English."""
    augmentation: Augmentation = field(default_factory=Augmentation)
    losses: LossShares = field(default_factory=LossShares)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a net's inputs are looked up in and standardised by: it hangs on the pages alone, not on the seed."""

    vocabulary: Hashes
    mean: Singles
    deviation: Singles


@dataclass(frozen=True, slots=True)
class Trained:
    """The nets of all members, and what they share."""

    nets: tuple[LineNet, ...]
    inputs: Inputs


def train(pages: Sequence[TrainingPage], settings: Settings, say: Callable[[str], None]) -> Trained:
    """Train the members, one after the other, on the pages that have lines.

    The same pages, settings and versions give the same weights on one machine: PyTorch is left with one thread.

    :param say: takes a line of progress for each epoch.
    :raises ValueError: if no page has lines, or there are more sites than the vocabulary can count.
    """
    pages = [page for page in pages if len(page.lines)]
    if not pages:
        raise ValueError("no page has lines: nothing to train on")
    vocabulary = build_vocabulary(pages, settings.vocabulary, settings.least_sites)
    dense = np.concatenate([measured.dense for measured, _ in _measured(pages)])
    inputs = Inputs(vocabulary, dense.mean(0), np.maximum(dense.std(0), _LEAST_DEVIATION))
    say(f"{len(pages)} pages, {len(vocabulary)} hashes")
    nets = []
    for number in range(settings.members):  # no two orders' seeds share a member
        own = replace(settings, seed=settings.members * settings.seed + number)
        nets.append(_member(pages, inputs, own, partial(_of_member, number, say)))
    return Trained(tuple(nets), inputs)


def _member(pages: Sequence[TrainingPage], inputs: Inputs, settings: Settings, say: Callable[[str], None]) -> LineNet:
    """One net, trained from its seed."""
    torch.set_num_threads(1)  # a second thread changes the order of sums, and with it the last bits
    torch.manual_seed(settings.seed)
    arrays, rng = np.random.default_rng(settings.seed), random.Random(settings.seed)
    net = LineNet(len(inputs.vocabulary), settings.units, settings.vector, settings.hidden, settings.dropout)
    weights = [own for name, own in net.named_parameters() if not name.startswith("vectors")]
    optimiser = torch.optim.AdamW(
        [
            {"params": weights, "weight_decay": settings.decay, "lr": settings.rate},
            {"params": [net.vectors.weight], "weight_decay": 0.0, "lr": settings.vector_rate},
        ],
        fused=True,
    )
    # repeated Fundus pages are not counted, as in the runs that were measured: the last steps are at the least rate
    steps = settings.epochs * math.ceil(len(pages) / settings.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [settings.rate, settings.vector_rate], total_steps=steps + _SPARE_STEPS, pct_start=settings.warm_up
    )
    average = {name: own.detach().clone() for name, own in net.named_parameters()}
    kind_weights = balance([page.lines for page in pages])
    pool: dict[str, list[TrainingPage]] = {}
    for page in pages:
        pool.setdefault(page.page_type, []).append(page)
    done = 0
    for epoch in range(1, settings.epochs + 1):
        net.train()
        losses = []
        for chosen in _batches(pages, settings, rng):
            lines = [
                _window(
                    augment(page, rng, pool, settings.augmentation) if rng.random() < settings.changed else page.lines,
                    settings.longest,
                    rng,
                )
                for page in (_rendered(own, settings, rng) for own in chosen)
            ]
            batch, measured = as_batch(lines, inputs, settings, arrays)
            value = loss(net(batch), lines, measured.width, kind_weights, settings.losses)
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call, unused-ignore]
            nn.utils.clip_grad_norm_(net.parameters(), settings.greatest_gradient)
            optimiser.step()
            if done < steps:
                schedule.step()
            done += 1
            # at first the average follows closely: it must not remember the random start
            kept = min(settings.averaging, done / (9 + done))
            with torch.no_grad():
                for name, own in net.named_parameters():
                    average[name].lerp_(own, 1 - kept)
            losses.append(value.item())
        say(f"epoch {epoch} of {settings.epochs}: loss {np.mean(losses):.4f}")
    net.load_state_dict(average)
    net.eval()
    return net


def _of_member(number: int, say: Callable[[str], None], line: str) -> None:
    say(f"member {number}: {line}")


def build_vocabulary(pages: Sequence[TrainingPage], size: int, least_sites: int) -> Hashes:
    """Sorted hashes that stand on enough sites, at most ``size`` of them, one for each slot of the run-time table."""
    sites = {site: number for number, site in enumerate(sorted({page.site for page in pages}))}
    if len(sites) > int(_SPARE) + 1:
        raise ValueError(f"{len(sites)} sites: a hash has room for the numbers of {int(_SPARE) + 1}")
    seen = []
    for measured, part in _measured(pages):
        number = np.array([sites[page.site] for page in part], dtype=np.uint64)
        site = np.repeat(number, np.diff(measured.bounds))
        for hashes, line in ((measured.words, measured.word_lines), (measured.phrases, measured.phrase_lines)):
            seen.append(np.unique((hashes & ~_SPARE) | site[line]))
    hashes, counts = np.unique(np.unique(np.concatenate(seen)) & ~_SPARE, return_counts=True)
    hashes, counts = hashes[counts >= least_sites], counts[counts >= least_sites]
    best = np.argsort(-counts, kind="stable")[:size]
    hashes, counts = hashes[best], counts[best]
    order = np.lexsort((hashes, -counts))  # of those that share a slot, the one of more sites
    _, first = np.unique(slot(hashes[order]), return_index=True)
    return np.sort(hashes[order][first])


def as_batch(
    pages: Sequence[Lines], inputs: Inputs, settings: Settings, rng: np.random.Generator
) -> tuple[Batch, Measured]:
    """Measured lines, with noise and with words withheld, laid out for the net."""
    measured = measure([lines.texts for lines in pages], [lines.blank.tolist() for lines in pages])
    sizes = np.diff(measured.bounds)
    number, longest = len(measured.dense), int(sizes.max())
    page = np.repeat(np.arange(len(pages)), sizes)
    withheld = np.where(rng.random(len(pages)) < settings.page_dropout, _STRIPPED, settings.word_dropout)[page]
    first, second = (
        _bag(hashes, line, inputs.vocabulary, withheld, number=number, rng=rng)
        for hashes, line in ((measured.words, measured.word_lines), (measured.phrases, measured.phrase_lines))
    )
    dense = torch.from_numpy(np.clip((measured.dense - inputs.mean) / inputs.deviation, -_FAR, _FAR).astype(np.float32))
    place = torch.from_numpy(page * longest + np.arange(number) - measured.bounds[page])
    mask = torch.zeros(len(pages) * longest, dtype=torch.bool)
    mask[place] = True
    batch = Batch(
        dense=dense + torch.randn_like(dense) * settings.noise,
        bags=(first, second),
        place=place,
        mask=mask.view(len(pages), longest),
    )
    return batch, measured


def _bag(
    hashes: Hashes, line: Ints, vocabulary: Hashes, withheld: Floats, *, number: int, rng: np.random.Generator
) -> Bag:
    """Rows of the known hashes of each line that are not withheld; row 0 is for none."""
    hashes = hashes & ~_SPARE
    row = np.searchsorted(vocabulary, hashes)
    row[row == len(vocabulary)] = 0
    kept = rng.random(len(hashes)) >= withheld[line]
    if len(vocabulary):
        kept &= vocabulary[row] == hashes
    else:
        kept[:] = False
    row, line = row[kept] + 1, line[kept]
    order = np.argsort(line, kind="stable")
    counts = np.bincount(line, minlength=number)
    return Bag(
        rows=torch.from_numpy(row[order].astype(np.int64)),
        offsets=torch.from_numpy((np.cumsum(counts) - counts).astype(np.int64)),
        scale=torch.from_numpy((1 / np.sqrt(np.maximum(counts, 1))).astype(np.float32)),
    )


def _measured(pages: Sequence[TrainingPage]) -> Iterator[tuple[Measured, Sequence[TrainingPage]]]:
    for start in range(0, len(pages), _MEASURED_TOGETHER):
        part = pages[start : start + _MEASURED_TOGETHER]
        yield measure([page.lines.texts for page in part], [page.lines.blank.tolist() for page in part]), part


def _batches(pages: Sequence[TrainingPage], settings: Settings, rng: random.Random) -> list[list[TrainingPage]]:
    """All pages of an epoch in random order, those of like length together."""
    order = [page for page in pages for _ in range(settings.fundus_copies if page.corpus == "fundus" else 1)]
    rng.shuffle(order)
    together = settings.batch * _SORTED_TOGETHER
    batches = []
    for start in range(0, len(order), together):
        part = sorted(order[start : start + together], key=lambda page: len(page.lines))
        batches += [part[low : low + settings.batch] for low in range(0, len(part), settings.batch)]
    rng.shuffle(batches)
    return batches


def _rendered(page: TrainingPage, settings: Settings, rng: random.Random) -> TrainingPage:
    """The page as it is, or in one of its other renderings."""
    draw = rng.random()
    if draw < settings.rendered:
        return replace(page, lines=rng.choice(page.others)) if page.others else page
    if draw < settings.rendered + settings.loose:
        return replace(page, lines=rng.choice(page.loose)) if page.loose else page
    return page


def _window(lines: Lines, longest: int, rng: random.Random) -> Lines:
    if len(lines) <= longest:
        return lines
    start = rng.randrange(len(lines) - longest + 1)
    return lines.between(start, start + longest)
