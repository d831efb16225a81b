"""The generator of planted truth and the counting: what the figures of near-duplicate search rest on."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.dedup_chart import made_at_once
from benchmarks.dedup_peers import MissingPeerError, foreign_pairs
from benchmarks.dedup_planted import DEVELOPMENT_SEEDS, KINDS, Planter
from benchmarks.dedup_score import Planted, adjusted_rand, score
from pipeline.dedup.shingles import words


def test_a_seed_is_a_stream_and_another_seed_another() -> None:
    """The same seed gives the same groups whatever number is asked for; seeds differ."""
    first = [group.texts for group in islice(Planter(1).groups(10_000), 60)]
    assert first == [group.texts for group in islice(Planter(1).groups(400), 60)]
    assert first != [group.texts for group in islice(Planter(2).groups(400), 60)]


def test_reported_seeds_share_no_written_template_with_those_of_development() -> None:
    """Rules that fit the templates they were tuned on would be seen to fail on the others."""
    developed = {frame for seed in DEVELOPMENT_SEEDS for _, frame in Planter(seed).templates}
    assert developed and developed.isdisjoint(frame for _, frame in Planter(4).templates)


def test_what_is_planted_is_there() -> None:
    """Every kind of edit is planted, copies are copies, and reports of one template differ."""
    planted = Planted.of(Planter(3).groups(1_500))
    kinds = set(planted.truth.values())
    assert set(KINDS) <= kinds
    assert {"not: template, other facts", "not: template, three other facts"} <= kinds
    for (one, other), kind in planted.truth.items():
        assert planted.group_of[one] == planted.group_of[other] and one < other
        if kind == "copy":
            assert words(planted.texts[one]) == words(planted.texts[other])
        elif kind.startswith("not:"):
            assert planted.texts[one] != planted.texts[other]


def test_finding_all_and_nothing_else_scores_one() -> None:
    """The truth itself is perfect; a false pair costs precision, a missed one recall."""
    planted = Planted.of(Planter(3).groups(300))
    true = {pair for pair, kind in planted.truth.items() if not kind.startswith("not:")}
    false = {pair for pair, kind in planted.truth.items() if kind.startswith("not:")}
    assert score(planted, true).f1 == 1
    assert score(planted, true | false).recall == 1 > score(planted, true | false).precision
    assert score(planted, set()).recall == 0
    assert score(planted, true | {(0, len(planted.texts) - 1)}).false["unrelated"] == 1


def test_the_adjusted_rand_index_is_one_for_equal_and_nothing_for_unrelated_clusterings() -> None:
    """Names of clusters do not matter; the example is the one of Hubert and Arabie's definition worked by hand."""
    assert adjusted_rand([0, 0, 1, 1], [5, 5, 7, 7]) == 1
    # Of 6 pairs 2 are together on the left, 1 on the right, 1 in both.
    assert adjusted_rand([0, 0, 1, 1], [0, 0, 1, 2]) == pytest.approx((1 - 2 * 1 / 6) / (1.5 - 2 * 1 / 6))


def test_a_peer_that_is_not_there_is_told_apart_from_one_that_finds_nothing(tmp_path: Path) -> None:
    """No interpreter, or one without the peer, is an error with its reason."""
    with pytest.raises(MissingPeerError, match="No such file"):
        foreign_pairs("datatrove", "documented", tmp_path / "python", ["a text"])
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    with pytest.raises(MissingPeerError, match="text_dedup"):
        foreign_pairs("text-dedup", "documented", bare, ["a text"])


def test_the_chart_is_of_indexes_made_at_once() -> None:
    """Steps that add to an index are left out; of two measurements of one size the later counts."""
    steps = [(200, 200, 3.0), (202, 2, 90.0), (100, 100, 1.0), (200, 200, 2.0)]
    lines = [json.dumps({"paragraphs": size, "new": new, "microseconds_each": cost}) for size, new, cost in steps]
    assert [step["microseconds_each"] for step in made_at_once([*lines, ""])] == [1.0, 2.0]
