"""Titles without the site's name, sites of pages, and the language of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metadata.language import detect_language, language_code
from pipeline.metadata.sites import page_site, regional, site_of
from pipeline.metadata.titles import fold, same_title, strip_site
from pipeline.records import Hints, Metadata, Page
from tests.growth import LINEAR, growth


@pytest.mark.parametrize(
    ("title", "headlines", "site", "expected"),
    [
        ("Cats sleep a lot | The Daily Example", ["Home", "Cats sleep a lot"], None, "Cats sleep a lot"),
        ("Cats sleep a lot - The Daily Example", ["The Daily Example", "Cats Sleep a Lot"], None, "Cats Sleep a Lot"),
        ("The Daily Example: Cats sleep a lot", [], "dailyexample.co.uk", "Cats sleep a lot"),
        ("Cats sleep a lot – Daily Example", [], "dailyexample.com", "Cats sleep a lot"),
        ("Cats sleep a lot | News | Daily Example", ["Cats sleep a lot"], None, "Cats sleep a lot"),
        ("Cats – and dogs – sleep", [], None, "Cats – and dogs – sleep"),
        ("Cats – and dogs – sleep", ["Cats – and dogs – sleep"], None, "Cats – and dogs – sleep"),
        ("Cats sleep a lot | The Daily Example", ["The Daily Example"], None, "Cats sleep a lot | The Daily Example"),
        ("Interview: cats", [], "example.com", "Interview: cats"),
        ("Cats", [], "example.com", "Cats"),
    ],
)
def test_the_sites_name_is_cut_off_only_on_evidence(
    title: str, headlines: list[str], site: str | None, expected: str
) -> None:
    """The printed headline, or a host name that a part spells, decides; a dash alone does not."""
    assert strip_site(title, headlines, site) == expected


def test_titles_are_compared_without_typography() -> None:
    """Case, quotes, dashes, widths and spaces do not make two titles of one."""
    assert same_title("“Cats” – a  Story", '"cats" - A STORY')
    assert not same_title("Cats", "Dogs")
    assert not same_title("...", "!!!")
    assert fold("Ｃａｔｓ’  nap") == "cats' nap"


@given(st.text(max_size=120), st.lists(st.text(max_size=40), max_size=4))
def test_what_is_left_of_a_title_is_in_it_or_in_the_page(title: str, headlines: list[str]) -> None:
    """Nothing is made up."""
    left = strip_site(title, headlines, "example.com")
    assert left in title or left in headlines


def test_a_title_of_separators_costs_little() -> None:
    """A breadcrumb of thousands of parts is refused, not searched."""
    assert growth(lambda size: strip_site("a | " * size, ["a"], "example.com"), 5_000) < LINEAR


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.Example.com:8080/a?b#c", "example.com"),
        ("http://news.example.co.uk/", "news.example.co.uk"),
        ("example.com/path", "example.com"),
        ("https://post.example%2Farticles%2Fferry", None),
        ("https://[broken", None),
        ("not a url", None),
        ("", None),
        (None, None),
    ],
)
def test_a_site_is_the_host_without_www(url: str | None, site: str | None) -> None:
    """Lower case, no port, no ``www.``; None where there is no host."""
    assert site_of(url) == site


def test_a_hint_is_trusted_before_the_markup() -> None:
    """The sidecar's URL decides the site, then what the page declares."""
    declared = Metadata(url="https://declared.example.org/x")
    page = Page("1", "", "", "html", "utf-8", "", 0, Hints(url="https://www.example.com/a"), (), declared)
    assert page_site(page) == "example.com"
    assert page_site(Page("1", "", "", "html", "utf-8", "", 0, Hints(), (), declared)) == "declared.example.org"
    assert page_site(Page("1", "", "", "text", "utf-8", "", 0, Hints(), ())) is None


def test_the_country_of_a_site_tells_english_dates_apart() -> None:
    """Only where the language is English and the code is that of one country."""
    assert regional("en", "example.co.uk") == "en-uk"
    assert regional("en", "example.com") == "en"
    assert regional("de", "example.co.uk") == "de"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The council voted on Tuesday to close three schools that had fewer than a hundred pupils each.", "en"),
        (
            "Der Rat hat am Dienstag beschlossen, drei Schulen zu schließen, die weniger als hundert Schüler haben.",
            "de",
        ),
        ("Le conseil a décidé mardi de fermer trois écoles qui avaient moins de cent élèves dans la ville.", "fr"),
        ("El consejo decidió el martes cerrar tres escuelas que tenían menos de cien alumnos cada una.", "es"),
        ("Il consiglio ha deciso martedì di chiudere tre scuole che avevano meno di cento alunni ciascuna.", "it"),
        ("Bystyret vedtok tirsdag å legge ned tre skoler som hadde færre enn hundre elever hver.", "no"),
        ("Совет решил во вторник закрыть три школы, в которых было меньше ста учеников в каждой.", "ru"),
        ("市議会は火曜日、三つの学校を閉鎖することを決めた。生徒数が百人に満たないためである。", "ja"),
        ("市议会周二决定关闭三所学校，因为每所学校的学生人数不足一百人，家长们表示反对。", "zh"),
        ("시의회는 화요일 학생 수가 백 명이 되지 않는 학교 세 곳을 닫기로 결정했다고 밝혔다.", "ko"),
        ("Το συμβούλιο αποφάσισε την Τρίτη να κλείσει τρία σχολεία με λιγότερους από εκατό μαθητές.", "el"),
        ("המועצה החליטה ביום שלישי לסגור שלושה בתי ספר שבהם היו פחות ממאה תלמידים בכל אחד.", "he"),
    ],
)
def test_the_language_of_a_sentence_is_recognised(text: str, language: str) -> None:
    """By script, by function words or by the model; a template's wrong declaration does not mislead."""
    assert detect_language(text) == language
    assert detect_language(text, ["sw"]) == language


def test_too_little_text_has_no_language_but_the_declared_one() -> None:
    """Nothing is guessed from a few letters."""
    assert detect_language("OK") is None
    assert detect_language("OK", [None, "de-AT"]) == "de"


@pytest.mark.parametrize(
    ("tag", "code"),
    [("de-AT", "de"), ("EN_us", "en"), ("nb", "no"), ("iw", "he"), ("deu", None), ("", None), (None, None)],
)
def test_a_language_tag_gives_its_two_letter_code(tag: str | None, code: str | None) -> None:
    """BCP 47 tags as sites write them, old codes included."""
    assert language_code(tag) == code
