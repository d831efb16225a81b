"""Hard-wrapped text: which lines are pieces of one paragraph that was broken at a fixed width.

A wrapped line is *full*: the first word of the next line would not have fitted. For each pair of neighbouring lines
that gives a range of widths for which the first is full. Where one width fits nearly all pairs that read on (the
next line begins with a small letter), the page was wrapped at that width, and its full lines are joined. Menus,
lists of headlines, verse and paragraphs of one line do not agree on a width, or do not read on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_SUPPORT: Final = 4
"""Pairs that read on and are full at the width: fewer happen by chance on long unwrapped pages."""
MIN_AGREEMENT: Final = 0.6
"""... as a share of all pairs that read on: lines broken for another reason (verse, markup) do not agree."""
MAX_FIRST_LINE_INDENT: Final = 10
"""Columns by which the first line of a paragraph may be set in."""
NEARLY_FULL: Final = 0.75
"""Share of the page's width from which a line that reads on was wrapped too: some wrappers even out their lines."""
MIN_WIDTHS: Final = 3
"""Different lengths among the full lines: a list of rows made by one template repeats a length instead."""
HYPHEN_REACH: Final = 12
"""Columns: a line that ends in a hyphen was full, but how long the whole word was cannot be seen."""

_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6"
    "\U00020000-\U0003fffd]"
)
_NOT_SPACED = re.compile("[\u2e80-\u303e\u3041-\ua4cf\uf900-\ufaff\uff01-\uff60\U00020000-\U0003fffd]")
"""Scripts written without spaces between words: Chinese and Japanese, not Korean."""
_HYPHENS: Final = "-\u2010"
_BULLET = re.compile(
    r"(?:[-*+•‣◦▪●○■□–—·»›✓✔➤►]\s+|\(?(?:[0-9]{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s+|\[[0-9]{1,3}\]|#{1,6}\s+)"
)
"""What opens a paragraph: a list's mark, a note's number, or a heading's in Markdown. It may go on in the next line."""
_SET_APART = re.compile(r"[>|=]|#(?!#{0,5}\s)|[-_*=~+^]{3,}|https?://\S+\Z")
_COLUMNS = re.compile(r"\S(?:\t| {3,})\S|\|.*\|")
_CODE_END = re.compile(r"[;{}\\]\Z")
_STOP = re.compile(r"[.!?…:。！？।؟۔;][\"'”’»)\]」』）]*\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """One non-blank line as it stands in the input."""

    raw: str
    """With its indentation, without what follows the last visible character."""
    blank_before: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    indent: int
    width: int
    """Columns up to the last character, indentation included."""
    first: int
    """Columns of the first word, with the space before it."""
    bullet: int
    """Columns of a list marker and the space after it; 0: none."""
    apart: bool
    """Never part of running text: a rule, a quoted mail, a table row, code."""
    stops: bool
    hyphen: bool
    begins: str
    """``lower``, ``upper`` or ``other``."""
    caseless: bool
    single: bool
    """One word, which no tool breaks, however long: an address."""
    unspaced: bool
    """Chinese or Japanese: any character may be the last of a line, so full lines are all of one length."""


def joined_to_previous(rows: Sequence[Row], min_columns: int, max_columns: int) -> list[bool]:
    """For each row, whether it continues the paragraph of the row before; all False where nothing was wrapped."""
    joined = [False] * len(rows)
    # most pages have no such lines, and measuring all of them would take longer than all else that splits a page
    if not _may_be_wrapped(rows, min_columns, max_columns):
        return joined
    shapes = [_shape(row.raw, max_columns) for row in rows]
    pairs = [
        index
        for index in range(1, len(rows))
        if not rows[index].blank_before and _may_continue(shapes[index - 1], shapes[index])
    ]
    width = _page_width(shapes, pairs, min_columns, max_columns)
    if width is None:
        return joined
    for index in pairs:
        last, shape = shapes[index - 1], shapes[index]
        low, high = _full_at(last, shape)
        full = low <= width and (
            width <= high or (low >= NEARLY_FULL * width and shape.begins == "lower" and not last.stops)
        )
        joined[index] = full and _aligned(shapes, joined, index)
    _drop_lists(rows, shapes, joined)
    return joined


def _may_be_wrapped(rows: Sequence[Row], min_columns: int, max_columns: int) -> bool:
    """Whether enough neighbouring lines might read on and be full; no page that is wrapped fails."""
    support = 0
    for last, row in pairwise(rows):
        if row.blank_before or len(last.raw) > max_columns or _falls_short(last.raw, row.raw, min_columns):
            continue
        letter = _first_letter(row.raw.lstrip())
        if (letter.isalpha() and not letter.isupper()) or last.raw[-1] in _HYPHENS:
            support += 1
    return support >= MIN_SUPPORT


def _falls_short(last: str, row: str, min_columns: int) -> bool:
    """Whether a line is too short to be full at any width, even with the first word of the next one (ASCII only)."""
    if len(last) + HYPHEN_REACH > min_columns or last[0] == "\t" or not last.isascii() or not row.isascii():
        return False
    return len(last) + len(row.split(None, 1)[0]) < min_columns


def join_wrapped(lines: Sequence[str]) -> str:
    """The lines of one paragraph as one text.

    Joined by a space, but without one between Chinese or Japanese characters. A hyphen at a line's end stays and
    takes no space after it when a small letter follows ("well-" + "known"): whether it was put there by the wrapping
    cannot be known from the text, and a hyphen too many is better than a word that nobody wrote.
    """
    text = ""
    for line in lines:
        if not text or not line:
            text += line
            continue
        bare = (_NOT_SPACED.match(text[-1]) and _NOT_SPACED.match(line[0])) or (
            text[-1] in _HYPHENS and text[-2:-1].islower() and line[0].islower()
        )
        text += line if bare else f" {line}"
    return text


def _shape(raw: str, max_columns: int) -> _Shape:
    raw = raw.expandtabs(8) if raw[:1].isspace() else raw
    text = raw.lstrip()
    indent = len(raw) - len(text)
    if len(text) > max_columns:  # too long to be a wrapped line: only its beginning matters
        width, is_word = indent + len(text), " " not in text
        return _Shape(indent, width, max_columns, 0, True, True, False, "other", False, is_word, False)
    letter = _first_letter(text)
    begins = "lower" if letter.islower() else "upper" if letter.isupper() else "other"
    unspaced = _NOT_SPACED.match(text) is not None
    word = text[:1] if unspaced else text.split(None, 1)[0]
    bullet = _BULLET.match(text)
    return _Shape(
        indent=indent,
        width=indent + _columns(text),
        first=_columns(word) + (0 if unspaced else 1),
        bullet=bullet.end() if bullet else 0,
        apart=_SET_APART.match(text) is not None
        or _COLUMNS.search(text) is not None
        or _CODE_END.search(text) is not None,
        stops=_STOP.search(text) is not None,
        hyphen=text[-1] in _HYPHENS and text[-2:-1].isalpha(),
        begins=begins,
        caseless=begins == "other" and letter.isalpha(),
        single=" " not in text,
        unspaced=unspaced,
    )


def _first_letter(text: str) -> str:
    """What says how a line reads on: a closing quotation mark or bracket begins nothing, the letter after it does."""
    return next((char for char in text[:4] if char.isalnum()), text[0])


def _columns(text: str) -> int:
    """Width on a terminal: East Asian wide characters take two columns (Unicode UAX #11)."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def _may_continue(last: _Shape, shape: _Shape) -> bool:
    return not (last.apart or shape.apart or shape.bullet)


def _full_at(last: _Shape, shape: _Shape) -> tuple[int, int]:
    """The narrowest and the widest page at which ``last`` is full when ``shape`` follows."""
    return last.width, last.width + max(shape.first, HYPHEN_REACH if last.hyphen else 0) - 1


def _spans(width: int, last: _Shape, shape: _Shape) -> bool:
    low, high = _full_at(last, shape)
    return low <= width <= high


def _reads_on(last: _Shape, shape: _Shape) -> bool:
    return shape.begins == "lower" or (shape.caseless and not last.stops) or (last.hyphen and not last.stops)


def _page_width(shapes: Sequence[_Shape], pairs: Sequence[int], min_columns: int, max_columns: int) -> int | None:
    """The width at which most pairs are full; None where too few agree on one."""
    steps = [0] * (max_columns + 2)
    reading_on = 0
    for index in pairs:
        last, shape = shapes[index - 1], shapes[index]
        if not _reads_on(last, shape):
            continue
        # a much shorter line was broken on purpose (an address, a menu): it says nothing about a width
        reading_on += last.width >= min_columns // 2
        low, high = _full_at(last, shape)
        if low <= max_columns and high >= min_columns:
            steps[max(low, min_columns)] += 1
            steps[min(high, max_columns) + 1] -= 1
    best = support = count = 0
    for width in range(min_columns, max_columns + 1):
        count += steps[width]
        if count > support:
            best, support = width, count
    too_long = sum(shape.width > best and not shape.single for shape in shapes)
    if support < MIN_SUPPORT or support < MIN_AGREEMENT * reading_on or support < too_long / 2:
        return None
    full = [index for index in pairs if _spans(best, shapes[index - 1], shapes[index])]
    # paragraphs of three lines and more: full lines follow each other, and end where their words happen to end
    chained = sum(after == before + 1 for before, after in pairwise(full))
    widths = {shapes[index - 1].width for index in full if not shapes[index].unspaced}
    if chained < len(full) / 4 or 0 < len(widths) < MIN_WIDTHS:
        return None
    return best


def _aligned(shapes: Sequence[_Shape], joined: Sequence[bool], index: int) -> bool:
    """Whether the left edges fit: equal, or the upper line opens the paragraph (set in, or with a list marker)."""
    last, shape = shapes[index - 1], shapes[index]
    if joined[index - 1]:
        return shape.indent == last.indent
    if last.bullet:
        return shape.indent in (last.indent, last.indent + last.bullet)
    return 0 <= last.indent - shape.indent <= MAX_FIRST_LINE_INDENT


def _drop_lists(rows: Sequence[Row], shapes: Sequence[_Shape], joined: list[bool]) -> None:
    """Undo runs in which no line reads on: headlines or names of like length, one below the other."""
    index = 1
    while index < len(rows):
        if not joined[index]:
            index += 1
            continue
        end = index
        while end < len(rows) and joined[end]:
            end += 1
        alone = rows[index - 1].blank_before and (end == len(rows) or rows[end].blank_before)
        two_lines = end == index + 1 and alone and not shapes[index - 1].stops
        if not two_lines and not any(_reads_on(shapes[at - 1], shapes[at]) for at in range(index, end)):
            joined[index:end] = [False] * (end - index)
        index = end
