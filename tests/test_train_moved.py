"""Labels of a page move to the lines of another rendering, and to no line that they do not explain."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.train.bare import without_attributes
from pipeline.train.lines import Lines, unasked
from pipeline.train.moved import found_rows, moved_labels

_MENU = ("Home", "Sports scores and tables", "Weather for the whole week")
_STORY = (
    "The old ferry left the harbour at dawn on Monday.",
    "Forty people stood on the quay and waved until it was out of sight.",
    "Nobody knows whether it will ever come back to the island.",
)


def _lines(texts: tuple[str, ...], body: list[bool]) -> Lines:
    number = len(texts)
    return Lines(
        texts,
        np.zeros(number, dtype=np.bool_),
        np.array(body, dtype=np.bool_),
        np.arange(number),
        np.zeros((number, 2), dtype=np.int8),
        unasked(number),
    )


_PAGE = _lines((*_MENU, *_STORY), [False] * len(_MENU) + [True] * len(_STORY))


def test_joined_and_parted_lines_keep_their_labels() -> None:
    """A line made of several has the labels of the one that gives most words; parts have those of their whole."""
    rendered = [
        (" ".join(_MENU), False),
        ("The old ferry left the harbour", True),
        ("at dawn on Monday.", False),
        (_STORY[1], True),
        (f"* {_STORY[2]}", True),
    ]
    moved = moved_labels(rendered, _PAGE)
    assert moved is not None
    assert moved.texts == tuple(text for text, _ in rendered)
    assert moved.body.tolist() == [False, True, True, True, True]
    assert moved.kind.tolist() == [2, 3, 3, 4, 5]
    assert moved.blank.tolist() == [False, True, False, True, True]


def test_a_line_of_other_words_is_left_out() -> None:
    """What the labelled rendering does not have gets no label."""
    rendered = [(text, False) for text in (*_MENU, "Accept all of our partners", *_STORY)]
    moved = moved_labels(rendered, _PAGE)
    assert moved is not None
    assert moved.texts == _PAGE.texts


def test_a_rendering_without_the_body_is_refused() -> None:
    """A rendering that lost most of the article, or shows another page, teaches nothing."""
    assert moved_labels([(text, False) for text in _MENU], _PAGE) is None
    assert moved_labels([("Quite another page", False)], _PAGE) is None
    assert moved_labels([], _PAGE) is None


@given(
    st.lists(
        st.tuples(st.text(alphabet="abcd ", min_size=1, max_size=30).filter(str.strip), st.booleans()),
        min_size=1,
        max_size=25,
    )
)
def test_the_same_rendering_keeps_every_label(parts: list[tuple[str, bool]]) -> None:
    """Aligned with itself, a page has each line and each label where it was, however often its words repeat."""
    lines = _lines(tuple(text for text, _ in parts), [is_body for _, is_body in parts])
    moved = moved_labels([(text, False) for text, _ in parts], lines)
    assert moved is not None
    assert moved.texts == lines.texts
    assert moved.kind.tolist() == lines.kind.tolist()


def test_words_are_found_again_where_they_stand() -> None:
    """Each word with its line on both sides, and how much of each line is found."""
    rows, sources, share = found_rows([*_MENU, *_STORY], ["Weather today", _STORY[1], "Forty-one men"])
    assert set(zip(rows.tolist(), sources.tolist(), strict=True)) == {(0, 2), (1, 4)}
    assert (rows == 1).sum() == len(_STORY[1].split())
    assert share.tolist() == [0.5, 1.0, 0.0]
    assert [own.tolist() for own in found_rows(_STORY, [])] == [[], [], []]
    assert found_rows([], _STORY)[2].tolist() == [0.0] * len(_STORY)


def test_a_page_without_attributes_keeps_its_text_and_its_addresses() -> None:
    """Names, styles and scripts are gone; what stands behind a script stays; odd names and values do no harm."""
    page = """<html><head><meta property="og:title" content="Ferry"><style>p {}</style></head><body class="a">
    <script>var a = 1</script>left at dawn<p id="b" {x} {} onclick="c()">The <a href="/d" rel="e">ferry</a>
    <a href="/\x0cf\x1f">today</a></p>
    <noscript>no script</noscript></body></html>"""
    bare = without_attributes(page)
    assert 'href="/d"' in bare
    assert "left at dawn" in bare
    assert "no script" in bare
    assert not any(word in bare for word in ("class", "id=", "rel=", "onclick", "var a", "og:title", "p {}"))
    assert "today" in bare
    assert without_attributes("") == ""
