"""Labelled lines become an article: text, fields, captions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.assemble.article import assemble
from pipeline.records import Article, Hints, Kind, Label, Line, Metadata, Page
from tests.strategies.assemble import NORMALISE, SPLIT, KeepAll, labelled, page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

P = Kind.PARAGRAPH
FIRST = "The harbour was quiet before the ferry came in from the island, and nobody was on the pier to meet it."
SECOND = "Then the bells began, the market opened, and by noon every bench on the square had been taken by visitors."


def article(*rows: tuple[str, Kind], page: Page | None = None, **changes: object) -> Article:
    """Rows assembled by a labeller that would keep everything."""
    lines, labels = labelled(rows)
    page = replace(page or lines, lines=lines.lines, **changes)  # type: ignore[arg-type]  # fields of Page
    return assemble(page, labels, KeepAll(), split=SPLIT, normalise=NORMALISE)


def test_fields_come_from_the_visible_lines() -> None:
    """Title without the site, authors in normal case, both dates, dek and captions."""
    made = article(
        ("Ferry returns to the island | The Daily Example", Kind.TITLE),
        ("Ferry returns to the island", Kind.TITLE),
        ("After ten years the boat is back.", Kind.DEK),
        ("By JANE DOE and John Roe | May 24, 2022", Kind.BYLINE),
        ("Updated: May 25, 2022 9:10 am", Kind.DATE),
        ("A ferry at the pier A ferry at the pier (Photo: Max Muster)", Kind.CAPTION),
        (FIRST, P),
        ("What happened then", Kind.HEADING),
        (SECOND, P),
    )
    assert made.metadata == Metadata(
        title="Ferry returns to the island",
        dek="After ten years the boat is back.",
        authors=("Jane Doe", "John Roe"),
        published="2022-05-24",
        updated="2022-05-25T09:10",
        language="en",
    )
    assert made.captions == ("A ferry at the pier (Photo: Max Muster)",)
    assert made.text == f"{FIRST}\n\nWhat happened then\n\n{SECOND}"
    assert [paragraph.kind for paragraph in made.paragraphs] == [P, Kind.HEADING, P]
    assert [made.paragraphs[0].first_line, made.paragraphs[0].last_line] == [13, 13]


def test_a_byline_on_two_lines_is_understood() -> None:
    """ "By" and the name below it."""
    made = article(("By", Kind.BYLINE), ("JANE DOE", Kind.BYLINE), (FIRST, P))
    assert made.metadata.authors == ("Jane Doe",)


def test_hints_are_trusted_first_then_markup_then_lines() -> None:
    """URL from the hint; authors from the markup; a visible time completes the declared day."""
    declared = Metadata(
        title="Ferry returns to the island - Daily Example",
        authors=("DOE JANE MUSTER",),
        published="2022-05-24",
        language="de",
        url="https://dailyexample.com/a",
        dek=FIRST[:60] + "...",
    )
    made = article(
        ("By John Roe", Kind.BYLINE),
        ("May 24, 2022 14:36", Kind.DATE),
        (FIRST, P),
        (SECOND, P),
        declared=declared,
        hints=Hints(url="https://www.dailyexample.com/b", language="en-GB"),
    )
    meta = made.metadata
    assert meta.url == "https://www.dailyexample.com/b"
    assert meta.site == "dailyexample.com"
    assert meta.title == "Ferry returns to the island"
    assert meta.authors == ("Doe Jane Muster",)
    assert meta.published == "2022-05-24T14:36"
    assert meta.language == "en"
    assert meta.dek is None, "a description that is the first paragraph cut short is no dek"


def test_an_ambiguous_date_needs_a_region() -> None:
    """05/06/2022 is in June on a British site and unknown on a .com."""
    rows = [("05/06/2022", Kind.DATE), (FIRST, P), (SECOND, P)]
    assert article(*rows, hints=Hints(url="https://example.co.uk/a")).metadata.published == "2022-06-05"
    assert article(*rows, hints=Hints(url="https://example.com/a")).metadata.published is None


def test_author_and_date_near_the_headline_are_found_among_menu_lines() -> None:
    """Where no line was labelled a byline or a date; one name beside one date, and never a name in a teaser below."""
    rows = [
        ("News", Kind.NAVIGATION),
        ("Ferry returns to the island", Kind.TITLE),
        ("Jane Doe", Kind.NAVIGATION),
        ("May 24, 2022", Kind.NAVIGATION),
        (FIRST, P),
        (SECOND, P),
        (SECOND.replace("bells", "horns"), P),
        (FIRST.replace("ferry", "train"), P),
        ("By John Roe | May 1, 2021", Kind.RELATED),
    ]
    made = article(*rows).metadata
    assert (made.authors, made.published) == (("Jane Doe",), "2022-05-24")
    without = [row for row in rows if row[0] != "May 24, 2022"]
    made = article(*without).metadata
    assert (made.authors, made.published) == ((), None)


def test_the_declared_title_stands_since_the_printed_headline_voted_in_it() -> None:
    """Without a declared title the printed headline is the title."""
    page, labels = labelled([("Ferry returns to the island", Kind.TITLE), (FIRST, P)])
    for declared, title in (
        ("Ferry is back", "Ferry is back"),
        ("Ferry is back - Daily Example", "Ferry is back"),
        ("Daily Example Weekly: Ferry is back", "Daily Example Weekly: Ferry is back"),
        (None, "Ferry returns to the island"),
    ):
        given = replace(page, format="html", declared=Metadata(title=declared, site="dailyexample.com"))
        made = assemble(given, labels, KeepAll(), split=SPLIT, normalise=NORMALISE)
        assert made.metadata.title == title


def test_a_declared_login_or_site_gives_way_to_a_visible_name() -> None:
    """People come first; an agency that signs is kept, since it is all the source says; "By" names nobody."""
    rows = [("By Jane Doe", Kind.BYLINE), (FIRST, P), (SECOND, P)]
    for declared, authors in (
        (("jdoe42",), ("Jane Doe",)),
        (("Daily Example",), ("Jane Doe",)),
        (("John Roe",), ("John Roe",)),
        (("Example News Agency",), ("Example News Agency",)),
    ):
        given = Metadata(authors=declared, site_name="Daily Example")
        assert article(*rows, declared=given).metadata.authors == authors
    alone = article((FIRST, P), (SECOND, P), declared=Metadata(authors=("jdoe42",)))
    assert alone.metadata.authors == ("jdoe42",)


def test_what_the_markup_alone_can_say_is_handed_on() -> None:
    """Canonical address, the site's name, section, tags, licence and whether reading is free."""
    declared = Metadata(
        canonical_url="https://example.com/a",
        site_name="The Example",
        section="Sport",
        tags=("Ferries", "Islands"),
        license="https://creativecommons.org/licenses/by/4.0/",
        is_free=False,
    )
    made = article((FIRST, P), (SECOND, P), declared=declared).metadata
    assert replace(made, language=None) == declared


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    """Body lines of one paragraph are joined by a space, under the kind of the first; removed ones are left out."""
    rows = ["The harbour was quiet before the ferry", "Advertisement", "came in from the island."]
    lines = tuple(Line(n, 0, text, text, 7, n == 1) for n, text in enumerate(rows, start=1))
    page = replace(page_of("x"), lines=lines)
    labels = (Label(P, 1, "model"), Label(Kind.PROMO, 0, "rule:ad"), Label(P, 1, "model"))
    made = assemble(page, labels, KeepAll(), split=SPLIT, normalise=NORMALISE)
    assert made.text == "The harbour was quiet before the ferry came in from the island."
    assert (made.paragraphs[0].first_line, made.paragraphs[0].last_line) == (1, 3)


def test_a_huge_line_becomes_paragraphs_of_readable_size() -> None:
    """Sentences of a page saved as one line are gathered into paragraphs, never across a removed one."""
    text = " ".join(f"Sentence number {n} says that the boat came in at dawn and left at night." for n in range(120))
    page = page_of(text)
    assert len(page.lines) == 120
    labels = tuple(Label(Kind.PROMO if n == 60 else P, 0.5, "model") for n in range(120))
    made = assemble(page, labels, KeepAll(), split=SPLIT, normalise=NORMALISE)
    assert made.text.replace("\n\n", " ") == text.replace(page.lines[60].clean + " ", "")
    assert all(len(paragraph.text) < 600 for paragraph in made.paragraphs)
    assert 10 < len(made.paragraphs) < 40
    assert any(paragraph.text.endswith(page.lines[59].clean) for paragraph in made.paragraphs)


def test_a_sentence_that_was_cut_is_whole_again() -> None:
    """A piece of a huge line that begins with a small letter goes on in the paragraph before it, however long."""
    rows = [f"{FIRST} {SECOND} " * 2 + "The ferry, which had", "been away for three winters, was late."]
    rows.append("Nobody had told the children.")
    lines = tuple(Line(1, n, text, text, n, blank_before=False) for n, text in enumerate(rows, start=1))
    labels = (Label(P, 1, "model"),) * 3
    made = assemble(replace(page_of("x"), lines=lines), labels, KeepAll(), split=SPLIT, normalise=NORMALISE)
    assert [paragraph.text for paragraph in made.paragraphs] == [f"{rows[0]} {rows[1]}", rows[2]]


def test_markup_is_not_settled() -> None:
    """The text of an HTML page is no HTML page: the labeller is not asked again."""

    class Refuses(KeepAll):
        def label(self, pages: object) -> list[tuple[Label, ...]]:
            raise AssertionError("asked")

    page, labels = labelled([(FIRST, P)])
    made = assemble(replace(page, format="html"), labels, Refuses(), split=SPLIT, normalise=NORMALISE)
    assert made.text == FIRST


def test_what_a_second_look_removes_takes_its_kind_and_reason() -> None:
    """And a line that a person put into the text stays."""

    class SecondLook(KeepAll):
        def label(self, pages: Sequence[Page]) -> list[tuple[Label, ...]]:
            return [
                tuple(
                    Label(Kind.PROMO, 0.1, "rule:second") if "market" in line.clean else Label(P, 0.9, "model")
                    for line in page.lines
                )
                for page in pages
            ]

    page, labels = labelled([(FIRST, P), (SECOND, P)])
    made = assemble(page, labels, SecondLook(), split=SPLIT, normalise=NORMALISE)
    assert made.text == FIRST
    assert made.labels[1] == Label(Kind.PROMO, 0.5, "rule:second")
    kept = (labels[0], replace(labels[1], reason="override"))
    made = assemble(page, kept, SecondLook(), split=SPLIT, normalise=NORMALISE)
    assert made.text == f"{FIRST}\n\n{SECOND}"
