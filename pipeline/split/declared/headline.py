"""The headline: candidates from every place that may hold it, without the site's name, and a vote among them.

Each place has a weight (``WEIGHTS``); places that give the same words add up. Families that a template fills from one
field (OpenGraph and Twitter) are two places with small weights. A candidate also gains or loses by how it relates to
the others: the beginning of a longer one is what the longer one adds search words to. Two witnesses are no places of
the markup: the visible lines (a headline is printed, and printed as a heading) and the words of the page's address,
which systems make from the headline.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import combining, normalize
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WEIGHTS: Final = {
    "h1": 0.4,
    "first_h1": 0.3,
    "other_h1": -0.7,
    "headline": 0.9,
    "og": 0.9,
    "twitter": 0.2,
    "meta": 0.3,
    "title": 0.7,
    "name": -0.8,
    "h1:head": 0.0,
    "headline:head": 0.0,
    "title:head": 0.3,
    ":head": 0.2,
    ":tail": 0.2,
    "whole": -0.1,
}
"""Points for each place that gives a wording, or its beginning or end up to a separator. Fitted (conditional
logistic regression) on half of the sites of two benchmarks and rounded, as are the other points; docs/metadata.md has
both halves' figures."""
PRINTED: Final = 0.6
"""For a wording that stands on the page as a line of its own."""
PRINTED_AS_HEADING: Final = 0.7
"""Added where that line is an ``<h1>`` to ``<h3>``."""
ADDRESS: Final = 1.3
"""Times the share of words that the wording has in common with the page's address."""
ARTICLE: Final = {"h1": 0.25, "og": 0.1, "title": -0.3}
"""Added on pages that call themselves an article: their ``<title>`` is rather for search engines."""
NEWS: Final = {"h1": -0.8, "headline": 1.0, "og": 0.5, "title": -0.5, "begins": -0.1}
"""Added on pages that are a ``NewsArticle``: a newsroom fills ``headline`` itself, the ``<h1>`` may have a kicker."""
PRODUCT: Final = {"h1": 0.3, "headline": 0.3, "og": 0.1, "title": 0.2, "begins": 0.4}
"""Added on product pages: ``<title>`` is the name with words for search engines behind it."""
SERVICE: Final = {"title": 0.8}
"""Added on pages that turn out to be a service's, where being printed as a heading counts for nothing: those headings
are slogans, and ``<title>`` says what is offered."""
BEGINS: Final = -0.1
"""For a wording that another place's wording begins with."""
EXTENDS: Final = -0.8
"""For a wording that begins with another place's whole wording."""
OVERLAP: Final = 0.55
"""Times the mean share of words in common with the other places."""
ONE_WORD: Final = -0.4
LONG: Final = 0.1
"""For more than ``LONG_WORDS`` words."""
LONG_WORDS: Final = 20
SPELLING: Final = ("h1", "first_h1", "headline", "og", "title", "name", "meta", "twitter", "other_h1")
"""Of equal words in several spellings the one that most places have is taken, of equals the first of these, as the
page prints it: curly quotes and capitals differ."""
MAX_TITLE: Final = 300
"""Characters: what is longer is a text, not a title."""
MAX_HEADINGS: Final = 6
MAX_CANDIDATES: Final = 24
MAX_SEPARATORS: Final = 12
"""A text with more is a menu or a breadcrumb: it is not cut."""
MAX_SITE_WORDS: Final = 5

HEADINGS: Final = frozenset({"h1", "h2", "h3"})

_SEPARATOR = re.compile(r"\s+[|–—‹›«»·•~:-]\s+|\s*[|｜]\s*|\s+::\s+|(?<=[^\s\d]):\s+")
_BAR = re.compile(r"\s*[|｜]\s*")
_WORD = re.compile(r"\w+")
_PLAIN_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(r"\.(?:html?|php|aspx?|jsp)$")
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
    headings: Sequence[str], headlines: Iterable[str], marked: Mapping[str, str], site_names: frozenset[str]
) -> list[Candidate]:
    """All wordings, most trusted places first.

    :param headings: texts of ``<h1>``; those that only name the site are passed over.
    :param headlines: JSON-LD.
    :param marked: texts by place: ``og``, ``twitter``, ``meta``, ``title``, ``name``.
    :param site_names: letters and digits only.
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
    for source, text in marked.items():
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
    parts = _parts(bare)
    if parts is not None and parts.separators <= MAX_SEPARATORS:
        # the place says that these words begin (or end) the headline, at most
        heads = (parts.first, parts.head)[: parts.separators]
        forms += [*(Candidate(f"{source}:head", head) for head in heads), Candidate(f"{source}:tail", parts.after)]
    return [form for form in forms if form.text]


class _Parts(NamedTuple):
    """A text parted at its first separator, and at its last."""

    separators: int
    first: str
    after: str
    """What stands behind the first."""
    head: str
    """What stands before the last."""
    tail: str
    last: str
    """The last separator, with the blanks around it."""


def _parts(text: str) -> _Parts | None:
    """None where it has no separator."""
    found = list(_SEPARATOR.finditer(text))
    if not found:
        return None
    (first, after), (head, tail) = (
        (text[: one.start()].strip(), text[one.end() :].strip()) for one in (found[0], found[-1])
    )
    return _Parts(len(found), first, after, head, tail, found[-1][0])


def without_site(text: str, site_names: frozenset[str], known: set[tuple[str, ...]] = frozenset()) -> str:  # type: ignore[assignment]
    """``text`` without what stands before its first or after its last separator, if that is the site's name.

    It is where it is one of ``site_names``, or where the rest is the title by other witnesses (``known``);
    and without a witness where it is short after ``|`` or a dash, as content management systems put it.
    """
    while (parts := _parts(text)) is not None and parts.separators <= MAX_SEPARATORS:
        _, first, after, head, tail, last = parts
        if words(text) in known and not _BAR.fullmatch(last):
            return text
        if squeezed(tail) in site_names or (words(head) in known and words(text) not in known):
            text = head
        elif squeezed(first) in site_names or (words(after) in known and words(text) not in known):
            text = after
        elif ":" not in last and len(words(tail)) <= min(MAX_SITE_WORDS, len(words(head))):
            return head
        else:
            return text
    return text


def belongs_to(
    headings: Sequence[str], marked: Mapping[str, str], site_names: frozenset[str], address: frozenset[str]
) -> frozenset[str]:
    """The name, letters and digits only, of the book, forum or section that the page is a part of; one or none.

    It is what ``<title>`` has behind its last separator where the page prints it as a heading, too:
    ``Ownership - The Handbook`` below an ``<h1>`` "The Handbook". Not where the site's name stands in front, where
    another place has these words behind something else or nothing, or where the page's address has rather these words
    than those before them.

    :param headings: texts of ``<h1>``.
    :param marked: as in ``candidates``.
    :param address: as ``address_words`` gives it.
    """
    text = _clean(marked.get("title", ""))
    parts = _parts(text)
    if parts is None or parts.separators > MAX_SEPARATORS or parts.last.strip() == ":":
        return frozenset()
    name = words(parts.tail)
    if not name or not any(words(_clean(heading)) == name for heading in headings):
        return frozenset()
    if {squeezed(parts.head), squeezed(parts.first)} & site_names:
        return frozenset()
    others = (words(said) for place, said in marked.items() if place != "title")
    if any(other[-len(name) :] == name and other != words(text) for other in others):
        return frozenset()
    if _in_address(name, address) > _in_address(words(parts.head), address):
        return frozenset()
    return frozenset((squeezed(parts.tail),))


def title_of_start_page(marked: Mapping[str, str], site_names: frozenset[str]) -> str | None:
    """What ``<title>``, else ``og:title``, calls a site's start page; None where neither says anything.

    Its headings are slogans and teasers. The site's name stays where it stands in front, since it is what the page is
    about, and goes where it stands behind more than a word ("Home").
    """
    text = _clean(marked.get("title", "")) or _clean(marked.get("og", ""))
    parts = _parts(text)
    if parts is None or squeezed(parts.first) in site_names or squeezed(parts.tail) not in site_names:
        return text or None
    return parts.head if len(words(parts.head)) > 1 else text


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What speaks for wordings without being a place that gives one."""

    headings: frozenset[tuple[str, ...]] = frozenset()
    """The words of candidates that stand on the page as a heading,"""
    lines: frozenset[tuple[str, ...]] = frozenset()
    """... or as any line of their own."""
    address: frozenset[str] = frozenset()
    """Words of the page's address, without accents and numbers."""
    article: bool = False
    """Whether the page calls itself an article,"""
    news: bool = False
    """... a news article,"""
    product: bool = False
    """... or a product."""


def printed(
    found: Sequence[Candidate], lines: Iterable[tuple[str, str]], bare: Mapping[str, str]
) -> tuple[frozenset[tuple[str, ...]], ...]:
    """The words of the candidates that stand on the page as a heading, and those that are any line of their own.

    :param lines: text and tag of the visible lines.
    :param bare: headings with a kicker, and what they are without it: printed with it, that is printed.
    """
    wanted = {words(one.text): words(one.text) for one in found}
    wanted |= {words(full): words(text) for full, text in bare.items()}
    longest = max(map(len, (*(one.text for one in found), *bare)), default=0)
    shortest = min((sum(map(len, key)) for key in wanted), default=0)
    headings: set[tuple[str, ...]] = set()
    seen: set[tuple[str, ...]] = set()
    initials = {key[0][0] for key in wanted if key}
    for text, tag in lines:
        # the same words with other marks between them are hardly twice as long, and not shorter, but for letters that
        # case folding makes longer
        if len(text) > 2 * longest or (len(text) < shortest and text.isascii()):
            continue
        if text.isascii() and (first := _WORD.search(text)) is not None and first[0][0].lower() not in initials:
            continue
        if key := wanted.get(words(text)):
            seen.add(key)
            if tag in HEADINGS:
                headings.add(key)
    return frozenset(headings), frozenset(seen)


def address_words(url: str | None) -> frozenset[str]:
    """The words of the last part of a URL's path that has some; empty where they are too few to tell anything."""
    try:
        parts = [part for part in unquote(urlsplit(url).path[-MAX_TITLE:]).split("/") if part] if url else []
    except ValueError:  # "http://["
        return frozenset()
    best: frozenset[str] = frozenset()
    for part in parts[-2:]:
        own = frozenset(
            word for word in _PLAIN_WORD.findall(_plain(_SUFFIX.sub("", part))) if len(word) > 1 and not word.isdigit()
        )
        best = own if len(own) >= max(len(best), 1) else best
    return best if len(best) > 1 else frozenset()


def _plain(text: str) -> str:
    """Case folded and without accents, as addresses spell words."""
    if text.isascii():
        return text.lower()
    return "".join(char for char in normalize("NFKD", text.casefold()) if not combining(char))


class Chosen(NamedTuple):
    """What a page is called."""

    title: str | None
    of_service: str | None
    """What it would be called if it were a service's."""


def choose(found: Sequence[Candidate], witnesses: Witnesses) -> Chosen:
    """The wording with the most points; of equals, the one that came first. None where there is no candidate."""
    groups: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for candidate in found:
        if key := words(candidate.text):
            groups[key].append(candidate)
    if not groups:
        return Chosen(None, None)
    mains = [key for key, group in groups.items() if any(one.source in SPELLING for one in group)]
    points = {key: _points(key, group, mains, witnesses) for key, group in groups.items()}
    best = max(points, key=points.__getitem__)
    of_service = max(points, key=lambda key: points[key] + _points_of_service(key, groups[key], witnesses))
    title = _spelling(groups[best])
    return Chosen(title, title if of_service == best else _spelling(groups[of_service]))


def _spelling(group: Sequence[Candidate]) -> str:
    places: dict[str, set[str]] = defaultdict(set)
    for one in group:
        places[one.text.casefold()].add(one.source)
    return min(
        group,
        key=lambda one: (
            -len(places[one.text.casefold()]),
            SPELLING.index(one.source) if one.source in SPELLING else len(SPELLING),
        ),
    ).text


def _points(
    key: tuple[str, ...],
    group: Sequence[Candidate],
    mains: Sequence[tuple[str, ...]],
    witnesses: Witnesses,
) -> float:
    kinds = ((ARTICLE, witnesses.article), (NEWS, witnesses.news), (PRODUCT, witnesses.product))
    extra = [table for table, on in kinds if on]
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
        points += BEGINS + sum(table.get("begins", 0.0) for table in extra)
    if any(key[: len(main)] == main for main in others):
        points += EXTENDS
    if others:
        points += OVERLAP * sum(_alike(set(key), main) for main in others) / len(others)
    points += ADDRESS * _in_address(key, witnesses.address)
    points += PRINTED * (key in witnesses.lines) + PRINTED_AS_HEADING * (key in witnesses.headings)
    return points + ONE_WORD * (len(key) <= 1) + LONG * (len(key) > LONG_WORDS)


def _points_of_service(key: tuple[str, ...], group: Sequence[Candidate], witnesses: Witnesses) -> float:
    """What a wording gains and loses beside that."""
    points = sum(SERVICE.get(source, 0.0) for source in {one.source for one in group})
    return points - PRINTED_AS_HEADING * (key in witnesses.headings)


def _in_address(key: tuple[str, ...], address: frozenset[str]) -> float:
    """Share of the words of either that a wording and the page's address both have; 0 where no address tells."""
    return _alike(set(_PLAIN_WORD.findall(_plain(" ".join(key)))), address) if address else 0.0


def _alike(mine: set[str], other: Iterable[str]) -> float:
    """Share of the words of either that both have."""
    theirs = set(other)
    return len(mine & theirs) / len(mine | theirs) if theirs else 0.0
