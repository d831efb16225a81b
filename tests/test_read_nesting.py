"""The nesting of HTML is estimated right, and in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from pipeline.read.nesting import deepest, too_deep
from tests.growth import LINEAR, growth

FAR = 10**9


@pytest.mark.parametrize(
    ("html", "depth"),
    [
        ("no markup", 0),
        ("<p>a<p>b<p>c", 1),
        ("<html><body><div><p>x</p></div></body></html>", 4),
        ("<ul><li>a<li>b<ul><li>c<li>d</ul><li>e</ul>", 4),
        ("<table><tr><td>a<td>b<tr><td>c</table>", 3),
        ("<br><br><img><hr>" * 100, 1 - 1),
        ("<div><br/><img src=x></div>", 1),
        ("<!-- <div><div><div> --><p>x", 1),
        ("<!--><div>x", 1),
        ("<!-- <div> never closed", 0),
        ("<script>'<div><div><div>'</script><p>", 1),
        ("<script><div><div>", 1),
        ("<SCRIPT><div></Script ><b><i>x", 2),
        ("<textarea><div><div></textarea>", 1),
        ("<a title='<div>'><b>x</b></a>", 2),
        ("<div a=\">\" b='>'><div>", 2),
        ('<div a="never closed><div><div><div>', 3 + 1),
        ("</div></div></div><p>", 1),
        ("<b><i></b></i><u>", 2),
        ("<svg><g><path/><path/><style><g><g>", 5),
        ("a < b <c", 0),
        ("<?xml version='1.0'?><!DOCTYPE html><p>", 1),
    ],
)
def test_depth_of_small_pages(html: str, depth: int) -> None:
    """Void elements, comments, raw text, quoted attributes and left-out end tags count as browsers count them."""
    assert deepest(html, FAR) == depth


def test_counting_stops_at_the_limit() -> None:
    """A bomb costs no more than what lies above its limit."""
    assert deepest("<div>" * 1_000_000, 100) == 101


@pytest.mark.parametrize("before", ["", "<p>x</p>" * 500, "<br>" * 500, "<!-- <i> -->" * 500])
@pytest.mark.parametrize("after", ["", "<p>x</p>" * 500, "</div>" * 500, "<"])
def test_a_bomb_is_found_wherever_it_stands(before: str, after: str) -> None:
    """The scan ends early only where the tags that are left are too few: what is around a bomb does not hide it."""
    assert too_deep(f"{before}{'<div>' * 101}{after}", 100)
    assert not too_deep(f"{before}{'<div>' * 100}{'</div>' * 500}", 100)


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a",
        "<a ",
        '<a "',
        "<a b='",
        '<a b="',
        "<!--",
        "<!-- --",
        "</",
        "<a>",
        "<p>",
        "</p>",
        "<b><i></b>",
        "<script>",
        "<a b=c ",
        "<a\x00",
        '<div a=b=">',
        "<svg><",
        "<p a='\">",
        "<![CDATA[",
        "a=",
        "'",
        "-->",
        "<title>",
        "</title",
    ],
)
def test_time_is_linear(piece: str) -> None:
    """No repetition of any fragment of markup takes more than linear time."""
    assert growth(lambda size: deepest(piece * (size // len(piece)), FAR), 50_000) < LINEAR


@given(st.recursive(st.just(""), lambda inner: st.lists(inner, min_size=1, max_size=3).map(
    lambda parts: "".join(f"<div class='a>b'>{part}</div><!-- <b> -->" for part in parts)), max_leaves=20))  # fmt: skip
def test_estimate_agrees_with_a_parser(body: str) -> None:
    """On well-formed pages the estimate is the depth of the tree that lxml builds."""
    page = f"<html><body>{body}</body></html>"
    tree = lxml_html.document_fromstring(page)
    depth = max(sum(1 for _ in element.iterancestors()) + 1 for element in tree.iter("*"))
    assert deepest(page, FAR) == depth


@given(st.text(alphabet="<>/!-='\" abpsvgdiv", max_size=200))
def test_any_text_has_a_depth(text: str) -> None:
    """The estimate is defined for any text and is never more than its tags."""
    depth = deepest(text, FAR)
    assert 0 <= depth <= text.count("<")
    assert [too_deep(text, limit) for limit in range(5)] == [depth > limit for limit in range(5)]
