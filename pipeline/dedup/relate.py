"""Why two texts are alike: ``revision``, ``syndication``, ``template`` or ``quote`` (see ``records.Relation``)."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from pipeline.metadata.replayed import original_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from pipeline.dedup.records import Relation

TEMPLATE_ARTICLES = 3
"""A paragraph in this many articles of one site is the site's formula; in two it may be a reporter's own reuse."""

# courlan's patterns look for URLs inside URLs and slow down on hostile ones; browsers and servers stop near here.
_MAX_URL_CHARS = 2_000


def url_key(url: str | None) -> str | None:
    """What two spellings of one page's URL have in common, or None where there is no usable URL.

    Scheme, ``www.``, user, default port, fragment, trailing slash and tracking parameters are dropped, and the archive
    or cache that shows the page.
    """
    if url is None or len(url) > _MAX_URL_CHARS:
        return None
    from courlan import clean_url  # noqa: PLC0415  # only corpora with URLs need it

    cleaned = clean_url(original_url(url))
    if not cleaned:
        return None
    try:
        parts = urlsplit(cleaned)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.scheme not in {"http", "https"}:
        return None
    site = host.removeprefix("www.") + (f":{port}" if port else "")
    return site + parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")


def url_rules() -> str:
    """What ``url_key`` hangs on beside the URL; changes with its rules."""
    return f"2 courlan {version('courlan')}"


def pages(urls: Iterable[str | None]) -> NDArray[np.int64]:
    """The page of each article as a number: one for all that are known to stand under one URL, -1 for unknown."""
    numbers: dict[str, int] = {}
    keys = map(url_key, urls)
    return np.array([-1 if key is None else numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def relate_articles(one_page: bool) -> Relation:
    """The relation of two articles that agree: a ``revision`` under one URL, ``syndication`` otherwise.

    A page fetched twice without a change is a ``revision`` too; copies under two URLs of one site (print view,
    second section) are ``syndication``.
    """
    return "revision" if one_page else "syndication"


def relate_paragraphs(one_page: bool, agree: bool, articles_of_site: Callable[[], int]) -> Relation:
    """The relation of two near-duplicate paragraphs, from the articles they stand in.

    :param one_page: whether the two articles stand under one URL
    :param agree: whether the two articles are near-duplicates as wholes
    :param articles_of_site: if both are of one known site: how many of its articles have the paragraph; else 0.
        Asked only where that decides
    """
    if one_page:
        return "revision"
    if agree:
        return "syndication"
    return "template" if articles_of_site() >= TEMPLATE_ARTICLES else "quote"
