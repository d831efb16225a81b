"""Exact similarities of candidates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.candidates import pack, packed, unpack
from pipeline.dedup.shingles import shingle_texts
from pipeline.dedup.verify import MAX_MATCHES, Beside, Compared, Near, similarities


def test_a_pair_on_the_threshold_is_not_lost_to_rounding() -> None:
    """11 of 20 shingles is .55, although .55 times 20 is more than 11 in floating point."""
    words = [f"w{number}" for number in range(21)]
    shingled = shingle_texts([" ".join(words), " ".join(words[:12])], 2)
    pair = pack(np.array([0]), np.array([1]))
    found = similarities(shingled, pair, bound=0.55)
    assert (found.pairs.tolist(), found.jaccard.tolist(), found.containment.tolist()) == (pair.tolist(), [0.55], [1.0])
    assert len(similarities(shingled, pair, bound=0.56)) == 0


def test_similarities_are_counted_on_sets() -> None:
    """A shingle that a text repeats counts once."""
    shingled = shingle_texts(["a b a b a b c", "a b d"], 2)
    found = similarities(shingled, pack(np.array([0]), np.array([1])), bound=0)
    assert found.jaccard == pytest.approx([1 / 4])
    assert found.containment.tolist() == [1 / 2]


def test_texts_without_shingles_are_never_compared() -> None:
    """Two single words have empty sets, which would be equal."""
    shingled = shingle_texts(["one", "two"], 2)
    assert len(similarities(shingled, pack(np.array([0]), np.array([1])), bound=0)) == 0


def test_of_a_formula_only_the_earliest_match_tells_something() -> None:
    """In a crowd where all match all, each text keeps one match; a pair outside the crowd is untouched."""
    crowd = range(MAX_MATCHES + 2)
    alike = [(one, other) for one in crowd for other in crowd if one < other]
    pairs = pack(*np.array([*alike, (500, 501)]).T)
    near = Near(shingle_texts([], 2), Compared(pairs, *np.ones((3, len(pairs)))))
    left, right = (side.tolist() for side in unpack(near.telling()))
    assert list(zip(left, right, strict=True)) == [*((0, other) for other in crowd if other), (500, 501)]


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1])))
def test_pairs_are_found_from_either_side(pairs: set[tuple[int, int]]) -> None:
    """Each text finds its partners, and each pair its place; what is no pair has none."""
    left, right = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    known = Compared(pack(left, right), *np.ones((3, len(left))))
    beside = Beside(known.pairs)
    for text in range(10):
        others = beside.others(text)
        assert set(others) == {sum(pair) - text for pair in pairs if text in pair}
        pairs_of = packed(np.array(others, np.int64), np.full(len(others), text))
        assert known.places(pairs_of).tolist() == beside.places(text)
    everything = pack(*np.triu_indices(10, k=1))
    assert int(np.count_nonzero(known.places(everything) >= 0)) == len(pairs)
