"""What each character becomes when a text is folded, by code point: the tables of the compiled kernel.

The entries are made by the very functions that fold in Python (``shingles.fold`` and ``shingles.is_unspaced``), so
that the two ways cannot disagree about a character. What they could disagree about is characters that change each
other: marks that compose with what stands before them, or change places among themselves. By the quick check of
Unicode normalisation (UAX #15, section 9) a text is the sum of its characters' foldings if none composes with
an earlier one and combining classes never fall within a run of marks. Whatever does not pass is *odd* and is folded in
Python as a whole (``shingles.spaced``); its words are then read by the same kernel with the ``plain`` table.

Blocks of 256 code points are made when the first text holds one of them: a few dozen serve most corpora.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.dedup.shingles import canonical, is_unspaced, keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SPACE, WORD, UNSPACED, NOTHING, SEVERAL, ODD, UNKNOWN = range(7)
"""What a character becomes: an end of words, part of one, a character of a script without spaces, nothing, several of
these; or cannot be said from the character alone; or its block is not made yet."""

# An entry is 64 bits: UTF-8 bytes or place of several (32), bytes (3), kind (3), opens (1), joins (1),
# combining class before and after (8 each), how many (8).
SIZE_AT, KIND_AT, OPENS_AT, JOINS_AT, BEFORE_AT, AFTER_AT, COUNT_AT = 32, 35, 38, 39, 40, 48, 56

BLOCK: Final = 256
PAGES: Final = 0x110000 // BLOCK
_MOST: Final = 255
# Characters that have a canonical decomposition into two lie below; beyond are Han and unassigned planes.
_DECOMPOSED: Final = 0x20000


@cache
def _composing() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that some other can compose with, and those that can compose with one before them."""
    # Hangul composes by rule, not by table: leading consonant, vowel, trailing consonant (Unicode, section 3.12).
    before = {chr(code) for code in range(0x1100, 0x1113)} | {chr(code) for code in range(0xAC00, 0xD7A4, 28)}
    after = {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A7, 0x11C3))}
    for code in range(_DECOMPOSED):
        parts = unicodedata.decomposition(chr(code)).split(" ")
        if len(parts) == 2 and not parts[0].startswith("<"):
            one, other = (chr(int(part, 16)) for part in parts)
            if len(unicodedata.normalize("NFC", one + other)) == 1:
                before.add(one)
            after.add(other)
    return frozenset(before), frozenset(after)


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of the code points met so far, for a kernel to read.

    ``blocks[pages[code >> 8], code & 255]`` is the entry of a code point; ``several`` holds the parts of those that
    become several characters, and ``ascii`` the folded byte of the first 128 (0: a space, 1: nothing).
    """

    pages: NDArray[np.int32]
    blocks: NDArray[np.uint64]
    several: NDArray[np.uint64]
    ascii: NDArray[np.uint8]


class Table:
    """A table that grows by blocks. Entries given out stay as they are, so that threads can share it."""

    def __init__(self, entry: Callable[[str, list[int]], int]) -> None:
        self._entry = entry
        self._several: list[int] = []
        self._growing = Lock()
        self.entries = Entries(
            pages=np.zeros(PAGES, dtype=np.int32),
            blocks=np.full((1, BLOCK), UNKNOWN << KIND_AT, dtype=np.uint64),
            several=np.zeros(1, dtype=np.uint64),
            ascii=np.zeros(128, dtype=np.uint8),
        )
        self.make([0])
        basic = self.entries.blocks[1, :128]
        kinds, letters = (basic >> np.uint64(KIND_AT)) & np.uint64(7), (basic & np.uint64(0xFF)).astype(np.uint8)
        folded = np.where(kinds == WORD, letters, kinds == NOTHING).astype(np.uint8)
        self.entries = replace(self.entries, ascii=folded)

    def make(self, pages: list[int]) -> None:
        """Make the blocks of these pages (code point divided by 256), unless they are there."""
        with self._growing:
            known = self.entries
            new = [page for page in pages if known.pages[page] == 0]
            if not new:
                return
            made = [
                [self._entry(chr(code), self._several) for code in range(page * BLOCK, (page + 1) * BLOCK)]
                for page in new
            ]
            places = known.pages.copy()
            places[new] = range(len(known.blocks), len(known.blocks) + len(new))
            self.entries = Entries(
                pages=places,
                blocks=np.concatenate((known.blocks, np.array(made, dtype=np.uint64))),
                several=np.array(self._several or [0], dtype=np.uint64),
                ascii=known.ascii,
            )


def _part(character: str) -> int:
    """The entry of one character that folding has already made, its place among others left out."""
    kept = keep(character)
    if kept is None:
        return NOTHING << KIND_AT
    if kept == " ":
        return SPACE << KIND_AT
    encoded = kept.encode("utf-8", "surrogatepass")
    kind = UNSPACED if is_unspaced(kept) else WORD
    return int.from_bytes(encoded, "little") | len(encoded) << SIZE_AT | kind << KIND_AT


def _folded(character: str, several: list[int]) -> int:
    """The entry of a character of any text."""
    composed = unicodedata.normalize("NFKC", character)
    folded = canonical(character)
    places = {_place(form) for form in (composed, folded)}
    _, joins = _composing()
    parts = [_part(each) for each in folded]
    # The kernel's buffers hold two words for each byte of text.
    fits = len(parts) <= min(2 * len(character.encode("utf-8", "surrogatepass")), _MOST)
    if len(places) > 1 or None in places or not fits:
        return ODD << KIND_AT
    ((before, after),) = (place for place in places if place is not None)
    flags = before << BEFORE_AT | after << AFTER_AT
    flags |= any(_opens(form) for form in (composed, folded)) << OPENS_AT
    flags |= any(form[0] in joins for form in (composed, folded)) << JOINS_AT
    if len(parts) == 1:
        return parts[0] | flags
    several.extend(parts)
    return (len(several) - len(parts)) | SEVERAL << KIND_AT | len(parts) << COUNT_AT | flags


def _place(form: str) -> tuple[int, int] | None:
    """Combining classes of a form's first and last character; None where more than one mark leads it."""
    before = unicodedata.combining(form[0])
    if before and len(form) > 1:
        return None
    return before, unicodedata.combining(form[-1])


def _opens(form: str) -> bool:
    """Whether a later mark can compose with a form's last character that is no mark, or with a part of it."""
    starter = next((each for each in reversed(form) if not unicodedata.combining(each)), "")
    opens, _ = _composing()
    return any(part in opens for part in unicodedata.normalize("NFD", starter))


def _plain(character: str, _: list[int]) -> int:
    """The entry of a character of a text that is folded already: itself."""
    return _part(character)


@cache
def table() -> Table:
    """For texts as they come."""
    return Table(_folded)


@cache
def plain_table() -> Table:
    """For texts that Python has folded."""
    return Table(_plain)
