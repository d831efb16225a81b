"""Pages for the labeller: lines of any script and length, in any order, with and without markup."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from pipeline.records import Hints, Line, Page

_SENTENCES = (
    "The council decided on Tuesday to repair the old bridge, although the costs have doubled.",
    "Der Rat hat am Dienstag beschlossen, die alte Brücke zu sanieren, obwohl sich die Kosten verdoppelt haben.",
    "市議会は火曜日、費用が当初の見積もりの二倍になったにもかかわらず、古い橋を修理することを決めた。",
    "قرر المجلس يوم الثلاثاء إصلاح الجسر القديم رغم أن التكاليف تضاعفت منذ التقدير الأول.",
)
_CHROME = (
    "Home", "Menu", "Share this article", "Sign up for our newsletter", "Most read", "Comments (12)",
    "© 2024 The Example",
    "Read more", "12", "---", "By Ada Brandt", "May 3, 2024", "Photo: Ada Brandt/The Example", "• Sport", "Startseite",
    "A. B. (@ab) May 24, 2022", "https://example.org/a", "。", "\ud800", "a" * 700,
)  # fmt: skip

texts = (
    st.sampled_from(_SENTENCES)
    | st.sampled_from(_CHROME)
    | st.text(max_size=30).map(lambda text: " ".join(text.split()))
)
"""Lines as they may reach the labeller, empty ones too."""


def page_of(lines: Sequence[tuple[str, bool, int, str]], html: bool) -> Page:
    """A page of (text, blank before, paragraph, tag)."""
    return Page(
        id="0" * 16,
        origin="tests",
        source="page",
        format="html" if html else "text",
        encoding="utf-8",
        sha256="0" * 64,
        size=0,
        hints=Hints(),
        lines=tuple(
            Line(number, 0, text, text, paragraph, blank, tag if html else "")
            for number, (text, blank, paragraph, tag) in enumerate(lines, 1)
        ),
    )


pages = st.builds(
    page_of,
    st.lists(
        st.tuples(
            texts,
            st.booleans(),
            st.integers(0, 3),
            st.sampled_from(("", "p", "li", "h1", "h2", "figcaption", "div")),
        ),
        max_size=25,
    ),
    st.booleans(),
)
"""Whole pages, plain text and HTML."""
