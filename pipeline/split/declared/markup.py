"""The places of a page where metadata stands, as plain strings.

What is read, by vocabulary: ``<meta>`` (OpenGraph, Dublin Core, Highwire, and what publishers' systems add),
``<title>``, ``<h1>``, ``<link>``, JSON-LD scripts, microdata (``itemprop``) and RDFa (``property``) on visible
elements, ``<time>``, links with ``rel=author``, and the classes that templates and microformats give to bylines and
dates.
Everything is bounded: a hostile page costs no more than the limits below allow.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lxml import etree

from pipeline.normalise import normalise_line
from pipeline.split.declaring import TIMES

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from pipeline.records import Described
    from pipeline.split.declaring import Declaring

MAX_TEXT: Final = 1_000
"""Characters of one value that are read."""
MAX_SHOWN: Final = 160
"""Characters of a marked element that are read: names and dates are shorter, biographies are not asked."""
CHARS_A_NODE: Final = 10
"""An element's text nodes are read up to its bound on characters over this: empty ones are cheap to nest."""
MAX_HEADINGS: Final = 30
"""``<h1>`` elements, and JSON-LD scripts, that are kept."""
MAX_SCRIPT: Final = 2_000_000
"""Characters of one JSON-LD script."""
MAX_DEPTH: Final = 60
"""Ancestors that are asked whether they hold comments or teasers."""

_TOP: Final = frozenset({"body", "html"})
_ASIDE: Final = frozenset({"aside", "footer", "nav"})
_ASIDE_WORDS: Final = (
    "comment", "related", "recommend", "sidebar", "widget", "teaser", "promo", "newsletter", "most-read", "mostread",
    "trending", "popular", "read-more", "readmore", "more-from", "footer", "card", "carousel", "latest", "reply",
    "replies",
)  # fmt: skip
"""Words in class or id of an element that holds other things than the article."""
_MAIN_WIDGET = re.compile(
    r"\belementor-widget(?![\w-])|\bwidget blog\b"
    r"|\belementor-widget-(?:wrap|container|post-info|theme-post|author-box|heading|text-editor)[\w-]*"
)
"""Page builders make everything of widgets, the article too: Elementor's, and Blogger's one of class "widget Blog"."""
_SILENT: Final = frozenset({"script", "style", "template", "svg", "noscript"})
_BREAKS: Final = frozenset({"br", "p", "div", "li", "ul", "h1", "h2", "h3", "h4", "td", "tr", "address"})
_KICKER = re.compile(
    r"kicker|overline|eyebrow|dachzeile|spitzmarke|topline|roofline|overtitle|supertitle|surtitre|antetit|strapline",
    re.IGNORECASE,
)
"""Words in the class of the line that stands above a headline and names its topic."""
_DIVIDER = re.compile(r"^[\s:|–—-]+")


@dataclass(frozen=True, slots=True)
class Place:
    """One marked element in the body of the page."""

    tag: str
    marks: str
    """Its class, id and test id in lower case, parted by spaces."""
    prop: str
    """``itemprop``, or RDFa ``property`` without its prefix, in lower case."""
    rel: str
    text: str
    value: str
    """``datetime``, ``content`` or ``title`` attribute."""
    href: str
    aside: bool
    """Whether it stands in a comment, a teaser, a sidebar or the footer."""
    scope: str
    """Type of the nearest microdata item around it (``newsarticle``, ``person``, ``comment``), lower case."""


@dataclass(frozen=True, slots=True)
class Markup:
    """Everything about a page that its markup may say."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    """Contents of ``<meta>`` by lower-case name, property or itemprop, in order."""
    title: str = ""
    headings: tuple[str, ...] = ()
    """Texts of ``<h1>``."""
    links: dict[str, list[str]] = field(default_factory=dict)
    """Addresses of ``<link>`` by lower-case relation."""
    language: str | None = None
    scripts: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    bare_headings: dict[str, str] = field(default_factory=dict)
    """Of headings with a kicker inside them, the text without it: ``Yachting: Ferry returns`` -> ``Ferry returns``."""

    def first(self, keys: Iterable[str]) -> Iterator[str]:
        """Contents of the named ``<meta>``, in the order of ``keys``."""
        for key in keys:
            yield from self.meta.get(key, ())


def completed(meta: Mapping[str, list[str]], described: Described) -> dict[str, list[str]]:
    """Contents of ``<meta>`` by name, with what somebody else says of the page where it says nothing itself."""
    return {name: [*map(normalise_line, said)] for name, said in described.items()} | dict(meta)


def collect(tree: HtmlElement, declaring: Declaring) -> Markup:
    """What the elements of ``tree`` that may declare something say."""
    meta: dict[str, list[str]] = defaultdict(list)
    links: dict[str, list[str]] = defaultdict(list)
    titles: list[str] = []
    headings: list[HtmlElement] = []
    scripts: list[str] = []
    for element in declaring.saying:
        tag = element.tag
        if tag == "meta":
            content = normalise_line((element.get("content") or "")[:MAX_TEXT])
            if content:
                names = {element.get(key, "").lower() for key in ("property", "name", "itemprop", "http-equiv")}
                for name in sorted(names - {""}):
                    meta[name].append(content)
        elif tag == "title":
            titles.append(normalise_line((element.text or "")[:MAX_TEXT]))
        elif tag == "h1":
            headings.append(element)
        elif tag == "link":
            href = (element.get("href") or "").strip()
            for relation in (element.get("rel") or "").lower().split()[:5]:
                if href:
                    links[relation].append(href)
        elif (
            tag == "script"
            and "ld+json" in (element.get("type") or "").lower()
            and len(scripts) < MAX_HEADINGS
            and len(text := element.text or "") <= MAX_SCRIPT
        ):
            scripts.append(text)
    shown = [(element, text) for element in headings[:MAX_HEADINGS] if (text := _text(element))]
    around: dict[HtmlElement, _Surroundings] = {}
    places = [_place(element, around) for element in declaring.marked]
    return Markup(
        meta=dict(meta),
        title=next((title for title in titles[:1] if title), ""),  # later ones belong to drawings
        headings=tuple(text for _, text in shown),
        bare_headings={text: bare for element, text in shown if (bare := _without_kicker(element, text))},
        links=dict(links),
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang"),
        scripts=tuple(scripts),
        places=tuple(places),
    )


def _without_kicker(heading: HtmlElement, text: str) -> str:
    """The text of a heading behind a first child that its class calls a kicker; empty where there is none."""
    kicker = next(iter(heading), None)
    if kicker is None or (heading.text or "").strip() or _KICKER.search((kicker.get("class") or "")[:MAX_TEXT]) is None:
        return ""
    above = _text(kicker)
    return _DIVIDER.sub("", text.removeprefix(above)) if above and text.startswith(above) else ""


_Surroundings = tuple[bool, str]
"""Whether an element stands aside, and the type of the nearest item around it."""
_OUTSIDE: Final[_Surroundings] = (False, "")


def _place(element: HtmlElement, around: dict[HtmlElement, _Surroundings]) -> Place:
    get = element.get
    prop = (get("itemprop") or get("property") or "").rsplit(":", 1)[-1].lower()[:100]
    own = get("itemscope") is not None and not prop
    aside, scope = _surroundings(element if own else element.getparent(), around)
    named = element
    if prop in {"author", "creator"}:  # the item holds picture, score and biography beside the name
        named = next((inner for inner in element.iterdescendants() if inner.get("itemprop") == "name"), element)
    return Place(
        tag="time" if element.tag in TIMES else str(element.tag),
        marks=f"{get('class') or ''} {get('id') or ''} {get('data-testid') or ''}".lower()[:MAX_TEXT],
        prop=prop,
        rel=(get("rel") or "").lower()[:100],
        text=_text(named, MAX_SHOWN),
        value=normalise_line((get("datetime") or named.get("content") or get("title") or "")[:MAX_SHOWN]),
        href=(get("href") or "")[:MAX_TEXT],
        aside=aside,
        scope=scope,
    )


def _surroundings(element: HtmlElement | None, known: dict[HtmlElement, _Surroundings]) -> _Surroundings:
    """What the ancestors say; remembered, since neighbours share them."""
    way: list[HtmlElement] = []
    while element is not None and element not in known and len(way) < MAX_DEPTH and element.tag not in _TOP:
        way.append(element)
        element = element.getparent()
    found = known.get(element, _OUTSIDE) if element is not None else _OUTSIDE
    for one in reversed(way):
        words = f"{one.get('class') or ''} {one.get('id') or ''}".lower()[:MAX_TEXT]
        if "widget" in words:
            words = _MAIN_WIDGET.sub("", words)
        aside = found[0] or one.tag in _ASIDE or any(word in words for word in _ASIDE_WORDS)
        kind = one.get("itemtype")
        found = aside, kind.rstrip("/").rsplit("/", 1)[-1].lower() if kind else found[1]
        known[one] = found
    return found


def _text(element: HtmlElement, most: int = MAX_TEXT) -> str:
    """The text of an element, cut at the bounds; a line break in it is a space."""
    parts: list[str] = []
    size = 0
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            if node.tag in _SILENT:
                walk.skip_subtree()
                continue
            part = " " if node.tag in _BREAKS else node.text
            if node.tag in _BREAKS and node.text:
                part = f" {node.text}"
        elif node is element:
            break
        else:
            part = f" {node.tail or ''}" if node.tag in _BREAKS else node.tail
        if part:
            parts.append(part)
            size += len(part)
            if size > most or len(parts) > most // CHARS_A_NODE:
                break
    return normalise_line(" ".join("".join(parts).split())[:most])
