"""Where a line stands in the tree of containers, and which container the network takes for that of the text.

Of each container it is counted what word F1 is to be expected if just its lines are kept. The best is the main one.
A line is measured by its place towards it, and by what stands in the parts of the page that it belongs to: the child
of the main container, or what branched off from the way that leads there. What an extractor of the main text finds
out by rules of its own is here a fact among others.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.label.network.codepoints import Ints
    from pipeline.label.network.features import Floats, Singles
    from pipeline.records import Markup

COLUMNS: Final = 26
"""Numbers of each line."""
_BLOCKS: Final = 6
"""Containers that ``Markup.blocks`` names at most."""
_PAGE: Final = (0,) * (_BLOCKS + 1)
_PART_COLUMNS: Final = 5


def containers_around(markup: Sequence[Markup]) -> Ints:
    """The containers around each line of a page, innermost first, and behind them the page itself, 0; (n, 7).

    They are numbered in the order in which they open, without those that no line names.
    """
    width = _BLOCKS + 1
    rows = chain.from_iterable((own.blocks + _PAGE)[:width] for own in markup)
    blocks = np.fromiter(rows, dtype=np.int64, count=len(markup) * width).reshape(-1, width)
    is_named = np.zeros(int(blocks.max(initial=0)) + 1, dtype=np.int64)
    is_named[blocks] = 1
    return np.asarray((np.cumsum(is_named) - 1)[blocks])


def container_columns(known: Floats, around: Ints, unit: int) -> Singles:
    """What is read of the containers around each line of one page, which has lines; (n, ``COLUMNS``).

    Takes linear time in lines and containers; sums run over whole numbers, so they are exact.

    :param known: of each line its weight, P(body) in parts of ``unit``, per cent of links, and whether it is prose, the
        last three times the weight; whole numbers; (4, n).
    :param around: as ``containers_around`` gives them.
    """
    inner = around[:, 0]
    parent, end = _tree(around)
    weight, mass = known[:2]
    weights, masses, links, proses = (_inside(inner, own, end) for own in known)
    page_mass, page_weight = masses[0], weights[0]
    promise = 2 * masses / (weights * unit + page_mass)
    main = 1 + int(np.argmax(promise[1:])) if len(promise) > 1 else 0
    main = main if promise[main] >= promise[0] else 0  # nothing is gained by the whole page if one container is it
    depth, shared, best, child, branch = _ways(parent, promise, main, end)

    line = np.arange(len(inner))
    is_inside = (inner >= main) & (inner < end[main])
    within = np.flatnonzero(is_inside)
    first, last = (int(within[0]), int(within[-1])) if len(within) else (0, len(inner) - 1)
    before = np.concatenate([[0.0], np.cumsum(mass)])
    through = (before[line] - before[first]) / max(before[last + 1] - before[first], 1.0)

    def part(node: Ints) -> list[npt.NDArray[Any]]:
        """Of the line's part of the page: P(body) of its other lines, its share of the page, its prose and links."""
        others = np.maximum(weights[node] - weight, 0)
        whole = np.maximum(weights[node], 1)
        return [
            ((masses[node] - mass) / unit + page_mass / unit / page_weight) / (others + 1),
            weights[node] / page_weight,
            masses[node] / max(page_mass, 1.0),
            proses[node] / whole,
            links[node] / 100 / whole,
        ]

    columns = [
        is_inside,
        line < first,
        (line > last) & ~is_inside,
        promise[inner],
        best[inner],
        best[inner] - promise[main],
        shared[inner] / max(depth[main], 1),
        depth[main] - shared[inner],
        depth[inner] - shared[inner],
        np.where(is_inside, through, np.where(line < first, _BEFORE, _AFTER)),
        *part(np.where(child[inner] >= 0, child[inner], inner)),
        *part(np.where(branch[inner] >= 0, branch[inner], inner)),
    ]
    of_main = [
        promise[main],
        weights[main] / page_weight,
        masses[main] / max(page_mass, 1.0),
        masses[main] / unit / max(weights[main], 1.0),
        depth[main],
        proses[main] / max(weights[main], 1.0),
    ]
    columns += [np.full(len(inner), own) for own in of_main]
    return np.stack(columns, 1).astype(np.float32)


_BEFORE, _AFTER = -0.2, 1.2
"""Place of lines outside of the main container, whose own lines lie between 0 and 1."""


def _tree(around: Ints) -> tuple[Ints, Ints]:
    """The container around each one, and the number behind the last one that stands in it; (containers,) each.

    A line names only the nearest around it. The others are known from lines that stand less deep; where there are none,
    a container belongs to the nearest one that is known to be open there.
    """
    number = int(around.max()) + 1
    named = np.zeros(number, dtype=np.int64)
    np.maximum.at(named, around[:, :-1].ravel(), around[:, 1:].ravel())
    last = _ends(np.where(named < np.arange(number), named, 0).tolist())
    parent, open_, end = [0], [0], [number] * number
    for node in range(1, number):
        while last[open_[-1]] <= node:
            end[open_.pop()] = node
        parent.append(open_[-1])
        open_.append(node)
    return np.array(parent, dtype=np.int64), np.array(end, dtype=np.int64)


def _ends(parent: list[int]) -> list[int]:
    """Number after that of the last container inside each one."""
    end = list(range(1, len(parent) + 1))
    for node in range(len(end) - 1, 0, -1):
        around = parent[node]
        if (last := end[node]) > end[around]:  # no call of max: there are hundreds a page
            end[around] = last
    return end


def _inside(inner: Ints, values: Floats, end: Ints) -> Floats:
    """Sum over the lines in each container; sums of whole numbers below 2**53 are exact as floats."""
    sums = np.concatenate([[0.0], np.cumsum(np.bincount(inner, values, len(end)))])
    return np.asarray(sums[end] - sums[:-1])


def _ways(parent: Ints, promise: Floats, main: int, end: Ints) -> tuple[Ints, Ints, Floats, Ints, Ints]:
    """Of each container its depth, how much of the way to the main one it shares, the best promise of it and of those
    around it, the child of the main one and the branch of that way that it is or stands in, or -1; (containers,) each.
    """
    number = len(parent)
    node = np.arange(number)
    depth = node - np.cumsum(np.bincount(end, minlength=number + 1))[:number]  # those opened before and not yet ended
    leads_there = (node <= main) & (main < end)
    shared = np.zeros(number, dtype=np.int64)
    for at in np.flatnonzero(leads_there).tolist():  # outermost first: those inside overwrite what they share less
        shared[at : end[at]] = depth[at]
    # containers in the order in which they open: each stands with all that is in it in one piece
    child = np.full(number, -1)
    children = np.flatnonzero(parent == main)
    children = children[children > main]  # the page is its own parent
    child[main + 1 : end[main]] = np.repeat(children, end[children] - children)
    branch = np.full(number, -1)
    branches = np.flatnonzero(~leads_there & leads_there[parent])
    branch[~leads_there] = np.repeat(branches, end[branches] - branches)
    best = promise.tolist()
    for at, around in enumerate(parent.tolist()):
        if (above := best[around]) > best[at]:
            best[at] = above
    return depth, shared, np.array(best), child, branch
