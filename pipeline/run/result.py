"""What a run comes to: the changes it makes to the tables, its counts and its quality figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.changes import Changes, TableChange
from pipeline.corpus.runs import RunCounts
from pipeline.corpus.schema import ARTICLES, CORRECTIONS, DRIFT, DUPLICATES, LINES, QUARANTINE, SITE_LINES, STAMP
from pipeline.records import CHROME, Kind
from pipeline.run.near import BY_PLACE
from pipeline.run.rows import of_articles, replaced, table
from pipeline.run.site_lines import site_line_rows
from pipeline.run.spool import spooled, with_rows
from pipeline.run.work import TRUNCATED
from pipeline.sites.corrections import correction_rows
from pipeline.sites.drift import drift_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.corpus.changes import Pieces
    from pipeline.run.before import Before
    from pipeline.run.compare import Whole
    from pipeline.run.inventory import Inventory
    from pipeline.run.pieces import Finished
    from pipeline.run.shared import Texts
    from pipeline.run.site_lines import Recount
    from pipeline.run.spool import Spool
    from pipeline.run.work import Work
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
    made: Spool
    """Rows of the articles assembled in this run, earlier ones whose site template changed included: as they were
    assembled (``assembled_articles``)."""
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
            articles=TableChange(self._articles(pa.concat_tables([self._changed(), table(gone, ARTICLES.schema)]))),
            paragraphs=TableChange(self._paragraphs()),
            lines=TableChange(self.texts.pieces),
            duplicates=TableChange(self.whole.duplicates.pieces, old_pairs),
            site_lines=TableChange(table(site_lines, SITE_LINES.schema), table(old_lines, SITE_LINES.schema)),
            quarantine=TableChange(table(self.quarantine, QUARANTINE.schema), table(old_faults, QUARANTINE.schema)),
            corrections=TableChange(table(corrections, CORRECTIONS.schema), old_corrections),
            drift=TableChange(table(drift_rows(self.drift, run), DRIFT.schema)),
        )

    def _articles(self, earlier: pa.Table) -> Pieces:
        return lambda: with_rows(self._made(), earlier, ARTICLES.key)

    def _made(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The articles assembled in this run, with what was decided since: in pieces, sorted by their key.

        :param columns: some of the fields, ``id`` among them; None for all
        """
        names = ARTICLES.schema.names if columns is None else list(columns)
        for piece in self.made.pieces(names):
            own = [self.whole.articles[identity] for identity in piece["id"].to_pylist()]
            decided = {name: [row[name] for row in own] for name in _DECIDED if name in names}
            if STAMP in names:
                decided[STAMP] = [self.run] * len(own)
            # Few articles lose paragraphs, and with them some of their text.
            cut = [row["id"] for row in own if row["id"] in self.texts.fields]
            rows = replaced(piece, decided)
            theirs = rows.filter(pc.is_in(rows["id"], pa.array(cut, pa.string()))).to_pylist()
            fields = ({**row, **self.texts.fields[row["id"]]} for row in theirs)
            yield from with_rows([rows], table(fields, rows.schema), ARTICLES.key)

    def _changed(self) -> pa.Table:
        """Whole rows of the earlier articles that are not what they were."""
        made, articles, before = set(self.made.rows["id"].to_pylist()), self.whole.articles, self.before
        fields = self.texts.fields
        changed = [i for i, row in articles.items() if i not in made and (i in fields or row is not before.articles[i])]
        stored = before.article_rows(changed)
        rows = (row | articles[row["id"]] | fields.get(row["id"], {}) | {"run": self.run} for row in stored)
        return table(rows, ARTICLES.schema)

    def _paragraphs(self) -> Pieces:
        """Whole rows of all paragraphs of those articles of which one may not be what it was."""
        moved = self.whole.decided(self.before.table("paragraphs", self.whole.moved))
        return lambda: with_rows(map(self.whole.decided, self.whole.paragraphs.pieces()), moved, BY_PLACE)

    def counts(self, cpu_seconds: float) -> RunCounts:
        """How much of what the run met, and what that cost.

        :param cpu_seconds: processor time of the run's own process.
        """
        articles, inventory = self.whole.articles, self.inventory
        ids: list[str] = []
        total: Counter[str] = Counter()
        for worked in of_articles(self._made(("id", *_SUMMED)), inventory.fresh, "id"):
            ids += worked["id"].to_pylist()
            total.update({name: pc.sum(worked[name], min_count=0).as_py() for name in _SUMMED})
        kinds: Counter[str] = Counter()
        for own in of_articles(self.texts.pieces((*LINES.key, "kind")), ids):
            kinds.update({row["values"]: row["counts"] for row in own["kind"].value_counts().to_pylist()})
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
            duplicates=self.whole.duplicates.counts(),
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
        count = rows.num_rows
        if not count:
            return {"quarantined": 1.0} if faults else {}
        return {
            "certainty": round(fsum(rows["certainty"].to_pylist()) / count, 4),
            "kept_share": round(fsum(rows["kept_share"].to_pylist()) / count, 4),
            "empty_articles": round(sum(rows["is_empty"].to_pylist()) / count, 4),
            "without_title": round(rows["title"].null_count / count, 4),
            "duplicate_articles": round(rows["is_canonical"].to_pylist().count(False) / count, 4),
            "quarantined": round(len(faults) / (count + len(faults)), 4),
        }

    def examples(self) -> dict[str, tuple[str, ...]]:
        """For figures of ``quality``, the sources of all inputs that count in them, sorted."""
        rows = self._judged()
        counted = {
            "empty_articles": rows["source"].filter(rows["is_empty"]).to_pylist(),
            "duplicate_articles": rows["source"].filter(pc.invert(rows["is_canonical"])).to_pylist(),
            "quarantined": [row["source"] for row in self._new_faults()],
        }
        return {figure: tuple(sorted(sources)) for figure, sources in counted.items()}

    def _judged(self) -> pa.Table:
        """Of the articles worked on what says how good they are."""
        judged = []
        for piece in self._made(("id", *_JUDGED, "text")):
            rows = piece.select(_JUDGED).append_column("is_empty", pc.equal(piece["text"], ""))
            # Copied: a column as it was read holds all that was read with it, texts too.
            judged.append(rows.take(pa.array(range(rows.num_rows), pa.int64())))
        return pa.concat_tables(judged)

    def _new_faults(self) -> list[Row]:
        """Rows of quarantine that were not there before: what stays there is no news each night."""
        before = set(self.before.table("quarantine")["id"].to_pylist())
        return [row for row in self.quarantine if row["id"] not in before]


def assembled_articles(work: Work) -> Spool:
    """Rows of ``articles`` as the shards left them, by id."""
    every = work.each("articles", ARTICLES.schema)
    return spooled(every, work.count("articles"), ARTICLES.key, work.folder / "sorted-articles.arrow")
