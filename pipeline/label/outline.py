"""The lines of many pages as ``features.gather`` makes them, by compiled code: the same columns, sooner."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.label.features import BULLETS, CLASSES, CLOSERS, STOPS, TOLD, WIDE_LETTERS, Lines, classes
from pipeline.label.page_facts import SEEN, digits_and_signs
from pipeline.label.rules import RULES, recognise_among
from pipeline.label.screen import PLANE, bit_of, screen
from pipeline.label.words import word_characters
from pipeline.metadata import titles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.label.network.codepoints import Bytes
    from pipeline.label.rules import Rule

IS_LETTER, IS_WIDE, IS_CLOSER, IS_STOP, IS_BULLET, IS_ODD = 1, 2, 4, 8, 16, 32
_PLAIN: Final = 0x2E80
"""Characters from here on are odd: scripts without spaces, and what is made up for other scripts."""
_JAMO: Final = range(0x1100, 0x1200)
"""Letters that join."""
_RULES: Final = np.uint64((1 << len(RULES)) - 1)


@cache
def _shapes() -> Bytes:
    """What each code point below ``PLANE`` is."""
    kinds = classes()[:PLANE]
    letters = [CLASSES.index(name) for name in ("lower", "upper", "digit", "letter")]
    table = IS_LETTER * np.isin(kinds, letters) + IS_WIDE * (kinds == CLASSES.index("wide"))
    for marks, kind in ((CLOSERS, IS_CLOSER), (STOPS, IS_STOP), (BULLETS, IS_BULLET)):
        table[[ord(mark) for mark in marks]] |= kind
    table[_PLAIN:] |= IS_ODD
    for point in range(0x80, _PLAIN):
        joins = unicodedata.category(chr(point)).startswith("M") or point in _JAMO
        if joins or len(titles.letters(chr(point))) != table[point] & IS_LETTER:
            table[point] |= IS_ODD
    return np.asarray(table, dtype=np.uint8)


def gather(texts: Sequence[Sequence[str]], blanks: Sequence[Sequence[bool]]) -> Lines:
    """See ``features.gather``; the lines also get their bits of ``screen``."""
    # numba is loaded where many lines are labelled, not before
    from pipeline.label import screen_kernel  # noqa: PLC0415

    flat = tuple(chain.from_iterable(texts))
    bounds = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    points = np.frombuffer("\n".join((*flat, "")).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sizes = np.fromiter(map(len, flat), dtype=np.int64, count=len(flat))
    ends = np.cumsum(sizes + 1) - 1
    starts = ends - sizes
    tables = screen()
    found = np.empty(len(flat), dtype=np.uint64)
    screen_kernel.look(
        points, starts, ends, tables.characters, tables.sought, tables.more, tables.moves, tables.found,
        tables.first, tables.first_child, tables.sibling, tables.label, tables.opens, tables.whole,
        np.uint64(bit_of("no_letters")), np.uint64(bit_of("dense")), tables.limits, found,
    )  # fmt: skip
    columns = np.empty((len(flat), 6), dtype=np.int64)
    screen_kernel.outline(
        points, starts, ends, bounds, _shapes(), tables.folded, tables.more, tables.characters, columns
    )
    told = np.empty((len(flat), len(TOLD)), dtype=np.int64)
    screen_kernel.tell(
        points, starts, ends, digits_and_signs(), SEEN,
        word_characters(), tables.folded, tables.more, tables.characters, told,
    )  # fmt: skip
    letters, wide, stop, item, repeats, odd = columns.T
    fits: list[Rule | None] = [None] * len(flat)
    of_rules = found & _RULES
    for index in np.flatnonzero(of_rules).tolist():
        fits[index] = recognise_among(flat[index], int(of_rules[index]))
    return Lines(
        texts=flat,
        bounds=bounds,
        blank=np.fromiter(chain.from_iterable(blanks), dtype=np.bool_, count=len(flat)),
        fits=tuple(fits),
        width=letters + WIDE_LETTERS * wide,
        stop=stop.astype(np.bool_),
        bullet=item.astype(np.bool_),
        repeats=repeats,
        odd=odd.astype(np.bool_),
        bits=found,
        told=told,
    )
