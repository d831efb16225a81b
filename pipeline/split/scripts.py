"""Plain text in which scripts, style sheets and data were left: what a tool leaves that only takes the tags out.

``re.sub("<[^>]+>", "", html)``, ``textContent`` and early versions of Beautiful Soup's ``get_text()`` keep what
stands in ``<script>`` and ``<style>``. Such text is for machines, can be ten times the article, and hides prose (a
description, a whole ``articleBody`` in JSON-LD). It comes in runs of lines that look like code. An article's own
samples of code look so, too; so runs are only taken out of pages on which something stands that is never shown
(``_PLUMBING``, a huge line that a program wrote, code above everything else or below), and only where they show what
pages do for themselves (``_OWN``), declare style, or are packed as no one writes.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_SIGNS: Final = 2
"""So many signs must stand on a page, most of them of ``_PLUMBING``: an article on programming shows one."""
EDGE_LINES: Final = 30
"""Lines at the top of a page, and as many at its end,"""
EDGE_CODE: Final = 10
"""... and how many of them that begin or end as only code does are a sign as good as one of ``_PLUMBING``."""
HUGE_CHARS: Final = 2_000
"""Characters of a packed line that no author shows: it is sign enough."""
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
MIXED_CHARS: Final = 200
"""Characters of a line that is looked through for text beside what is for machines."""
TEXT_CHARS: Final = 100
"""Characters of such a text."""
FEW_WORDS: Final = 8
"""Words between two of code from which one of these is an accident of a text."""
UNSPACED_WEIGHT: Final = 2.5
"""How many of them one character stands for of a script without spaces between words;"""
UNSPACED_WORD: Final = 2
"""... and how many such characters stand for a word."""
TEXT_LETTERS: Final = 0.88
"""Share of letters and white space in it: lists of selectors have fewer."""
BETWEEN: Final = 3
"""Lines that look like no code (``else``, a word of data) that may stand between two that do."""

_MARKS: Final = str.maketrans("", "", "{}[]();:=<>|&$_\\\"'/#+*@%")
_SPACE: Final = str.maketrans("", "", " \t")
_PLUMBING: Final = (
    *('"@context"', '"__typename"', '"props":{', '"pageProps":{', "self.__next_f", "ytInitial", "<![CDATA["),
    *("adsbygoogle", "_taboola", "hbspt.", "disqus_", "drupalSettings", "Drupal.settings", "admin-ajax.php"),
    *("dataLayer", "googletag.", "gtag(", "fbq(", "_gaq", "gtm.start", "gtm.js", "wpemoji", "--wp--", "@font-face"),
    *("window._", "window.location", "window.NREUM", "window.jQuery", "window.onload", "window.performance"),
    *("document.documentElement", "document.createElement('script", 'document.createElement("script'),
    *("getElementsByTagName('script", 'getElementsByTagName("script'),
)
"""What sites write for browsers, counters and search engines, and hardly a reader ever sees. Strings, since a page is
looked through for them twenty times as fast as for a pattern."""
_OWN = re.compile(
    r"\bwindow\s{0,2}[.\[]|\bdocument\.|\bnavigator\.|\blocalStorage\b|dataLayer|googletag\.|\bgtag\(|\bfbq\(|jQuery|\$\("
    r"|\.push\([\[{(]|!function|\(function\s{0,4}\(|\(\(\)\s{0,2}=>|addEventListener|getElementById"
    r"|\"(?:@(?:type|context|id)|__typename|pageProps)\"|CDATA|=\s{0,2}\[?\{\"\w+\":"
)
"""What scripts of pages are made of."""
_STYLE = re.compile(
    r"(?<![\w-])[\w-]++\s{0,4}:[^;{}]{1,200}(?:px|r?em|vh|vw|%|#[0-9a-fA-F]{3,8}|!important|none|auto|var\(--[^;{}]{0,100}|block|flex)"
    r"\s{0,4}[;}]|@(?:media|font-face|import|keyframes)\b"
)
_CODE = re.compile(
    r"^(?:[}\])]|[\[{]\s{0,4}[\[{\"]|//|/\*|@(?:media|font-face|import|keyframes|charset)\b|<!--|-->|\"[\w@-]+\"\s{0,4}:)"
    r"|[{}]$|\*/$|\{[\w-]+:[^{}]+\}|&&|\|\||[!=]==|=>|url\([\"']?data:"
    r"|</?(?:a|button|div|h[1-6]|i|img|input|li|p|path|span|svg|ul)\b[^<>]*>"
)
"""How lines of code begin and end, whatever stands in them;"""
_OBJECT = re.compile(r"[\[{]{1,3}\"[^\"\s]{1,60}\":[\[{\"\dtfn]")
"""How data begins, without a space."""
_STATEMENT = re.compile(r"[{};]$|^[}{]")
"""... and as prose never does;"""
_LIKE_CODE = re.compile(
    r"[;,(\[]$"
    r"|^(?:\*|[.#][A-Za-z_-][\w-]*"
    r"|(?:var|let|const|if|else|return|function|try|catch|for|while|switch|case|new|async)\b[^.!?]*[({=;:}]"
    r"|[\w$.\[\]'\"-]+\s{0,4}(?:=|:|\+=)\s|[\w$]+(?:\.[\w$]+)+\()"
)
"""... and as prose does now and then, too."""
_BRACE = re.compile(r"[{}]")
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60"
"""Scripts without spaces between words, and their punctuation."""
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+")
_LETTERS = re.compile(rf"[^\W\d_]+|\s+|[{_UNSPACED}]+")
_WORD = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|[^\s;{_UNSPACED}]+;*|;+")
_CODE_WORD = re.compile(r"[<>=|\\;]|[\w$]\(|\(\)|[\"'`][:,)\]]|[:(\[,][\"'`]|/\*|\*/|(?:^|,)[.#][A-Za-z_-]|[\w)],[a-z]")
"""A word that stands in code and hardly in a text."""
_IN_STRINGS = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[nrt\"/]|&quot;)|\"[,:][\"\[{]|&quot;[,:]&quot;")
"""What only strings have in them, and between them."""
_QUOTES: Final = frozenset("\"'`")
_QUOTED = re.compile(r"[:=(,\[][\"'`]|[\"'`][,;)}\]]|\\[\"'n]")
"""What stands about a string."""


def machine_lines(lines: Sequence[str]) -> list[bool]:
    """Whether each non-blank line is part of a script, a style sheet or data that the page does not show."""
    found = [False] * len(lines)
    content = "\n".join(lines)
    signs = sum(plumbing in content for plumbing in _PLUMBING)
    huge = [line for line in lines if len(line) >= HUGE_CHARS and _is_packed(line)]
    signs += MIN_SIGNS * any(map(_is_a_pages_own, huge)) + any(map(_OBJECT.match, huge))
    if signs + _framed_by_code(lines) < MIN_SIGNS:
        return found
    looks = list(map(_looks_like_code, lines))
    start = 0
    for looks_so, own in groupby(_bridged(lines, looks)):
        end = start + len(list(own))
        if looks_so and _is_of_machines(lines[start:end]):
            found[start:end] = [True] * (end - start)
        start = end
    return found


def _framed_by_code(lines: Sequence[str]) -> int:
    """How many signs it is that a page begins or ends with code, as its head does: samples come below a headline.

    An article may end with its sample, which no one packs: else the end is one sign at most.
    """
    end = lines[EDGE_LINES:][-EDGE_LINES:]  # of a short page the head is no end, too
    below = _statements(end) // EDGE_CODE
    if not any(_is_packed(line) and _is_a_pages_own(line) for line in end):
        below = min(below, 1)
    return _statements(lines[:EDGE_LINES]) // EDGE_CODE + below


def _statements(edge: Sequence[str]) -> int:
    """Lines that begin or end as only code does; 0 where they are few, or none is a page's own."""
    found = sum(map(bool, map(_STATEMENT.search, edge)))
    return found if found >= EDGE_CODE and any(map(_is_a_pages_own, edge)) else 0


def parted(line: str) -> list[tuple[str, bool]]:
    """The pieces of a line of machines, without white space around them, and whether each is for machines.

    Pages without line ends have all in one line. What stands between two scripts stands in no braces. Braces within
    quotes and patterns leave some open, so text counts inside of them as well where nothing about it is quoted: a
    string in a script or in data is.
    """
    if len(line) < MIXED_CHARS:
        return [(line, True)]
    spans: list[tuple[int, int]] = []
    depth = last = 0
    for brace in _BRACE.finditer(line):
        is_short = brace.start() - last < TEXT_CHARS / UNSPACED_WEIGHT
        found = [] if is_short else _texts(line, last, brace.start(), inside=depth > 0)
        if found:
            spans += found
            depth = 0
        depth = depth + 1 if brace[0] == "{" else max(0, depth - 1)
        last = brace.end()
    spans += _texts(line, last, len(line), inside=False)
    if not spans:
        return [(line, True)]
    at, pieces = 0, []
    for start, end in [*spans, (len(line), len(line))]:
        pieces += [(line[at:start].strip(), True), (line[start:end].strip(), False)]
        at = end
    return [(text, for_machines) for text, for_machines in pieces if text]


def _texts(line: str, start: int, end: int, *, inside: bool) -> list[tuple[int, int]]:
    """Where text for readers stands between two braces: runs of words among which hardly one is code.

    :param inside: whether a brace is open, so that it may be a string.
    """
    if inside and _QUOTED.search(line, start, end):
        return []
    runs: list[tuple[int, int]] = []
    run_start = run_end = start
    words = 0
    for word in _WORD.finditer(line, start, end):
        if _CODE_WORD.search(word[0]):
            # one word of code among many is an address, a semicolon, a smiley
            if words < FEW_WORDS:
                runs.append((run_start, run_end))
                run_start = run_end = word.end()
            words = 0
        else:
            many = len(word[0]) // UNSPACED_WORD if word["unspaced"] else 1
            words = words + many if run_end > run_start else FEW_WORDS
            run_end = word.end()
    runs.append((run_start, run_end))
    return [
        (low, high)
        for low, high in runs
        if _reads_as_text(line[low:high])
        and not _IN_STRINGS.search(line, low, high)
        and not (line[low - 1 : low] in _QUOTES and line[high : high + 1] in _QUOTES)
    ]


def _reads_as_text(piece: str) -> bool:
    unspaced = sum(map(len, _UNSPACED_RUN.findall(piece)))
    if len(piece) + (UNSPACED_WEIGHT - 1) * unspaced < TEXT_CHARS or density(piece) > PROSE_DENSITY:
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
    return any(_is_packed(line) or _is_a_pages_own(line) for line in run)


def _is_a_pages_own(line: str) -> bool:
    return _OWN.search(line) is not None or _STYLE.search(line) is not None
