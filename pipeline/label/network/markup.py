"""The reading of HTML: P(body) of every line once more, now with what its markup says.

The network reads text alone. Here each line gets, beside its surroundings (``second``), the tags and names around it,
and what the network thinks of the lines that share its containers or its path of classes: the words of a comment read
like prose, but hundreds of lines stand in the same place. A small perceptron shifts the log-odds of the network.

All sums run over whole numbers, so they are exact; pages are read one by one.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.label.network.containers import COLUMNS as CONTAINERS
from pipeline.label.network.containers import container_columns, containers_around
from pipeline.label.network.perceptron import Perceptron
from pipeline.label.network.second import COLUMNS as SURROUNDINGS
from pipeline.label.network.second import shifted, surroundings
from pipeline.split.places import FLAGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.label.network.codepoints import Ints
    from pipeline.label.network.features import Floats, Singles
    from pipeline.label.network.model import Scores
    from pipeline.records import Markup

_UNIT: Final = 10_000
"""Probabilities are counted in ten-thousandths, as in ``second``."""
_LONG: Final = 14
"""Words from which a line is taken for prose, as in ``second``."""
_LEVELS: Final = 5
"""Containers around a line that are looked at, from the innermost on."""
_GROUPS: Final = _LEVELS + 3
"""Ways in which lines belong together: by each of these containers, and by their paths."""
_GROUP_COLUMNS: Final = 8
_DEEPEST: Final = 40
"""Block elements around a line that are counted."""
_WINDOWS: Final = (1, 4, 12)
"""Lines on either side of which the share is taken that the extractor keeps."""
GREATEST_SHIFT: Final = 8.0
"""No shift of the log-odds is larger."""
_PAGE_COLUMNS: Final = FLAGS + 4
COLUMNS: Final = SURROUNDINGS + FLAGS + 3 + _GROUPS * _GROUP_COLUMNS + len(_WINDOWS) + _PAGE_COLUMNS
"""Numbers of each line where the extractor was asked; where it was not, ``CONTAINERS`` more."""
ASKED: Final = "asked_"
"""Before the names of the weights that are for pages with a second opinion."""


class MarkupReading:
    """The fitted perceptrons, side by side as one."""

    def __init__(self, weights: bytes) -> None:
        """Read the bytes of an ``.npz`` file.

        :raises ValueError: if it is no such file, or holds anything but numbers.
        """
        self._alone = Perceptron(weights)
        self._asked = Perceptron(weights, ASKED)
        self.digest = self._alone.digest

    def read(self, facts: MarkupFacts, main: Sequence[bool | None] | None = None) -> Floats:
        """P(body) of the lines of one page, rounded to four digits; (n,).

        :param main: whether the extractor keeps each line; None if it was not asked.
        """
        perceptron = self._alone if main is None else self._asked
        shift = perceptron.shift(facts.columns(main), GREATEST_SHIFT)
        return shifted(facts.body, shift)


@cache
def load_markup_reading() -> MarkupReading:
    """The committed weights (``markup.npz`` beside this module)."""
    return MarkupReading(markup_weights())


def markup_weights() -> bytes:
    """The committed file."""
    return resources.files("pipeline.label.network").joinpath("markup.npz").read_bytes()


class MarkupFacts:
    """What is read of the lines of one page, gathered once though they be read twice: without the extractor and, where
    that leaves doubts, with it.
    """

    def __init__(self, scores: Scores, markup: Sequence[Markup], around: Singles | None = None) -> None:
        """Gather what does not depend on the extractor.

        :param around: what the second reading reads of each line (``surroundings``), where that is known.
        """
        self.body = scores.body
        self._number = len(markup)
        if not markup:
            return
        of_flags, of_linked, depths, _, of_paths = zip(*markup, strict=True)
        body = np.rint(np.asarray(scores.body, dtype=np.float64) * _UNIT).astype(np.int64)
        weight = np.rint(2 * scores.width.astype(np.float64)).astype(np.int64) + 1
        flags = (np.array(of_flags, dtype=np.uint64)[:, None] >> _BITS) & np.uint64(1)
        flags = flags.astype(np.float64)  # products of whole numbers as floats are exact, and ten times as fast
        linked = np.array(of_linked, dtype=np.int64)
        mass = body * weight
        known = np.stack(
            [np.ones_like(weight), weight, mass, linked * weight, (scores.width >= _LONG) * weight]
        ).astype(np.float64)
        self._weight, self._mass, self._known = weight, mass, known
        self._line = np.column_stack([linked / 100, np.minimum(depths, _DEEPEST)])
        self._page = np.concatenate([known[1] @ flags, [weight @ linked / 100]])
        self._around = containers_around(markup)
        self._groups = _groups(self._around, np.array(of_paths, dtype=np.int64))
        self._of_groups = _of_groups(self._groups, known)
        told = surroundings([scores]) if around is None else around
        self._told = np.concatenate([told, flags], 1, dtype=np.float32)

    def columns(self, main: Sequence[bool | None] | None = None) -> Singles:
        """What is read of each line; (n, ``COLUMNS``), without the extractor's verdict ``CONTAINERS`` more.

        :param main: whether the extractor keeps each line; None if it was not asked.
        """
        number = self._number
        if not number:
            return np.zeros((0, COLUMNS + (CONTAINERS if main is None else 0)), dtype=np.float32)
        weight = self._weight
        heard = np.array([0 if own is None else 2 * own - 1 for own in main or [None] * number], dtype=np.int64)
        containers = [container_columns(self._known[1:], self._around, _UNIT)] if main is None else []
        page = np.concatenate([self._page, [weight @ heard, weight @ (heard > 0)]]) / weight.sum()
        of_kept = self._mass @ (heard > 0) / max(int(self._mass.sum()), 1)
        of_groups = self._of_groups
        of_groups[:, :, _HEARD] = 0 if main is None else _heard(self._groups, heard * weight, weight)
        return np.concatenate(
            [
                self._told,
                self._line,
                heard[:, None],
                of_groups.reshape(number, _GROUPS * _GROUP_COLUMNS),
                _around(heard),
                np.broadcast_to(np.append(page, of_kept), (number, _PAGE_COLUMNS)),
                *containers,
            ],
            1,
            dtype=np.float32,
        )


_BITS: Final = np.arange(FLAGS, dtype=np.uint64)[None]


def _groups(around: Ints, paths: Ints) -> Ints:
    """For each way of belonging together, the number of each line's group, from 0 on over all ways; (ways, n)."""
    # the innermost block is often the line itself: the lines of a group share the one around it
    blocks = around[:, 1 : _LEVELS + 1].T
    near, outer = paths.T
    of_paths = np.stack([np.unique(way, return_inverse=True)[1] for way in (near, outer, near * 31 + outer)])
    most = 1 + max(int(blocks.max()), int(of_paths.max()))
    return np.asarray(np.vstack([blocks, of_paths]) + most * np.arange(_GROUPS)[:, None])


def _of_groups(groups: Ints, known: npt.NDArray[np.float64]) -> Floats:
    """What is known of the other lines of each line's groups, and of their shares of the page; (n, ways, 8).

    The extractor's verdict (``_HEARD``) stays open.
    """
    lines, weight, mass, linked, long = (_sums(groups, values) for values in known)
    page = known.sum(1)
    told = np.empty((groups.shape[1], len(groups), _GROUP_COLUMNS))
    for at, column in (
        (0, (mass - known[2] + page[2] / page[1]) / (np.maximum(weight - known[1], 1) + 1) / _UNIT),
        (1, mass / np.maximum(page[2], 1)),
        (2, weight / page[1]),
        (3, np.log(lines)),
        (4, linked / weight / 100),
        (5, long / weight),
        (7, (mass / weight) / _UNIT),
    ):
        told[:, :, at] = column.T
    return told


_HEARD: Final = 6
"""Column of ``_of_groups`` for the mean of the extractor's verdicts."""


def _heard(groups: Ints, heard: Ints, weight: Ints) -> Floats:
    """Weighted mean of the extractor's verdicts on the lines of each line's groups; (n, ways)."""
    return (_sums(groups, heard) / _sums(groups, weight)).T


def _sums(groups: Ints, values: npt.NDArray[Any]) -> Floats:
    """Sum over the lines of each line's groups; (ways, n). Sums of whole numbers below 2**53 are exact as floats."""
    return np.asarray(np.bincount(groups.ravel(), np.tile(values, len(groups)))[groups])


def _around(heard: Ints) -> Floats:
    """Mean of the extractor's verdicts around each line."""
    sums = np.concatenate([[0], np.cumsum(heard)])
    at = np.arange(len(heard))
    found: list[Any] = []
    for reach in _WINDOWS:
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(heard))
        found.append((sums[high] - sums[low]) / (high - low))
    return np.stack(found, 1)
