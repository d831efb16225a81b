"""``README.md`` of a corpus: a data card with the figures of the release it lies beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.corpus.schema import TABLES
from pipeline.show.screen import shortened, visible

if TYPE_CHECKING:
    from pipeline.corpus.releases import Release
    from pipeline.corpus.runs import RunRecord
    from pipeline.show.status import Status

_NAMED = 20
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Facts:
    """What the card is made of."""

    release: Release
    status: Status
    published: tuple[str | None, str | None, int]
    """First and last day of publication, and the articles without one."""
    origins: Mapping[str, int]
    """Articles by the SOURCE argument they were found under."""
    labellers: Mapping[str, int]
    """Articles by the model that labelled them."""
    model_card: Mapping[str, Any]
    """The labeller's ``card.json``: figures and limits."""


def card(facts: Facts) -> str:
    """The card as Markdown; scraped text in it is shown as code."""
    status, run = facts.status, facts.status.runs[0]
    first, last, undated = facts.published
    days = f"{first} to {last}; " if first else ""
    removed = sum(status.removed.values())
    parts = [
        "# A corpus of clean articles",
        f"Release {facts.release.number}, published {facts.release.created} by run `{facts.release.run}`. Written by "
        "the run; do not edit. Made by Copydesk from scraped files: site chrome was taken out, near-duplicates were "
        "found, and every removed line is kept in the table `lines` with the reason.",
        "## What is in it",
        _list(
            {
                "articles": f"{status.articles:,}, of which {status.canonical:,} canonical with {status.words:,} words",
                "withdrawn": f"{status.withdrawn:,} whose input is no longer there",
                "published": f"{days}{undated:,} without a date",
                "lines": f"{status.lines:,}, of which {removed:,} removed",
                "in quarantine": f"{sum(map(len, status.quarantined.values())):,}",
                "corrected by people": f"{status.corrections:,} lines",
                "lines known as a site's template": f"{status.templates:,}",
            }
        ),
        "### Sources",
        _table("SOURCE", "articles", facts.origins),
        "### Languages",
        _table("language", "articles", status.languages),
        "### Sites",
        _table("site", "articles", status.sites),
        "### Removed lines, by kind",
        _table("kind", "lines", status.removed),
        "### Near-duplicates, by relation",
        _table("level and relation", "verified pairs", status.duplicates),
        "### Quarantine, by fault",
        _table("fault", "inputs", {fault: len(sources) for fault, sources in status.quarantined.items()}),
        "## How it was made",
        _list(
            {
                "run": f"{run.started} to {run.finished}, {run.mode}",
                "inputs": f"{run.counts.inputs:,}, {run.counts.new:,} new, {run.counts.unchanged:,} unchanged",
                "versions": ", ".join(f"{name} {version}" for name, version in sorted(run.versions.items())),
                "labelled by": ", ".join(f"`{name}` ({count:,} articles)" for name, count in facts.labellers.items()),
            }
        ),
        f"All settings are in `runs.settings`, the digest of every input in `articles.sha256`. {_quality(run)}",
        "## How good the labelling is",
        _model(facts.model_card),
        "## Limits",
        "\n".join(f"- {limit}" for limit in facts.model_card.get("limits", ())),
        "The articles remain their publishers'. `license` and `is_free` hold what a page itself states, and no more.",
        "## Reading it",
        "Each table is a folder of Delta Lake files. `releases` names the versions that belong together; "
        "`contract.yaml` (Open Data Contract Standard) and `croissant.json` (Croissant) describe every field.",
        "\n".join(f"- `{table.name}`: one row per {table.row}" for table in TABLES.values()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _list(values: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in values.items())


def _table(name: str, counted: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return "None."
    rows = [f"| {name} | {counted} |", "| --- | ---: |"]
    rows += [f"| {_code(key)} | {count:,} |" for key, count in list(counts.items())[:_NAMED]]
    if len(counts) > _NAMED:
        rows.append(f"| {len(counts) - _NAMED:,} more | {sum(list(counts.values())[_NAMED:]):,} |")
    return "\n".join(rows)


def _code(text: str) -> str:
    """Scraped text that Markdown cannot take for anything else."""
    return f"`{shortened(visible(text), _LONGEST).replace('`', chr(39)).replace('|', '/')}`"


def _quality(run: RunRecord) -> str:
    if not run.quality:
        return ""
    return "Quality of this run: " + ", ".join(f"{name} {value}" for name, value in sorted(run.quality.items())) + "."


def _model(model_card: Mapping[str, Any]) -> str:
    held_out = model_card.get("figures", {}).get("sections", {}).get("held out", {}).get("quality", {})
    rows = ["| pages of | n | word F1 | 95 % interval |", "| --- | ---: | ---: | --- |"]
    for name, found in held_out.items():
        ours = found["word_f1"]["ours"]
        low, high = ours["interval"]
        rows.append(f"| {name} | {found['pages']:,} | {ours['mean']:.3f} | {low:.3f} to {high:.3f} |")
    said = f"Measured on labelled pages of sites that the weights had not seen (`{model_card.get('labeller', '')}`)."
    return said + "\n\n" + "\n".join(rows)


def model_card_of(text: str) -> dict[str, Any]:
    """The labeller's card from its JSON."""
    known: dict[str, Any] = json.loads(text)
    return known
