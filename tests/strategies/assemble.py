"""Pages as a scraper saves them, and labellers that judge them in nasty ways."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from pipeline.records import Hints, Kind, Label, Line, Page, Quarantined, RawPage
from pipeline.settings import NormaliseSettings, SplitSettings
from pipeline.split.page import split_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NORMALISE = NormaliseSettings()
SPLIT = SplitSettings()

_SENTENCES = (
    "The harbour was quiet before the ferry came in from the island.",
    "Nobody on the council wanted to speak about the bridge again.",
    "“We will not close the school before the summer is over,” she said.",
    "We will not close the school before the summer is over",
    "The harbour was quiet before the ferry came in from the island. Then the bells began, and the market opened.",
    "Der Hafen war ruhig, bevor die Fähre von der Insel kam.",
    "港はフェリーが島から来るまで静かだった。市場が開いた。",
    "By Jane Doe | May 25, 2022",
    "Published: MAY 24, 2022 14:36",
    "Ferry returns to the island",
    "Ferry returns to the island | The Daily Example",
    "A ferry at the pier A ferry at the pier (Photo: Jane Doe)",
    "Home",
    "Share this",
    "• a list item with a bullet",
    "- - item",
    "&amp;amp; entities &lt;b&gt;",
    "ﬁve ligatures and a soft\u00adhyphen",
    "a line that was wrapped by hand at sixty columns or so, and it",
    "goes on here with a small letter until the column is full, as",
    "old mail programs did, which nobody asked for but many still",
    "read today, in archives of lists that were closed long ago.",
    "don\u2019t \u00e2\u20ac\u0153stop\u00e2\u20ac\u009d",
    "\u0301combining mark first",
    "…",
    "***",
)

sentences = st.sampled_from(_SENTENCES)
odd_lines = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)
lines = st.one_of(sentences, sentences, sentences, odd_lines)


@st.composite
def texts(draw: st.DrawFn, most: int = 14) -> str:
    """Some lines, parted by one line break or by a blank line."""
    chosen = draw(st.lists(lines, min_size=1, max_size=most))
    breaks = draw(st.lists(st.sampled_from(["\n", "\n\n"]), min_size=len(chosen), max_size=len(chosen)))
    return "".join(line + end for line, end in zip(chosen, breaks, strict=True))


huge_texts = st.lists(sentences, min_size=60, max_size=140).map(" ".join)
"""A page saved as one line, longer than ``SPLIT.huge_line_chars`` for most draws."""


@dataclass(frozen=True)
class HashLabeller:
    """Judges a line by a hash of itself and of what stands around it: no order, no sense, but always the same."""

    seed: int
    kinds: tuple[Kind, ...]
    context: bool
    name: str = "hash"
    version: str = "1"

    def label(self, pages: Sequence[Page]) -> list[tuple[Label, ...]]:
        return [self._page(page.lines) for page in pages]

    def _page(self, page: Sequence[Line]) -> tuple[Label, ...]:
        labels: list[Label] = []
        for at, line in enumerate(page):
            seen = f"{self.seed}|{line.clean}"
            if self.context:
                before = page[at - 1].clean if at else ""
                after = page[at + 1].clean if at + 1 < len(page) else ""
                seen += f"|{before}|{after}|{len(page)}|{at}"
            digest = blake2b(seen.encode("utf-8", "surrogatepass"), digest_size=2).digest()
            labels.append(Label(self.kinds[int.from_bytes(digest) % len(self.kinds)], 0.5, "model"))
        return tuple(labels)


@dataclass(frozen=True)
class TopIsTitle:
    """Calls the first line of every page its title, whatever it is: the greediest way to erode a text."""

    name: str = "top"
    version: str = "1"

    def label(self, pages: Sequence[Page]) -> list[tuple[Label, ...]]:
        return [
            tuple(Label(Kind.PARAGRAPH if at else Kind.TITLE, 0.9, "model") for at in range(len(page.lines)))
            for page in pages
        ]


@dataclass(frozen=True)
class KeepAll:
    """Calls every line a paragraph."""

    name: str = "all"
    version: str = "1"

    def label(self, pages: Sequence[Page]) -> list[tuple[Label, ...]]:
        return [tuple(Label(Kind.PARAGRAPH, 1.0, "model") for _ in page.lines) for page in pages]


hash_labellers = st.builds(
    HashLabeller,
    seed=st.integers(0, 1_000_000),
    kinds=st.sampled_from(
        [tuple(Kind), (Kind.PARAGRAPH, Kind.NAVIGATION), (Kind.PARAGRAPH,) * 6 + (Kind.QUOTE, Kind.TITLE, Kind.CAPTION)]
    ),
    context=st.booleans(),
)
labellers: st.SearchStrategy[HashLabeller | TopIsTitle | KeepAll] = st.one_of(
    hash_labellers, hash_labellers, st.just(TopIsTitle()), st.just(KeepAll())
)


def page_of(text: str, *, url: str | None = None, language: str | None = None) -> Page:
    """A plain text page, split as the pipeline splits it; ``text`` must have something visible in it."""
    page = read(text, Hints(url=url, language=language))
    assert isinstance(page, Page)
    return page


def read(text: str, hints: Hints | None = None) -> Page | Quarantined:
    """``text`` as the reader and the splitter take it in."""
    data = text.encode("utf-8", "surrogatepass")
    sha = blake2b(data, digest_size=32).hexdigest()
    return split_page(
        RawPage("/in", "a.txt", "text", text, "utf-8", sha, len(data), hints or Hints()), SPLIT, NORMALISE
    )


def labelled(rows: Iterable[tuple[str, Kind]], *, blank: bool = True) -> tuple[Page, tuple[Label, ...]]:
    """A page of the given lines with the given verdicts."""
    pairs = list(rows)
    page = page_of(("\n\n" if blank else "\n").join(text for text, _ in pairs))
    assert len(page.lines) == len(pairs)
    return page, tuple(Label(kind, 0.5, "model") for _, kind in pairs)
