"""The reading of HTML: what the markup says of a line reaches its score, page by page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.label.labeller import Labeller, load_labeller
from pipeline.label.network.containers import COLUMNS as CONTAINERS
from pipeline.label.network.containers import container_columns, containers_around
from pipeline.label.network.markup import COLUMNS, MarkupFacts, load_markup_reading
from pipeline.label.network.model import load_network
from pipeline.label.network.second import log_odds
from pipeline.label.sheet import units
from pipeline.records import BODY, Kind, Markup
from pipeline.settings import LabelSettings
from pipeline.split.html import html_lines, parse
from pipeline.split.places import FLAGS
from tests.growth import LINEAR, growth
from tests.test_split_html import page as split_html

SENTENCES = [
    "The old ferry came back to the harbour on Tuesday, after two years of repairs in the yards at Lindholm.",
    "Some four hundred people had come to the quay, although the rain had not stopped since the early morning.",
    "The council paid nine million for the hull alone, and another three for engines that burn far less oil.",
    "“We were told in spring that she would never sail again,” said the captain, who has had her for ten years.",
    "Tickets will cost what they did before the repairs, at least until the summer season ends in September.",
]
REMARKS = [
    "I have taken this boat to work every day for six years and nobody ever asked us what we wanted from it.",
    "My father helped to build her, so it was good to see so many people out there in spite of the weather.",
    "They should have sold the thing and bought two smaller ones, as every other town on the coast has done.",
]
STORY = "".join(f"<p>{own}</p>" for own in SENTENCES)
THREAD = "".join(f'<li class="comment"><div class="comment-body"><p>{own}</p></div></li>' for own in REMARKS)
MENU = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("Home", "News", "Sport", "Weather", "Contact"))
ARTICLE = f"""<html><head><title>Ferry returns</title></head><body>
<header class="site-header"><nav class="menu"><ul>{MENU}</ul></nav></header>
<main><article class="post"><h1>Ferry returns</h1><div class="entry-content">{STORY}
<h2>What it cost</h2>{STORY}</div></article>
<section id="comments" class="comments-area"><h3>3 comments</h3><ol class="comment-list">
{THREAD}</ol></section></main>
<footer class="site-footer"><p>All rights reserved. Contact us by letter only.</p></footer></body></html>"""


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    """The one that ships."""
    return load_labeller(LabelSettings(labeller="network"))


def facts(content: str) -> dict[str, Markup]:
    """What the markup says of each line, by its text."""
    tree = parse(content)
    assert tree is not None
    return {line.text: line.markup for line in html_lines(tree) if line.markup is not None}


def test_an_article_is_kept_without_menu_comments_and_footer(labeller: Labeller) -> None:
    """Sentences of the article are body, the same kind of prose in the list of comments is not."""
    page = split_html(ARTICLE)
    kinds = {line.text: label.kind for line, label in zip(page.lines, labeller.label([page])[0], strict=True)}
    assert all(kinds[own] in BODY for own in SENTENCES)
    assert kinds["What it cost"] is Kind.HEADING
    assert not any(kinds[own] in BODY for own in (*REMARKS, "Home", "Contact"))


@pytest.mark.parametrize(
    ("classes", "parts"),
    [
        ("storybody", ["story", "body"]),
        ("ARTICLE-Header menu", ["article", "header", "menu"]),
        ("footerlegalcookie share_bar", ["footer", "legal", "cookie", "share"]),
        ("user_tag my-ad", ["user", "tag-", "-ad-"]),
    ],
)
def test_names_that_run_into_each_other_all_count(classes: str, parts: list[str]) -> None:
    """Each name in a class leaves its bits, also where one begins inside of another."""

    def flags(value: str) -> int:
        return facts(f'<div class="{value}"><p>Some text.</p></div>')["Some text."].flags

    together = flags(classes)
    assert all(together & flags(part) == flags(part) for part in parts)
    assert flags("adage biographies heritages") == flags("zzz")


def test_long_names_are_read_to_a_bound() -> None:
    """A class of any length costs no more than its first two hundred characters, and says what they say."""
    long = "z" * 190 + " comment " + "footer " * 500
    flags = facts(f'<div class="{long}"><p>Some text.</p></div>')["Some text."].flags
    assert flags == facts('<div class="comment"><p>Some text.</p></div>')["Some text."].flags


def test_what_surrounds_a_line_is_told_apart() -> None:
    """Links are counted, lines of a container share its number, names and tags of the elements around leave bits."""
    found = facts(
        "<nav class=menu><a href=a>Home</a></nav><div class=story><p>One <a href=b>two</a> six</p><p>Three</p></div>"
        "<div class='comment-7'><p>Four</p></div><div class='comment-8'><p>Five</p></div>"
    )
    assert [found[text].linked for text in ("Home", "One two six", "Three")] == [100, 33, 0]
    assert found["One two six"].blocks[1:] == found["Three"].blocks[1:]
    assert found["Four"].blocks[1] != found["Five"].blocks[1]
    assert found["Four"].paths == found["Five"].paths != found["Three"].paths
    assert len({found[text].flags for text in ("Home", "Three", "Four")}) == 3
    assert found["Four"].flags == found["Five"].flags


def test_a_bit_holds_for_all_of_a_line() -> None:
    """A word in bold says nothing of its paragraph, a paragraph all in bold does."""
    found = facts("<p>Plain</p><p>Partly <b>bold</b></p><p><b>Wholly bold</b></p>")
    assert found["Plain"].flags == found["Partly bold"].flags != found["Wholly bold"].flags


def test_a_page_reads_the_same_in_every_batch(labeller: Labeller) -> None:
    """Labels and scores are equal alone and beside other pages, of text lines too."""
    pages = [split_html(ARTICLE), split_html(f"<main><p>{SENTENCES[0]}</p></main>"), split_html(ARTICLE * 2)]
    together = labeller.label(pages)
    assert together == [labeller.label([page])[0] for page in pages]
    assert together == labeller.label(pages[::-1])[::-1]


def test_the_extractors_verdict_and_the_class_count() -> None:
    """The same words get other scores where the extractor keeps them, and where what holds them is called otherwise."""
    page = split_html(ARTICLE)
    own = units(page.lines)
    scores = load_network().score([own.texts], [own.blank])[0]
    assert own.markup is not None
    read = [
        load_markup_reading().read(MarkupFacts(scores, own.markup), main)
        for main in ([True] * len(own), None, [False] * len(own))
    ]
    assert read[0].mean() > read[2].mean()
    elsewhere = units(split_html(ARTICLE.replace('"comment', '"entry')).lines)
    assert elsewhere.texts == own.texts
    assert elsewhere.markup is not None
    remarks = [own.texts.index(remark) for remark in REMARKS]
    moved = load_markup_reading().read(MarkupFacts(scores, elsewhere.markup))
    assert (moved[remarks] > read[1][remarks] + 0.1).all()


def test_a_second_opinion_is_asked_for_doubtful_pages_only(labeller: Labeller) -> None:
    """An article that the scores are sure of is not shown to the extractor, a page of scraps is, where its HTML is; by
    default none is.
    """
    scraps = "".join(f"<div><span>{own[:40]}</span><p>{remark}</p></div>" for own in SENTENCES for remark in REMARKS)
    doubtful = split_html(f"<body><div class='grid'>{scraps}</div><div class='sidebar'>{scraps}</div></body>")
    pages = [split_html(ARTICLE), doubtful, replace(doubtful, content=None)]
    sure, asked, alone = load_labeller(LabelSettings(ask_below=0.9)).label(pages)
    assert {label.main for label in sure} == {None}
    assert {label.main for label in asked} <= {True, False}
    assert {label.main for label in alone} == {None}
    assert {label.main for labels in labeller.label(pages) for label in labels} == {None}


def test_the_block_labeller_always_asks() -> None:
    """Its scores of an article's sentences rise, and those of the menu fall, with what the extractor keeps."""
    page = split_html(ARTICLE)
    block = load_labeller(LabelSettings(labeller="block"))
    heard, alone = block.label([page, replace(page, content=None)])
    kept = [at for at, label in enumerate(heard) if label.main]
    assert {page.lines[at].text for at in kept} >= set(SENTENCES)
    assert all(heard[at].score >= alone[at].score for at in kept)
    assert all(label.score <= other.score for label, other in zip(heard, alone, strict=True) if label.main is False)


def test_the_main_container_is_where_the_text_stands() -> None:
    """Sentences of the article are inside of it, the menu is before it and the footer after it."""
    page = split_html(ARTICLE)
    own = units(page.lines)
    scores = load_network().score([own.texts], [own.blank])[0]
    assert own.markup is not None
    width = np.rint(scores.width).astype(np.float64)
    known = np.stack([width, np.rint(100 * scores.body) * width, 0 * width, width])
    inside, before, after = container_columns(known, containers_around(own.markup), 100)[:, :3].T.astype(bool)
    for texts, there in ((SENTENCES, inside), (["Home", "Contact"], before), (["All rights reserved."], after)):
        assert all(there[at] for at, text in enumerate(own.texts) if text.startswith(tuple(texts)))
    assert (inside.astype(int) + before + after <= 1).all()


def test_containers_take_linear_time() -> None:
    """A chain of containers, one inside the other, takes four times as long where it is four times as deep."""

    def measure(lines: int) -> None:
        chain = [Markup(0, 0, at, tuple(range(at, max(at - 6, 0), -1)), (0, 0)) for at in range(1, lines + 1)]
        container_columns(np.ones((4, lines)), containers_around(chain), 1)

    assert growth(measure, 3_000) < LINEAR


markups = st.builds(
    Markup,
    flags=st.integers(0, 2**FLAGS - 1),
    linked=st.integers(0, 100),
    depth=st.integers(0, 9000),
    blocks=st.lists(st.integers(1, 9000), max_size=6).map(tuple),
    paths=st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*SENTENCES, *REMARKS, "Home"]), markups, st.booleans())), st.booleans())
def test_any_markup_gives_probabilities(lines: list[tuple[str, Markup, bool]], asked: bool) -> None:
    """Numbers are finite and as many as the weights want; what is read is a probability of four digits."""
    texts = [text for text, _, _ in lines]
    markup = [own for _, own, _ in lines]
    main = [own for _, _, own in lines] if asked else None
    scores = load_network().score([texts], [[False] * len(texts)])[0]
    table = MarkupFacts(scores, markup).columns(main)
    assert table.shape == (len(lines), COLUMNS + (0 if asked else CONTAINERS))
    assert np.isfinite(table).all()
    read = load_markup_reading().read(MarkupFacts(scores, markup), main)
    assert read.tolist() == np.round(read, 4).tolist()
    assert ((read >= 0) & (read <= 1)).all()
    assert (np.abs(log_odds(read) - log_odds(scores.body)) < 8.2).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*SENTENCES, "Home"]), markups, st.booleans()), min_size=1))
def test_facts_gathered_once_serve_both_readings(lines: list[tuple[str, Markup, bool]]) -> None:
    """Reading with the extractor's verdict, and then once more without, gives what fresh facts give."""
    texts = [text for text, _, _ in lines]
    markup = [own for _, own, _ in lines]
    scores = load_network().score([texts], [[False] * len(texts)])[0]
    facts = MarkupFacts(scores, markup)
    for main in (None, [own for _, _, own in lines], [True] * len(lines), None):
        assert facts.columns(main).tobytes() == MarkupFacts(scores, markup).columns(main).tobytes()


def test_plain_text_has_no_markup() -> None:
    """Units of lines without markup say so, so that the second reading is asked."""
    page = split_html(ARTICLE)
    bare = units([line._replace(markup=None) for line in page.lines])
    assert bare.markup is None
    assert units(page.lines).markup is not None
    assert units([]).markup is None
