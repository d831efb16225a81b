"""Everything the markup declares about a page, from one collection of places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.metadata.sites import site_of
from pipeline.records import Metadata
from pipeline.split.declared import facts
from pipeline.split.declared.authors import declared_authors
from pipeline.split.declared.headline import (
    Chosen,
    Witnesses,
    address_words,
    belongs_to,
    candidates,
    choose,
    printed,
    title_of_start_page,
    words,
)
from pipeline.split.declared.linked import Linked, is_of, read_linked, texts
from pipeline.split.declared.markup import MAX_SHOWN, Markup, collect, completed
from pipeline.split.declared.moments import declared_moments
from pipeline.split.declared.peer import date_by_htmldate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from pipeline.records import Described, Hints
    from pipeline.split.declaring import Declaring
    from pipeline.split.rendered import RenderedLine

TOP_LINES: Final = 40
"""A dek stands near the top: among so many lines from the title on (or from the page's beginning)."""
_NEWS: Final = ("newsarticle", "liveblogposting", "opinionnewsarticle")
_TITLES: Final = (
    ("og", ("og:title",)),
    ("twitter", ("twitter:title",)),
    ("meta", ("title", "parsely-title", "sailthru.title", "dc.title", "citation_title")),
)
_DESCRIPTIONS: Final = ("og:description", "description", "twitter:description")


class Declared(NamedTuple):
    """What the markup declares."""

    metadata: Metadata
    title_of_service: str | None
    """The title if the page is a service's."""


def read_declared(
    tree: HtmlElement,
    declaring: Declaring,
    hints: Hints,
    lines: Sequence[RenderedLine],
    described: Described | None = None,
) -> Declared:
    """What the markup declares; ``lines`` are the page's visible lines, which tell a headline that is
    printed from one for search engines, and a dek from a mere description.

    Places vote with weights (``headline``, ``authors``, ``moments``); docs/metadata.md has the order of trust. htmldate
    is asked only where no place names a day and somebody has signed: on shops and start pages it finds dates that
    mean something else. Dates keep time and zone where the source gives them.

    :param declaring: the elements of ``tree`` that may declare something.
    :param described: of ``RawPage``: it says what the page itself does not.
    """
    markup = collect(tree, declaring)
    if described:
        markup = replace(markup, meta=completed(markup.meta, described))
    declared = declare(markup, hints, lines)
    metadata = declared.metadata
    if metadata.published is None and metadata.authors:
        found = date_by_htmldate(tree, metadata.url, hints.fetched_at)
        # for want of another, htmldate takes the date of the last change: that is no publication date
        if found and not (metadata.updated or "").startswith(found):
            return declared._replace(metadata=replace(metadata, published=found))
    return declared


def declare(markup: Markup, hints: Hints, lines: Sequence[RenderedLine]) -> Declared:
    """``read_declared`` without its last resort."""
    url = facts.page_url(hints, markup)
    titles = frozenset(
        text.casefold() for text in (*markup.headings, markup.title, *markup.first(("og:title",))) if text
    )
    canonical = facts.canonical_url(hints, markup)
    addresses = frozenset(address.split("#", 1)[0].rstrip("/") for address in (url, canonical) if address)
    linked = read_linked(markup.scripts, titles, addresses)
    site = site_of(url)
    names = facts.site_names(markup, linked, site)
    texts_seen = [line.text for line in lines]
    title, of_service = _title(markup, linked, names, lines, hints=hints, url=url)
    language = facts.language(hints, markup, linked)
    places = [place for place in markup.places if not place.aside]
    moments = declared_moments(
        markup, linked, places, texts_seen, url=url, fetched_at=hints.fetched_at, language=language
    )
    metadata = Metadata(
        title=title,
        dek=_dek(markup, texts_seen, title),
        authors=declared_authors(markup, linked, names, places),
        published=moments.published,
        updated=moments.updated,
        language=language,
        site=site,
        url=url,
        canonical_url=canonical,
        site_name=facts.site_name(markup, linked),
        section=facts.section(markup, linked),
        tags=facts.tags(markup, linked),
        license=facts.license_of(markup, linked),
        is_free=facts.is_free(markup, linked),
    )
    return Declared(metadata, of_service)


def _title(
    markup: Markup,
    linked: Linked,
    names: frozenset[str],
    lines: Sequence[RenderedLine],
    *,
    hints: Hints,
    url: str | None,
) -> Chosen:
    """The headline by the vote of its places; of a site's start page, what the markup calls it."""
    kind = next(markup.first(("og:type",)), "").lower()
    article = bool(linked.articles) or "article" in kind
    marked = _marked(markup, linked)
    is_plain = not article and "name" not in marked
    if is_plain and facts.is_start_page(hints, markup) and (named := title_of_start_page(marked, names)):
        return Chosen(named, named)
    shown = [markup.bare_headings.get(heading, heading) for heading in markup.headings]
    address = address_words(url)
    names |= belongs_to(shown, marked, names, address)
    wordings = candidates(shown, _headlines(markup, linked), marked, names)
    headings, seen = printed(wordings, ((line.text, line.tag) for line in lines), markup.bare_headings)
    return choose(
        wordings,
        Witnesses(
            headings=headings,
            lines=seen,
            address=address,
            article=article,
            news=any(is_of(node, _NEWS) for node in linked.articles),
            product=any(is_of(node, ("product", "productgroup")) for node in linked.nodes) or "product" in kind,
        ),
    )


def _marked(markup: Markup, linked: Linked) -> dict[str, str]:
    """Texts by place: what ``<meta>``, ``<title>`` and linked data call the page."""
    marked = {place: text for place, keys in _TITLES if (text := next(markup.first(keys), ""))}
    if markup.title:
        marked["title"] = markup.title
    named = [node for node in linked.nodes if is_of(node, ("question", "product", "article", "posting"))]
    if name := next(iter(texts(named[:1], "name")), ""):
        marked["name"] = name
    return marked


def _headlines(markup: Markup, linked: Linked) -> list[str]:
    """The headline of JSON-LD, else microdata's; one or none."""
    return (
        list(texts(linked.articles[:1], "headline"))[:1]
        or [
            markup.bare_headings.get(place.text, place.text)
            for place in markup.places
            if place.prop == "headline" and not place.aside and 0 < len(place.text) < MAX_SHOWN
        ][:1]
    )


def _dek(markup: Markup, lines: Sequence[str], title: str | None) -> str | None:
    """The description that the markup gives, if it stands as a line of its own near the top."""
    descriptions = {words(text) for text in markup.first(_DESCRIPTIONS)}
    descriptions.discard(())
    if not descriptions:
        return None
    heading = words(title or "")
    start = 0
    if heading:
        first = heading[0]
        start = next((at for at, line in enumerate(lines) if first in line.casefold() and words(line) == heading), 0)
    shortest = min(sum(map(len, key)) for key in descriptions)  # what case folding makes longer is not ASCII
    below = (line for line in lines[start + 1 : start + TOP_LINES] if len(line) >= shortest or not line.isascii())
    return next((line for line in below if words(line) in descriptions), None)
