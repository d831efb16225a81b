"""The loops of the network by array arithmetic: how lines are measured, vectors added and the recurrence run.

``compiled`` has the same three, with the same results to the bit, for those who label enough pages to load them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.label.network.features import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.label.network.codepoints import Hashes, Ints, Numbers
    from pipeline.label.network.features import Measured, Singles

SPARE_BITS: Final = 11
"""Low bits of a hash that the vocabulary does not hold."""
SLOT_BITS: Final = 20


@dataclass(frozen=True, slots=True)
class Loops:
    """One way to run the loops."""

    measure: Callable[[Sequence[Sequence[str]], Sequence[Sequence[bool]]], Measured]
    """Lines of some pages, and whether a blank line stands before each."""
    add_vectors: Callable[[Hashes, Ints, int, Numbers, Hashes, Singles], tuple[Singles, Ints]]
    """Hashes, their lines, number of lines, slots, vocabulary, vectors: the sum of the vectors of each line's known
    hashes, in the order in which they are given, (n, size); and how many are known, (n,)."""
    run: Callable[[Singles, Ints, Singles], None]
    """``state = forget * state + (1 - forget) * new`` over the lines of each page: the odds against what is kept of the
    state, and what is new, side by side, (n, 4 * units); bounds of the pages; and where the states go, (n, 2 * units).
    The first half of the units runs downwards, the other upwards."""
    by_page: bool
    """Whether ``run`` is best given one page after the other, or many to go in step."""


def add_vectors(  # noqa: PLR0917  (called by place, through ``Loops``)
    hashes: Hashes, line: Ints, number: int, slots: Numbers, vocabulary: Hashes, vectors: Singles
) -> tuple[Singles, Ints]:
    """See ``Loops``.

    All first vectors are added in one step, then all second ones; with the lines of most vectors first, the lines
    of each step are the first rows. So each line's vectors are added in the order of its text.
    """
    hashes = hashes & ~np.uint64((1 << SPARE_BITS) - 1)
    known = slots[slot(hashes)]
    is_known = (known > 0) & (vocabulary[known] == hashes)
    known, line = known[is_known], line[is_known]
    total = np.zeros((number, vectors.shape[1]), dtype=np.float32)
    counts = np.bincount(line, minlength=number)
    if not len(known):
        return total, counts
    order = np.argsort(line, kind="stable")
    known, line = known[order], line[order]
    rows = np.argsort(-counts, kind="stable")
    row_of_line = np.empty(number, dtype=np.int64)
    row_of_line[rows] = np.arange(number)
    rank = np.arange(len(known)) - (np.cumsum(counts) - counts)[line]
    active = np.bincount(rank)
    packed = np.empty(len(known), dtype=np.int64)
    packed[(np.cumsum(active) - active)[rank] + row_of_line[line]] = known
    found = vectors[packed]
    at = 0
    for count in active.tolist():
        total[:count] += found[at : at + count]
        at += count
    return total[row_of_line], counts


def slot(hashes: Hashes) -> Ints:
    """Place in the table of the vocabulary; a vocabulary holds one hash for each place."""
    return ((hashes >> np.uint64(SPARE_BITS)) & np.uint64((1 << SLOT_BITS) - 1)).astype(np.int64)


def run(gates: Singles, bounds: Ints, state: Singles) -> None:
    """See ``Loops``. All pages go in step, longest first, so that the pages still running are always the first rows;
    no sum crosses pages.
    """
    lengths = np.diff(bounds)
    number, both = state.shape
    half = both // 2
    if not number:
        return
    forget = 1 / (1 + gates[:, :both])
    new = (1 - forget) * gates[:, both:]
    order = np.argsort(-lengths, kind="stable")
    longest = int(lengths.max())
    active = np.searchsorted(-lengths[order], -np.arange(longest), side="left")
    step = np.repeat(np.arange(longest), active)
    page = order[np.arange(number) - np.repeat(np.cumsum(active) - active, active)]
    down, up = bounds[page] + step, bounds[page + 1] - 1 - step
    factor = np.concatenate([forget[down, :half], forget[up, half:]], 1)
    running = np.concatenate([new[down, :half], new[up, half:]], 1)
    before, start = 0, int(active[0])
    for count in active[1:].tolist():
        running[start : start + count] += factor[start : start + count] * running[before : before + count]
        before, start = start, start + count
    state[down, :half] = running[:, :half]
    state[up, half:] = running[:, half:]


ARRAYS: Final = Loops(measure, add_vectors, run, by_page=False)
