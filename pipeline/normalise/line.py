"""One line of scraped text, mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.normalise.steps import STEPS, collapse_spaces, straighten_quotes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.settings import NormaliseSettings

MAX_ROUNDS: Final = 16
"""One step can uncover work for an earlier one (an entity spells mojibake, a removed character lets two others
compose). Real lines settle in two rounds; the bound is for text made to be nasty."""

# Most lines need nothing, and ftfy costs 0.5 microseconds a character: this finds the first thing that any step
# might touch. What it lets pass: printable ASCII, `&` where no entity can begin; the common typographic marks;
# scripts that no one-byte encoding yields, so that they cannot be mojibake, without their combining marks; an accented
# Latin letter or a sign standing alone (mojibake takes at least two in a row, and `Â`, `Ã` are its usual heads).
_MARKS = "‘’“”„–—…"
_LONERS = "À-ÖØ-öø-ÿ•«»©®°£§·"
_OTHER_SCRIPTS = (
    "\u0620-\u063a\u0641-\u064a\u0671-\u06d3\u0e01-\u0e30"  # Arabic, Thai
    "\u3001-\u3029\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fa5\uac00-\ud7a3！，：；？（）"  # Japanese, Chinese, Korean
)
_SUSPICIOUS = re.compile(
    rf"[^ -~{_MARKS}{_LONERS}{_OTHER_SCRIPTS}]|  |&[#0-9A-Za-z]|[ÂÃ]|[{_LONERS}](?=[^ -~])|[{_MARKS}](?=[{_LONERS}])"
)
# a mark beside a hard space is no mojibake either, and those make up half of the lines that are not settled
_NOT_SPACED = re.compile(rf"[^ -%'-~{_MARKS}\u00a0]")


def _is_settled(text: str) -> bool:
    """Whether no step might touch a line, but for single spaces at its ends."""
    # most are printable ASCII without anything that the pattern looks for: told in a tenth of its time
    is_plain = text.isascii() and text.isprintable() and "  " not in text and "&" not in text
    return is_plain or _SUSPICIOUS.search(text) is None


def normalise_line(text: str, settings: NormaliseSettings | None = None) -> str:
    """``text`` with damage mended and white space collapsed; empty if nothing visible was in it.

    Idempotent (but for text built to need more than ``MAX_ROUNDS``), and linear in the length of ``text``. The words
    stay the author's: nothing is translated, re-cased or re-punctuated, unless ``settings.straighten_quotes`` asks for
    straight quotation marks.
    """
    straight = settings is not None and settings.straighten_quotes
    if _is_settled(text):
        clean = text.strip(" ")
        return straighten_quotes(clean) if straight else clean
    if _NOT_SPACED.search(text) is None:
        clean = collapse_spaces(text)
        return straighten_quotes(clean) if straight else clean
    steps: tuple[Callable[[str], str], ...] = (*STEPS, straighten_quotes) if straight else STEPS
    for _ in range(MAX_ROUNDS):
        before = text
        for step in steps:
            text = step(text)
        if text == before or _is_settled(text):
            break
    return text


_ODD_SPACE = re.compile(r"[^\S\t ]")


def as_written(text: str, clean: str) -> str:
    """A line of preformatted text with the white space that it has before it and within, hard spaces as spaces.

    Where more than white space was mended, that within is collapsed all the same.

    :param text: the line as it was; ``clean``: the same by ``normalise_line``.
    """
    body = text.strip()
    written = text.rstrip() if clean == " ".join(body.split()) else text[: text.index(body)] + clean
    return _ODD_SPACE.sub(" ", written) if clean else ""
