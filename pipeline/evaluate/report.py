"""The figures of an evaluation for people: as a page of text for the terminal, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pipeline.evaluate.bench import NAMES
from pipeline.evaluate.figures import OURS
from pipeline.records import BODY, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN_IDS: Final = 12
"""Page ids that a row shows."""

Table = list[list[str]]
"""Rows of cells, the first of them the heads."""


def report_text(figures: dict[str, Any]) -> str:
    """Tables with aligned columns."""
    return "\n".join(f"\n{title}\n{_aligned(table)}" for title, table in tables(figures)) + f"\n\n{standing(figures)}\n"


def report_markdown(figures: dict[str, Any]) -> str:
    """The same tables in Markdown."""
    parts = [standing(figures)]
    for title, (head, *rows) in tables(figures):
        lines = [head, ["---"] * len(head), *rows]
        parts.append(f"**{title}**\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in lines))
    return "\n\n".join(parts) + "\n"


def quality_rows(figures: dict[str, Any]) -> list[dict[str, str]]:
    """Word F1 of every section as rows of named cells."""
    rows = []
    for section, own in figures["sections"].items():
        head, *cells = _quality(own["quality"], [OURS, *figures["peers"]])
        rows += [{"judged": section} | dict(zip(head, row, strict=True)) for row in cells]
    return rows


def standing(figures: dict[str, Any]) -> str:
    """One sentence: who was judged, and whether the pages had been seen in training."""
    seen, pages = figures["in_sample"], figures["pages"]
    if not seen:
        how = "no page was judged by weights that had seen its site"
    else:
        how = (
            f"in-sample: {seen} of {pages} pages are of sites that these weights were trained on, "
            "and their figures are too good; name the fold weights with --folds"
        )
    absent = f"; not installed, so not compared: {', '.join(figures['absent'])}" if figures["absent"] else ""
    return f"{figures['labeller']} on {pages} pages of {figures['input']}: {how}{absent}."


def tables(figures: dict[str, Any]) -> list[tuple[str, Table]]:
    """Title and rows of each table."""
    made: list[tuple[str, Table]] = []
    for section, own in figures["sections"].items():
        methods = [OURS, *figures["peers"]]
        made.append((f"Word F1, {section}, with 95 % intervals", _quality(own["quality"], methods)))
        if len(methods) > 1:
            made.append((f"Ours minus theirs, page by page, {section}", _differences(own["quality"], methods[1:])))
        if "metadata" in own:
            made.append((f"Metadata, share exactly right, {section}", _metadata(own["metadata"])))
        if "behind" in own:
            made.append(
                (f"Pages that trafilatura has right and ours has not, {section} (--json has all)", _behind(own))
            )
        if "kinds" in own:
            right, removed = own["kinds"]["right"], own["kinds"]["removed"]
            title = (
                f"Kinds on articles and news, {section}: weak kind of the bench (rows), ours (columns); "
                f"{right:.1%} of named chrome has the same kind, {removed:.1%} is not body"
            )
            made.append((title, _kinds(own["kinds"]["table"])))
            made.append((f"Titles printed on the page, {section}", _titles(own["titles"])))
            made.append((f"Calibration, {section}", _calibration(own["calibration"])))
    if "agreement" in figures:
        title = "Text kept of the HTML against that kept of the plain text of the same pages, word F1"
        made.append((title, _agreement(figures["agreement"]["groups"])))
    if "rules" in figures:
        made.append(("Named rules: share of the lines they recognise that is not body", _rules(figures["rules"])))
    if "clean_pages" in figures:
        made.append(("Pages that are nothing but body", _clean_pages(figures["clean_pages"])))
    if "changes" in figures:
        made.append(("Word F1 against the body lines of changed pages", _changes(figures["changes"])))
    return made


def _quality(groups: dict[str, Any], methods: Sequence[str]) -> Table:
    rows = [["pages of", "n", *methods]]
    for name, group in groups.items():
        rows.append([name, str(group["pages"]), *(_with_interval(group["word_f1"][method]) for method in methods)])
    return rows


def _differences(groups: dict[str, Any], peers: Sequence[str]) -> Table:
    rows = [["pages of", "n", *peers]]
    for name, group in groups.items():
        cells = (_with_interval(group["ours_minus"][peer], sign="+") for peer in peers)
        rows.append([name, str(group["pages"]), *cells])
    return rows


def _metadata(groups: dict[str, Any]) -> Table:
    tools = list(next(iter(next(iter(groups.values())).values()))["right"])
    rows = [["pages of", "field", "known", *tools, "unknown", *(f"silent: {tool}" for tool in tools)]]
    for name, fields in groups.items():
        for field, own in fields.items():
            right, silent = (
                [f"{own[what][tool]:.3f}" if own[count] else "-" for tool in tools]
                for what, count in (("right", "known"), ("silent", "unknown"))
            )
            rows.append([name, field, str(own["known"]), *right, str(own["unknown"]), *silent])
    return rows


def _behind(section: dict[str, Any]) -> Table:
    rows = [["what", "pages of", "n", "ids"]]
    for what, corpora in section["behind"].items():
        for corpus, ids in corpora.items():
            rest = " ..." if len(ids) > SHOWN_IDS else ""
            rows.append([what, NAMES[corpus], str(len(ids)), " ".join(ids[:SHOWN_IDS]) + rest])
    return rows


def _with_interval(value: dict[str, Any], sign: str = "") -> str:
    low, high = value["interval"]
    return f"{value['mean']:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


def _agreement(groups: dict[str, Any]) -> Table:
    return [["pages of", "n", "agreement"]] + [
        [name, str(group["pages"]), _with_interval(group)] for name, group in groups.items()
    ]


def _kinds(table: dict[str, dict[str, int]]) -> Table:
    names = ["body", *(kind.value for kind in Kind if kind not in BODY)]
    rows = [["", *names]]
    rows += [[weak, *(str(counts.get(name, 0)) for name in names)] for weak, counts in table.items()]
    return rows


def _titles(outcomes: dict[str, dict[str, int]]) -> Table:
    names = ("printed", "right", "other", "none")
    return [["pages", *names], *([kind, *(str(own[name]) for name in names)] for kind, own in outcomes.items())]


def _calibration(bins: Sequence[dict[str, float]]) -> Table:
    rows = [["lines", "mean score", "share that is body"]]
    rows += [[str(own["lines"]), f"{own['score']:.3f}", f"{own['body']:.3f}"] for own in bins]
    return rows


def _rules(found: dict[str, dict[str, Any]]) -> Table:
    rows = [["rule", "certain", "lines", "sites", "precision"]]
    for name, own in found.items():
        certain = "yes" if own["certain"] else ""
        rows.append([name, certain, str(own["lines"]), str(own["sites"]), f"{own['precision']:.3f}"])
    return rows


def _clean_pages(found: dict[str, dict[str, Any]]) -> Table:
    rows = [["pages of", "pages", "kept whole", "lines", "lost", "", "words", "lost", ""]]
    for name, own in found.items():
        counts = [str(own[key]) for key in ("pages", "pages_whole", "lines", "lines_lost", "words", "words_lost")]
        lines, words = (f"{own[key]:.1%}" for key in ("lines_lost_share", "words_lost_share"))
        rows.append([name, *counts[:4], lines, *counts[4:], words])
    return rows


def _changes(parts: dict[str, dict[str, dict[str, float]]]) -> Table:
    names = list(next(iter(parts.values())))
    rows = [["pages of", *names]]
    for part, own in parts.items():
        rows.append([part, *(f"{own[name]['word_f1']:.3f} ({own[name]['change']:+.3f})" for name in names)])
    return rows


def _aligned(table: Table) -> str:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    )
