"""What a page says about itself in its markup: title, authors, dates, language, site."""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from pipeline.normalise import normalise_line
from pipeline.records import Metadata
from pipeline.split.people import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from pipeline.records import Hints

MAX_NODES: Final = 5_000
"""Objects of JSON-LD that are looked at: an honest page has tens, a catalogue hundreds."""
MAX_TITLE: Final = 300
"""Characters: what is longer is a text, not a title."""
MAX_SITE_WORDS: Final = 5
"""Words of what stands after the last ``|`` or dash of a title and may be the site's name."""
TOP_LINES: Final = 40
"""A dek stands near the top: among so many lines from the title on (or from the page's beginning)."""
EARLIEST: Final = "1995-01-01"
LATEST: Final = "2040-12-31"
"""Bounds of a plausible date where the download's moment is not known. Fixed, because htmldate's own bound is
today: the same page would get another date tomorrow."""

_TITLE_KEYS: Final = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "citation_title")
_SITE_KEYS: Final = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher")
_AUTHOR_KEYS: Final = (
    "author",
    "article:author",
    "og:article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "byl",
    "cxenseparse:author",
)
_PUBLISHED_KEYS: Final = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publication_date",
    "dc.date.issued",
    "dcterms.created",
    "citation_publication_date",
)
_UPDATED_KEYS: Final = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
)
_ARTICLE_TYPES: Final = ("article", "posting", "report")
_PAGE_TYPES: Final = ("webpage", "itempage")

_SEPARATOR = re.compile(r"\s+[|–—‹›«»·•:-]\s+|\s*[|｜]\s*")
_WORD = re.compile(r"\w+")
_ISO_DATE = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")


@dataclass(frozen=True, slots=True)
class _Markup:
    """The places of a page where metadata stands, collected in one walk."""

    meta: dict[str, list[str]]
    """Contents of ``<meta>`` by lower-case name, property or itemprop."""
    titles: list[str]
    headings: list[str]
    """Texts of ``<h1>``."""
    canonical: str | None
    language: str | None
    nodes: list[dict[str, Any]]
    """Objects of JSON-LD, outermost first."""

    def first(self, keys: Iterable[str]) -> Iterator[str]:
        for key in keys:
            yield from self.meta.get(key, ())


def read_declared(tree: HtmlElement, hints: Hints, lines: Sequence[str]) -> Metadata:
    """What the markup declares; ``lines`` are the page's visible lines, which tell a dek from a mere description.

    Sources in order of trust: JSON-LD of the article (schema.org), OpenGraph and other ``<meta>``, then what
    trafilatura and htmldate find. Dates keep time and zone where the source gives them.
    """
    markup = _collect(tree)
    article = [node for node in markup.nodes if _is_of(node, _ARTICLE_TYPES)]
    pages = article or [node for node in markup.nodes if _is_of(node, _PAGE_TYPES)]
    url = _url(hints, markup)
    site = _host(url)
    site_names = _site_names(markup, site)
    title = _title(markup, article, site_names)
    fallback_author, fallback_date = _ask_trafilatura(tree, url, hints)
    published = _first_moment([*_texts(pages, "datePublished"), *markup.first(_PUBLISHED_KEYS)])
    updated = _first_moment([*_texts(pages, "dateModified"), *markup.first(_UPDATED_KEYS)])
    # for want of another, htmldate takes the date of the last change: that is no publication date
    if published is None and fallback_date and not (updated or "").startswith(fallback_date):
        published = fallback_date
    return Metadata(
        title=title,
        dek=_dek(markup, lines, title),
        authors=_authors(markup, article, fallback_author, site_names),
        published=published,
        # a template that prints one moment twice does not say that the article was changed
        updated=updated if updated != published else None,
        language=_language(hints, markup),
        site=site,
        url=url,
    )


def _collect(tree: HtmlElement) -> _Markup:
    meta: dict[str, list[str]] = defaultdict(list)
    titles: list[str] = []
    headings: list[str] = []
    canonical: str | None = None
    scripts: list[str] = []
    for element in tree.iter("meta", "title", "h1", "link", "script"):
        if element.tag == "meta":
            content = normalise_line(element.get("content") or "")
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = element.get(attribute)
                if name and content:
                    meta[name.lower()].append(content)
        elif element.tag == "title":
            titles.append(normalise_line(element.text or ""))
        elif element.tag == "h1":
            headings.append(normalise_line("".join(element.itertext())))
        elif element.tag == "link":
            if canonical is None and (element.get("rel") or "").lower() == "canonical":
                canonical = element.get("href")
        elif "ld+json" in (element.get("type") or "").lower():
            scripts.append(element.text or "")
    return _Markup(
        meta=dict(meta),
        titles=[title for title in titles[:1] if title],  # later ones belong to drawings
        headings=[heading for heading in headings if heading],
        canonical=canonical,
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang"),
        nodes=_json_nodes(scripts),
    )


def _json_nodes(scripts: Iterable[str]) -> list[dict[str, Any]]:
    """All objects in the JSON-LD blocks, breadth first; a block that is not JSON is passed over."""
    waiting: list[Any] = []
    for script in scripts:
        text = script.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
        try:
            waiting.append(json.loads(text, strict=False))  # raw line breaks in strings are common
        except (ValueError, RecursionError):
            continue
    nodes: list[dict[str, Any]] = []
    at = 0
    while at < len(waiting) and len(nodes) < MAX_NODES and at < 20 * MAX_NODES:
        value = waiting[at]
        at += 1
        if isinstance(value, dict):
            nodes.append(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return nodes


def _is_of(node: dict[str, Any], endings: tuple[str, ...]) -> bool:
    kind = node.get("@type")
    names = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and name.lower().endswith(endings) for name in names)


def _texts(nodes: Iterable[dict[str, Any]], key: str) -> Iterator[str]:
    for node in nodes:
        value = node.get(key)
        if isinstance(value, str) and (text := normalise_line(value)):
            yield text


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _url(hints: Hints, markup: _Markup) -> str | None:
    """The hint, or the canonical address that the page gives if it is absolute."""
    open_graph = next(markup.first(("og:url", "twitter:url")), None)
    for url in (hints.url, markup.canonical, open_graph):
        try:
            full = urljoin(open_graph or "", url.strip()) if url else ""
            if urlsplit(full).scheme in {"http", "https"} and _host(full):
                return full
        except ValueError:  # "http://[" and the like
            continue
    return hints.url


def _host(url: str | None) -> str | None:
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    return host.removeprefix("www.") if host and "." in host else None


def _language(hints: Hints, markup: _Markup) -> str | None:
    for tag in (hints.language, markup.language, *markup.first(("content-language", "og:locale", "language"))):
        primary = re.split(r"[-_,\s]", (tag or "").strip().lower(), maxsplit=1)[0]
        if len(primary) == 2 and primary.isascii() and primary.isalpha():
            return primary
    return None


def _site_names(markup: _Markup, site: str | None) -> frozenset[str]:
    """Spellings of the site's name, letters and digits only: ``The Daily-News`` is ``thedailynews``."""
    names = [_squeezed(name) for name in markup.first(_SITE_KEYS)]
    for node in markup.nodes:
        publisher = node.get("publisher")
        holder = publisher if isinstance(publisher, dict) else node if _is_of(node, ("organization", "website")) else {}
        if isinstance(name := holder.get("name"), str):
            names.append(_squeezed(name))
    if site:
        labels = site.split(".")
        names += [_squeezed(site), *(label for label in labels[:-1] if len(label) > 3)]
    return frozenset(name for name in names if name)


def _squeezed(name: str) -> str:
    return "".join(_words(name)).replace("_", "")


def _title(markup: _Markup, article: Sequence[dict[str, Any]], site_names: frozenset[str]) -> str | None:
    """The wording that most of the places agree on, without the site's name; of equals, the one a reader sees.

    A page's ``<h1>``, JSON-LD headline, ``og:title`` and ``<title>`` often differ by a suffix, by a shortening for
    search engines, or by an ``<h1>`` that names the site.
    """
    headings = [heading for heading in markup.headings if len(heading) <= MAX_TITLE]
    shown = [heading for heading in headings if _squeezed(heading) not in site_names]
    headlines = list(_texts(article, "headline"))[:1]
    marked = [*list(markup.first(_TITLE_KEYS))[:2], *markup.titles]
    known = {_words(text) for text in (*shown, *headlines)}
    candidates = [
        *(shown[:1] if len(shown) == 1 or not headlines else []),
        *headlines,
        *shown[1:],
        *(_without_site(text, site_names, known) for text in marked),
    ]
    candidates = [text for text in candidates if text and len(text) <= MAX_TITLE]
    votes: dict[tuple[str, ...], int] = defaultdict(int)
    for text in candidates:
        votes[_words(text)] += 1
    # max keeps the first of equals
    return max(candidates, key=lambda text: votes[_words(text)], default=None)


def _without_site(text: str, site_names: frozenset[str], known: set[tuple[str, ...]]) -> str:
    """``text`` without what stands before its first or after its last separator, if that is the site's name.

    It is where it is one of ``site_names``, or where the rest is the title by other witnesses (``known``);
    and without a witness where it is short after ``|`` or a dash, as content management systems put it.
    """
    while parts := list(_SEPARATOR.finditer(text)):
        first, last = parts[0], parts[-1]
        head, tail = text[: last.start()].strip(), text[last.end() :].strip()
        after = text[first.end() :].strip()
        if _words(text) in known:
            return text
        if _squeezed(tail) in site_names or _words(head) in known:
            text = head
        elif _squeezed(text[: first.start()]) in site_names or _words(after) in known:
            text = after
        elif ":" not in last[0] and len(_words(tail)) <= min(MAX_SITE_WORDS, len(_words(head))):
            return head
        else:
            return text
    return text


def _authors(
    markup: _Markup, article: Sequence[dict[str, Any]], fallback: str, site_names: frozenset[str]
) -> tuple[str, ...]:
    by_id = {node["@id"]: node for node in markup.nodes if isinstance(node.get("@id"), str) and "name" in node}
    # the blog of a person bears the person's name
    persons = {name for node in markup.nodes if _is_of(node, ("person",)) for name in _texts([node], "name")}
    site_names -= {_squeezed(name) for name in persons if " " in name}
    for node in article:
        if names := people(_author_names(node.get("author"), by_id), site_names):
            return names
    for key in _AUTHOR_KEYS:
        names = people(markup.meta.get(key, ()), site_names)
        # one word in `<meta name=author>` is a login or a brand
        if names and (len(names) > 1 or " " in names[0] or not names[0].isascii()):
            return names
    return people(fallback.split(";"), site_names)


def _author_names(value: Any, by_id: dict[str, dict[str, Any]]) -> Iterator[str]:
    for author in value if isinstance(value, list) else [value]:
        if isinstance(author, str):
            yield author
        elif isinstance(author, dict):
            reference = author.get("@id")
            known = author if "name" in author else by_id.get(reference, {}) if isinstance(reference, str) else {}
            name = known.get("name")
            for part in name if isinstance(name, list) else [name]:
                if isinstance(part, str):
                    yield part


def _first_moment(texts: Iterable[str]) -> str | None:
    return next((moment for text in texts if (moment := _moment(text))), None)


def _moment(text: str) -> str | None:
    """ISO 8601 (RFC 3339) or a mail date (RFC 5322) as ISO 8601, with time and zone only where ``text`` has them."""
    text = text.strip()
    if not 8 <= len(text) <= 60:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            found = _ISO_DATE.match(text)
            return _moment(found[0]) if found and found[0] != text else None
    if not EARLIEST <= moment.date().isoformat() <= LATEST:
        return None
    if ":" not in text and "T" not in text:
        return moment.date().isoformat()
    return moment.replace(microsecond=0).isoformat()


def _dek(markup: _Markup, lines: Sequence[str], title: str | None) -> str | None:
    """The description that the markup gives, if it stands as a line of its own near the top."""
    descriptions = {_words(text) for text in markup.first(("og:description", "description", "twitter:description"))}
    descriptions.discard(())
    if not descriptions:
        return None
    heading = _words(title or "")
    start = next((at for at, line in enumerate(lines) if heading and _words(line) == heading), 0)
    return next((line for line in lines[start + 1 : start + TOP_LINES] if _words(line) in descriptions), None)


def _ask_trafilatura(tree: HtmlElement, url: str | None, hints: Hints) -> tuple[str, str | None]:
    """Authors (parted by ``;``) and publication date as trafilatura and htmldate find them; unknown if they fail."""
    from trafilatura.metadata import extract_metadata  # noqa: PLC0415 - half a second to import

    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    fetched = _ISO_DATE.match(hints.fetched_at or "")
    dates = {
        "original_date": True,  # the publication, not the last change
        # off: it takes any date that stands on the page, a guess (right for 2 more of 129 dated pages of WCXB,
        # and a made-up date on 57 more of 121 undated ones)
        "extensive_search": False,
        "min_date": EARLIEST,
        "max_date": fetched[0] if fetched else LATEST,
    }
    try:
        document = extract_metadata(tree, url, dates)
    except Exception:  # its guesses are a fallback; the page itself is sound
        return "", None
    return document.author or "", document.date
