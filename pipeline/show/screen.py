"""Showing scraped text to a person: nothing in it may act on the terminal."""

from __future__ import annotations

import re
import sys
from typing import IO

from rich.console import Console

_ACTING = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters: escape sequences move the cursor, set the title, answer back
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls: they reorder what stands beside them
    "\u2028\u2029"  # line and paragraph separators
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\U000e0000-\U000e007f"  # tags: invisible
    "]"
)


def visible(text: str) -> str:
    r"""``text`` on one line, with characters that would act on a terminal written out (``\x1b``, ``\u202e``)."""
    return _ACTING.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    if found[0] == "\t":
        return " "
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shortened(text: str, width: int) -> str:
    """``text`` cut to ``width`` characters, an ellipsis last if anything is missing."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def console_on(file: IO[str] | None = None) -> Console:
    """A console that takes text as it is: no markup, no emoji codes, no colouring of numbers by rich."""
    return Console(file=file or sys.stdout, markup=False, emoji=False, highlight=False)
