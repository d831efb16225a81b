"""When the page was published and when it was changed, by its markup: a vote among the places that say so.

Publication and change are two questions, never mixed: a date of change is not given for want of another. Places that
agree on the day add up their weights; of the winner's places the most trusted one that has a time gives it. What lies
after the download, or outside of the bounds, is no date. No clock is read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pipeline.metadata.dates import labels_publication, parse_date, parse_date_line
from pipeline.split.declared.linked import Linked, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.split.declared.markup import Markup, Place

EARLIEST: Final = "1995-01-01"
LATEST: Final = "2040-12-31"
"""Bounds of a plausible date where the download's moment is not known. Fixed, because htmldate's own bound is
today: the same page would get another date tomorrow."""

WEIGHTS: Final = {
    "json-ld": 4.0,
    "meta": 3.0,
    "microdata": 2.5,
    "page": 2.0,
    "marked": 2.0,
    "labelled": 2.5,
    "address": 1.5,
    "time": 1.5,
    "dated": 1.0,
    "post": 0.5,
    "other meta": 1.0,
}
"""Trust in a place; measured on half of the sites (docs/metadata.md)."""
MAX_SHOWN_DATE: Final = 60
"""Characters of an element whose class says "date": what is longer holds more than a date."""

_PUBLISHED: Final = ("article:published_time", "og:article:published_time", "og:published_time", "datepublished",
                     "article:published", "parsely-pub-date", "sailthru.date", "publish-date", "publication_date",
                     "dc.date.issued", "dcterms.issued", "citation_publication_date", "citation_online_date",
                     "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "pubdate", "article_date_original",
                     "originalpublicationdate", "dc.date.created", "dcterms.created", "article.published",
                     "publishdate", "publish_date", "published_time", "date.published")  # fmt: skip
_VAGUE: Final = (
    "date",
    "dc.date",
    "dcterms.date",
    "article:date",
    "citation_date",
    "datecreated",
    "displaydate",
    "created",
)
_NAMES_PUBLICATION = re.compile(r"publi(?:shed|sh|cation|c)[-_.: ]?(?:date|on)(?![a-z])|date[-_.: ]?publi")
"""Names of ``<meta>`` that systems make up for the same: ``w-published-date``. Not ``published-time``: some
set it when they publish a change."""
_UPDATED: Final = ("article:modified_time", "og:article:modified_time", "article:modified", "og:updated_time",
                   "datemodified", "last-modified", "dcterms.modified", "dc.date.modified", "lastmod",
                   "revised")  # fmt: skip
_DIGIT = re.compile(r"\d")
_ISO_DATE = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
_COMPACT = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])(?:T?[0-9]{6}Z?)?")
_IN_ADDRESS = re.compile(
    r"/((?:19|20)[0-9]{2})[/-]([01]?[0-9])[/-]([0-3]?[0-9])(?=[/._-]|$)|[/_-]((?:19|20)[0-9]{2})-?([01][0-9])-?([0-3][0-9])(?=[/._-]|$)"
)
_PUBLISHED_MARKS: Final = (
    "publish",
    "entry-date",
    "post-date",
    "posted",
    "dt-published",
    "pubdate",
    "article-date",
    "post__date",
    "byline",
)
_UPDATED_MARKS: Final = ("updated", "modified")


@dataclass(frozen=True, slots=True)
class Moments:
    """What the markup says."""

    published: str | None
    updated: str | None


def declared_moments(
    markup: Markup,
    linked: Linked,
    places: Sequence[Place],
    lines: Iterable[str],
    *,
    url: str | None,
    fetched_at: str | None,
    language: str | None,
) -> Moments:
    """Publication and last change.

    :param places: marked elements outside of comments and teasers.
    :param lines: the visible lines.
    :param fetched_at: the download, ISO 8601: nothing later is believed.
    """
    latest = _fetched_day(fetched_at)
    claims = [*_published(markup, linked, places, url, language), ("labelled", _labelled(lines, language))]
    published = _vote(claims, latest)
    updated = _vote(_updated(markup, linked, places, language), latest)
    if published and updated and updated[:10] < published[:10]:
        updated = None  # a template's date, or a rehash of an older story
    # a template that prints one moment twice does not say that the article was changed
    return Moments(published, updated if updated != published else None)


def latest_day(fetched_at: str | None) -> str:
    """The last day that a page downloaded at that moment can speak of."""
    return _fetched_day(fetched_at)


def _fetched_day(fetched_at: str | None) -> str:
    found = _ISO_DATE.match(fetched_at or "")
    return found[0] if found else LATEST


def _published(
    markup: Markup, linked: Linked, places: Sequence[Place], url: str | None, language: str | None
) -> Iterable[tuple[str, str | None]]:
    for place, nodes in (("json-ld", linked.articles), ("page", linked.pages)):
        own = next((text for text in texts(nodes[:3], "datePublished", "dateCreated", "uploadDate")), None)
        yield place, moment(own) if own else None
    for key in _PUBLISHED:
        for value in markup.meta.get(key, [])[:1]:
            yield "meta", moment(value) or parse_date(value, language)
    named = [key for key in markup.meta if key not in _PUBLISHED and _NAMES_PUBLICATION.search(key)]
    for key in (*named, *_VAGUE):
        for value in markup.meta.get(key, [])[:1]:
            yield "other meta", moment(value) or parse_date(value, language)
    yield "address", in_address(url)
    yield from _published_visibly(markup, linked, places, language)


def _published_visibly(
    markup: Markup, linked: Linked, places: Sequence[Place], language: str | None
) -> Iterable[tuple[str, str | None]]:
    for prop in ("datepublished", "datecreated"):
        found = next((place for place in places if place.prop == prop), None)
        if found is not None:
            yield "microdata", _of_place(found, language)
    for place in places:
        if any(mark in place.marks for mark in _UPDATED_MARKS) and "publish" not in place.marks:
            continue
        if any(mark in place.marks for mark in _PUBLISHED_MARKS) and (said := _of_place(place, language)):
            yield "marked", said
            break
    for place in places:
        dated = "date" in place.marks and "update" not in place.marks
        if dated and len(place.text) <= MAX_SHOWN_DATE and (said := _of_place(place, language)):
            yield "dated", said
            break
    times = [place for place in places if place.tag == "time"]
    first = next(
        (said for place in times[:3] if not _says_updated(place) and (said := _of_place(place, language))), None
    )
    yield "time", first
    if not linked.articles and markup.places:
        # a forum: the first post stands among "comments" and "replies", and has the first time
        posts = [place for place in markup.places if place.tag == "time" or "created" in place.prop]
        yield "post", next((said for place in posts[:3] if (said := _of_place(place, language))), None)


def _labelled(lines: Iterable[str], language: str | None) -> str | None:
    """What the visible lines call the publication, on one line or two; None where they name several days."""
    found: dict[str, str] = {}
    label = ""
    for text in lines:
        if len(text) > MAX_SHOWN_DATE:
            label = ""
        elif _DIGIT.search(text) is None:
            label = text
        else:
            if labels_publication(text) or labels_publication(label):
                line = parse_date_line(text, language)
                if line is not None and line.published:
                    found.setdefault(line.published[:10], line.published)
            label = ""
    return next(iter(found.values())) if len(found) == 1 else None


def _updated(
    markup: Markup, linked: Linked, places: Sequence[Place], language: str | None
) -> Iterable[tuple[str, str | None]]:
    for name, nodes in (("json-ld", linked.articles), ("page", linked.pages)):
        own = next(texts(nodes[:3], "dateModified"), None)
        yield name, moment(own) if own else None
    for key in _UPDATED:
        for value in markup.meta.get(key, [])[:1]:
            yield "meta", moment(value) or parse_date(value, language)
    found = next((place for place in places if place.prop == "datemodified"), None)
    if found is not None:
        yield "microdata", _of_place(found, language)
    for place in places:
        if place.tag == "time" and _says_updated(place):
            yield "marked", _of_place(place, language)
            break


def _says_updated(place: Place) -> bool:
    return place.prop == "datemodified" or (
        any(mark in place.marks for mark in _UPDATED_MARKS) and "publish" not in place.marks
    )


def _of_place(place: Place, language: str | None) -> str | None:
    if place.value and (said := moment(place.value)):
        return said
    line = parse_date_line(place.text, language) if len(place.text) <= MAX_SHOWN_DATE else None
    return line.published if line else None


def _vote(claims: Iterable[tuple[str, str | None]], latest: str) -> str | None:
    """The moment whose day has most points; of equal days the first named."""
    points: dict[str, float] = defaultdict(float)
    said: dict[str, list[str]] = defaultdict(list)
    counted: set[tuple[str, str]] = set()
    for place, value in claims:
        if value is None or not EARLIEST <= value[:10] <= latest:
            continue
        said[value[:10]].append(value)
        if (place, value[:10]) not in counted:
            counted.add((place, value[:10]))
            points[value[:10]] += WEIGHTS[place]
    if not points:
        return None
    day = max(points, key=lambda one: points[one])
    return next((value for value in said[day] if "T" in value), said[day][0])


def in_address(url: str | None) -> str | None:
    """The day in a URL such as ``/2024/05/24/title`` or ``/title-20240524``; None without a full date."""
    try:
        path = urlsplit(url).path if url else ""
    except ValueError:
        return None
    found = _IN_ADDRESS.search(path[:1_000])
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    return f"{year:04d}-{month:02d}-{day:02d}" if _is_day(year, month, day) else None


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        datetime(year, month, day)  # noqa: DTZ001 - only whether there is such a day
    except ValueError:
        return False
    return True


def moment(text: str) -> str | None:
    """ISO 8601 (RFC 3339) or a mail date (RFC 5322) as ISO 8601, with time and zone only where ``text`` has them."""
    text = text.strip()
    if not 8 <= len(text) <= 60:
        return None
    if compact := _COMPACT.fullmatch(text):
        text = "-".join(compact.groups())
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        try:
            said = parsedate_to_datetime(text)
        except (ValueError, IndexError, TypeError):
            found = _ISO_DATE.match(text)
            return moment(found[0]) if found and found[0] != text else None
    if not EARLIEST <= said.date().isoformat() <= LATEST:
        return None
    if ":" not in text and "T" not in text:
        return said.date().isoformat()
    return said.replace(microsecond=0).isoformat()
