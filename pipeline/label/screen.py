"""One look at every line that says which questions about it are worth asking: most rules and patterns fit no line.

A question is a rule or a family of regular expressions. Its strings (``literals``) are sought in one pass over the
characters: those that a line must hold by an automaton, those that it must open with, or consist of, by a trie from
its first letter. A line gets one bit for each question that it
might answer with yes; the question itself then decides. Nothing is asked less strictly or more strictly than before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.automaton import automaton
from pipeline.label import tail
from pipeline.label.literals import fold, needed
from pipeline.label.rules import CREDITS, MOST_CHARACTERS, RULES, SIGNED_POST, key, phrases
from pipeline.metadata import bylines, dates, months, names

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from pipeline.label.network.codepoints import Hashes

PLANE: Final = 0x1F000
"""Scripts with cases end before this code point; what comes after are emoji, and Han, which nothing here seeks."""
Table = npt.NDArray[Any]
_SOUGHT: Final = 9
"""Of strings that a line holds only so many characters are sought: the table stays small, and few more lines match."""
ODD: Final = frozenset("ıİ")
"""``re.IGNORECASE`` takes them for an ``i``, ``casefold`` does not."""
SYMBOL: Final = 255
ALPHABETIC, ALPHANUMERIC, BLANK, MANY, STRANGE, DENSE = 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13
"""What a character is, above its symbol in the automaton. ``MANY`` fold to several characters, of ``STRANGE`` ones
the tables know too little, ``DENSE`` ones are of scripts without spaces, or stand beyond their first code point."""
_FIRST_DENSE: Final = 0x2E80
_HAN, _HANGUL = range(0x4E00, 0x9FFD), range(0xAC00, 0xD7A4)


@dataclass(frozen=True, slots=True)
class Question:
    """What lines must be like to be asked."""

    name: str
    patterns: tuple[re.Pattern[str], ...] = ()
    whole: frozenset[str] = frozenset()
    """``key`` of the line,"""
    opens: frozenset[str] = frozenset()
    """... beginnings of it,"""
    holds: frozenset[str] = frozenset()
    """... strings in the folded line."""
    limit: int = 1 << 30
    """Longest line in characters."""


def _questions() -> list[Question]:
    """One for each rule in their order, then those of ``tail``."""
    of_rules = [
        Question(
            rule.name,
            patterns=rule.needs,
            whole=frozenset(map(key, phrases(rule.whole))),
            opens=frozenset(map(key, phrases(rule.opens))),
            holds=frozenset(map(str.casefold, phrases(rule.holds))),
            # whole lines may be longer than the rule's limit
            limit=MOST_CHARACTERS if rule.whole else min(rule.limit, MOST_CHARACTERS),
        )
        for rule in RULES
    ]
    return [
        *of_rules,
        *(Question(name, patterns=patterns) for name, patterns in tail.PATTERNS.items()),
        *(Question(name, whole=words) for name, words in tail.WHOLE.items()),
        Question("picture_credit", patterns=CREDITS),
        Question("signed_post", patterns=SIGNED_POST),
        Question("dense"),
        Question("sign", patterns=(*bylines.HINTS, dates.HINT), holds=names.ROLE_HINTS),
    ]


@dataclass(frozen=True, slots=True)
class Screen:
    """The tables of the automaton and of the trie, and of characters."""

    bit: dict[str, int]
    """Name of a question -> its bit."""
    characters: Table
    """Symbol of the folded form of each code point below ``PLANE`` (0 for those in no string), and what it is."""
    sought: Table
    """The form of each in which it is compared with strings,"""
    folded: Table
    """... and in which lines are compared with each other: the case-folded one, the first where there are several."""
    more: Table
    """... and the second and third; (PLANE, 2), 0 for none. Only where a character is ``MANY``."""
    moves: Table
    """State after a state and a symbol, at their sum; doubled, and odd if strings end in it. (states * symbols,)"""
    found: Hashes
    """Bits of the strings that end in each state; (states * symbols,): a state is the place of its first move."""
    first: Table
    """The node of the trie for each code point that a string begins with, 0 for others; (PLANE,): a hundred characters
    to go through one by one for every line would cost as much as the automaton."""
    first_child: Table
    sibling: Table
    label: Table
    """The trie: of each node its first child, the next child of its parent, and its code point."""
    opens: Hashes
    whole: Hashes
    """Bits of the strings that open a line, or are one, by node."""
    limits: Hashes
    """Bits that a line of 0, 1, ... characters may have; (MOST_CHARACTERS + 2,), the last for all longer ones."""


@cache
def screen() -> Screen:
    """The screen for all questions."""
    questions = _questions()
    bits = {question.name: 1 << number for number, question in enumerate(questions)}
    holds: dict[str, int] = {}
    opens: dict[str, int] = {}
    whole: dict[str, int] = {}
    for question in questions:
        bit = bits[question.name]
        own = set(map(fold, question.holds))
        for pattern in question.patterns:
            strings = needed(pattern)
            if strings.opens:
                _mark(opens, strings.strings, bit)
            else:
                own |= strings.strings
        # of two strings one of which holds the other the shorter will do
        own = {text[:_SOUGHT] for text in own}
        _mark(holds, [text for text in own if not any(other != text and other in text for other in own)], bit)
        _mark(opens, question.opens, bit)
        _mark(whole, question.whole, bit)
    symbols, moves, found = _automaton(holds)
    first, first_child, sibling, label, (open_bits, whole_bits) = _trie(opens, whole)
    characters, sought, folded, more = _characters(symbols)
    sizes = range(MOST_CHARACTERS + 2)
    limits = [sum(bits[one.name] for one in questions if size <= one.limit) for size in sizes]
    return Screen(
        bits, characters, sought, folded, more, moves, found, first, first_child, sibling, label, open_bits, whole_bits,
        np.array(limits, dtype=np.uint64),
    )  # fmt: skip


def _mark(table: dict[str, int], strings: Iterable[str], bit: int) -> None:
    for text in map(_plain, strings):
        table[text] = table.get(text, 0) | bit


def _automaton(strings: dict[str, int]) -> tuple[Table, Table, Hashes]:
    """Symbols, moves and bits of the automaton that finds all strings."""
    made = automaton(strings)
    symbols = np.zeros(PLANE, dtype=np.uint32)
    symbols[[ord(character) for character in made.alphabet]] = range(1, len(made.alphabet) + 1)
    width = made.moves.shape[1]
    ends = np.array([bits != 0 for bits in made.found], dtype=np.uint32)
    places = np.zeros(made.moves.size, dtype=np.uint64)
    places[::width] = np.array(made.found, dtype=np.uint64)
    doubled = 2 * width * made.moves.astype(np.uint32) + ends[made.moves]
    return symbols, doubled.ravel(), places


def _trie(*tables: dict[str, int]) -> tuple[Table, Table, Table, Table, list[Hashes]]:
    """First nodes, children, siblings and labels of a trie of all strings, and the bits of each table by node."""
    first_child, sibling, label = [0], [0], [0]
    nodes: dict[tuple[int, str], int] = {}
    bits = [[0] for _ in tables]
    for table, own in zip(tables, bits, strict=True):
        for text, mark in table.items():
            node = 0
            for character in text:
                child = nodes.get((node, character))
                if child is None:
                    child = nodes[node, character] = len(label)
                    label.append(ord(character))
                    sibling.append(first_child[node])
                    first_child.append(0)
                    first_child[node] = child
                    for column in bits:
                        column.append(0)
                node = child
            own[node] |= mark
    numbers = (np.array(values, dtype=np.int32) for values in (first_child, sibling, label))
    children, siblings, labels = numbers
    first = np.zeros(PLANE, dtype=np.int32)
    for (parent, character), node in nodes.items():
        if parent == 0:
            first[ord(character)] = node
    return first, children, siblings, labels, [np.array(own, dtype=np.uint64) for own in bits]


def _plain(text: str) -> str:
    """Without diacritics, with digits as such: bylines and dates are read in this form. Alike for text and strings."""
    return months.fold(text)


def _characters(symbols: Table) -> tuple[Table, Table, Table, Table]:
    """Symbols and properties, forms that are sought, case-folded forms and further ones, below ``PLANE``."""
    sought = np.arange(PLANE, dtype=np.uint32)
    folded = np.arange(PLANE, dtype=np.uint32)
    more = np.zeros((PLANE, 2), dtype=np.uint32)
    kinds = np.zeros(PLANE, dtype=np.uint32)
    letters = np.zeros(PLANE, dtype=np.uint32)
    kinds[_FIRST_DENSE:] = DENSE
    for point in range(PLANE):
        if point in _HAN or point in _HANGUL:  # letters that have one form only
            letters[point], kinds[point] = ALPHABETIC, ALPHANUMERIC | DENSE
            continue
        character = chr(point)
        if character.isalnum():
            kinds[point] |= ALPHANUMERIC
            letters[point] = ALPHABETIC * character.isalpha()
        elif character.isspace():
            kinds[point] |= BLANK
        form = character.casefold()
        if form != character:
            folded[point] = ord(form[0])
            if len(form) > 1:
                kinds[point] |= MANY
                more[point, : len(form) - 1] = [ord(part) for part in form[1:]]
        plain = _plain(form)
        known = ord(plain[0]) < PLANE and (kinds[point] & BLANK or _plain(_plain(character).casefold()) == plain)
        # Ⓑ is a sign, but a byline may begin with it: what a line opens with depends on who reads it
        known = known and character.isalpha() == form[0].isalpha() == plain[0].isalpha()
        sought[point] = ord(plain[0]) if known else point
        if not known:
            kinds[point] |= STRANGE
    sought[ord("’")] = ord("'")
    sought[kinds & BLANK != 0] = ord(" ")
    kinds[[ord(character) for character in ODD]] |= STRANGE
    return kinds | letters[folded] | symbols[sought], sought, folded, more


@cache
def bit_of(question: str) -> int:
    """The bit of a question, by name."""
    return screen().bit[question]
