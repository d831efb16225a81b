"""Further renderings of a labelled page: other tools break its HTML into other lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inscriptis import get_text
from resiliparse.extract.html2text import extract_plain_text

from pipeline.split.html import html_lines, parse
from pipeline.train.moved import moved_labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.train.lines import Lines


def other_renderings(source: str, lines: Lines) -> tuple[Lines, ...]:
    """The page as our own renderer, Resiliparse's full text and Inscriptis show it, where the labels could be moved."""
    if not len(lines):
        return ()
    moved = (moved_labels(render(source), lines) for render in (_own, _resiliparse, _inscriptis))
    return tuple(one for one in moved if one is not None)


def _own(source: str) -> list[tuple[str, bool]]:
    tree = parse(source)
    return [(line.text, line.blank_before) for line in html_lines(tree)] if tree is not None else []


def _resiliparse(source: str) -> list[tuple[str, bool]]:
    return _split(lambda: extract_plain_text(source, main_content=False, alt_texts=False))


def _inscriptis(source: str) -> list[tuple[str, bool]]:
    return _split(lambda: str(get_text(source)))


def _split(render: Callable[[], str]) -> list[tuple[str, bool]]:
    """Lines of a text; none from a page that the tool cannot read: it has one rendering less."""
    try:
        text = render()
    except Exception:
        return []
    found: list[tuple[str, bool]] = []
    is_blank = False
    for line in text.split("\n"):
        if line.strip():
            found.append((line.strip(), is_blank))
            is_blank = False
        else:
            is_blank = True
    return found
