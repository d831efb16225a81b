"""The network's measures, bags and recurrence by compiled code: the same bytes as the array arithmetic, sooner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.label.network import kernels, lexicon
from pipeline.label.network.codepoints import Class, classes, folded
from pipeline.label.network.features import LONG_WORDS, TITLE_WORDS, Counted, Measured, in_columns, unmeasured
from pipeline.label.network.kernels import CLASSES, COUNTS, OVERLAPS, compare_lines, read_lines
from pipeline.label.network.loops import SPARE_BITS, Loops

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.label.network.codepoints import Hashes, Ints, Numbers
    from pipeline.label.network.features import Singles

_LINE_PHRASES: Final = 17
"""Most hashes of phrases that a line has: ten pairs, first and last word, first pair, the line, three of its shape."""


def measure(pages: Sequence[Sequence[str]], blanks: Sequence[Sequence[bool]]) -> Measured:
    """See ``features.measure``; hashes come in the order of their lines."""
    flat = [line for page in pages for line in page]
    bounds = np.cumsum([0, *map(len, pages)], dtype=np.int64)
    if not flat:
        return unmeasured(bounds)
    points = np.frombuffer(("\n".join(flat) + "\n").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sizes = np.fromiter(map(len, flat), dtype=np.int64, count=len(flat))
    ends = np.cumsum(sizes + 1) - 1
    starts = ends - sizes
    number, characters = len(flat), len(points)
    counts = np.zeros((number, CLASSES + len(Class)), dtype=np.int64)
    parts = np.zeros((number, len(lexicon.PARTS)), dtype=np.int64)
    line_hash = np.empty(number, dtype=np.uint64)
    units, pairs = np.empty(characters, dtype=np.uint64), np.empty(characters, dtype=np.uint64)
    marks = np.empty(characters, dtype=np.uint8)
    words, phrases = np.empty(2 * characters, dtype=np.uint64), np.empty(_LINE_PHRASES * number, dtype=np.uint64)
    word_bounds, phrase_bounds = np.empty(number + 1, dtype=np.int64), np.empty(number + 1, dtype=np.int64)
    keys, values = lexicon.table()
    read_lines(
        points, starts, ends, classes(), folded(), keys, values,
        counts, line_hash, parts, units, pairs, marks, words, word_bounds, phrases, phrase_bounds,
    )  # fmt: skip
    overlaps = np.empty((number, len(OVERLAPS)))
    # at most as often as the page has words does a word stand elsewhere
    most = int(np.add.reduceat(counts[:, 0], bounds[:-1][np.diff(bounds) > 0]).max())
    logs = np.log1p(np.arange(most + 1, dtype=np.float32))
    compare_lines(bounds, counts, units, pairs, marks, logs, LONG_WORDS, TITLE_WORDS, overlaps)
    # each column is read many times: side by side in memory
    column: dict[str, Any] = dict(zip(COUNTS, np.ascontiguousarray(counts.T), strict=False))
    dense_words = column.pop("dense_words")
    column |= zip(OVERLAPS, np.ascontiguousarray(overlaps.T), strict=True)
    counted = Counted(
        bounds=bounds,
        sizes=sizes,
        by_class=counts[:, CLASSES:].astype(np.float32),
        last_point=points[np.maximum(ends - 1, starts)],
        third_last_point=points[np.maximum(ends - 3, 0)],
        width=column["words"] - 0.5 * dense_words,
        parts=parts,
        line_hash=line_hash,
        **column,
    )
    return in_columns(
        counted, blanks, words=_with_lines(words, word_bounds), phrases=_with_lines(phrases, phrase_bounds)
    )


def _with_lines(hashes: Hashes, bounds: Ints) -> tuple[Hashes, Ints]:
    """The hashes that were found, and the line of each."""
    return hashes[: bounds[-1]], np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))


def add_vectors(  # noqa: PLR0917  (called by place, through ``Loops``)
    hashes: Hashes, line: Ints, number: int, slots: Numbers, vocabulary: Hashes, vectors: Singles
) -> tuple[Singles, Ints]:
    """See ``Loops``; lines must be in order, as ``measure`` gives them."""
    bounds = np.searchsorted(line, np.arange(number + 1))
    total = np.zeros((number, vectors.shape[1]), dtype=np.float32)
    return total, kernels.add_vectors(hashes, bounds, slots, SPARE_BITS, vocabulary, vectors, total)


COMPILED: Final = Loops(measure, add_vectors, kernels.run, by_page=True)
