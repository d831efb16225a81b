"""trafilatura's selections of elements, answered from memory.

It looks for boilerplate with XPath expressions that test the class and id of every element against long patterns, and
half of its time goes into that, although pages repeat theirs. Here the same expressions are read, and each test is made
once for each different value. Which elements are chosen, and in which order, does not change; an expression that is
more than a choice of elements by tag and attributes stays with lxml.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lxml.etree import XPath, _Element

    Selection = Callable[[_Element], Sequence[_Element]]
    Condition = Callable[[_Element], bool]
    Test = Callable[[str | None], bool]
    """What is asked of an attribute's value; None where the element has no such attribute."""

_LISTS: Final = (
    *("RAW_TREE_PRUNE_XPATH", "REMOVE_COMMENTS_AND_LISTS_XPATH", "BODY_XPATH", "OVERALL_DISCARD_XPATH"),
    *("TEASER_DISCARD_XPATH", "DISCARD_IMAGE_ELEMENTS"),
)
"""Lists of expressions in ``trafilatura.xpaths`` that its fast mode goes through."""
_ANY: Final = "*"
_CLEANING: Final = "BASIC_CLEAN_XPATH"
"""The one expression of ``trafilatura.baseline``."""
_TOKEN = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)"|(\.//|self::|re:test|[\w-]+|[@\[\]()|,=*]))""")
MOST_KNOWN: Final = 1 << 12
"""Values that a condition remembers,"""
LONGEST_KNOWN: Final = 200
"""... and the characters of the longest."""


@contextmanager
def selections_from_memory() -> Iterator[None]:
    """Within the block trafilatura's fast mode chooses elements by these; what it chooses is the same."""
    lists: dict[str, list[Any]] = vars(import_module("trafilatura.xpaths"))
    baseline = vars(import_module("trafilatura.baseline"))
    quick, cleaning = _selections()
    before, cleaning_before = {name: list(lists[name]) for name in quick}, baseline[_CLEANING]
    try:
        for name, own in quick.items():
            lists[name][:] = own
        baseline[_CLEANING] = cleaning
        yield
    finally:
        for name, own in before.items():
            lists[name][:] = own
        baseline[_CLEANING] = cleaning_before


@cache
def _selections() -> tuple[dict[str, list[Selection]], Selection]:
    lists = vars(import_module("trafilatura.xpaths"))
    cleaning = vars(import_module("trafilatura.baseline"))[_CLEANING]
    return {name: [quick(own) for own in lists[name]] for name in _LISTS}, quick(cleaning)


def quick(expression: XPath) -> Selection:
    """``expression``, answered from memory if it is understood, or itself if not.

    Of one that ends in ``[1]`` only the first element of the page is given.
    """
    try:
        return _Reader(expression.path).selection()
    except _NotUnderstood:
        return expression


class _NotUnderstood(Exception):  # noqa: N818  (no error: lxml answers)
    """The expression is more than tests of tags and attributes."""


class _Chosen:
    """The elements that pass one of the conditions on their tag."""

    def __init__(self, conditions: dict[str, list[Condition]], *, only_first: bool) -> None:
        everywhere = conditions.get(_ANY, [])
        self._conditions = {tag: (*own, *(everywhere if tag != _ANY else ())) for tag, own in conditions.items()}
        self._everywhere = tuple(everywhere)
        self._walked = (_ANY,) if everywhere else tuple(conditions)
        self._only_first = only_first

    def __call__(self, tree: _Element) -> Sequence[_Element]:
        """The elements below ``tree`` that are chosen, in the order of the page."""
        chosen: list[_Element] = []
        conditions, everywhere = self._conditions, self._everywhere
        for element in tree.iterdescendants(*self._walked):
            for condition in conditions.get(cast("str", element.tag), everywhere):
                if condition(element):
                    chosen.append(element)
                    if self._only_first:
                        return chosen
                    break
        return chosen


class _Reader:
    """Reads one expression from left to right; it is trafilatura's own, so nesting is shallow."""

    def __init__(self, path: str) -> None:
        self._tokens: list[tuple[str, bool]] = []
        """Each with whether it is a string."""
        at = 0
        path = path.strip()
        while at < len(path):
            found = _TOKEN.match(path, at)
            if found is None:
                raise _NotUnderstood
            single, double, other = found.groups()
            self._tokens.append((other, False) if other is not None else (double if single is None else single, True))
            at = found.end()
        self._at = 0

    def selection(self) -> Selection:
        """What the whole expression chooses."""
        is_whole = self._is_next("(")
        conditions: dict[str, list[Condition]] = {}
        members = 0
        while True:
            members += 1
            self._expect(".//")
            tags = [self._word()]
            if tags == [_ANY] and self._is_next("[", "self::"):
                tags = self._tags()
            condition = self._predicates()
            for tag in tags:
                conditions.setdefault(tag, []).append(condition)
            if not self._is_next("|"):
                break
        if is_whole:
            self._expect(")")
        only_first = self._is_next("[", "1", "]")
        if self._at < len(self._tokens) or (only_first and members > 1 and not is_whole):
            raise _NotUnderstood
        return _Chosen(conditions, only_first=only_first)

    def _tags(self) -> list[str]:
        """The rest of ``[self::a or self::b]``."""
        tags = [self._word()]
        while self._is_next("or", "self::"):
            tags.append(self._word())
        self._expect("]")
        return tags

    def _predicates(self) -> Condition:
        """The conditions in brackets that follow."""
        found: list[Condition] = []
        while not self._sees("[", "1", "]") and self._is_next("["):
            found.append(self._any_of())
            self._expect("]")
        return _all_of(found)

    def _any_of(self) -> Condition:
        """Conditions parted by ``or``; the tests of one attribute are made together."""
        conditions: list[Condition] = []
        tests: dict[tuple[str, ...], list[Test]] = {}
        while True:
            if self._is_next("not", "("):
                conditions.append(self._refused())
            elif self._is_next("self::"):
                tag = self._word()
                conditions.append(lambda element, tag=tag: element.tag == tag)  # type: ignore[misc]
            else:
                names, test = self._test()
                tests.setdefault(names, []).append(test)
            if not self._is_next("or"):
                break
        return _any_of([*conditions, *([_OfValues(tests)] if tests else [])])

    def _refused(self) -> Condition:
        """The rest of ``not(...)``: an element inside, or conditions."""
        if self._is_next(".//"):
            inside = self._word()
            self._expect(")")
            return lambda element: next(element.iterdescendants(inside), None) is None
        condition = self._any_of()
        self._expect(")")
        return lambda element: not condition(element)

    def _test(self) -> tuple[tuple[str, ...], Test]:
        """The attributes of which the first is meant, and what is asked of it."""
        if self._sees("@"):
            names = self._attributes()
            if not self._is_next("="):
                return names, lambda value: value is not None
            wanted = self._string()
            if len(names) > 1:  # any of them may be equal
                raise _NotUnderstood
            return names, lambda value: value == wanted
        function = self._word()
        self._expect("(")
        table: dict[int, int] = {}
        if self._is_next("translate", "("):
            names = self._attributes()
            self._expect(",")
            before = self._string()
            self._expect(",")
            table = str.maketrans(before, self._string())
            self._expect(")")
        else:
            names = self._attributes()
        self._expect(",")
        wanted = self._string()
        passes = _passes(function, wanted, self._string() if self._is_next(",") else "")
        self._expect(")")
        return names, lambda value: passes((value or "").translate(table) if table else value or "")

    def _attributes(self) -> tuple[str, ...]:
        self._expect("@")
        names = [self._word()]
        while self._is_next("|", "@"):
            names.append(self._word())
        return tuple(names)

    def _sees(self, *tokens: str) -> bool:
        return self._tokens[self._at : self._at + len(tokens)] == [(token, False) for token in tokens]

    def _is_next(self, *tokens: str) -> bool:
        """Whether these follow; they are passed over."""
        if not self._sees(*tokens):
            return False
        self._at += len(tokens)
        return True

    def _expect(self, token: str) -> None:
        if not self._is_next(token):
            raise _NotUnderstood

    def _word(self) -> str:
        return self._taken(is_string=False)

    def _string(self) -> str:
        return self._taken(is_string=True)

    def _taken(self, *, is_string: bool) -> str:
        if self._at == len(self._tokens) or self._tokens[self._at][1] != is_string:
            raise _NotUnderstood
        self._at += 1
        return self._tokens[self._at - 1][0]


def _passes(function: str, wanted: str, flags: str) -> Callable[[str], bool]:
    if function == "re:test" and flags in {"", "i"}:
        search = re.compile(wanted, re.IGNORECASE if flags else 0).search  # as lxml does it
        return lambda value: search(value) is not None
    if function == "contains" and not flags:
        return lambda value: wanted in value
    if function == "starts-with" and not flags:
        return lambda value: value.startswith(wanted)
    raise _NotUnderstood


def _any_of(conditions: Sequence[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    return lambda element: any(condition(element) for condition in conditions)


def _all_of(conditions: Sequence[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    return lambda element: all(condition(element) for condition in conditions)


class _OfValues:
    """Whether an attribute passes one of the tests on it; of several attributes (``@id|@class``) the one that is
    written first.
    """

    def __init__(self, tests: Mapping[tuple[str, ...], Sequence[Test]]) -> None:
        self._bare = any(test(None) for own in tests.values() for test in own)
        self._names = frozenset(name for names in tests for name in names)
        self._tests = [(names, own, dict[str | None, bool]()) for names, own in tests.items()]

    def __call__(self, element: _Element) -> bool:
        """Whether the element passes."""
        written = element.keys()
        if self._names.isdisjoint(written):
            return self._bare
        for names, tests, known in self._tests:
            value = None
            for name in written if len(names) > 1 else names:
                if name in names and name in written:
                    value = element.get(name)
                    break
            passes = known.get(value)
            if passes is None:
                passes = any(test(value) for test in tests)
                if value is None or len(value) <= LONGEST_KNOWN:
                    if len(known) >= MOST_KNOWN:
                        known.clear()
                    known[value] = passes
            if passes:
                return True
        return False
