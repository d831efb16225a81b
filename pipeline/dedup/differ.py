"""What two texts that read alike say differently: other numbers, names or dates.

Reports written to one template (weather, results, prices, obituaries) share nearly all of their words and say
different things; a copy with misread letters shares fewer and says the same. So the words are aligned (unique common
words as anchors, as in B. Cohen's patience diff, which is linear but for sorting), and where a few words stand in for
a few others it is asked whether both are facts of one kind:

- *numbers*: anything with a digit in any script, Chinese numerals; "1,013" is "1013", "l0l3" is a misread "1013";
- *dates*: names of months and weekdays (``metadata.months``), which count with their number as one fact;
- *names*: words in capitals within a sentence, where capitals tell anything (``CAPITALS_TELL``). One letter in four may
  differ: a spelling, a misreading.

One changed fact is a correction, and the texts are the same. ``OTHER_FACTS`` or more, that are a good part of all the
facts they state, are another report. Words that one text has in addition never count, nor do passages rewritten as a
whole. Nothing here knows a language.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from pipeline.metadata.months import fold, month_numbers, weekday_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RULES_VERSION = 1
"""Raised whenever two texts may be told apart otherwise than before: what an index remembers is then asked anew."""

OTHER_FACTS = 2
"""So many changed facts make another report: a correction changes one."""

OTHER_SHARE = 0.15
"""... if they are this share of the facts of their kinds: a long story corrected twice is still that story."""

SLOT_WORDS = 6
"""Words on either side of a difference that can be a slot ("Anna Maria van der Berg"); more is rewriting."""

CAPITALS_TELL = 0.25
"""Up to this share of capitals among the words within sentences a capital is a name: English news has .1 to .2, German,
which writes every noun so, .3 and more. Above, only capitals in a row are ("Anna Rossi"), and those in texts whose
numbers differ too. So do words of scripts without capitals, where numbers differ too."""

CAPITALS_EVERYWHERE = 0.6
"""Above this share (headlines, all upper case) no capital tells anything."""

# Words of a gap without unique common words that are aligned by the quadratic method.
_SMALL_GAP = 48
LISTED = 20
"""Changed facts that are kept of one pair; more would say no more."""

_LISTED_CHARS = 60

_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Scripts without spaces go character by character, but digits stay together.
_TOKEN = re.compile(rf"\d+(?:[.,:'’]\d+)*(?=[{_SINGLE}])|[{_SINGLE}]|[^\W_{_SINGLE}]+(?:[.,:'’][^\W_{_SINGLE}]+)*")
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万萬億亿兩两")
_STOPS = frozenset('.!?:;。！？：；…\n"“”«»„¿¡‘(（「『-–—')
_MISREAD = str.maketrans("lI|iOoSsBZz", "11110055822")


@dataclass(frozen=True, slots=True)
class Change:
    """Facts that stand in one place of both texts and differ."""

    left: str
    right: str
    number: bool
    """Whether a number or date differs; a day and its month are one fact."""
    name: bool
    """Whether a name differs."""

    def turned(self) -> Change:
        """The same, seen from the other text."""
        return Change(self.right, self.left, self.number, self.name)

    def __str__(self) -> str:
        return f"{_short(self.left)} → {_short(self.right)}"


def _short(text: str) -> str:
    return text if len(text) <= _LISTED_CHARS else text[: _LISTED_CHARS - 1] + "…"


@dataclass(frozen=True, slots=True)
class Difference:
    """What two texts that read alike state differently."""

    changes: tuple[Change, ...] = ()
    """In reading order."""
    other: bool = False
    """Whether they are two reports rather than one that was corrected."""


_SAME = Difference()


@dataclass(frozen=True)
class _Words:
    text: str
    spans: list[tuple[int, int]]
    folded: list[str]

    @classmethod
    def of(cls, text: str) -> _Words:
        spans = [hit.span() for hit in _TOKEN.finditer(text)]
        return cls(text, spans, [text[start:end].casefold() for start, end in spans])

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word stands in the text."""
        return Counter(self.folded)

    @cached_property
    def names(self) -> list[bool]:
        """Which words have a capital that no sentence begins with."""
        text = self.text
        return [text[start].isupper() and self._within_sentence(start) for start, _ in self.spans]

    def _within_sentence(self, start: int) -> bool:
        before = self.text[max(0, start - 3) : start].rstrip(" \u00a0")
        return bool(before) and before[-1] not in _STOPS

    @cached_property
    def capitals(self) -> float:
        """Share of capitals among the words within sentences."""
        upper = sum(self.names)
        lower = sum(self.text[start].islower() for start, _ in self.spans)
        return upper / max(upper + lower, 1)

    def number(self, at: int) -> str | None:
        """The digits of a number, misread ones restored; None for other words."""
        word = self.folded[at]
        if word in _NUMERALS:
            return word
        if word.isalpha():  # no letter is a digit
            return None
        digits = sum(each.isdigit() for each in word)
        if digits == 0 or 2 * digits < len(word) - 2:
            return None
        start, end = self.spans[at]
        read = unicodedata.normalize("NFKC", self.text[start:end]).translate(_MISREAD)
        return "".join(str(unicodedata.digit(each)) for each in read if each.isdigit())

    def caseless(self, places: range) -> bool:
        """Whether all are letters of a script without capitals (Hiragana aside: it writes no names), at least two."""
        text = "".join(self.folded[at] for at in places)
        return len(text) > 1 and all(
            each.isalpha() and each == each.upper() and not "\u3040" <= each <= "\u309f" for each in text
        )

    def in_a_row(self, places: range) -> bool:
        """Whether two words with capitals follow each other, the first of a sentence among them."""
        inside = [at for at in places if at < len(self.spans)]
        return any(self.names[at] and self.text[self.spans[at - 1][0]].isupper() for at in inside if at - 1 in places)


# Matches are judged in the order of their left text, and a text in a crowd has many.
@lru_cache(maxsize=64)
def _words(text: str) -> _Words:
    return _Words.of(text)


def difference(left: str, right: str) -> Difference:
    """What two texts state differently, where they otherwise read alike."""
    one, other = _words(left), _words(right)
    mine, theirs = one.counts, other.counts
    # Most copies are exact, cut, or longer by something: nothing stands in for anything else.
    if not _may_state(one, mine - theirs) or not _may_state(other, theirs - mine):
        return _SAME
    # Where only one of them has capitals everywhere, the other says what a name is.
    capitals = min(one.capitals, other.capitals)
    tell = capitals <= CAPITALS_TELL
    changes = []
    slots = []
    for a, b, c, d in _gaps(one.folded, other.folded):
        if a < b <= a + SLOT_WORDS and c < d <= c + SLOT_WORDS:
            slots.append((range(a, b), range(c, d)))
    dated = any(_number_changed(one, here, other, there) for here, there in slots)
    kept = set(range(len(one.spans)))
    for here, there in slots:
        names_tell = tell or (
            capitals <= CAPITALS_EVERYWHERE and (dated or (one.in_a_row(here) and other.in_a_row(there)))
        )
        number = _number_changed(one, here, other, there)
        name = (names_tell and _name_changed(one, here, other, there)) or (
            dated and not number and one.caseless(here) and other.caseless(there)
        )
        if number or name:
            changes.append(Change(_said(one, here), _said(other, there), number, name))
            kept.difference_update(here)
    if not changes:
        return _SAME
    numbers, names = sum(change.number for change in changes), sum(change.name for change in changes)
    # Only facts of the kinds that changed are counted against them: a club keeps its name from match to match.
    stated = sum(
        (numbers > 0 and one.number(at) is not None)
        # The words of a name are one fact.
        or (
            names > 0 and one.names[at] and not (at and one.names[at - 1]) and (tell or one.in_a_row(range(at, at + 2)))
        )
        for at in kept
        if one.folded[at] in theirs
    )
    changed = numbers + names
    return Difference(tuple(changes), changed >= OTHER_FACTS and changed >= OTHER_SHARE * (changed + stated))


def _may_state(words: _Words, own: Counter[str]) -> bool:
    """Whether among the words that only this text has there is one that may state a fact."""
    calendar = _calendar()
    if any(not word.isalpha() or word in _NUMERALS or word in calendar for word in own):
        return True
    return bool(own) and any(
        word in own and words.text[start].isupper() for word, (start, _) in zip(words.folded, words.spans, strict=True)
    )


def _number_changed(one: _Words, mine: range, other: _Words, theirs: range) -> bool:
    """Whether a few words have a number or date and those in their place another."""
    months = [
        {_calendar().get(fold(words.folded[at])) for at in places} for words, places in ((one, mine), (other, theirs))
    ]
    return _stands_for({one.number(at) for at in mine}, {other.number(at) for at in theirs}) or _stands_for(*months)


def _name_changed(one: _Words, mine: range, other: _Words, theirs: range) -> bool:
    """Whether a few words have a name and those in their place another."""
    names = [one.folded[at] for at in mine if one.names[at]], [other.folded[at] for at in theirs if other.names[at]]
    return _new(*names) and _new(*reversed(names))


def _new(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one side has a name that is no spelling of a name of the other."""
    return any(not any(_variants(name, each) for each in theirs) for name in mine)


def _said(words: _Words, places: range) -> str:
    return " ".join(words.text[words.spans[places[0]][0] : words.spans[places[-1]][1]].split())


def _stands_for(mine: set[str | None], theirs: set[str | None]) -> bool:
    """Whether each side has something that the other has not."""
    return bool(mine - theirs - {None}) and bool(theirs - mine - {None})


@lru_cache(maxsize=1)
def _calendar() -> dict[str, str]:
    """Folded names of months and weekdays; abbreviations of weekdays are everyday words ("so", "mar", "on")."""
    months = {name: f"month {number}" for name, number in month_numbers().items()}
    return {name: name for name in weekday_names() if len(name) > 4} | months


def rules() -> str:
    """What an answer depends on beside the texts; equal rules give equal answers."""
    limits = (OTHER_FACTS, OTHER_SHARE, SLOT_WORDS, CAPITALS_TELL, CAPITALS_EVERYWHERE, LISTED)
    return repr((RULES_VERSION, limits, unicodedata.unidata_version, sorted(_calendar().items())))


@lru_cache(maxsize=4096)
def _variants(one: str, other: str) -> bool:
    """Whether two names are one in two spellings: one letter in four, accents and broken ones aside."""
    if one == other:
        return True
    if one in _calendar() and other in _calendar():
        return False
    plain = ["".join(each for each in word if each.isascii() and each.isalnum()) for word in (one, other)]
    # Mojibake of an accented letter leaves the plain letters as they were.
    if plain[0] == plain[1] and 2 * len(plain[0]) >= min(len(one), len(other)):
        return True
    bare = [
        "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).translate(_MISREAD)[:64]
        for word in (one, other)
    ]
    return _distance(*bare) <= max(map(len, bare)) // 4


def _distance(one: str, other: str) -> int:
    """Edit distance (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        above, row[0] = row[0], at
        for place, each in enumerate(other, start=1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (letter != each))
    return row[-1]


def _gaps(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where two sequences of words differ: ``one[a:b]`` stands for ``other[c:d]``, in order."""
    a = c = 0
    for here, there in [*_anchors(one, other), (len(one), len(other))]:
        if here < a or there < c:
            # The words after the last anchor ran on equally beyond this one.
            continue
        b, d = here, there
        while b > a and d > c and one[b - 1] == other[d - 1]:
            b, d = b - 1, d - 1
        while a < b and c < d and one[a] == other[c]:
            a, c = a + 1, c + 1
        if a < b or c < d:
            if max(b - a, d - c) <= _SMALL_GAP and min(b - a, d - c) > 0:
                matcher = SequenceMatcher(None, one[a:b], other[c:d], autojunk=False)
                for tag, i, j, k, m in matcher.get_opcodes():
                    if tag != "equal":
                        yield a + i, a + j, c + k, c + m
            else:
                yield a, b, c, d
        a, c = here, there
        while a < len(one) and c < len(other) and one[a] == other[c]:
            a, c = a + 1, c + 1


def _anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Places of words that stand once in each, as many as keep their order (longest increasing subsequence)."""
    counts = Counter(one), Counter(other)
    there = {word: at for at, word in enumerate(other) if counts[1][word] == 1}
    pairs = [(at, there[word]) for at, word in enumerate(one) if counts[0][word] == 1 and word in there]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(place)
            last.append(number)
        else:
            ends[length], last[length] = place, number
    chain = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]
