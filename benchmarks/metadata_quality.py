"""Title, authors and date of HTML pages against the ground truth, beside trafilatura.

    python -m benchmarks.metadata_quality --bench DIR [--json OUT]

``DIR`` holds ``wcxb-dev`` (Web Content eXtraction Benchmark, M. Foley, 2026, CC-BY-4.0) and ``fundus-dev`` (the parser
tests of Fundus), each with ``html/ID.html.gz`` and ``ground-truth.jsonl.gz``. Both tools are given the page's bytes and
its URL, as a crawler would; ours goes the public road: read, split, label, assemble.

Two answers agree where they are equal after this normalisation, which is the same for both tools and the truth:

- title: white space is collapsed, case folded; nothing else (a dash for a hyphen is an error);
- authors: a set; each credit is cut at ``;``, ``,``, ``&`` and "and", and degrees ("MD", "RD") are left out, because
  WCXB's truth is one line as the page prints it ("Jane Doe, MD, and John Roe"); then as for the title;
- date: the day of publication as the source writes it, without time and zone.

A page counts for a field where its truth is known. Pages whose truth is empty are counted apart: how often a tool
says nothing there. The truth of WCXB is empty also where nobody looked, so that figure compares tools and is no more.
Half of the sites (by the hash of their name) was looked at while the order of trust was made; ``other half`` is the
rest.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import logging
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.assemble.article import assemble
from pipeline.label.labeller import load_labeller
from pipeline.metadata.months import word_set
from pipeline.read.load import read_file
from pipeline.records import FileRef, Hints, Page, RawPage
from pipeline.settings import Settings
from pipeline.split import split_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CORPORA: Final = ("fundus", "wcxb")
FIELDS: Final = ("title", "authors", "date")
HALVES: Final = ("all", "fitted half", "other half")
_CREDIT = re.compile(r"\s*[;,&]\s*|\s+and\s+", re.IGNORECASE)
_DEGREES: Final = word_set(
    "md m.d. phd ph.d. ph.d rd rdn ms mba rn cpt pt dpt do fand cscs mph bsc msc cfp cpa jr jr. esq"
)

Value = str | frozenset[str]
"""A normalised title or day, or a set of normalised names; empty where nothing is known."""


@dataclass(frozen=True, slots=True)
class Case:
    """One page with its truth."""

    corpus: str
    page_id: str
    group: str
    """Its site or publisher."""
    path: Path
    url: str
    truth: dict[str, Value]

    @property
    def half(self) -> str:
        """Which half of the sites it belongs to."""
        return HALVES[1 + hashlib.sha256(self.group.encode()).digest()[0] % 2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder with wcxb-dev and fundus-dev")
    parser.add_argument("--json", type=Path, help="write the figures and the pages there")
    options = parser.parse_args(arguments)
    for corpus in CORPORA:
        if not (options.bench / f"{corpus}-dev" / "ground-truth.jsonl.gz").is_file():
            sys.stderr.write(f"{options.bench}: {corpus}-dev/ground-truth.jsonl.gz is missing\n")
            return 2
    cases = list(load(options.bench))
    answers = {"ours": ours(cases), "trafilatura": [trafilatura(case) for case in cases]}
    report = compare(cases, answers)
    sys.stdout.write(as_text(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def load(bench: Path) -> Iterator[Case]:
    """The pages of both corpora with their truth."""
    for corpus in CORPORA:
        folder = bench / f"{corpus}-dev"
        with gzip.open(folder / "ground-truth.jsonl.gz", "rt", encoding="utf-8") as file:
            for line in file:
                page = json.loads(line)
                wcxb = corpus == "wcxb"
                authors = [page["author"] or ""] if wcxb else page["authors"]
                yield Case(
                    corpus=corpus,
                    page_id=page["page_id"],
                    group=page["domain" if wcxb else "publisher"],
                    path=folder / "html" / f"{page['page_id']}.html.gz",
                    url=page["url"],
                    truth=answer(page["title"], authors, page["publish_date" if wcxb else "published"]),
                )


def answer(title: str | None, authors: Sequence[str], date: str | None) -> dict[str, Value]:
    """A tool's answer, or the truth, normalised."""
    names = {_normal(name) for credit in authors for name in _CREDIT.split(credit)}
    return {
        "title": _normal(title or ""),
        "authors": frozenset(name for name in names if name and name not in _DEGREES),
        "date": (date or "")[:10],
    }


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())


def ours(cases: Sequence[Case]) -> list[dict[str, Value]]:
    """Read, split, label, assemble."""
    settings = Settings(sources=("bench",), corpus="none")
    labeller = load_labeller(settings.label)
    answers = []
    for case in cases:
        reference = FileRef("bench", case.path.name, str(case.path), case.path.stat().st_size, Hints(url=case.url))
        raw = next(iter(read_file(reference, settings.read)))
        page = split_page(raw, settings.split, settings.normalise) if isinstance(raw, RawPage) else raw
        if not isinstance(page, Page):
            answers.append(answer(None, (), None))
            continue
        article = assemble(
            page, labeller.label([page])[0], labeller, split=settings.split, normalise=settings.normalise
        )
        found = article.metadata
        answers.append(answer(found.title, found.authors, found.published))
    return answers


def trafilatura(case: Case) -> dict[str, Value]:
    """Its default metadata extraction."""
    from trafilatura.metadata import extract_metadata  # noqa: PLC0415 - half a second to import
    from trafilatura.utils import load_html  # noqa: PLC0415

    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        tree = load_html(gzip.decompress(case.path.read_bytes()))
        if tree is None:
            return answer(None, (), None)
        document = extract_metadata(tree, case.url)
    except Exception:  # an answer like any other: it found nothing
        return answer(None, (), None)
    return answer(document.title, (document.author or "").split(";"), document.date)


def compare(cases: Sequence[Case], answers: dict[str, list[dict[str, Value]]]) -> dict[str, Any]:
    """Figures by corpus, field and half, and the ids of the pages that only one of the two tools gets right."""
    report: dict[str, Any] = {}
    for corpus in CORPORA:
        for field in FIELDS:
            entry: dict[str, Any] = {half: defaultdict(int) for half in HALVES}
            entry |= {"only trafilatura": [], "only ours": [], "neither": []}
            for at, case in enumerate(cases):
                if case.corpus == corpus:
                    _count(entry, case, field, {tool: given[at][field] for tool, given in answers.items()})
            report[f"{corpus} {field}"] = entry
    return report


def _count(entry: dict[str, Any], case: Case, field: str, given: dict[str, Value]) -> None:
    truth = case.truth[field]
    for half in (HALVES[0], case.half):
        entry[half]["pages" if truth else "unknown"] += 1
        for tool, value in given.items():
            entry[half][f"{tool} right" if truth else f"{tool} silent"] += value == truth
    if truth:
        right = [tool for tool, value in given.items() if value == truth]
        if len(right) < len(given):
            entry[f"only {right[0]}" if right else "neither"].append(case.page_id)


def as_text(report: dict[str, Any]) -> str:
    """The report as tables and lists for a terminal."""
    lines = [f"{'':16}{'half':14}{'pages':>6}{'ours':>7}{'trafil.':>9}   {'no truth':>9}{'ours':>7}{'trafil.':>9}"]
    for name, entry in report.items():
        for half in HALVES:
            counts = entry[half]
            right = [_share(counts[f"{tool} right"], counts["pages"]) for tool in ("ours", "trafilatura")]
            silent = [_share(counts[f"{tool} silent"], counts["unknown"]) for tool in ("ours", "trafilatura")]
            lines.append(
                f"{name:16}{half:14}{counts['pages']:6}{right[0]:>7}{right[1]:>9}   "
                f"{counts['unknown']:9}{silent[0]:>7}{silent[1]:>9}"
            )
    for name, entry in report.items():
        pages = entry["only trafilatura"]
        lines.append(f"\n{name}: right by trafilatura alone on {len(pages)} pages: {' '.join(pages)}")
    return "\n".join(lines) + "\n"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


if __name__ == "__main__":
    raise SystemExit(main())
