"""The article that a page carries as data and does not show: JSON-LD, microdata, or the state of an application.

Pages that are drawn by scripts, or that show a teaser only, are saved without their text, but often with the data that
the scripts draw from. It is used only where the visible lines lack it: a page that shows its article is not changed.
Data is read as strict JSON and never evaluated; nothing recurses over its nesting, and everything is bounded.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from pipeline.metadata.months import word_set
from pipeline.records import Markup
from pipeline.split.html import html_lines, parse
from pipeline.split.rendered import RenderedLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.split.declaring import Declaring

Source = Literal["json_ld", "microdata", "state"]

MIN_WORDS: Final = 80
"""Words from which embedded text is taken for an article: descriptions and blurbs are shorter."""
MOST_VISIBLE: Final = 0.5
"""Share of its shingles that the visible lines may hold: a teaser shows a part, a page that shows its article all."""
MOST_WORDS: Final = 0.8
"""... and of its different words, where entities or missing spaces have spoilt the shingles."""
MOST_PROSE: Final = 150
"""Words in visible prose from which an application's state is not searched: the scripts have drawn the page. So it is
on nearly all pages of the bench that have a state, and reading it would cost more than all else."""
PROSE: Final = 12
"""Words from which a line is prose."""
SHINGLE: Final = 4
MAX_SCRIPT: Final = 5_000_000
"""Characters of one script; the state of a shop may have 2 million."""
MAX_SCRIPTS: Final = 40
MAX_VALUES: Final = 100_000
"""Values of one script's data that are looked at,"""
MAX_TEXT: Final = 1_000_000
"""... characters of one text,"""
MAX_PIECES: Final = 3_000
"""... and strings that make up one."""
_NESTED: Final = 500
"""Characters from which a string that begins like JSON is read as such."""
_LONG_STRING: Final = 20
"""Words from which a string is text whatever its key."""
_TEXT_KEYS: Final = word_set(
    "articlebody body bodyhtml bodytext bodycontent content contenthtml html text value paragraph paragraphs markdown "
    "rendered copy heading richtext post_content"
)
_HEADLINES: Final = word_set("headline title name seotitle pagetitle heading")
_NOT_BODY: Final = word_set(
    "related relatedarticles recommended recommendations comments reviews author authors byline bio description "
    "metadescription excerpt summary dek alt alttext caption captions credit seo meta metadata keywords tags "
    "breadcrumbs translations messages i18n locale navigation menu menus footer header config settings ads schema "
    "jsonld teasers mostread trending newsletter url href src css style styles classname image images"
)
"""Keys under which other things than the article's text stand."""
_WORD: Final = re.compile(r"\w+")
_SITE: Final = re.compile(r"\s[|\-\u2013\u2014:·]\s")
_TAG: Final = re.compile(r"<(?:/?[a-z][a-z0-9]{0,9}[ />]|br)", re.IGNORECASE)
_ASSIGNED: Final = re.compile(
    r"""(?:window|self|globalThis)\s{0,3}(?:\.\s{0,3}[\w$]{1,60}|\[\s{0,3}["'][^"'\n]{1,60}["']\s{0,3}\])\s{0,3}=\s{0,9}"""
    r"""(?=[\[{]|JSON\.parse\()"""
)
_PARSE: Final = "JSON.parse("
_NEUTRAL: Final = Markup(flags=0, linked=0, depth=1, blocks=(), paths=(0, 0))
"""Recovered lines stand in no element."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """An article found in data."""

    source: Source
    lines: tuple[RenderedLine, ...]
    """Its lines that the page does not show, in order; their numbers count from 1."""
    after: int
    """How many visible lines stand before them."""


def recovered(declaring: Declaring, visible: Sequence[RenderedLine]) -> Recovered | None:
    """The article of a page that does not show it; None where it does, or has none in its data."""
    shown: _Shown | None = None
    for source, text in _texts(declaring, visible):
        lines = _lines(text)
        sizes = [line.text.count(" ") + 1 for line in lines]
        if sum(sizes) < MIN_WORDS or (source == "state" and not _is_drawn(sizes, visible)):
            continue
        shown = shown or _Shown(visible)
        if shown.holds(lines):
            return None  # the page shows what its data says: nothing is missing
        missing = [line._replace(markup=_NEUTRAL, source=source) for line in lines if not shown.has(line)]
        return Recovered(source, tuple(missing), _place(visible, lines)) if missing else None
    return None


def _is_drawn(sizes: Sequence[int], visible: Sequence[RenderedLine]) -> bool:
    """Whether an application's state holds prose, and more words than the page shows: then it was to be drawn."""
    shown = sum(line.text.count(" ") + 1 for line in visible)
    prose = sum(size for size in sizes if size >= PROSE)
    return sum(sizes) > shown and 2 * prose >= sum(sizes)


def _texts(declaring: Declaring, visible: Sequence[RenderedLine]) -> Iterator[tuple[Source, list[str]]]:
    """Texts that may be the article, the most trusted first; each as pieces."""
    yield from (("json_ld", [body]) for body in _longest_first(_linked_bodies(declaring)))
    said = (
        element.get("content") or "" for element in declaring.of("meta") if element.get("itemprop") == "articleBody"
    )
    yield from (("microdata", [body[:MAX_TEXT]]) for body in _longest_first(said))
    if sum(size for line in visible if (size := line.text.count(" ") + 1) >= PROSE) < MOST_PROSE:
        titles = _titles(declaring)
        found = [pieces for value in _states(declaring) for pieces in _articles(value, titles)]
        yield from (("state", pieces) for pieces in sorted(found, key=_size, reverse=True)[:3])


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=len, reverse=True)[:3]


def _size(pieces: list[str]) -> int:
    return sum(map(len, pieces))


def _linked_bodies(declaring: Declaring) -> Iterator[str]:
    for text in _scripts(declaring, "ld+json"):
        if '"articleBody"' in text:
            for _, key, value in _walk(_loaded(text)):
                if key == "articlebody" and isinstance(value, str):
                    yield value[:MAX_TEXT]


def _scripts(declaring: Declaring, kind: str) -> Iterator[str]:
    """Scripts whose type contains ``kind`` (empty: those that run)."""
    number = 0
    for element in declaring.of("script"):
        own = (element.get("type") or "").lower()
        right = kind in own if kind else own in {"", "text/javascript", "application/javascript", "module"}
        if right and (text := element.text) and len(text) <= MAX_SCRIPT and number < MAX_SCRIPTS:
            number += 1
            yield text


def _states(declaring: Declaring) -> Iterator[Any]:
    """The data of an application: scripts that are JSON, and objects assigned to the window."""
    for text in _scripts(declaring, "json"):
        if '"@context"' not in text[:200]:
            yield _loaded(text)
    decoder = json.JSONDecoder(strict=False)
    for text in _scripts(declaring, ""):
        at = 0
        for _ in range(MAX_SCRIPTS):
            found = _ASSIGNED.search(text, at)
            if found is None:
                break
            quoted = text.startswith(_PARSE, found.end())
            start = found.end() + (len(_PARSE) if quoted else 0)
            try:
                value, at = decoder.raw_decode(text, start)
            except (ValueError, RecursionError):
                at = start + 1
                continue
            yield _loaded(value) if quoted and isinstance(value, str) else value


def _loaded(text: str) -> Any:
    try:
        return json.loads(text.strip().rstrip(";"), strict=False)  # raw line breaks in strings are common
    except (ValueError, RecursionError):
        return None


_Step = tuple[int, str, Any]
"""How deep a value stands, its key in lower case (a list hands on its own), and the value."""


def _walk(value: Any) -> Iterator[_Step]:
    """All values below ``value`` in the order of the text, itself first."""
    waiting: list[_Step] = [(0, "", value)]
    for _ in range(MAX_VALUES):
        if not waiting:
            return
        step = waiting.pop()
        yield step
        depth, key, inner = step
        if isinstance(inner, dict):
            waiting.extend((depth + 1, str(own).lower(), below) for own, below in reversed(inner.items()))
        elif isinstance(inner, list):
            waiting.extend((depth + 1, key, below) for below in reversed(inner))
        elif isinstance(inner, str) and len(inner) > _NESTED and inner.startswith(("{", "[")):
            nested = _loaded(inner)  # answers of a server, kept as they came
            if isinstance(nested, dict | list):
                waiting.append((depth + 1, key, nested))


def _titles(declaring: Declaring) -> frozenset[str]:
    """What the page calls itself; a title without the site's name too."""
    said = [element.text or "" for element in declaring.of("title")][:3]
    said += ["".join(element.itertext())[:500] for element in declaring.of("h1")][:3]
    said += [
        element.get("content") or ""
        for element in declaring.of("meta")
        if (element.get("property") or element.get("name")) in {"og:title", "twitter:title"}
    ][:3]
    names = {" ".join(_words(part)) for text in said for part in (text, *_SITE.split(text[:500]))}
    return frozenset(name for name in names if name.count(" ") > 1)


def _articles(value: Any, titles: frozenset[str]) -> Iterator[list[str]]:
    """The text of each object that bears the page's title: of its parts the one with most text."""
    for _, _, inner in _walk(value):
        # the title often stands in a part of its own: {"frontmatter": {"title": ...}, "content": ...}
        if isinstance(inner, dict) and (
            _bears(inner, titles) or any(isinstance(own, dict) and _bears(own, titles) for own in inner.values())
        ):
            parts = [
                _strings(below, str(key).lower()) for key, below in inner.items() if str(key).lower() not in _NOT_BODY
            ]
            best = max(parts, key=_size, default=[])
            if best:
                yield best


def _bears(values: dict[Any, Any], titles: frozenset[str]) -> bool:
    return any(
        isinstance(said, str) and str(key).lower() in _HEADLINES and " ".join(_words(said[:500])) in titles
        for key, said in values.items()
    )


def _strings(value: Any, key: str) -> list[str]:
    """The strings of text below a value, in order, each once; what stands under other keys is left out."""
    found: dict[str, None] = {}
    skipped = -1
    for depth, name, inner in _walk(value):
        own = name or key
        if 0 <= skipped < depth:
            continue
        skipped = -1
        if own in _NOT_BODY:
            skipped = depth
        elif isinstance(inner, str):
            words = inner[:MAX_TEXT].count(" ") + 1
            if (own in _TEXT_KEYS or words >= _LONG_STRING) and not inner.startswith(("http", "/", "data:")):
                found.setdefault(inner[:MAX_TEXT])
                if len(found) == MAX_PIECES:
                    break
    return list(found)


def _lines(pieces: Sequence[str]) -> list[RenderedLine]:
    """Pieces of text or of HTML as lines; HTML goes the way of the page itself."""
    lines: list[RenderedLine] = []
    for piece in pieces:
        text = html.unescape(piece) if "&lt;" in piece and "<" not in piece else piece
        if _TAG.search(text) is not None:
            tree = parse(text)
            made = html_lines(tree) if tree is not None else []
        else:
            # twice: texts are often escaped for HTML and then again
            rows = html.unescape(html.unescape(text)).split("\n")
            made = [RenderedLine(0, row.strip(), blank_before=True, tag="p") for row in rows if row.strip()]
        lines += made
    return [line._replace(number=number) for number, line in enumerate(lines, 1)]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


class _Shown:
    """What the visible lines hold."""

    def __init__(self, visible: Sequence[RenderedLine]) -> None:
        self._lines = {tuple(_words(line.text)) for line in visible}
        self._shingles = {gram for key in self._lines for gram in _grams(key)}
        self._words = {word for key in self._lines for word in key}

    def has(self, line: RenderedLine) -> bool:
        """Whether a line is visible: as it is, or within a longer one."""
        key = tuple(_words(line.text))
        grams = _grams(key)
        return (
            not key
            or key in self._lines
            or (bool(grams) and sum(map(self._shingles.__contains__, grams)) > len(grams) / 2)
        )

    def holds(self, lines: Sequence[RenderedLine]) -> bool:
        """Whether ``lines`` are visible: most of their shingles, or nearly all of their words."""
        keys = [tuple(_words(line.text)) for line in lines]
        grams = [gram for key in keys for gram in _grams(key)]
        words = {word for key in keys for word in key}
        return sum(map(self._shingles.__contains__, grams)) > MOST_VISIBLE * len(grams) or len(
            words & self._words
        ) > MOST_WORDS * len(words)


def _grams(key: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [key[at : at + SHINGLE] for at in range(len(key) - SHINGLE + 1)]


def _place(visible: Sequence[RenderedLine], lines: Sequence[RenderedLine]) -> int:
    """Where the missing lines belong: below the last line that shows a part of the text, else below the headline."""
    grams = {gram for line in lines for gram in _grams(tuple(_words(line.text)))}
    after = 0
    for at, line in enumerate(visible, 1):
        own = _grams(tuple(_words(line.text)))
        if own and sum(map(grams.__contains__, own)) > len(own) / 2:
            after = at
    if after:
        return after
    return next((at for at, line in enumerate(visible, 1) if line.tag == "h1"), len(visible))
