"""Which sites' new pages look unlike their earlier ones, in this run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sites.drift import Drift, page_shares, site_drift
from pipeline.templates.columns import encoded, kinds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.run.before import Before
    from pipeline.run.inventory import Inventory
    from pipeline.run.shared import Texts
    from pipeline.run.site_lines import Recount
    from pipeline.settings import DriftSettings
    from pipeline.sites.drift import Shares

_FIELDS = ("article_id", "kind", "text")


def find_drift(
    before: Before,
    inventory: Inventory,
    recurring: Recount,
    articles: Mapping[str, Mapping[str, Any]],
    texts: Texts,
    *,
    settings: DriftSettings,
) -> tuple[Drift, ...]:
    """The shares that left their usual range, sorted by site; none in a first run.

    Earlier pages count with the labels they have after this run, so that a template learned now is no drift; those that
    were withdrawn count too: a site whose pages were all fetched anew has changed all the same.

    :param articles: rows of ``articles`` of all that stands after this run, by id
    :param texts: the lines of every article whose lines may have changed
    """
    new: defaultdict[str, list[str]] = defaultdict(list)
    earlier: defaultdict[str, list[str]] = defaultdict(list)
    site: str | None
    for identity in sorted(inventory.fresh - set(before.articles)):
        if identity in articles:
            site = articles[identity]["site"] or recurring.groups.get(identity)
            if site is not None:
                new[site].append(identity)
    rows = before.rows.select(["id", "site", "first_run"])
    rows = rows.sort_by([("first_run", "descending"), ("id", "descending")])
    for identity, by_url in zip(rows["id"].to_pylist(), rows["site"].to_pylist(), strict=True):
        site = by_url or recurring.groups.get(identity)
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
    shares = _shares(before, recurring, texts, wanted)
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


def _shares(before: Before, recurring: Recount, texts: Texts, wanted: set[str]) -> dict[str, Shares]:
    """Shares of some articles as they are after this run."""
    shares = _table_shares(texts.of(wanted, _FIELDS))
    stored = recurring.stored
    if stored is not None:
        rest = np.array(sorted(wanted - shares.keys()), dtype=stored.ids.dtype)
        kept = stored.only(np.isin(stored.ids, rest))
        shares |= page_shares(kept.names, kept.owner, kept.kind, kept.length)
    return shares | _table_shares(before.table("lines", wanted - shares.keys(), _FIELDS))


def _table_shares(lines: pa.Table) -> dict[str, Shares]:
    owner, pages = encoded(lines["article_id"])
    return page_shares(pages.to_pylist(), owner, kinds_of(lines["kind"]), np.asarray(pc.utf8_length(lines["text"])))
