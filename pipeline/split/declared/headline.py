"""The headline: candidates from every place that may hold it, without the site's name, and a vote among them.

Each place has a weight (``WEIGHTS``); places that give the same words add up. Families that a template fills from one
field (OpenGraph and Twitter) are two places with small weights. A candidate also gains or loses by how it relates to
the others: the beginning of a longer one is what the longer one adds search words to.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WEIGHTS: Final = {
    "h1": 1.9,
    "first_h1": 1.3,
    "other_h1": -0.2,
    "headline": 1.2,
    "og": 1.1,
    "twitter": 0.1,
    "meta": 0.5,
    "title": 0.6,
    "name": -1.1,
    "h1:head": -0.1,
    "headline:head": 0.4,
    "title:head": 0.6,
    ":head": 0.3,
    ":tail": 0.1,
    "whole": 0.0,
}
"""Points for each place that gives a wording, or its beginning or end up to a separator. Fitted (conditional
logistic regression) on half of the sites of two benchmarks and rounded; docs/metadata.md has both halves' figures."""
NEWS: Final = {"h1": -1.7, "headline": 1.9, "og": 1.2, "title": -0.9, "begins": -0.5}
"""Added on pages that are a ``NewsArticle``: a newsroom fills ``headline`` itself, the ``<h1>`` may have a kicker."""
PRODUCT: Final = {"h1": 0.6, "headline": 0.5, "title": 0.4, "begins": 1.0}
"""Added on product pages: ``<title>`` is the name with words for search engines behind it."""
EXTENDS: Final = -1.3
"""For a wording that begins with another place's whole wording."""
OVERLAP: Final = 1.0
"""Times the mean share of words in common with the other places."""
ONE_WORD: Final = -0.5
LONG: Final = 0.3
"""For more than ``LONG_WORDS`` words."""
LONG_WORDS: Final = 20
SPELLING: Final = ("headline", "og", "title", "h1", "first_h1", "name", "meta", "twitter", "other_h1")
"""Of equal words in two spellings, whose is taken: curly quotes and capitals differ."""
MAX_TITLE: Final = 300
"""Characters: what is longer is a text, not a title."""
MAX_HEADINGS: Final = 6
MAX_CANDIDATES: Final = 24
MAX_SEPARATORS: Final = 12
"""A text with more is a menu or a breadcrumb: it is not cut."""
MAX_SITE_WORDS: Final = 5

_SEPARATOR = re.compile(r"\s+[|–—‹›«»·•~:-]\s+|\s*[|｜]\s*|\s+::\s+|(?<=[^\s\d]):\s+")
_BAR = re.compile(r"\s*[|｜]\s*")
_WORD = re.compile(r"\w+")
_MARKS = re.compile(r"^[\s#¶§|]+|[\s#¶§|]+$|(?<=\S)\s*…$|\s*\.\.\.$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One wording of the headline."""

    source: str
    text: str


def words(text: str) -> tuple[str, ...]:
    """The words of a text, case folded: what must agree for two wordings to be one."""
    return tuple(_WORD.findall(text.casefold()))


def squeezed(text: str) -> str:
    """Letters and digits only: ``The Daily-News`` is ``thedailynews``."""
    return "".join(words(text)).replace("_", "")


def candidates(
    headings: Sequence[str], headlines: Iterable[str], marked: Iterable[tuple[str, str]], site_names: frozenset[str]
) -> list[Candidate]:
    """All wordings, most trusted places first.

    :param headings: texts of ``<h1>``; those that only name the site are passed over.
    :param headlines: JSON-LD.
    :param marked: pairs of place (``og``, ``twitter``, ``meta``, ``title``, ``name``) and text.
    """
    shown = [text for heading in headings if (text := _clean(heading)) and squeezed(text) not in site_names]
    shown = list(dict.fromkeys(shown))[:MAX_HEADINGS]
    firm = [text for headline in headlines if (text := _clean(headline))][:2]
    known = {words(text) for text in (*shown, *firm)}
    found: list[Candidate] = []
    for at, text in enumerate(shown):
        source = "h1" if len(shown) == 1 else "first_h1" if at == 0 else "other_h1"
        found += _forms(source, text, site_names, known)
    for text in firm[:1]:
        found += _forms("headline", text, site_names, known)
    for source, text in marked:
        if cleaned := _clean(text):
            found += _forms(source, cleaned, site_names, known)
    return found[:MAX_CANDIDATES]


def _clean(text: str) -> str:
    text = _MARKS.sub("", text).strip()
    return text if len(text) <= MAX_TITLE else ""


def _forms(source: str, text: str, site_names: frozenset[str], known: set[tuple[str, ...]]) -> list[Candidate]:
    bare = without_site(text, site_names, known)
    forms = [Candidate(source, bare)] if squeezed(bare) not in site_names else []
    if bare != text:
        forms.append(Candidate("whole", text))
    parts = list(_SEPARATOR.finditer(bare))
    if 0 < len(parts) <= MAX_SEPARATORS:
        # the place says that these words begin (or end) the headline, at most
        forms += [Candidate(f"{source}:head", bare[: parts[at].start()].strip()) for at in {0, len(parts) - 1}]
        forms.append(Candidate(f"{source}:tail", bare[parts[0].end() :].strip()))
    return [form for form in forms if form.text]


def without_site(text: str, site_names: frozenset[str], known: set[tuple[str, ...]] = frozenset()) -> str:  # type: ignore[assignment]
    """``text`` without what stands before its first or after its last separator, if that is the site's name.

    It is where it is one of ``site_names``, or where the rest is the title by other witnesses (``known``);
    and without a witness where it is short after ``|`` or a dash, as content management systems put it.
    """
    if len(_SEPARATOR.findall(text)) > MAX_SEPARATORS:
        return text
    while parts := list(_SEPARATOR.finditer(text)):
        first, last = parts[0], parts[-1]
        head, tail = text[: last.start()].strip(), text[last.end() :].strip()
        after = text[first.end() :].strip()
        if words(text) in known and not _BAR.fullmatch(last[0]):
            return text
        if squeezed(tail) in site_names or (words(head) in known and words(text) not in known):
            text = head
        elif squeezed(text[: first.start()]) in site_names or (words(after) in known and words(text) not in known):
            text = after
        elif ":" not in last[0] and len(words(tail)) <= min(MAX_SITE_WORDS, len(words(head))):
            return head
        else:
            return text
    return text


def choose(found: Sequence[Candidate], *, news: bool, product: bool) -> str | None:
    """The wording with the most points; of equals, the one that came first. None where there is no candidate.

    :param news: whether the page calls itself a news article; ``product``: a product.
    """
    groups: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for candidate in found:
        if key := words(candidate.text):
            groups[key].append(candidate)
    if not groups:
        return None
    mains = [key for key, group in groups.items() if any(one.source in SPELLING for one in group)]
    extra = [table for table, on in ((NEWS, news), (PRODUCT, product)) if on]
    best = max(groups, key=lambda key: _points(key, groups[key], mains, extra))
    return min(
        groups[best], key=lambda one: SPELLING.index(one.source) if one.source in SPELLING else len(SPELLING)
    ).text


def _points(
    key: tuple[str, ...],
    group: Sequence[Candidate],
    mains: Sequence[tuple[str, ...]],
    extra: Sequence[Mapping[str, float]],
) -> float:
    points = 0.0
    counted: set[str] = set()
    for source in (one.source for one in group):
        name = source if source in WEIGHTS else ":" + source.rsplit(":", 1)[-1]
        name = ":tail" if source.endswith(":tail") else name
        if name not in counted:
            counted.add(name)
            points += WEIGHTS[name] + sum(table.get(name, 0.0) for table in extra)
    others = [main for main in mains if main != key]
    if any(main[: len(key)] == key for main in others):
        points += sum(table.get("begins", 0.0) for table in extra)
    if any(key[: len(main)] == main for main in others):
        points += EXTENDS
    mine = set(key)
    if others:
        points += OVERLAP * sum(len(mine & set(main)) / len(mine | set(main)) for main in others) / len(others)
    return points + ONE_WORD * (len(key) <= 1) + LONG * (len(key) > LONG_WORDS)
