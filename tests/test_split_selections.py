"""trafilatura's selections answered from memory: the same elements in the same order."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.split.html import parse
from pipeline.split.opinion import extracted_text
from pipeline.split.selections import LONGEST_KNOWN, quick, selections_from_memory
from tests.growth import LINEAR, growth

LISTS = (
    "RAW_TREE_PRUNE_XPATH",
    "REMOVE_COMMENTS_AND_LISTS_XPATH",
    "BODY_XPATH",
    "OVERALL_DISCARD_XPATH",
    "TEASER_DISCARD_XPATH",
    "DISCARD_IMAGE_ELEMENTS",
)


def expressions() -> list[etree.XPath]:
    """Those that trafilatura's fast mode uses."""
    lists = vars(import_module("trafilatura.xpaths"))
    cleaning = vars(import_module("trafilatura.baseline"))["BASIC_CLEAN_XPATH"]
    return [*(own for name in LISTS for own in lists[name]), cleaning]


NAMES = [
    "post",
    "entry",
    "content",
    "main-content",
    "Main-Content",
    "page-content",
    "article-body",
    "story",
    "fulltext",
    "FullText",
    "infinite-scroll",
    "mvp-post-add-box",
    "elementor-share-buttons",
    "comment-list",
    "comments",
    "commentary",
    "disqus_thread",
    "sidebar",
    "widget",
    "share-",
    "social",
    "^shar",
    "nav-main",
    "subnav",
    "cookie",
    "cookie-banner",
    "onetrust-sdk",
    "footer",
    "Footer",
    "teaser",
    "Teaser",
    "caption",
    "hidden",
    "reply-1",
    "x-reply-y",
    "message",
    "akismet",
    "hide-print",
    "dfpAd",
    "ad-slot",
    "main",
    "mainly",
    "premium",
    "related",
    "byline",
    "author",
    "menu",
    "navbar",
    "plain",
]
values = st.one_of(
    st.lists(st.sampled_from(NAMES), max_size=3).map(" ".join),
    st.sampled_from(["", "a" * (LONGEST_KNOWN + 9) + " sidebar", "post", "content", "navigation", "display:none"]),
)
attributes = st.dictionaries(
    st.sampled_from(
        ["id", "class", "role", "itemprop", "style", "aria-hidden", "data-component", "data-lp-replacement-content"]
    ),
    values,
    max_size=3,
)
tags = st.sampled_from(
    [
        "div",
        "section",
        "aside",
        "article",
        "main",
        "p",
        "span",
        "ol",
        "ul",
        "li",
        "h1",
        "footer",
        "nav",
        "list",
        "item",
        "svg",
        "o:p",
    ]
)
trees: st.SearchStrategy[Any] = st.recursive(
    st.tuples(tags, attributes, st.just([])),
    lambda inner: st.tuples(tags, attributes, st.lists(inner, max_size=4)),
    max_leaves=12,
)


def markup(node: tuple[str, dict[str, str], list[Any]]) -> str:
    """A tree of tags, attributes and children as HTML."""
    tag, named, children = node
    written = "".join(f' {name}="{value}"' for name, value in named.items())
    return f"<{tag}{written}>text{''.join(markup(own) for own in children)}</{tag}>"


@settings(max_examples=150, deadline=None)
@given(st.lists(trees, min_size=1, max_size=4))
@example([("div", {"id": "reply-1", "class": "x"}, []), ("div", {"class": "x", "id": "reply-1"}, [])])
@example([("div", {"class": "infinite-scroll"}, [("h1", {}, [])]), ("div", {"class": "infinite-scroll"}, [])])
def test_the_same_elements_are_chosen(nodes: list[Any]) -> None:
    """Every expression chooses what lxml chooses by it; where one ends in ``[1]`` the first is the same."""
    tree = parse(f"<html><body>{''.join(map(markup, nodes))}</body></html>")
    assert tree is not None
    for expression in expressions():
        chosen, quickly = list(expression(tree)), list(quick(expression)(tree))
        if "[1]" in expression.path:
            assert chosen[:1] == quickly[:1]
        else:
            assert chosen == quickly


def test_patterns_are_never_left_to_lxml() -> None:
    """What costs time is understood: a new release of trafilatura must not quietly make pages slow again."""
    assert [own.path for own in expressions() if "re:test" in own.path and quick(own) is own] == []


@pytest.mark.parametrize(
    "path",
    [
        ".//p[position() = 2]",
        ".//p[2]",
        ".//div/p[@class='a']",
        "//p[@class='a']",
        ".//p|.//div[1]",
        "(.//p)[1]|(.//div)[1]",
        ".//p[@id|@class='a']",
        ".//p[contains(@class, 'a', 'b')]",
        ".//p[@class='a'",
        ".//p[not(@class='a') and @id]",
        "count(.//p)",
        "",
    ],
)
def test_other_expressions_stay_with_lxml(path: str) -> None:
    """What is no choice by tag and attributes is given back as it is."""

    class Expression:
        def __init__(self) -> None:
            self.path = path

    expression = Expression()
    assert quick(expression) is expression  # type: ignore[arg-type, comparison-overlap]


def test_nothing_of_trafilatura_stays_changed() -> None:
    """Behind the block its expressions are its own again, whatever has happened in it."""
    before = expressions()
    with pytest.raises(ZeroDivisionError), selections_from_memory():
        assert all(one is not other for one, other in zip(expressions(), before, strict=True) if "re:" in other.path)
        raise ZeroDivisionError
    assert all(one is other for one, other in zip(expressions(), before, strict=True))


def test_time_grows_with_the_page() -> None:
    """Different classes on every element, none of them seen before, take linear time."""

    def choose(number: int) -> None:
        tree = parse("".join(f'<div class="a{at} b{number}" id="c{at}">x</div>' for at in range(number)))
        assert tree is not None
        with selections_from_memory():
            for expression in expressions():
                expression(tree)

    assert growth(choose, 1_000) < LINEAR


def test_the_text_is_the_same() -> None:
    """trafilatura's answer with its own expressions is that of the second opinion."""
    from trafilatura import bare_extraction

    story = "".join(
        f"<p>The ferry came back on day {n}, after two long years of repairs in the yard.</p>" for n in "abcdefghijkl"
    )
    tree = parse(
        f'<body><div class="sidebar"><p>Most read today and yesterday</p></div><div class="post-content">{story}'
        '<div class="share-box"><p>Share this article with all your friends</p></div></div></body>'
    )
    assert tree is not None
    theirs = bare_extraction(tree, fast=True, include_comments=False, with_metadata=False)
    assert theirs is not None and not isinstance(theirs, dict)
    assert "day b" in (theirs.text or "") and "Share" not in (theirs.text or "")
    assert extracted_text(tree) == theirs.text
