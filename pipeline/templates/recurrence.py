"""On which pages of which site does each line stand, and which lines are therefore the site's template.

Copies of one article on one site (print view, second URL) repeat its body lines as well; they must not turn an article
into a template. So pages are counted by *story*: pages with the same headline (or, without one, the same longest body
line) count once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.records import CHROME, Kind
from pipeline.templates.columns import KINDS, distinct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from pipeline.settings import TemplateSettings
    from pipeline.templates.columns import PageColumns

    Ints = npt.NDArray[np.int64]

RECURS_BY_NATURE = frozenset({Kind.TITLE, Kind.BYLINE, Kind.DATE, Kind.DUPLICATE})
"""Kinds that a template leaves alone: an author signs many articles, a day has many of them."""

NAMES_SITE_SHARE = 0.5
"""A "headline" over more than this share of a site's pages, with other text below it each time, is the site's name."""

_LINES_AT_ONCE, _MOST_PARTS = 1 << 18, 16
"""Lines that are counted together, those of a site always; but parts so many at most, for each looks at all pages."""

_SPARSE = 8
"""With up to so many possible values for each that there is, they are counted, which takes a tenth of sorting them."""


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


def stories(site: Ints, headline: Ints, longest: Ints, settings: TemplateSettings) -> Ints:
    """For each of n pages the story it tells, (n,): equal for copies of one article on one site.

    What the labeller took for the headline of most pages of a site, over different texts, is the name of the site;
    such pages are told apart by their longest body line.

    :param site: (n,) numbers of sites
    :param headline: (n,) numbers of digests, -1 where there is none
    :param longest: (n,) numbers of digests
    """
    headed = np.flatnonzero(headline >= 0)
    if not len(headed):
        return longest
    digests = int(max(headline.max(), longest.max())) + 1
    heads, which, count = np.unique(site[headed] * digests + headline[headed], return_inverse=True, return_counts=True)
    texts = np.bincount(distinct(which * digests + longest[headed]) // digests, minlength=len(heads))
    pages = np.bincount(site)[heads // digests]
    is_name = (texts >= settings.min_pages) & (count > NAMES_SITE_SHARE * pages)
    told = longest.copy()
    told[headed] = np.where(is_name[which], longest[headed], headline[headed])
    return told


def recurring_lines(
    pages: PageColumns, settings: TemplateSettings, groups: Mapping[str, str] | None = None
) -> list[SiteLine]:
    """The lines that stand on at least two stories of their site, sorted by site and digest.

    The result does not depend on the order of ``pages``; pages of no known site are left out.

    :param groups: the site of pages without a URL, by page id (``pipeline.templates.groups``).
    """
    by_group = groups or {}
    named = [
        site if site is not None else by_group.get(page) for page, site in zip(pages.ids, pages.sites, strict=True)
    ]
    pages = pages.only(np.array([site is not None for site in named], dtype=bool))
    if not len(pages):
        return []
    names = sorted({each for each in named if each is not None})
    number = {name: at for at, name in enumerate(names)}
    site = np.array([number[each] for each in named if each is not None])
    lines = np.bincount(site, weights=np.bincount(pages.page, minlength=len(pages)), minlength=len(names))
    before = np.cumsum(lines) - lines
    bounds = np.flatnonzero(np.diff(before // max(_LINES_AT_ONCE, lines.sum() / _MOST_PARTS), prepend=-1)).tolist()
    found: list[SiteLine] = []
    for begin, end in pairwise([*bounds, len(names)]):
        own = (begin <= site) & (site < end)
        found += _of_sites(pages.only(own), site[own] - begin, names[begin:end], settings)
    return found


def _of_sites(pages: PageColumns, site: Ints, names: Sequence[str], settings: TemplateSettings) -> list[SiteLine]:
    """``recurring_lines`` of all pages of some sites.

    :param site: (n,) place of each page's site in ``names``, which are sorted
    """
    if not len(pages.digest):
        return []
    told = stories(site, pages.headline, pages.longest, settings)
    digests = len(pages.digests)
    total = np.bincount(distinct(site * digests + told) // digests)
    # Most lines stand on one page of all: they need not be sorted to be known.
    several = np.bincount(pages.digest) > 1
    again = several[pages.digest]
    page, digest, kind, written = (column[again] for column in (pages.page, pages.digest, pages.kind, pages.text))
    found, number_of = np.flatnonzero(several), np.cumsum(several) - 1
    pairs, pair = _numbered(site[page] * len(found) + number_of[digest], len(names) * len(found))
    count = np.bincount(distinct(pair * digests + told[page]) // digests, minlength=len(pairs))

    recurring = np.flatnonzero(count > 1)
    place = np.full(len(pairs), -1)
    place[recurring] = np.arange(len(recurring))
    line, here = place[pair], place[pair] >= 0
    kinds = np.bincount(line[here] * len(KINDS) + kind[here], minlength=len(recurring) * len(KINDS))
    commonest = _commonest_chrome(kinds.reshape(len(recurring), len(KINDS)))
    texts: dict[int, str] = {}
    for one in distinct(line[here] * len(pages.texts) + written[here]).tolist():
        at, number = divmod(one, len(pages.texts))
        text = pages.texts[number].as_py()
        texts[at] = min(texts.get(at, text), text)
    lines = []
    for at, one in enumerate(recurring.tolist()):
        where, which = divmod(int(pairs[one]), len(found))
        on, of = int(count[one]), int(total[where])
        template = recurs_enough(on, of, settings)
        lines.append(SiteLine(names[where], pages.name(found[which]), texts[at], on, of, template, commonest[at]))
    return lines


def _numbered(values: Ints, most: int) -> tuple[Ints, Ints]:
    """The different values, ascending, and the place of each among them; all are below ``most``."""
    if most > _SPARSE * len(values):
        return np.unique(values, return_inverse=True)
    there = np.bincount(values, minlength=most) > 0
    return np.flatnonzero(there), (np.cumsum(there) - 1)[values]


def recurs_enough(pages: int, site_pages: int, settings: TemplateSettings) -> bool:
    """Whether a line on ``pages`` of a site's ``site_pages`` stories is its template, as far as counts tell."""
    return pages >= settings.min_pages and pages / site_pages >= settings.min_share


def _commonest_chrome(counts: Ints) -> list[Kind]:
    """For each line the kind of chrome it was given most often; of several the first by name.

    :param counts: (lines, kinds)
    """
    chrome = [number for number, kind in enumerate(KINDS) if kind in CHROME]
    best = counts[:, chrome].argmax(axis=1).tolist()
    some = counts[:, chrome].sum(axis=1).tolist()
    return [KINDS[chrome[at]] if said else Kind.NAVIGATION for at, said in zip(best, some, strict=True)]
