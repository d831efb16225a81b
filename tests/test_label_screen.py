"""The screen hides no line from a question whose pattern is found in it, whichever of its alternatives that is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.label import outline, tail
from pipeline.label.rules import CREDITS, MOST_CHARACTERS, RULES, SIGNED_POST
from pipeline.label.screen import bit_of
from pipeline.metadata import bylines, dates, months

_parser: Any = re._parser  # type: ignore[attr-defined]
CODE_POINTS = [chr(point) for point in range(0x20000) if not 0xD800 <= point < 0xE000 and chr(point) not in "\r\n"]
SPACES = [character for character in CODE_POINTS if character.isspace()]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, one of the patterns that it goes by, and the form in which lines are held against that."""

    question: str
    pattern: re.Pattern[str]
    form: Callable[[str], str] = str
    limit: int = 1 << 30

    def hidden(self, lines: Iterable[str]) -> list[str]:
        """Of the lines in which the pattern is found those of which the question would not be asked."""
        found = [line for line in lines if len(line) <= self.limit and self.pattern.search(self.form(line))]
        bits = outline.gather([found], [[False] * len(found)]).bits.tolist()
        return [line for line, own in zip(found, bits, strict=True) if not own & bit_of(self.question)]


ASKED = [
    *(Asked(rule.name, one, limit=min(rule.limit, MOST_CHARACTERS)) for rule in RULES for one in rule.needs),
    *(Asked(name, one) for name, patterns in tail.PATTERNS.items() for one in patterns),
    *(Asked("picture_credit", one) for one in CREDITS),
    *(Asked("signed_post", one) for one in SIGNED_POST),
    *(Asked("sign", one, months.fold) for one in (*bylines.HINTS, dates.HINT)),
]
every_pattern = pytest.mark.parametrize("asked", ASKED, ids=[f"{one.question}-{at}" for at, one in enumerate(ASKED)])


def spelt_out(items: Sequence[Any]) -> list[str]:
    """Texts of a parsed pattern: each alternative, option and character of a small set is in one of them."""
    parts = [_texts_of(str(name), value) for name, value in items]
    rows = range(max(map(len, parts), default=1))
    return list(dict.fromkeys("".join(texts[row % len(texts)] for texts in parts) for row in rows))


def _texts_of(name: str, value: Any) -> list[str]:  # noqa: PLR0911 - one for each kind of item
    match name:
        case "LITERAL":
            return [chr(value)]
        case "ANY":
            return [" "]
        case "NOT_LITERAL":
            return ["x"]
        case "IN":
            return _characters_of([(str(kind), what) for kind, what in value])
        case "SUBPATTERN":
            return spelt_out(value[3])
        case "BRANCH":
            return [text for way in value[1] for text in spelt_out(way)]
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, _, repeated = value
            return [text * max(least, 1) for text in spelt_out(repeated)] + [""] * (least == 0)
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return [""]
    raise NotImplementedError(name)


def _characters_of(members: list[tuple[str, Any]]) -> list[str]:
    if members[0][0] == "NEGATE":
        return ["x"]
    of_category = {"DIGIT": ["7", "٣"], "SPACE": [" ", "\u2003"], "WORD": ["w"], "NOT_WORD": ["·"], "NOT_SPACE": ["x"]}
    found: list[str] = []
    for kind, what in members:
        match kind:
            case "LITERAL":
                found.append(chr(what))
            case "RANGE":
                found += map(chr, what)
            case _:
                found += of_category[str(what).removeprefix("CATEGORY_")]
    return found


@cache
def alternatives(pattern: re.Pattern[str]) -> list[str]:
    """Texts in which the pattern is found, with each of its alternatives."""
    texts = spelt_out(_parser.parse(pattern.pattern, pattern.flags))
    found = [text for text in texts if pattern.search(text)]
    assert len(found) >= 0.95 * len(texts), set(texts) - set(found)
    return found


@cache
def alike() -> dict[str, list[str]]:
    """Code points that ``months.fold`` reads as another character, by that character."""
    found = defaultdict(list)
    for character in CODE_POINTS:
        if (read := months.fold(character)) != character:
            found[read].append(character)
    return found


def in_other_letters(asked: Asked, text: str) -> Iterable[str]:
    """A text with one character written otherwise, whichever way does not matter to the pattern."""
    for at, character in enumerate(text):
        others = {character.upper(), character.title(), *("\u017f\u0131\u0130\u212a" if character in "sikSIK" else "")}
        if asked.form is months.fold:
            others |= set(alike()[character])
        if character.isspace():
            others |= {*SPACES, "  "}
        for other in others:
            yield f"{text[:at]}{other}{text[at + 1 :]}"


@every_pattern
def test_each_alternative_is_asked(asked: Asked) -> None:
    """Each alternative of each pattern: alone, in capitals, indented, in the midst of words, with one letter of another
    alphabet that is read as the same.
    """
    texts = alternatives(asked.pattern)
    assert not asked.hidden(texts)
    assert not asked.hidden([*map(str.upper, texts), *map(str.title, texts)])
    assert not asked.hidden(form for text in texts for form in (f"  {text}", f"A {text} b."))
    assert not asked.hidden(form for text in texts for form in in_other_letters(asked, text))


@every_pattern
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_whatever_matches_is_asked(asked: Asked, data: st.DataObject) -> None:
    """Texts made up from the pattern, with anything before and behind it where it may stand anywhere."""
    text = re.sub(r"[\r\n]", " ", data.draw(st.from_regex(asked.pattern)))
    assert not asked.hidden([text, text.upper(), text.lower()])


_GLUED = st.lists(
    st.sampled_from(
        ["By", "by", "Jane Doe", "Updated", "Updated on", "Published", "May 24", "12", "no", " ", "Comments", "replies",
         "Kommentare", "ergänzungen", "reacties", "comentarios", "Staff Writer", "é", "İ", "ſ", "Twitter", ": "]
    )
).map("".join)  # fmt: skip


@given(text=_GLUED)
@settings(max_examples=500, deadline=None)
def test_no_glue_and_no_number_of_comments_is_passed_over(text: str) -> None:
    """What a byline is parted by, or freed of, is the same where every pattern is tried on every line."""
    glued = bylines._GLUED.sub(" | ", bylines._GLUED_OPENER.sub(" ", text))
    assert bylines._parted(text) == bylines._COMMENTS.sub(" ", glued).strip()


@given(text=st.from_regex(dates._CLOCK))
@settings(max_examples=200, deadline=None)
def test_no_time_of_day_is_passed_over(text: str) -> None:
    """Each holds the part without which none is sought."""
    assert dates._HOUR.search(text)


@pytest.mark.parametrize("opener", ["by Jane Doe", "photo: Jane Doe", "reading time 3 min", "写真：Jane"])
def test_no_sign_before_an_opener_hides_it(opener: str) -> None:
    """A pattern that allows signs before its first letter is asked of lines that open with any."""
    lines = [f"{character}{opener}" for character in CODE_POINTS]
    allowing = [asked for asked in ASKED if asked.pattern.match(f"•{asked.form(opener)}")]
    assert allowing
    for asked in allowing:
        assert not asked.hidden(lines), asked.question
