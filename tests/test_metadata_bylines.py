"""Lines that name the author, and lines that begin like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metadata.bylines import Byline, is_opener, parse_byline, parse_byline_pair
from tests.growth import LINEAR, growth


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("By Jane Doe", ("Jane Doe",)),
        ("By: JANE DOE", ("Jane Doe",)),
        ("by jane doe", ("Jane Doe",)),
        ("ByJane Doe", ("Jane Doe",)),
        ("By A. J. Doe", ("A. J. Doe",)),
        ("By Jane Doe and John Roe, Associated Press", ("Jane Doe", "John Roe")),
        ("By Jane Doe and John Roe The Associated Press", ("Jane Doe", "John Roe")),
        ("By Jane Doe, Senior Reporter, and John Roe", ("Jane Doe", "John Roe")),
        ("By Jane Doe in London", ("Jane Doe",)),
        ("By JANE DOE Staff Writer", ("Jane Doe",)),
        ("By Jane Doe, The Daily Example", ("Jane Doe",)),
        ("By Jane Doe @janedoe", ("Jane Doe",)),
        ("By Dr. Jane Doe, MD, PhD", ("Dr. Jane Doe",)),
        ("Written by Jane Doe", ("Jane Doe",)),
        ("Story by Jane Doe", ("Jane Doe",)),
        ("Author: Moonwalker", ("Moonwalker",)),
        ("JANE DOE, STAFF WRITER", ("Jane Doe",)),
        ("Jane Doe • 4 min read", ("Jane Doe",)),
        ("Jane Doe Political Correspondent", ("Jane Doe",)),
        ("Von Max Muster", ("Max Muster",)),
        ("Kolumne von Erika Muster", ("Erika Muster",)),
        ("Text: Max Muster", ("Max Muster",)),
        ("Par Jean Dupont", ("Jean Dupont",)),
        ("Propos recueillis par Jean Dupont", ("Jean Dupont",)),
        ("Por Ana Pérez y Luis Gómez", ("Ana Pérez", "Luis Gómez")),
        ("Di Mario Rossi", ("Mario Rossi",)),
        ("A cura di Mario Rossi", ("Mario Rossi",)),
        ("Door Jan de Vries", ("Jan de Vries",)),
        ("Tekst: Jan Kowalski", ("Jan Kowalski",)),
        ("Autor: Jan Novák", ("Jan Novák",)),
        ("Av Anna Svensson", ("Anna Svensson",)),
        ("Af Jens Hansen", ("Jens Hansen",)),
        ("Yazan: Ayşe Demir", ("Ayşe Demir",)),
        ("Penulis: Budi Santoso", ("Budi Santoso",)),
        ("Oleh Budi Santoso", ("Budi Santoso",)),
        ("Автор: Иван Петров", ("Иван Петров",)),
        ("מאת דנה כהן", ("דנה כהן",)),
        ("بقلم محمد علي", ("محمد علي",)),
        ("文/王小明", ("王小明",)),
        ("記者 王小明", ("王小明",)),
        ("記者王小明／台北報導", ("王小明",)),
        ("作者：王小明", ("王小明",)),
        ("홍길동 기자", ("홍길동",)),
        ("[서울=예시] 홍길동 기자 = a@example.com", ("홍길동",)),
    ],
)
def test_a_byline_gives_its_people(text: str, authors: tuple[str, ...]) -> None:
    """Openers of many languages, roles and addresses fall away; the names stay, in normal case."""
    byline = parse_byline(text)
    assert byline is not None
    assert byline.authors == authors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By SUSAN DOE | May 25, 2022", Byline(("Susan Doe",), "2022-05-25")),
        ("By Jane Doe May 25, 2022", Byline(("Jane Doe",), "2022-05-25")),
        ("Posted by Jane Doe on May 24, 2022", Byline(("Jane Doe",), "2022-05-24")),
        ("Posted on May 24, 2022 by Jane Doe", Byline(("Jane Doe",), "2022-05-24")),
        ("May 24, 2022 | Jane Doe", Byline(("Jane Doe",), "2022-05-24")),
        ("Jane Doe, May 24, 2022", Byline(("Jane Doe",), "2022-05-24")),
        ("Jane Doe | Updated May 24, 2022", Byline(("Jane Doe",), None, "2022-05-24")),
        ("Von Max Muster, 24.05.2022, 14:36 Uhr", Byline(("Max Muster",), "2022-05-24T14:36")),
        ("Marco Rossi 4 maggio 2022 - 14:41", Byline(("Marco Rossi",), "2022-05-04T14:41")),
        ("By Jane DoeUpdated: Dec 19, 2022", Byline(("Jane Doe",), None, "2022-12-19")),
    ],
)
def test_dates_on_the_byline_are_read_too(text: str, expected: Byline) -> None:
    """A byline may carry the date before or behind the name, parted by anything or by nothing."""
    assert parse_byline(text) == expected


@pytest.mark.parametrize("text", ["By Reuters", "By The Associated Press", "By Staff", "By admin", "Von dpa"])
def test_a_byline_of_an_agency_has_no_authors(text: str) -> None:
    """It is a byline, but nobody's name is in it."""
    byline = parse_byline(text)
    assert byline is not None
    assert byline.authors == ()
    assert byline.organisations


@pytest.mark.parametrize(
    "text",
    ["By Tuesday, the city had spent it.", "By 2030, half of all cars", "By the end of the year", "By Design",
     "By clicking you agree", "Von Miller Injury Update", "Di Maria signs for Roma", "Por fin",
     "Par exemple, la ville", "By train",
     "By May 2022 the",
     "Home | News | Sport", "Contact Us • Privacy", "Terms of Use, Privacy Policy",
     "Jane Doe went to Paris on May 24, 2022",
     "The Editor's choice", "Sign in | Register", "By Hook or by Crook", "Text: 555-1234", "Photo: city hall at night",
     "Photo by Jane Doe", "New York, May 24, 2022", "By using this site, you accept", "By then, Jane Doe had left",
     "By Jane Doe's account, it was late", "Author of the book", "By the numbers", "By Monday", "By Land and Sea",
     "Man City 2 - 1 Arsenal", "Real Madrid, Barcelona", "Jane Doe", "May 24, 2022", "", "x"],
)  # fmt: skip
def test_prose_and_menus_are_no_bylines(text: str) -> None:
    """A line that begins with "By" is prose unless all of it is names, roles and dates."""
    assert parse_byline(text) is None


def test_the_language_rules_out_openers_of_other_languages() -> None:
    """ "Von Miller" is a name in English and a byline in German."""
    assert parse_byline("Von Max Muster", "en") is None
    assert parse_byline("Von Max Muster", "de-AT") == Byline(("Max Muster",))


def test_a_byline_on_two_lines_is_read_as_one() -> None:
    """The opener stands alone, the name is below it."""
    assert is_opener("By")
    assert is_opener("Written by:")
    assert not is_opener("By the way")
    assert parse_byline_pair("By", "JANE DOE | May 24, 2022") == Byline(("Jane Doe",), "2022-05-24")
    assert parse_byline_pair("By", "the end of the year it was gone") is None
    assert parse_byline_pair("Home", "Jane Doe") is None


@given(st.text(max_size=220))
def test_any_line_is_answered(text: str) -> None:
    """No text raises, and no line longer than a byline is one."""
    assert parse_byline(text + " x" * 110) is None
    parse_byline(text)
    parse_byline_pair("By", text)


@pytest.mark.parametrize(
    "text",
    ["By " + "A" * 195, "By " + "A. " * 60, "By " + "a-" * 90, "| " * 90, "By " + ", and" * 38, "By  " + " - " * 60],
)
def test_hostile_lines_cost_little(text: str) -> None:
    """No line, however odd, takes longer than in proportion to its length."""
    assert growth(lambda size: [parse_byline(text[:size]) for _ in range(5)], len(text) // 4) < LINEAR
