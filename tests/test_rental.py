"""When compiled loops are used."""

from __future__ import annotations

import numba

from pipeline.dedup import kernels, shingles, tools
from pipeline.rental import Rental


@numba.njit
def never_kept(number: int) -> int:
    """A loop that numba does not keep on disk."""
    return number + 1


def test_loops_that_are_on_disk_are_used_once_there_is_enough_to_do() -> None:
    """Loading them takes as long as so much plain work: before, nobody waits for it."""
    tools.is_worth_compiled(1_000)
    shingles.shingle_texts(["one two three"], 2)  # by the compiled loop, which is on disk from here on
    is_worth = Rental(0.8, 5.0, lambda: [kernels.read_words])
    assert [is_worth(0.5), is_worth(0.5), is_worth(0.0)] == [False, True, True]


def test_loops_that_are_not_on_disk_are_compiled_when_as_much_time_has_gone_without() -> None:
    """... and used ever after."""
    is_worth = Rental(0.8, 5.0, lambda: [kernels.read_words, never_kept])
    assert [is_worth(3.0), is_worth(1.0), is_worth(1.0), is_worth(0.0)] == [False, False, True, True]


def test_nothing_is_imported_that_is_not_needed() -> None:
    """Small jobs do not pay for numba."""

    def loops() -> list[object]:
        raise AssertionError("asked for the loops of a small job")

    assert [Rental(1.0, 2.0, loops)(0.5), Rental(1.0, 2.0, loops)(2.0)] == [False, True]
