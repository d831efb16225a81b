"""The same page as HTML and as plain text: one article in both, paired as a near-duplicate, with its type."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean

import pytest

from pipeline.corpus.open import Corpus
from pipeline.evaluate.word_f1 import word_f1
from pipeline.show.explain import explain
from tests.conftest import clean
from tests.pages import stories

STORIES = stories(8)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Eight stories, each once as a saved page and once as the text of it."""
    folder: Path = tmp_path_factory.mktemp("both")
    for number, story in enumerate(STORIES):
        (folder / f"{number}.html").write_text(story.html(), encoding="utf-8")
        (folder / f"{number}.txt").write_text(story.text(), encoding="utf-8")
    return clean(tmp_path_factory.mktemp("corpus") / "c", folder)


def test_both_formats_give_one_text(corpus: Corpus) -> None:
    """What is kept of the HTML and of the text agrees, and is the story's body."""
    texts = {row["source"]: row["text"] for row in corpus.table("articles").to_pylist()}
    assert len(texts) == 2 * len(STORIES)
    agreement = [word_f1(texts[f"{number}.html"], texts[f"{number}.txt"]) for number in range(len(STORIES))]
    assert mean(agreement) >= 0.95
    for number, story in enumerate(STORIES):
        assert word_f1(texts[f"{number}.html"], "\n".join(story.body)) >= 0.95


def test_both_formats_are_near_duplicates(corpus: Corpus) -> None:
    """Each story's two inputs are one pair and one cluster with one canonical article; no others are paired."""
    articles = {row["id"]: row for row in corpus.table("articles").to_pylist()}
    pairs = [row for row in corpus.table("duplicates").to_pylist() if row["level"] == "article"]
    sources = {frozenset(articles[row[side]]["source"] for side in ("left_id", "right_id")) for row in pairs}
    assert sources == {frozenset((f"{number}.html", f"{number}.txt")) for number in range(len(STORIES))}
    assert all(row["jaccard"] >= 0.7 for row in pairs)
    assert sum(row["is_canonical"] for row in articles.values()) == len(STORIES)


def test_the_type_is_stored_and_explained(corpus: Corpus) -> None:
    """Every story is an article by both formats, with a probability, and ``explain`` says so."""
    rows = corpus.table("articles").to_pylist()
    assert {row["page_type"] for row in rows} == {"article"}
    assert all(0.5 < row["page_type_chance"] <= 1.0 for row in rows)
    header = dict(explain(corpus, "0.html").header)
    assert header["page type"].startswith("article, probability ")


def test_what_a_record_says_beside_the_text_is_the_articles(tmp_path: Path) -> None:
    """A body without a headline, as extractors leave it, has title, people and date from its record's other fields."""
    story = STORIES[0]
    record = {
        "text": "\n\n".join(story.body),
        "title": f"{story.title} | The Harbour Post",
        "authors": ["Mara Lindqvist"],
        "date": "2026-11-02T10:00:00Z",
        "metadata": {"siteName": "The Harbour Post"},
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(record), encoding="utf-8")
    (article,) = clean(tmp_path / "c", tmp_path / "a.jsonl").table("articles").to_pylist()
    assert (article["title"], article["authors"]) == (story.title, ["Mara Lindqvist"])
    assert str(article["published"]).startswith("2026-11-02")
    assert article["site_name"] == "The Harbour Post"
    assert word_f1(article["text"], "\n".join(story.body)) == 1


def test_a_page_is_believed_before_its_record(tmp_path: Path) -> None:
    """What a page of HTML declares itself is not changed by what a scraper made of it."""
    page = (
        STORIES[1]
        .html()
        .replace(
            "<head>",
            '<head><meta property="og:title" content="A title of its own">'
            '<meta property="article:published_time" content="2026-11-02T10:00:00Z">',
        )
    )
    record = {"html": page, "title": "Home", "date": "2001-01-01"}
    (tmp_path / "a.jsonl").write_text(json.dumps({"html": page}) + "\n" + json.dumps(record), encoding="utf-8")
    alone, described = clean(tmp_path / "c", tmp_path / "a.jsonl").table("articles").to_pylist()
    assert "A title of its own" in page
    assert alone["title"] == described["title"]
    assert str(described["published"]).startswith("2026-11-02")


def test_descriptions_that_cannot_be_stored_are_mended(tmp_path: Path) -> None:
    """Half a surrogate pair or a NUL in a record's title stops neither the run nor the article."""
    story = json.dumps("\n".join(STORIES[2].body))
    record = rf'{{"text": {story}, "title": "a\ud800b\u0000c\ud83d\ude00d", "tags": ["x\udfff"], "date": "\ud800"}}'
    (tmp_path / "a.jsonl").write_text(record, encoding="utf-8")
    (article,) = clean(tmp_path / "c", tmp_path / "a.jsonl").table("articles").to_pylist()
    assert article["title"] == "a\ufffdbc😀d"
    assert article["published"] is None


_HEAD = (
    "<title>Boiler Repair in Leeds | Northgate Heating</title>"
    "<meta property='og:site_name' content='Northgate Heating'>"
)
_OFFER = (
    "<p>Our certified engineers repair and service every make of boiler, and we are there within two hours of your "
    "call.</p><a href='/quote'>Get a free quote</a><h2>Why choose us</h2><p>We have served our customers in Leeds for "
    "over thirty years, with a team that you can trust.</p><h2>Our services</h2><li>Boiler repair</li>"
    "<li>Boiler installation</li><h2>How it works</h2><p>Call us or fill in the form. We will send your engineer the "
    "same day, and you pay when your boiler runs again.</p><h2>Frequently asked questions</h2>"
    "<p>How much does a boiler repair cost?</p><p>Most repairs cost between 90 and 250 pounds.</p>"
)


def test_a_page_that_offers_a_service_is_called_what_its_title_element_says(tmp_path: Path) -> None:
    """The slogan above an offer is not what the page is called; the same words above a story are."""
    pages = {"offer": _OFFER, "story": "".join(f"<p>{text}</p>" for text in STORIES[0].body)}
    for name, body in pages.items():
        page = f"<html><head>{_HEAD}</head><body><h1>Warm homes, happy people</h1>{body}</body></html>"
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    rows = {row["source"]: row for row in clean(tmp_path / "c", tmp_path).table("articles").to_pylist()}
    assert {name: row["page_type"] for name, row in rows.items()} == {"offer.html": "service", "story.html": "article"}
    assert rows["offer.html"]["title"] == "Boiler Repair in Leeds"
    assert rows["story.html"]["title"] == "Warm homes, happy people"
    assert "Our certified engineers" in rows["offer.html"]["text"]
