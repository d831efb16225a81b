"""Labelled pages to train on: lines, and for each the label, a weak kind and facts from the HTML it came from.

The facts (tags, ancestors, words in classes and ids, the verdicts of two extractors) are further targets, never
inputs: a network that has to guess them learns what kind of block a line was before it was saved as text.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.parquet as pq
import trafilatura
from lxml import etree, html
from resiliparse.extract.html2text import extract_plain_text

from pipeline.evaluate.bench import CORPORA, site_of, true_text, truths
from pipeline.label.network.model import KINDS
from pipeline.records import Kind
from pipeline.train.lines import Lines, plain, unasked
from pipeline.train.renderings import other_renderings
from pipeline.train.weak import weak_kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pipeline.train.lines import Facts

_NO_KIND: Final = -1
_UNKNOWN: Final = -1
_REPEATS: Final = frozenset({"duplicate", "title"})
"""Kinds of the corpus that do not come from markup."""
_SURER: Final = _REPEATS | {"newsletter", "share", "legal", "appeal"}
"""Kinds that the corpus found within a part that is named for navigation: they are more to the point."""
_TAGS: Final = (
    ("p",),
    ("h1", "h2", "h3", "h4", "h5", "h6"),
    ("li", "dt", "dd"),
    ("td", "th"),
    ("button", "label", "option", "input", "select"),
    ("figcaption",),
    ("time",),
    ("a",),
    ("div", "section"),
)
_TEXT_TAGS: Final = 4
"""The first so many groups of tags also hold for what stands just inside them."""
_ANCESTORS: Final = (
    *(("nav",), ("header",), ("footer",), ("aside",), ("article",), ("main",), ("form",)),
    *(("figure", "picture"), ("blockquote",), ("table",), ("ul", "ol")),
)
_NAMED: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"comment|disqus|respond|replies",
        r"related|recommend|more-|also|teaser|card|trending|popular",
        r"share|social|follow",
        r"newsletter|subscri|signup|sign-up",
        r"sidebar|widget|rail",
        r"author|byline|bio\b|contributor",
        r"promo|banner|advert|\bad[s-]|sponsor|cta",
        r"caption|credit",
        r"menu|breadcrumb|navbar|nav-|toc",
        r"content|body|entry|article|post|text|story",
        r"meta|date|time|tag|categor",
        r"footer|copyright|legal|cookie|consent",
        r"modal|popup|overlay|hidden|sr-only",
    )
)
"""Words in the classes and ids of an element and its ancestors."""
_TAG_COLUMN: Final = {tag: column for column, tags in enumerate(_TAGS) for tag in tags}
_ANCESTOR_COLUMN: Final = {tag: len(_TAGS) + column for column, tags in enumerate(_ANCESTORS) for tag in tags}
_NAMED_COLUMN: Final = len(_TAGS) + len(_ANCESTORS)
_VERDICT_COLUMN: Final = _NAMED_COLUMN + len(_NAMED)
FACTS: Final = _VERDICT_COLUMN + 2
"""Facts of each line: tags, ancestors, names, and whether trafilatura and Resiliparse keep the line."""

_LONGEST_ELEMENT: Final = 6000
"""Characters; the text of a larger element is no line."""
_LONGEST_SOURCE: Final = 3000
"""... nor is it a paragraph, list item or heading."""
_CLIMB: Final = 4
"""Ancestors that are asked for a tag that holds text."""
_FOUND_WITHIN: Final = 40
"""From so many characters a line may stand anywhere in an extractor's text; a shorter one must be a line of it."""
_LONGEST_HEADING: Final = 25
"""Words."""
_LONGEST_BULLET: Final = 300
"""Characters of a line that is a list item by its bullet alone."""
_SHORT_PARAGRAPH: Final = 8
"""Words; body lines up to this that no element explains have no kind."""
BULLET: Final = re.compile(r"^(?:[*•·●▪+o-]|\d{1,3}[.)])\s+")


@dataclass(frozen=True, slots=True)
class TrainingPage:
    """One labelled page."""

    corpus: str
    page_id: str
    site: str
    """Registered domain of its URL: a Fundus publisher never stands in training under its WCXB name."""
    page_type: str
    lines: Lines
    truth: str
    """The body text by people's judgement."""
    others: tuple[Lines, ...] = ()
    """The page in other renderings that know HTML's blocks, where labels could be moved to them."""
    loose: tuple[Lines, ...] = ()
    """The same of renderings that do not."""

    @property
    def renderings(self) -> tuple[Lines, ...]:
        """All of them, the labelled one first."""
        return (self.lines, *self.others, *self.loose)


def load_pages(bench: Path, workers: int = 1) -> list[TrainingPage]:
    """Pages of both corpora in the order of their ids; those without lines too, which count in a score.

    :param workers: processes that parse the HTML.
    """
    pages: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = []
    for corpus in CORPORA:
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        columns = ["page_id", "domain", "text", "blank_before", "is_content", "kind"]
        for row in pq.read_table(bench / f"lines-{corpus}-dev.parquet", columns=columns).to_pylist():
            rows[row["page_id"]].append(row)
        pages += [(corpus, truth, rows[truth["page_id"]]) for truth in truths(bench, corpus)]
    read = partial(_read_page, bench)
    if workers == 1:
        return [read(page) for page in pages]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(read, pages, chunksize=8))


def _read_page(bench: Path, page: tuple[str, dict[str, Any], list[dict[str, Any]]]) -> TrainingPage:
    corpus, truth, rows = page
    parts: dict[str, str] = {}
    if corpus == "fundus":
        parts = {plain(part["text"]): part["kind"] for part in truth["body"]}
    texts = tuple(row["text"] for row in rows)
    body = np.array([row["is_content"] for row in rows], dtype=np.bool_)
    source = gzip.decompress((bench / f"{corpus}-dev" / "html" / f"{truth['page_id']}.html.gz").read_bytes())
    document = _Document(source)
    kinds = [
        document.body_kind(row["text"], parts) if row["is_content"] else _chrome_kind(row["kind"], named)
        for row, named in zip(rows, weak_kinds(document.text, texts), strict=True)
    ]
    order = {kind.value: index for index, kind in enumerate(KINDS)}
    lines = Lines(
        texts,
        np.array([row["blank_before"] for row in rows], dtype=np.bool_),
        body,
        np.array([order.get(kind, _NO_KIND) for kind in kinds], dtype=np.int64),
        document.facts(texts),
        unasked(len(texts)),
    )
    others, loose = other_renderings(document.text, lines)
    return TrainingPage(
        corpus=corpus,
        page_id=truth["page_id"],
        site=site_of(truth["url"] or "", rows[0]["domain"] if rows else "", truth["page_id"]),
        page_type=truth.get("page_type", "article"),
        lines=lines,
        truth=true_text(corpus, truth),
        others=others,
        loose=loose,
    )


def _chrome_kind(labelled: str, named: Kind | None) -> str:
    """The markup's own name for a line of chrome before the corpus' weak kind, which looked at fewer names."""
    surer = _SURER if named is Kind.NAVIGATION else _REPEATS
    return labelled if named is None or labelled in surer else named.value


class _Document:
    """What the HTML of a page says of a line of its text: elements are found by their whole text."""

    def __init__(self, source: bytes) -> None:
        try:
            self.text = source.decode()
        except UnicodeDecodeError:
            self.text = source.decode("latin-1")
        self._elements: dict[str, Facts] = {}
        self._sources: dict[str, set[str]] = defaultdict(set)
        try:
            root = html.document_fromstring(self.text.encode(), parser=html.HTMLParser(encoding="utf-8"))
        except (ValueError, etree.LxmlError):
            return  # a page without a readable tree: its lines have no facts and only plain kinds
        self._walk(root)

    def _walk(self, root: Any) -> None:
        inherited: dict[Any, Facts] = {}
        for element in root.iter():
            if not isinstance(element.tag, str):
                continue
            own = inherited.get(element.getparent(), np.zeros(FACTS, dtype=np.int8)).copy()
            if element.tag in _ANCESTOR_COLUMN:
                own[_ANCESTOR_COLUMN[element.tag]] = 1
            if element.tag == "a":
                own[_TAG_COLUMN["a"]] = 1
            names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
            if len(names) > 1 and element.tag not in {"body", "html"}:
                for column, pattern in enumerate(_NAMED, _NAMED_COLUMN):
                    if pattern.search(names):
                        own[column] = 1
            inherited[element] = own
            if element.tag in {"script", "style", "noscript"}:
                continue
            text = str(element.text_content())
            if 0 < len(text) < _LONGEST_ELEMENT and (key := plain(text)):
                self._elements[key] = _with_tags(own, element)  # the deepest element of a text comes last
                if len(text) < _LONGEST_SOURCE:
                    self._note_source(element, key, own)

    def _note_source(self, element: Any, key: str, own: Facts) -> None:
        is_quoted = own[_ANCESTOR_COLUMN["blockquote"]] > 0
        if element.tag in _TAGS[1]:
            self._sources["heading"].add(key)
        elif element.tag == "li":
            self._sources["list_item"].add(key)
        elif element.tag == "blockquote" or (element.tag == "p" and is_quoted):
            self._sources["quote"].add(key)
        elif element.tag == "p" and next(element.iterancestors("li"), None) is None:
            self._sources["paragraph"].add(key)

    def body_kind(self, text: str, parts: dict[str, str]) -> str:
        """Kind of a body line, by the truth's own parts where it has them, else by the element of its text."""
        key, without_bullet = plain(text), plain(BULLET.sub("", text))
        words = len(key.split())
        if parts.get(key) in {"dek", "heading"}:
            return parts[key]
        if key in self._sources["quote"]:
            return Kind.QUOTE.value
        if without_bullet in self._sources["heading"] and words < _LONGEST_HEADING:
            return Kind.HEADING.value
        if without_bullet in self._sources["paragraph"]:
            return Kind.PARAGRAPH.value
        if without_bullet in self._sources["list_item"] or (BULLET.match(text) and len(text) < _LONGEST_BULLET):
            return Kind.LIST_ITEM.value
        return Kind.PARAGRAPH.value if words > _SHORT_PARAGRAPH else "content"

    def facts(self, texts: Sequence[str]) -> Facts:
        """Facts of each line; (n, ``FACTS``)."""
        table = np.full((len(texts), FACTS), _UNKNOWN, dtype=np.int8)
        keys = [plain(text) for text in texts]
        for row, key in enumerate(keys):
            if key in self._elements:
                table[row] = self._elements[key]
        extractors: tuple[Callable[[], str | None], ...] = (
            lambda: trafilatura.extract(self.text, include_comments=False, include_tables=True),
            lambda: extract_plain_text(self.text, main_content=True, alt_texts=False),
        )
        for column, extract in enumerate(extractors, _VERDICT_COLUMN) if texts else ():
            try:
                kept = extract() or ""
            except Exception:
                continue
            whole, lines = plain(kept), {plain(line) for line in kept.split("\n")}
            if whole:
                for row, key in enumerate(keys):
                    if key:
                        table[row, column] = key in lines or (len(key) > _FOUND_WITHIN and key in whole)
        return table


def _with_tags(inherited: Facts, element: Any) -> Facts:
    """The facts with the element's own tag, and the nearest tag above it that holds text."""
    own = inherited.copy()
    if element.tag in _TAG_COLUMN:
        own[_TAG_COLUMN[element.tag]] = 1
    for _, above in zip(range(_CLIMB), element.iterancestors(), strict=False):
        column = _TAG_COLUMN.get(above.tag, FACTS)
        if column < _TEXT_TAGS:
            own[column] = 1
            break
    return own
