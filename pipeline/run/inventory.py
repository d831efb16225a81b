"""Which articles are new, which stand as they were, and which have lost their input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.run.rows import PAGES
from pipeline.run.work import UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Collection

    from pipeline.run.before import Before
    from pipeline.run.work import Work


@dataclass(frozen=True, slots=True)
class Inventory:
    """The articles of the corpus after reading, by what became of their inputs. All are article ids."""

    fresh: frozenset[str]
    """Inputs worked on in this run: new ones, and known ones under a new recipe."""
    unchanged: frozenset[str]
    """Inputs found again, with nothing to do."""
    elsewhere: frozenset[str]
    """Articles from SOURCEs that this run did not look at."""
    gone: frozenset[str]
    """Articles from SOURCEs of this run whose input is no longer there (as it was)."""

    @property
    def standing(self) -> frozenset[str]:
        """Articles from earlier runs that are part of the corpus and were not worked on again."""
        return self.unchanged | self.elsewhere


def take_inventory(before: Before, origins: Collection[str], work: Work) -> Inventory:
    """Compare what was read with what the corpus holds.

    :param origins: the SOURCEs that were listed whole in this run; only there can an input be missed.
    """
    fresh = frozenset(work.tables("pages", PAGES, ("id",)).column("id").to_pylist())
    unchanged = frozenset(work.tables("unchanged", UNCHANGED).column("id").to_pylist())
    found = fresh | unchanged
    rest = {identity: row for identity, row in before.articles.items() if identity not in found}
    present = {identity: row for identity, row in rest.items() if row["withdrawn"] is None}
    gone = frozenset(identity for identity, row in present.items() if row["origin"] in origins)
    return Inventory(fresh, unchanged, frozenset(present) - gone, gone)
