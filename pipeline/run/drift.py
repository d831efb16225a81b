"""Which sites' new pages look unlike their earlier ones, in this run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sites.drift import Drift, page_shares, site_drift

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.run.before import Before
    from pipeline.run.inventory import Inventory
    from pipeline.run.site_lines import Recount
    from pipeline.settings import DriftSettings

_FIELDS = ("article_id", "kind", "text")


def find_drift(
    before: Before,
    inventory: Inventory,
    recurring: Recount,
    articles: Mapping[str, Mapping[str, Any]],
    lines: pa.Table,
    *,
    settings: DriftSettings,
) -> tuple[Drift, ...]:
    """The shares that left their usual range, sorted by site; none in a first run.

    Earlier pages count with the labels they have after this run, so that a template learned now is no drift; those that
    were withdrawn count too: a site whose pages were all fetched anew has changed all the same.

    :param articles: rows of ``articles`` of all that stands after this run, by id
    :param lines: rows of ``lines`` of every article whose lines may have changed
    """
    new: defaultdict[str, list[str]] = defaultdict(list)
    earlier: defaultdict[str, list[str]] = defaultdict(list)
    site: str | None
    for identity in sorted(inventory.fresh - set(before.articles)):
        if identity in articles:
            site = articles[identity]["site"] or recurring.groups.get(identity)
            if site is not None:
                new[site].append(identity)
    for identity in sorted(before.articles, key=lambda i: (before.articles[i]["first_run"], i), reverse=True):
        site = before.articles[identity]["site"] or recurring.groups.get(identity)
        if site is not None and site in new and len(earlier[site]) < settings.window:
            earlier[site].append(identity)
    judged = [
        site
        for site in sorted(new)
        if len(new[site]) >= settings.min_pages and len(earlier[site]) >= settings.min_earlier
    ]
    if not judged:
        return ()
    wanted = {identity for site in judged for identity in (*new[site], *earlier[site])}
    here = lines.filter(pc.is_in(lines["article_id"], pa.array(sorted(wanted), pa.string()))).select(_FIELDS)
    stored = before.table("lines", sorted(wanted - set(here["article_id"].to_pylist())), _FIELDS)
    shares = page_shares(pa.concat_tables([here, stored]))
    return tuple(
        one
        for site in judged
        for one in site_drift(
            site,
            [shares[identity] for identity in earlier[site] if identity in shares],
            {identity: shares[identity] for identity in new[site] if identity in shares},
            settings,
        )
    )
