"""The likely kind of removed lines that no certain rule names: the network's opinion, read in the light of the place.

Chrome comes in blocks, so a line's neighbours have a say; the date of a teaser and the name above a comment are parts
of the teaser and the comment, so what the network takes for a field of the article is, away from the article's head,
given to the kinds around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.label.network.model import KINDS
from pipeline.records import CHROME, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.label.features import Floats
    from pipeline.label.network.codepoints import Ints
    from pipeline.label.network.features import Singles

LIKELY: Final = (*(kind for kind in KINDS if kind in CHROME), Kind.CAPTION)
"""What a removed line may be, in the order of the columns."""
_COLUMNS: Final = [KINDS.index(kind) for kind in LIKELY]
_FIELDS: Final = [KINDS.index(kind) for kind in (Kind.TITLE, Kind.DEK, Kind.BYLINE, Kind.DATE)]
_COLUMN: Final = {kind: column for column, kind in enumerate(LIKELY)}
_REACH: Final = 2
"""Lines above and below that have a say."""
_OWN, _AROUND = 0.5, 0.7
"""Weights of the logarithms of a line's own probabilities and of the mean around it. Fitted as .46 and .72 on half of
the bench's sites and on the other half, with the kinds that the markup names (``pipeline/train/weak.py``)."""
_SECTION: Final = 1.5
"""What a heading above (``Comments``, ``Most read``) adds to its kind's log-odds."""
_FLOOR: Final = 1e-4
_PLACE: Final = {
    "above": {Kind.NAVIGATION: -0.5, Kind.COMMENTS: -1.0, Kind.AUTHOR_BIO: -0.5, Kind.LEGAL: 0.5},
    "inside": {Kind.NAVIGATION: -1.0},
    "below": {Kind.NAVIGATION: -0.5},
}
"""What the place adds, after the signs and sizes that the same fit gave: menus are half of all lines of the bench and
so the network's first guess, which pages with short menus would pay for; few are inside the article."""


def likely_kinds(
    kinds: Singles, opening: int, closing: int, sections: Sequence[Kind | None], asked: Ints | None = None
) -> list[Kind]:
    """The most likely of ``LIKELY`` for each line of a page, or for some; as long as ``asked``.

    :param kinds: probabilities of ``KINDS``; (n, 20).
    :param opening: index of the first body paragraph; ``closing``: index after the last body line.
    :param sections: the kind of the section that a heading has opened above each line, if any.
    :param asked: indices of the lines, ascending; None for all.
    """
    own: Floats = kinds[:, _COLUMNS].astype(np.float64) + _FLOOR
    number = len(own)
    asked = np.arange(number) if asked is None else asked
    if not len(asked):
        return []
    # sums over the lines before each, as if the page went on without lines above and below
    sums = np.zeros((number + 2 * _REACH + 1, len(LIKELY)))
    np.cumsum(own, axis=0, out=sums[_REACH + 1 : _REACH + 1 + number])
    sums[_REACH + 1 + number :] = sums[_REACH + number]
    around = sums[2 * _REACH + 1 + asked] - sums[asked]
    around /= around.sum(axis=1, keepdims=True)
    fields = kinds[:, _FIELDS][asked].astype(np.float64).sum(axis=1, keepdims=True)
    odds = _OWN * np.log(own[asked] + fields * around) + _AROUND * np.log(around)
    above, inside, below = np.searchsorted(asked, (opening, closing, max(opening, closing))).tolist()
    zones = {"above": slice(0, above), "inside": slice(above, inside), "below": slice(below, None)}
    for place, shifts in _PLACE.items():
        for kind, shift in shifts.items():
            odds[zones[place], _COLUMN[kind]] += shift
    if any(sections):
        for row, line in enumerate(asked.tolist()):
            section = sections[line]
            if section is not None:
                odds[row, _COLUMN[section]] += _SECTION
    return [LIKELY[column] for column in np.argmax(np.round(odds, 4), axis=1).tolist()]
