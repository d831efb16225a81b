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

import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.dedup.facts.wording import Words, are_variants, calendar, may_state, month
from pipeline.rising import longest_rising

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

SMALL_GAP = 48
"""Words of a gap without unique common words that are aligned by the quadratic method."""

LISTED = 20
"""Changed facts that are kept of one pair; more would say no more."""

_LISTED_CHARS = 60


class Change(NamedTuple):
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


class Place(NamedTuple):
    """Where two texts state facts that differ, as slices of both, and the kind of these facts; see ``Change``."""

    start: int
    end: int
    other_start: int
    other_end: int
    number: bool
    name: bool

    def change(self, left: str, right: str) -> Change:
        """What stands there."""
        mine, theirs = left[self.start : self.end], right[self.other_start : self.other_end]
        return Change(" ".join(mine.split()), " ".join(theirs.split()), self.number, self.name)


def difference(left: str, right: str) -> Difference:
    """What two texts state differently, where they otherwise read alike."""
    places, other = places_of_change(left, right)
    return Difference(tuple(place.change(left, right) for place in places), other)


# Pairs are judged in the order of their left text, and a text in a crowd has many.
_words = lru_cache(maxsize=64)(Words.of)


def places_of_change(left: str, right: str) -> tuple[list[Place], bool]:
    """Where facts of two texts differ, in reading order, and whether they are two reports: see ``Difference``.

    ``kernels`` has the same in compiled code, for many pairs.
    """
    one, other = _words(left), _words(right)
    mine, theirs = one.counts, other.counts
    # Most copies are exact, cut, or longer by something: nothing stands in for anything else.
    if not _may_state(one, mine - theirs) or not _may_state(other, theirs - mine):
        return [], False
    # Where only one of them has capitals everywhere, the other says what a name is.
    capitals = min(one.capitals, other.capitals)
    tell = capitals <= CAPITALS_TELL
    found = []
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
            found.append(Place(*_slice(one, here), *_slice(other, there), number, name))
            kept.difference_update(here)
    if not found:
        return [], False
    numbers, names = sum(place.number for place in found), sum(place.name for place in found)
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
    return found, changed >= OTHER_FACTS and changed >= OTHER_SHARE * (changed + stated)


def _may_state(words: Words, own: Counter[str]) -> bool:
    """Whether among the words that only this text has there is one that may state a fact."""
    return any(map(may_state, own)) or any(
        word in own and words.text[start].isupper() for word, (start, _) in zip(words.folded, words.spans, strict=True)
    )


def _number_changed(one: Words, mine: range, other: Words, theirs: range) -> bool:
    """Whether a few words have a number or date and those in their place another."""
    months = [{month(words.folded[at]) for at in places} for words, places in ((one, mine), (other, theirs))]
    return _stands_for({one.number(at) for at in mine}, {other.number(at) for at in theirs}) or _stands_for(*months)


def _name_changed(one: Words, mine: range, other: Words, theirs: range) -> bool:
    """Whether a few words have a name and those in their place another."""
    names = [one.folded[at] for at in mine if one.names[at]], [other.folded[at] for at in theirs if other.names[at]]
    return _new(*names) and _new(*reversed(names))


def _new(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one side has a name that is no spelling of a name of the other."""
    return any(not any(are_variants(name, each) for each in theirs) for name in mine)


def _slice(words: Words, places: range) -> tuple[int, int]:
    return words.spans[places[0]][0], words.spans[places[-1]][1]


def _stands_for(mine: set[str | None], theirs: set[str | None]) -> bool:
    """Whether each side has something that the other has not."""
    return bool(mine - theirs - {None}) and bool(theirs - mine - {None})


def rules() -> str:
    """What an answer depends on beside the texts; equal rules give equal answers."""
    limits = (OTHER_FACTS, OTHER_SHARE, SLOT_WORDS, CAPITALS_TELL, CAPITALS_EVERYWHERE, LISTED)
    return repr((RULES_VERSION, limits, unicodedata.unidata_version, sorted(calendar().items())))


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
            if max(b - a, d - c) <= SMALL_GAP and min(b - a, d - c) > 0:
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
    return [pairs[index] for index in longest_rising([place for _, place in pairs])]
