"""What is remembered of two texts from run to run: the answer that would be given, and none that would not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.dedup.differ import Difference, difference
from pipeline.dedup.index import differences as module
from pipeline.dedup.index.differences import remembered

FORM = "In {} the mayor {} opened {} new homes on {} March beside the old harbour."
LEEDS = FORM.format("Leeds", "Anna Rossi", 120, 3)
HULL = FORM.format("Hull", "Clara Novak", 85, 17)
PAIRS = [(LEEDS, HULL), (HULL, LEEDS), (LEEDS, LEEDS + " It rained \ud800."), ("天気 12", "天気 14")]


def folder(tmp_path: Path, name: str) -> Path:
    """A new folder."""
    made = tmp_path / name
    made.mkdir()
    return made


def test_what_is_remembered_is_what_was_asked_and_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any order, any subset, either side first: the same answers, without a look at the texts."""
    first = folder(tmp_path, "first")
    expected = [difference(*pair) for pair in PAIRS]
    assert expected[0].other
    assert expected[0] != expected[1]
    assert remembered(PAIRS, None, first) == expected

    def never(left: str, right: str) -> Difference:
        raise AssertionError((left, right))

    monkeypatch.setattr(module, "difference", never)
    second = folder(tmp_path, "second")
    assert remembered(PAIRS[::-1], first, second) == expected[::-1]
    assert remembered(PAIRS[1:3], second, folder(tmp_path, "third")) == expected[1:3]


def test_texts_in_other_capitals_and_other_rules_are_asked_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words written otherwise may be names no more; under other rules nothing old is believed."""
    first = folder(tmp_path, "first")
    remembered(PAIRS, None, first)
    asked = []

    def noted(left: str, right: str) -> Difference:
        asked.append((left, right))
        return difference(left, right)

    monkeypatch.setattr(module, "difference", noted)
    lower = (LEEDS.lower(), HULL)
    assert remembered([PAIRS[0], lower], first, folder(tmp_path, "second")) == [
        difference(*p) for p in (PAIRS[0], lower)
    ]
    assert asked == [lower]
    asked.clear()
    monkeypatch.setattr(module, "rules", lambda: "others")
    remembered(PAIRS, first, folder(tmp_path, "third"))
    assert asked == PAIRS
