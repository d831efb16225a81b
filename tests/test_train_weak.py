"""Kinds that the markup of a page names: the yardstick and target for kinds of chrome."""

from __future__ import annotations

from pipeline.records import Kind
from pipeline.train.weak import weak_kinds

PAGE = """<!doctype html><html><body class="single-post has-sidebar">
<nav><ul><li class="menu-item"><a href="/">Front page</a></li></ul></nav>
<main><article><header class="entry-header"><h1>Ferry sails again</h1>
<p class="article-dek">After a winter in the dry dock the boat is back, and fares stay as they were.</p>
<span class="byline">By Ada Brandt</span> <time>3 March 2021</time></header>
<figure><img><figcaption>The ferry at dusk</figcaption></figure>
<p>The boat left the harbour at six in the morning with forty people on board, the company said.</p>
<div class="newsletterSignup"><p>All the news of the coast every Friday</p></div>
<p>Half of them had waited since the evening, and some had slept on the quay, as they told reporters.</p>
<div class="addtoany_share"><a>Post</a></div>
<section class="related-posts"><h3>Bridge closed until May</h3><time>1 March 2021</time></section>
<div id="comments"><p class="author">Mina</p><p>Good to hear it.</p></div></article></main>
<footer><p>© 2021 The Paper</p><a href="/jobs">Jobs</a></footer></body></html>"""


def test_the_innermost_named_part_decides() -> None:
    """Each line has the kind of its box; what stands in a teaser or a comment is of the teaser or the comment."""
    expected: dict[str, Kind | None] = {
        "Front page": Kind.NAVIGATION,
        "After a winter in the dry dock the boat is back, and fares stay as they were.": Kind.DEK,
        "By Ada Brandt": Kind.BYLINE,
        "3 March 2021": Kind.DATE,
        "The ferry at dusk": Kind.CAPTION,
        "The boat left the harbour at six in the morning with forty people on board, the company said.": None,
        "All the news of the coast every Friday": Kind.NEWSLETTER,
        "Post": Kind.SHARE,
        "Bridge closed until May": Kind.RELATED,
        "1 March 2021": Kind.RELATED,
        "Mina": Kind.COMMENTS,
        "Good to hear it.": Kind.COMMENTS,
        "© 2021 The Paper": Kind.LEGAL,
        "Jobs": Kind.NAVIGATION,
        "No such line": None,
    }
    assert dict(zip(expected, weak_kinds(PAGE, list(expected)), strict=True)) == expected


def test_equal_lines_are_matched_in_order() -> None:
    """The same words in a menu and among related articles have each the kind of its own place."""
    page = '<body><nav><a>Ferry</a></nav><p>The boat is back.</p><div class="related"><p>Ferry</p></div>'
    assert weak_kinds(page, ["Ferry", "Ferry"]) == [Kind.NAVIGATION, Kind.RELATED]


def test_a_page_without_a_tree_has_no_kinds() -> None:
    """Nothing is guessed where there is no markup."""
    assert weak_kinds("", ["Ferry"]) == [None]
