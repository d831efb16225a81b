"""What a corpus looks like in numbers: the overview of the review page, and the plots of ``copydesk report``."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from pipeline.corpus.runs import RunRecord
from pipeline.records import BODY, CHROME, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from pipeline.corpus.open import Corpus

BINS = 20
"""Bins of equal width from 0 to 1 for scores and similarities."""
REMOVED = (*sorted(kind.value for kind in CHROME), Kind.DUPLICATE.value)
"""Kinds of removed lines, in the order in which they are shown."""
_BODY_KINDS = sorted(kind.value for kind in BODY)
UNKNOWN = "unknown"
"""Stands for the site of articles without a URL."""


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """One site's articles that are there."""

    site: str
    articles: int
    lines: int
    removed: Mapping[str, int]
    """Lines by kind."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Articles that are kept as one."""

    canonical_id: str
    title: str
    size: int
    sites: int
    relations: Mapping[str, int]
    """Its verified pairs by relation."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A corpus at one release; withdrawn articles are left out."""

    articles: int
    canonical: int
    lines: int
    body_lines: int
    removed: Mapping[str, int]
    """Removed lines by kind, in the order of ``REMOVED``."""
    reasons: Mapping[str, int]
    """Removed lines by who decided: ``model``, ``rule``, ``template``, ``duplicate``, ``override``."""
    sites: tuple[SiteFigures, ...]
    """Largest first."""
    scores: Mapping[str, tuple[int, ...]]
    """Lines by score in ``BINS`` bins: those that were ``kept`` as body and those that were ``removed``."""
    similarities: Mapping[str, tuple[int, ...]]
    """Verified pairs by exact Jaccard similarity in ``BINS`` bins, by ``<level> <relation>``."""
    clusters: tuple[Cluster, ...]
    """Of more than one article, largest first."""
    runs: tuple[RunRecord, ...]
    """All runs, oldest first."""


def figures_of(corpus: Corpus) -> Figures:
    """Read the figures of the open release; lines are read in batches."""
    columns = ["id", "site", "title", "canonical_id", "is_canonical", "withdrawn"]
    present = corpus.table("articles", columns, pc.is_null(pc.field("withdrawn")))
    lines = _Lines(present)
    for batch in corpus.batches("lines", ["article_id", "kind", "score", "reason"]):
        lines.add(batch)
    pairs = corpus.table("duplicates", ["level", "relation", "jaccard", "left_id", "right_id"])
    runs = sorted(corpus.table("runs").to_pylist(), key=lambda row: row["release"])
    return Figures(
        articles=present.num_rows,
        canonical=int(pc.sum(present["is_canonical"]).as_py() or 0),
        lines=sum(lines.kinds.values()),
        body_lines=sum(lines.kinds[kind] for kind in _BODY_KINDS),
        removed={kind: lines.kinds[kind] for kind in REMOVED if lines.kinds[kind]},
        reasons=dict(sorted(lines.reasons.items(), key=lambda item: (-item[1], item[0]))),
        sites=lines.by_site(),
        scores={name: tuple(counts.tolist()) for name, counts in lines.scores.items()},
        similarities=_similarities(pairs),
        clusters=_clusters(present, pairs),
        runs=tuple(RunRecord.from_row(row) for row in runs),
    )


class _Lines:
    """Counts over batches of ``lines``."""

    def __init__(self, articles: pa.Table) -> None:
        self.kinds = Counter[str]()
        self.reasons = Counter[str]()
        self.scores = {"kept": np.zeros(BINS, np.int64), "removed": np.zeros(BINS, np.int64)}
        self._ids = articles["id"].combine_chunks()
        names = pc.fill_null(articles["site"], UNKNOWN).to_pylist()
        self._site_of = names
        self._articles = Counter[str](names)
        self._by_site: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, batch: pa.RecordBatch) -> None:
        places = pc.index_in(batch["article_id"], value_set=self._ids)
        there = places.is_valid()
        kinds = batch["kind"].filter(there).to_pylist()
        places = places.filter(there).to_pylist()
        reasons = pc.list_element(pc.split_pattern(batch["reason"].filter(there), ":", max_splits=1), 0).to_pylist()
        bins = np.minimum((batch["score"].filter(there).to_numpy(zero_copy_only=False) * BINS).astype(int), BINS - 1)
        removed = np.array([kind in REMOVED for kind in kinds], dtype=bool)
        kept = np.array([kind in BODY for kind in kinds], dtype=bool)
        self.scores["removed"] += np.bincount(bins[removed], minlength=BINS)
        self.scores["kept"] += np.bincount(bins[kept], minlength=BINS)
        for place, kind, reason, gone in zip(places, kinds, reasons, removed.tolist(), strict=True):
            self.kinds[kind] += 1
            self._by_site[self._site_of[place]][kind] += 1
            if gone:
                self.reasons[reason] += 1

    def by_site(self) -> tuple[SiteFigures, ...]:
        sites = sorted(self._articles.items(), key=lambda item: (-item[1], item[0]))
        return tuple(
            SiteFigures(
                site=site,
                articles=articles,
                lines=self._by_site[site].total(),
                removed={kind: self._by_site[site][kind] for kind in REMOVED if self._by_site[site][kind]},
            )
            for site, articles in sites
        )


def _similarities(pairs: pa.Table) -> dict[str, tuple[int, ...]]:
    found: defaultdict[str, np.ndarray[Any, np.dtype[np.int64]]] = defaultdict(lambda: np.zeros(BINS, np.int64))
    for row in pairs.select(["level", "relation", "jaccard"]).to_pylist():
        found[f"{row['level']} {row['relation']}"][min(int(row["jaccard"] * BINS), BINS - 1)] += 1
    return {name: tuple(found[name].tolist()) for name in sorted(found)}


def _clusters(articles: pa.Table, pairs: pa.Table) -> tuple[Cluster, ...]:
    members: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in articles.to_pylist():
        members[row["canonical_id"]].append(row)
    canonical = {row["id"]: own for own, rows in members.items() for row in rows}
    relations: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs.filter(pc.field("level") == "article").to_pylist():
        own = canonical.get(pair["left_id"])
        if own is not None and own == canonical.get(pair["right_id"]):
            relations[own][pair["relation"]] += 1
    clusters = [
        Cluster(
            canonical_id=own,
            title=next((row["title"] or "" for row in rows if row["id"] == own), ""),
            size=len(rows),
            sites=len({row["site"] or UNKNOWN for row in rows}),
            relations=dict(sorted(relations[own].items())),
        )
        for own, rows in members.items()
        if len(rows) > 1
    ]
    return tuple(sorted(clusters, key=lambda cluster: (-cluster.size, cluster.canonical_id)))
