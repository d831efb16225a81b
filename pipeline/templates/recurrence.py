"""On which pages of which site does each line stand, and which lines are therefore the site's template.

Copies of one article on one site (print view, second URL) repeat its body lines as well; they must not turn an article
into a template. So pages are counted by *story*: pages with the same headline (or, without one, the same longest body
line) count once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from pipeline.metadata.titles import fold
from pipeline.records import BODY, CHROME, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.settings import TemplateSettings

RECURS_BY_NATURE = frozenset({Kind.TITLE, Kind.BYLINE, Kind.DATE, Kind.DUPLICATE})
"""Kinds that a template leaves alone: an author signs many articles, a day has many of them."""

NAMES_SITE_SHARE = 0.5
"""A "headline" over more than this share of a site's pages, with other text below it each time, is the site's name."""


@dataclass(frozen=True, slots=True)
class PageLines:
    """What counting needs of one page."""

    id: str
    site: str | None
    """By its URL; None where there is none."""
    headline: str | None
    """Digest of the headline."""
    longest: str
    """Digest of the longest body line, or of the page's id where there is none."""
    lines: tuple[tuple[str, str, Kind], ...]
    """Each distinct line: digest of its folded text, the text, and the kind the labeller gave it."""


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One line of a site with how often it recurs."""

    site: str
    digest: str
    text: str
    pages: int
    """Stories of the site on whose pages the line stands."""
    site_pages: int
    """All stories of the site."""
    is_template: bool
    kind: Kind
    """The chrome kind that the labeller gave the line most often; ``navigation`` where it gave none."""

    @property
    def share(self) -> float:
        """Share of the site's stories on whose pages the line stands, 0 to 1."""
        return self.pages / self.site_pages


@lru_cache(maxsize=100_000)  # menus are the same on every page
def line_digest(text: str) -> str:
    """32 hex digits that are equal for lines that differ only in case, spaces and typography."""
    return blake2b(fold(text).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def page_lines(identity: str, site: str | None, title: str | None, lines: Sequence[tuple[str, Kind]]) -> PageLines:
    """The lines of one page, ready to be counted.

    :param title: the headline that the markup declares.
    :param lines: normalised text and the labeller's kind of each line.
    """
    headline = title or next((text for text, kind in lines if kind is Kind.TITLE), None)
    longest = max((text for text, kind in lines if kind in BODY), key=len, default=identity)
    distinct: dict[str, tuple[str, str, Kind]] = {}
    for text, kind in lines:
        if text:
            digest = line_digest(text)
            distinct.setdefault(digest, (digest, text, kind))
    return PageLines(
        identity, site, line_digest(headline) if headline else None, line_digest(longest), tuple(distinct.values())
    )


def stories(pages: Sequence[PageLines], settings: TemplateSettings) -> list[str]:
    """For each page of one site, the story it tells: equal for copies of one article.

    What the labeller took for the headline of most pages, over different texts, is the name of the site; such pages
    are told apart by their longest body line.
    """
    below: defaultdict[str, set[str]] = defaultdict(set)
    count: Counter[str] = Counter()
    for page in pages:
        if page.headline is not None:
            below[page.headline].add(page.longest)
            count[page.headline] += 1
    names = {
        headline
        for headline, texts in below.items()
        if len(texts) >= settings.min_pages and count[headline] > NAMES_SITE_SHARE * len(pages)
    }
    return [page.longest if page.headline is None or page.headline in names else page.headline for page in pages]


def recurring_lines(
    pages: Iterable[PageLines], settings: TemplateSettings, groups: Mapping[str, str] | None = None
) -> list[SiteLine]:
    """The lines that stand on at least two stories of their site, sorted by site and digest.

    The result does not depend on the order of ``pages``; pages of no known site are left out.

    :param groups: the site of pages without a URL, by page id (``pipeline.templates.groups``).
    """
    of_site: defaultdict[str, list[PageLines]] = defaultdict(list)
    for page in pages:
        site = page.site if page.site is not None else (groups or {}).get(page.id)
        if site is not None:
            of_site[site].append(page)
    found = []
    for site in sorted(of_site):
        own = of_site[site]
        told = stories(own, settings)
        where: defaultdict[str, set[str]] = defaultdict(set)
        for page, story in zip(own, told, strict=True):
            for digest, _, _ in page.lines:
                where[digest].add(story)
        recurring = {digest for digest, places in where.items() if len(places) > 1}
        kinds: defaultdict[str, Counter[Kind]] = defaultdict(Counter)
        texts: dict[str, str] = {}
        for page in own:
            for digest, text, kind in page.lines:
                if digest in recurring:
                    kinds[digest][kind] += 1
                    texts[digest] = min(texts.get(digest, text), text)
        total = len(set(told))
        for digest in sorted(recurring):
            count = len(where[digest])
            template = recurs_enough(count, total, settings)
            found.append(
                SiteLine(site, digest, texts[digest], count, total, template, _commonest_chrome(kinds[digest]))
            )
    return found


def recurs_enough(pages: int, site_pages: int, settings: TemplateSettings) -> bool:
    """Whether a line on ``pages`` of a site's ``site_pages`` stories is its template, as far as counts tell."""
    return pages >= settings.min_pages and pages / site_pages >= settings.min_share


def _commonest_chrome(kinds: Counter[Kind]) -> Kind:
    counted = [(count, kind) for kind, count in kinds.items() if kind in CHROME]
    return min(counted, key=lambda item: (-item[0], item[1]), default=(0, Kind.NAVIGATION))[1]
