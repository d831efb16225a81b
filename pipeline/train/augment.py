"""Pages changed at random, so that the network meets layouts, scripts and cuts that the corpora do not have."""

from __future__ import annotations

import hashlib
import random
import re
import string
import textwrap
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.train.pages import BULLET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipeline.train.lines import Lines
    from pipeline.train.pages import TrainingPage


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Shares of the changed pages that each change befalls. The defaults are the delivered settings."""

    only_body: float = 0.1
    """Nothing but body lines."""
    cut: float = 0.1
    """The end is missing."""
    thin: float = 0.1
    """Runs of chrome are missing."""
    swap: float = 0.3
    """The chrome of another page of its type stands around the body."""
    wrap: float = 0.1
    """Lines are wrapped hard."""
    upper: float = 0.06
    """All capitals."""
    lower: float = 0.04
    """No capitals."""
    cjk: float = 0.04
    """Words replaced by made-up Han characters, the same for the same word: what is known of layout must do."""
    cipher: float = 0.04
    """Letters exchanged, vowels for vowels: a language without a known word."""


_LEAST_LINES: Final = 3
_RUN: Final = 40
"""Lines of chrome that are kept or dropped together."""
_MOST_BEFORE, _MOST_AFTER = 200, 300
"""Lines of another page's chrome."""
_WIDTHS: Final = (60, 66, 72, 76, 80, 100)
_SHORT: Final = 80
"""Characters of a line that may be given a bullet."""
_CIPHERS: Final = 16
_HAN: Final = (0x4E00, 1800)
"""First of the common ideographs, and how many are used."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_BETWEEN_HAN: Final = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_VOWELS, _CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxyz"


def augment(
    page: TrainingPage, rng: random.Random, pool: Mapping[str, Sequence[TrainingPage]], shares: Augmentation
) -> Lines:
    """The lines of the page, changed at random.

    :param pool: pages by type, to take chrome from.
    """
    lines = _with_less(page.lines, rng, shares)
    if rng.random() < shares.swap and lines.body.any():
        lines = _with_chrome_of(rng.choice(pool[page.page_type]).lines, lines, rng)
    lines = _with_other_blanks(lines, rng)
    lines = _with_other_bullets(lines, rng)
    if rng.random() < shares.wrap:
        lines = _wrapped(lines, rng.choice(_WIDTHS))
    return _with_other_letters(lines, rng, shares)


def _with_less(lines: Lines, rng: random.Random, shares: Augmentation) -> Lines:
    """Body only, without the end, without runs of chrome, or as it was."""
    chosen = np.arange(len(lines))
    draw = rng.random()
    if draw < shares.only_body:
        chosen = np.flatnonzero(lines.body)
    elif draw < shares.only_body + shares.cut:
        chosen = chosen[: max(_LEAST_LINES, int(len(lines) * rng.uniform(0.45, 0.9)))]
    elif draw < shares.only_body + shares.cut + shares.thin:
        chosen = np.array(_without_runs(lines, rng), dtype=np.int64)
    return lines.take(chosen) if len(chosen) >= _LEAST_LINES else lines


def _without_runs(lines: Lines, rng: random.Random) -> list[int]:
    """Of each run of chrome: all with probability .6, else half or nothing."""
    body = lines.body.tolist()
    kept: list[int] = []
    at = 0
    while at < len(body):
        end = at + 1
        if not body[at]:
            while end < len(body) and not body[end] and end - at < _RUN:
                end += 1
            if rng.random() <= 0.4:
                kept += range(at, at + (end - at) // 2) if rng.random() < 0.5 else ()
                at = end
                continue
        kept += range(at, end)
        at = end
    return kept


def _with_chrome_of(other: Lines, lines: Lines, rng: random.Random) -> Lines:
    """The body between the chrome of another page; the chrome next to either body may stay."""
    own, foreign = np.flatnonzero(lines.body), np.flatnonzero(other.body)
    if not len(foreign):
        return lines
    first, last = int(own[0]), int(own[-1])
    if rng.random() < 0.7:
        start = max(0, first - rng.choice((0, 2, 5, 10, 20)))
        top = int(foreign[0])
        low = top - min(top, _MOST_BEFORE)
        before = other.between(low, max(low, top - rng.choice((0, 0, 3, 8))))
        lines = before.followed_by(lines.between(start, len(lines)))
        last += len(before) - start
    if rng.random() < 0.7:
        end = last + 1 + rng.choice((0, 0, 2, 5, 10, 30))
        bottom = int(foreign[-1]) + 1
        lines = lines.between(0, end).followed_by(other.between(bottom, bottom + _MOST_AFTER))
    return lines


def _with_other_blanks(lines: Lines, rng: random.Random) -> Lines:
    """Without blank lines (12 %), with one everywhere (6 %), with half of them (6 %)."""
    draw = rng.random()
    if draw < 0.12:
        return replace(lines, blank=np.zeros(len(lines), dtype=np.bool_))
    if draw < 0.18:
        return replace(lines, blank=np.ones(len(lines), dtype=np.bool_))
    if draw < 0.24:
        halved = [is_blank and rng.random() < 0.5 for is_blank in lines.blank.tolist()]
        return replace(lines, blank=np.array(halved, dtype=np.bool_))
    return lines


def _with_other_bullets(lines: Lines, rng: random.Random) -> Lines:
    """Without bullets (12 %), or with some before half of the short lines (6 %)."""
    draw = rng.random()
    if draw < 0.12:
        return _rewritten(lines, lambda text: BULLET.sub("", text))
    if draw < 0.18:

        def mark(text: str) -> str:
            if len(text) >= _SHORT or BULLET.match(text) or rng.random() >= 0.5:
                return text
            return f"{rng.choice('•*')} {text}"

        return _rewritten(lines, mark)
    return lines


def _wrapped(lines: Lines, width: int) -> Lines:
    parts = [
        textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [text] for text in lines.texts
    ]
    sizes = np.array([len(own) for own in parts], dtype=np.int64)
    wrapped = lines.take(np.repeat(np.arange(len(lines)), sizes))
    is_first = np.zeros(len(wrapped), dtype=np.bool_)
    is_first[np.cumsum(sizes) - sizes] = True
    return replace(wrapped, texts=tuple(text for own in parts for text in own), blank=wrapped.blank & is_first)


def _with_other_letters(lines: Lines, rng: random.Random, shares: Augmentation) -> Lines:
    draw = rng.random()
    for share, change in ((shares.upper, str.upper), (shares.lower, str.lower), (shares.cjk, as_han)):
        if draw < share:
            return _rewritten(lines, change)
        draw -= share
    if draw < shares.cipher:
        table = _cipher(rng.randrange(_CIPHERS))
        return _rewritten(lines, lambda text: text.translate(table))
    return lines


def as_han(text: str) -> str:
    """The text with each word as one to three ideographs, without the blanks between them."""
    written = _BETWEEN_HAN.sub("", _WORD.sub(lambda match: _han(match.group().lower()), text))
    if len(written) <= 12:
        return written  # short lines end without a full stop, in Chinese too
    return written.replace(". ", "。").replace(", ", "、").replace(".", "。")


@lru_cache(500_000)
def _han(word: str) -> str:
    number = int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")
    signs = ""
    for _ in range(max(1, min(3, (len(word) + 1) // 3))):
        signs += chr(_HAN[0] + number % _HAN[1])
        number //= _HAN[1]
    return signs


@cache
def _cipher(seed: int) -> dict[int, int]:
    rng = random.Random(seed)
    vowels, consonants = list(_VOWELS), list(_CONSONANTS)
    rng.shuffle(vowels)
    rng.shuffle(consonants)
    plain, secret = _VOWELS + _CONSONANTS, "".join(vowels + consonants)
    assert sorted(plain) == list(string.ascii_lowercase)
    return str.maketrans(plain + plain.upper(), secret + secret.upper())


def _rewritten(lines: Lines, change: Callable[[str], str]) -> Lines:
    return replace(lines, texts=tuple(map(change, lines.texts)))
