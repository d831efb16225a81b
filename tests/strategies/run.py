"""Folders of inputs for whole runs: pages of the invented newsroom, hostile odds and ends, and copies with edits."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.pages import story

NAMES = st.integers(0, 30).map(lambda n: f"{'deep/er/' if n % 5 == 0 else ''}page-{n}.txt")

ODD_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("aeiou nrst .,!?-–—•*#|\n\r\t\u200b\u00ad\u2028\x0c“”\"'0123456789©"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    ),
    max_size=300,
)

SENTENCE = (
    "the council river bridge has been closed since Monday and nobody knows when trains will run again said "
    "a spokeswoman for northern railway in October of last year"
)

PARAGRAPH = st.lists(st.sampled_from(SENTENCE.split()), min_size=1, max_size=40).map(
    lambda words: " ".join(words).capitalize() + "."
)


@st.composite
def pages(draw: st.DrawFn) -> str:
    """One plain text page: a story of the newsroom, loose paragraphs, or anything at all."""
    sort = draw(st.sampled_from(["story", "story", "paragraphs", "odd"]))
    if sort == "story":
        return story(draw(st.integers(0, 500))).text()
    if sort == "paragraphs":
        return draw(st.sampled_from(["\n\n", "\n"])).join(draw(st.lists(PARAGRAPH, min_size=1, max_size=8)))
    return draw(ODD_TEXT)


@st.composite
def folders(draw: st.DrawFn, *, near_duplicates: bool = False) -> dict[str, str]:
    """Path to content of 2 to 8 plain text inputs, some of them alike."""
    files = draw(st.dictionaries(NAMES, pages(), min_size=2, max_size=6))
    if near_duplicates:
        for number in range(draw(st.integers(1, 4))):
            original = story(draw(st.integers(0, 3)))
            lines = original.text().split("\n")
            for _ in range(draw(st.integers(0, 3))):
                at = draw(st.integers(0, len(lines) - 1))
                lines[at] = draw(st.one_of(st.just(""), PARAGRAPH))
            files[f"copy-{number}.txt"] = "\n".join(lines)
    return files
