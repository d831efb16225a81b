"""Exact similarities of candidates."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.dedup.candidates import pack
from pipeline.dedup.shingles import shingle_texts
from pipeline.dedup.verify import MAX_MATCHES, Match, Near, compare


def test_a_pair_on_the_threshold_is_not_lost_to_rounding() -> None:
    """11 of 20 shingles is .55, although .55 times 20 is more than 11 in floating point."""
    words = [f"w{number}" for number in range(21)]
    shingled = shingle_texts([" ".join(words), " ".join(words[:12])], 2)
    pair = pack(np.array([0]), np.array([1]))
    assert list(compare(shingled, pair, bound=0.55)) == [Match(0, 1, jaccard=0.55, containment=1.0)]
    assert list(compare(shingled, pair, bound=0.56)) == []


def test_similarities_are_counted_on_sets() -> None:
    """A shingle that a text repeats counts once."""
    shingled = shingle_texts(["a b a b a b c", "a b d"], 2)
    (match,) = compare(shingled, pack(np.array([0]), np.array([1])), bound=0)
    assert match.jaccard == pytest.approx(1 / 4)
    assert match.containment == 1 / 2


def test_texts_without_shingles_are_never_compared() -> None:
    """Two single words have empty sets, which would be equal."""
    shingled = shingle_texts(["one", "two"], 2)
    assert list(compare(shingled, pack(np.array([0]), np.array([1])), bound=0)) == []


def test_of_a_formula_only_the_earliest_match_tells_something() -> None:
    """In a crowd where all match all, each text keeps one match; a pair outside the crowd is untouched."""
    crowd = range(MAX_MATCHES + 2)
    matches = {(one, other): Match(one, other, 1.0, 1.0) for one in crowd for other in crowd if one < other}
    matches[500, 501] = Match(500, 501, 1.0, 1.0)
    near = Near(shingle_texts([], 2), np.zeros((0, 16), dtype=np.uint32), matches)
    assert near.telling() == [*((0, other) for other in crowd if other), (500, 501)]
