"""Site templates and people's decisions over all that is in the corpus: what holds now, and whose lines it changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

from pipeline.corpus.schema import LINES
from pipeline.records import CHROME, OVERRIDE, Kind, Label
from pipeline.run.counted import stored_lines
from pipeline.run.rows import PAGES, of_articles, table
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
from pipeline.templates.columns import KINDS, NONE, NUMBER, PageColumns, together
from pipeline.templates.groups import STAND_IN, group_pages
from pipeline.templates.recurrence import RECURS_BY_NATURE, SiteLine, recurring_lines, recurs_enough
from pipeline.templates.stored import PERSON, StoredLines

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.run.before import Before
    from pipeline.run.inventory import Inventory
    from pipeline.settings import TemplateSettings
    from pipeline.sites.decide import Deciders

    Ints = npt.NDArray[np.int64]

Row = dict[str, Any]

_FREE = np.array([kind not in CHROME | RECURS_BY_NATURE for kind in KINDS])
"""By number of the labeller's kind, whether it leaves a line to the template (``Deciders.decide``)."""

_LINE_FIELDS = ("article_id", "line", "part", "text", "clean", "kind", "reason", "model_kind", "model_reason")
_SEEN_FIELDS = ("article_id", "line", "part", "text", "clean")
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
    stored: StoredLines | None
    """The lines of earlier articles, where they were looked at."""


def recount(before: Before, inventory: Inventory, job: Job, given: Sequence[Correction]) -> Recount:
    """Count the lines of every site that gained or lost pages, earlier pages included, without reading inputs again.

    Writes what decides beside the labeller for the shards to find.

    :param given: corrections that this run takes into the corpus.
    """
    earlier_corrections = merged(stored_corrections(before.table("corrections").to_pylist()), ())
    corrections = merged(earlier_corrections, given)
    earlier_files = restored(before.settings.get("site_files", {}))
    fresh = read_recurrence(job.work)
    standing = sorted(inventory.standing)
    sites = {identity: before.articles[identity]["site"] for identity in before.articles}
    rows = before.table("site_lines").to_pylist()

    touched = _touched(before, inventory, job, fresh, sites)
    people_changed = corrections != earlier_corrections or earlier_files != job.files
    # Other settings of de-duplication may put texts together anew, for which the templates of all pages are needed.
    settings_changed = before.settings.get("dedup") != job.settings.dedup.model_dump(mode="json")
    stored: StoredLines | None = None
    read: list[StoredLines] = []
    if touched or people_changed or settings_changed:
        counted = {i for i in standing if sites[i] is None or sites[i] in touched}
        stored = stored_lines(before, counted)
        read.append(_of_articles(stored, counted))
        pages = together(fresh, read[0].pages(sites))
        groups = group_pages(pages.only(np.array([site is None for site in pages.sites], bool)), job.settings.templates)
        touched |= {row["site"] for row in rows if row["site"].startswith(STAND_IN)} | set(groups.values())
        site_of = {i: site for i in standing if (site := sites[i] or groups.get(i)) is not None}
        placed = _Placed(before, stored, pages, groups, site_of)
        counted_sites, lines, moved = _count(placed, rows, touched, job)
        if moved:
            read.append(moved)
    else:
        groups, counted_sites, lines, standing = {}, frozenset(), [], []
    fitted = _fit(before, inventory, corrections, job.work)
    kept = [_site_line(row) for row in rows if row["site"] not in counted_sites and row["is_template"]]
    write_deciders(groups, [*lines, *kept], fitted.kinds, job.work)

    deciders = read_deciders(job)
    named = corrections_about((*corrections, *earlier_corrections))
    changed = {site for site in {*job.files.files, *earlier_files.files} if _differs(site, job.files, earlier_files)}
    by_people = {i for i in standing if i in named or before.articles[i]["source"] in named}
    by_people |= {i for i in standing if (site := sites[i]) is not None and not changed.isdisjoint(domains(site))}
    relabel: set[str] = set()
    for earlier in read:
        otherwise, of_people = _decided_otherwise(earlier, sites, deciders)
        relabel |= otherwise
        by_people |= of_people
    relabel |= _decided_by_people_otherwise(before, sorted(by_people), sites, deciders)
    return Recount(counted_sites, tuple(lines), groups, tuple(sorted(relabel)), corrections, fitted, stored)


def write_earlier_shard(before: Before, articles: tuple[str, ...], number: int, work: Work) -> None:
    """Earlier articles as a shard to assemble, from the stored lines."""
    rows = before.article_rows(articles)
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
    before: Before, inventory: Inventory, job: Job, fresh: PageColumns, sites: Mapping[str, str | None]
) -> set[str]:
    """Sites whose pages changed; where only pages without a URL did, what stands in for their sites."""
    returned = {i for i in inventory.unchanged if before.articles[i]["withdrawn"] is not None}
    touched = set(fresh.sites)
    touched |= {sites.get(identity) for identity in inventory.gone | inventory.fresh | returned}
    if before.settings.get("templates") != job.settings.templates.model_dump(mode="json"):
        touched |= set(sites.values())
    return {STAND_IN if site is None else site for site in touched}


@dataclass(frozen=True, slots=True)
class _Placed:
    """Pages, each on its site."""

    before: Before
    stored: StoredLines
    pages: PageColumns
    """All pages of this run, and the earlier ones of the sites they are on and of no site."""
    groups: Mapping[str, str]
    earlier: Mapping[str, str]
    """Site of every earlier article that stands and has one."""

    def on(self, sites: Collection[str]) -> PageColumns:
        """Those of the pages that stand on some sites."""
        wanted = [self._site(*each) in sites for each in zip(self.pages.ids, self.pages.sites, strict=True)]
        return self.pages.only(np.array(wanted, dtype=bool))

    def earlier_on(self, sites: Collection[str]) -> StoredLines:
        """Earlier pages on some sites."""
        articles = {i for i, site in self.earlier.items() if site in sites}
        stored = self.stored if self._has(articles) else stored_lines(self.before, articles)
        return _of_articles(stored, articles)

    def carrying(self, keys: set[str], work: Work) -> dict[str, frozenset[str]]:
        """The sites on which lines like ``keys`` stand, over the whole corpus."""
        if not keys:
            return {}
        own = zip(self.pages.ids, self.pages.sites, strict=True)
        new = {page: place for page, site in own if (place := self._site(page, site)) is not None}
        found = sites_carrying(work.each("lines", LINES.schema, _CARRIED_FIELDS), new, keys)
        if self._has(self.earlier):
            stored = self.stored.carrying(self.earlier, keys)
        else:
            stored = sites_carrying(self.before.batches("lines", _CARRIED_FIELDS), self.earlier, keys)
        for key, sites in stored.items():
            found[key] = found.get(key, frozenset()) | sites
        return found

    def _has(self, articles: Collection[str]) -> bool:
        """Whether their lines are at hand; of an object store only those are that were asked for."""
        return set(self.stored.names).issuperset(articles)

    def _site(self, page: str, site: str | None) -> str | None:
        return site if site is not None else self.groups.get(page)


def _count(
    placed: _Placed, stored: Sequence[Row], touched: set[str], job: Job
) -> tuple[frozenset[str], list[SiteLine], StoredLines | None]:
    """The recurring lines of the touched sites, and of others whose template a line on several sites changes.

    :returns: the sites, their lines, and the earlier pages of those others
    """
    settings = job.settings.templates
    lines = recurring_lines(placed.on(touched), settings, placed.groups)
    others = [row for row in stored if row["site"] not in touched]
    long_lines = {line.text for line in lines if line.is_template and is_long(line.text)}
    long_lines |= {row["text"] for row in others if _by_count(row, settings) and is_long(row["text"])}
    keys = {text: carried_key(text) for text in sorted(long_lines)}
    carried = placed.carrying(set(keys.values()), job.work)
    quoted = {text for text, key in keys.items() if len(carried.get(key, ())) >= settings.several_sites}

    moved = {
        row["site"] for row in others if row["is_template"] != (_by_count(row, settings) and row["text"] not in quoted)
    }
    more = None
    if moved:
        more = placed.earlier_on(moved)
        lines = [*lines, *recurring_lines(more.pages(placed.earlier), settings, placed.groups)]
        lines.sort(key=lambda line: (line.site, line.digest))
    lines = [replace(line, is_template=False) if line.text in quoted else line for line in lines]
    return frozenset(touched | moved) - {STAND_IN}, lines, more


def _fit(before: Before, inventory: Inventory, corrections: Sequence[Correction], work: Work) -> Fitted:
    named = corrections_about(corrections)
    if not named:
        return Fitted({}, (), (), ())
    fresh = {row["id"]: row["source"] for row in work.tables("pages", PAGES, ("id", "source")).to_pylist()}
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
    made = of_articles(work.each("lines", LINES.schema, _SEEN_FIELDS), new)
    for rows in (*made, before.table("lines", old, _SEEN_FIELDS)):
        for row in rows.to_pylist():
            clean = row["text"] if row["clean"] is None else row["clean"]
            lines.setdefault(row["article_id"], []).append(SeenLine(row["line"], row["part"], row["text"], clean))
    return fit(corrections, old | new, lines, gone)


def _decided_otherwise(
    earlier: StoredLines, sites: Mapping[str, str | None], deciders: Deciders
) -> tuple[set[str], set[str]]:
    """Which earlier articles' stored lines are not what templates decide now; and those that people decide on too.

    The latter are left to ``_decided_by_people_otherwise``.
    """
    names = earlier.names
    own = [site if (site := sites[name]) is not None else deciders.groups.get(name, "") for name in names]
    with_file = {site for site in set(own) if deciders.files.about(site or None)}
    of_people = {
        page for page, site in zip(names, own, strict=True) if page in deciders.corrections or site in with_file
    }
    of_people |= {names[place] for place in np.unique(earlier.owner[earlier.by == PERSON]).tolist()}

    number = {site: at for at, site in enumerate(earlier.sites)}
    for site in own:
        number.setdefault(site, len(number))
    on = np.array([number[site] for site in own], dtype=np.int64)
    # A line of a site's template in one number, and what it makes of a line.
    digests = len(earlier.digests)
    templates = [line for site, lines in deciders.templates.items() if site in number for line in lines.values()]
    kinds = {
        number[line.site] * digests + place: NUMBER[line.kind]
        for line, place in zip(templates, earlier.places([line.digest for line in templates]), strict=True)
        if place != NONE
    }
    known = np.array(sorted(kinds), dtype=np.int64)
    kind = np.array([*(kinds[each] for each in known.tolist()), NONE])

    digest = earlier.digest[earlier.word]
    line = on[earlier.owner] * digests + digest
    at = np.searchsorted(known, line)
    decided = _FREE[earlier.model_kind] & (digest != NONE) & (np.append(known, NONE)[at] == line)
    was_decided = earlier.by >= 0
    same = (on[earlier.owner] == earlier.by) & (kind[at] == earlier.kind)
    otherwise = (decided != was_decided) | (decided & ~same)
    return {names[place] for place in np.unique(earlier.owner[otherwise]).tolist()} - of_people, of_people


def _decided_by_people_otherwise(
    before: Before, articles: Sequence[str], sites: Mapping[str, str | None], deciders: Deciders
) -> set[str]:
    """Those of the earlier ``articles`` whose stored lines are not what is decided now, whoever decides."""
    rows = before.table("lines", articles, _LINE_FIELDS).to_pylist()  # in the order of the key
    found = set()
    for identity, own in groupby(rows, key=itemgetter("article_id")):
        lines = list(own)
        model = [Label(Kind(row["model_kind"]), 0.0, row["model_reason"]) for row in lines]
        texts = [(row["line"], row["part"], row["text"] if row["clean"] is None else row["clean"]) for row in lines]
        labels = deciders.decide(identity, sites[identity], texts, model)
        for row, now, said in zip(lines, labels, model, strict=True):
            then = (row["kind"], row["reason"]) if row["reason"].startswith(("template:", OVERRIDE)) else None
            if then != (None if now is said else (now.kind.value, now.reason)):
                found.add(identity)
    return found


def _of_articles(lines: StoredLines, articles: Collection[str]) -> StoredLines:
    return lines.only(np.isin(lines.ids, np.array(sorted(articles), dtype=lines.ids.dtype)))


def _site_line(row: Row) -> SiteLine:
    names = ("site", "text", "pages", "site_pages", "is_template")
    return SiteLine(digest=row["line_sha"], kind=Kind(row["kind"]), **{name: row[name] for name in names})


def _by_count(row: Row, settings: TemplateSettings) -> bool:
    return recurs_enough(row["pages"], row["site_pages"], settings)


def _differs(site: str, one: SiteFiles, other: SiteFiles) -> bool:
    return one.files.get(site) != other.files.get(site)
