"""Plain text that still declares something: JSON-LD that a tool left in it, headings of Markdown."""

from __future__ import annotations

import json

import pytest

from pipeline.assemble.article import assemble_all
from pipeline.label.labeller import load_labeller
from pipeline.records import Metadata
from pipeline.settings import LabelSettings, NormaliseSettings, SplitSettings
from pipeline.split.left_in import MAX_OBJECTS, linked_objects
from tests.growth import LINEAR, growth
from tests.plain import text_page

TRACKER = "window.dataLayer = window.dataLayer || [];\ngtag('js', new Date());"
ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "The ferry is back",
    "datePublished": "2024-03-05T08:30:00+01:00",
    "author": [{"@type": "Person", "name": "Mara Lindqvist"}, {"@type": "Person", "name": "Tomas Berg"}],
    "publisher": {"@type": "Organization", "name": "Harbour News"},
}
PROSE = (
    "The old ferry sails again from the harbour, as it did for forty years before the storm took it away.",
    "It leaves at nine and takes the people of the island to the market on the other side of the water.",
    "Nobody had thought that the council would pay for a second engine, said the captain on Monday.",
)


@pytest.mark.parametrize("indent", [None, 2])
def test_data_that_was_left_in_is_read(indent: int | None) -> None:
    """Title, people and moment are the publisher's own, in one line of JSON or in many; none of it is in the text."""
    data = json.dumps(ARTICLE, indent=indent)
    page = text_page("\n".join((TRACKER, data, "The ferry is back", "Share", *PROSE, TRACKER)))
    assert page.declared.title == "The ferry is back"
    assert page.declared.authors == ("Mara Lindqvist", "Tomas Berg")
    assert page.declared.published == "2024-03-05T08:30:00+01:00"
    labeller = load_labeller(LabelSettings())
    (article,) = assemble_all(
        [page], labeller.label([page]), labeller, split=SplitSettings(), normalise=NormaliseSettings()
    )
    assert article.metadata.authors == ("Mara Lindqvist", "Tomas Berg")
    assert (article.metadata.published or "").startswith("2024-03-05")
    assert article.text.split("\n\n")[-3:] == list(PROSE)


def test_what_is_no_json_says_nothing() -> None:
    """Broken data is passed over, and the text is read all the same."""
    broken = json.dumps(ARTICLE)[:-40]
    page = text_page("\n".join((TRACKER, broken, "The ferry is back", *PROSE)))
    assert page.declared == Metadata()
    assert [line.clean for line in page.lines if line.clean] == ["The ferry is back", *PROSE]


def test_an_article_about_data_declares_nothing() -> None:
    """JSON-LD that a page shows, and no script beside it, is a line like others."""
    data = json.dumps(ARTICLE)
    page = text_page("\n".join((PROSE[0], data, *PROSE[1:])))
    assert page.declared == Metadata()
    assert page.lines[1].clean == data


def test_objects_are_found_one_after_the_other() -> None:
    """Each once, outermost first, whatever stands between, and not more than a bound."""
    one, other = json.dumps(ARTICLE), json.dumps({"@context": "https://schema.org", "inner": [{"@context": "x"}]})
    assert linked_objects(f"var a = 1;{one}\n;if (a) {{{other}}}") == (one, other)
    assert linked_objects('"@context": nothing around it') == ()
    assert len(linked_objects(other * 100)) <= MAX_OBJECTS


@pytest.mark.parametrize("piece", ['{"@context":', '{"@context":1}', '"@context":', "[[[[", '{"a":{"@context":'])
def test_time_is_linear(piece: str) -> None:
    """Data cut off anywhere, a thousand times, is soon passed over."""
    assert growth(lambda size: linked_objects(piece * (size // len(piece))), 100_000) < LINEAR


def test_data_with_escapes_of_markdown() -> None:
    """A converter to Markdown puts backslashes before its own marks in data, and before backslashes."""
    data = json.dumps(ARTICLE | {"headline": 'The "old_ferry" [is] back'})
    for mark in "\\_[]":
        data = data.replace(mark, "\\" + mark)
    page = text_page("\n".join((TRACKER, data, "Share", *PROSE, TRACKER)))
    assert page.declared.title == 'The "old_ferry" [is] back'
