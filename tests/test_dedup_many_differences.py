"""What many pairs state differently at once: compiled loops answer as plain Python, and facts are read back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.dedup import tools
from pipeline.dedup.compared import Articles
from pipeline.dedup.facts import compiled, differ
from pipeline.dedup.facts import differences as module
from pipeline.dedup.facts.differ import LISTED, difference
from pipeline.dedup.facts.differences import Differences, differences, joined, plain_differences
from pipeline.settings import DedupSettings
from tests.growth import LINEAR, growth
from tests.pages import stories
from tests.strategies.dedup import any_text

TELLING = (
    "Anna Rossi Clara Novak Müller MÃ¼ller mueller Smithson Smithsen Élan elan Москва Киев von der İstanbul "
    "ran to the a b c d and ſ ß x' o'neil . “ – ( 12 14 1,013 1013 l0l3 lO13 3.5 \u0663 ½ ² x9 99x9abc "
    "May June Montag Dienstag März Rome. Bonn 三 五 月 東 京 北 天気 かな カナ 서울 부산 \ud800"
)
WORDS = TELLING.split()
words = st.lists(st.sampled_from(WORDS), max_size=60)


@st.composite
def forms(draw: st.DrawFn) -> list[str]:
    """Texts that were made of one by exchanging, leaving out and adding words; some in capitals."""
    base = draw(words)
    texts = []
    for _ in range(draw(st.integers(2, 5))):
        own = list(base)
        for _ in range(draw(st.integers(0, 5))):
            at = draw(st.integers(0, len(own)))
            own[at : at + draw(st.integers(0, 3))] = draw(st.lists(st.sampled_from(WORDS), max_size=3))
        text = draw(st.sampled_from((" ", " ", "\n", ", "))).join(own)
        texts.append(text.upper() if draw(st.integers(0, 9)) == 0 else text)
    return texts


def all_pairs(texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each text with each, itself among them."""
    sides = np.indices((len(texts), len(texts))).reshape(2, -1)
    return sides[0].copy(), sides[1].copy()


def assert_same(one: Differences, other: Differences) -> None:
    """The same numbers of the same types."""
    for name in ("other", "ends", "places", "kinds"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.dtype == theirs.dtype
        assert mine.tolist() == theirs.tolist(), name


@settings(deadline=None, max_examples=300)
@given(st.one_of(forms(), st.lists(any_text, min_size=1, max_size=4)))
def test_compiled_differences_are_those_of_python(texts: list[str]) -> None:
    """Whatever the texts: the same places, kinds and verdicts."""
    sides = all_pairs(texts)
    assert_same(compiled.differences(texts, *sides), plain_differences(texts, *sides))


def test_reports_of_one_template_are_judged_alike() -> None:
    """Real sentences with names, days and figures: same answers, and most are other reports."""
    texts = ["\n\n".join(story.body) for story in stories(24, 1)] + [
        paragraph for story in stories(12, 1) for paragraph in story.body
    ]
    sides = all_pairs(texts)
    found = compiled.differences(texts, *sides)
    assert_same(found, plain_differences(texts, *sides))
    assert found.other.mean() > 0.5


@settings(deadline=None, max_examples=50)
@given(forms())
def test_columns_say_what_each_pair_was_found_to_state(texts: list[str]) -> None:
    """Read in parts, taken or joined: the words and the verdict of ``difference``."""
    left, right = all_pairs(texts)
    found = compiled.differences(texts, left, right)
    turned = found.take(np.arange(len(left))[::-1])
    again = joined((turned.take(np.arange(3)), turned.take(np.arange(3, len(left)))))
    assert_same(again.take(np.arange(len(left))[::-1]), found)
    sides = [[texts[at] for at in side.tolist()] for side in (left, right)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_READ_AT_ONCE", 2)
        told = list(found.changes(*sides))
    for changes, is_other, expected in zip(told, found.other, map(difference, *sides), strict=True):
        assert changes == expected.changes[:LISTED]
        assert is_other == expected.other


def test_parts_and_short_buffers_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that are held in parts and places that are handed over in parts give the same columns."""
    texts = ["\n\n".join(story.body) for story in stories(8, 1)]
    sides = all_pairs(texts)
    expected = compiled.differences(texts, *sides)
    monkeypatch.setattr(compiled, "_CHARACTERS", 2_000)
    monkeypatch.setattr(compiled, "_PLACES", LISTED + 1)
    assert_same(compiled.differences(texts, *sides), expected)


def test_limits_are_those_of_the_plain_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that is changed in ``differ`` holds in compiled code too."""
    texts = ["At least 12 died.", "At least 14 died."]
    pair = np.array([0]), np.array([1])
    assert not compiled.differences(texts, *pair).other[0]
    monkeypatch.setattr(differ, "OTHER_FACTS", 1)
    assert compiled.differences(texts, *pair).other[0]


def test_large_jobs_are_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which loops answer is a matter of time alone."""
    texts = ["At least 12 died in Rome.", "At least 14 died in Rome."]
    pair = np.array([0]), np.array([1])
    results = []
    for is_worth in (True, False):
        monkeypatch.setattr(tools, "is_worth_judging_compiled", lambda _, answer=is_worth: answer)
        results.append(differences(texts, *pair))
        assert_same(Articles([], DedupSettings()).differences(texts, *pair), results[-1])
    assert_same(*results)
    assert results[0].kinds.tolist() == [1]


def test_nothing_to_compare_is_no_error() -> None:
    """No pairs, no texts, texts without a word."""
    nothing = np.zeros(0, dtype=np.int64)
    for compare in (compiled.differences, plain_differences):
        assert len(compare([], nothing, nothing)) == 0
        assert compare(["", "…"], np.array([0]), np.array([1])).other.tolist() == [False]


def test_hostile_texts_take_linear_time() -> None:
    """Repeated words, gaps of as many words as are aligned, and capitals in each other's place."""

    def judge(size: int) -> None:
        names = [" ".join(f"x {letter}{'ab' * 30}{at}" for at in range(size)) for letter in "AB"]
        texts = ["12 a " * size, "a 13 " * size, "b " * 47 * (size // 47), *names]
        compiled.differences(texts, *all_pairs(texts))

    assert growth(judge, 2_000) < LINEAR
