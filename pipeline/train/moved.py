"""Labels of a page's lines, moved to the lines of another rendering of the same page.

Words of the new rendering are aligned in order with those of the labelled one: runs of four words that stand once in
each are anchors, the longest rising chain of them is kept (``rising``), and between anchors equal
words are matched (Ratcliff and Obershelp, by ``difflib``).
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from pipeline.rising import longest_rising
from pipeline.train.lines import Lines, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUN: Final = 4
_LARGEST_GAP: Final = 40_000
"""Product of the words on both sides between two anchors; in a larger gap nothing is matched: it costs too much."""
_LEAST_MATCHED: Final = 0.5
"""Share of a line's words that must be found again; other lines have no label and are left out."""
_LEAST_LABELLED: Final = 0.7
"""Share of the page's lines, and of its body words, that must stand in a rendering."""


def moved_labels(rendered: Sequence[tuple[str, bool]], lines: Lines) -> Lines | None:
    """The rendered lines whose words the labelled ones have, with their labels; None if they are too few.

    :param rendered: each line's text, and whether a blank line stands before it.
    """
    old_words, old_line = _words(lines.texts)
    new_words, new_line = _words([text for text, _ in rendered])
    counts = np.bincount(new_line, minlength=len(rendered)) if rendered else np.zeros(0, dtype=np.int64)
    votes: list[dict[int, int]] = [{} for _ in rendered]
    found = np.zeros(len(old_words), dtype=np.bool_)
    for old, new in _aligned(old_words, new_words):
        vote = votes[new_line[new]]
        vote[old_line[old]] = vote.get(old_line[old], 0) + 1
        found[old] = True
    chosen = [row for row, vote in enumerate(votes) if vote and sum(vote.values()) >= _LEAST_MATCHED * counts[row]]
    is_body = lines.body[old_line]
    if not chosen or len(chosen) < _LEAST_LABELLED * len(rendered):
        return None
    if found[is_body].sum() < _LEAST_LABELLED * is_body.sum():
        return None
    # the line that gives most of the words; of equals the first
    source = np.array([min(votes[row], key=lambda line: (-votes[row][line], line)) for row in chosen])
    moved = lines.take(source)
    return Lines(
        tuple(rendered[row][0] for row in chosen),
        np.array([rendered[row][1] for row in chosen], dtype=np.bool_),
        moved.body,
        moved.kind,
        moved.facts,
        moved.believed,
    )


def found_share(truth: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """For each of ``texts`` the share of its words that stand, in order, in ``truth``; 0 without words; (n,)."""
    return found_rows(truth, texts)[2]


def found_rows(
    source: Sequence[str], texts: Sequence[str]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Where the words of ``texts`` stand in ``source``, in order: of each word that is found there its line, and its
    line there, both (m,); and ``found_share`` of each of the n lines, (n,).
    """
    source_words, source_line = _words(source)
    words, line = _words(texts)
    pairs = np.array(_aligned(source_words, words), dtype=np.int64).reshape(-1, 2)
    lines = np.array(line, dtype=np.int64)
    rows, sources = lines[pairs[:, 1]], np.array(source_line, dtype=np.int64)[pairs[:, 0]]
    found, of_line = np.bincount(rows, minlength=len(texts)), np.bincount(lines, minlength=len(texts))
    return rows, sources, found / np.maximum(of_line, 1)


def _words(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    words: list[str] = []
    line: list[int] = []
    for number, text in enumerate(texts):
        own = plain(text).split()
        words += own
        line += [number] * len(own)
    return words, line


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of indices of equal words, rising on both sides."""
    pairs: list[tuple[int, int]] = []
    at_old = at_new = 0
    for start_old, start_new in [*_chain(old, new), (len(old), len(new))]:
        if start_old < at_old or start_new < at_new:
            continue
        pairs += _between(old, new, (at_old, start_old), (at_new, start_new))
        at_old, at_new = start_old, start_new
        while at_old < len(old) and at_new < len(new) and old[at_old] == new[at_new]:
            pairs.append((at_old, at_new))
            at_old, at_new = at_old + 1, at_new + 1
    return pairs


def _chain(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Where runs that are unique on both sides start; the longest chain that rises on both."""
    in_old, in_new = _unique_runs(old), _unique_runs(new)
    anchors = [(in_old[run], at) for run, at in in_new.items() if run in in_old]
    return [anchors[index] for index in longest_rising([place for place, _ in anchors])]


def _unique_runs(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Runs that stand once, with their place, in the order of the text."""
    seen: dict[tuple[str, ...], int] = {}
    for at in range(len(words) - _RUN + 1):
        run = tuple(words[at : at + _RUN])
        seen[run] = -1 if run in seen else at
    return {run: at for run, at in seen.items() if at >= 0}


def _between(
    old: Sequence[str], new: Sequence[str], span_old: tuple[int, int], span_new: tuple[int, int]
) -> list[tuple[int, int]]:
    (low_old, high_old), (low_new, high_new) = span_old, span_new
    if not 0 < (high_old - low_old) * (high_new - low_new) <= _LARGEST_GAP:
        return []
    matcher = SequenceMatcher(None, old[low_old:high_old], new[low_new:high_new], autojunk=False)
    return [
        (low_old + block.a + step, low_new + block.b + step)
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]
