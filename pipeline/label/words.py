"""Words of a page's body: how many of other lines it has, and how often it says others; by array arithmetic.

``words_compiled`` has the same two, with the same results, for those who label enough pages to load them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Table = npt.NDArray[np.uint32]

LONG: Final = 4
"""Letters of a word that carries meaning, in scripts with spaces."""
_LONG_WORD: Final = re.compile(r"\w{4,}")
SPOKEN: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
"""A word as it is said: letters, and perhaps more letters behind an apostrophe."""
_OF_WORDS: Final = re.compile(r"(?:[^\W\d_]|['\n])+")
_PLANES: Final = 0x20000
"""Beyond are rare ideographs only."""
_SPACE: Final = ord(" ")


@dataclass(frozen=True, slots=True)
class Words:
    """One way to look for words."""

    shared: Callable[[str, Sequence[str]], tuple[list[int], list[int]]]
    """How many words of each line a text has, and how many there are; words of ``LONG`` letters and more, folded, of
    a text and of lines without dense scripts and line ends."""
    said: Callable[[str, Sequence[str]], tuple[list[int], int]]
    """How often a text says each of these words, in lower case; and how many words it has. Words are ``SPOKEN``."""


def shared(text: str, lines: Sequence[str]) -> tuple[list[int], list[int]]:
    """See ``Words``."""
    words = [[word for word in long_words(line) if len(word) >= LONG] for line in lines]
    found = set().union(*words).intersection(long_words(text))
    return [sum(map(found.__contains__, own)) for own in words], [len(own) for own in words]


def said(text: str, of: Sequence[str]) -> tuple[list[int], int]:
    """See ``Words``."""
    parted = _spoken(text)
    spoken = parted.split()
    times = Counter(spoken)
    total = len(spoken)
    if "'" in parted:
        for word in [word for word in times if "'" in word]:
            number, own = times.pop(word), SPOKEN.findall(word)
            total += number * (len(own) - 1)
            for part in own:
                times[part] += number
    return [times[word] for word in of], total


ARRAYS: Final = Words(shared, said)


def long_words(text: str) -> list[str]:
    """All words of a text without dense scripts, and besides them words of fewer than four letters."""
    if text.isascii():
        return text.lower().encode().translate(_ASCII_SPACED).decode().split()
    text = foldable(text)
    points = points_of(text)
    if points.max() < _PLANES:
        found = spaced()[points]
        if found.all():
            return found.tobytes().decode("utf-32-le", "surrogatepass").split()
    return _LONG_WORD.findall(text.casefold())


def _spoken(text: str) -> str:
    """A text in lower case, both apostrophes as one, with a blank in place of what is in no word."""
    if text.isascii():
        return text.lower().encode().translate(_ASCII_WORDS).decode()
    text = in_one_letter(text)
    points = points_of(text)
    if int(points.max()) < _PLANES:
        return lowered()[points].tobytes().decode("utf-32-le", "surrogatepass")
    return only_words(text.replace("’", "'").lower())


def in_one_letter(text: str) -> str:
    """Without the one letter that in lower case becomes two characters, the second of which is in no word."""
    return text.replace("İ", "i ")


def foldable(text: str) -> str:
    """Without the two letters of running text that fold to several characters: with those, or a blank for what is in
    no word."""
    return in_one_letter(text).replace("ß", "ss")


def only_words(folded: str) -> str:
    """A folded text with a blank in place of every character but letters, apostrophes and line ends."""
    if folded.isascii():
        return folded.encode().translate(_ASCII_WORDS).decode()
    points = points_of(folded)
    if int(points.max()) < _PLANES:
        return word_characters()[points].tobytes().decode("utf-32-le", "surrogatepass")
    return "".join([own if _is_of_word(own) else " " for own in folded])


def points_of(text: str) -> Table:
    """Its code points."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _is_of_word(character: str) -> bool:
    """Whether a character is a letter as ``SPOKEN`` understands it, or an apostrophe, or ends a line."""
    return (character.isalnum() and not character.isdecimal()) or character in "'\n"


_ASCII_WORDS: Final = bytes(code if code < 128 and _is_of_word(chr(code)) else _SPACE for code in range(256))
_ASCII_SPACED: Final = bytes(
    code if code < 128 and (chr(code).isalnum() or chr(code) == "_") else _SPACE for code in range(256)
)


@cache
def spaced() -> Table:
    """Each code point folded, a blank if words have none such, 0 if it folds to several; (_PLANES,)."""
    folded = list(map(str.casefold, plane()))
    of_words = [len(own) == 1 and (own.isalnum() or own == "_") for own in folded]
    return np.array(
        [ord(own) if inside else 0 if len(own) > 1 else _SPACE for own, inside in zip(folded, of_words, strict=True)],
        dtype=np.uint32,
    )


@cache
def plane() -> str:
    """All characters that the tables know; what is asked of each is asked of all at once, which takes milliseconds."""
    return "".join(map(chr, range(_PLANES)))


@cache
def word_characters() -> Table:
    """Each code point, or a blank if words have none such; (_PLANES,)."""
    found = np.full(_PLANES, _SPACE, dtype=np.uint32)
    for run in _OF_WORDS.finditer(plane()):
        found[run.start() : run.end()] = np.arange(run.start(), run.end())
    return found


@cache
def lowered() -> Table:
    """The same after the letters are made small; (_PLANES,)."""
    small = plane().replace("İ", " ").replace("’", "'").lower()
    return word_characters()[points_of(small)]
