"""Texts that read alike: when they are one text corrected or damaged, and when they state other facts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import ArticleItem, ParagraphItem, find_duplicates
from pipeline.dedup.facts.differ import difference
from pipeline.settings import CanonicalSettings, DedupSettings

MATCH = "The home side from {} beat {} by {} to {} on {} before a crowd of {} people at the old ground near the river."


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            MATCH.format("Leeds", "Hull", 3, 1, "May 5", 4_120),
            MATCH.format("York", "Bath", 2, 0, "June 19", "1,980"),
        ),
        (
            "Am 3. Mai werden in Bonn bis zu 21 Grad erwartet, der Wind weht mit 14 Kilometern aus Westen.",
            "Am 9. Juni werden in Köln bis zu 28 Grad erwartet, der Wind weht mit 30 Kilometern aus Westen.",
        ),
        ("会议于3月5日在北京举行，共有120人参加了这次会议。", "会议于9月17日在上海举行，共有85人参加了这次会议。"),
        (
            "the widow Anna Rossi of Parma leaves two sons and the house beside the mill to the parish",
            "the widow Clara Novak of Verona leaves two sons and the house beside the mill to the parish",
        ),
    ],
)
def test_one_form_with_other_facts_is_not_one_text(left: str, right: str) -> None:
    """Several numbers, dates or names that stand in each other's place make another report, in any language."""
    assert difference(left, right).other
    assert difference(left.upper(), right).other


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("At least 12 people died on Monday, police said.", "At least 14 people died on Monday, police said."),
        ("The vote of 1,013 members on May 5 was close.", "The vote of 1013 members on May 5 was c1ose."),
        ("The vote of 1013 members on May 15 was close.", "The vote of lO13 members on May l5 was close."),
        ("Herr Müller und Frau Schröder kamen um 15 Uhr.", "Herr MÃ¼ller und Frau SchrÃ¶der kamen um 15 Uhr."),
        ("the mayor Jon Smithson met Ms Harbour there", "the mayor Jon Smithsen met Ms Harbor there"),
        ("a large dog ran over the wide field", "a huge dog ran across the wide field"),
        ("Die Katze sah den Hund im Garten hinter dem Haus.", "Die Katze sah den Vogel im Garten hinter dem Zaun."),
        ("At 9 he left.", "At 9 he left. Later, on May 3, Jane Doe sold 12 cars and 14 boats to John Roe."),
    ],
)  # fmt: skip
def test_corrections_misreadings_spellings_and_additions_are_one_text(left: str, right: str) -> None:
    """One corrected fact, damaged letters, other everyday words and added passages leave a text what it was."""
    assert not difference(left, right).other
    assert not difference(right, left).other


def test_a_correction_is_told_by_its_words() -> None:
    """What differs is listed as the texts print it, the left one first."""
    changes = difference("At least 12 people died on Monday.", "At least 14 people died on Monday.").changes
    assert [str(change) for change in changes] == ["12 → 14"]
    assert [str(change.turned()) for change in changes] == ["14 → 12"]


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.sampled_from(("Anna", "ran", "to", "12", "May", "the", "三", "月", "Rome.", "é")), max_size=40),
    st.lists(st.sampled_from(("Anna", "ran", "to", "14", "June", "the", "五", "月", "Bonn", "É")), max_size=40),
)
def test_a_text_does_not_differ_from_itself_and_no_input_fails(left: list[str], right: list[str]) -> None:
    """Equal texts have no changes; of any two, whatever is listed stands in the one and in the other."""
    one, other = " ".join(left), " ".join(right)
    assert difference(one, one).changes == ()
    for change in difference(one, other).changes:
        assert change.left in one and change.right in other


def test_hostile_repetition_takes_linear_time() -> None:
    """Words without a unique one among them are not aligned beyond a few."""
    assert not difference("12 a " * 100_000, "a 13 " * 100_000).other


def corpus(*texts: str) -> tuple[list[ArticleItem], list[ParagraphItem]]:
    """Each text as an article of one paragraph among others that nothing has to do with."""
    articles, paragraphs = [], []
    for number, text in enumerate(texts):
        name = f"a{number}"
        own = " ".join(f"word{number}x{each}" for each in range(60))
        articles.append(ArticleItem(name, name, None, None, None, None, None, 1, f"{own}\n\n{text}"))
        paragraphs += [ParagraphItem(f"{name}-0", name, None, 0, own), ParagraphItem(f"{name}-1", name, None, 1, text)]
    return articles, paragraphs


def test_reports_of_one_form_are_stored_as_known_to_differ() -> None:
    """They have a pair with what differs, and nothing is marked as repeated on its account."""
    one, other = MATCH.format("Leeds", "Hull", 3, 1, "May 5", 4120), MATCH.format("Leeds", "Hull", 3, 0, "June 5", 1980)
    found = find_duplicates(*corpus(one, other), DedupSettings(), CanonicalSettings())
    (pair,) = found.pairs
    assert (pair.relation, pair.left, pair.right) == ("form", "a0-1", "a1-1")
    assert "4120 → 1980" in pair.differs
    assert found.repeats == {}


def test_a_corrected_paragraph_is_a_repeat_that_says_what_was_corrected() -> None:
    """One changed number: the same paragraph, with the difference stored."""
    one, other = MATCH.format("Leeds", "Hull", 3, 1, "May 5", 4120), MATCH.format("Leeds", "Hull", 3, 1, "May 5", 4130)
    found = find_duplicates(*corpus(one, other), DedupSettings(), CanonicalSettings())
    (pair,) = found.pairs
    assert (pair.relation, pair.differs) == ("quote", ("4120 → 4130",))
    assert list(found.repeats) == ["a1-1"]
