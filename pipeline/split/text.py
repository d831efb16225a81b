"""Plain text to lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING

from pipeline.records import FRONT_MATTER, SCRIPT
from pipeline.split.front_matter import front_lines
from pipeline.split.glued import blocks
from pipeline.split.link_addresses import shown_lines as without_link_addresses
from pipeline.split.link_numbers import shown_lines as without_link_numbers
from pipeline.split.markdown import bare_lines, elements, reads_as_markdown, shown_lines, unescaped
from pipeline.split.rendered import RenderedLine
from pipeline.split.scripts import machine_lines, parted
from pipeline.split.wrap import Row, joined_to_previous

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.settings import SplitSettings


@dataclass(frozen=True, slots=True)
class _Columns:
    """The non-blank lines of a page, column by column."""

    numbers: Sequence[int]
    texts: Sequence[str]
    bare: Sequence[str]
    """The texts without what tools leave in Markdown that is none."""
    rows: Sequence[Row]

    def only(self, chosen: Sequence[bool]) -> _Columns:
        numbers, texts = list(compress(self.numbers, chosen)), list(compress(self.texts, chosen))
        return _Columns(numbers, texts, list(compress(self.bare, chosen)), list(compress(self.rows, chosen)))


def text_lines(content: str, settings: SplitSettings) -> list[RenderedLine]:
    """The non-blank lines of ``content``, numbered as an editor numbers them.

    Only LF, CR LF and CR end a line. Python's ``splitlines`` would also break at form feeds, U+0085 and U+2028,
    which editors show inside a line.
    """
    numbers: list[int] = []
    texts: list[str] = []
    rows: list[Row] = []
    blank = False
    for number, raw in enumerate(content.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        text = raw.strip()
        if not text:
            blank = True
            continue
        numbers.append(number)
        texts.append(text)
        rows.append(Row(raw.rstrip(), blank))
        blank = False
    above = front_lines(texts) if settings.front_matter else 0
    if not above:
        return _below(numbers, texts, rows, content, settings)
    front = zip(numbers[:above], texts[:above], rows[:above], strict=True)
    return [
        *(RenderedLine(number, text, row.blank_before, tag=FRONT_MATTER) for number, text, row in front),
        *_below(numbers[above:], texts[above:], rows[above:], "\n".join(texts[above:]), settings),
    ]


def _below(
    numbers: Sequence[int], texts: Sequence[str], rows: Sequence[Row], content: str, settings: SplitSettings
) -> list[RenderedLine]:
    """The lines of the page itself; ``content`` is all of them."""
    bare = bare_lines(texts, content) if settings.markdown else texts
    columns = _Columns(numbers, texts, bare, rows)
    unseen = machine_lines([unescaped(text) if "\\" in text else text for text in bare]) if settings.scripts else []
    if not any(unseen):
        return _lines(columns, content, settings)
    seen = columns.only([not own for own in unseen])
    lines = iter(_lines(seen, "\n".join(seen.texts), settings))
    return [
        _of_machines(number, text, row, settings) if is_unseen else next(lines)
        for number, text, row, is_unseen in zip(numbers, texts, rows, unseen, strict=True)
    ]


def _of_machines(number: int, text: str, row: Row, settings: SplitSettings) -> RenderedLine:
    """A line of script, or of script and text."""
    pieces = parted(text)
    if len(pieces) == 1:
        return RenderedLine(number, text, row.blank_before, tag=SCRIPT)
    parts: list[str] = []
    unseen: set[int] = set()
    for piece, for_machines in pieces:
        if for_machines:
            unseen.add(len(parts))
            parts.append(piece)
        else:
            parts += (blocks([piece], piece)[0] if settings.lost_breaks else ()) or (piece,)
    return RenderedLine(number, text, row.blank_before, parts=tuple(parts), unseen=frozenset(unseen))


def _lines(columns: _Columns, content: str, settings: SplitSettings) -> list[RenderedLine]:
    """The lines that readers see; ``content`` is all of them."""
    texts, rows = columns.texts, columns.rows
    joined = joined_to_previous(rows, settings.wrap_min_columns, settings.wrap_max_columns)
    shown: Sequence[str | None] = [None] * len(texts)
    tags: Sequence[str] = [""] * len(texts)
    parts: Sequence[tuple[str, ...]] = [()] * len(texts)
    blank_before = [row.blank_before for row in rows]
    if settings.markdown and reads_as_markdown(content):
        shown = shown_lines(columns.bare, blank_before)
        tags = elements(texts)
    elif settings.link_numbers and (unnumbered := without_link_numbers(texts, blank_before)):
        shown = unnumbered
    elif settings.link_addresses and (unlinked := without_link_addresses(texts, blank_before, content)):
        shown = unlinked
    elif settings.lost_breaks:
        parts = blocks(texts, content)
    return [
        RenderedLine(number, text, row.blank_before, continues, tag=tag, shown=words, parts=own)
        for number, text, row, continues, tag, words, own in zip(
            columns.numbers, texts, rows, joined, tags, shown, parts, strict=True
        )
    ]
