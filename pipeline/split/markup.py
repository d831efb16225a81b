"""An HTML page: its lines, what it declares, and the second opinion on each line, from one parsed tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.records import Metadata
from pipeline.split.declared import read_declared
from pipeline.split.html import html_lines, parse
from pipeline.split.opinion import extracted_text, kept_lines

if TYPE_CHECKING:
    from pipeline.records import Hints
    from pipeline.split.rendered import RenderedLine


def read_markup(content: str, hints: Hints) -> tuple[list[RenderedLine], Metadata, list[bool] | None]:
    """The visible lines of a page, its metadata, and for each line whether the extractor keeps it (None: it failed)."""
    tree = parse(content)
    lines = html_lines(tree) if tree is not None else []
    if tree is None or not lines:
        return [], Metadata(), []
    texts = [line.text for line in lines]
    declared = read_declared(tree, hints, lines)
    kept = extracted_text(tree)
    return lines, declared, None if kept is None else kept_lines(texts, kept)
