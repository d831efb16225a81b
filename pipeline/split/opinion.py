"""The second opinion: which lines an extractor that reads markup keeps."""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

from pipeline.split.html import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from pipeline.records import Page

SHINGLE: Final = 4
"""Words in a shingle for comparing long lines: long enough that chance agreement is rare."""
MIN_SHARE: Final = 0.5
"""Share of a long line's shingles that the extractor must have kept, where it cut or joined lines differently."""

MAX_ELEMENTS: Final = 40_000
"""Elements of a page that trafilatura is asked about. Its time grows with the square of the number of siblings: 7 s for
30,000 table cells, more than a minute for 100,000. Of 290 pages of the benchmarks the largest has fewer."""
MAX_LINES: Final = 1_000
"""Lines of a page that is asked about. Longer ones are lists of many things or hundreds of posts: of all doubtful pages
they take a sixth of the time, and the verdict does not help on them (docs/labeller.md)."""

_Key = tuple[str, ...]
"""The words of a line, case folded."""
_WORD = re.compile(r"\w+")


def second_opinion(page: Page, *, thorough: bool = False) -> list[bool | None] | None:
    """For each line of an HTML page whether trafilatura keeps it.

    None if it fails, the page is too long, or the HTML is not at hand. On lines that the page does not show it has no
    opinion.

    :param thorough: as in ``extracted_text``, and whatever the length: to such verdicts the reading of HTML is fitted.
    """
    if page.content is None or (len(page.lines) > MAX_LINES and not thorough):
        return None
    tree = parse(page.content)
    kept = None if tree is None else extracted_text(tree, thorough=thorough)
    if kept is None:
        return None
    shown = iter(kept_lines([line.text for line in page.lines if not line.source], kept))
    return [None if line.source else next(shown) for line in page.lines]


def extracted_text(tree: HtmlElement, *, thorough: bool = False) -> str | None:
    """What trafilatura takes for the main text of the page, one block a line; None if it fails or is not asked.

    Empty where it finds no main text: that is an opinion too.

    :param thorough: let it compare its text with those of readability and jusText. That takes twice as long, changes
        the text of 13 % of pages, and helps our labels no more.
    """
    if next(islice(tree.iter(), MAX_ELEMENTS, None), None) is not None:
        return None
    # half a second to import, and plain text never needs it
    from trafilatura import bare_extraction  # noqa: PLC0415
    from trafilatura.settings import Document  # noqa: PLC0415

    # what it logs as errors (no text found, odd markup) is the verdict itself
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        document = bare_extraction(
            tree,
            fast=not thorough,
            include_comments=False,  # readers' comments are chrome here
            deduplicate=False,  # its memory lasts for the process: a page's result would depend on earlier pages
            with_metadata=False,  # `declared` has read it
        )
    except Exception:  # without a second opinion the page is still sound
        return None
    return (document.text or "") if isinstance(document, Document) else ""


def kept_lines(lines: Sequence[str], kept: str) -> list[bool]:
    """For each of ``lines``, in the order of the page, whether it stands in ``kept``, the extractor's text.

    The extractor changes white space, joins and cuts lines, so words are compared. Lines whose words stand exactly
    once on both sides are anchors where they come in the same order (patience diff: longest increasing
    sequence); between two anchors a line is kept if its words, or for a long line half of its shingles, stand
    in the extractor's text between the same anchors. Time n log n in the number of words.
    """
    ours = [_key(line) for line in lines]
    theirs = [_key(line) for line in kept.split("\n")]
    theirs = [key for key in theirs if key]
    result = [False] * len(ours)
    anchors = _anchors(ours, theirs)
    for ours_at, _ in anchors:
        result[ours_at] = True
    start_ours = start_theirs = 0
    for end_ours, end_theirs in [*anchors, (len(ours), len(theirs))]:
        _mark_between(ours, theirs[start_theirs:end_theirs], result, start_ours, end_ours)
        start_ours, start_theirs = end_ours + 1, end_theirs + 1
    return result


def _key(line: str) -> _Key:
    return tuple(_WORD.findall(line.casefold()))


def _anchors(ours: Sequence[_Key], theirs: Sequence[_Key]) -> list[tuple[int, int]]:
    """Pairs of positions of the lines that are alike and alone on both sides, increasing in both."""
    once_ours, once_theirs = _positions_of_unique(ours), _positions_of_unique(theirs)
    pairs = [(at, once_theirs[key]) for key, at in once_ours.items() if key and key in once_theirs]
    # longest increasing subsequence of their positions (Fredman 1975)
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, position) in enumerate(pairs):
        length = bisect_left(tails, position)
        before.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(position)
            ends.append(index)
        else:
            tails[length] = position
            ends[length] = index
    chain: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _positions_of_unique(keys: Sequence[_Key]) -> dict[_Key, int]:
    positions: dict[_Key, int] = {}
    repeated: set[_Key] = set()
    for position, key in enumerate(keys):
        if key in positions:
            repeated.add(key)
        positions[key] = position
    return {key: position for key, position in positions.items() if key not in repeated}


def _mark_between(ours: Sequence[_Key], theirs: Sequence[_Key], result: list[bool], start: int, end: int) -> None:
    """Each word of the extractor's text is spent once: of a line that the page repeats, as many copies are kept."""
    if start >= end or not theirs:
        return
    words = [word for key in theirs for word in key]
    grams = Counter(_grams(words, SHINGLE))
    short_grams = Counter(gram for size in range(2, SHINGLE) for gram in _grams(words, size))
    whole = Counter(theirs)
    # exact lines first, so that no line spends the words of another that fits better
    for exact in (True, False):
        for at in range(start, end):
            key = ours[at]
            if not key or result[at] or (exact and not whole[key]):
                continue
            if exact:
                whole[key] -= 1
                result[at] = True
                grams.subtract(_grams(key, SHINGLE))
                short_grams.subtract(gram for size in range(2, SHINGLE) for gram in _grams(key, size))
            elif len(key) < SHINGLE:
                # one word occurs anywhere; two or three must stand side by side
                result[at] = short_grams[key] > 0
                short_grams[key] -= 1
            else:
                shingles = _grams(key, SHINGLE)
                result[at] = sum(grams[shingle] > 0 for shingle in shingles) >= MIN_SHARE * len(shingles)
                if result[at]:
                    grams.subtract(shingles)


def _grams(words: Sequence[str], size: int) -> list[_Key]:
    return [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]
