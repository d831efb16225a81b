"""LSH candidates: the same as datasketch's index gives, without quadratic crowds."""

from __future__ import annotations

import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from datasketch import MinHashLSH
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.dedup.candidates import MAX_BUCKET, band_pairs, pack, shared_paragraph_pairs, unpack
from pipeline.dedup.signature import as_minhash


def as_set(pairs: np.ndarray) -> set[tuple[int, int]]:
    """Packed pairs as tuples."""
    left, right = unpack(pairs)
    return set(zip(left.tolist(), right.tolist(), strict=True))


NONE = np.zeros(0, dtype=np.uint64)


def as_columns(standing: list[list[int]]) -> np.ndarray:
    """For each text the articles it stands in, as ``shared_paragraph_pairs`` takes them."""
    return np.array([text << 32 | each for text, articles in enumerate(standing) for each in articles], dtype=np.uint64)


def test_band_pairs_are_those_of_datasketch_lsh() -> None:
    """Two texts are candidates if and only if a MinHashLSH with the same bands returns one for the other."""
    random = np.random.default_rng(3)
    signatures = random.integers(0, 4, (60, 32), dtype=np.uint32)
    index = MinHashLSH(num_perm=32, params=(8, 4))
    sketches = [as_minhash(row, 1) for row in signatures]
    for number, sketch in enumerate(sketches):
        index.insert(number, sketch)
    expected = {(min(one, other), max(one, other)) for one, s in enumerate(sketches) for other in index.query(s)}
    assert as_set(band_pairs(signatures, np.arange(60), 8)) == {pair for pair in expected if pair[0] != pair[1]}
    assert 0 < len(expected) - 60 < 60 * 59 // 2


def test_a_crowd_costs_a_star_and_neighbours() -> None:
    """A bucket above MAX_BUCKET gives a linear number of pairs, each text with the first, and twins still meet."""
    count = 40 * MAX_BUCKET
    random = np.random.default_rng(4)
    signatures = random.integers(0, 2**32, (count, 8), dtype=np.uint32)
    signatures[:, :4] = 7  # one band that all share
    signatures[900] = signatures[100]
    signatures[900, 7] += 1  # twins but for the last value, so that only the crowded band brings them together
    pairs = as_set(band_pairs(signatures, np.arange(count), 2))
    assert {(0, other) for other in range(1, count)} <= pairs
    assert len(pairs) < 2 * count
    signatures[900] = signatures[100]
    assert (100, 900) in as_set(band_pairs(signatures, np.arange(count), 2))


def test_pairs_are_packed_once_in_order() -> None:
    """Direction and repetition vanish, the result is sorted."""
    packed = pack(np.array([5, 2, 3]), np.array([2, 5, 9]))
    assert unpack(packed)[0].tolist() == [2, 3]
    assert unpack(packed)[1].tolist() == [5, 9]


def test_articles_are_candidates_by_the_words_they_share() -> None:
    """Shared words count against the words of either article; a paragraph shared twice counts once."""
    standing = as_columns([[0, 1], [0], [1], [0, 1, 2]])
    words = np.array([30, 60, 5, 10])
    totals = np.array([100, 45, 200])
    assert as_set(shared_paragraph_pairs(standing, pack(np.array([1]), np.array([2])), words, totals, 0.9)) == {(0, 1)}
    assert as_set(shared_paragraph_pairs(standing, NONE, words, totals, 0.95)) == set()
    assert as_set(shared_paragraph_pairs(standing, NONE, words, totals, 0.05)) == {(0, 1), (0, 2), (1, 2)}


def test_a_paragraph_in_thousands_of_articles_ties_them_to_the_first_only() -> None:
    """A house formula costs as many pairs as it has articles, not their square."""
    pairs = shared_paragraph_pairs(as_columns([list(range(5_000))]), NONE, np.array([10]), np.full(5_000, 10), 0.5)
    assert as_set(pairs) == {(0, other) for other in range(1, 5_000)}


@given(
    standing=st.lists(st.sets(st.integers(0, 7), min_size=1), min_size=1, max_size=8),
    seed=st.integers(0, 99),
    share=st.sampled_from([0.1, 0.5, 0.9]),
    at_once=st.sampled_from([1, 7, 1 << 18]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_candidates_are_those_of_the_definition_however_many_ties_are_held(
    monkeypatch: pytest.MonkeyPatch, standing: list[set[int]], seed: int, share: float, at_once: int
) -> None:
    """Each pair of articles by itself: the words of what one has that the other has too, or nearly."""
    random = np.random.default_rng(seed)
    words = random.integers(1, 9, len(standing))
    totals = np.array([sum(words[text] for text, at in enumerate(standing) if one in at) for one in range(8)])
    near = [pair for pair in combinations(range(len(standing)), 2) if random.random() < 0.3]
    beside = {text: {text} | {sum(pair) - text for pair in near if text in pair} for text in range(len(standing))}

    def finds(one: int, other: int) -> bool:
        shared = [t for t, at in enumerate(standing) if one in at and any(other in standing[u] for u in beside[t])]
        return bool(shared) and sum(words[shared]) >= share * totals[one]

    wanted = {pair for pair in combinations(range(8), 2) if finds(*pair) or finds(*reversed(pair))}
    columns = as_columns([sorted(articles) for articles in standing])
    packed = pack(*(np.array([pair[side] for pair in near], dtype=np.int64) for side in (0, 1)))
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.dedup.candidates._TIES_AT_ONCE", at_once)
        assert as_set(shared_paragraph_pairs(columns, packed, words, totals, share)) == wanted


def test_stories_printed_often_are_weighed_some_at_a_time() -> None:
    """Twenty stories of 40 paragraphs on 60 sites each: 2.8 million ties, which took 177 MB together."""
    prints, paragraphs, stories = 60, 40, 20
    standing = as_columns(
        [list(range(story * prints, (story + 1) * prints)) for story in range(stories) for _ in range(paragraphs)]
    )
    words, totals = np.full(stories * paragraphs, 30), np.full(stories * prints, 30 * paragraphs)
    tracemalloc.start()
    try:
        pairs = shared_paragraph_pairs(standing, NONE, words, totals, 0.3)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(pairs) == stories * prints * (prints - 1) // 2
    assert peak < 60_000_000
