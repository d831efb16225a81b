"""Articles that only a page's data holds: recovered where the page does not show them, and never from anything else."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluate.word_f1 import word_f1
from pipeline.label.labeller import load_labeller
from pipeline.records import BODY, Label, Page, RawPage
from pipeline.settings import LabelSettings, NormaliseSettings, SplitSettings
from pipeline.split import split_page
from pipeline.split.embedded import MIN_WORDS
from tests.conftest import clean
from tests.pages import Story, story

STORY = story(4)
SHELL = (
    "<nav><a href=/>Home</a></nav><h1>{title}</h1>{shown}<footer><p>© 2024 The Post. All rights reserved.</p></footer>"
)


def document(head: str, shown: str = "", of: Story = STORY) -> str:
    """A page that shows its headline, ``shown`` and a footer."""
    title = html.escape(of.title)
    body = SHELL.format(title=title, shown=shown)
    return f"<html><head><title>{title} | The Post</title>{head}</head><body>{body}</body></html>"


def script(value: Any, attributes: str = "type=application/json") -> str:
    """Data in a script, escaped as sites do."""
    return f"<script {attributes}>{json.dumps(value).replace('</', '<' + chr(92) + '/')}</script>"


def linked(body: str) -> str:
    """JSON-LD with the article's text."""
    return script({"@graph": [{"@type": "NewsArticle", "articleBody": body}]}, "type=application/ld+json")


def read(content: str) -> Page:
    """The lines of a page."""
    raw = RawPage("/in", "a.html", "html", content, "utf-8", "0" * 64, len(content))
    page = split_page(raw, SplitSettings(), NormaliseSettings())
    assert isinstance(page, Page)
    return page


def labelled(content: str, labeller: str = "network") -> tuple[Page, tuple[Label, ...]]:
    """Lines and labels of a page."""
    page = read(content)
    return page, load_labeller(LabelSettings.model_validate({"labeller": labeller})).label([page])[0]


HTML_BODY = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in STORY.body)
BLOCKS = [{"type": "text", "content": f"<p>{html.escape(paragraph)}</p>"} for paragraph in STORY.body]
PORTABLE = [{"_type": "block", "children": [{"_type": "span", "text": paragraph}]} for paragraph in STORY.body]
PROPS = {"props": {"pageProps": {"post": {"title": STORY.title, "body": BLOCKS, "related": [{"body": "x " * 900}]}}}}
SOURCES = {
    "plain": (linked("\n\n".join(STORY.body)), "json_ld"),
    "html": (linked(HTML_BODY), "json_ld"),
    "escaped": (linked(html.escape(HTML_BODY)), "json_ld"),
    "microdata": (f'<meta itemprop="articleBody" content="{html.escape(" ".join(STORY.body))}">', "microdata"),
    "next": (script(PROPS, 'id="__NEXT_DATA__" type="application/json"'), "state"),
    "portable": (script({"frontmatter": {"title": STORY.title}, "content": PORTABLE}), "state"),
    "assigned": (f"<script>window.__STATE__ = {json.dumps(PROPS)}; start()</script>", "state"),
    "parsed": (f"<script>window['__S__'] = JSON.parse({json.dumps(json.dumps(PROPS))});</script>", "state"),
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("labeller", ["network", "block"])
def test_an_article_that_is_only_in_the_data_is_recovered(name: str, labeller: str) -> None:
    """Its paragraphs are body lines below the headline, once each, and the reason names the data."""
    head, source = SOURCES[name]
    page, labels = labelled(document(head), labeller)
    found = [(line, label) for line, label in zip(page.lines, labels, strict=True) if line.source]
    assert {line.source for line, _ in found} == {source}
    assert word_f1("\n".join(line.clean for line, _ in found), "\n".join(STORY.body)) == 1.0
    assert all(label.kind in BODY and label.reason == f"rule:{source}_body" for _, label in found)
    texts = [line.text for line in page.lines]
    assert texts.index(STORY.title) < texts.index(found[0][0].text) < len(texts) - 1
    assert [line.number for line in page.lines] == sorted({line.number for line in page.lines})


@pytest.mark.parametrize("name", SOURCES)
def test_a_page_that_shows_its_article_is_left_alone(name: str) -> None:
    """The same data beside the visible text adds no line."""
    head = SOURCES[name][0]
    assert read(document(head, HTML_BODY)).lines == read(document("", HTML_BODY)).lines


def test_a_teaser_is_completed() -> None:
    """Where a paywall shows the first paragraph only, the others follow it; the first is not there twice."""
    page, labels = labelled(document(linked("\n".join(STORY.body)), f"<p>{html.escape(STORY.body[0])}</p>"))
    texts = [line.text for line in page.lines]
    at = texts.index(STORY.body[0])
    assert texts[at : at + len(STORY.body)] == list(STORY.body)
    assert texts.count(STORY.body[0]) == 1
    assert all(label.kind in BODY for label in labels[at + 1 : at + len(STORY.body)])


@pytest.mark.parametrize(
    "head",
    [
        linked("Too short to be the article."),
        script({"title": "Another page altogether", "body": BLOCKS}),
        script({"title": STORY.title, "comments": BLOCKS, "description": " ".join(STORY.body)}),
        "<script>window.__STATE__ = {title: 'no JSON', body: 1}; window.x = {</script>",
        "<script>var body = 'no assignment to the window'</script>",
        '<script type="application/ld+json">{"articleBody": "broken</script>',
    ],
)
def test_other_data_is_no_article(head: str) -> None:
    """Blurbs, other pages' texts, comments, and what is not strict JSON give nothing."""
    assert not any(line.source for line in read(document(head)).lines)


def test_a_page_that_shows_nothing_is_recovered_too() -> None:
    """A page of scripts alone is no longer without text."""
    page = read(f"<html><head>{linked(HTML_BODY)}</head><body><div id=root></div></body></html>")
    assert [line.clean for line in page.lines] == list(STORY.body)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        json.dumps({"title": STORY.title, "body": ["word " * 30] * 20_000}),
        json.dumps({"title": STORY.title, "body": "<div>" * 50_000 + "x"}),
        json.dumps({"title": STORY.title, "a": [[]] * 150_000}),
        "window.a = " * 20_000,
    ],
)
@pytest.mark.parametrize("attributes", ["type=application/json", "", 'type="application/ld+json"'])
def test_hostile_data_does_no_harm(text: str, attributes: str) -> None:
    """Endless nesting, floods of values and of assignments are read in bounds; the visible lines are there."""
    page = read(document(f"<script {attributes}>{'' if attributes else 'window.s = '}{text}</script>"))
    assert STORY.title in [line.text for line in page.lines]


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=30) | st.just("word " * MIN_WORDS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "body", "articleBody", "content", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON, st.sampled_from(["application/json", "application/ld+json"]))
def test_any_data_leaves_the_visible_lines(value: Any, kind: str) -> None:
    """Whatever the data holds, the page's own lines stay in order, and lines are visible and numbered upwards."""
    bare = [line.text for line in read(document("")).lines]
    lines = read(document(script(value, f'type="{kind}"'))).lines
    assert [line.text for line in lines if not line.source] == bare
    assert all(line.text == line.text.strip() != "" for line in lines)
    assert [line.number for line in lines] == sorted({line.number for line in lines})


def test_a_recovered_article_goes_the_whole_road(tmp_path: Path) -> None:
    """Text, lines and reasons of a corpus: every line once, the text is the story's."""
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.html").write_text(document(linked(HTML_BODY)), encoding="utf-8")
    corpus = clean(tmp_path / "c", source)
    (article,) = corpus.table("articles").to_pylist()
    assert article["text"] == "\n\n".join(STORY.body)
    lines = corpus.table("lines").to_pylist()
    assert len({(row["line"], row["part"]) for row in lines}) == len(lines) == article["lines"]
    assert sum(row["reason"] == "rule:json_ld_body" for row in lines) == len(STORY.body)
