"""Which pages are one site where no URL says so: pages that have the same chrome around them.

A line that many pages share says little by itself: "Facebook" and "All rights reserved" stand everywhere, an agency
paragraph stands on many sites. What tells a site is that its lines come *together*. For each recurring chrome line:

* its *core* are the chrome lines that most of its pages have too;
* its *cohesion* is the mean share of those pages' chrome that is in the core.

"Facebook" on pages of ten sites has a small core (the other words of every share bar), which explains little of each
page; a footer of one site has the site's whole menu as its core. Cohesive lines found a site; a page belongs to the
site most of whose lines it has. Only chrome that stays the same counts, never body text: no quote, however often it is
printed, makes two sites one.

Sites that print the same few words around their pages ("Home", "News", "Share this article") are told apart by the name
in their copyright lines, where most pages have one.

The result is a function of the set of pages alone. Time is linear in pages: a page counts with at most
``MAX_LINES`` lines, a line with at most ``MAX_PAGES`` pages, each chosen by their digests and so alike everywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.metadata.titles import fold
from pipeline.records import CHROME, Kind
from pipeline.templates.columns import NUMBER, distinct
from pipeline.templates.recurrence import stories

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from pipeline.settings import TemplateSettings
    from pipeline.templates.columns import PageColumns

    Ints = npt.NDArray[np.int64]

STAND_IN = "~"
"""What the name of a site without a host begins with; no host name does."""
_NAME_DIGITS = 12

LASTING = CHROME - {Kind.COMMENTS, Kind.RELATED, Kind.AUTHOR_BIO}
"""Chrome that is the same on all pages of a site; the others change with each article."""

CORE_SHARE = 0.6
"""A line is in another's core if it stands on this share of the other's pages: sections have menus of their own, and
scrapers lose a line here and there."""
MIN_COHESION = 0.3
"""Share of a page's lasting chrome that must be its site's. On WCXB pages of 1,164 sites shared words (a blog host,
cookie banners) reach it on 18 of 1,337 pages; teasers that change keep real sites well below 1."""
MIN_LINES = 4
"""Lines that a site must have in common, and a page with it: a share bar alone ("Facebook", "Twitter", "Email") is no
site."""
NEARLY = 0.8
"""A more widespread line founds the site instead, if it is nearly as cohesive: the site's menu, not one section's. A
publisher's footer on all its papers is far less cohesive than each paper's own menu."""
MIN_OWNED = 0.5
"""Share of a group's pages that must have a copyright line for these lines to part it: where fewer have, they are the
credits of single pictures."""
MAX_LINES = 128
MAX_PAGES = 256


_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOT_A_NAME = frozenset({"c", "copyright", "all", "rights", "reserved", "by", "the"})


def group_pages(pages: PageColumns, settings: TemplateSettings) -> dict[str, str]:
    """The stand-in site of each page that has one, by page id.

    :param pages: the pages without a URL, in any order.
    :returns: names such as ``~1f0c5a7be210``, made from the digest of the line that founded the site, and of its owner.
    """
    told = stories(np.zeros(len(pages), dtype=np.int64), pages.headline, pages.longest, settings)
    lasting = np.isin(pages.kind, [NUMBER[kind] for kind in LASTING])
    page, line = (column[lasting].astype(np.int64) for column in (pages.page, pages.digest))
    order = np.lexsort((line, page))
    page, line = page[order], line[order]
    taken = np.arange(len(page)) - np.searchsorted(page, page) < MAX_LINES
    page, line = page[taken], line[taken]
    size = np.maximum(np.bincount(page, minlength=len(pages)), 1).astype(np.float64)

    digests = len(pages.digests)
    places = np.bincount(distinct(line * digests + told[page]) // max(digests, 1), minlength=digests)
    recurring = np.flatnonzero(places >= settings.min_pages)
    spread = places[recurring]
    number = np.full(digests, -1)
    number[recurring] = np.arange(len(recurring))
    kept = number[line] >= 0

    # What depends on an order goes by that of the pages' ids.
    ordered = np.array(sorted(range(len(pages)), key=pages.ids.__getitem__), dtype=np.int64)
    rank = np.empty_like(ordered)
    rank[ordered] = np.arange(len(ordered))
    page, line = rank[page[kept]], number[line[kept]]
    order = np.argsort(page, kind="stable")
    page, line, size = page[order], line[order], size[ordered]
    founder = _founders(page, line, size, spread)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for at, founding in _votes(page, founder[line], size, spread):
        members[founding].append(int(ordered[at]))
    owners = _Owners(pages)
    return {
        pages.ids[at]: site
        for founding in sorted(members)
        for at, site in _parted(pages.name(int(recurring[founding])), members[founding], owners)
    }


def _parted(digest: str, pages: Sequence[int], owners: _Owners) -> Iterator[tuple[int, str]]:
    """Pages of one group with their site's name; where they have several owners, those without one have no site."""
    names = [owners.of(page) for page in pages]
    named = [owner for owner in names if owner is not None]
    different = set(named)
    if len(different) < 2 or len(named) < MIN_OWNED * len(pages):
        for page in pages:
            yield page, STAND_IN + digest[:_NAME_DIGITS]
        return
    site = {owner: STAND_IN + _name(f"{digest} {owner}") for owner in different}
    for page, owner in zip(pages, names, strict=True):
        if owner is not None:
            yield page, site[owner]


def _name(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_NAME_DIGITS // 2).hexdigest()


class _Owners:
    """Whose pages they are, by their copyright lines."""

    def __init__(self, pages: PageColumns) -> None:
        legal = np.flatnonzero(pages.kind == NUMBER[Kind.LEGAL])
        # The pages of a site have the same lines: each text is looked at once.
        texts, text = np.unique(pages.text[legal], return_inverse=True)
        found = (pages.texts[at].as_py() for at in texts.tolist())
        self._owners: list[tuple[bool, str | None]] = [_owner(each) for each in found]
        self._text: list[int] = text.tolist()
        self._starts: list[int] = np.searchsorted(pages.page[legal], np.arange(len(pages) + 1)).tolist()

    def of(self, page: int) -> str | None:
        """The words of a page's last copyright line, without the year; None where it has none, or names nobody."""
        for text in reversed(self._text[self._starts[page] : self._starts[page + 1]]):
            is_one, owner = self._owners[text]
            if is_one:
                return owner
        return None


def _owner(text: str) -> tuple[bool, str | None]:
    """Whether a text is a copyright line, and the owner it names."""
    if not _COPYRIGHT.search(text):
        return False, None
    words = [word for word in _WORD.findall(fold(text)) if word not in _NOT_A_NAME and not _YEAR.fullmatch(word)]
    return True, " ".join(words) or None


def _votes(page: Ints, founder: Ints, size: npt.NDArray[np.float64], spread: Ints) -> list[tuple[int, int]]:
    """Each page that belongs to a site with the line that founded the site, in the order of the pages.

    :param page: of each line; :param founder: what founded the line's site, -1 where it has none
    """
    some = founder >= 0
    own, votes = np.unique(page[some] * max(len(spread), 1) + founder[some], return_counts=True)
    page, line = np.divmod(own, max(len(spread), 1))
    order = np.lexsort((line, -spread[line], -votes, page))
    best = order[np.flatnonzero(np.diff(page[order], prepend=-1))]
    best = best[(votes[best] >= MIN_LINES) & (votes[best] / size[page[best]] >= MIN_COHESION)]
    return list(zip(page[best].tolist(), line[best].tolist(), strict=True))


def _founders(page: Ints, line: Ints, size: npt.NDArray[np.float64], spread: Ints) -> Ints:
    """For each line the line that founds its site, -1 where it is not cohesive.

    Lines are numbered in the order of their digests; ``page`` and ``line`` are sorted by page.
    """
    starts = np.searchsorted(page, np.arange(len(size) + 1))
    order = np.argsort(line, kind="stable")
    first = np.searchsorted(line[order], np.arange(len(spread) + 1))
    cores: dict[int, list[int]] = {}
    cohesion: dict[int, float] = {}
    known: dict[bytes, tuple[list[int], float]] = {}
    for one, (begin, end) in enumerate(pairwise(first.tolist())):
        places = page[order[begin : min(end, begin + MAX_PAGES)]]
        key = places.tobytes()  # the lines of one menu stand on the same pages
        if key not in known:
            known[key] = _core(places, starts, line, size)
        core, share = known[key]
        if len(core) >= MIN_LINES and share >= MIN_COHESION:
            cores[one], cohesion[one] = core, share

    founder = np.full(len(spread), -1)
    wide = spread.tolist()
    for one in sorted(cores, key=lambda at: (-wide[at], at)):
        near = [other for other in cores[one] if other in cores and cohesion[other] >= NEARLY * cohesion[one]]
        widest = min(near, key=lambda at: (-wide[at], at))
        # More widespread lines have been placed before; a line that is its own neighbours' widest founds a site.
        founder[one] = founder[widest] if founder[widest] >= 0 else one
    return founder


def _core(places: Ints, starts: Ints, line: Ints, size: npt.NDArray[np.float64]) -> tuple[list[int], float]:
    """The lines that most of the pages have, and the mean share of a page's chrome they make up."""
    lines = np.concatenate([line[starts[page] : starts[page + 1]] for page in places.tolist()])
    counts = np.bincount(lines)
    is_core = counts >= CORE_SHARE * len(places)
    owner = np.repeat(np.arange(len(places)), starts[places + 1] - starts[places])
    shares = np.bincount(owner[is_core[lines]], minlength=len(places)) / size[places]
    return np.flatnonzero(is_core).tolist(), round(float(np.mean(shares)), 6)
