"""Lines that say when something was published, in many languages, and lines that only look so."""

from __future__ import annotations

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metadata.dates import DateLine, parse_date, parse_date_line, strip_reading_time, take_dates
from pipeline.metadata.months import fold, month_numbers
from tests.growth import LINEAR, growth

LANGUAGES = "en de fr es it pt nl pl tr sv da fi cs hu ro ru uk el ar he hi id"
MONTHS = "january february march april may june july august september october november december"


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("2022-05-24", "2022-05-24"),
        ("2022-05-24T14:36:20+02:00", "2022-05-24T14:36:20+02:00"),
        ("2022-05-24T14:36Z", "2022-05-24T14:36Z"),
        ("2022-05-24 14:36:20.123456", "2022-05-24T14:36:20"),
        ("Tue, 24 May 2022 14:36:00 GMT", "2022-05-24T14:36:00Z"),
        ("Published: MAY 24, 2022 14:36", "2022-05-24T14:36"),
        ("May 25, 2022 at 3:04 p.m. EDT", "2022-05-25T15:04-04:00"),
        ("12:05 a.m. PST, January 3rd, 2022", "2022-01-03T00:05-08:00"),
        ("10:08 AM ET, Tue May 24, 2022", "2022-05-24T10:08"),
        ("Tue 24 May 2022 09.00 BST", "2022-05-24T09:00+01:00"),
        ("Sept. 3, 2021", "2021-09-03"),
        ("Posted on May 24th, 2022 · 5 min read", "2022-05-24"),
        ("24.05.2022, 14:36 Uhr", "2022-05-24T14:36"),
        ("24.05.22", "2022-05-24"),
        ("Veröffentlicht am 24. Mai 2022 um 14:36 Uhr MESZ", "2022-05-24T14:36+02:00"),
        ("25 mai 2022 à 10h30", "2022-05-25T10:30"),
        ("Publié le mer. 25 mai 2022 à 10h", "2022-05-25T10:00"),
        ("24 de mayo de 2022", "2022-05-24"),
        ("24 de maio de 2022 às 14h36", "2022-05-24T14:36"),
        ("Pubblicato martedì 24 maggio 2022, ore 14:36", "2022-05-24T14:36"),
        ("Gepubliceerd op dinsdag 24 mei 2022 om 14:36", "2022-05-24T14:36"),
        ("Opublikowano: 24 maja 2022, godz. 14:36", "2022-05-24T14:36"),
        ("24 Mayıs 2022 Salı 14:36", "2022-05-24T14:36"),
        ("Publicerad tisdag 24 maj 2022 kl. 14.36", "2022-05-24T14:36"),
        ("24. toukokuuta 2022 klo 14.36", "2022-05-24T14:36"),
        ("24. května 2022", "2022-05-24"),
        ("2022. május 24. 14:36", "2022-05-24T14:36"),
        ("24 ianuarie 2022", "2022-01-24"),
        ("24 мая 2022 г. в 14:36", "2022-05-24T14:36"),
        ("24 травня 2022 року", "2022-05-24"),
        ("24 Μαΐου 2022, 14:36", "2022-05-24T14:36"),
        ("الثلاثاء 24 مايو 2022 - 14:36", "2022-05-24T14:36"),
        ("24 تشرين الأول 2022", "2022-10-24"),
        ("24 במאי 2022", "2022-05-24"),
        ("24 मई 2022", "2022-05-24"),
        ("Rabu, 25 Mei 2022 14:36 WIB", "2022-05-25T14:36+07:00"),
        ("Thứ ba, 24/5/2022, 14:36 (GMT+7)", "2022-05-24T14:36+07:00"),
        ("ngày 24 tháng 5 năm 2022", "2022-05-24"),
        ("2022年5月24日 14時36分", "2022-05-24T14:36"),
        ("发布时间：2022-05-24 14:36:20", "2022-05-24T14:36:20"),
        ("2022년 5월 24일 오후 2시 36분", "2022-05-24T14:36"),
        ("25/06/2022", "2022-06-25"),
        ("06/25/2022", "2022-06-25"),
        ("05/05/2022", "2022-05-05"),
    ],
)
def test_a_date_line_gives_its_moment_in_iso_8601(text: str, published: str) -> None:
    """Day, time and zone of a line are read as printed, and nothing is added."""
    assert parse_date_line(text) == DateLine(published=published)
    assert parse_date(text) == published


@pytest.mark.parametrize(
    ("text", "published", "updated"),
    [
        ("Last modified on 25 May 2022", None, "2022-05-25"),
        ("Stand: 24.05.2022, 14:36 Uhr", None, "2022-05-24T14:36"),
        ("Mise à jour le 25 mai 2022 à 10h30", None, "2022-05-25T10:30"),
        ("Posted on May 24, 2022 | Updated on May 25, 2022", "2022-05-24", "2022-05-25"),
        ("24/05/2022 14h36 Atualizado 25/05/2022 09h10", "2022-05-24T14:36", "2022-05-25T09:10"),
        ("입력 2022.05.24 14:36 수정 2022.05.24 15:00", "2022-05-24T14:36", "2022-05-24T15:00"),
        ("2022年5月24日公開 2022年5月25日更新", "2022-05-24", "2022-05-25"),
        ("May 24, 2022 (updated May 25, 2022, 9:10 am)", "2022-05-24", "2022-05-25T09:10"),
    ],
)
def test_publication_and_update_are_told_apart(text: str, published: str | None, updated: str | None) -> None:
    """The word before a date (in Japanese: behind it) says which of the two it is."""
    assert parse_date_line(text) == DateLine(published, updated)


@pytest.mark.parametrize(
    "text",
    ["2 hours ago", "an hour ago", "vor 2 Stunden", "il y a 2 heures", "2時間前", "May 24", "24. Mai",
     "Yesterday at 3:04 pm", "05/06/2022", "24/05/22", "3:04 pm", "Published 14:36"],
)  # fmt: skip
def test_what_is_not_certain_is_a_date_line_without_a_value(text: str) -> None:
    """Relative, partial and ambiguous dates are recognised, but never completed from a clock or by a guess."""
    assert parse_date_line(text) == DateLine(None, None)
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    ["By Tuesday, the city had spent it all by 24 May 2022.", "By 2030 half of all cars", "2022", "May 2022", "Tuesday",
     "14:36", "£9.99", "1 2 3", "5 min read", "20220524", "London, 24 May 2022", "Born 24 May 1922", "31.02.2022",
     "2022-13-40", "Monday - Friday 9:00 am - 5:00 pm", "Call 555-12-2022 now", "Version 1.2.2022.4", "",
     "Copyright 2022",
     "The May 24 attack", "99/99/2022", "24 May 2022 was a Tuesday like any other"],
)  # fmt: skip
def test_prose_and_numbers_are_no_date_lines(text: str) -> None:
    """One word that is not of a date line, or a day that no calendar has, refuses the line."""
    assert parse_date_line(text) is None


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "2022-06-05"),
        ("fr-FR", "2022-06-05"),
        ("en-GB", "2022-06-05"),
        ("en-US", "2022-05-06"),
        ("en", None),
        (None, None),
    ],
)
def test_the_order_of_day_and_month_is_settled_by_language_or_region_only(
    language: str | None, expected: str | None
) -> None:
    """05/06/2022 has a value only where the language or the region has one order."""
    assert parse_date("05/06/2022", language) == expected


def test_dates_are_taken_out_of_a_line_that_holds_more() -> None:
    """A date goes with the words right before it; what is left is for others to read."""
    assert take_dates("By Jane Doe, published on May 24, 2022") == ("By Jane Doe", DateLine("2022-05-24"))
    assert take_dates("no date here") == ("no date here", None)
    assert strip_reading_time("Jane Doe • 4 min read").rstrip(" |•") == "Jane Doe"


@given(st.text(max_size=220))
def test_any_line_is_answered_and_twice_the_same(text: str) -> None:
    """No text raises, and the answer does not depend on what was asked before."""
    assert parse_date_line(text) == parse_date_line(text)


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%Y年%m月%d日"]))
def test_every_day_is_read_back_as_it_was_printed(day, pattern) -> None:  # type: ignore[no-untyped-def]  # dates() is untyped
    """A day of this calendar in a clear form comes back as itself."""
    text = day.strftime(pattern).replace(f"{day.year}", f"{day.year:04d}")
    expected = day.isoformat() if 1800 <= day.year <= 2100 else None
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1/" * 100,
        "9" * 200,
        "a1" * 100,
        "12:" * 66,
        "1 " * 100,
        "May " * 50,
        "2022-05-" * 25,
        "vor 1 " * 33,
        ("h" * 39 + " ") * 5,
    ],
)
def test_hostile_lines_cost_little(text: str) -> None:
    """No line, however odd, takes longer than in proportion to its length."""

    def work(size: int) -> None:
        for _ in range(5):
            parse_date_line(text[:size])
            take_dates(text[:size])

    assert growth(work, len(text) // 4) < LINEAR


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_the_months_agree_with_those_of_dateparser(language: str) -> None:
    """Every full month name that dateparser knows for a language is here, or is one of another calendar."""
    info = importlib.import_module(f"dateparser.data.date_translation_data.{language}").info
    table = month_numbers()
    for number, name in enumerate(MONTHS.split(), start=1):
        for word in info[name]:
            known = table.get(fold(word).strip("."))
            assert known in (None, number), word
        assert any(table.get(fold(word).strip(".")) == number for word in info[name]), (language, name)
