"""What an article prints twice is kept once, in its natural place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.assemble.blocks import blocks_of
from pipeline.assemble.repeats import mark_repeats, once
from pipeline.records import Kind, Label
from tests.growth import LINEAR, growth
from tests.strategies.assemble import NORMALISE, labelled

P, H, L, Q = Kind.PARAGRAPH, Kind.HEADING, Kind.LIST_ITEM, Kind.QUOTE
T, D, C, B = Kind.TITLE, Kind.DEK, Kind.CAPTION, Kind.BYLINE

LONG = (
    "The mayor stood up and said that nobody would close the old school before the summer was over, and then she left."
)
OTHER = "Fishermen brought their boats in early because a storm had been forecast for the evening by the coast guard."


def reasons(*rows: tuple[str, Kind]) -> list[str]:
    """The reason for each line that became a duplicate, by line; an empty string for one that stayed."""
    page, labels = labelled(rows, blank=False)
    after = mark_repeats(page, labels, blocks_of(page, labels, NORMALISE))
    for old, new in zip(labels, after, strict=True):
        assert new == old or (new.kind is Kind.DUPLICATE and new.score == old.score)
    return [label.reason if label.kind is Kind.DUPLICATE else "" for label in after]


def test_a_title_printed_again_repeats_the_first() -> None:
    """Also with the site's name behind it, in another case, and as a heading of the body."""
    rows = [("Ferry returns to the island", T), ("FERRY RETURNS TO THE ISLAND", H), (LONG, P)]
    assert reasons(*rows) == ["", "duplicate:1", ""]
    rows = [("Ferry returns to the island | The Daily Example", T), ("Ferry returns to the island", T), (LONG, P)]
    assert reasons(*rows) == ["", "duplicate:1", ""]


def test_a_short_title_may_head_a_section() -> None:
    """ "Apple" in the body is a heading of its own."""
    assert reasons(("Apple", T), (LONG, P), ("Apple", H), (OTHER, P)) == ["", "", "", ""]
    assert reasons(("Apple", T), ("Apple", H), (LONG, P)) == ["", "duplicate:1", ""]


def test_a_caption_printed_twice_is_kept_once() -> None:
    """Equal captions keep the first; of "X" and "X (Photo: Y)" the longer one stays."""
    caption = "A ferry at the pier of the island on Monday"
    assert reasons((caption, C), (LONG, P), (caption + ".", C)) == ["", "", "duplicate:1"]
    assert reasons((caption, C), (LONG, P), (caption + " (Photo: Jane Doe)", C)) == ["duplicate:3", "", ""]


def test_the_alternative_text_beside_a_caption_repeats_it() -> None:
    """The caption with its credit is kept, its text without the credit right above or below it is not."""
    text = "A ferry at the pier of the island on Monday"
    assert reasons((text, P), (text + " (Photo: Jane Doe)", C), (LONG, P)) == ["duplicate:2", "", ""]
    assert reasons((LONG, P), (text + " (Photo: Jane Doe)", C), (text, H)) == ["", "", "duplicate:2"]


def test_a_caption_or_dek_that_is_body_text_stays_in_the_body() -> None:
    """The field gives way to the paragraph."""
    assert reasons((OTHER, D), (LONG, P), (OTHER, P)) == ["duplicate:3", "", ""]
    assert reasons((LONG, P), (OTHER, P), (OTHER, C)) == ["", "", "duplicate:2"]
    assert reasons(("Fishermen brought their boats in early because a storm had been fore…", D), (OTHER, P)) == [
        "duplicate:2",
        "",
    ]


@pytest.mark.parametrize(
    ("pull", "kind"),
    [
        ("“nobody would close the old school before the summer was over”", P),
        ("»Nobody would close the old school before the summer was over!«", H),
        ("Nobody would close the old school", Q),
        ("“Nobody would close the old school” — Jane Doe, mayor", Q),
        ("“The mayor stood up … before the summer was over …”", P),
        ("The mayor stood up and said that nobody would close the old school before the summer.", P),
    ],
)
def test_a_pull_quote_repeats_the_paragraph_that_holds_it(pull: str, kind: Kind) -> None:
    """Wherever it stands, whatever its quotation marks, its case and its attribution; the paragraph stays."""
    assert reasons((OTHER, P), (pull, kind), (LONG, P)) == ["", "duplicate:3", ""]
    assert reasons((LONG, P), (OTHER, P), (pull, kind)) == ["", "", "duplicate:1"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The old school", H),
        ("Before the summer was over", H),
        ("the old school before the summer", L),
        ("“old school”", Q),
        ("The mayor stood up and nobody would close the old school", Q),
    ],
)
def test_a_heading_or_item_made_of_the_texts_words_is_no_repeat(text: str, kind: Kind) -> None:
    """A few words in common, or words in another order, do not make a quotation."""
    assert reasons((LONG, P), (text, kind), (OTHER, P)) == ["", "", ""]


def test_a_paragraph_printed_again_repeats_the_first() -> None:
    """Typography does not count, a changed number does, and a word or two only in long text."""
    assert reasons((LONG, P), (OTHER, P), (LONG.upper(), P)) == ["", "", "duplicate:1"]
    both = f"{LONG} {OTHER}"
    assert reasons((both, P), (OTHER + " Nothing more.", P), (both.replace("evening", "night"), P)) == [
        "",
        "",
        "duplicate:1",
    ]
    counted = both + " In all 25 boats came back."
    assert reasons((counted, P), (counted.replace("25", "26"), P)) == ["", ""]
    assert reasons(("“Yes,” he said.", P), (LONG, P), ("“Yes,” he said.", P)) == ["", "", ""]


def test_code_options_and_refrains_may_recur() -> None:
    """What is no sentence, or short, is printed again on purpose."""
    command = ("npm install copydesk --save-dev --no-audit --no-fund --quiet --yes", P)
    assert reasons(command, (LONG, P), command) == ["", "", ""]


def test_chinese_and_japanese_need_no_spaces() -> None:
    """Each character is a word there."""
    text = "市議会は火曜日、三つの学校を閉鎖することを決めた。生徒数が百人に満たないためである。"
    assert reasons((text, P), ("「三つの学校を閉鎖することを決めた」", Q)) == ["", "duplicate:1"]
    assert reasons((text, P), (OTHER, P), (text, P)) == ["", "", "duplicate:1"]


def test_chrome_is_not_looked_at() -> None:
    """A related link that repeats the title stays what it is."""
    assert reasons(("Ferry returns to the island", T), (LONG, P), ("Ferry returns to the island", Kind.RELATED)) == [
        "",
        "",
        "",
    ]


def test_a_correction_is_final() -> None:
    """A line that a person put into the body stays there, and others may repeat it."""
    page, labels = labelled([(LONG, P), (OTHER, P), (LONG, P)])
    kept = (*labels[:2], replace(labels[2], reason="override"))
    assert [label.kind for label in mark_repeats(page, kept, blocks_of(page, kept, NORMALISE))] == [
        Kind.DUPLICATE,
        P,
        P,
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A ferry at the pier A ferry at the pier", "A ferry at the pier"),
        ("A ferry at the pier. A ferry at the pier.", "A ferry at the pier."),
        ("A ferry at the pier A ferry at the pier (Photo: Jane Doe)", "A ferry at the pier (Photo: Jane Doe)"),
        ("A ferry at the pier (Photo: Jane Doe) A ferry at the pier", "A ferry at the pier (Photo: Jane Doe)"),
        ("“A ferry at the pier” “A ferry at the pier”", "“A ferry at the pier”"),
        ("A FERRY AT THE PIER A ferry at the pier", "A ferry at the pier"),
        ("New York, New York", "New York, New York"),
        ("A ferry at the pier of the island", "A ferry at the pier of the island"),
        ("", ""),
    ],
)
def test_a_caption_twice_on_one_line_is_said_once(text: str, expected: str) -> None:
    """Alternative text followed by the caption, with or without a credit."""
    assert once(text) == expected
    assert once(once(text)) == once(text)


def test_a_page_of_repeats_is_linear() -> None:
    """Thousands of lines, among them one phrase over and over, are not compared each with each."""

    def work(size: int) -> None:
        rows = [(f"“{OTHER}” {number % 7}" if number % 3 else LONG, P) for number in range(size)]
        rows += [("word " * 30 + "end.", P), ("word " * 29 + "end.", Q)] * (size // 240)
        page, labels = labelled(rows, blank=False)
        mark_repeats(page, labels, blocks_of(page, labels, NORMALISE))

    assert growth(work, 2_000) < LINEAR


def test_the_verdicts_say_which_line_they_repeat() -> None:
    """The number in the reason is a line of the input that was kept."""
    page, labels = labelled([(OTHER, P), ("Nobody would close the old school", Q), (LONG, P), (LONG, P)])
    after = mark_repeats(page, labels, blocks_of(page, labels, NORMALISE))
    kept = {line.number for line, label in zip(page.lines, after, strict=True) if label.kind is not Kind.DUPLICATE}
    assert all(int(one.reason.split(":")[1]) in kept for one in after if one.kind is Kind.DUPLICATE)
    assert after[0] == Label(P, 0.5, "model")
