"""Text to sets of shingles (word n-grams), and the published hash of a shingle.

The hash is fixed so that anyone can rebuild our signatures in any language. Integers are unsigned and wrap.

1. *Fold*: NFKC, Unicode case folding, NFKC again. Apostrophes, format characters (soft hyphen, zero-width: Cf),
   enclosing marks (Me) and variation selectors vanish; every other character that is not a letter, mark or
   number (categories L, M, N) becomes a space.
2. *Words*: split at spaces. A run in a script written without spaces (Chinese, Japanese, Thai, Lao, Khmer,
   Burmese, ...) yields its overlapping character pairs instead; a run of one character yields itself.
3. *Word hash*, 64 bits: FNV-1a 64 over the word's UTF-8 bytes, then the MurmurHash3 finaliser fmix64.
4. *Shingle key*, 64 bits: start at 0; for each word hash ``w`` in order ``key = key * 0x9E3779B97F4A7C15 + w``.
5. *Shingle hash*, 32 bits: the upper half of the key. This is the ``hashfunc`` that our MinHash signatures use.

    words   the            word hash  0xCB3FF435B889FB31
    shingle the cat        key        0x4676E2E4109608D9   hash 0x4676E2E4

Sources: FNV-1a by Fowler, Noll and Vo (RFC 9923); fmix64 by A. Appleby, MurmurHash3 (public domain).
Exact similarities are computed on the 64-bit keys: two different shingles share one with probability 2**-64.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.dedup import tools

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Texts = Iterable[str] | Any
    """Strings, or an Arrow array of them (``string``, ``large_string``; whole or in chunks), which has no types."""

SHINGLE_VERSION = 1
"""Raised whenever folding, words or hash change: signatures of different versions do not compare."""

FNV_OFFSET = 0xCBF29CE484222325
FNV_PRIME = 0x100000001B3
COMBINE = 0x9E3779B97F4A7C15
LINK, OTHER_LINK = 0xD6E8FEB86659FD93, 0xA0761D6478BD642F
"""Odd multipliers of the fingerprint, which only tells copies apart."""
_MASK = (1 << 64) - 1

# Variation selectors and the grapheme joiner are marks by category, but only choose how a neighbour is drawn:
# left in, an emoji would leave an invisible "word" behind.
_INVISIBLE = frozenset(map(chr, (0x034F, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))

# Typographic and typewriter apostrophes alike: "don't", "don’t" and an OCR's "dont" are one word.
_APOSTROPHES = frozenset("'’‘ʼ`´＇")

# Scripts that put no spaces between words. Hangul and Tibetan are absent: they part words or syllables.
_UNSPACED = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u1950-\u19df\u1a20-\u1aaf\uaa80-\uaadf"  # Tai scripts
    "\u1b00-\u1b7f\ua980-\ua9df"  # Balinese, Javanese
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3035\u303b\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han, kana, bopomofo
    "\ua000-\ua4cf\U0001b000-\U0001b16f"  # Yi, old kana
    "]+"
)


class _Fold(dict[int, str | None]):
    """What ``str.translate`` does with each character, learned as characters appear."""

    def __missing__(self, code: int) -> str | None:
        folded = self[code] = keep(chr(code))
        return folded


_FOLD = _Fold()


def keep(character: str) -> str | None:
    """What is left of one character in its canonical form: itself, a space, or nothing."""
    category = unicodedata.category(character)
    if character in _APOSTROPHES or character in _INVISIBLE or category in {"Cf", "Me"}:
        return None
    return character if category[0] in "LMN" else " "


def canonical(text: str) -> str:
    """One form for all spellings that differ in case, width or composition only."""
    # Some case foldings leave a decomposed sequence, so that one NFKC is not enough to be stable.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def spaced(text: str) -> str:
    """A folded text: its runs of letters, marks and numbers, parted by spaces (step 1)."""
    return (text.lower() if text.isascii() else canonical(text)).translate(_FOLD)


def is_unspaced(character: str) -> bool:
    """Whether the character belongs to a script that puts no spaces between words."""
    return _UNSPACED.match(character) is not None


def words(text: str) -> list[str]:
    """The folded words of a text, in order (steps 1 and 2 of the module's description)."""
    folded = spaced(text)
    runs = folded.split()
    if _UNSPACED.search(folded) is None:
        return runs
    return [word for run in runs for word in _cut(run)]


def _cut(run: str) -> Iterator[str]:
    end = 0
    for match in _UNSPACED.finditer(run):
        if end < match.start():
            yield run[end : match.start()]
        end = match.end()
        if end - match.start() == 1:
            yield match.group()
        for at in range(match.start(), end - 1):
            yield run[at : at + 2]
    if end < len(run):
        yield run[end:]


def shingles(text: str, width: int) -> list[str]:
    """The shingles of a text in order, each as its words joined by one space; empty if it has too few words."""
    found = words(text)
    return [" ".join(found[at : at + width]) for at in range(len(found) - width + 1)]


def word_hash(word: bytes) -> int:
    """The 64-bit hash of one folded word in UTF-8 (step 3)."""
    value = FNV_OFFSET
    for byte in word:
        value = ((value ^ byte) * FNV_PRIME) & _MASK
    return _fmix64(value)


def _fmix64(value: int) -> int:
    value ^= value >> 33
    value = (value * 0xFF51AFD7ED558CCD) & _MASK
    value ^= value >> 33
    value = (value * 0xC4CEB9FE1A85EC53) & _MASK
    return value ^ (value >> 33)


def fingerprint(hashes: Iterable[int]) -> tuple[int, int]:
    """128 bits that are equal for equal lists of words, given the words' hashes."""
    one = other = 0
    for word in hashes:
        one = ((one + word) * LINK) & _MASK
        other = (((other ^ word) + (other >> 32)) * OTHER_LINK) & _MASK
    return _fmix64(one), other


def shingle_key(shingle: bytes) -> int:
    """The 64-bit key of a shingle given as its words in UTF-8 joined by one space (step 4)."""
    key = 0
    for word in shingle.split(b" "):
        key = (key * COMBINE + word_hash(word)) & _MASK
    return key


def shingle_hash(shingle: bytes) -> int:
    """The published 32-bit hash of a shingle (step 5), made to be given to datasketch as ``hashfunc``."""
    return shingle_key(shingle) >> 32


class _WordHashes(dict[str, int]):
    """Word hashes seen so far: in running text nearly every word has been met before."""

    def __missing__(self, word: str) -> int:
        # A text may hold lone surrogates (JSON allows them); they only need to hash in one known way.
        value = self[word] = word_hash(word.encode("utf-8", "surrogatepass"))
        return value


@dataclass(frozen=True, slots=True)
class Shingled:
    """Texts with copies collapsed, and the shingle sets of the distinct ones.

    Copies are texts with the same folded words. Distinct texts are numbered in the order of first appearance.
    """

    number: NDArray[np.int64]
    """For each text given: the number of its distinct text, or -1 where it has no word at all."""
    words: NDArray[np.int64]
    """For each distinct text: how many words it has."""
    keys: NDArray[np.uint64]
    """Shingle keys of all distinct texts, one after the other, each set sorted and without repeats."""
    offsets: NDArray[np.int64]
    """``keys[offsets[i]:offsets[i + 1]]`` is the set of distinct text ``i``; empty where it has too few words."""
    prints: NDArray[np.uint64] = field(default_factory=lambda: np.zeros((0, 2), dtype=np.uint64))
    """``uint64 (n, 2)``: the ``fingerprint`` of each distinct text; empty where texts were not read for this."""

    def __len__(self) -> int:
        """Number of distinct texts."""
        return len(self.words)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of shingles in each set."""
        return np.diff(self.offsets)

    @property
    def first_place(self) -> NDArray[np.int64]:
        """For each distinct text: the place of the first text given that is a copy of it."""
        # Numbers are given in order: a new one is larger than all before it.
        before = np.maximum.accumulate(np.concatenate((np.full(1, -1), self.number)))[:-1]
        return np.flatnonzero(self.number > before)

    @property
    def first(self) -> list[int]:
        """``first_place`` as a list."""
        places: list[int] = self.first_place.tolist()
        return places

    def set_of(self, text: int) -> NDArray[np.uint64]:
        """The shingle keys of one distinct text, sorted."""
        return self.keys[self.offsets[text] : self.offsets[text + 1]]


# Words per batch of vectorised work: large enough to hide numpy's overhead, small enough to stay in cache.
_BATCH_WORDS = 200_000


# Plain Python takes so many seconds for one character.
_PLAIN_PACE = 1e-7


def shingle_texts(texts: Texts, width: int) -> Shingled:
    """Collapse copies and shingle what is left.

    :param texts: any number of texts, as strings or as an Arrow array, whose buffers are then read in place if the job
        is large enough for compiled loops (``tools``). A missing text (null) has no word.
    :param width: words in a shingle
    """
    given: Any = texts if is_arrow(texts) or isinstance(texts, Collection) else list(texts)
    characters = given.nbytes if is_arrow(given) else sum(map(len, given))
    if tools.is_worth_compiled(characters * _PLAIN_PACE):
        from pipeline.dedup import compiled  # noqa: PLC0415  # loads numba

        return compiled.shingle_texts(given, width)
    return plain_shingle_texts((text or "" for text in given.to_pylist()) if is_arrow(given) else given, width)


def is_arrow(texts: Texts) -> bool:
    """Whether these are Arrow's and not Python's; asks without importing Arrow."""
    return hasattr(texts, "to_pylist")


def plain_shingle_texts(texts: Iterable[str], width: int) -> Shingled:
    """``shingle_texts`` without compiled code."""
    hashes = _WordHashes()
    seen: dict[tuple[int, int], int] = {}
    number: list[int] = []
    lengths: list[int] = []
    key_parts: list[NDArray[np.uint64]] = []
    size_parts: list[NDArray[np.int64]] = []
    pending: list[int] = []
    first_pending = 0

    def flush() -> None:
        nonlocal first_pending
        keys, sizes = _shingle_batch(pending, lengths[first_pending:], width)
        key_parts.append(keys)
        size_parts.append(sizes)
        pending.clear()
        first_pending = len(lengths)

    for text in texts:
        found = words(text)
        if not found:
            number.append(-1)
            continue
        hashed = [hashes[word] for word in found]
        known = seen.setdefault(fingerprint(hashed), len(lengths))
        number.append(known)
        if known == len(lengths):
            lengths.append(len(found))
            pending.extend(hashed)
            if len(pending) >= _BATCH_WORDS:
                flush()
    flush()
    sizes = np.concatenate(size_parts)
    return Shingled(
        number=np.array(number, dtype=np.int64),
        words=np.array(lengths, dtype=np.int64),
        keys=np.concatenate(key_parts),
        offsets=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes))),
        prints=np.array(list(seen), dtype=np.uint64).reshape(-1, 2),
    )


def _shingle_batch(hashes: list[int], lengths: list[int], width: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Sorted distinct shingle keys of consecutive texts, and how many each text has."""
    count = len(lengths)
    starts = max(len(hashes) - width + 1, 0)
    if starts == 0:
        return np.zeros(0, dtype=np.uint64), np.zeros(count, dtype=np.int64)
    values = np.array(hashes, dtype=np.uint64)
    text = np.repeat(np.arange(count), lengths)
    keys = np.zeros(starts, dtype=np.uint64)
    for offset in range(width):
        keys = keys * np.uint64(COMBINE) + values[offset : offset + starts]
    inside = text[:starts] == text[width - 1 :]
    keys, text = keys[inside], text[:starts][inside]
    order = np.lexsort((keys, text))
    keys, text = keys[order], text[order]
    new = np.ones(len(keys), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]) | (text[1:] != text[:-1])
    return keys[new], np.bincount(text[new], minlength=count).astype(np.int64)
