"""Preformatted text in HTML stays as it is written: lines, the white space before them, what recurs, what is odd."""

from __future__ import annotations

import re
from collections import defaultdict
from html import escape
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.open import Corpus
from pipeline.label.labeller import load_labeller
from pipeline.normalise import as_written, normalise_line
from pipeline.records import BODY, Hints, Page, RawPage
from pipeline.settings import LabelSettings, NormaliseSettings, SplitSettings
from pipeline.split import split_page
from tests.conftest import clean

CODE = """class Pump:
    def __init__(self, litres: int) -> None:
        self.litres = litres      # of the tank
        self.is_on = False
    }

\tdef start(self):
\t\treturn {
\t\t\t"state": "on",
\t\t}

# ---------- the same again ----------
class Pump:
    def __init__(self, litres: int) -> None:
        self.litres = litres      # of the tank
        self.is_on = False
    }"""
PROSE = (
    "The class below describes the pump of a garden pond, with the number of litres that its tank holds and whether it "
    "is switched on. It is used by every example of this chapter, so read it before you go on to the next section. "
)
SPANS = re.sub(r"(\w+)", r"<span class=k>\1</span>", escape(CODE))
RENDERINGS = {
    "plain": f"<pre>{escape(CODE)}</pre>",
    "highlighted": f"<div class=highlight><pre><code class='language-py'>{SPANS}\n</code></pre></div>",
    "breaks": f"<pre>{escape(CODE).replace(chr(10), '<br>')}</pre>",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A manual's page in each rendering."""
    folder: Path = tmp_path_factory.mktemp("manuals")
    for name, code in RENDERINGS.items():
        page = f"<title>Pumps</title><main><h1>Pumps</h1><p>{PROSE * 3}</p>{code}<p>{PROSE[::-1]}</p></main>"
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return clean(tmp_path_factory.mktemp("corpus") / "c", folder)


@pytest.mark.parametrize("name", RENDERINGS)
def test_code_stands_in_the_text_as_it_was_written(corpus: Corpus, name: str) -> None:
    """With its breaks, indentation and alignment; no line is lost to rules for prose, or as a repeat of another."""
    (article,) = (row for row in corpus.table("articles").to_pylist() if row["source"] == f"{name}.html")
    assert CODE in article["text"]
    paragraphs = [row["text"] for row in corpus.table("paragraphs").to_pylist() if row["article_id"] == article["id"]]
    assert set(CODE.split("\n\n")) <= set(paragraphs)


def test_every_line_of_code_has_its_row(corpus: Corpus) -> None:
    """In ``lines`` each is one line, with the white space before it."""
    (article,) = (row for row in corpus.table("articles").to_pylist() if row["source"] == "plain.html")
    rows = [row for row in corpus.table("lines").to_pylist() if row["article_id"] == article["id"]]
    assert [row["text"] for row in rows if row["tag"] == "pre"] == [line for line in CODE.split("\n") if line]


@pytest.mark.parametrize("labeller", ["network", "block"])
@pytest.mark.parametrize("code", RENDERINGS.values(), ids=list(RENDERINGS))
def test_a_paragraph_of_code_is_kept_or_not_as_one(labeller: Literal["network", "block"], code: str) -> None:
    """Whichever labeller judges its lines, and wherever it stands."""
    captions = "<pre>a = 1\nThe pump in the pond. Photo: Jane Doe\nb = 2</pre>"
    page = split_page(raw_of(f"<p>{PROSE}</p>{code}<p>{PROSE}</p>{captions}<nav>Home</nav>{code}"), *DEFAULTS)
    assert isinstance(page, Page)
    (labels,) = load_labeller(LabelSettings(labeller=labeller)).label([page])
    kept = defaultdict(set)
    for line, label in zip(page.lines, labels, strict=True):
        if line.tag == "pre":
            kept[line.paragraph].add((label.kind in BODY, label.score))
    assert len(kept) == 7
    assert all(len(own) == 1 for own in kept.values())


def raw_of(content: str) -> RawPage:
    """An HTML file."""
    return RawPage("t", "t", "html", content, "utf-8", "0" * 64, len(content), Hints())


DEFAULTS = (SplitSettings(), NormaliseSettings())
spaces = st.text(st.sampled_from(" \t"), max_size=6)
words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=5)
rows = st.builds(lambda margin, own, gap: margin + gap.join(own), spaces, st.lists(words, min_size=1), st.just("  "))


@given(st.lists(rows | st.just(""), min_size=1, max_size=9))
def test_any_preformatted_lines_come_back(written: list[str]) -> None:
    """Lines, and their order, whatever stands in them; blank ones part paragraphs."""
    content = f"<p>above</p><pre>\n{escape(chr(10).join(written))}</pre><p>below</p>"
    page = split_page(raw_of(content), *DEFAULTS)
    assert isinstance(page, Page)
    own = [line for line in page.lines if line.tag == "pre"]
    assert [line.text for line in own] == [row for row in written if row]
    groups = [group.split("\n") for group in re.split(r"\n{2,}", "\n".join(written).strip("\n")) if group]
    assert len({line.paragraph for line in own}) == len(groups)


@settings(max_examples=400)
@given(st.text(st.sampled_from("ab \t\u00a0\u2003&amp;â€™é<>\u200b"), max_size=20))
def test_white_space_is_all_that_tells_what_is_written_from_what_is_clean(text: str) -> None:
    """The words are those of the normalised line; nothing but spaces and tabs parts them."""
    clean_ = normalise_line(text)
    written = as_written(text, clean_)
    assert written.split() == clean_.split()
    assert not re.search(r"[^\S\t ]", written)
    assert written == written.rstrip()
