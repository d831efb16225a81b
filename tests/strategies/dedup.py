"""Small corpora full of near-duplicates: copies, edits, cuts and shared paragraphs, over a small vocabulary."""

from __future__ import annotations

from hypothesis import strategies as st

from pipeline.dedup import ArticleItem, ParagraphItem

VOCABULARY = tuple(f"{first}{last}" for first in ("ka", "lo", "mi", "re", "su", "to") for last in "bdfgklmnrst")

sentences = st.lists(st.sampled_from(VOCABULARY), min_size=0, max_size=40).map(" ".join)
"""Up to 40 words; short ones collide often."""

any_text = st.one_of(
    sentences,
    st.text(max_size=60),
    st.text(alphabet="日本語新聞が東京タワーでกขคงภาษไทยabc 12.,'’", max_size=40),
)
"""Prose, arbitrary Unicode, and scripts written without spaces mixed with others."""


@st.composite
def edited(draw: st.DrawFn, original: str) -> str:
    """One small change to a text, or none."""
    words = original.split(" ")
    place = draw(st.integers(0, max(len(words) - 1, 0)))
    match draw(st.sampled_from(("same", "upper", "replace", "cut", "prefix"))):
        case "upper":
            return original.upper() + "!"
        case "replace":
            return " ".join([*words[:place], draw(st.sampled_from(VOCABULARY)), *words[place + 1 :]])
        case "cut":
            return " ".join(words[: place + 1])
        case "prefix":
            return draw(st.sampled_from(VOCABULARY)) + " " + original
        case _:
            return original


@st.composite
def corpora(draw: st.DrawFn) -> tuple[list[ArticleItem], list[ParagraphItem]]:
    """Up to ten articles whose paragraphs come, edited or not, from a small pool."""
    pool = draw(st.lists(sentences, min_size=1, max_size=6))
    articles: list[ArticleItem] = []
    paragraphs: list[ParagraphItem] = []
    for number in range(draw(st.integers(0, 10))):
        chosen = draw(st.lists(st.sampled_from(pool), max_size=4))
        texts = [draw(edited(text)) for text in chosen]
        name = f"article-{number}"
        site = draw(st.sampled_from((None, "one.example", "two.example")))
        body = "\n\n".join(texts)
        articles.append(
            ArticleItem(
                id=name,
                source=f"in/{number}.txt",
                site=site,
                url=draw(st.sampled_from((None, "https://one.example/story", f"https://one.example/{number}"))),
                fetched_at=draw(st.sampled_from((None, "2024-05-01", "2024-05-02"))),
                published=draw(st.sampled_from((None, "2024-04-01", "2024-04-02T10:00:00+02:00", "soon"))),
                updated=None,
                words=len(body.split()),
                text=body,
            )
        )
        paragraphs += [ParagraphItem(f"{name}/{order}", name, site, order, text) for order, text in enumerate(texts)]
    return articles, paragraphs
