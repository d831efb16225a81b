"""Plain text in which the ends of blocks are lost: ``... has closed.Read more`` and ``HomeNewsSport``.

Tools that take the text of a page node by node put nothing between two elements (``textContent`` of the DOM,
``get_text()`` of Beautiful Soup), and pages are served without line ends between their tags. A line then holds menus,
headline and paragraphs in one. What is left of the boundaries is a stop with a capital right behind it, a capital
inside a word, and white space for the tags' indentation. Lines are cut there, on pages that have enough of them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MIN_BOUNDARIES: Final = 3
"""Boundaries of which a page must have so many: writers forget the space behind a stop once or twice."""
MENU_HUMPS: Final = 3
"""Capitals inside one word from which it is a menu (``HomeNewsSportWeather``); names have fewer (``PlayStation``)."""
MIN_INDENTED: Final = 200
"""Characters of a line from which runs of white space in it part blocks: shorter ones may be rows of a table."""
MIN_WORD: Final = 3
"""Letters of the words on both sides of a capital: ``LinkedIn`` ends in a word, too."""
MIN_NAME: Final = 5
"""Letters of a word with a capital from which a stop behind it may end a sentence: ``Prof.`` and ``Sept.`` do not."""
MAX_WORD: Final = 60
"""Characters of a word beside a stop that are looked at."""

_STOP = re.compile(r"[.!?…](?<=[^\W\d_].)[\"”’»)]{0,2}+(?=[\"“‘«(¿¡]?[^\W\d_])")
_LAST = re.compile(r"(?:(?<=[^\w.@/’'-])|\A)[^\W\d_][\w’'-]*\Z")
_FIRST = re.compile(rf"[\"“‘«(¿¡]?([^\W\d_][\w’'-]{{0,{MAX_WORD}}}+)[ ,:?!;]")
_HUMP = re.compile(r"(?:(?<=[^\W\d_])|(?<=[\d)\]»”]))(?=[^\W\d_]{2})")
_TOKEN = re.compile(r"\S{5,}")
_NO_PROSE = re.compile(r"[_@\\<>{}=/]|\w\.\w|::|\w\(")
"""Signs of code, paths and addresses, whose capitals part nothing."""
_WORD = re.compile(r"[^\W\d_]+")
_INDENT = re.compile(r"\s{3,}")


def blocks(lines: Sequence[str], content: str) -> list[tuple[str, ...]]:
    """The blocks of each line, in order, without white space around them; empty where the line is one.

    :param content: the whole page. Joined, the blocks of a line are the line but for white space.
    """
    glue = find_glue(content)
    parted = [
        tuple(block for own in _indented(line) for block in (glue.cut(own) if glue else (own,))) for line in lines
    ]
    return [own if len(own) > 1 else () for own in parted]


@dataclass(frozen=True)
class Glue:
    """How the lines of one page are cut; made for a page that ``find_glue`` has found glued."""

    content: str
    pairs: Counter[tuple[str, str]]
    """The words on both sides of each stop, with how often they meet: ``request.POST`` twice is a name in code."""

    def cut(self, line: str) -> list[str]:
        """The blocks of a line, in order, without white space around them; joined, they are the line but for that."""
        stops, humps = [*self._stops(line)], [*self._humps(line)]
        # a single capital inside a word is rather a name's; where blocks were lost, they were lost one after the other
        places = {0, len(line), *stops, *(humps if len(stops) + len(humps) >= MIN_BOUNDARIES else ())}
        pieces = (line[start:end].strip() for start, end in pairwise(sorted(places)))
        return [piece for piece in pieces if piece]

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """Words that stand on the page by themselves, case folded."""
        return frozenset(word.casefold() for word in set(_WORD.findall(self.content)) if not _humps_of(word))

    @cached_property
    def _tokens(self) -> Counter[str]:
        """How often each run of visible characters stands on the page: ``useState`` twice is a name as well."""
        return Counter(_TOKEN.findall(self.content))

    def _stops(self, line: str) -> Iterator[int]:
        return (end for end, pair in _stops_of(line) if self.pairs[pair] == 1)

    def _humps(self, line: str) -> Iterator[int]:
        for match in _TOKEN.finditer(line):
            token = match[0]
            humps = _humps_of(token)
            if not humps or _NO_PROSE.search(token):
                continue
            for before, at, after in zip([0, *humps], humps, [*humps[1:], len(token)], strict=False):
                if len(humps) >= MENU_HUMPS or (
                    self._tokens[token] == 1 and self._are_words(token[before:at], token[at:after])
                ):
                    yield match.start() + at

    def _are_words(self, left: str, right: str) -> bool:
        """Whether both sides of a capital inside a word are words of the page: those of ``CyberArk`` are not."""
        words = (*_WORD.findall(left)[-1:], *_WORD.findall(right)[:1])
        return all(len(word) >= MIN_WORD and word.casefold() in self._vocabulary for word in words)


def find_glue(content: str) -> Glue | None:
    """What cuts the lines of a page, or None where too little says that the ends of its blocks were lost."""
    pairs = Counter(pair for _, pair in _stops_of(content))
    stops = sum(1 for (last, _), times in pairs.items() if times == 1 and last.islower())
    if not stops:
        return None
    if stops < MIN_BOUNDARIES:
        stops += sum(
            1
            for token in set(_TOKEN.findall(content))
            if len(_humps_of(token)) >= MENU_HUMPS and not _NO_PROSE.search(token)
        )
    return Glue(content, pairs) if stops >= MIN_BOUNDARIES else None


def _indented(line: str) -> list[str]:
    """The blocks of a long line that are parted by runs of white space, at least ``MIN_BOUNDARIES`` of them."""
    if len(line) < MIN_INDENTED or line.count("  ") + line.count("\t") < MIN_BOUNDARIES:
        return [line]
    parted = _INDENT.split(line)
    return parted if len(parted) > MIN_BOUNDARIES else [line]


def _stops_of(line: str) -> Iterator[tuple[int, tuple[str, str]]]:
    """Where a sentence ends with the next one right behind it, and the words on both sides."""
    for match in _STOP.finditer(line):
        following = _FIRST.match(line, match.end())
        if following is None:
            continue
        first = following[1]
        # alone, "Â" is what mojibake makes of a space
        begins = first[0].isupper() and (first[1:].islower() or (first.isupper() and first != "Â"))
        last = _LAST.search(line[max(0, match.start() - MAX_WORD) : match.start()]) if begins else None
        if last is not None and last[0][-1].islower() and len(last[0]) >= (2 if last[0].islower() else MIN_NAME):
            yield match.end(), (last[0], first)


def _humps_of(token: str) -> list[int]:
    """Where a capital with a small letter behind it follows a small letter, a digit or a closing mark."""
    return [
        at
        for match in _HUMP.finditer(token)
        if (at := match.start()) > 1 and token[at].isupper() and token[at + 1].islower() and not token[at - 1].isupper()
    ]
