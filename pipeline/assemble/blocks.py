"""Lines to blocks: what a person would call one paragraph, heading or caption."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.normalise import as_written, normalise_line
from pipeline.records import BODY, METADATA, PREFORMATTED, Kind, Label, Page, Paragraph
from pipeline.split.wrap import join_wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.settings import NormaliseSettings

PIECE_CHARS = 400
"""Sentences of one huge line are gathered into paragraphs of about this length, a newspaper paragraph's."""


class Block(NamedTuple):
    """One or more lines of a page that form one paragraph (or one line of metadata).

    A tuple, because it is made for every paragraph, three times as fast as a dataclass.
    """

    kind: Kind
    """Of the first line."""
    text: str
    lines: tuple[int, ...]
    """Indices into ``page.lines``, ascending."""

    @property
    def is_body(self) -> bool:
        """Whether it is part of the article's text."""
        return self.kind in BODY


_SAYS_SOMETHING = BODY | METADATA


def blocks_of(page: Page, labels: Sequence[Label], normalise: NormaliseSettings) -> list[Block]:
    """Body and metadata blocks in order: each metadata line alone, the body lines of one hard-wrapped paragraph joined,
    those of a preformatted one as they are written.

    Lines without visible text have no block. Sentences of a huge line stay apart; see ``gathered``.
    """
    groups: list[list[int]] = []
    open_paragraph: int | None = None
    for index, (line, label) in enumerate(zip(page.lines, labels, strict=True)):
        kind = label.kind
        if kind not in _SAYS_SOMETHING or not line.clean:
            continue
        body = kind in BODY
        if body and line.paragraph == open_paragraph:
            groups[-1].append(index)
        else:
            groups.append([index])
            open_paragraph = line.paragraph if body else None
    blocks: list[Block] = []
    for group in groups:
        text = _text_of(page, group, normalise)
        if text:
            blocks.append(Block(labels[group[0]].kind, text, tuple(group)))
    return blocks


def gathered(page: Page, blocks: Sequence[Block], normalise: NormaliseSettings, longest: int) -> list[Block]:
    """The body blocks as they stand in the text: adjacent sentences of one huge line gathered into paragraphs.

    :param longest: characters from which the splitter would cut a line again: no paragraph is that long, so that a
        cleaned text is not cut when it is cleaned again. A longer one is left in its lines.
    """
    result: list[Block] = []
    for block in blocks:
        if not block.is_body:
            continue
        for piece in _short_enough(page, block, normalise, longest):
            last = result[-1] if result else None
            if last is not None and _belongs(page, last, piece) and len(last.text) + len(piece.text) < longest:
                lines = (*last.lines, *piece.lines)
                result[-1] = Block(last.kind, _joined([last.text, piece.text], normalise), lines)
            else:
                result.append(piece)
    return result


def paragraphs_of(page: Page, blocks: Sequence[Block]) -> tuple[Paragraph, ...]:
    """Body blocks as the records of an article."""
    return tuple(
        Paragraph(block.kind, block.text, page.lines[block.lines[0]].number, page.lines[block.lines[-1]].number)
        for block in blocks
    )


def _text_of(page: Page, lines: Sequence[int], normalise: NormaliseSettings) -> str:
    own = [page.lines[index] for index in lines]
    if _stay_lines(page, lines):
        return "\n".join(as_written(line.text, line.clean) for line in own)
    return _joined([line.clean for line in own], normalise)


def _stay_lines(page: Page, lines: Sequence[int]) -> bool:
    return all(page.lines[index].tag in PREFORMATTED and not page.lines[index].part for index in lines)


def _joined(texts: Sequence[str], normalise: NormaliseSettings) -> str:
    # Normalised again: joining can put a letter before a combining mark, or complete a mangled character.
    return texts[0] if len(texts) == 1 else normalise_line(join_wrapped(texts), normalise)


def _belongs(page: Page, last: Block, piece: Block) -> bool:
    """Whether a sentence of a huge line goes on in the paragraph before it."""
    before, line = page.lines[last.lines[-1]], page.lines[piece.lines[0]]
    return (
        line.part > 0
        and before.number == line.number
        and piece.lines[0] == last.lines[-1] + 1
        and last.kind is Kind.PARAGRAPH
        and piece.kind is Kind.PARAGRAPH
        # what begins with a small letter was cut inside its sentence
        and (len(last.text) < PIECE_CHARS or piece.text[:1].islower())
    )


def _short_enough(page: Page, block: Block, normalise: NormaliseSettings, longest: int) -> list[Block]:
    # preformatted text is no line when it is cleaned again, but many
    if len(block.text) <= longest or len(block.lines) == 1 or _stay_lines(page, block.lines):
        return [block]
    # Hard-wrapped text without a blank line in thousands of characters: about equal halves, at a line's end.
    middle = len(block.lines) // 2
    halves: list[Block] = []
    for lines in (block.lines[:middle], block.lines[middle:]):
        text = _joined([page.lines[index].clean for index in lines], normalise)
        halves += _short_enough(page, Block(block.kind, text, lines), normalise, longest)
    return halves
