"""Normalising one line: what is mended, what is left alone, and the laws that hold for any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from pipeline.normalise import normalise_line
from pipeline.normalise.steps import STEPS
from pipeline.settings import NormaliseSettings
from tests.growth import LINEAR, growth
from tests.strategies.split import nasty_lines, ordinary_lines


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("It doesnâ€™t matter", "It doesn’t matter"),
        ("voilÃ  le travail", "voilà le travail"),
        ("price â\x82¬25", "price €25"),
        ("caf\u0065\u0301", "café"),
        ("R&amp;D &amp;amp; more &hellip;", "R&D & more …"),
        ("the of\ufb01ce", "the office"),
        ("a\xa0b\u2003c\t d\u2028e\x0cf", "a b c d e f"),
        ("\ufeffHam\xadburg\u200b", "Hamburg"),
        ("abc\u202edef\u2066\u200e", "abcdef"),
        ("bell\x07 and nul\x00", "bell and nul"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("he said \x93yes\x94", "he said “yes”"),
        ("\ud83d\ude00 and \udc80", "😀 and \ufffd"),
        ("ＡＢＣ１２３ ｶﾞｲﾄﾞ", "ABC123 ガイド"),
        ("\u2800\u3164 \u200d", ""),
    ],
)
def test_damage_is_mended(given_text: str, expected: str) -> None:
    """Mojibake, entities, ligatures, odd white space, invisible characters and broken surrogates are mended."""
    assert normalise_line(given_text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "“So,” she said – ‘it’s done’…",
        "می\u200cخواهم",
        "क्\u200dष",
        "👩\u200d👩\u200d👧 ❤\ufe0f\u200d🔥",
        "これは、本当ですか？はい！（笑）",
        "Write &lt;b&gt; where <b> is meant",
        "Съешь ещё этих мягких французских булок",
        "Señor Núñez à Genève, 10³ µm",
    ],
)
def test_what_the_author_typed_stays(text: str) -> None:
    """Quotes, joiners that shape words and emoji, East Asian punctuation and entities as a subject are untouched."""
    assert normalise_line(text) == text


def test_quotes_are_straightened_only_on_request() -> None:
    """The setting turns typographic quotation marks, and nothing else, into straight ones."""
    settings = NormaliseSettings(straighten_quotes=True)
    assert normalise_line("“It’s” – ‘so’", settings) == "\"It's\" – 'so'"


@given(nasty_lines)
def test_normalising_twice_changes_nothing(text: str) -> None:
    """A normalised line is its own normal form: composed, single-spaced, storable as UTF-8."""
    clean = normalise_line(text)
    assert normalise_line(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert clean == " ".join(clean.split())
    assert clean.encode("utf-8").decode("utf-8") == clean


@given(nasty_lines)
def test_straightening_is_idempotent(text: str) -> None:
    """The law holds with straight quotes as well."""
    settings = NormaliseSettings(straighten_quotes=True)
    clean = normalise_line(text, settings)
    assert normalise_line(clean, settings) == clean


@given(ordinary_lines | nasty_lines)
def test_the_short_cut_agrees_with_the_steps(text: str) -> None:
    """Lines that skip the steps because nothing in them is suspicious come out as the steps would have it."""
    slow, before = text, None
    while slow != before:
        before = slow
        for step in STEPS:
            slow = step(slow)
    assert normalise_line(text) == slow


@pytest.mark.parametrize(
    "text",
    [
        "&" + "amp;" * 100_000,
        "a" + "\u0301\u0323" * 100_000,
        "\u200d" * 200_000,
        "\x1b[" * 100_000,
        "Ã©" * 50_000,
        " " * 500_000,
    ],
    ids=["entities", "marks", "joiners", "escapes", "mojibake", "spaces"],
)
def test_long_hostile_lines_take_linear_time(text: str) -> None:
    """Text made to be slow (40 seconds and more where work is quadratic) takes time in proportion to its length."""
    assert growth(lambda size: normalise_line(text[:size]), len(text) // 16) < LINEAR
