"""Labelled pages as tools save them in one line, with where their blocks ended: the truth for ``boundaries``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from lxml import etree

from pipeline.evaluate.answers import html_input
from pipeline.evaluate.bench import fold_of, html_path
from pipeline.records import RawPage
from pipeline.split.breaks.words import measured
from pipeline.split.html import BLOCKS, CELLS, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.evaluate.bench import BenchPage
    from pipeline.split.breaks.words import Ints

FOLDS: Final = 5
WITHIN, INLINE, CELL, END = range(4)
"""What stands between a word and the one before it: nothing, inline elements, cells of a table, the end of a block."""

_UNSEEN: Final = frozenset({"script", "style", "template"})
"""Elements whose text is for no reader."""
_ALSO_BLOCKS: Final = frozenset({"title", "br", "hr", "textarea", "select", "iframe", "noscript"})

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Example:
    """A page in one line; ``n`` words."""

    site: str
    fold: int
    table: npt.NDArray[np.float16]
    """(n, ``COLUMNS``)."""
    keys: Ints
    """(n,)."""
    between: Bytes
    """What stands between each word and the one before it; (n,)."""


def read(bench: Path, page: BenchPage) -> Iterator[Example]:
    """The page as an example; none where its HTML has fewer than two words."""
    raw = html_input(html_path(bench, page), page.url)
    tree = parse(raw.content) if isinstance(raw, RawPage) else None
    words, between = words_of(tree) if tree is not None else ([], [])
    if len(words) > 1:
        table, keys = measured(words)
        yield Example(
            page.site, fold_of(page.site, FOLDS), table.astype(np.float16), keys, np.array(between, dtype=np.uint8)
        )


def texts_of(tree: Any) -> Iterator[tuple[Any, str]]:
    """For each tag in order, which one, and the text up to the next one; empty where it is of scripts."""
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            yield element.tag, element.tail or ""
        else:
            yield element.tag, (element.text or "") if element.tag not in _UNSEEN else ""


def words_of(tree: Any) -> tuple[list[str], list[int]]:
    """The words of a page in one line, as tools give it that put a space between any two texts; and for each what
    stands between it and the word before.
    """
    words: list[str] = []
    between: list[int] = []
    crossed = END
    for tag, text in texts_of(tree):
        is_block = (tag in BLOCKS and tag not in CELLS) or tag in _ALSO_BLOCKS
        crossed = max(crossed, END if is_block else CELL if tag in CELLS else INLINE)
        if own := text.split():
            words += own
            between += [crossed] + [WITHIN] * (len(own) - 1)
            crossed = WITHIN
    return words, between
