"""An article's fields, from what the input's sidecar, its markup and its visible lines say.

By order of trust: hints (a person or a crawler gave them), what the markup declares (a vote among its places, the
``<h1>`` included: docs/metadata.md), visible lines. Where two agree, the fuller one is taken: a visible
"May 24, 2022 14:36" completes a declared day. Two exceptions: a visible name is trusted before a declared login or the
site's name; and a declared description counts as dek only if no dek is printed and it is no part of the text, as it is
often the first paragraph cut short.

Bylines and dates are read from lines labelled so; where there are none, from the lines around the headline, whatever
they were taken for: author and date often look like a menu.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.assemble.repeats import once, words_of
from pipeline.metadata.bylines import is_opener, parse_byline, parse_byline_pair
from pipeline.metadata.dates import parse_date, parse_date_line, take_dates
from pipeline.metadata.language import detect_language
from pipeline.metadata.names import looks_like_name, normal_case, read_credits
from pipeline.metadata.sites import page_site, regional
from pipeline.metadata.titles import letters, strip_site
from pipeline.records import CHROME, Kind, Label, Metadata, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

BULLETS = "•*-–·+ "
SIGNED_TOGETHER = 3
"""Lines between bylines of one article."""
HEAD_LINES = 8
"""Lines above the first paragraph in which author and date are looked for where there is no title line."""
MAX_TITLE_CHARS = 400
"""A longer "title" is a paragraph that some page put into its <title>."""


@dataclass(slots=True)
class _Seen:
    """What the visible lines say, as it is gathered."""

    authors: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)


def metadata_of(page: Page, labels: Sequence[Label], text: str) -> Metadata:
    """The fields of an article. Absent means unknown.

    :param labels: before settling, aligned with ``page.lines``: they hold all lines that were recognised.
    :param text: the article's body, for its language.
    """
    site = page_site(page)
    titles = [line.clean for line, label in zip(page.lines, labels, strict=True) if label.kind is Kind.TITLE]
    title = _title(page, titles, labels, site)
    declared = page.declared
    language = detect_language(
        text or " ".join(titles), (page.hints.language, declared.language)
    )  # the body decides; a hint or a declaration tips the scales
    order = regional(page.hints.language or declared.language or language, site)
    seen = _visible(page, labels, order)
    return Metadata(
        title=title,
        dek=_dek(page, labels, title, text),
        authors=_authors(declared.authors, seen.authors, language, _names_of_site(declared.site_name, site)),
        published=_moment(declared.published, seen.published, order),
        updated=_moment(declared.updated, seen.updated, order),
        language=language,
        site=site,
        url=page.hints.url or declared.url,
        canonical_url=declared.canonical_url,
        site_name=declared.site_name,
        section=declared.section,
        tags=declared.tags,
        license=declared.license,
        is_free=declared.is_free,
    )


def captions_of(page: Page, labels: Sequence[Label]) -> tuple[str, ...]:
    """The captions in order, each once, without the copy that alternative text leaves on the same line."""
    captions: dict[str, str] = {}
    for line, label in zip(page.lines, labels, strict=True):
        if label.kind is Kind.CAPTION and line.clean:
            caption = once(line.clean)
            captions.setdefault(letters(caption) or caption, caption)
    return tuple(captions.values())


def _title(page: Page, titles: Sequence[str], labels: Sequence[Label], site: str | None) -> str | None:
    declared = page.declared.title
    if declared and len(declared) <= MAX_TITLE_CHARS:
        # The printed headline had its vote in it. A part in front may be a series that bears the site's name.
        bare = strip_site(declared, (), site)
        return bare if declared.startswith(bare) else declared
    headings = [
        line.clean
        for line, label in zip(page.lines, labels, strict=True)
        if label.kind in (Kind.TITLE, Kind.HEADING)
        or (label.kind is Kind.DUPLICATE and len(line.clean) <= MAX_TITLE_CHARS)
    ]
    return strip_site(titles[0], [line for line in headings if line != titles[0]], site) if titles else None


def _dek(page: Page, labels: Sequence[Label], title: str | None, text: str) -> str | None:
    lines = [
        line.clean for line, label in zip(page.lines, labels, strict=True) if label.kind is Kind.DEK and line.clean
    ]
    if lines:
        return " ".join(lines[:3])
    dek = page.declared.dek
    if not dek or letters(dek) == letters(title or ""):
        return None
    words = words_of(dek)[:-1]  # descriptions are cut, often within a word
    return None if " ".join(words) in " ".join(words_of(text[: 20 * len(dek) + 2_000])) else dek


def _authors(
    declared: Sequence[str], seen: Sequence[str], language: str | None, site_names: frozenset[str]
) -> tuple[str, ...]:
    """The declared people; else the visible ones; else whoever the markup says has signed (a login, an agency)."""
    people = any(looks_like_name(name) or not name.isascii() for name in declared)
    signed = people or not seen or not (all(map(_is_login, declared)) or letters(declared[0]) in site_names)
    names: dict[str, str] = {}
    for name in declared if signed else seen:
        names.setdefault(letters(name) or name, normal_case(name, language) if looks_like_name(name) else name)
    return tuple(names.values())


def _is_login(name: str) -> bool:
    """Whether ``name`` is what someone types to log in, and not a person's or an agency's name: ``jdoe42``."""
    return " " not in name and name.isascii() and (name.islower() or any(not char.isalpha() for char in name))


def _names_of_site(name: str | None, site: str | None) -> frozenset[str]:
    return frozenset(letters(part) for part in (name, site, *(site or "").split(".")[:-1]) if part)


def _moment(declared: str | None, seen: Sequence[str], order: str | None) -> str | None:
    """The declared moment, or the first visible one; of two that agree on the day, the one with a time."""
    given = (parse_date(declared, order) or None) if declared else None
    if given is None:
        return seen[0] if seen else None
    if "T" not in given:
        return next((moment for moment in seen if "T" in moment and moment.startswith(given)), given)
    return given


def _visible(page: Page, labels: Sequence[Label], order: str | None) -> _Seen:
    """What bylines and date lines say; where they are silent, what the lines around the headline say."""
    labelled = [
        at for at, label in enumerate(labels) if label.kind in (Kind.BYLINE, Kind.DATE) and page.lines[at].clean
    ]
    seen = _read(page, labels, labelled, order)
    if not (seen.authors and seen.published):
        near = _read(page, labels, _head(page, labels), order)
        seen.authors = seen.authors or near.authors
        if not seen.published:
            # One date near the headline is the article's; several may be those of teasers.
            seen.published = near.published if len({moment[:10] for moment in near.published}) == 1 else []
            seen.updated = seen.updated or near.updated
    return seen


def _head(page: Page, labels: Sequence[Label]) -> list[int]:
    """Indices of the lines around the headline, up to the first paragraphs, whatever they were judged to be.

    Site templates print the author's name and the date there, often as lines that look like a menu's.
    """
    kinds = [label.kind for label in labels]
    first = kinds.index(Kind.PARAGRAPH) if Kind.PARAGRAPH in kinds else -1
    if first < 0:
        return []
    titles = [at for at, kind in enumerate(kinds[:first]) if kind is Kind.TITLE]
    title = titles[-1] if titles else max(0, first - HEAD_LINES)
    start, end = max(title - 3, first - 2 * HEAD_LINES, 0), first + 4
    return [at for at in range(start, min(end, len(kinds))) if page.lines[at].clean]


def _read(page: Page, labels: Sequence[Label], indices: Sequence[int], order: str | None) -> _Seen:
    seen = _Seen()
    code = (order or "").split("-")[0] or None
    dated: list[int] = []
    names: dict[str, int] = {}
    signed = -1
    for position, at in enumerate(indices):
        text = page.lines[at].clean
        before = page.lines[indices[position - 1]].clean if position else ""
        byline = parse_byline_pair(before, text, order) if is_opener(before) else None
        byline = byline or parse_byline(text, order)
        line = None if byline else parse_date_line(text, order)
        people = byline.authors if byline else ()
        if byline is None and line is None and labels[at].kind in (Kind.BYLINE, Kind.DATE):
            line = take_dates(text, order)[1]
            people = read_credits(text, code).people if labels[at].kind is Kind.BYLINE else ()
        elif byline is None and line is None and labels[at].kind in CHROME and looks_like_name(text.lstrip(BULLETS)):
            names.setdefault(normal_case(text.lstrip(BULLETS), code), position)
        # A second author may sign on the next line; bylines further down are those of other articles.
        if people and (signed < 0 or at - signed <= SIGNED_TOGETHER):
            seen.authors += [name for name in people if name not in seen.authors]
            signed = at
        if line is not None:
            dated.append(position)
        for said in (byline, line):
            if said is not None:
                seen.published += [said.published] if said.published else []
                seen.updated += [said.updated] if said.updated else []
    if not seen.authors and len(names) == 1:
        # The one name alone is the author's where a date stands right beside it.
        [(name, position)] = names.items()
        seen.authors = [name] if any(abs(position - one) == 1 for one in dated) else []
    return seen
