"""The closing summary of one run, for a person: as text, as table rows, and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.show.screen import shortened, visible
from pipeline.sites.drift import drift_lines, drift_rows

if TYPE_CHECKING:
    from pipeline.corpus.runs import RunRecord
    from pipeline.run.road import Outcome

NAMED = 10
"""Drifts and corrections that are named after a run, each."""

QUOTED = 60
"""Characters quoted of a corrected line."""


def summary_rows(record: RunRecord) -> list[dict[str, str]]:
    """What became of all that a run met: rows of ``what``, ``how many`` and ``of which``; empty groups are left out."""
    counts = record.counts
    read = f"{counts.new} new, {counts.unchanged} unchanged"
    removed, quarantined = sum(counts.removed.values()), sum(counts.quarantined.values())
    rows = [
        ("inputs", counts.inputs, read + (f", {counts.withdrawn} withdrawn" if counts.withdrawn else "")),
        ("lines", counts.lines, f"{counts.body_lines} in the text{_share(counts.body_lines, counts.lines)}"),
        ("removed", removed, _listed(counts.removed)),
        ("paragraphs", counts.paragraphs, ""),
        ("duplicates", sum(counts.duplicates.values()), _listed(counts.duplicates)),
        ("quarantined", quarantined, _listed(counts.quarantined)),
        ("corrections", sum(counts.corrections.values()), _listed(counts.corrections)),
        ("drift", counts.drift, "sites whose pages no longer look as they used to"),
        ("skipped", sum(counts.skipped.values()), _listed(counts.skipped)),
        ("truncated", counts.truncated, "only their beginning is in the archive" if counts.truncated else ""),
        ("taken over", counts.taken_over, "shards that a run which was stopped had finished"),
        ("articles", counts.articles, f"{counts.canonical} canonical"),
    ]
    always = {"inputs", "articles"}
    return [
        {"what": what, "how many": f"{number:,}", "of which": of_which}
        for what, number, of_which in rows
        if number or what in always
    ]


def summary_text(record: RunRecord) -> str:
    """The summary as lines of plain text."""
    rows = summary_rows(record)
    width = max(len(row["how many"]) for row in rows)
    lines = [
        f"{row['what']:<12}{row['how many']:>{width}}{'  ' + row['of which'] if row['of which'] else ''}"
        for row in rows
    ]
    return "\n".join([*lines, f"run {record.run} took {_took(record)}{_spent(record)}"])


def people_lines(outcome: Outcome) -> list[str]:
    """What a person should look at after a run: sites that drifted, corrections that fit no longer; one line each."""
    drift = [f"drift: {line}" for line in drift_lines(drift_rows(outcome.drift, outcome.record.run))]
    gate = [f"unusual: {finding}" for finding in outcome.findings]
    unfitting = [
        f"correction not applied: {one.source or one.target}, line {one.line}: it no longer reads "
        f"{shortened(one.text, QUOTED)!r}"
        for one in outcome.unfitting
    ]
    return [visible(line) for group in (gate, drift, unfitting) for line in _first(group)]


def people_markdown(outcome: Outcome) -> str:
    """``people_lines`` as a paragraph of Markdown; indented, so that nothing in them acts."""
    return "".join(f"\n    {line}" for line in people_lines(outcome))


def _first(lines: list[str]) -> list[str]:
    rest = len(lines) - NAMED
    return [*lines[:NAMED], *([f"... and {rest:,} more: copydesk status"] if rest > 0 else [])]


def summary_markdown(record: RunRecord) -> str:
    """The summary as a Markdown page, with the seconds each stage took."""
    parts = [f"## Run {record.run}\n\n| what | how many | of which |\n| --- | ---: | --- |\n"]
    parts += [f"| {row['what']} | {row['how many']} | {row['of which']} |\n" for row in summary_rows(record)]
    parts.append(f"\nIt took {_took(record)}{_spent(record)}.\n")
    if record.timings:
        parts.append("\n| stage | seconds |\n| --- | ---: |\n")
        parts += [f"| {stage} | {seconds:.2f} |\n" for stage, seconds in record.timings.items()]
    return "".join(parts)


def _listed(counts: Mapping[str, int]) -> str:
    """``navigation 12, share 3``: the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name.replace(':', ' ')} {count:,}" for name, count in ordered)


def _share(part: int, whole: int) -> str:
    return f" ({part / whole:.0%})" if whole else ""


def _spent(record: RunRecord) -> str:
    seconds = record.counts.cpu_seconds
    return f", {seconds:,.1f} s of processor time" if seconds else ""


def _took(record: RunRecord) -> str:
    seconds = (datetime.fromisoformat(record.finished) - datetime.fromisoformat(record.started)).total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s"
    return (
        f"{int(seconds) // 3600} h {int(seconds) // 60 % 60} min"
        if seconds >= 3600
        else (f"{int(seconds) // 60} min {int(seconds) % 60} s")
    )
