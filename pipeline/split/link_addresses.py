"""Plain text with the address of each link and picture in square brackets: ``Home [/]``, ``[https://example.org/a.svg]``.

html-to-text (the usual converter of Node) writes so. Addresses outweigh the words of a menu and stand in the middle of
sentences. A reader sees the words; the lines are stored as they came. Other brackets stay: addresses in round or
pointed ones are as often an author's (``<https://lists.example.org/>``, prefixes of RDF).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pipeline.split.line_ends import words_left

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_WHOLE: Final = 3
"""Addresses with a scheme or a host from which a page's are links': an article that cites one has one or two."""
MIN_PATHS: Final = 10
"""The same of paths: how to call a program (``format [/quick]``) looks like them."""

_SCHEME: Final = r"(?:https?|ftp|file|data|mailto|tel|sms|javascript|blob):"
_PATH: Final = r"(?:\.{0,2}/|[#?])"
_PAGE: Final = r"(?:(?<=\.html)|(?<=\.htm)|(?<=\.php)|(?<=\.aspx)|(?<=\.jsp))"
_NAME: Final = rf"[\w%~.-]++(?:/[^\s\[\]]*+|{_PAGE}(?:[?#][^\s\[\]]*+)?+)"
"""An address that begins like a word: it has a slash, or an ending that pages have."""
_TO_THE_END: Final = r"(?:[^\[\]]++|\[[^\[\]\n]*+\])*+"
"""All up to the bracket that closes: spaces stand in addresses as they were written, and lines are wrapped there."""
_LINKED: Final = rf"(?:[ ]?(?:{_SCHEME}|\.{{0,2}}/)\S*+)?+"
"""Behind the address of a picture that is a link, the link's own stands bare."""
_ADDRESS: Final = re.compile(rf"[ ]?\[(?:(?:{_SCHEME}|{_PATH}){_TO_THE_END}|{_NAME})\]{_LINKED}")
_BARE: Final = re.compile(r"^\.{0,2}/[^\s/]\S*$", re.MULTILINE)
"""A link without words or picture: its path is all there is."""
_SIGNS: Final = ((re.compile(rf"\[(?:{_SCHEME}|//\w)"), MIN_WHOLE), (re.compile(r"\[/[^\s\[\]]{2}"), MIN_PATHS))


def shown_lines(lines: Sequence[str], blank_before: Sequence[bool], content: str) -> list[str] | None:
    """What a reader sees of each non-blank line, empty where that is nothing; None where no addresses were written.

    :param content: all of the lines as one text.
    """
    if not any(len(sign.findall(content)) >= least for sign, least in _SIGNS):
        return None
    shown: list[str] = []
    # no tool wraps an address over a blank line
    starts = [at for at, blank in enumerate(blank_before) if blank or at == 0]
    for start, end in pairwise([*starts, len(lines)]):
        words = _ADDRESS.sub(_gap, _BARE.sub("", "\n".join(lines[start:end])))
        shown += [line.strip() for line in words.split("\n")]
    return shown


def _gap(address: re.Match[str]) -> str:
    """Its line ends, since each line must keep its place; or a space, where the words of the next link stand at it."""
    after = address.string[address.end() : address.end() + 1]
    return words_left(address) or (" " if after.isalnum() else "")
