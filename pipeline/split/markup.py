"""An HTML page: its lines and what it declares, from one parsed tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.records import PREFORMATTED, Metadata
from pipeline.split.declared import read_declared
from pipeline.split.embedded import recovered
from pipeline.split.html import parse
from pipeline.split.signs import page_signs
from pipeline.split.walk.tools import walk_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Described, Hints
    from pipeline.split.rendered import RenderedLine


class ReadMarkup(NamedTuple):
    """What one parsed tree tells of a page."""

    lines: Sequence[RenderedLine]
    declared: Metadata
    title_of_service: str | None
    """As of ``Page``."""
    signs: tuple[str, ...]
    """As of ``Page``."""


_NOTHING: Final = ReadMarkup((), Metadata(), None, ())


def read_markup(content: str, data: bytes, hints: Hints, described: Described) -> ReadMarkup:
    """The lines of a page, and what its markup says of it.

    Lines of an article that only the page's data holds stand among the visible ones.

    :param data: ``content`` in UTF-8.
    :param described: of ``RawPage``.
    """
    tree = parse(content, data)
    if tree is None:
        return _NOTHING
    lines, declaring = walk_for(len(content))(tree)
    found = recovered(declaring, lines)
    if not lines and found is None:
        return _NOTHING
    declared, title_of_service = read_declared(tree, declaring, hints, lines, described)
    signs = page_signs(declaring)
    if found is not None:
        lines = _renumbered([*lines[: found.after], *found.lines, *lines[found.after :]])
    return ReadMarkup(_written_together(lines), declared, title_of_service, signs)


def _written_together(lines: list[RenderedLine]) -> list[RenderedLine]:
    """The lines, those of preformatted text joined up to the next blank line."""
    return [
        line._replace(joined=True)
        if line.tag in PREFORMATTED and not line.blank_before and at and lines[at - 1].tag in PREFORMATTED
        else line
        for at, line in enumerate(lines)
    ]


def _renumbered(lines: Sequence[RenderedLine]) -> list[RenderedLine]:
    """Lines numbered again as in a page that shows them all, blank lines counted."""
    made: list[RenderedLine] = []
    number = 0
    for line in lines:
        number += 1 + (line.blank_before and number > 0)
        made.append(line._replace(number=number))
    return made
