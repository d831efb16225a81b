"""The evidence behind what was not the labeller's to decide: how often a site repeats a line, and what people said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from pipeline.corpus.runs import RunRecord
from pipeline.records import OVERRIDE
from pipeline.sites.corrections import SeenLine, fit, stored_corrections
from pipeline.sites.files import restored
from pipeline.templates.pages import line_digest

if TYPE_CHECKING:
    from pipeline.corpus.open import Corpus

Row = dict[str, Any]


def recurring_on(corpus: Corpus, site: str | None, lines: list[Row]) -> dict[str, str]:
    """By digest of the line: `` in 41 of 43 pages``, for the lines of an article that recur on its site.

    :param site: by URL; where there is none, the site that a template among ``lines`` names counts.
    """
    if site is None:
        named = {line["reason"].removeprefix("template:") for line in lines if line["reason"].startswith("template:")}
        site = min(named, default=None)
    if site is None or not lines:
        return {}
    digests = sorted({line_digest(line["clean"] or line["text"]) for line in lines})
    rows = corpus.table(
        "site_lines",
        ["line_sha", "pages", "site_pages"],
        (pc.field("site") == site) & pc.field("line_sha").isin(digests),
    )
    return {row["line_sha"]: f" in {row['pages']:,} of {row['site_pages']:,} pages" for row in rows.to_pylist()}


def notes_on(corpus: Corpus, article: Row, lines: list[Row]) -> dict[tuple[int, int], str]:
    """Who decided on a line, and why, by line number and part; for lines that a person decided."""
    decided = [line for line in lines if line["reason"].startswith(OVERRIDE)]
    if not decided:
        return {}
    notes: dict[tuple[int, int], str] = {}
    last = max(corpus.table("runs").to_pylist(), key=lambda row: row["release"])
    files = restored(RunRecord.from_row(last).settings.get("site_files", {}))
    of_files = [line for line in decided if line["reason"] != OVERRIDE]
    for site in sorted({line["reason"].removeprefix(f"{OVERRIDE}:") for line in of_files} & set(files.files)):
        own = [line for line in of_files if line["reason"] == f"{OVERRIDE}:{site}"]
        for at, rule in files.files[site].first([line["clean"] or line["text"] for line in own]).items():
            notes[own[at]["line"], own[at]["part"]] = rule.note
    wanted = pc.field("target").isin([article["id"], article["source"]]) | (pc.field("source") == article["source"])
    for one in stored_corrections(corpus.table("corrections", filter=wanted).to_pylist()):
        seen = [SeenLine(line["line"], line["part"], line["text"], line["clean"] or line["text"]) for line in decided]
        for place in fit([one], {article["id"]: article["source"]}, {article["id"]: seen}).kinds.get(article["id"], {}):
            said = ", ".join(part for part in (one.author, one.time) if part)
            notes[place] = ": ".join(part for part in (said, one.note) if part) or "corrected by a person"
    return notes
