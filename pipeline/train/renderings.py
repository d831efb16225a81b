"""Further renderings of a labelled page: other tools break its HTML into other lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inscriptis import get_text
from resiliparse.extract.html2text import extract_plain_text

from pipeline.evaluate.answers import page_of, text_input
from pipeline.label.sheet import units
from pipeline.split.html import html_lines, parse
from pipeline.train.moved import moved_labels
from pipeline.train.one_line import texts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.train.lines import Lines


def other_renderings(source: str, lines: Lines) -> tuple[tuple[Lines, ...], tuple[Lines, ...]]:
    """The page as tools that know HTML's blocks show it (our own renderer, Resiliparse's full text, Inscriptis), and as
    those that do not: its text node by node, with nothing, a line end or a space between; where labels could be moved.
    """
    if not len(lines):
        return (), ()
    tree = parse(source)
    nodes = [text for _, text in texts_of(tree)] if tree is not None else []
    blocks = (_own(tree), _resiliparse(source), _inscriptis(source))
    loose = (_read("".join(nodes)), _read("\n".join(filter(None, map(str.strip, nodes)))), _read(_spaced(nodes)))
    return _moved(blocks, lines), _moved(loose, lines)


def _moved(renderings: tuple[list[tuple[str, bool]], ...], lines: Lines) -> tuple[Lines, ...]:
    moved = (moved_labels(rendered, lines) for rendered in renderings)
    return tuple(one for one in moved if one is not None)


def _own(tree: Any) -> list[tuple[str, bool]]:
    return [(line.text, line.blank_before) for line in html_lines(tree)] if tree is not None else []


def _resiliparse(source: str) -> list[tuple[str, bool]]:
    return _split(lambda: extract_plain_text(source, main_content=False, alt_texts=False))


def _inscriptis(source: str) -> list[tuple[str, bool]]:
    return _split(lambda: str(get_text(source)))


def _spaced(nodes: list[str]) -> str:
    return " ".join(" ".join(nodes).split())


def _read(text: str) -> list[tuple[str, bool]]:
    """The lines of a text as a run reads them: cut where the ends of blocks are lost, or at sentences."""
    page = page_of(text_input(text))
    if page is None:
        return []
    own = units(page.lines)
    return list(zip(own.texts, own.blank, strict=True))


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
