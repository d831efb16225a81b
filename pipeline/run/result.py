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
from pipeline.run.rows import table
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
    from pipeline.run.site_lines import Recount
    from pipeline.sites.drift import Drift

Row = dict[str, Any]


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
    made: tuple[str, ...]
    """Articles assembled in this run, earlier ones whose site template changed included."""
    lines: pa.Table
    """Rows of ``lines`` of the articles whose lines may have changed."""
    quarantine: tuple[Row, ...]
    drift: tuple[Drift, ...]
    passed_over: Mapping[str, int]
    """What stood in web archives besides whole pages (``read_passed_over``)."""
    finished: tuple[Finished, ...]
    """Every shard, once for each stage."""

    def changes(self) -> Changes:
        """What the tables must hold; publishing writes only the rows that differ."""
        before, run = self.before, self.run
        gone = [row | {"withdrawn": run} for row in before.article_rows(self.inventory.gone)]
        old_pairs = before.table("duplicates").select(DUPLICATES.key)
        old_lines = [row for row in before.table("site_lines").to_pylist() if row["site"] in self.recurring.sites]
        old_faults = [row for row in before.table("quarantine").to_pylist() if row["origin"] in self.origins]
        site_lines = site_line_rows(self.recurring.lines, run)
        corrections = correction_rows(self.recurring.corrections, run)
        old_corrections = before.table("corrections").select(CORRECTIONS.key)
        return Changes(
            articles=TableChange(table((row | {"run": run} for row in [*self._articles(), *gone]), ARTICLES.schema)),
            paragraphs=TableChange(self._paragraphs()),
            lines=TableChange(self.lines),
            duplicates=TableChange(self.whole.duplicates, old_pairs),
            site_lines=TableChange(table(site_lines, SITE_LINES.schema), table(old_lines, SITE_LINES.schema)),
            quarantine=TableChange(table(self.quarantine, QUARANTINE.schema), table(old_faults, QUARANTINE.schema)),
            corrections=TableChange(table(corrections, CORRECTIONS.schema), old_corrections),
            drift=TableChange(table(drift_rows(self.drift, run), DRIFT.schema)),
        )

    def _articles(self) -> list[Row]:
        """Whole rows of the articles that were made in this run, and of earlier ones that are not what they were."""
        made, articles, before = set(self.made), self.whole.articles, self.before
        changed = [i for i, row in articles.items() if i not in made and row != before.articles[i]]
        return [
            *(articles[identity] for identity in self.made),
            *(row | articles[row["id"]] for row in before.article_rows(changed)),
        ]

    def _paragraphs(self) -> pa.Table:
        """Whole rows of all paragraphs of those articles of which one may not be what it was."""
        moved = self.before.table("paragraphs", self.whole.moved)
        return pa.concat_tables([self.whole.paragraphs, self.whole.decided(moved)])

    def counts(self, cpu_seconds: float) -> RunCounts:
        """How much of what the run met, and what that cost.

        :param cpu_seconds: processor time of the run's own process.
        """
        articles, inventory = self.whole.articles, self.inventory
        worked = [articles[identity] for identity in self.made if identity in inventory.fresh]
        own = self.lines.filter(
            pc.is_in(self.lines["article_id"], pa.array([row["id"] for row in worked], pa.string()))
        )
        kinds = {row["values"]: row["counts"] for row in own["kind"].value_counts().to_pylist()}
        pairs = self.whole.duplicates.group_by(["level", "relation"]).aggregate([([], "count_all")]).to_pylist()
        return RunCounts(
            inputs=len(worked) + len(inventory.unchanged) + len(self.quarantine),
            new=sum(row["id"] not in self.before.articles for row in worked),
            unchanged=len(inventory.unchanged),
            withdrawn=len(inventory.gone),
            articles=len(articles),
            canonical=sum(row["is_canonical"] for row in articles.values()),
            lines=sum(row["lines"] for row in worked),
            body_lines=sum(row["body_lines"] for row in worked),
            removed={kind.value: kinds[kind] for kind in sorted(CHROME | {Kind.DUPLICATE}) if kind in kinds},
            paragraphs=sum(row["paragraphs"] for row in worked),
            duplicates=dict(sorted((f"{row['level']}:{row['relation']}", row["count_all"]) for row in pairs)),
            quarantined=dict(sorted(Counter(row["fault"] for row in self.quarantine).items())),
            corrections=self.recurring.fitted.counts(),
            drift=len({one.site for one in self.drift}),
            skipped={what: records for what, records in self.passed_over.items() if what != TRUNCATED},
            truncated=self.passed_over.get(TRUNCATED, 0),
            taken_over=sum(shard.taken_over for shard in self.finished),
            bytes=sum(row["input_bytes"] for row in worked),
            cpu_seconds=round(cpu_seconds + sum(shard.cpu_seconds for shard in self.finished), 3),
        )

    def quality(self) -> dict[str, float]:
        """Figures of the articles worked on that show when a labeller or a site has changed."""
        rows = [self.whole.articles[identity] for identity in self.made]
        faults = self._new_faults()
        if not rows:
            return {"quarantined": 1.0} if faults else {}
        return {
            "certainty": round(sum(row["certainty"] for row in rows) / len(rows), 4),
            "kept_share": round(sum(row["kept_share"] for row in rows) / len(rows), 4),
            "empty_articles": round(sum(not row["text"] for row in rows) / len(rows), 4),
            "without_title": round(sum(row["title"] is None for row in rows) / len(rows), 4),
            "duplicate_articles": round(sum(not row["is_canonical"] for row in rows) / len(rows), 4),
            "quarantined": round(len(faults) / (len(rows) + len(faults)), 4),
        }

    def examples(self) -> dict[str, tuple[str, ...]]:
        """For figures of ``quality``, the sources of all inputs that count in them, sorted."""
        rows = [self.whole.articles[identity] for identity in self.made]
        counted = {
            "empty_articles": [row["source"] for row in rows if not row["text"]],
            "duplicate_articles": [row["source"] for row in rows if not row["is_canonical"]],
            "quarantined": [row["source"] for row in self._new_faults()],
        }
        return {figure: tuple(sorted(sources)) for figure, sources in counted.items()}

    def _new_faults(self) -> list[Row]:
        """Rows of quarantine that were not there before: what stays there is no news each night."""
        before = set(self.before.table("quarantine")["id"].to_pylist())
        return [row for row in self.quarantine if row["id"] not in before]
