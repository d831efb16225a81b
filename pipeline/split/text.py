"""Plain text to lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.split.glued import blocks
from pipeline.split.markdown import element, reads_as_markdown, shown_lines
from pipeline.split.rendered import RenderedLine
from pipeline.split.wrap import Row, joined_to_previous

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.settings import SplitSettings


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
    joined = joined_to_previous(rows, settings.wrap_min_columns, settings.wrap_max_columns)
    shown: Sequence[str | None] = [None] * len(texts)
    tags: Sequence[str] = [""] * len(texts)
    parts: Sequence[tuple[str, ...]] = [()] * len(texts)
    if settings.markdown and reads_as_markdown(content):
        shown = shown_lines(texts, [row.blank_before for row in rows])
        tags = [element(text) for text in texts]
    elif settings.lost_breaks:
        parts = blocks(texts, content)
    return [
        RenderedLine(number, text, row.blank_before, continues, tag=tag, shown=bare, parts=own)
        for number, text, row, continues, tag, bare, own in zip(
            numbers, texts, rows, joined, tags, shown, parts, strict=True
        )
    ]
