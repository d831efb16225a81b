"""Site templates over all that is in the corpus: count again where a site's pages changed, and find who is affected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from pipeline.run.rows import PAGES, labelled_pages, table
from pipeline.run.work import Job, Work, read_recurrence, write_templates
from pipeline.templates.recurrence import PageLines, SiteLine, page_lines, recurring_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from pipeline.run.before import Before
    from pipeline.run.inventory import Inventory


@dataclass(frozen=True, slots=True)
class Recount:
    """The recurring lines of the sites whose pages changed in this run."""

    sites: frozenset[str]
    """The sites that were counted again; the rows of all others stand."""
    lines: tuple[SiteLine, ...]
    relabel: tuple[str, ...]
    """Earlier articles that must be assembled again, because their site's template is another one now."""


def recount(before: Before, inventory: Inventory, job: Job) -> Recount:
    """Count the lines of every site that gained or lost pages, earlier pages included, without reading inputs again.

    Writes the templates for the shards to find.
    """
    settings = job.settings.templates
    fresh = list(read_recurrence(job.work))
    old_site = {identity: row["site"] for identity, row in before.articles.items()}
    returned = {i for i in inventory.unchanged if before.articles[i]["withdrawn"] is not None}
    touched = {page.site for page in fresh} | {old_site.get(i) for i in inventory.gone | inventory.fresh | returned}
    if before.settings.get("templates") != settings.model_dump(mode="json"):
        touched |= set(old_site.values())
    touched.discard(None)
    sites = frozenset(site for site in touched if site is not None)

    standing = [i for i in sorted(inventory.standing) if old_site[i] in sites]
    lines = recurring_lines([*fresh, *_earlier(before, standing)], settings)
    write_templates(lines, job.work)

    old = _templates((row["site"], row["line_sha"], row["kind"]) for row in _template_rows(before))
    new = _templates((line.site, line.digest, line.kind.value) for line in lines if line.is_template)
    moved = {site for site in sites if old.get(site) != new.get(site)}
    return Recount(sites, tuple(lines), tuple(i for i in standing if old_site[i] in moved))


def write_earlier_shard(before: Before, articles: tuple[str, ...], number: int, work: Work) -> None:
    """Earlier articles as a shard to assemble, from the stored lines."""
    pages, lines = _pages(before, articles), before.table("lines", articles)
    # One row group each: those of the two files must belong together.
    pq.write_table(pages, work.path("pages", number), row_group_size=max(pages.num_rows, 1))
    pq.write_table(lines, work.path("lines", number), row_group_size=max(lines.num_rows, 1))


def site_line_rows(lines: tuple[SiteLine, ...], run: str) -> list[dict[str, Any]]:
    """Rows of ``site_lines``."""
    return [
        {
            "site": line.site,
            "line_sha": line.digest,
            "text": line.text,
            "pages": line.pages,
            "site_pages": line.site_pages,
            "share": round(line.share, 6),
            "is_template": line.is_template,
            "kind": line.kind.value if line.is_template else None,
            "run": run,
        }
        for line in lines
    ]


def _earlier(before: Before, articles: list[str]) -> Iterator[PageLines]:
    if not articles:
        return
    for page, labels, _ in labelled_pages(_pages(before, articles), before.table("lines", articles)):
        yield page_lines(page, labels, before.articles[page.id]["site"])


def _pages(before: Before, articles: Sequence[str]) -> pa.Table:
    rows = (before.articles[identity] for identity in articles)
    return table(({name: row[name] for name in PAGES.names} for row in rows), PAGES)


def _template_rows(before: Before) -> list[dict[str, Any]]:
    return [row for row in before.table("site_lines").to_pylist() if row["is_template"]]


def _templates(rows: Iterator[tuple[str, str, str]]) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for site, digest, kind in rows:
        found.setdefault(site, set()).add((digest, kind))
    return found
