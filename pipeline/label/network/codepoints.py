"""What a character is (class and folded form, by code point), and hashes of any stretch of a text in constant time."""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]

PLANE: Final = 65536
"""The tables hold the basic plane; of what lies beyond only Han is told apart."""


class Class(IntEnum):
    """Classes of characters. ``LOWER`` to ``DIGIT`` make words."""

    SPACE = 0
    LOWER = 1
    UPPER = 2
    LETTER = 3
    """Of a script without case."""
    DENSE = 4
    """Of a script without blanks between words (Han, kana, Thai, Lao, Burmese, Khmer): each character is a word."""
    DIGIT = 5
    STOP = 6
    COMMA = 7
    QUOTE = 8
    BRACKET = 9
    DASH = 10
    BULLET = 11
    SEPARATOR = 12
    CURRENCY = 13
    OTHER = 14
    MARKUP = 15


_MARKS: Final = (
    (".!?…؟。！？｡։।॥።", Class.STOP),
    (",;:、，；：،؛", Class.COMMA),
    ("\"'“”‘’«»„‹›「」『』", Class.QUOTE),
    ("()[]{}", Class.BRACKET),
    ("-–—", Class.DASH),
    ("•*·●▪■►▶○◦‣⁃+", Class.BULLET),
    ("|/\\→", Class.SEPARATOR),
    ("$€£¥", Class.CURRENCY),
    ("@#&=%_~^`<©®™", Class.MARKUP),
)
"""Classes of punctuation; later ones win. ``>`` is ``SEPARATOR`` and set below."""
_WIDE_BRACKETS: Final = "（）【】《》〈〉"
_HANGUL: Final = range(0xAC00, 0xD7A4)
_IDEOGRAPHS: Final = (range(0x2E80, 0x3000), range(0x3040, 0xA000), range(0xF900, 0xFB00))
_UNKNOWN: Final = range(0xD800, 0xF900)
"""Surrogates and private use: no class but ``OTHER``."""
_WITHOUT_BLANKS: Final = (range(0x0E00, 0x0F00), range(0x1000, 0x10A0), range(0x1780, 0x1800))
"""Thai and Lao; Burmese; Khmer."""
_WIDE_DIGITS: Final = range(0xFF10, 0xFF1A)
_BY_CATEGORY: Final = {
    "Ll": Class.LOWER,
    "Lu": Class.UPPER,
    "Lt": Class.UPPER,
    "Sc": Class.CURRENCY,
    "Pi": Class.QUOTE,
    "Pf": Class.QUOTE,
    "Ps": Class.BRACKET,
    "Pe": Class.BRACKET,
    "Pd": Class.DASH,
}
_BY_MAJOR_CATEGORY: Final = {
    "L": Class.LETTER,
    "M": Class.LETTER,
    "N": Class.DIGIT,
    "Z": Class.SPACE,
    "C": Class.SPACE,
}


@cache
def classes() -> Bytes:
    """Class of every code point of the basic plane; (65536,)."""
    table = np.array([_class_of(point) for point in range(PLANE)], dtype=np.uint8)
    for marks, kind in _MARKS:
        table[[ord(mark) for mark in marks]] = kind
    table[ord(">")] = Class.SEPARATOR
    for span in _WITHOUT_BLANKS:
        part = table[span.start : span.stop]
        part[part == Class.LETTER] = Class.DENSE
    table[[ord(mark) for mark in _WIDE_BRACKETS]] = Class.BRACKET
    table[[ord("々"), ord("ー")]] = Class.DENSE
    table[_WIDE_DIGITS.start : _WIDE_DIGITS.stop] = Class.DIGIT
    return table


def _class_of(point: int) -> Class:
    """By Unicode category, where no mark of the lists above says better."""
    if point in _HANGUL:
        return Class.LETTER
    if any(point in span for span in _IDEOGRAPHS):
        return Class.DENSE
    if point in _UNKNOWN:
        return Class.OTHER
    category = unicodedata.category(chr(point))
    return _BY_CATEGORY.get(category) or _BY_MAJOR_CATEGORY.get(category[0], Class.OTHER)


@cache
def folded() -> npt.NDArray[np.uint32]:
    """Every code point of the basic plane in lower case, numbers as ``0``; (65536,). Dates and counts become alike."""
    table = np.arange(PLANE, dtype=np.uint32)
    for point in range(PLANE):
        if point in _HANGUL or any(point in span for span in _IDEOGRAPHS) or point in _UNKNOWN:
            continue
        major = unicodedata.category(chr(point))[0]
        lower = chr(point).lower()
        if major == "N":
            table[point] = ord("0")
        elif major in "LM" and len(lower) == 1:
            table[point] = ord(lower)
    return table


def classify(points: npt.NDArray[np.uint32]) -> tuple[Bytes, Hashes]:
    """Class and folded form of each character of a text; (n,) each."""
    small = np.minimum(points, PLANE - 1)
    kinds = classes()[small]
    forms = folded()[small].astype(np.uint64)
    beyond = points >= PLANE
    if beyond.any():
        high = points[beyond]
        kinds[beyond] = np.where((high >= 0x20000) & (high < 0x40000), Class.DENSE, Class.OTHER)
        forms[beyond] = high
    return kinds, forms


# --- hashes ---------------------------------------------------------------------------------------------------------

_BASE: Final = 0x9E3779B97F4A7C15
"""Odd, and so invertible modulo 2**64."""
_LEAST: Final = 1 << 16


class Salt(IntEnum):
    """What was hashed: the same characters as a word, as a prefix and as a line have different hashes."""

    WORD = 0x1234567
    PREFIX = 0x2345678
    SUFFIX = 0x3456789
    PAIR = 0x456789A
    FIRST_WORD = 0x56789AB
    LAST_WORD = 0x6789ABC
    LINE = 0x789ABCD
    SHAPE = 0x89ABCDE
    SHAPE_START = 0x9ABCDEF
    SHAPE_END = 0xABCDEF1
    FIRST_PAIR = 0xBCDEF12


def mix(values: Hashes, salt: Salt) -> Hashes:
    """Hashes whose every bit depends on every bit of the values (the finaliser of splitmix64; Steele et al., 2014)."""
    mixed = (values ^ np.uint64(salt)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(32)
    return mixed


def powers(size: int) -> Hashes:
    """At least ``size`` powers of the base, modulo 2**64."""
    return _powers(_BASE, max(_LEAST, 1 << (size - 1).bit_length()))


@cache
def _powers(base: int, size: int) -> Hashes:
    table = np.full(size, base, dtype=np.uint64)
    table[0] = 1
    return np.cumprod(table)


class Stretches:
    """Polynomial hashes (Karp and Rabin, 1987) of any stretch of a sequence, from its prefix sums."""

    def __init__(self, values: Hashes) -> None:
        self._inverse = _powers(pow(_BASE, -1, 2**64), max(_LEAST, 1 << len(values).bit_length()))
        self._sums = np.zeros(len(values) + 1, dtype=np.uint64)
        np.cumsum((values + np.uint64(1)) * powers(len(values) + 1)[: len(values)], out=self._sums[1:])

    def between(self, starts: Ints, ends: Ints) -> Hashes:
        """One number for each ``[start, end)``: equal for equal stretches wherever they stand."""
        return (self._sums[ends] - self._sums[starts]) * self._inverse[starts]
