"""Groups around one kept member. Nothing chains: a member is directly, verifiedly similar to what it points at."""

from __future__ import annotations

from array import array
from bisect import insort
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup import tools
from pipeline.dedup.verify import Beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.dedup.verify import Similarities
    from pipeline.shelf import Shelf

_READ_AT_ONCE = 1 << 14
"""Occurrences that are objects at one time."""

# Plain Python takes so many seconds for a pair.
_PLAIN_PACE = 2e-7


def stars(count: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each text its centre: the first text before it that is a centre and similar to it, else itself.

    Texts are numbered by preference. A text that is similar to a member, but to no centre, becomes a centre.

    :param left: of each similar pair the text that comes first; pairs sorted by ``left``, then ``right``
    """
    if tools.is_worth_compiled(len(left) * _PLAIN_PACE):
        from pipeline.dedup import compiled  # noqa: PLC0415  # loads numba

        return compiled.stars(count, left, right)
    centre_of: dict[int, int] = {}
    # All pairs that could make ``one`` a member come before those in which it stands left.
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        if one not in centre_of and other not in centre_of:
            centre_of[other] = one
    centre = np.arange(count)
    centre[list(centre_of)] = list(centre_of.values())
    return centre


@dataclass(frozen=True, slots=True)
class Sources:
    """Occurrences of texts that repeat an earlier one, as columns of equal length, by the place of the repeat."""

    place: NDArray[np.int64]
    source: NDArray[np.int64]
    """The place of the occurrence that it repeats."""
    jaccard: NDArray[np.float64]

    def moved(self, places: NDArray[np.int64], shelf: Shelf) -> Sources:
        """The same, where what stood at ``i`` stands at ``places[i]``."""
        return Sources(shelf.put(places[self.place]), shelf.put(places[self.source]), self.jaccard)


def first_sources(
    number: NDArray[np.int64], article_of: NDArray[np.int64], matches: Similarities, shelf: Shelf
) -> Sources:
    """For each occurrence of a text that repeats an earlier one of another article: which, and how closely.

    An occurrence points at the most similar earlier occurrence that itself repeats nothing (among equals the
    earliest). So first sources repeat nothing, and what points at them passes the threshold with them directly.

    :param number: the distinct text of each occurrence, the earliest source first; -1 where there is none
    :param article_of: the article of each
    :param matches: verified matches of the distinct texts
    :param shelf: takes what is found
    """
    beside, jaccard = Beside(matches.pairs), matches.jaccard.tolist()
    # What stands once and is like nothing has no source and is none.
    repeated = np.bincount(number[number >= 0], minlength=1) > 1
    texts = np.unique(np.concatenate((np.flatnonzero(repeated), *matches.sides)))
    is_asked = np.zeros(int(texts.max(initial=-1)) + 2, dtype=bool)
    is_asked[texts] = True
    places = shelf.put(np.flatnonzero(is_asked[np.minimum(number, len(is_asked) - 1)]))
    # For each text: the occurrences so far that repeat nothing and are similar to it, the best first.
    roots: defaultdict[int, list[tuple[float, int, int]]] = defaultdict(list)
    rooted: set[int] = set()
    # Of a story printed often every paragraph is found: numbers side by side take a tenth of objects.
    place, source, closeness = array("q"), array("q"), array("d")
    columns = [shelf.column(kind) for kind in (np.int64, np.int64, np.float64)]
    for here, text, article in _occurrences(places, number, article_of):
        if len(place) == _READ_AT_ONCE:
            for column, values in zip(columns, (place, source, closeness), strict=True):
                column.add(values)
            place, source, closeness = array("q"), array("q"), array("d")
        best = next((root for root in roots[text] if root[2] != article), None)
        if best is not None:
            place.append(here)
            source.append(best[1])
            closeness.append(-best[0])
        elif text not in rooted:
            # All occurrences of a text that repeat nothing are in one article: the first speaks for them.
            rooted.add(text)
            insort(roots[text], (-1.0, here, article))
            for other, match in zip(beside.others(text), beside.places(text), strict=True):
                insort(roots[other], (-jaccard[match], here, article))
    for column, values in zip(columns, (place, source, closeness), strict=True):
        column.add(values)
    return Sources(*(column.done() for column in columns))


def _occurrences(
    places: NDArray[np.int64], number: NDArray[np.int64], article_of: NDArray[np.int64]
) -> Iterator[tuple[int, int, int]]:
    """Each of some places with its text and its article."""
    for at in range(0, len(places), _READ_AT_ONCE):
        own = places[at : at + _READ_AT_ONCE]
        yield from zip(own.tolist(), number[own].tolist(), article_of[own].tolist(), strict=True)
