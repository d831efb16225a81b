"""Tables among an article's paragraphs: each row is one, and a bar between blanks parts its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pipeline.export.documents import is_preformatted

_BAR = re.compile(r"(?<=\s)\|(?=\s)")


@dataclass(frozen=True, slots=True)
class Table:
    """Two rows or more of as many cells each, two or more; no cell has white space around it."""

    rows: tuple[tuple[str, ...], ...]


def with_tables(paragraphs: Iterable[tuple[str, str]]) -> Iterator[Table | tuple[str, str]]:
    """Rows that follow one another as tables, and every other paragraph as it was given.

    Rows of different numbers of cells stay paragraphs: empty cells have left no trace in a row's text, so nobody could
    tell which column a cell belongs to.

    :param paragraphs: kind and text.
    """
    for is_row, group in groupby(((own, _cells(*own)) for own in paragraphs), key=lambda pair: len(pair[1]) > 1):
        members = list(group)
        if is_row and len(members) > 1 and len({len(cells) for _, cells in members}) == 1:
            yield Table(tuple(cells for _, cells in members))
        else:
            yield from (own for own, _ in members)


def _cells(kind: str, text: str) -> tuple[str, ...]:
    if kind != "paragraph" or is_preformatted(text):
        return ()
    return tuple(cell.strip() for cell in _BAR.split(text))
