"""What reads like prose and is no part of the article."""

from __future__ import annotations

import pytest

from pipeline.label.labeller import load_labeller
from pipeline.label.tail import is_appeal
from pipeline.records import BODY, CHROME, Hints, Kind, Line, Page
from pipeline.settings import LabelSettings
from tests.pages import story

BODY_LINES = ("By Ada Brandt", "March 3, 2021", *story(5).body, *story(6).body)


def kinds(*texts: str) -> list[Kind]:
    """Kinds of the lines of one page, each a block of its own."""
    lines = tuple(Line(number, 0, text, text, number, blank_before=True) for number, text in enumerate(texts, 1))
    page = Page("0" * 16, "here", "a.txt", "text", "utf-8", "", 0, Hints(), lines)
    return [label.kind for label in load_labeller(LabelSettings()).label([page])[0]]


def test_a_name_above_a_biography_ends_the_article() -> None:
    """The name is a byline, the biography is removed, and so is what stands below it."""
    found = kinds(
        "Home", "News", story(5).title, *BODY_LINES, "Tomas Reyes",
        "Tomas is a freelance journalist who writes about bridges and has covered the coast for ten years.",
        "The paper was founded by four printers in the old market and is printed there to this day.",
        "© 2024 The Paper. All rights reserved.",
    )  # fmt: skip
    assert found[-4:-2] == [Kind.BYLINE, Kind.AUTHOR_BIO]
    assert found[-2] in CHROME
    assert found[-1] is Kind.LEGAL
    assert all(kind in BODY for kind in found[5 : 5 + len(story(5).body)])


def test_a_heading_that_looks_like_a_name_does_not_end_the_article() -> None:
    """Two capitalised words above a paragraph that begins with one of them are a section of the article."""
    found = kinds(
        "Home", "News", story(5).title, *BODY_LINES, "Harbour Tramway",
        "Harbour traffic has doubled since the spring, and the council expects the tramway to carry half of it.",
        "Work on the second line will begin before the winter, the mayor said on Monday.",
        "© 2024 The Paper. All rights reserved.",
    )  # fmt: skip
    assert all(kind in BODY for kind in found[-3:-1])


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("We are a small nonprofit and rely on readers like you; please make a contribution today.", True),
        ("Unsere Redaktion lebt davon, dass Sie spenden: unterstützen Sie uns.", True),
        ("The charity said donations had fallen by half since March.", False),
        ("The nonprofit said that donations had fallen, and that the council would not step in.", False),
        ("We have waited long enough for an answer, the union said.", False),
    ],
)
def test_an_appeal_asks_for_the_site_itself(text: str, asks: bool) -> None:
    """Two different cues and a site that speaks of itself; news about charities is none."""
    assert is_appeal(text) is asks


def test_what_stands_below_the_comment_form_is_comments() -> None:
    """Prose below ``Leave a Reply`` is no part of the article, however much it reads like it."""
    found = kinds(
        "Home", "News", story(5).title, *BODY_LINES, "Leave a Reply",
        "I have crossed that bridge every morning for thirty years, and nobody has ever asked me what I think of it.",
        "The council should have listened to the engineers in the spring, when it was cheap.",
        "© 2024 The Paper. All rights reserved.",
    )  # fmt: skip
    assert found[-3:-1] == [Kind.COMMENTS, Kind.COMMENTS]
    assert all(kind in BODY for kind in found[5 : 5 + len(story(5).body)])


def test_a_comment_button_above_the_text_does_not_end_it() -> None:
    """``Comments`` beside the byline is a link; the article follows."""
    found = kinds("Home", "News", story(5).title, "By Ada Brandt", "Comments", *story(5).body, *story(6).body)
    assert all(kind in BODY for kind in found[5:])


@pytest.mark.parametrize(
    ("heading", "teaser"),
    [
        ("Most read", "The ferry to the islands will sail again from Monday, after a winter in the dry dock."),
        ("Das könnte Sie auch interessieren", "Die Fähre zu den Inseln fährt ab Montag wieder, nach langem Winter."),
        ("À lire aussi", "Le bac vers les îles reprendra lundi, après un hiver passé en cale sèche, dit la compagnie."),
        ("Lo más leído", "El transbordador a las islas volverá a navegar el lunes, tras un invierno en dique seco."),
        ("Leggi anche", "Il traghetto per le isole tornerà a navigare lunedì, dopo un inverno passato in bacino."),
        ("Leia também", "A balsa para as ilhas voltará a navegar na segunda-feira, depois de um inverno em doca seca."),
        ("Lees ook", "De veerboot naar de eilanden vaart maandag weer, na een winter in het droogdok."),
        ("関連記事", "島々へのフェリーは冬の間の修理を終え、月曜日から再び運航を始めると会社が発表した。"),
        ("관련기사", "섬으로 가는 배는 겨울 동안의 수리를 마치고 월요일부터 다시 다닌다고 회사가 밝혔다."),
        ("اقرأ أيضا", "تعود العبارة إلى الجزر يوم الاثنين بعد شتاء قضته في الحوض الجاف كما أعلنت الشركة."),
        ("Читайте также", "Паром на острова снова пойдёт в понедельник после зимы, проведённой в сухом доке."),
    ],
)  # fmt: skip
def test_teasers_below_a_heading_of_other_articles_are_removed(heading: str, teaser: str) -> None:
    """In many languages: where nearly all of the text stands above such a heading, the rest is of other pages."""
    found = kinds("Home", "News", story(5).title, *BODY_LINES, heading, teaser, "© 2024 The Paper.")
    # which chrome it is is the network's opinion, and here the copyright line beside it has a say
    assert found[-2] in CHROME
    assert all(kind in BODY for kind in found[5 : 5 + len(story(5).body)])


def test_a_signed_post_is_an_embed() -> None:
    """The text above ``— NAME (@handle) date`` was embedded from elsewhere, and so was its last line."""
    post = "The bridge is closed from tonight. Please use the ferry, which sails every half hour until Sunday."
    found = kinds(
        "Home", "News", story(5).title, *BODY_LINES[:5], post, "— Harbour Office (@harbouroffice) May 24, 2022",
        *BODY_LINES[5:],
    )  # fmt: skip
    assert found[8:10] == [Kind.EMBED, Kind.EMBED]


@pytest.mark.parametrize(
    "caption",
    [
        "Workers repair the roof of the old market hall on Tuesday. Photo: Mina Vrabec",
        "The ferry leaves the harbour at dawn. Photo credit: M. Vrabec / Coast Daily",
        "Die Fähre verlässt am Morgen den Hafen. Foto: Mina Vrabec",
        "Le bac quitte le port au petit matin. Crédit photo : Mina Vrabec",
        "El transbordador sale del puerto al amanecer. Foto: Mina Vrabec",
    ],
)
def test_a_line_that_ends_with_a_credit_is_a_caption(caption: str) -> None:
    """What a picture shows and who took it is no paragraph, however much it reads like one."""
    found = kinds("Home", "News", story(5).title, *BODY_LINES[:3], caption, *BODY_LINES[3:], "© 2024 The Paper.")
    assert found[6] is Kind.CAPTION
