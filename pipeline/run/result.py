"""What a run comes to: the changes it makes to the tables, its counts and its quality figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.changes import Changes, TableChange
from pipeline.corpus.runs import RunCounts
from pipeline.corpus.schema import ARTICLES, CORRECTIONS, DRIFT, DUPLICATES, QUARANTINE, SITE_LINES
from pipeline.records import CHROME, Kind
from pipeline.run.rows import replaced, table
from pipeline.run.site_lines import site_line_rows
from pipeline.run.work import TRUNCATED
from pipeline.sites.corrections import correction_rows
from pipeline.sites.drift import drift_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.run.before import Before
    from pipeline.run.compare import Whole
    from pipeline.run.inventory import Inventory
    from pipeline.run.pieces import Finished
    from pipeline.run.shared import Texts
    from pipeline.run.site_lines import Recount
    from pipeline.sites.drift import Drift

Row = dict[str, Any]

_SUMMED = ("lines", "body_lines", "paragraphs", "input_bytes")
_JUDGED = ("source", "certainty", "kept_share", "title", "is_canonical")
_DECIDED = ("canonical_id", "is_canonical", "canonical_reason", "cluster_size", "withdrawn", "first_run")
"""Fields of an article that comparing decides."""


@dataclass(frozen=True, slots=True)
class Result:
    """All that the stages of one run found out."""

    run: str
    origins: tuple[str, ...]
    """The SOURCEs that were listed."""
    before: Before
    inventory: Inventory
    recurring: Recount
    whole: Whole
    made: pa.Table
    """Rows of the articles assembled in this run, earlier ones whose site template changed included
    (``made_articles``)."""
    texts: Texts
    quarantine: tuple[Row, ...]
    drift: tuple[Drift, ...]
    passed_over: Mapping[str, int]
    """What stood in web archives besides whole pages (``read_passed_over``)."""
    finished: tuple[Finished, ...]
    """Every shard, once for each stage."""

    def changes(self) -> Changes:
        """What the tables must hold; publishing writes only the rows that differ."""
        before, run = self.before, self.run
        gone = [row | {"withdrawn": run, "run": run} for row in before.article_rows(self.inventory.gone)]
        old_pairs = before.table("duplicates", columns=DUPLICATES.key)
        old_lines = [row for row in before.table("site_lines").to_pylist() if row["site"] in self.recurring.sites]
        old_faults = [row for row in before.table("quarantine").to_pylist() if row["origin"] in self.origins]
        site_lines = site_line_rows(self.recurring.lines, run)
        corrections = correction_rows(self.recurring.corrections, run)
        old_corrections = before.table("corrections", columns=CORRECTIONS.key)
        return Changes(
            articles=TableChange(pa.concat_tables([self.made, self._changed(), table(gone, ARTICLES.schema)])),
            paragraphs=TableChange(self._paragraphs()),
            lines=TableChange(self.texts.lines),
            duplicates=TableChange(self.whole.duplicates, old_pairs),
            site_lines=TableChange(table(site_lines, SITE_LINES.schema), table(old_lines, SITE_LINES.schema)),
            quarantine=TableChange(table(self.quarantine, QUARANTINE.schema), table(old_faults, QUARANTINE.schema)),
            corrections=TableChange(table(corrections, CORRECTIONS.schema), old_corrections),
            drift=TableChange(table(drift_rows(self.drift, run), DRIFT.schema)),
        )

    def _changed(self) -> pa.Table:
        """Whole rows of the earlier articles that are not what they were."""
        made, articles, before = set(self.made["id"].to_pylist()), self.whole.articles, self.before
        fields = self.texts.fields
        changed = [i for i, row in articles.items() if i not in made and (i in fields or row is not before.articles[i])]
        stored = before.article_rows(changed)
        rows = (row | articles[row["id"]] | fields.get(row["id"], {}) | {"run": self.run} for row in stored)
        return table(rows, ARTICLES.schema)

    def _paragraphs(self) -> pa.Table:
        """Whole rows of all paragraphs of those articles of which one may not be what it was."""
        moved = self.before.table("paragraphs", self.whole.moved)
        return pa.concat_tables([self.whole.paragraphs, self.whole.decided(moved)])

    def counts(self, cpu_seconds: float) -> RunCounts:
        """How much of what the run met, and what that cost.

        :param cpu_seconds: processor time of the run's own process.
        """
        articles, inventory = self.whole.articles, self.inventory
        worked = self.made.filter(pc.is_in(self.made["id"], pa.array(sorted(inventory.fresh), pa.string())))
        ids = worked["id"].to_pylist()
        total = {name: pc.sum(worked[name], min_count=0).as_py() for name in _SUMMED}
        own = self.texts.lines.filter(pc.is_in(self.texts.lines["article_id"], pa.array(ids, pa.string())))
        kinds = {row["values"]: row["counts"] for row in own["kind"].value_counts().to_pylist()}
        pairs = self.whole.duplicates.group_by(["level", "relation"]).aggregate([([], "count_all")]).to_pylist()
        return RunCounts(
            inputs=len(ids) + len(inventory.unchanged) + len(self.quarantine),
            new=sum(identity not in self.before.articles for identity in ids),
            unchanged=len(inventory.unchanged),
            withdrawn=len(inventory.gone),
            articles=len(articles),
            canonical=sum(row["is_canonical"] for row in articles.values()),
            lines=total["lines"],
            body_lines=total["body_lines"],
            removed={kind.value: kinds[kind] for kind in sorted(CHROME | {Kind.DUPLICATE}) if kind in kinds},
            paragraphs=total["paragraphs"],
            duplicates=dict(sorted((f"{row['level']}:{row['relation']}", row["count_all"]) for row in pairs)),
            quarantined=dict(sorted(Counter(row["fault"] for row in self.quarantine).items())),
            corrections=self.recurring.fitted.counts(),
            drift=len({one.site for one in self.drift}),
            skipped={what: records for what, records in self.passed_over.items() if what != TRUNCATED},
            truncated=self.passed_over.get(TRUNCATED, 0),
            taken_over=sum(shard.taken_over for shard in self.finished),
            bytes=total["input_bytes"],
            cpu_seconds=round(cpu_seconds + sum(shard.cpu_seconds for shard in self.finished), 3),
        )

    def quality(self) -> dict[str, float]:
        """Figures of the articles worked on that show when a labeller or a site has changed."""
        rows, faults = self._judged(), self._new_faults()
        if not rows:
            return {"quarantined": 1.0} if faults else {}
        return {
            "certainty": round(sum(row["certainty"] for row in rows) / len(rows), 4),
            "kept_share": round(sum(row["kept_share"] for row in rows) / len(rows), 4),
            "empty_articles": round(sum(row["is_empty"] for row in rows) / len(rows), 4),
            "without_title": round(sum(row["title"] is None for row in rows) / len(rows), 4),
            "duplicate_articles": round(sum(not row["is_canonical"] for row in rows) / len(rows), 4),
            "quarantined": round(len(faults) / (len(rows) + len(faults)), 4),
        }

    def examples(self) -> dict[str, tuple[str, ...]]:
        """For figures of ``quality``, the sources of all inputs that count in them, sorted."""
        rows = self._judged()
        counted = {
            "empty_articles": [row["source"] for row in rows if row["is_empty"]],
            "duplicate_articles": [row["source"] for row in rows if not row["is_canonical"]],
            "quarantined": [row["source"] for row in self._new_faults()],
        }
        return {figure: tuple(sorted(sources)) for figure, sources in counted.items()}

    def _judged(self) -> list[Row]:
        """Of the articles worked on what says how good they are."""
        is_empty = pc.equal(self.made["text"], "")
        rows: list[Row] = self.made.select(_JUDGED).append_column("is_empty", is_empty).to_pylist()
        return rows

    def _new_faults(self) -> list[Row]:
        """Rows of quarantine that were not there before: what stays there is no news each night."""
        before = set(self.before.table("quarantine")["id"].to_pylist())
        return [row for row in self.quarantine if row["id"] not in before]


def made_articles(rows: pa.Table, whole: Whole, texts: Texts, run: str) -> pa.Table:
    """Rows of ``articles`` with what the comparison decided.

    :param rows: as they were assembled
    """
    own = [whole.articles[identity] for identity in rows["id"].to_pylist()]
    decided = {name: [row[name] for row in own] for name in _DECIDED} | {"run": [run] * len(own)}
    rows = replaced(rows, decided)
    # Few articles lose paragraphs, and with them some of their text.
    is_cut = pa.array([row["id"] in texts.fields for row in own], pa.bool_())
    cut = (row | texts.fields[row["id"]] for row in rows.filter(is_cut).to_pylist())
    return pa.concat_tables([rows.filter(pc.invert(is_cut)), table(cut, ARTICLES.schema)])
