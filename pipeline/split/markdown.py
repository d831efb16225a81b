"""Plain text with Markdown's marks in it, as many converters of HTML write it: what a reader sees of each line.

``[Berlin](/berlin/)`` is the word "Berlin" with an address beside it that nobody reads; left in, addresses outweigh the
words of a menu and of an article alike. Understood is what converters make (CommonMark 0.31, sections 4 and 6): links,
images, references, headings, quotations, emphasis, code, escapes. Not understood, and left as it stands, is all else:
this is no renderer. Tables and list marks stay, as they do in other plain text.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pipeline.normalise import normalise_line
from pipeline.split.line_ends import words_left
from pipeline.split.pandoc import has_tags, leftovers
from pipeline.split.wrap import join_wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.split.rendered import RenderedLine

MIN_LINKS: Final = 3
"""Inline links or images from which a page is Markdown: an article that shows how one is written has one or two."""
MIN_BOLD: Final = 3
"""Words between double asterisks from which a page without links is Markdown, too."""
MAX_LINK_TEXT: Final = 2_000
"""Characters; a link may hold a whole teaser, but not a page."""

_WEB = r"(?:https?:|mailto:|tel:|sms:|data:|javascript:|/|\.{1,2}/|#|\?)"
"""How an address begins: then all up to the closing parenthesis belongs to it, since converters escape no space."""
_REST = r"(?:[^()]++|\([^()]*+\))*+"
_ADDRESS = rf"(?:<[^<>\n]*+>|{_WEB}{_REST}|(?=[^()\s./]*+[./])(?:[^()\s\"']++|(?<=-)\n[ \t]*+|\([^()\s]*+\))++|)"
"""Parentheses may stand in pairs. What does not begin like an address holds a point or a slash; or there is none."""
_TITLE = r"""(?:"[^"]{0,500}+"|'[^']{0,500}+')?+"""
_TARGET = rf"\(\s*+{_ADDRESS}\s*+{_TITLE}\s*+\)"
_IMAGE = re.compile(rf"!\[[^\[\]]{{0,{MAX_LINK_TEXT}}}+\](?:{_TARGET}|\[[^\[\]\n]{{0,100}}+\])")
_LINK = re.compile(rf"\[((?:[^\[\]]|\[[^\[\]]{{0,200}}+\]){{0,{MAX_LINK_TEXT}}}+)\]{_TARGET}")
_END = re.compile(rf"\]\(\s*+{_WEB}{_REST}\)")
"""The end of a link that has a blank line in it (a card: picture, heading, text)."""
_BEGIN = re.compile(r"^((?:[-*+] )?)\[(?=[^\[\]\n]*$)[ \t]*+", re.MULTILINE)
_INLINE = re.compile(rf"\]\(\s*+<?{_WEB}")
"""What tells a link from ``f[i](x)`` in code."""
_DEFINITION = re.compile(
    rf"^[ \t]*+\[([^\[\]\n]{{1,100}}+)\]:[ \t]++<?{_WEB}\S*+"
    r"[ \t]*+(?:\"[^\"\n]*+\"|'[^'\n]*+'|\([^()\n]*+\))?+[ \t]*+$",
    re.MULTILINE,
)
"""Footnotes with words (``[1]: Smith 2020``) are text."""
_REFERENCE = re.compile(rf"\[([^\[\]]{{1,{MAX_LINK_TEXT}}}+)\][ ]?\[([^\[\]\n]{{0,100}}+)\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]++)>")
_HEADING = re.compile(r"^[ \t]*+#{1,6}[ \t]++([^\n]*+)$", re.MULTILINE)
_LEVEL = re.compile(r"(#{1,6})[ \t]")
_QUOTE = re.compile(r"^[ \t]*+(?:>[ \t]?)++", re.MULTILINE)
_BOLD_WORDS = re.compile(r"(?<![\w*])\*\*[^\s*][^*\n]{0,500}+\*\*(?![\w*])")
_BOLD = re.compile(r"(?<![(\\\d])\*{2,}+|(?<=\d)\*{2,}+(?!\d)")
"""One by one, because converters leave a blank line, or none, between the two; but ``f(**x)`` and ``2**3`` stay."""
_EMPHASIS = re.compile(
    r"(?<![\w\\_*])_(?=[^\s_])([^_]*+(?:(?<=\w)_(?=\w)[^_]*+)*+)(?<=[^\s\\])_(?![\w(])"
    r"|(?<![\w\\*])\*(?=[^\s*])([^*]*+)(?<=[^\s\\])\*(?![\w*])"
)
_CODE = re.compile(r"(`{1,3})(?!`)([^`\n]{1,500}+)\1(?!`)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()<>#+\-.!|~])")
_STRUCK = re.compile(r"~~")
_HARD_BREAK = re.compile(r"(?<!\\)\\$", re.MULTILINE)
"""A line that ends in a paragraph (CommonMark 0.31, "Hard line breaks"); in the text of a link an empty one, too."""
_FENCE = re.compile(r"(?P<mark>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?P<info>.*)")
"""How code begins, with its language, and ends: CommonMark 0.31, "Fenced code blocks"."""
_FENCES: Final = ("```", "~~~")
_RAW: Final = "{=html}"
"""The language of a block in which Pandoc leaves tags that Markdown cannot say."""
_NESTED: Final = 3
"""Links within links within links: cards of teasers have two."""


def reads_as_markdown(content: str) -> bool:
    """Whether a page of plain text has so many of Markdown's marks, or of tags within it, that they are no accident."""
    return (
        len(_INLINE.findall(content)) >= MIN_LINKS or len(_BOLD_WORDS.findall(content)) >= MIN_BOLD or has_tags(content)
    )


def unescaped(text: str) -> str:
    """``text`` without the backslashes that converters put before Markdown's marks, in scripts left in as well."""
    return _ESCAPE.sub(r"\1", text)


def elements(lines: Sequence[str]) -> list[str]:
    """The block element that each line's first marks make of it: ``h1`` to ``h6``, ``blockquote``, or empty.

    In fenced code ``#`` begins a comment and ``>`` a prompt.
    """
    found = [_element(line) for line in lines]
    for opening, closing in _fenced(lines):
        found[opening : closing + 1] = [""] * (closing + 1 - opening)
    return found


def _element(line: str) -> str:
    if heading := _LEVEL.match(line):
        return f"h{len(heading[1])}"
    return "blockquote" if line.startswith(">") else ""


def sole_heading(lines: Sequence[RenderedLine]) -> str | None:
    """The text of the only heading of the first level: what a converter made of the page's only ``<h1>``."""
    found: set[str] = set()
    for at, line in enumerate(lines):
        if line.tag == "h1":
            end = next((after for after in range(at + 1, len(lines)) if not lines[after].joined), len(lines))
            found.add(normalise_line(join_wrapped([own.shown or "" for own in lines[at:end]])))
    found.discard("")
    return found.pop() if len(found) == 1 else None


def shown_lines(lines: Sequence[str], blank_before: Sequence[bool]) -> list[str]:
    """What a reader sees of each non-blank line of a Markdown page; empty where that is nothing.

    A link, or an emphasis, may go over several lines, but not over a blank one.

    :param lines: without what tools leave in Markdown (``bare_lines``).
    """
    defined = {match[1].casefold() for line in lines for match in _DEFINITION.finditer(line)}
    shown = list(lines)
    code: set[int] = set()
    for opening, closing in _fenced(lines):
        code.update(range(opening, closing + 1))
        shown[opening] = shown[closing] = ""
    starts = [at for at, blank in enumerate(blank_before) if blank or at == 0 or at in code or at - 1 in code]
    for start, end in pairwise([*starts, len(lines)]):
        if start not in code:
            shown[start:end] = _shown("\n".join(lines[start:end]), defined)
    return shown


def bare_lines(lines: Sequence[str], content: str) -> Sequence[str]:
    """The non-blank lines without what tools leave in Markdown that is none, outside of code; some may be empty.

    :param content: all lines. What is left may go over blank lines: a script within an attribute has them.
    """
    take_out = leftovers(content)
    if not take_out:
        return lines
    bare: list[str] = []
    for opening, closing in [*_fenced(lines), (len(lines), len(lines))]:
        if between := lines[len(bare) : opening]:
            block = "\n".join(between)
            for without in take_out:
                block = without(block)
            bare += block.split("\n")
        is_raw = opening < closing and lines[opening].endswith(_RAW)
        bare += [""] * (closing + 1 - opening) if is_raw else lines[opening : closing + 1]
    return bare


def _fenced(lines: Sequence[str]) -> list[tuple[int, int]]:
    """First and last line of each block of code that is fenced."""
    found: list[tuple[int, int]] = []
    opening, mark = -1, ""
    for at, line in enumerate(lines):
        fence = _FENCE.match(line) if line[:3] in _FENCES else None
        if fence and opening < 0:
            opening, mark = at, fence["mark"]
        elif fence and fence["mark"].startswith(mark) and not fence["info"]:
            found.append((opening, at))
            opening = -1
    return found


def _shown(text: str, defined: set[str]) -> list[str]:
    """The lines of one block, as many as it has."""
    if defined:
        text = _DEFINITION.sub("", text)
        text = _REFERENCE.sub(lambda link: _referred(link, defined), text)
    text, links = _IMAGE.sub(words_left, _HARD_BREAK.sub("", text)), 1
    for _ in range(_NESTED):
        text, links = _LINK.subn(_text_of, text) if links else (text, 0)
    text = _BEGIN.sub(r"\1", _END.sub(words_left, text))
    text = _AUTOLINK.sub(r"\1", _HEADING.sub(_heading, _QUOTE.sub("", text)))
    text = _EMPHASIS.sub(lambda marked: marked[1] or marked[2], _STRUCK.sub("", _BOLD.sub("", text)))
    text = unescaped(_CODE.sub(r"\2", text))
    return [line.strip() for line in text.split("\n")]


def _heading(heading: re.Match[str]) -> str:
    """Its words, without the marks that may close it; those of ``About C#`` are a word's."""
    text = heading[1].rstrip()
    bare = text.rstrip("#")
    return bare.rstrip() if bare[-1:] in {"", " ", "\t"} else text


def _text_of(link: re.Match[str]) -> str:
    return words_left(link, link[1].strip(" \t"))


def _referred(link: re.Match[str], defined: set[str]) -> str:
    return link[1] if (link[2] or link[1]).casefold() in defined else link[0]
