"""What the markup declares: places that vote, and what is never believed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.records import Hints, Metadata, Page, RawPage
from pipeline.settings import NormaliseSettings, SplitSettings
from pipeline.split import split_page
from pipeline.split.declared.headline import Candidate, Witnesses, address_words, choose, without_site
from pipeline.split.declared.linked import read_linked
from pipeline.split.declared.moments import in_address, moment
from tests.growth import LINEAR, growth

TEXT = "<p>The harbour was quiet before the ferry came in, and nobody was on the pier to meet it that morning.</p>"


def declared(head: str = "", body: str = TEXT, hints: Hints | None = None) -> Metadata:
    """What a page with this head and body declares."""
    content = f"<html><head>{head}</head><body>{body}{TEXT}</body></html>"
    raw = RawPage("o", "s", "html", content, "utf-8", "", len(content), hints or Hints())
    page = split_page(raw, SplitSettings(), NormaliseSettings())
    assert isinstance(page, Page)
    return page.declared


def linked(*nodes: dict[str, Any]) -> str:
    """A JSON-LD script."""
    return f'<script type="application/ld+json">{json.dumps(list(nodes))}</script>'


def test_places_that_agree_outvote_one_that_does_not() -> None:
    """Headline, ``og:title`` and ``<title>`` against an ``<h1>``, which outvotes each alone; a site is no headline."""
    og = '<meta property="og:title" content="Ferry returns">' + linked(
        {"@type": "Article", "headline": "Ferry returns"}
    )
    assert declared(f"{og}<title>Ferry returns | Daily</title>", "<h1>Menu of the day</h1>").title == "Ferry returns"
    assert declared("<title>Boat news</title>", "<h1>Ferry returns</h1>").title == "Ferry returns"
    name = '<meta property="og:site_name" content="Daily Boat">'
    assert declared(f"{name}<title>Ferry returns - Daily Boat</title>", "<h1>Daily Boat</h1>").title == "Ferry returns"


def test_a_headline_that_is_printed_outvotes_one_for_search_engines() -> None:
    """``<title>`` and Twitter with other words lose against the ``<h1>``; where nothing is printed they are taken."""
    head = (
        "<title>Ferry times 2024: best guide</title>"
        + '<meta name="twitter:title" content="Ferry times 2024: best guide">'
    )
    assert declared(head, "<h1>The ferry comes back to the pier</h1>").title == "The ferry comes back to the pier"
    assert declared(head).title == "Ferry times 2024: best guide"


def test_a_heading_that_names_what_the_page_belongs_to_is_no_headline() -> None:
    """``<title>`` has the book's name last, and the page prints it; where the address, the site or another
    place says that the name in front is the site's, what stands behind it is the headline."""
    chapter = "<title>Of splices - The Rope Handbook</title>"
    assert declared(chapter, "<h1>The Rope Handbook</h1><h2>Splices</h2>").title == "Of splices"
    assert declared("<title>Harbours: The Rope Handbook</title>", "<h1>The Rope Handbook</h1>").title == (
        "The Rope Handbook"
    )
    reader = "<title>Knotted | The ferry comes back</title>"
    here = Hints(url="https://news.example.org/2024/the-ferry-comes-back")
    assert declared(reader, "<h1>The ferry comes back</h1>", here).title == "The ferry comes back"
    named = '<meta property="og:site_name" content="Knotted">'
    assert declared(named + reader, "<h1>The ferry comes back</h1>").title == "The ferry comes back"
    graph = '<meta property="og:title" content="{}The ferry comes back">'
    for front in ("", "The Knotted Observer | "):
        assert declared(graph.format(front) + reader, "<h1>The ferry comes back</h1>").title == "The ferry comes back"


@pytest.mark.parametrize("path", ["", "/", "/en/", "/index.html", "/de-de/index.php"])
def test_a_start_page_is_called_what_the_markup_calls_it(path: str) -> None:
    """Its headings are slogans and teasers; the site's name is kept in front, and cut behind more than a word."""
    here = Hints(url=f"https://knotted.example.org{path}")
    slogan = "<h1>Everything holds.</h1>"
    assert declared("<title>Knotted: ropes for sailors</title>", slogan, here).title == "Knotted: ropes for sailors"
    assert declared("<title>Ropes for sailors | Knotted</title>", slogan, here).title == "Ropes for sailors"
    assert declared("<title>Knotted</title>", slogan, here).title == "Knotted"
    assert declared("<title>Home - Knotted</title>", slogan, here).title == "Home - Knotted"
    graph = '<meta property="og:title" content="Ropes for sailors">'
    assert declared(graph, slogan, here).title == "Ropes for sailors"
    assert declared("", slogan, here).title == "Everything holds."


def test_what_only_seems_a_start_page_is_read_like_any_other() -> None:
    """Articles and products may lie at any address, ``og:url`` may name the site on all pages, a query tells pages."""
    head, body = "<title>Knotted: ropes for sailors</title>", "<h1>The ferry comes back to the pier</h1>"
    here = Hints(url="https://knotted.example.org/")
    for more, hints in (
        (linked({"@type": "BlogPosting"}), here),
        (linked({"@type": "Product", "name": "The ferry comes back to the pier"}), here),
        ('<meta property="og:url" content="https://knotted.example.org/">', None),
        ("", Hints(url="https://knotted.example.org/?p=12")),
        ("", Hints(url="https://knotted.example.org/ferry")),
    ):
        assert declared(head + more, body, hints).title == "The ferry comes back to the pier"
    canonical = '<link rel="canonical" href="https://knotted.example.org/">'
    assert declared(head + canonical, body).title == "Knotted: ropes for sailors"


def test_an_address_quoted_as_a_whole_names_no_site() -> None:
    """A host holds no ``%``; the next place that gives an address is asked."""
    quoted = '<meta property="og:url" content="https://post.example%2Fferry">'
    assert declared(quoted, "<h1>The ferry</h1>").site is None
    right = '<meta property="twitter:url" content="https://post.example/ferry">'
    assert declared(quoted + right, "<h1>The ferry</h1>").site == "post.example"


def test_a_kicker_inside_the_heading_is_no_part_of_the_headline() -> None:
    """Its class names it; what hides the divider from the eye does not matter. Other first children stay."""
    heading = '<h1><span class="article__{}">Yachting</span><span class="hide">: </span><span>Ferry returns</span></h1>'
    assert declared("", heading.format("kicker")).title == "Ferry returns"
    assert declared("<title>Yachting: Ferry returns</title>", heading.format("name")).title == "Yachting: Ferry returns"


def test_the_headline_is_found_in_every_vocabulary() -> None:
    """JSON-LD, OpenGraph, other ``<meta>``, ``<title>``, microdata, and the heading that is printed."""
    for head, body in (
        (linked({"@type": "NewsArticle", "headline": "Ferry returns"}), ""),
        ('<meta property="og:title" content="Ferry returns">', ""),
        ('<meta name="dc.title" content="Ferry returns">', ""),
        ("<title>Ferry returns</title>", ""),
        ("", '<div itemscope itemtype="https://schema.org/Article"><p itemprop="headline">Ferry returns</p></div>'),
        ("", "<h1>Ferry returns</h1>"),
    ):
        assert declared(head, body).title == "Ferry returns"
    assert declared("", '<aside><p itemprop="headline">Bus strike</p></aside>').title is None


def test_the_address_tells_the_headline_from_the_name_of_the_blog() -> None:
    """The first ``<h1>`` names the blog in words that are not the site's; the address has the story's words."""
    body = "<h1>Notes from the harbour</h1><h1>Why ropes break</h1>"
    hints = Hints(url="https://boat.example/2024/why-ropes-break.html")
    assert declared("<title>Why ropes break</title>", body, hints).title == "Why ropes break"
    assert address_words(hints.url) == {"why", "ropes", "break"}
    assert address_words("https://boat.example/Fähren-kommen") == {"fahren", "kommen"}
    assert address_words("https://boat.example/123/index.html") == frozenset()
    assert address_words("https://[broken") == address_words(None) == frozenset()


def test_of_equal_words_the_spelling_of_most_places_is_taken() -> None:
    """Of as many, as the page prints it."""
    words_ = [
        Candidate("h1", "THE FERRY’S BACK"),
        Candidate("og", "The ferry's back"),
        Candidate("title", "The ferry's back"),
    ]
    assert choose(words_, Witnesses()).title == "The ferry's back"
    assert choose(words_[:2], Witnesses()).title == "THE FERRY’S BACK"


def test_search_words_behind_the_product_are_cut() -> None:
    """A product's ``<h1>`` that begins the page's title is its name."""
    head = linked({"@type": "Product", "name": "Reefknot 40 litre pack"}) + (
        "<title>Reefknot: 40 litre packs for men and women</title>"
    )
    assert declared(head, "<h1>Reefknot</h1>").title == "Reefknot"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Fähre fährt wieder – Hafenblatt", "Fähre fährt wieder"),
        ("Le ferry revient | Actualités | Le Port", "Le ferry revient"),
        ("フェリーが再開 | 港新聞", "フェリーが再開"),
        ("Hafenblatt: Fähre fährt wieder", "Fähre fährt wieder"),
        (
            "Fähre - ein Rückblick auf viele lange Jahre am Hafen",
            "Fähre - ein Rückblick auf viele lange Jahre am Hafen",
        ),
    ],
)
def test_the_site_is_cut_from_titles_in_many_languages(text: str, bare: str) -> None:
    """By its known name, or by being short behind a bar or a dash; a longer part stays."""
    assert without_site(text, frozenset({"hafenblatt", "leport", "港新聞"})) == bare


def test_no_candidate_is_no_title() -> None:
    """Nor is one without a letter."""
    assert choose([], Witnesses()).title is None
    assert choose([Candidate("h1", "***")], Witnesses()).title is None


def test_authors_are_found_in_every_vocabulary() -> None:
    """JSON-LD with references, lists and nested objects; meta; microdata; rel; a byline's class."""
    people = {"@type": "Person", "@id": "#jane", "name": "Jane Doe"}
    node = {"@type": "NewsArticle", "author": [{"@id": "#jane"}, {"@type": "Person", "name": "John Roe"}]}
    assert declared(linked({"@graph": [node, people]})).authors == ("Jane Doe", "John Roe")
    assert declared('<meta name="author" content="By Jane Doe and John Roe">').authors == ("Jane Doe", "John Roe")
    item = '<div itemprop="author" itemscope><img alt="x"><span itemprop="name">Ana Müller</span> 12 posts</div>'
    assert declared("", item).authors == ("Ana Müller",)
    assert declared("", '<a rel="author" href="/x">View all posts by Zoë Ash</a>').authors == ("Zoë Ash",)
    assert declared("", '<span class="byline">Von Max Muster</span>').authors == ("Max Muster",)
    card = '<meta name="twitter:label1" content="Verfasst von"><meta name="twitter:data1" content="Max Muster">'
    assert declared(card).authors == ("Max Muster",)


def test_the_spelling_with_spaces_is_the_name() -> None:
    """A slug and a name of the same letters are one author."""
    head = linked({"@type": "Article", "author": {"name": "jane-doe"}}) + '<meta name="author" content="Jane Doe">'
    assert declared(head).authors == ("Jane Doe",)


def test_people_come_before_agencies_and_nobody_is_staff() -> None:
    """The site beside a person goes; an agency that signs alone stays; "admin" is nobody."""
    site = '<meta property="og:site_name" content="Harbour Times">'
    both = linked({"@type": "Article", "author": ["Harbour Times", "Jane Doe"]})
    assert declared(site + both).authors == ("Jane Doe",)
    agency = linked({"@type": "Article", "author": {"@type": "Organization", "name": "Harbour News Agency"}})
    assert declared(site + agency).authors == ("Harbour News Agency",)
    assert declared(site + agency + '<meta name="author" content="Jane Doe">').authors == ("Jane Doe",)
    assert declared('<meta name="author" content="admin">').authors == ()
    assert declared('<meta name="author" content="https://social.example/jane">').authors == ()


def test_a_forum_has_the_author_and_the_date_of_its_first_post() -> None:
    """A login is a name there, and answers have authors of their own."""
    question = {
        "@type": "Question",
        "name": "How do I splice a rope?",
        "author": {"@type": "Person", "name": "knot_fan7"},
        "dateCreated": "2021-04-05T10:00:00Z",
        "acceptedAnswer": {"@type": "Answer", "author": {"name": "Jane Doe"}, "datePublished": "2021-04-06"},
    }
    made = declared(linked({"@type": "QAPage", "mainEntity": question}), "<h1>How do I splice a rope?</h1>")
    assert (made.authors, made.published) == (("knot_fan7",), "2021-04-05T10:00:00+00:00")


def test_publication_and_change_are_kept_apart() -> None:
    """A date of change is never the publication, nor what lies before it a change."""
    changed = '<meta property="article:modified_time" content="2024-03-06">'
    assert (declared(changed).published, declared(changed).updated) == (None, "2024-03-06")
    earlier = '<meta property="article:published_time" content="2024-03-07">' + changed
    assert (declared(earlier).published, declared(earlier).updated) == ("2024-03-07", None)


def test_days_that_agree_add_up_and_the_time_comes_from_whoever_has_it() -> None:
    """Address, microdata and ``<time>`` together outvote one ``<meta>``; a comment's time has no vote."""
    hints = Hints(url="https://boat.example/2024/05/24/ferry")
    head = '<meta name="datePublished" content="2020-01-01">'
    body = '<time class="published" datetime="2024-05-24T08:30:00+02:00">May 24</time>'
    body += '<div class="comment"><time datetime="2025-01-01">later</time></div>'
    assert declared(head, body, hints).published == "2024-05-24T08:30:00+02:00"


def test_a_line_that_is_called_the_publication_has_a_vote() -> None:
    """On one line or below its label; against a bare ``<time>``, but not where several days are so called."""
    time = '<time datetime="2025-01-17">17 January 2025</time>'
    assert declared("", f"{time}<h4>Published</h4><p>15 November 2018</p>").published == "2018-11-15"
    assert declared("", f"{time}<p>Veröffentlicht am 15. November 2018</p>").published == "2018-11-15"
    assert declared("", f"{time}<p>Last updated</p><p>15 November 2018</p>").published == "2025-01-17"
    many = "<p>Published 15 November 2018</p><p>Published 16 November 2018</p>"
    assert declared("", time + many).published == "2025-01-17"


def test_names_of_meta_that_mean_publication_are_understood() -> None:
    """Systems make up names; ``published-time`` may be when a change was published."""
    assert (
        declared('<meta name="w-published-date" content="2024-05-24T06:03:43Z">').published
        == "2024-05-24T06:03:43+00:00"
    )
    assert declared('<meta name="published-time" content="2024-05-24">').published is None


def test_widgets_of_page_builders_may_hold_the_article() -> None:
    """Elementor makes widgets of everything, Blogger has one around the post; lists of other posts stay aside."""
    wrap = '<div class="elementor-widget elementor-widget-{}"><div class="elementor-widget-container">{}</div></div>'
    time = '<time datetime="2024-05-24">May 24</time>'
    head = linked({"@type": "Article", "headline": "Ferry returns"})  # no forum, whose first post counts
    assert declared(head, wrap.format("post-info", time)).published == "2024-05-24"
    assert declared(head, wrap.format("posts", time)).published is None
    assert declared(head, f'<div class="widget Blog" id="Blog1">{time}</div>').published == "2024-05-24"
    assert declared(head, f'<div class="widget Archive">{time}</div>').published is None


def test_elements_that_scripts_make_of_time_are_read_like_it() -> None:
    """``<relative-time>`` carries the same attribute."""
    assert declared("", '<relative-time datetime="2024-05-24T10:00:00Z">x</relative-time>').published == (
        "2024-05-24T10:00:00+00:00"
    )


def test_nothing_is_published_after_the_download() -> None:
    """What lies after ``fetched_at`` is an event, or a mistake."""
    head = linked({"@type": "Article", "datePublished": "2024-05-24"})
    assert declared(head, hints=Hints(fetched_at="2024-05-24T09:00:00Z")).published == "2024-05-24"
    assert declared(head, hints=Hints(fetched_at="2024-05-23T09:00:00Z")).published is None
    assert moment("0001-01-01T00:00:00") is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2024/05/24/ferry", "2024-05-24"),
        ("https://a.example/ferry-20240524.html", "2024-05-24"),
        ("https://a.example/2024/13/24/ferry", None),
        ("https://a.example/2024/05/", None),
        ("https://[broken/2024/05/24/", None),
        (None, None),
    ],
)
def test_an_address_may_hold_the_day(url: str | None, day: str | None) -> None:
    """A full one, and only where there is such a day."""
    assert in_address(url) == day


def test_section_tags_licence_and_paywall_are_taken_as_stated() -> None:
    """From schema.org or ``<meta>``; what is not stated is unknown, not free."""
    node = {
        "@type": ["NewsArticle"],
        "articleSection": ["Sport", "Sailing"],
        "keywords": "ferry, islands,Ferry",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "isAccessibleForFree": "False",
        "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": True},
    }
    made = declared(linked(node) + '<link rel="canonical" href="/ferry">', hints=Hints(url="https://a.example/f?x=1"))
    assert (made.section, made.tags, made.is_free) == ("Sport", ("ferry", "islands"), False)
    assert (made.license, made.canonical_url) == (node["license"], "https://a.example/ferry")
    assert (made.url, made.site) == ("https://a.example/f?x=1", "a.example")
    assert declared().is_free is None
    assert declared("", '<a rel="license" href="https://l.example/by">x</a>').license == "https://l.example/by"


def test_of_several_articles_the_pages_own_is_read() -> None:
    """Teasers in a list, and articles with another headline, say nothing about this page."""
    teaser = {"@type": "NewsArticle", "headline": "Bus strike", "author": "John Roe"}
    own = {"@type": "NewsArticle", "headline": "Ferry returns", "author": {"name": "Jane Doe"}}
    listed = {"@type": "ItemList", "itemListElement": [{"item": teaser}]}
    assert declared(linked(listed, teaser, own), "<h1>Ferry returns</h1>").authors == ("Jane Doe",)


@pytest.mark.parametrize(
    "script",
    ["[" * 200_000, '{"@graph":' * 50_000, "{", "null", '{"@type": {"a": 1}, "author": [[[]]], "@id": 3}', "\ud800"],
)
def test_hostile_json_is_passed_over(script: str) -> None:
    """Endless nesting, broken or surprising JSON raises nothing and says nothing."""
    assert read_linked([script], frozenset(), frozenset()).articles == ()


def test_objects_of_json_are_bounded_and_cost_little() -> None:
    """A catalogue of a hundred thousand objects is read up to a bound, in linear time."""
    many = json.dumps([{"@type": "Article", "author": {"name": f"Name {n}"}} for n in range(20_000)])
    assert len(read_linked([many], frozenset(), frozenset()).nodes) == 5_000
    assert growth(lambda size: declared("", '<i class="author"><b>x</b></i>' * size), 2_000) < LINEAR
