"""The longest rising subsequence: which of many crossing ties between two texts can hold at one time."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def longest_rising(places: Sequence[int]) -> list[int]:
    """Indices of a longest strictly rising subsequence, ascending; patience sorting (M. Fredman, 1975).

    Among equally long ones that whose numbers, from the last back, are those that came last to their pile.
    """
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        pile = bisect_left(tops, place)
        before.append(last[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            last.append(index)
        else:
            tops[pile], last[pile] = place, index
    chain = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]
