"""The truth that the boundary network is fitted to: pages in one line, with where their blocks ended."""

from __future__ import annotations

from pathlib import Path

from pipeline.evaluate.bench import load_bench
from pipeline.split.breaks.words import COLUMNS
from pipeline.split.html import parse
from pipeline.train.one_line import CELL, END, INLINE, WITHIN, read, words_of
from tests.miniature import twelve_pages, write_bench


def test_tags_say_what_parts_words() -> None:
    """Blocks, breaks and the page's name part blocks; cells and inline elements are told apart from them."""
    tree = parse(
        "<html><head><title>The ferry</title><script>var a = 1</script></head><body><p>Old <b>ferry</b> sails<br>"
        "again</p><table><tr><td>nine</td><td>ten</td></tr></table>Home<a>News</a></body></html>"
    )
    words, between = words_of(tree)
    assert words == ["The", "ferry", "Old", "ferry", "sails", "again", "nine", "ten", "Home", "News"]
    assert between == [END, WITHIN, END, INLINE, INLINE, END, END, CELL, END, INLINE]


def test_a_page_is_an_example(tmp_path: Path) -> None:
    """Each labelled page has a row of numbers for every word of its HTML, the first of which begins a block."""
    bench = write_bench(tmp_path / "bench", twelve_pages()[:2])
    for page in load_bench(bench):
        (example,) = read(bench, page)
        assert example.site == page.site
        assert example.table.shape == (len(example.keys), COLUMNS)
        assert example.between[0] == END
        assert len(example.between) == len(example.keys) > len(page.lines)
