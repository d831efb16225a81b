"""The longest rising subsequence."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.rising import longest_rising
from tests.growth import LINEAR, growth


@given(st.lists(st.integers(0, 9), max_size=9))
def test_no_rising_subsequence_is_longer(places: list[int]) -> None:
    """What is chosen rises in place and number, and every longer choice falls somewhere."""
    chosen = longest_rising(places)
    assert all(one < other and places[one] < places[other] for one, other in pairwise(chosen))
    longer = combinations(places, len(chosen) + 1)
    assert not any(all(one < other for one, other in pairwise(each)) for each in longer)


def test_of_equally_long_ones_the_choice_is_fixed() -> None:
    """Labels and differences are moved along one chain, the same on every machine."""
    assert longest_rising([]) == []
    assert longest_rising([5, 1, 6, 2]) == [1, 3]
    assert longest_rising([3, 3, 3]) == [2]
    assert longest_rising([1, 9, 2, 8, 3]) == [0, 2, 4]


def test_it_takes_no_square_of_the_length() -> None:
    """Also where the top of every pile is replaced again and again."""

    def rise(size: int) -> None:
        longest_rising([(at * 7_919) % size for at in range(size)])

    assert growth(rise, 20_000) < LINEAR
