"""Title, authors and date of HTML pages against the truth, beside trafilatura.

Both tools are given the page and its URL, as a crawler would. Two answers agree where they are equal after this
normalisation, which is the same for both tools and the truth:

- title: white space is collapsed, case folded; nothing else (a dash for a hyphen is an error). ``title_plain`` forgives
  quotation marks, dashes and widths: WCXB's truth often has typewriter quotes where the page has curly ones;
- authors: a set; each credit is cut at ``;``, ``,``, ``&`` and "and", and degrees ("MD", "RD") are left out, because
  WCXB's truth is one line as the page prints it ("Jane Doe, MD, and John Roe"); then as for the title;
- date: the day of publication as the source writes it, without time and zone.

A page counts for a field where its truth is known. Pages whose truth is empty are counted apart: how often a tool
says nothing there. WCXB's truth is empty also where nobody looked, so that figure compares tools and is no more.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

from pipeline.evaluate.figures import groups
from pipeline.metadata.months import word_set
from pipeline.metadata.titles import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.evaluate.bench import BenchPage

FIELDS: Final = ("title", "authors", "date")
MEASURED: Final = ("title", "title_plain", "authors", "date")
FITTED, OTHER = "sites looked at", "other sites"
"""The half of the sites on which the order of trust was made (``BenchPage.looked_at``), and the half that tells how
it does elsewhere."""
FEWEST: Final = 40
"""Pages of a type or language below which a share says nothing: one page more moves it by over .025."""
_DIGITS: Final = 4
_CREDIT = re.compile(r"\s*[;,&]\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)
_DEGREES: Final = word_set(
    "md m.d. phd ph.d. ph.d rd rdn ms mba rn cpt pt dpt do fand cscs mph bsc msc cfp cpa jr jr. esq"
)

Value = str | frozenset[str]
"""A normalised title or day, or a set of normalised names; empty where nothing is known."""
Facts = dict[str, Value]
"""A value for each of ``MEASURED``."""


def facts(title: str | None, authors: Iterable[str], date: str | None) -> Facts:
    """A tool's answer, or the truth, normalised.

    :param date: ISO 8601, with or without time.
    """
    names = {_normal(name) for credit in authors for name in _CREDIT.split(credit)}
    return {
        "title": _normal(title or ""),
        "title_plain": fold(title or ""),
        "authors": frozenset(name for name in names if name and name not in _DEGREES),
        "date": (date or "")[:10],
    }


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())


def truth_of(page: BenchPage) -> Facts:
    """What is known of a page."""
    return facts(page.title, page.authors, page.published)


def by_trafilatura(markup: str, url: str | None) -> Facts:
    """The default metadata extraction of trafilatura; nothing where it finds nothing or fails."""
    from trafilatura.metadata import extract_metadata  # noqa: PLC0415 - half a second to import
    from trafilatura.utils import load_html  # noqa: PLC0415

    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        tree = load_html(markup)
        found = None if tree is None else extract_metadata(tree, url or None)
    except Exception:  # whatever a parser of others does, the page counts
        found = None
    return facts(None, (), None) if found is None else facts(found.title, (found.author or "").split(";"), found.date)


def accuracy(pages: Sequence[BenchPage], given: Mapping[str, Sequence[Facts]]) -> dict[str, Any]:
    """By group and field: how many pages are known, which share of them each tool has right, and silence elsewhere.

    Groups are the corpora, both halves of their sites, and the page types and languages with at least ``FEWEST``
    known pages.

    :param given: the answers of each tool, aligned with ``pages``.
    """
    truth = [truth_of(page) for page in pages]
    table: dict[str, Any] = {}
    for name, own in _parts(pages).items():
        rows = {field: _counts(field, own, truth, given) for field in MEASURED}
        if _is_whole(name) or (rows := {field: row for field, row in rows.items() if row["known"] >= FEWEST}):
            table[name] = rows
    return table


def _parts(pages: Sequence[BenchPage]) -> dict[str, list[int]]:
    parts: dict[str, list[int]] = {}
    for name, own in groups(pages).items():
        if parts.get(name.split(" ")[0]) == own:
            continue  # the corpus has this type or language only
        parts[name] = own
        if _is_whole(name):
            for half, looked_at in ((FITTED, True), (OTHER, False)):
                parts[f"{name}, {half}"] = [index for index in own if pages[index].looked_at is looked_at]
    return parts


def _is_whole(name: str) -> bool:
    """Whether the group is a corpus."""
    return " " not in name


def _counts(
    field: str, own: Sequence[int], truth: Sequence[Facts], given: Mapping[str, Sequence[Facts]]
) -> dict[str, Any]:
    known = [index for index in own if truth[index][field]]
    unknown = [index for index in own if not truth[index][field]]
    return {
        "known": len(known),
        "right": {
            tool: _share(sum(answers[at][field] == truth[at][field] for at in known), known)
            for tool, answers in given.items()
        },
        "unknown": len(unknown),
        "silent": {
            tool: _share(sum(not answers[at][field] for at in unknown), unknown) for tool, answers in given.items()
        },
    }


def _share(part: int, whole: Sequence[int]) -> float:
    return round(part / len(whole), _DIGITS) if whole else 0.0


def wrong_where_right(
    pages: Sequence[BenchPage], ours: Sequence[Facts], theirs: Sequence[Facts]
) -> dict[str, list[int]]:
    """By field, indices of the pages that they have right and we have not, in order."""
    found: dict[str, list[int]] = {field: [] for field in FIELDS}
    for index, (page, mine, other) in enumerate(zip(pages, ours, theirs, strict=True)):
        truth = truth_of(page)
        for field in FIELDS:
            if truth[field] and other[field] == truth[field] != mine[field]:
                found[field].append(index)
    return found
