"""What the corpus held before this run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from pipeline.corpus.open import Corpus
from pipeline.corpus.releases import read_releases
from pipeline.corpus.runs import RunRecord
from pipeline.corpus.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import pyarrow as pa

STANDING = (
    "id",
    "origin",
    "source",
    "recipe",
    "site",
    "url",
    "published",
    "words",
    "canonical_id",
    "is_canonical",
    "canonical_reason",
    "cluster_size",
    "withdrawn",
    "first_run",
)
"""The fields of an earlier article that a run decides by, or may decide otherwise. Texts are not among them: a night
reads those of the few articles that it writes again."""

SCAN_ROWS = 131_072
"""Rows in a piece of a table that is read whole: some 10 MB of text."""


@dataclass(frozen=True)
class Before:
    """The newest release of the corpus, or nothing where this is the first run."""

    corpus: Corpus | None

    @classmethod
    def open(cls, path: str) -> Before:
        """The corpus at ``path``; a place without one counts as empty."""
        releases = read_releases(path)
        return cls(Corpus(path, releases[-1], releases) if releases else None)

    @property
    def release(self) -> int:
        """Number of the release this run builds on; 0 before the first."""
        return 0 if self.corpus is None else self.corpus.release.number

    def table(
        self, name: str, articles: Collection[str] | None = None, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """A whole table, or its rows that belong to some articles (``lines`` and ``paragraphs``)."""
        if self.corpus is None or (articles is not None and not articles):
            empty = TABLES[name].schema.empty_table()
            return empty if columns is None else empty.select(columns)
        if articles is None:
            return self.corpus.table(name, columns)
        return self.corpus.table(name, columns, pc.field("article_id").isin(sorted(articles)))

    def batches(self, name: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Some columns of a whole table, piece by piece, in no promised order."""
        if self.corpus is not None:
            yield from self.corpus.batches(name, columns, batch_rows=SCAN_ROWS)

    @cached_property
    def rows(self) -> pa.Table:
        """``STANDING`` of the rows of ``articles``, the withdrawn ones included, by id."""
        return self.table("articles", columns=STANDING)

    @cached_property
    def articles(self) -> dict[str, dict[str, Any]]:
        """... and each row by its id."""
        return {row["id"]: row for row in self.rows.to_pylist()}

    def article_rows(self, ids: Collection[str]) -> list[dict[str, Any]]:
        """Whole rows of some articles, in the order of their ids."""
        if self.corpus is None or not ids:
            return []
        rows: list[dict[str, Any]] = self.corpus.table("articles", filter=pc.field("id").isin(sorted(ids))).to_pylist()
        return rows

    @property
    def signature_recipe(self) -> dict[str, int]:
        """How the stored signatures were made (``pipeline.run.compare.signature_recipe``)."""
        return dict(self.settings.get("signature_recipe", {}))

    @cached_property
    def runs(self) -> tuple[RunRecord, ...]:
        """What earlier runs said of themselves, in no promised order."""
        return tuple(RunRecord.from_row(row) for row in self.table("runs").to_pylist())

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The settings of the run that published this release; empty before the first."""
        if self.corpus is None:
            return {}
        last = [run for run in self.runs if run.run == self.corpus.release.run]
        return dict(last[0].settings) if last else {}
