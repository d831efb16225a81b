"""The compiled walk over a page finds what the walk over its elements finds."""

# ruff: noqa: E501 - one page a line

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.split.declaring import MAX_PLACES, Declaring
from pipeline.split.html import parse, walked
from pipeline.split.rendered import RenderedLine
from pipeline.split.walk import compiled, tools
from tests.growth import LINEAR, growth

Found = tuple[list[RenderedLine], list[Any], list[Any], list[str]]


def found(walk: tuple[list[RenderedLine], Declaring]) -> Found:
    """All that a walk finds, comparable."""
    lines, declaring = walk
    return lines, declaring.saying, declaring.marked, declaring.item_types


def assert_same(content: str) -> None:
    """Both walks find the same; the compiled one has left the page to the other only where it must."""
    tree = parse(content)
    if tree is None:
        return
    plain = found(walked(tree))
    by_loops = compiled.walked(tree)
    if by_loops is None:
        assert b"&#xFFFD;" in etree.tostring(tree, encoding="utf-8")
    else:
        assert found(by_loops) == plain


PAGES = [
    "<p>One <b>two</b>\tthree\n four</p><p>  \xa0five\u2003six \x85</p><div>\u3000 七 八\u2028九</div>",
    "<p>&lt;b&gt; &amp;amp; &quot;x&quot; &#13; a&#13;&#10;b &copy; &nosuch; &#x1F600; &#128512; \U0001f600</p>",
    "<pre>a\r\n  b\n\n\nc&#13;d <b>e\n</b>\n</pre>x<pre>\n\n</pre><xmp><b>raw</b></xmp><listing>l\nm</listing>",
    "<pre>\n<i>  </i><b>\tx</b> \n\t <u>y</u>\n  \n<div> z</div>\n<div>w<p> v</div> <br>  u<li> t</pre><p> q <pre>  </pre> r",
    "<table><tr><td>a<td> <td>b<br>c</tr><tr><td><p>l</p><td>r</tr></table><table><tr><th>h<td><table><tr><td>i</table></table>",
    "<ul><li>a<li><p>b</p><li><div>c<span>d</span><time>e</time></div></ul><br><br>f<br>g<br><br>h",
    "<nav class='Main-Menu  footer_nav'><a href=/>Home</a><a>News</a> <button>x</button><label>y</label></nav>",
    f"<div hidden>few</div>x<div style='color:red; DISPLAY : none'>{'word ' * 30}</div><p style='visibility:hidden'>y",
    f"<noscript>few <p>words</p></noscript>z<noscript><div>{'many words ' * 20}</div></noscript><div hidden><b>{'w ' * 24}</b>w</div>",
    "<script>var a = '<p>x</p>'; //]]></script><style>p{}</style><p>shown<script>if (a && b) {}</script> on</p>",
    "<svg class=author><g><path d='M0 0'/><text>in a drawing</text></g></svg><template><p class=byline>t</p></template>",
    "<div id=post-date data-testid=x><span data-testid=story-byline>B</span><a rel='nofollow author' href=/x>A</a>",
    "<a id=author href=/x>no</a><a href='/author/jo'>yes</a><i class=datepicker-date>d</i><i class='date picker'>d</i>",
    "<i class=DatePicker>no</i><i class='x-DATE'>yes</i><i class=date>yes</i><time>t</time><h1 class=author>no</h1>",
    "<div itemscope itemtype='https://schema.org/Article'><span itemprop=author>A</span><i property>p</i><b itemtype>q</b></div>",
    "<div role=navigation class='ad_ ads-x bio tag'>a</div><p role=heading id='x-ad-y'>b</p><p role='Main' class=bio->c</p>",
    "<div class='ÉLAN Menü Kommentare KOMMENTAR\u212aommentar'>a</div><p class='a&amp;b \n newsletter'>b</p><p class='🎉 share'>c</p>",
    f"<div class='{'x' * 199} related'>long</div><div class='{'comment ' * 150}author'>longer</div><p id='{'y' * 2_000}date'>z",
    "<div a\"b='c' \"='' =d=e <f='g' class=share>odd</div><x:y z:w=1>colon</x:y><foo<bar class=menu>tag</foo<bar><p @click='a>b' :k=1>at",
    "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd'>"
    "<html xmlns='http://www.w3.org/1999/xhtml' xml:lang=en><head><title>t</title></head><body><a name=n>x</a><p/>y</body></html>",
    "<p>text<!-- a comment -->more<?php echo 1 ?>end<![CDATA[cdata]]>.</p><textarea>in</textarea><iframe><p>f</p></iframe>",
    "text without a tag",
    "<p></p><div><span></span></div>",
    "<a>one</a><a>two</a><span>three</span>four<b>five</b><i>six</i><img alt=x>seven<img> <time>eight</time>",
    "<p>before<div><p>a</div>after<p>b <a href=#>linked <b>all</b></a> not</p><a><p>whole</p></a>",
]


@pytest.mark.parametrize("content", PAGES)
def test_odd_pages_are_walked_alike(content: str) -> None:
    """White space, escapes, lines that stay, tables, hidden texts, odd names, whatever a page may hold."""
    assert_same(content)


TAGS = "p div span a b br pre td tr table li ul h1 time noscript script style svg button img blockquote xmp title body head x-y"
texts = st.text(
    alphabet=st.one_of(
        st.sampled_from(" \t\n\r\f\xa0\x85\u2028\u3000\u200b<>&\"'/=;ab.\x1c\x0bé漢😀"),
        st.sampled_from("&lt;&#10;]]>-"),
    ),
    max_size=12,
)
names = st.sampled_from(
    ["author", "byline-date", "post_ad_x", "Menu", "bio-", "tags-x", "datepicker", "x1", "É", "comment  share", " ", ""]
)
attributes = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["class", "id", "role", "itemprop", "data-testid", "rel", "href", "property"]), names
        ),
        st.tuples(st.sampled_from(["style"]), st.sampled_from(["display:none", "color:red", ";visibility : hidden"])),
        st.tuples(st.sampled_from(["hidden", "itemtype", 'a"b', "x<y"]), texts.map(lambda text: text.replace('"', ""))),
    ),
    max_size=3,
)
tags = st.builds(
    lambda tag, own, closes: f"<{tag}{''.join(f' {name}={chr(34)}{value}{chr(34)}' for name, value in own)}{closes}>",
    st.sampled_from(TAGS.split()),
    attributes,
    st.sampled_from(["", "", "/"]),
)
ends = st.sampled_from(TAGS.split()).map(lambda tag: f"</{tag}>")
pages = st.lists(st.one_of(tags, ends, texts, st.just("word " * 26)), max_size=30).map("".join)


@settings(deadline=None, max_examples=300)
@given(pages)
def test_any_page_is_walked_alike(content: str) -> None:
    """Tags, ends, attributes and texts in any order."""
    assert_same(content)


def test_only_so_many_marked_places_are_kept() -> None:
    """Those at the top of the page."""
    tree = parse("<body>" + "<i class=date>d</i>" * (MAX_PLACES + 9))
    assert tree is not None
    by_loops = compiled.walked(tree)
    assert by_loops is not None
    assert len(by_loops[1].marked) == MAX_PLACES
    assert found(by_loops) == found(walked(tree))


def test_an_element_with_nothing_but_white_space_is_not_empty() -> None:
    """Its class counts for the path of the lines in it, where that of an empty one does not."""
    assert_same("<div class=menu> <p>a</p></div><div class=menu></div><section class=share>\n</section>")


@pytest.mark.parametrize("content", ["<p>a form&#12;feed</p>", "<p class='a\x0cb'>c</p>"])
def test_what_xml_cannot_say_is_left_to_the_other_walk(content: str) -> None:
    """Signs that it does not know: what libxml2 writes is something else there."""
    tree = parse(content)
    assert tree is not None
    assert compiled.walked(tree) is None
    assert found(tools.compiled(tree)) == found(walked(tree))


def test_raw_text_where_it_is_shown_is_left_to_the_other_walk() -> None:
    """Of a script's text, which nobody sees, nothing is asked but how many words it has."""
    tree: Any = parse("<p>a</p>")
    tree.find(".//p").text = etree.CDATA("raw & <b>")
    assert compiled.walked(tree) is None
    assert [line.text for line in tools.compiled(tree)[0]] == ["raw & <b>"]


def test_time_grows_with_the_page() -> None:
    """Neither nesting, nor hidden elements, nor classes that all differ cost more than their number."""
    for part in ("<div hidden><p class='x{0}'>few", "<a class='c{0}' id='i{0}' style='left:{0}px'>t</a>", "<b> "):
        trees = {count: parse("".join(part.format(n) for n in range(count))) for count in (1_000, 4_000)}

        def work(count: int, trees: dict[int, Any] = trees) -> None:
            assert compiled.walked(trees[count]) is not None

        assert growth(work, 1_000) < LINEAR
