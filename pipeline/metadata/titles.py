"""Titles: a form for comparing them, and the headline without the name of the site."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TYPOGRAPHY = {
    **dict.fromkeys("‘’‚‛`´ʼ′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_TYPOGRAPHIC = re.compile(f"[{''.join(_TYPOGRAPHY)}]")
_SEPARATOR = re.compile(r"\s+(?:[|¦•·»›:/~]|::|[-–—―])\s+|\s*[|｜]\s*|\s?[:：]\s(?=\S)|\s*_\s+|\s+-\s*$")
_MARKS = re.compile(r"[\W_]+")
_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())

MAX_SEPARATORS = 12
"""A line with more is a menu or a breadcrumb, not a title."""


def fold(text: str) -> str:
    """The form in which lines are compared: case, white space, quotation marks, dashes and widths do not count."""
    if not text.isascii() or "`" in text:
        text = unicodedata.normalize("NFKC", _TYPOGRAPHIC.sub(lambda mark: _TYPOGRAPHY[mark[0]], text))
    return " ".join(text.casefold().split())


def letters(text: str) -> str:
    """Only the letters and digits of ``text``, folded: for comparing across punctuation and spaces."""
    if text.isascii():
        return text.lower().encode().translate(None, _ASCII_MARKS).decode()
    # the typography that ``fold`` makes alike is taken out here
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def same_title(one: str, other: str) -> bool:
    """Whether two titles are one, leaving out punctuation."""
    a = letters(one)
    return bool(a) and a == letters(other)


def strip_site(title: str, headlines: Sequence[str] = (), site: str | None = None) -> str:
    """``title`` without the site's name or section that many sites put before or behind the headline.

    :param headlines: lines of the page that may be the headline: if one of them is the part before (or behind) a
        separator, that is the headline, as the page prints it.
    :param site: host name without ``www.``: a part that spells it ("The Daily Example" on dailyexample.com) goes.
    :returns: ``title`` itself where nothing speaks for cutting: a dash may belong to the headline.
    """
    cuts = [match.span() for match in _SEPARATOR.finditer(title)]
    if not 0 < len(cuts) <= MAX_SEPARATORS:
        return title
    printed = {letters(line): line for line in reversed(headlines) if line}
    # The longest part that stands in the page as a line of its own is the headline.
    whole = printed.get(letters(title))
    if whole is not None and not _names_site(title[cuts[-1][1] :], site):
        return title
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(title)]
    spans = sorted(
        ((start, end) for at, start in enumerate(starts) for end in ends[at:] if (start, end) != (0, len(title))),
        key=lambda span: (span[0] - span[1], span),
    )
    for start, end in spans:
        found = printed.get(letters(title[start:end]))
        # The site's name stands in the page as well: what is short and at the end is no headline.
        if found is not None and (2 * (end - start) >= len(title) or (start == 0 and len(found.split()) > 1)):
            return found
    if site:
        if _names_site(title[cuts[-1][1] :], site):
            return strip_site(title[: cuts[-1][0]].strip(), (), site) or title
        if _names_site(title[: cuts[0][0]], site):
            return title[cuts[0][1] :].strip() or title
    return title


def _names_site(part: str, site: str | None) -> bool:
    """Whether ``part`` spells the site's host name, as words or as an address."""
    if not site:
        return False
    bare = letters(part).removeprefix("the").removeprefix("www")
    labels = [label for label in site.casefold().split(".") if len(label) > 2]
    hosts = {letters(label).removeprefix("the") for label in labels[:-1] or labels} | {letters(site)}
    initials = "".join(word[0] for word in fold(part).split())
    return len(bare) > 2 and (
        bare in hosts
        or any(min(len(host), len(bare)) > 4 and (bare.startswith(host) or host.startswith(bare)) for host in hosts)
        or (len(initials) > 2 and initials in hosts)
    )
