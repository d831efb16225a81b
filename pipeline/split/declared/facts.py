"""Facts that need no vote: address, site, language, section, tags, licence, and whether reading is free."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from pipeline.metadata.replayed import original_url
from pipeline.metadata.sites import site_of
from pipeline.split.declared.headline import squeezed
from pipeline.split.declared.linked import Linked, is_of, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Hints
    from pipeline.split.declared.markup import Markup

MAX_TAGS: Final = 30
MAX_TAG: Final = 80
"""Characters of a tag or a section: what is longer is a sentence."""
MAX_ADDRESS: Final = 2_000

_SITE_KEYS: Final = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher")
_START = re.compile(r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|default|home)(?:\.\w{1,5})?/?)?", re.IGNORECASE)
"""The path of a start page: nothing, a language, the name of an index file."""
_LIST = re.compile(r"\s*[,;|、，]\s*")


def page_url(hints: Hints, markup: Markup) -> str | None:
    """The hint, or the canonical address that the page gives if it is absolute."""
    return _first_address([hints.url, *_declared_addresses(markup)], markup) or hints.url


def canonical_url(hints: Hints, markup: Markup) -> str | None:
    """``<link rel=canonical>`` or ``og:url``, made absolute; None where the page gives none.

    Of a page from an archive, else, the address under which it was archived.
    """
    archived = original_url(hints.url) if hints.url else None
    return _first_address(
        [*_declared_addresses(markup), archived if archived != hints.url else None], markup, hints.url
    )


def _declared_addresses(markup: Markup) -> list[str | None]:
    return [*markup.links.get("canonical", [])[:1], *list(markup.first(("og:url", "twitter:url")))[:2]]


def _first_address(candidates: Sequence[str | None], markup: Markup, base: str | None = None) -> str | None:
    open_graph = next(markup.first(("og:url", "twitter:url")), "")
    for url in candidates:
        try:
            full = original_url(urljoin(base or open_graph, url.strip())) if url else ""
            if len(full) <= MAX_ADDRESS and urlsplit(full).scheme in {"http", "https"} and site_of(full):
                return full
        except ValueError:  # "http://[" and the like
            continue
    return None


def is_start_page(hints: Hints, markup: Markup) -> bool:
    """Whether the page is a site's first one, or that of one of its languages, by its address.

    ``og:url`` is not asked: it often names the site on all of its pages.
    """
    url = _first_address([hints.url, *markup.links.get("canonical", [])[:1]], markup)
    return url is not None and not urlsplit(url).query and _START.fullmatch(urlsplit(url).path) is not None


def language(hints: Hints, markup: Markup, linked: Linked) -> str | None:
    """ISO 639-1 code: the hint, ``<html lang>``, ``<meta>``, JSON-LD ``inLanguage``."""
    said = texts([*linked.articles, *linked.pages], "inLanguage")
    for tag in (hints.language, markup.language, *markup.first(("content-language", "og:locale", "language")), *said):
        primary = re.split(r"[-_,\s]", (tag or "").strip().lower(), maxsplit=1)[0]
        if len(primary) == 2 and primary.isascii() and primary.isalpha():
            return primary
    return None


def site_names(markup: Markup, linked: Linked, site: str | None) -> frozenset[str]:
    """Spellings of the site's name, letters and digits only: ``The Daily-News`` is ``thedailynews``."""
    names = [squeezed(name) for name in markup.first(_SITE_KEYS)]
    for node in linked.nodes:
        publisher = node.get("publisher")
        holder = publisher if isinstance(publisher, dict) else node if is_of(node, ("organization", "website")) else {}
        if isinstance(name := holder.get("name"), str):
            names.append(squeezed(name))
    if site:
        labels = site.split(".")
        names += [squeezed(site), *(label for label in labels[:-1] if len(label) > 3)]
    return frozenset(name for name in names if name)


def site_name(markup: Markup, linked: Linked) -> str | None:
    """The site's name as it writes it: ``og:site_name``, or the publisher in JSON-LD."""
    publishers = [node["publisher"] for node in linked.articles if isinstance(node.get("publisher"), dict)]
    names = [*markup.first(("og:site_name",)), *texts(publishers, "name"), *markup.first(("application-name",))]
    return next((name for name in names if len(name) <= MAX_TAG), None)


def section(markup: Markup, linked: Linked) -> str | None:
    """schema.org ``articleSection``, or ``article:section``: the outermost where there are several."""
    keys = ("article:section", "og:article:section", "parsely-section", "cxenseparse:category", "section")
    said = [*texts(linked.articles, "articleSection"), *markup.first(keys)]
    return next((text for text in said if len(text) <= MAX_TAG and not text.startswith("http")), None)


def tags(markup: Markup, linked: Linked) -> tuple[str, ...]:
    """schema.org ``keywords``, ``article:tag`` and ``<meta name=keywords>``, each once, in order."""
    said = [*texts(linked.articles, "keywords"), *markup.first(("article:tag", "og:article:tag", "parsely-tags"))]
    if not said:
        said = list(markup.first(("news_keywords", "keywords", "sailthru.tags")))
    found: dict[str, str] = {}
    for text in said[:MAX_TAGS]:
        for tag in _LIST.split(text):
            if 1 < len(tag) <= MAX_TAG and not tag.startswith("http"):
                found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MAX_TAGS]


def license_of(markup: Markup, linked: Linked) -> str | None:
    """The licence as stated: an address (schema.org ``license``, ``rel=license``) or its name."""
    nodes = [*linked.articles, *linked.pages]
    said: list[str] = list(texts(nodes, "license"))
    said += [
        url for node in nodes if isinstance(value := node.get("license"), dict) for url in texts([value], "url", "@id")
    ]
    said += markup.links.get("license", [])
    said += [place.href for place in markup.places if "license" in place.rel.split() and place.href]
    said += list(markup.first(("dc.rights.license", "dcterms.license", "license", "copyright-license")))
    return next((text for text in said if len(text) <= 300), None)


def is_free(markup: Markup, linked: Linked) -> bool | None:
    """schema.org ``isAccessibleForFree`` of the article or page, or ``article:content_tier``; None where not stated.

    Parts of a page (``hasPart``) are not asked: where the whole is stated, they repeat it.
    """
    for node in (*linked.articles, *linked.pages):
        said = _truth(node.get("isAccessibleForFree"))
        if said is not None:
            return said
    tier = next(markup.first(("article:content_tier", "og:article:content_tier")), "").lower()
    return {"free": True, "metered": False, "locked": False}.get(tier)


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return (
        {"true": True, "false": False}.get(value.strip().lower().rsplit("/", 1)[-1]) if isinstance(value, str) else None
    )
