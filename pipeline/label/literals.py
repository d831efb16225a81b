"""Which strings a regular expression cannot do without: whoever has seen none of them in a text need not try it.

The method of filtered regular expressions (Cox, "Regular Expression Matching with a Trigram Index", 2012), with whole
strings instead of trigrams. The strings are read off the parsed pattern, so a pattern and its filter cannot part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_parser: Any = re._parser  # type: ignore[attr-defined]
_MOST: Final = 400
"""More strings than this for one pattern are cut at an earlier place: shorter strings, but fewer."""
_LONG_ENOUGH: Final = 5
"""Longer strings are hardly rarer in a text."""
_CLASS: Final = 12
"""Sets of more characters than this are no strings."""


@dataclass(frozen=True, slots=True)
class Needed:
    """Every text in which a pattern is found, folded, holds one of ``strings``."""

    strings: frozenset[str]
    opens: bool
    """Whether the text moreover begins with it, up to characters that are no letters."""


def fold(text: str) -> str:
    """The form in which texts and strings are compared: cases, apostrophes and the kind of white space do not count."""
    folded = text.casefold().replace("’", "'")
    lead, trail = " " * folded[:1].isspace(), " " * (folded[-1:].isspace() and len(folded.strip()) > 0)
    return f"{lead}{' '.join(folded.split())}{trail}"


def needed(pattern: re.Pattern[str]) -> Needed:
    """What every match of ``pattern`` holds.

    :raises ValueError: if it can do without any string.
    """
    items = list(_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE | re.UNICODE))
    opens = _opening(items)
    strings = opens or _sequence(items).needs
    if not strings or not all(strings):
        raise ValueError(f"any text may match {pattern.pattern!r}")
    return Needed(frozenset(map(fold, strings)), opens is not None)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of the texts that a part of a pattern matches."""

    exact: frozenset[str] | None
    """All of them, if they are few,"""
    need: frozenset[str] | None = None
    """... else strings of which each holds one."""
    front: frozenset[str] = frozenset({""})
    """... and strings with one of which each begins."""

    @property
    def needs(self) -> frozenset[str] | None:
        found = self.exact if self.exact is not None else self.need
        return found if found and all(found) else None


_UNKNOWN: Final = _Part(None)
_NOTHING: Final = _Part(frozenset({""}))


def _opening(items: list[Any]) -> frozenset[str] | None:
    """Strings that begin with a letter, with one of which a match opens after nothing but signs."""
    if not items or str(items[0][0]) != "AT" or str(items[0][1]) != "AT_BEGINNING":
        return None
    rest = items[1:]
    if rest and str(rest[0][0]) == "MAX_REPEAT" and "CATEGORY_NOT_WORD" in str(rest[0][1][2]):
        rest = rest[1:]
    part = _sequence(rest)
    front = part.exact if part.exact is not None else part.front
    return front if all(text[:1].isalpha() for text in front) else None


def _sequence(items: Iterable[Any]) -> _Part:
    run: frozenset[str] = frozenset({""})
    best: frozenset[str] | None = None
    front: frozenset[str] | None = None
    whole = True
    for item in items:
        part = _item(item)
        if part.exact is not None and len(run) * len(part.exact) <= _MOST:
            run = frozenset(a + b for a, b in product(run, part.exact))
            continue
        best = _better(best, run)
        best = _better(best, part.needs)
        if front is None:
            follows = part.exact if part.exact is not None else part.front
            few = len(run) * len(follows) <= _MOST
            front = frozenset(a + b for a, b in product(run, follows)) if few else run
        whole, run = False, part.exact if part.exact is not None else frozenset({""})
    if whole:
        return _Part(run, front=run)
    return _Part(None, _better(best, run), front or frozenset({""}))


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The set whose shortest string is longer; of equals the smaller."""
    sets = [strings for strings in (one, other) if strings and all(text.strip() for text in strings)]
    return max(sets, key=lambda strings: (min(*map(len, strings), _LONG_ENOUGH), -len(strings)), default=None)


def _item(item: Any) -> _Part:
    name, value = str(item[0]), item[1]
    match name:
        case "LITERAL":
            return _exactly({fold(chr(value)) or chr(value)})
        case "IN":
            return _character_set(value)
        case "SUBPATTERN":
            return _sequence(value[3])
        case "BRANCH":
            return _branch([_sequence(way) for way in value[1]])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _repeat(int(value[0]), value[1], _sequence(value[2]))
    return _NOTHING if name in {"AT", "ASSERT", "ASSERT_NOT"} else _UNKNOWN


def _exactly(strings: set[str]) -> _Part:
    return _Part(frozenset(strings), front=frozenset(strings))


def _character_set(members: list[Any]) -> _Part:
    found: set[str] = set()
    for member in members:
        match str(member[0]):
            case "LITERAL":
                found.add(fold(chr(member[1])) or chr(member[1]))
            case "RANGE" if member[1][1] - member[1][0] < _CLASS:
                found |= {fold(chr(point)) for point in range(member[1][0], member[1][1] + 1)}
            case "CATEGORY" if str(member[1]) == "CATEGORY_SPACE":
                found.add(" ")
            case _:
                return _UNKNOWN
    return _exactly(found) if len(found) <= _CLASS else _UNKNOWN


def _branch(ways: list[_Part]) -> _Part:
    exact = [way.exact for way in ways if way.exact is not None]
    front = frozenset[str]().union(*(way.exact if way.exact is not None else way.front for way in ways))
    if len(exact) == len(ways):
        return _Part(frozenset[str]().union(*exact), front=front)
    needs = [way.needs for way in ways if way.needs is not None]
    return _Part(None, frozenset[str]().union(*needs) if len(needs) == len(ways) else None, front)


def _repeat(least: int, most: Any, part: _Part) -> _Part:
    is_space = part.exact == frozenset({" "})  # runs of white space are folded into one blank
    if part.exact is not None and (is_space or int(most) == 1):
        return _exactly(set(part.exact) | ({""} if least == 0 else set()))
    front = part.exact if part.exact is not None else part.front
    return _Part(None, part.needs, front) if least else _UNKNOWN
