"""JSON-LD (schema.org): the objects of a page, and which of them is the article.

Blocks are often broken: raw line breaks in strings, comments around them, a stray semicolon. What is no JSON is passed
over. Nothing here recurses, and the number of objects is bounded.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.metadata.months import word_set
from pipeline.normalise import normalise_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_NODES: Final = 5_000
"""Objects of JSON-LD that are looked at: an honest page has tens, a catalogue hundreds."""
MAX_VALUES: Final = 100_000
"""Values (strings, lists, objects) that are looked at while looking for objects."""

Node = dict[str, Any]

_ARTICLE_TYPES: Final = ("article", "posting", "report", "question", "opinion")
_PAGE_TYPES: Final = ("webpage", "itempage", "qapage", "aboutpage", "profilepage")
_OTHERS: Final = word_set("""
    itemlistelement comment review reviews citation mentions suggestedanswer acceptedanswer haspart relatedlink about
    ispartof subjectof blogpost workexample video associatedmedia publisher
    """)
"""Keys under which other articles stand: teasers, comments, answers, sources."""
_COMMENT = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$")


@dataclass(frozen=True, slots=True)
class Linked:
    """The objects of a page, outermost first, and those of them that are about the page."""

    nodes: tuple[Node, ...] = ()
    articles: tuple[Node, ...] = ()
    """The article, or the question of a forum; the likeliest first."""
    pages: tuple[Node, ...] = ()
    """The web page as an object."""
    named: dict[str, Node] | None = None
    """Objects with a name by their ``@id``."""


def read_linked(scripts: Iterable[str], titles: frozenset[str], addresses: frozenset[str]) -> Linked:
    """The objects of all JSON-LD blocks.

    :param titles: what the page calls itself elsewhere, case folded: of several articles the one with such a headline
        is the page's.
    :param addresses: the page's own addresses.
    """
    waiting: list[tuple[Any, bool]] = []
    for script in scripts:
        text = _COMMENT.sub("", script.strip()).strip().rstrip(";")
        try:
            waiting.append((json.loads(text, strict=False), False))  # raw line breaks in strings are common
        except (ValueError, RecursionError):
            continue
    nodes: list[tuple[Node, bool]] = []
    at = 0
    while at < len(waiting) and len(nodes) < MAX_NODES and at < MAX_VALUES:
        value, other = waiting[at]
        at += 1
        if isinstance(value, dict):
            nodes.append((value, other))
            waiting.extend(
                (inner, other or key.lower() in _OTHERS)
                for key, inner in value.items()
                if isinstance(inner, dict | list)
            )
        elif isinstance(value, list):
            waiting.extend((inner, other) for inner in value if isinstance(inner, dict | list))
    own = [node for node, other in nodes if not other]

    def fits(node: Node) -> int:
        headline = next(texts([node], "headline", "name"), "").casefold()
        about = {address for key in ("url", "@id", "mainEntityOfPage") for address in _addresses(node.get(key))}
        return -((headline in titles) + bool(about & addresses))

    return Linked(
        nodes=tuple(node for node, _ in nodes),
        articles=tuple(sorted((node for node in own if is_of(node, _ARTICLE_TYPES)), key=fits)),  # stable
        pages=tuple(node for node in own if is_of(node, _PAGE_TYPES)),
        named={node["@id"]: node for node, _ in nodes if isinstance(node.get("@id"), str) and "name" in node},
    )


def _addresses(value: Any) -> Iterator[str]:
    value = value.get("@id") if isinstance(value, dict) else value
    if isinstance(value, str):
        yield value.split("#", 1)[0].rstrip("/")


def is_of(node: Node, endings: Sequence[str]) -> bool:
    """Whether one of the node's types ends so, in any case: ``NewsArticle`` ends with ``article``."""
    kind = node.get("@type")
    names = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and name.lower().endswith(tuple(endings)) for name in names)


def texts(nodes: Iterable[Node], *keys: str) -> Iterator[str]:
    """The strings under the keys, normalised; of a list, each."""
    for node in nodes:
        for key in keys:
            value = node.get(key)
            for item in value[:50] if isinstance(value, list) else [value]:
                if isinstance(item, str) and (text := normalise_line(item[:5_000])):
                    yield text


def names(value: Any, linked: Linked) -> Iterator[tuple[str, bool | None]]:
    """Names in an ``author`` value, and whether each is a person (None: not said)."""
    for author in value[:50] if isinstance(value, list) else [value]:
        if isinstance(author, str):
            yield author, None
        elif isinstance(author, dict):
            reference = author.get("@id")
            known = author
            if "name" not in author and isinstance(reference, str):
                known = (linked.named or {}).get(reference, {})
            person = True if is_of(known, ("person",)) else False if is_of(known, ("organization",)) else None
            name = known.get("name")
            for part in name[:50] if isinstance(name, list) else [name]:
                if isinstance(part, str):
                    yield part, person
