"""The words of many texts as columns of numbers, for compiled loops; ``wording`` says what each number means."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.dedup.facts.wording import (
    TOKEN,
    bare_letters,
    calendar,
    is_caseless,
    is_within_sentence,
    may_state,
    month,
    number,
    plain_letters,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Ints = NDArray[np.int32]

NAME: Final = 1
UPPER: Final = 2
"""Marks of a word where it stands: a capital, and one that no sentence begins with."""

MAY_STATE: Final = 1
CASELESS: Final = 2
CALENDAR: Final = 4
"""Marks of a word wherever it stands."""

NONE: Final = -1


@dataclass(frozen=True, slots=True)
class WordColumns:
    """Texts as numbers: ``words[offsets[i]:offsets[i + 1]]`` are the words of text ``i``."""

    offsets: NDArray[np.int64]
    capitals: NDArray[np.float64]
    """Of each text the share of capitals."""
    starts: Ints
    """Of each word as it stands in its text: where it begins and ends."""
    ends: Ints
    words: Ints
    """... which word it is, case aside, by its row in ``facts``"""
    numbers: Ints
    """... which number, ``NONE`` if it is none."""
    marks: NDArray[np.uint8]
    facts: Ints
    """Of each distinct word: marks; month or ``NONE``; letters; plain letters, by number; how many these are."""
    bare_offsets: NDArray[np.int64]
    """Distinct word ``w`` as a name is ``bare[bare_offsets[w]:bare_offsets[w + 1]]``."""
    bare: Ints


class _Vocabulary(dict[str, int]):
    """Words as they are printed, numbered as they are met, with what is known of each."""

    def __init__(self) -> None:
        super().__init__()
        self.folded: dict[str, int] = {}
        self.strings: dict[str, int] = {}
        self.word, self.number = array("i"), array("i")
        self.length, self.lower = array("i"), array("b")
        self.uppers: set[int] = set()
        self.facts, self.bare = array("i"), array("i")
        self.bare_offsets = array("q", (0,))

    def __missing__(self, printed: str) -> int:
        at = self[printed] = len(self)
        folded = printed.casefold()
        word = self.folded.get(folded)
        if word is None:
            word = self.folded[folded] = len(self.folded)
            self._learn(folded)
        self.word.append(word)
        self.number.append(self._string(number(folded, printed)))
        self.length.append(len(printed))
        self.lower.append(printed[0].islower())
        if printed[0].isupper():
            self.uppers.add(at)
        return at

    def _learn(self, folded: str) -> None:
        marks = may_state(folded) * MAY_STATE + is_caseless(folded) * CASELESS + (folded in calendar()) * CALENDAR
        plain = plain_letters(folded)
        self.facts.extend((marks, self._string(month(folded)), len(folded), self._string(plain), len(plain)))
        self.bare.extend(map(ord, bare_letters(folded)))
        self.bare_offsets.append(len(self.bare))

    def _string(self, text: str | None) -> int:
        return NONE if text is None else self.strings.setdefault(text, len(self.strings))


def word_columns(texts: Iterable[str]) -> WordColumns:
    """The words of texts."""
    known = _Vocabulary()
    uppers = known.uppers
    printed, starts, upper, names = array("i"), array("i"), array("q"), array("q")
    offsets = array("q", (0,))
    for text in texts:
        spans = [hit.span() for hit in TOKEN.finditer(text)]
        own = [known[text[start:end]] for start, end in spans]
        first = len(printed)
        printed.extend(own)
        starts.extend([start for start, _ in spans])
        large = [at for at, each in enumerate(own) if each in uppers]
        upper.extend([first + at for at in large])
        names.extend([first + at for at in large if is_within_sentence(text, spans[at][0])])
        offsets.append(len(printed))
    rows, begun = _column(printed, np.int32), _column(starts, np.int32)
    marks = np.zeros(len(rows), dtype=np.uint8)
    marks[_column(upper, np.int64)] = UPPER
    marks[_column(names, np.int64)] |= NAME
    bounds = _column(offsets, np.int64)
    named = _sums(marks & NAME, bounds)
    lower = _sums(_column(known.lower, np.int8)[rows], bounds)
    return WordColumns(
        offsets=bounds,
        capitals=named / np.maximum(named + lower, 1),
        starts=begun,
        ends=begun + _column(known.length, np.int32)[rows],
        words=_column(known.word, np.int32)[rows],
        numbers=_column(known.number, np.int32)[rows],
        marks=marks,
        facts=_column(known.facts, np.int32).reshape(-1, 5),
        bare_offsets=_column(known.bare_offsets, np.int64),
        bare=_column(known.bare, np.int32),
    )


def _column(values: array[Any], kind: type[np.generic]) -> NDArray[Any]:
    return np.array(values, dtype=kind)


def _sums(flags: NDArray[Any], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many flags are set in each range."""
    before = np.r_[np.int64(0), np.cumsum(flags, dtype=np.int64)]
    sums: NDArray[np.int64] = before[bounds[1:]] - before[bounds[:-1]]
    return sums
