"""Which articles a review page shows: all of a small corpus, and by a stated rule some of a large one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.corpus.open import Corpus

Row = dict[str, Any]

FACTS = (
    "id",
    "source",
    "origin",
    "url",
    "site",
    "title",
    "authors",
    "published",
    "language",
    "canonical_id",
    "canonical_reason",
    "cluster_size",
    "words",
    "lines",
    "removed_lines",
    "certainty",
    "labeller",
)
"""Fields of ``articles`` that the page shows."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Articles of a corpus, least certain first."""

    rows: tuple[Row, ...]
    """With the fields of ``FACTS``."""
    of: int
    """Articles that there are; withdrawn ones are not counted."""
    rule: str
    """How they were chosen, in words."""


def sample(corpus: Corpus, most: int) -> Sample:
    """Choose ``most`` articles, withdrawn ones left out, and the kept articles of their clusters besides.

    Half of them are the least certain of the corpus. The other half are taken from the sites in turn, the largest site
    first, from each its least certain, so that a site of which the labeller is (perhaps wrongly) sure is seen as well.
    """
    rows = corpus.table("articles", FACTS, pc.is_null(pc.field("withdrawn"))).to_pylist()
    rows.sort(key=_certainty)
    if len(rows) <= most:
        return Sample(tuple(rows), len(rows), f"All {len(rows):,} articles, least certain first.")
    least = rows[: (most + 1) // 2]
    chosen = {row["id"] for row in least} | {row["id"] for row in _in_turn(rows[len(least) :], most - len(least))}
    with_kept = chosen | {row["canonical_id"] for row in rows if row["id"] in chosen}
    shown = tuple(row for row in rows if row["id"] in with_kept)
    rule = (
        f"{len(shown):,} of {len(rows):,} articles: the {len(least):,} least certain, {len(chosen) - len(least):,} "
        "more taken from the sites in turn, and what is kept of their near-duplicates. The overview counts them all."
    )
    return Sample(shown, len(rows), rule)


def _certainty(row: Mapping[str, Any]) -> tuple[float, str]:
    return row["certainty"], row["id"]


def _in_turn(rows: Sequence[Row], count: int) -> list[Row]:
    """``count`` rows, from each site its first, then from each its second, and so on."""
    sites: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        sites[row["site"] or ""].append(row)
    order = sorted(sites, key=lambda site: (-len(sites[site]), site))
    ranked = sorted(
        (place, turn, row["id"], row) for turn, site in enumerate(order) for place, row in enumerate(sites[site])
    )
    return [row for *_, row in ranked[:count]]
