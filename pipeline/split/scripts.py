"""Plain text in which scripts, style sheets and data were left: what a tool leaves that only takes the tags out.

``re.sub("<[^>]+>", "", html)`` and early versions of Beautiful Soup's ``get_text()`` keep what stands in ``<script>``
and ``<style>``. Such text is for machines, can be ten times the article, and hides prose (a description, a whole
``articleBody`` in JSON-LD). It comes in runs of lines that look like code. An article's own samples of code look so,
too; so runs are only taken out of pages on which something stands that is never shown (``_PLUMBING``), and only where
they show what pages do for themselves (``_OWN``), declare style, or are packed as no one writes.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_PLUMBING: Final = 2
"""Of ``_PLUMBING`` so many must stand on a page: an article on programming shows one."""
PACKED_CHARS: Final = 200
"""Characters of a line from which dense marks mean that a program wrote it: people break their code before."""
PACKED_DENSITY: Final = 0.12
"""Share of marks among its visible characters; one long line of shown text in a hundred has so many."""
CODE_DENSITY: Final = 0.09
"""The same, from which a line may belong to code."""
PROSE_WORDS: Final = 8
"""Words from which a line that looks like no code is prose, and ends a run."""
PROSE_CHARS: Final = 40
"""Characters of the same."""
PROSE_DENSITY: Final = 0.06
"""Share of marks up to which a line of many words is prose, however it begins and ends;"""
MANY_WORDS: Final = 25
"""... so many."""
MIXED_CHARS: Final = 1_000
"""Characters of a line that is looked through for text beside what is for machines."""
TEXT_CHARS: Final = 100
"""Characters of such a text."""
TEXT_LETTERS: Final = 0.88
"""Share of letters and white space in it: lists of selectors have fewer."""
BETWEEN: Final = 3
"""Lines that look like no code (``else``, a word of data) that may stand between two that do."""

_MARKS: Final = str.maketrans("", "", "{}[]();:=<>|&$_\\\"'/#+*@%")
_SPACE: Final = str.maketrans("", "", " \t")
_PLUMBING: Final = (
    *('"@context"', '"__typename"', '"props":{', "self.__next_f", "ytInitial", "<![CDATA["),
    *("dataLayer", "googletag", "gtag(", "fbq(", "_gaq", "gtm.start", "gtm.js", "wpemoji", "--wp--", "@font-face"),
    *("window._", "window.location", "window.NREUM", "window.jQuery", "window.onload", "window.performance"),
    *("document.documentElement", "document.createElement('script", 'document.createElement("script'),
    *("getElementsByTagName('script", 'getElementsByTagName("script'),
)
"""What sites write for browsers, counters and search engines, and hardly a reader ever sees. Strings, since a page is
looked through for them twenty times as fast as for a pattern."""
_OWN = re.compile(
    r"\bwindow\s{0,2}[.\[]|\bdocument\.|\bnavigator\.|\blocalStorage\b|dataLayer|googletag|\bgtag\(|\bfbq\(|jQuery|\$\("
    r"|\.push\([\[{(]|!function|\(function\s{0,4}\(|\(\(\)\s{0,2}=>|addEventListener|getElementById"
    r"|\"@(?:type|context|id)\"|CDATA|=\s{0,2}\[?\{\"\w+\":"
)
"""What scripts of pages are made of."""
_STYLE = re.compile(
    r"(?<![\w-])[\w-]++\s{0,4}:[^;{}]{1,200}(?:px|r?em|vh|vw|%|#[0-9a-fA-F]{3,8}|!important|none|auto|var\(--[^;{}]{0,100}|block|flex)"
    r"\s{0,4}[;}]|@(?:media|font-face|import|keyframes)\b"
)
_CODE = re.compile(
    r"^(?:[}\])]|[\[{]\s{0,4}[\[{\"]|//|/\*|@(?:media|font-face|import|keyframes|charset)\b|<!--|-->|\"[\w@-]+\"\s{0,4}:)"
    r"|[{}]$|\*/$|\{[\w-]+:[^{}]+\}"
)
"""How lines of code begin and end, whatever stands in them;"""
_LIKE_CODE = re.compile(
    r"[;,(\[]$"
    r"|^(?:\*|[.#][A-Za-z_-][\w-]*"
    r"|(?:var|let|const|if|else|return|function|try|catch|for|while|switch|case|new|async)\b[^.!?]*[({=;:}]"
    r"|[\w$.\[\]'\"]+\s{0,4}(?:=|:|\+=)\s|[\w$]+(?:\.[\w$]+)+\()"
)
"""... and as prose does now and then, too."""
_BRACE = re.compile(r"[{}]")
_LETTERS = re.compile(r"[^\W\d_]+|\s+")


def machine_lines(lines: Sequence[str]) -> list[bool]:
    """Whether each non-blank line is part of a script, a style sheet or data that the page does not show."""
    found = [False] * len(lines)
    content = "\n".join(lines)
    if sum(plumbing in content for plumbing in _PLUMBING) < MIN_PLUMBING:
        return found
    looks = list(map(_looks_like_code, lines))
    start = 0
    for looks_so, own in groupby(_bridged(lines, looks)):
        end = start + len(list(own))
        if looks_so and _is_of_machines(lines[start:end]):
            found[start:end] = [True] * (end - start)
        start = end
    return found


def parted(line: str) -> list[tuple[str, bool]]:
    """The pieces of a line of machines, without white space around them, and whether each is for machines.

    Pages without line ends have all in one line. What stands between two scripts stands in no braces; one is left open
    now and then (braces within quotes), so what follows the last one counts as such, too.
    """
    if len(line) < MIXED_CHARS:
        return [(line, True)]
    spans, depth, last = [], 0, 0
    for brace in _BRACE.finditer(line):
        if not depth and _reads_as_text(line[last : brace.start()]):
            spans.append((last, brace.start()))
        depth = depth + 1 if brace[0] == "{" else max(0, depth - 1)
        last = brace.end()
    if _reads_as_text(line[last:]):
        spans.append((last, len(line)))
    if not spans:
        return [(line, True)]
    at, pieces = 0, []
    for start, end in [*spans, (len(line), len(line))]:
        pieces += [(line[at:start].strip(), True), (line[start:end].strip(), False)]
        at = end
    return [(text, for_machines) for text, for_machines in pieces if text]


def _reads_as_text(piece: str) -> bool:
    if len(piece) < TEXT_CHARS or density(piece) > PROSE_DENSITY:
        return False
    return sum(map(len, _LETTERS.findall(piece))) >= TEXT_LETTERS * len(piece)


def density(line: str) -> float:
    """Share of the visible characters that are marks of code: brackets, operators, quotes; 0 without any."""
    visible = line.translate(_SPACE)
    return 1 - len(visible.translate(_MARKS)) / len(visible) if visible else 0.0


def _is_packed(line: str) -> bool:
    return len(line) >= PACKED_CHARS and density(line) >= PACKED_DENSITY


def _looks_like_code(line: str) -> bool:
    share = density(line)
    if share >= PACKED_DENSITY or _CODE.search(line):
        return True
    has_many_words = len(line.split(None, MANY_WORDS)) > MANY_WORDS
    if share >= CODE_DENSITY and not has_many_words:
        return True
    return not (has_many_words and share <= PROSE_DENSITY) and _LIKE_CODE.search(line) is not None


def _bridged(lines: Sequence[str], looks: Sequence[bool]) -> list[bool]:
    """Few lines between two of code belong to them, unless they are prose."""
    made = list(looks)
    last = -1
    for at, looks_so in enumerate(looks):
        if not looks_so:
            continue
        between = range(last + 1, at)
        if last >= 0 and 0 < len(between) <= BETWEEN and not any(_is_prose(lines[own]) for own in between):
            made[last + 1 : at] = [True] * len(between)
        last = at
    return made


def _is_prose(line: str) -> bool:
    if len(line.split(None, PROSE_WORDS)) >= PROSE_WORDS:
        return True
    # scripts without spaces between words
    return len(line) >= PROSE_CHARS and density(line) <= PROSE_DENSITY


def _is_of_machines(run: Sequence[str]) -> bool:
    return any(_is_packed(line) or _OWN.search(line) or _STYLE.search(line) for line in run)
