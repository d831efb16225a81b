"""What the boundary network reads of a line: numbers for each of its words."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_READ: Final = 64
"""Characters of a word that are looked at, at each of its ends: words may be as long as the line."""
_STOPS: Final = ".!?…。！？؟।"
_CLASSES: Final = (
    _STOPS,
    ",،、，",
    ":：",
    ";；",
    "\"'”’»›)]}」』）】》",
    "“‘«‹([{¿¡„「『（【《",
    "-–—―",
    "|/\\•·‧∙●○◦▪■►▶▸>→⟩×✕✓★☆|｜・#©®™",
)
"""Marks by what they do; the number of a mark is that of its group."""
_OF_MARK: Final = {mark: number for number, marks in reversed([*enumerate(_CLASSES)]) for mark in marks}
_UPPER, _LOWER, _DIGIT, _WIDE, _LETTER, _OTHER = range(len(_CLASSES), len(_CLASSES) + 6)
_KINDS: Final = len(_CLASSES) + 6
_ENDS_SENTENCE: Final = re.compile(rf"[{re.escape(_STOPS)}]{{1,8}}[{re.escape(_CLASSES[4])}]{{0,4}}\Z")
_EDGES: Final = re.compile(r"\A[\W_]+|[\W_]+\Z")
_DIGITS: Final = re.compile(r"\d")
_HUMP: Final = re.compile(r"[^\W\d_][a-zß-öø-ÿ]+[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]")
_ADDRESS: Final = re.compile(r"://|@|\Awww\.|\w\.\w{2}")
_DOTTED: Final = re.compile(r"\w\.\w|\A\W*\w{1,3}\.\Z")
_FLAGS: Final = 10
OF_WORD: Final = 2 * _KINDS + _FLAGS
"""Numbers of a word by itself,"""
OF_PLACE: Final = 8
"""... and of its place among the others."""
COLUMNS: Final = OF_WORD + OF_PLACE
_END_FLAG: Final = 2 * _KINDS
_FAR: Final = 200
"""Words; a sentence end that is farther off is as good as none."""


def key_of(word: str) -> int:
    """32 bits that stand for a word whatever its case, its digits and the marks around it; 0 for a mark."""
    core = _DIGITS.sub("0", _EDGES.sub("", word[:_READ])).casefold()
    return zlib.crc32(core.encode("utf-8", "replace")) if core else 0


def measured(words: Sequence[str]) -> tuple[Singles, Ints]:
    """The numbers of each word of a line, (n, ``COLUMNS``), and its key, (n,)."""
    seen: dict[str, int] = {}
    number = np.array([seen.setdefault(word, len(seen)) for word in words], dtype=np.int64)
    by_word = np.zeros((len(seen), OF_WORD), dtype=np.float32)
    keys = np.zeros(len(seen), dtype=np.int64)
    for row, word in enumerate(seen):
        keys[row] = key_of(word)
        _measure(word, by_word[row])
    table = np.empty((len(words), COLUMNS), dtype=np.float32)
    table[:, :OF_WORD] = by_word[number]
    key = keys[number]
    _place(key, table[:, _END_FLAG] > 0, table[:, OF_WORD:])
    return table, key


def _measure(word: str, row: Singles) -> None:
    head, tail = word[:_READ], word[-_READ:]
    row[_kind(head[0])] = 1
    row[_KINDS + _kind(tail[-1])] = 1
    core = _EDGES.sub("", head)
    row[_END_FLAG:] = (
        _ENDS_SENTENCE.search(tail) is not None,
        _DOTTED.search(head) is not None,
        core.isupper() and len(core) > 1,
        core[:1].isupper(),
        core[:1].isdigit(),
        _HUMP.search(head) is not None,
        _ADDRESS.search(head) is not None,
        not core,
        np.log1p(len(word)) / 3,
        len(core) <= 3,
    )


def _kind(character: str) -> int:
    kind = _OF_MARK.get(character)
    if kind is not None:
        return kind
    if character.isupper():
        return _UPPER
    if character.islower():
        return _LOWER
    if character.isdigit():
        return _DIGIT
    if "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3":
        return _WIDE
    return _LETTER if character.isalpha() else _OTHER


def _place(key: Ints, ends: npt.NDArray[np.bool_], columns: Singles) -> None:
    """What the others say: which words and pairs come again, how far the ends of sentences are, and the ends of all."""
    size = len(key)
    _, number, times = np.unique(key, return_inverse=True, return_counts=True)
    columns[:, 0] = np.log1p(np.minimum(times[number], _FAR)) / 3
    pairs = number[:-1] * len(times) + number[1:]
    _, pair, times = np.unique(pairs, return_inverse=True, return_counts=True)
    columns[:, 1] = np.append(times[pair] > 1, False)
    threes = pair[:-1] * len(times) + pair[1:]
    _, three, times = np.unique(threes, return_inverse=True, return_counts=True)
    columns[:, 2] = np.concatenate([times[three] > 1, np.zeros(min(size, 2), dtype=np.bool_)])[:size]
    at = np.arange(size)
    last = np.maximum.accumulate(np.where(ends, at, -1))
    coming = np.minimum.accumulate(np.where(ends, at, size)[::-1])[::-1]
    columns[:, 3] = np.log1p(np.minimum(at - np.append(-1, last[:-1]), _FAR)) / 3
    columns[:, 4] = np.log1p(np.minimum(coming - at, _FAR)) / 3
    columns[:, 5] = np.log1p(at) / 6
    columns[:, 6] = np.log1p(size - 1 - at) / 6
    columns[:, 7] = ends.mean() * 10
