"""Which site a page belongs to, and what its address says about the region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.metadata.replayed import original_url

if TYPE_CHECKING:
    from pipeline.records import Page

# Country codes whose pages in English put the day first, or the month first (CLDR en-GB, en-US, ...). ".in", ".io" and
# ".co" are sold world-wide and say nothing; ".com" neither.
_REGIONS = frozenset("uk au nz ie za ke ng gh sg my hk mt us".split())  # noqa: SIM905 - a list of codes reads better

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f%#/:<>?@\[\\\]^|]")
"""The forbidden domain code points of the WHATWG's URL standard (section 3.2): a host that has one is none, as in
addresses that a system has quoted as a whole, ``https://host%2Fpath``."""


def site_of(url: str | None) -> str | None:
    """Host name of ``url`` in lower case without ``www.`` and port; None where there is none.

    Of a page that an archive shows it is the host it was archived from.
    """
    if not url:
        return None
    address = original_url(url.strip())
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname
    except ValueError:  # "http://[broken" and the like
        return None
    if not host or "." not in host or _FORBIDDEN.search(host) or any(c.isspace() for c in host):
        return None
    return host.rstrip(".").removeprefix("www.") or None


def page_site(page: Page) -> str | None:
    """The site of a page: by its URL as the sidecar gives it, else as the markup declares it."""
    return site_of(page.hints.url) or site_of(page.declared.url) or site_of(page.declared.site)


def regional(language: str | None, site: str | None) -> str | None:
    """A language tag with the region of the site's country code where the language is English: ``en-uk``.

    English alone does not say whether 05/06 is in May or in June.
    """
    if language is None or language.lower() != "en" or site is None:
        return language
    country = site.rsplit(".", 1)[-1]
    return f"en-{country}" if country in _REGIONS else language
