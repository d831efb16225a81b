"""Named rules: the phrases of sites in many languages, and what only looks like them."""

from __future__ import annotations

import pytest

from pipeline.label.rules import RULES, recognise
from pipeline.records import BODY, METADATA, Kind
from tests.growth import LINEAR, growth


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Skip to content", "skip_link"),
        ("Zum Inhalt springen", "skip_link"),
        ("本文へスキップ", "skip_link"),
        ("© 2024 The Daily Example. All rights reserved.", "copyright"),
        ("Copyright 2019 Example Media Ltd", "copyright"),
        ("Alle Rechte vorbehalten.", "rights"),
        ("Privacy Policy", "rights"),
        ("This website uses cookies to improve your experience.", "cookies"),
        ("Your email address will not be published. Required fields are marked *", "comment_form"),
        ("Ihre Meinung? Kommentar schreiben", None),
        ("Schreibe einen Kommentar", "comment_form"),
        ("Comments (12)", "comment_controls"),
        ("34 Kommentare", "comment_controls"),
        ("Sign up for our newsletter", "newsletter"),
        ("Subscribe", "newsletter"),
        ("Get the week's best stories in your inbox", "newsletter_pitch"),
        ("• Share this article:", "share_buttons"),
        ("Facebook", "share_buttons"),
        ("Teilen", "share_buttons"),
        ("ADVERTISEMENT", "advertisement"),
        ("広告", "advertisement"),
        ("Most read", "related_heading"),
        ("関連記事", "related_heading"),
        ("À lire aussi", "related_heading"),
        ("Read more: how the bridge was built", "read_also"),
        ("Lees ook: zo werd de brug gebouwd", "read_also"),
        ("اقرأ أيضا: كيف بني الجسر", "read_also"),
        ("— Ada Brandt (@adabrandt) May 24, 2022", "tweet"),
        ("Look at this pic.twitter.com/AbCdEfGh", "tweet"),
        ("About the author", "about_author"),
        ("4 min read", "read_time"),
        ("2 years ago", "age"),
        ("Photo: Ada Brandt/Getty Images", "credit"),
        ("The bridge at dusk. (AP Photo/Ada Brandt)", "credit"),
        ("Home > News > Local", "breadcrumb"),
        ("Support our journalism", "appeal"),
        ("***", "no_letters"),
    ],
)
def test_phrases_of_sites_are_recognised(text: str, name: str | None) -> None:
    """Each phrase is recognised by the rule that is named after what it is."""
    rule = recognise(text)
    assert (rule.name if rule else None) == name


@pytest.mark.parametrize(
    "text",
    [
        "Shareholders will meet on Tuesday.",
        "She wants to share this moment with her daughter.",
        "The menu offers three dishes with lentils.",
        "Facebook said on Tuesday that it would close its office in the valley.",
        "Copyright law has not kept up with the machines.",
        "Two years ago the bridge was closed.",
        "Reuters reported the sale first.",
        "Bake for 6 minutes.",
        "He donated his books to the library.",
        "6 min",
        "私たちは古い橋を修理することを決めた。",
    ],
)
def test_prose_that_holds_such_words_is_not(text: str) -> None:
    """Sentences that begin with or hold the same words are left to the model."""
    assert recognise(text) is None


def test_rules_name_chrome_and_a_few_fields_only() -> None:
    """Rule names are unique, none calls a line body, and none that is certain is without letters or phrases."""
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert not {rule.kind for rule in RULES} & BODY
    assert {rule.kind for rule in RULES} & METADATA <= {Kind.DATE, Kind.CAPTION}
    assert all(rule.whole or rule.opens or rule.holds or rule.test for rule in RULES)


def test_rules_take_linear_time() -> None:
    """Lines made to provoke backtracking do not take longer than in proportion to their length."""
    for piece in ("(", "—a", "1", "by ", "a | ", "© ", "x"):
        assert growth(lambda size, piece=piece: [recognise(piece * size) for _ in range(20)], 90) < LINEAR  # type: ignore[misc]
