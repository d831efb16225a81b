"""What Pandoc and others leave in Markdown of a web page: tags in GitHub's Markdown, attributes in Pandoc's own.

``<span class="menu">[Home](/)</span>``, ``[Home](/){.menu target="_blank"}``, ``::: {#content}``. There is more of it
than of text, and nobody reads it. See the Pandoc User's Guide, "Divs and Spans" and "Extension: attributes".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.split.line_ends import words_left

if TYPE_CHECKING:
    from collections.abc import Callable

MIN_TAGS: Final = 30
"""Tags with attributes, and comments, from which they are what Markdown could not say: samples of code have fewer."""
MIN_TAGGED: Final = 10
"""... and lines that have them: a script that writes a part of the page holds many tags in one."""
MIN_MARKS: Final = 3
"""Marks of Pandoc's own Markdown from which a page is in it."""
_NESTED: Final = 3
"""Spans within spans within spans."""

_TAG = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9-]*+(?=[\s/>])(?:[^<>\"]++|\"[^\"]*+\")*+>|<!--(?:[^<-]++|-(?!->)|<(?!!--))*+-->"
)
_LINE_END = re.compile(r"<br ?/?>")
_SIGN_OF_TAGS = re.compile(r"<(?:div|span|img|svg|a|section|figure)\s[^<>]{0,200}?(?:class|id|style|src|href)=\"|<!--")
_ATTRIBUTES = r"\{(?=[.#][\w-]|[\w:-]++=\"|=html)(?:[^{}\"]++|\"(?:[^\"\\]++|\\.)*+\")*+\}"
_BEHIND = re.compile(rf"(?<!\])(?:{_ATTRIBUTES})++")
_SPAN = re.compile(rf"\[((?:[^\[\]]++|\[[^\[\]]*+\])*+)\](?:{_ATTRIBUTES})++")
_DIVISION = re.compile(rf"^[ \t]*+:{{3,}}[ \t]*+(?:{_ATTRIBUTES}|[^\n]*+)", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\"'$@^])")
"""What it escapes besides other Markdown: without, its own quotation marks would be meant."""
_SIGN_OF_MARKS = re.compile(r"[\])`]\{(?:[.#][\w-]|=html)|^[ \t]*+:{3,}", re.MULTILINE)


def has_tags(content: str) -> bool:
    """Whether so many tags stand in a text that it shows none of them."""
    tags = [len(_SIGN_OF_TAGS.findall(line)) for line in content.split("\n") if "<" in line]
    return sum(tags) >= MIN_TAGS and len(tags) - tags.count(0) >= MIN_TAGGED


def leftovers(content: str) -> list[Callable[[str], str]]:
    """What takes such marks out of a part of the page; nothing where the page has none.

    :param content: the whole page, in Markdown. A part keeps its lines, if empty ones.
    """
    found: list[Callable[[str], str]] = []
    if has_tags(content):
        found.append(_without_tags)
    if ("{" in content or ":::" in content) and len(_SIGN_OF_MARKS.findall(content)) >= MIN_MARKS:
        found.append(_without_marks)
    return found


def _without_tags(block: str) -> str:
    """A text without its tags, with as many lines."""
    return _TAG.sub(words_left, _LINE_END.sub(" ", block))


def _without_marks(block: str) -> str:
    block, spans = _DIVISION.sub(words_left, block), 1
    for _ in range(_NESTED):
        block, spans = _SPAN.subn(_text_of, block) if spans else (block, 0)
    return _ESCAPED.sub(r"\1", _BEHIND.sub(words_left, block))


def _text_of(span: re.Match[str]) -> str:
    return words_left(span, span[1])
