"""The words of a text, and which of them may state a fact: numbers, dates, names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.metadata.months import fold, month_numbers, weekday_names

_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
TOKEN = re.compile(rf"\d+(?:[.,:'’]\d+)*(?=[{_SINGLE}])|[{_SINGLE}]|[^\W_{_SINGLE}]+(?:[.,:'’][^\W_{_SINGLE}]+)*")
"""A word. Scripts without spaces go character by character, but digits stay together."""

_NUMERALS = frozenset("〇零一二三四五六七八九十百千万萬億亿兩两")
_STOPS = frozenset('.!?:;。！？：；…\n"“”«»„¿¡‘(（「『-–—')
_MISREAD = str.maketrans("lI|iOoSsBZz", "11110055822")
# Letters of a name that are compared; no name is longer.
_NAME_LETTERS = 64


@dataclass(frozen=True)
class Words:
    """The words of one text."""

    text: str
    spans: list[tuple[int, int]]
    folded: list[str]

    @classmethod
    def of(cls, text: str) -> Words:
        """The words of a text."""
        spans = [hit.span() for hit in TOKEN.finditer(text)]
        return cls(text, spans, [text[start:end].casefold() for start, end in spans])

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word stands in the text."""
        return Counter(self.folded)

    @cached_property
    def names(self) -> list[bool]:
        """Which words have a capital that no sentence begins with."""
        text = self.text
        return [text[start].isupper() and is_within_sentence(text, start) for start, _ in self.spans]

    @cached_property
    def capitals(self) -> float:
        """Share of capitals among the words within sentences."""
        upper = sum(self.names)
        lower = sum(self.text[start].islower() for start, _ in self.spans)
        return upper / max(upper + lower, 1)

    def number(self, at: int) -> str | None:
        """See ``number``."""
        start, end = self.spans[at]
        return number(self.folded[at], self.text[start:end])

    def caseless(self, places: range) -> bool:
        """Whether all are letters of a script without capitals, at least two."""
        words = [self.folded[at] for at in places]
        return sum(map(len, words)) > 1 and all(map(is_caseless, words))

    def in_a_row(self, places: range) -> bool:
        """Whether two words with capitals follow each other, the first of a sentence among them."""
        inside = [at for at in places if at < len(self.spans)]
        return any(self.names[at] and self.text[self.spans[at - 1][0]].isupper() for at in inside if at - 1 in places)


def is_within_sentence(text: str, start: int) -> bool:
    """Whether a sentence has begun before a place."""
    before = text[max(0, start - 3) : start].rstrip(" \u00a0")
    return bool(before) and before[-1] not in _STOPS


def number(folded: str, printed: str) -> str | None:
    """The digits of a number, misread ones restored; None for other words."""
    if folded in _NUMERALS:
        return folded
    if folded.isalpha():  # no letter is a digit
        return None
    digits = sum(each.isdigit() for each in folded)
    if digits == 0 or 2 * digits < len(folded) - 2:
        return None
    read = unicodedata.normalize("NFKC", printed).translate(_MISREAD)
    return "".join(str(unicodedata.digit(each)) for each in read if each.isdigit())


def month(folded: str) -> str | None:
    """The month or weekday that a word names."""
    return calendar().get(fold(folded))


def may_state(folded: str) -> bool:
    """Whether a word may state a fact, whether it has a capital or not."""
    return not folded.isalpha() or folded in _NUMERALS or folded in calendar()


def is_caseless(folded: str) -> bool:
    """Whether a word is of letters of a script without capitals. Hiragana aside: it writes no names."""
    return all(each.isalpha() and each == each.upper() and not "\u3040" <= each <= "\u309f" for each in folded)


@lru_cache(maxsize=1)
def calendar() -> dict[str, str]:
    """Folded names of months and weekdays; abbreviations of weekdays are everyday words ("so", "mar", "on")."""
    months = {name: f"month {number}" for name, number in month_numbers().items()}
    return {name: name for name in weekday_names() if len(name) > 4} | months


@lru_cache(maxsize=4096)
def are_variants(one: str, other: str) -> bool:
    """Whether two names are one in two spellings: one letter in four, accents and broken ones aside."""
    if one == other:
        return True
    if one in calendar() and other in calendar():
        return False
    plain = plain_letters(one), plain_letters(other)
    # Mojibake of an accented letter leaves the plain letters as they were.
    if plain[0] == plain[1] and 2 * len(plain[0]) >= min(len(one), len(other)):
        return True
    bare = bare_letters(one), bare_letters(other)
    return _distance(*bare) <= max(map(len, bare)) // 4


def plain_letters(folded: str) -> str:
    """The letters and digits of a word that are ASCII."""
    return "".join(each for each in folded if each.isascii() and each.isalnum())


def bare_letters(folded: str) -> str:
    """The first letters of a word without accents; those misread as digits are digits."""
    apart = unicodedata.normalize("NFKD", folded)
    return "".join(each for each in apart if not unicodedata.combining(each)).translate(_MISREAD)[:_NAME_LETTERS]


def _distance(one: str, other: str) -> int:
    """Edit distance (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        above, row[0] = row[0], at
        for place, each in enumerate(other, start=1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (letter != each))
    return row[-1]
