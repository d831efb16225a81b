"""Which agency a text names as its source."""

from __future__ import annotations

import pytest

from pipeline.metadata.agencies import agency

STORY = "The harbour will be closed for three weeks while divers inspect the eastern quay."


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("LONDON (Reuters) - The harbour will be closed.", "Reuters"),
        ("ESSEX, Conn., March 3 (AP) — The harbour will be closed.", "AP"),
        ("Berlin (dpa) - Der Hafen wird gesperrt.", "dpa"),
        ("Hamburg (dpa/lno) – Der Hafen wird gesperrt.", "dpa"),
        ("Marseille, AFP — Le port sera fermé.", "AFP"),
        ("Madrid, 3 mar (EFE).- El puerto cerrará.", "EFE"),
        ("【新华社】港口将关闭三周。", "Xinhua"),
        ("The mayor told Reuters (AP reported otherwise) that it would close.", None),
        ("A spokesman (AP has his name) declined to comment.", None),
        ("AP courses at the school were cancelled.", None),
    ],
)
def test_the_dateline_names_the_agency_and_a_sentence_does_not(first: str, expected: str | None) -> None:
    """Brackets or a dash after the place at the very beginning; anywhere else an agency is only mentioned."""
    assert agency([first, STORY]) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("Die Sperrung dauert drei Wochen. (dpa)", "dpa"),
        ("Le port rouvrira en avril. © AFP", "AFP"),
        ("Source: Xinhua", "Xinhua"),
        ("dpa/afp", "dpa"),
        ("The report was first published by Reuters in March.", None),
        ("He thanked the TT riders.", None),
    ],
)
def test_a_closing_credit_names_the_agency(last: str, expected: str | None) -> None:
    """A credit in brackets, after a source sign, or alone on the last line."""
    assert agency([STORY, last]) == expected


def test_the_byline_goes_before_the_text() -> None:
    """A byline that is an agency's name is the plainest statement; a person's says nothing."""
    assert agency([STORY], ["By Jane Doe", "By AFP"]) == "AFP"
    assert agency(["LONDON (Reuters) - The harbour."], ["Jane Doe"]) == "Reuters"
    assert agency([STORY], ["Jane Doe"]) is None
    assert agency([]) is None


def test_long_hostile_text_takes_linear_time() -> None:
    """Only the ends of a text are looked at, so that megabytes of brackets cost nothing."""
    assert agency(["(" * 2_000_000, "A, " * 1_000_000]) is None
