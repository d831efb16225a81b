"""Site templates and people's decisions over all that is in the corpus: what holds now, and whose lines it changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.corpus.schema import LINES
from pipeline.records import Kind, Label
from pipeline.run.rows import PAGES, table
from pipeline.run.work import Job, Work, read_deciders, read_recurrence, write_deciders
from pipeline.sites.corrections import (
    Correction,
    Fitted,
    SeenLine,
    corrections_about,
    fit,
    merged,
    stored_corrections,
)
from pipeline.sites.files import SiteFiles, domains, restored
from pipeline.templates.carried import carried_key, is_long, sites_carrying
from pipeline.templates.groups import STAND_IN, group_pages
from pipeline.templates.recurrence import PageLines, SiteLine, page_lines, recurring_lines, recurs_enough

if TYPE_CHECKING:
    from pipeline.run.before import Before
    from pipeline.run.inventory import Inventory
    from pipeline.settings import TemplateSettings
    from pipeline.sites.decide import Deciders

Row = dict[str, Any]

_LINE_FIELDS = ("article_id", "line", "part", "text", "clean", "kind", "reason", "model_kind", "model_reason")
_CARRIED_FIELDS = ("article_id", "text", "clean", "model_kind")


@dataclass(frozen=True, slots=True)
class Recount:
    """What this run knows of sites and of people's decisions."""

    sites: frozenset[str]
    """The sites that were counted again; the rows of all others stand."""
    lines: tuple[SiteLine, ...]
    """The recurring lines of those sites."""
    groups: Mapping[str, str]
    """Stand-in sites of the pages without a URL, by article id."""
    relabel: tuple[str, ...]
    """Earlier articles that must be assembled again: a template, a site file or a correction decides otherwise now."""
    corrections: tuple[Correction, ...]
    """All that hold, sorted by key."""
    fitted: Fitted


@dataclass(frozen=True, slots=True)
class _Earlier:
    """An earlier article, from its stored lines."""

    id: str
    lines: tuple[tuple[int, int, str], ...]
    """Number, part and normalised text."""
    labels: tuple[Label, ...]
    """The labeller's; the scores are not read."""
    decided: Mapping[tuple[int, int], tuple[str, str]]
    """Kind and reason of the lines that a template or a person decided, by number and part."""


def recount(before: Before, inventory: Inventory, job: Job, given: Sequence[Correction]) -> Recount:
    """Count the lines of every site that gained or lost pages, earlier pages included, without reading inputs again.

    Writes what decides beside the labeller for the shards to find.

    :param given: corrections that this run takes into the corpus.
    """
    earlier_corrections = merged(stored_corrections(before.table("corrections").to_pylist()), ())
    corrections = merged(earlier_corrections, given)
    earlier_files = restored(before.settings.get("site_files", {}))
    fresh = list(read_recurrence(job.work))
    standing = sorted(inventory.standing)
    sites = {identity: before.articles[identity]["site"] for identity in before.articles}
    stored = before.table("site_lines").to_pylist()

    touched = _touched(before, inventory, job, fresh, sites)
    people_changed = corrections != earlier_corrections or earlier_files != job.files
    # Other settings of de-duplication may put texts together anew, for which the templates of all pages are needed.
    settings_changed = before.settings.get("dedup") != job.settings.dedup.model_dump(mode="json")
    if touched or people_changed or settings_changed:
        pool = [i for i in standing if sites[i] is None]
        groups = group_pages(
            [*(p for p in fresh if p.site is None), *_counted(before, pool, sites)], job.settings.templates
        )
        touched |= {row["site"] for row in stored if row["site"].startswith(STAND_IN)} | set(groups.values())
        site_of = {i: site for i in standing if (site := sites[i] or groups.get(i)) is not None}
        counted, lines = _count(_Placed(before, fresh, groups, site_of), stored, touched, job)
    else:
        pool, groups, site_of, counted, lines, standing = [], {}, {}, frozenset(), [], []
    fitted = _fit(before, inventory, corrections, job.work)
    kept = [_site_line(row) for row in stored if row["site"] not in counted and row["is_template"]]
    write_deciders(groups, [*lines, *kept], fitted.kinds, job.work)

    named = corrections_about((*corrections, *earlier_corrections))
    changed = {site for site in {*job.files.files, *earlier_files.files} if _differs(site, job.files, earlier_files)}
    check = {i for i in standing if site_of.get(i) in counted} | set(pool)
    check |= {i for i in standing if i in named or before.articles[i]["source"] in named}
    if changed:
        check |= {i for i in standing if sites[i] is not None and not changed.isdisjoint(domains(sites[i]))}
    relabel = _decided_otherwise(before, sorted(check), sites, read_deciders(job))
    return Recount(counted, tuple(lines), groups, relabel, corrections, fitted)


def write_earlier_shard(before: Before, articles: tuple[str, ...], number: int, work: Work) -> None:
    """Earlier articles as a shard to assemble, from the stored lines."""
    rows = (before.articles[identity] for identity in articles)
    pages = table(({name: row[name] for name in PAGES.names} for row in rows), PAGES)
    lines = before.table("lines", articles)
    # One row group each: those of the two files must belong together.
    pq.write_table(pages, work.path("pages", number), row_group_size=max(pages.num_rows, 1))
    pq.write_table(lines, work.path("lines", number), row_group_size=max(lines.num_rows, 1))


def site_line_rows(lines: tuple[SiteLine, ...], run: str) -> list[Row]:
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


def _touched(
    before: Before, inventory: Inventory, job: Job, fresh: Sequence[PageLines], sites: Mapping[str, str | None]
) -> set[str]:
    """Sites whose pages changed; where only pages without a URL did, what stands in for their sites."""
    returned = {i for i in inventory.unchanged if before.articles[i]["withdrawn"] is not None}
    touched = {page.site for page in fresh}
    touched |= {sites.get(identity) for identity in inventory.gone | inventory.fresh | returned}
    if before.settings.get("templates") != job.settings.templates.model_dump(mode="json"):
        touched |= set(sites.values())
    return {STAND_IN if site is None else site for site in touched}


@dataclass(frozen=True, slots=True)
class _Placed:
    """All pages, each on its site."""

    before: Before
    fresh: Sequence[PageLines]
    groups: Mapping[str, str]
    earlier: Mapping[str, str]
    """Site of every earlier article that stands and has one."""

    def site(self, page: PageLines) -> str | None:
        """Site of a page of this run."""
        return page.site if page.site is not None else self.groups.get(page.id)

    def recurring(self, sites: Collection[str], settings: TemplateSettings) -> list[SiteLine]:
        """The recurring lines of some sites."""
        earlier = _counted(self.before, [i for i, site in self.earlier.items() if site in sites], self.earlier)
        here = (page for page in self.fresh if self.site(page) in sites)
        return recurring_lines([*here, *earlier], settings, self.groups)

    def carrying(self, keys: set[str], work: Work) -> dict[str, frozenset[str]]:
        """The sites on which lines like ``keys`` stand, over the whole corpus."""
        if not keys:
            return {}
        new = {page.id: site for page in self.fresh if (site := self.site(page)) is not None}
        found = sites_carrying([work.tables("lines", LINES.schema)], new, keys)
        for key, sites in sites_carrying(self.before.batches("lines", _CARRIED_FIELDS), self.earlier, keys).items():
            found[key] = found.get(key, frozenset()) | sites
        return found


def _count(pages: _Placed, stored: Sequence[Row], touched: set[str], job: Job) -> tuple[frozenset[str], list[SiteLine]]:
    """The recurring lines of the touched sites, and of others whose template a line on several sites changes."""
    settings = job.settings.templates
    lines = pages.recurring(touched, settings)
    others = [row for row in stored if row["site"] not in touched]
    long_lines = {line.text for line in lines if line.is_template and is_long(line.text)}
    long_lines |= {row["text"] for row in others if _by_count(row, settings) and is_long(row["text"])}
    keys = {text: carried_key(text) for text in sorted(long_lines)}
    carried = pages.carrying(set(keys.values()), job.work)
    quoted = {text for text, key in keys.items() if len(carried.get(key, ())) >= settings.several_sites}

    moved = {
        row["site"] for row in others if row["is_template"] != (_by_count(row, settings) and row["text"] not in quoted)
    }
    if moved:
        lines = sorted([*lines, *pages.recurring(moved, settings)], key=lambda line: (line.site, line.digest))
    lines = [replace(line, is_template=False) if line.text in quoted else line for line in lines]
    return frozenset(touched | moved) - {STAND_IN}, lines


def _fit(before: Before, inventory: Inventory, corrections: Sequence[Correction], work: Work) -> Fitted:
    named = corrections_about(corrections)
    if not named:
        return Fitted({}, (), (), ())
    fresh = {row["id"]: row["source"] for row in work.tables("pages", PAGES).select(["id", "source"]).to_pylist()}
    old = {identity: before.articles[identity]["source"] for identity in sorted(inventory.standing)}
    new = {i: source for i, source in fresh.items() if i in named or source in named}
    old = {i: source for i, source in old.items() if i in named or source in named}
    gone = {
        name
        for identity, row in before.articles.items()
        if identity not in inventory.standing and identity not in fresh
        for name in (identity, row["source"])
        if name in named
    }
    lines: dict[str, list[SeenLine]] = {}
    made = work.tables("lines", LINES.schema)
    made = made.filter(pc.is_in(made["article_id"], pa.array(sorted(new), pa.string())))
    for rows in (made, before.table("lines", old)):
        for row in rows.select(["article_id", "line", "part", "text", "clean"]).to_pylist():
            clean = row["text"] if row["clean"] is None else row["clean"]
            lines.setdefault(row["article_id"], []).append(SeenLine(row["line"], row["part"], row["text"], clean))
    return fit(corrections, old | new, lines, gone)


def _decided_otherwise(
    before: Before, articles: Sequence[str], sites: Mapping[str, str | None], deciders: Deciders
) -> tuple[str, ...]:
    """Those of the earlier ``articles`` whose stored lines are not what is decided now."""
    found = []
    for page in _earlier(before, articles):
        labels = deciders.decide(page.id, sites[page.id], page.lines, page.labels)
        decided = {
            (number, part): (now.kind.value, now.reason)
            for (number, part, _), now, model in zip(page.lines, labels, page.labels, strict=True)
            if now is not model
        }
        if decided != page.decided:
            found.append(page.id)
    return tuple(found)


def _counted(before: Before, articles: Sequence[str], sites: Mapping[str, str | None]) -> Iterator[PageLines]:
    """Earlier articles, ready to be counted."""
    for page in _earlier(before, articles):
        declared = before.articles[page.id]["declared"]
        title = json.loads(declared).get("title") if declared else None
        texts = [(clean, label.kind) for (_, _, clean), label in zip(page.lines, page.labels, strict=True)]
        yield page_lines(page.id, sites[page.id], title, texts)


def _earlier(before: Before, articles: Sequence[str]) -> Iterator[_Earlier]:
    """Earlier articles from their stored lines, in the order of their ids."""
    rows = before.table("lines", articles, _LINE_FIELDS)  # in the order of the key
    columns = [rows.column(name).to_pylist() for name in _LINE_FIELDS]
    first = 0
    owners = columns[0]
    for end in range(1, len(owners) + 1):
        if end < len(owners) and owners[end] == owners[first]:
            continue
        _, numbers, parts, texts, cleans, kinds, reasons, model_kinds, model_reasons = (
            column[first:end] for column in columns
        )
        yield _Earlier(
            id=owners[first],
            lines=tuple(
                (number, part, text if clean is None else clean)
                for number, part, text, clean in zip(numbers, parts, texts, cleans, strict=True)
            ),
            labels=tuple(Label(Kind(k), 0.0, reason) for k, reason in zip(model_kinds, model_reasons, strict=True)),
            decided={
                (number, part): (kind, reason)
                for number, part, kind, reason in zip(numbers, parts, kinds, reasons, strict=True)
                if reason.startswith(("template:", "override"))
            },
        )
        first = end


def _site_line(row: Row) -> SiteLine:
    names = ("site", "text", "pages", "site_pages", "is_template")
    return SiteLine(digest=row["line_sha"], kind=Kind(row["kind"]), **{name: row[name] for name in names})


def _by_count(row: Row, settings: TemplateSettings) -> bool:
    return recurs_enough(row["pages"], row["site_pages"], settings)


def _differs(site: str, one: SiteFiles, other: SiteFiles) -> bool:
    return one.files.get(site) != other.files.get(site)
