"""What is remembered of two texts from run to run: the answer that would be given, and none that would not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.dedup.facts.differ import Difference, difference
from pipeline.dedup.facts.differences import Differences, differences
from pipeline.dedup.index import differences as module
from pipeline.dedup.index.differences import remembered

FORM = "In {} the mayor {} opened {} new homes on {} March beside the old harbour."
LEEDS = FORM.format("Leeds", "Anna Rossi", 120, 3)
HULL = FORM.format("Hull", "Clara Novak", 85, 17)
PAIRS = [(LEEDS, HULL), (HULL, LEEDS), (LEEDS, LEEDS + " It rained \ud800."), ("天気 12", "天気 14")]

Asked = list[tuple[str, str]]


def folder(tmp_path: Path, name: str) -> Path:
    """A new folder."""
    made = tmp_path / name
    made.mkdir()
    return made


def ask(pairs: Asked, before: Path | None, here: Path) -> list[Difference]:
    """What is remembered or found of pairs."""
    texts = sorted({text for pair in pairs for text in pair})
    left, right = (np.array([texts.index(pair[side]) for pair in pairs], dtype=np.int64) for side in (0, 1))
    found = remembered(texts, left, right, before, here)
    changes = found.changes([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return list(map(Difference, changes, found.other.tolist()))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The pairs that were not remembered, as they are looked at."""
    pairs: Asked = []

    def noted(texts: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]) -> Differences:
        pairs.extend((texts[one], texts[other]) for one, other in zip(left.tolist(), right.tolist(), strict=True))
        return differences(texts, left, right)

    monkeypatch.setattr(module, "differences", noted)
    return pairs


def test_what_is_remembered_is_what_was_asked_and_is_not_asked_again(tmp_path: Path, asked: Asked) -> None:
    """Any order, any subset, either side first: the same answers, without a look at the texts."""
    first, second = folder(tmp_path, "first"), folder(tmp_path, "second")
    expected = [difference(*pair) for pair in PAIRS]
    assert expected[0].other
    assert expected[0] != expected[1]
    assert ask(PAIRS, None, first) == expected
    assert asked == PAIRS
    asked.clear()
    assert ask(PAIRS[::-1], first, second) == expected[::-1]
    assert ask(PAIRS[1:3], second, folder(tmp_path, "third")) == expected[1:3]
    assert asked == []


def test_texts_in_other_capitals_and_other_rules_are_asked_anew(
    tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words written otherwise may be names no more; under other rules nothing old is believed."""
    first = folder(tmp_path, "first")
    ask(PAIRS, None, first)
    asked.clear()
    lower = (LEEDS.lower(), HULL)
    assert ask([PAIRS[0], lower], first, folder(tmp_path, "second")) == [difference(*p) for p in (PAIRS[0], lower)]
    assert asked == [lower]
    asked.clear()
    monkeypatch.setattr(module, "rules", lambda: "others")
    ask(PAIRS, first, folder(tmp_path, "third"))
    assert asked == PAIRS


def test_what_is_written_does_not_depend_on_the_order(tmp_path: Path) -> None:
    """Other numbers of the same texts and another order of the same pairs leave the same files."""
    first, second = folder(tmp_path, "first"), folder(tmp_path, "second")
    texts = sorted({text for pair in PAIRS for text in pair})
    left, right = (np.array([texts.index(pair[side]) for pair in PAIRS], dtype=np.int64) for side in (0, 1))
    remembered(texts, left, right, None, first)
    last = len(texts) - 1
    remembered(texts[::-1], last - left[::-1], last - right[::-1], None, second)
    files = sorted(path.name for path in first.iterdir())
    assert len(files) == 6
    assert [(first / name).read_bytes() for name in files] == [(second / name).read_bytes() for name in files]


def test_an_index_that_remembers_nothing_is_asked_for_nothing(tmp_path: Path, asked: Asked) -> None:
    """No pairs, and a run before that had none."""
    first, second = folder(tmp_path, "first"), folder(tmp_path, "second")
    assert ask([], None, first) == []
    assert ask(PAIRS, first, second) == [difference(*pair) for pair in PAIRS]
    assert asked == PAIRS
    assert ask([], second, folder(tmp_path, "third")) == []
