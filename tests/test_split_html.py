"""HTML to lines: what is shown, where lines end, what the markup declares, and the second opinion."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Fault, Hints, Metadata, Page, Quarantined, RawPage
from pipeline.settings import NormaliseSettings, SplitSettings
from pipeline.split import split_page
from pipeline.split.attributes import without_attribute_floods
from pipeline.split.html import html_lines, parse
from pipeline.split.opinion import MAX_LINES, kept_lines, second_opinion
from pipeline.split.people import people
from tests.strategies.split import nasty_lines


def split(content: str, hints: Hints | None = None) -> Page | Quarantined:
    """``content`` as the splitter returns it."""
    data = content.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(data).hexdigest()
    raw = RawPage("/in", "a.html", "html", content, "utf-8", digest, len(data), hints or Hints())
    return split_page(raw, SplitSettings(), NormaliseSettings())


def page(content: str, hints: Hints | None = None) -> Page:
    """``content`` as a page; it must have text."""
    result = split(content, hints)
    assert isinstance(result, Page)
    return result


def shown(content: str) -> list[tuple[str, str]]:
    """Tag and text of each line."""
    return [(line.tag, line.text) for line in page(content).lines]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("<h1>A <b>bold</b>\n title</h1><p>Text.</p>", [("h1", "A bold title"), ("p", "Text.")]),
        ("<p>one<br>two<br/>three</p>", [("p", "one"), ("p", "two"), ("p", "three")]),
        ("<ul><li>a</li><li><p>b</p></li></ul>", [("li", "a"), ("li", "b")]),
        ("<blockquote><p>said</p><div>he</div></blockquote>", [("blockquote", "said"), ("blockquote", "he")]),
        ("<figure><img alt=x><figcaption><p>A pool</p></figcaption></figure>", [("figcaption", "A pool")]),
        ("<pre>a\n  b\n\nc</pre>", [("pre", "a"), ("pre", "  b"), ("pre", "c")]),
        (
            "<table><tr><th>Year<th>Visitors</tr><tr><td>2020</td><td></td><td>12</td></tr></table>",
            [("tr", "Year | Visitors"), ("tr", "2020 | 12")],
        ),
        ("<table><tr><td><p>left</p></td><td><p>right</p></td></tr></table>", [("p", "left"), ("p", "right")]),
        ("<nav><a>Home</a><a>News</a></nav>", [("nav", "Home News")]),
        ("<p><span>T</span>he pool</p>", [("p", "The pool")]),
        ("<div>before<p>inside</p>after</div>", [("div", "before"), ("p", "inside"), ("div", "after")]),
        ("<p>漢<ruby>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby>だ</p>", [("p", "漢字だ")]),
        ("<p>a<!-- no --><script>no()</script>b</p><style>no</style><template>no</template>", [("p", "ab")]),
        ("<head><title>no</title></head><body><p>yes</p><noscript>no</noscript></body>", [("p", "yes")]),
        ("<p hidden>no</p><p style='color:red; display: none'>no</p><p>yes</p>", [("p", "yes")]),
        ("<body><p>a</p></body></html><div><p>b</p></div></body></html>c", [("p", "a"), ("p", "b"), ("body", "c")]),
        (
            "<p><img data-src=x alt='A pool' loading=lazy><noscript><img src=x alt='A pool'></noscript>yes</p>",
            [("p", "yes")],
        ),
        (
            "<p>yes</p><div aria-hidden=true style='visibility:hidden'>no</div><dialog>maybe</dialog>",
            [("p", "yes"), ("dialog", "maybe")],
        ),
        ("<pre><code>def f():\n    return 1\n</code></pre>", [("pre", "def f():"), ("pre", "    return 1")]),
        ("<ol><li>a<ul><li>b</ul><li>c</ol>", [("li", "a"), ("li", "b"), ("li", "c")]),
        ("<dl><dt>term<dd>meaning</dl>", [("dt", "term"), ("dd", "meaning")]),
        ("<blockquote>said<footer>he</footer></blockquote>", [("blockquote", "said"), ("footer", "he")]),
        ("<p>&nbsp;</p><p>AT&amp;T &copy; 😀</p>", [("p", "AT&T © 😀")]),
    ],
)
def test_lines_as_a_browser_would_show_them(content: str, lines: list[tuple[str, str]]) -> None:
    """Blocks, breaks, rows and preformatted lines end a line; what is not shown is left out."""
    assert shown(content) == lines


def test_a_long_hidden_text_is_shown() -> None:
    """Folded answers and texts behind "read more" are content: only short hidden texts are left out."""
    answer = "word " * 40
    assert shown(f"<p>Question?</p><div style='display:none'><p>{answer}</p></div>")[1] == ("p", answer.strip())


def test_blank_lines_stand_at_block_boundaries() -> None:
    """Blocks and double breaks are parted by a blank line; list items, rows and single breaks are not."""
    lines = page("<p>a<br>b<br><br>c</p><ul><li>d<li>e</ul><p>f").lines
    assert [line.blank_before for line in lines] == [False, False, True, True, False, True]
    assert [line.number for line in lines] == [1, 2, 4, 6, 7, 9]


def test_a_page_from_the_wayback_machine() -> None:
    """Its bar is no part of the page, and the page's address is its own."""
    bar = '<div id="wm-ipp-base" style="display:none"><div id="wm-ipp"><p>' + "43 captures " * 30 + "</p></div></div>"
    link = '<link rel=canonical href="/web/20240305083000/https://post.example/ferry">'
    hints = Hints(url="https://web.archive.org/web/20240305083000/https://www.post.example/ferry")
    found = page(f"<head>{link}</head><body>{bar}<h1>The ferry</h1><p>is back</p>", hints)
    assert [line.text for line in found.lines] == ["The ferry", "is back"]
    assert found.declared.canonical_url == "https://post.example/ferry"
    assert page("<p>The ferry is back</p>", hints).declared.canonical_url == "https://www.post.example/ferry"


@pytest.mark.parametrize(
    "content",
    [
        "<script>a()</script><main><h1>The ferry</h1><p>is back</main>and sails<p>again",
        "<title>x</title><meta charset=utf-8><header><h1>The ferry</h1></header><p>is back<p>and sails<p>again",
        "<html><head><title>x</title><x-app><h1>The ferry</h1><p>is back</p></x-app>and sails<p>again",
        "<head><link><main><h1>The ferry</h1></main><article><p>is back</article></head>and sails<p>again",
    ],
)
def test_a_head_that_is_never_closed_hides_no_text(content: str) -> None:
    """Minified pages and fragments leave out the tags of head and body; what no head can hold is the body's."""
    assert [text for _, text in shown(content)] == ["The ferry", "is back", "and sails", "again"]


def test_deep_nesting_is_walked_without_recursion() -> None:
    """Text below more elements than libxml2 follows by default, and than Python recurses, is found."""
    assert shown("<html><body>" + "<div>" * 1_500 + "<p>deep</p>") == [("p", "deep")]


@pytest.mark.parametrize("content", ["", "   ", "<html></html>", "<script>x</script>", "<p> </p>", "<!-- a -->"])
def test_a_page_without_text_is_quarantined(content: str) -> None:
    """Nothing to see is NO_TEXT, never an exception or an empty page."""
    result = split(content)
    assert isinstance(result, Quarantined)
    assert (result.stage, result.fault) == ("split", Fault.NO_TEXT)


def test_a_crash_is_quarantined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever breaks while a page is read stays with that page."""

    def crash(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("pipeline.split.markup.read_markup", crash)
    result = split("<p>text</p>")
    assert isinstance(result, Quarantined)
    assert result.fault is Fault.CRASHED


_TAGS = """
    <p> </p> <div/hidden> <table> <tr> <td> </td> <br> <pre> </pre> <li> </ul> < > & <script> </script> <!-- -->
    <![CDATA[ <svg> <title> <button> </span> <h1/lang='>
"""
_PIECES = st.sampled_from(_TAGS.split())


@given(st.lists(_PIECES | nasty_lines, max_size=15).map("".join))
def test_any_markup_gives_a_page_or_a_reason(content: str) -> None:
    """Broken markup never raises; lines are visible, stripped, storable and numbered upwards."""
    result = split(content)
    if isinstance(result, Quarantined):
        assert result.fault is Fault.NO_TEXT
        return
    numbers = [line.number for line in result.lines]
    assert numbers == sorted(set(numbers))
    for line in result.lines:
        assert line.text
        assert line.text == line.text.strip()
        line.text.encode("utf-8")


BODY = "".join(
    f"<p>The {nth} paragraph of the article says something about the pool, and it goes on for a good while, so that "
    f"an extractor takes it for the text of the page, as a reader would. It has a second sentence, too.</p>"
    for nth in ("first", "second", "third", "fourth")
)
ARTICLE = f"""<html lang="en-GB"><head>
<title>Pool to close | The Poolham Post</title>
<meta property="og:title" content="Pool to close - The Poolham Post">
<meta property="og:site_name" content="The Poolham Post">
<meta property="og:description" content="After ten years of debate, the council has made up its mind.">
<link rel="canonical" href="https://www.poolhampost.example/news/pool">
<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [
 {{"@type": "NewsArticle", "headline": "Pool to close", "datePublished": "2024-03-05T08:30:00+01:00",
  "dateModified": "2024-03-06", "author": [{{"@type": "Person", "name": "By JANE DOE and John Roe"}},
  {{"@id": "#staff"}}]}}, {{"@id": "#staff", "name": "The Poolham Post"}}]}}</script></head>
<body><nav><a href="/">Home</a> <a href="/n">News</a></nav><article><h1>Pool to close</h1>
<h2>After ten years of debate, the council has made up its mind.</h2>{BODY}</article>
<footer><p>Copyright The Poolham Post</p></footer></body></html>"""


def test_the_markup_declares_the_metadata() -> None:
    """Title without the site, dek that is visible, people without "By", dates as precise as given."""
    assert page(ARTICLE).declared == Metadata(
        title="Pool to close",
        dek="After ten years of debate, the council has made up its mind.",
        authors=("Jane Doe", "John Roe"),
        published="2024-03-05T08:30:00+01:00",
        updated="2024-03-06",
        language="en",
        site="poolhampost.example",
        url="https://www.poolhampost.example/news/pool",
        canonical_url="https://www.poolhampost.example/news/pool",
        site_name="The Poolham Post",
    )


def test_hints_come_before_the_markup() -> None:
    """The address and the language that were handed over with the page win."""
    declared = page(ARTICLE, Hints(url="https://mirror.example/x", language="fr")).declared
    assert (declared.url, declared.site, declared.language) == ("https://mirror.example/x", "mirror.example", "fr")


def test_unknown_stays_unknown() -> None:
    """A page that declares nothing has no metadata, and a description that nobody sees is no dek."""
    declared = page('<meta name="description" content="For search engines only."><p>Some text.</p>').declared
    assert declared == Metadata()


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05T08:30:00Z", "2024-03-05T08:30:00+00:00"),
        ("2024-03-05 08:30:00.123", "2024-03-05T08:30:00"),
        ("Tue, 05 Mar 2024 08:30:00 +0100", "2024-03-05T08:30:00+01:00"),
        ("0001-01-01T00:00:00", None),
        ("soon", None),
    ],
)
def test_moments(stamp: str, moment: str | None) -> None:
    """Stamps become ISO 8601 with no more precision than they have; nonsense becomes nothing."""
    markup = f'<head><meta property="article:modified_time" content="{stamp}"></head><p>Some text.</p>'
    assert page(markup).declared.updated == moment


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["By Susan Doe, Senior Reporter"], ("Susan Doe",)),
        (["susan doe", "Susan Doe"], ("susan doe",)),
        (["Von Anna Roe und Max Moe"], ("Anna Roe", "Max Moe")),
        (["Sammy Doe, Jr.", "Ann Lee, PhD"], ("Sammy Doe Jr.", "Ann Lee")),
        (["Post Staff", "admin@post.example", "https://post.example/jane", "The Post"], ()),
        (["Angel Di Maria", "Di Stefano"], ("Angel Di Maria", "Di Stefano")),
        (["AFP", "山田太郎"], ("AFP", "山田太郎")),
    ],
)
def test_people(values: list[str], names: tuple[str, ...]) -> None:
    """Author fields become people: no "By", no roles, no addresses, no site."""
    assert people(values, frozenset({"thepost"})) == names


def test_the_second_opinion_tells_article_from_chrome() -> None:
    """Paragraphs of the article are kept by the extractor, the menu and the footer are not."""
    read = page(ARTICLE)
    heard = second_opinion(read)
    assert heard is not None
    verdicts = {line.text[:20]: main for line, main in zip(read.lines, heard, strict=True)}
    assert verdicts["The first paragraph "] is True
    assert verdicts["The fourth paragraph"] is True
    assert verdicts["Home News"] is False
    assert verdicts["Copyright The Poolha"] is False


def test_alignment_survives_joined_cut_and_repeated_lines() -> None:
    """Lines are found by their words, in order, and a repeated line is kept as often as the extractor has it."""
    ours = [
        "Subscribe",
        "Read this first",
        "One two three four",
        "five six seven eight nine",
        "Share",
        "Last words here",
    ]
    kept = "One  two three four five six seven\neight nine\nShare\nLast, words here!"
    assert kept_lines(ours, kept) == [False, False, True, True, True, True]
    assert kept_lines(["The same line", "The same line"], "The same line") == [True, False]
    assert kept_lines(ours, "") == [False] * len(ours)


def test_the_result_does_not_depend_on_earlier_pages() -> None:
    """The same page gives the same verdicts the sixth time (an extractor's memory is never on)."""
    first, *others = [second_opinion(page(ARTICLE)) for _ in range(6)]
    assert first is not None
    assert any(first)
    assert all(other == first for other in others)


def test_wide_pages_take_bounded_time() -> None:
    """Above the limit of elements, where the extractor is quadratic, it is left out, and the lines are there."""
    wide = page("<table><tr>" + "<td> </td>" * 50_000 + "<td>x</td></tr></table>")
    assert [line.text for line in wide.lines] == ["x"]
    assert second_opinion(wide) is None
    broken = page("<p>a" + "<br>" * 50_000 + "b")
    assert [line.text for line in broken.lines] == ["a", "b"]
    assert second_opinion(broken) is None


def test_long_lists_are_not_asked_about() -> None:
    """A page of more lines than the limit gets no second opinion in a run; a training hears it all the same."""
    items = "".join(f"<p>Item number {n} of the list of things that are sold here.</p>" for n in range(MAX_LINES + 1))
    long = page(f"<article>{items}</article>")
    assert len(long.lines) == MAX_LINES + 1
    assert second_opinion(long) is None
    heard = second_opinion(long, thorough=True)
    assert heard is not None
    assert len(heard) == len(long.lines)
    assert second_opinion(replace(long, lines=long.lines[:-1])) is not None


def test_plain_text_does_not_import_the_html_tools() -> None:
    """Importing the splitter loads neither lxml nor trafilatura: half a second for every worker."""
    code = "import sys, pipeline.split; print('trafilatura' in sys.modules, 'lxml' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]


def test_nothing_is_logged_about_broken_pages(caplog: pytest.LogCaptureFixture) -> None:
    """The extractor's complaints stay with the page's record."""
    with caplog.at_level(logging.WARNING):
        second_opinion(page("<p>x"))
    assert not caplog.records


def test_a_flood_of_attributes_is_left_out() -> None:
    """An element with a hundred thousand attributes neither takes minutes nor costs its text; a long picture stays."""
    flood = " ".join(f"a{n}=1" for n in range(100_000))
    page = f'<body {flood}><p>Before.</p><p><img src="data:{"x" * 50_000}" id=i>After.</p></body>'
    assert "data:" in without_attribute_floods(page)
    assert "a99999" not in without_attribute_floods(page)
    tree = parse(page)
    assert tree is not None
    assert [line.text for line in html_lines(tree)] == ["Before.", "After."]


@pytest.mark.parametrize("between", ["", " "])
def test_a_flood_of_quoted_brackets_is_left_out(between: str) -> None:
    """A ``>`` within quotes ends no tag: libxml2 would compare fifty thousand attributes with one another."""
    flood = between.join(f'a{n}=">"' for n in range(50_000))
    page = f'<p id="first">Before.</p><p {flood}>After.</p>'
    assert without_attribute_floods(page) == '<p id="first">Before.</p><p>After.</p>'
    tree = parse(page)
    assert tree is not None
    assert [line.text for line in html_lines(tree)] == ["Before.", "After."]


@pytest.mark.parametrize("before", [0, 1, 9_990, 10_000, 10_001, 29_999])
def test_a_flood_is_found_wherever_it_begins(before: int) -> None:
    """Long tags are sought in leaps, which miss none."""
    page = "x" * before + "<p>text</p><b " + " ".join(f"a{n}" for n in range(3_000)) + ">end"
    assert without_attribute_floods(page) == "x" * before + "<p>text</p><b>end"


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_characters_that_end_a_page_for_the_parser_are_spaces(character: str) -> None:
    """Text behind a control character or a noncharacter is still there."""
    tree = parse(f"<p>one{character}two</p><p>three é</p>")
    assert tree is not None
    assert [line.text for line in html_lines(tree)] == ["one two", "three é"]
