"""Plain text from a text browser that numbers its links: ``[12]Home``, and a list of their addresses at the end.

``lynx -dump`` and ``elinks -dump`` write so. The numbers stand in the middle of headlines and sentences, and the list
is as long as the page. A reader sees the words; the lines are stored as they came. Footnotes stay: their numbers stand
behind a word (``storm.[3]``) or before a space or a stop (``[3] Smith 2020``).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_NUMBERED: Final = 10
"""Links in a row, each with the next number, from which a page's links are numbered, though no list follows."""
MIN_INSIDE: Final = 3
"""... and so many of them inside their lines: a list of sources that leaves out the space has them at the beginning."""
MIN_ORDERED: Final = 0.8
"""... and the share of the numbers that are greater than the one before: columns side by side break the row."""
MIN_LISTED: Final = 3
"""Addresses at the end, counted from 1, and numbers in the text, from which a page's links are numbered."""
MAX_BETWEEN: Final = 10
"""Lines between two addresses: some are written over several lines, and those of hidden links have a heading."""
MAX_HEADINGS: Final = 2
"""Lines above the addresses that name them ("References", "Visible links:"), in the browser's language."""
MAX_HEADING: Final = 40
"""Characters of such a line."""

_NUMBER = re.compile(r"(?<!\S)\[(\d{1,5})\](?=[^\s.,;:!?)])|\[(\d{1,5})\](?=[^\W\d_])")
"""Before the words of a link; the second where text without a space goes before."""
_ADDRESS = re.compile(r"(\d{1,5})\.(?: (?:[a-zA-Z][a-zA-Z+.-]{1,15}:.*|[#/?]\S*))?")
"""Spaces in addresses stand as they were written; an empty address leaves its number; some tools leave the site out."""
_PLACE = re.compile(r"(?:\(BUTTON\)|\[(?:IMAGE|IMG|INLINE|LINK)\])[ \t]?")
"""What stands for a button or a picture."""


def shown_lines(lines: Sequence[str], blank_before: Sequence[bool]) -> list[str] | None:
    """What a reader sees of each non-blank line, empty where that is nothing; None where links are not numbered."""
    found = [
        (int(match[1]), match.start()) for line in lines if "[" in line for match in _NUMBER.finditer(line) if match[1]
    ]
    if len(found) < MIN_LISTED:
        return None
    listed = _listed(lines, blank_before)
    if listed == len(lines) and not _are_in_order(found):
        return None
    last = 0
    shown = []
    for line in lines[:listed]:
        bare, last = _without_numbers(line, last)
        shown.append(bare)
    return shown + [""] * (len(lines) - listed)


def _are_in_order(found: Sequence[tuple[int, int]]) -> bool:
    """Whether numbers, each with its place in its line, are those of links rather than of sources."""
    inside = sum(1 for _, start in found if start)
    steps = [after - before for (before, _), (after, _) in pairwise(found)]
    ascending = sum(1 for step in steps if step > 0)
    return inside >= MIN_INSIDE and steps.count(1) >= MIN_NUMBERED and ascending >= MIN_ORDERED * len(steps)


def _without_numbers(line: str, last: int) -> tuple[str, int]:
    """The line without the numbers of its links, and the last of these.

    Inside a word only the next number in the row is a link's: ``[45][1]`` is a link whose words are ``[1]``.
    """
    pieces, end = [], 0
    for match in _NUMBER.finditer(line):
        number = int(match[1] or match[2])
        if match[1] or number == last + 1:
            pieces.append(line[end : match.start()])
            end, last = match.end(), number
    return _PLACE.sub("", "".join((*pieces, line[end:]))).rstrip(), last


def _listed(lines: Sequence[str], blank_before: Sequence[bool]) -> int:
    """Where the addresses at the end of the page begin, with the lines that name them; the number of lines if nowhere.

    The page ends with them, and going up, each has a lower number.
    """
    start, number, found, between = len(lines), 0, 0, 0
    for at in range(len(lines) - 1, -1, -1):
        if address := _ADDRESS.fullmatch(lines[at]):
            if number and int(address[1]) >= number:
                break
            start, number, found, between = at, int(address[1]), found + 1, 0
            if number == 1:
                break
        else:
            between += 1
            if not number or between > MAX_BETWEEN:
                break
    if number != 1 or found < MIN_LISTED:
        return len(lines)
    for at in range(start - 1, max(start - 1 - MAX_HEADINGS, -1), -1):
        if len(lines[at]) > MAX_HEADING or not blank_before[at]:
            break
        start = at
    return start
