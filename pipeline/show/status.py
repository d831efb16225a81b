"""What is in a corpus: counts by language, site, kind, relation and fault, and how its last runs went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.runs import RunRecord
from pipeline.corpus.schema import TABLES
from pipeline.records import CHROME, Kind
from pipeline.show.screen import console_on, shortened, visible
from pipeline.show.trends import EXPLAINED, Trend, trend_lines, trends_of
from pipeline.sites.drift import drift_lines

if TYPE_CHECKING:
    from pipeline.corpus.open import Corpus

NAMED = 10
"""How many sites and languages are named, and how many runs are listed."""

EXAMPLES = 3
"""How many quarantined inputs are named for each fault."""

_UNKNOWN = "unknown"

_BATCH_ROWS = 131_072

REMOVED = (*sorted(CHROME), Kind.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Status:
    """What a corpus holds at one release."""

    release: int
    created: str
    articles: int
    """Articles whose input is still there; all counts are of these."""
    withdrawn: int
    canonical: int
    words: int
    """Words in the texts of canonical articles."""
    lines: int
    languages: Mapping[str, int]
    sites: Mapping[str, int]
    removed: Mapping[str, int]
    """Removed lines by kind."""
    duplicates: Mapping[str, int]
    """Verified pairs by ``<level> <relation>``."""
    templates: int
    """Lines known as a site's template."""
    quarantined: Mapping[str, tuple[str, ...]]
    """Sources of the inputs in quarantine by fault."""
    corrections: int
    """Lines that people corrected."""
    drift: Mapping[str, tuple[str, ...]]
    """What left its site's usual range, in words, by run; of the newest runs, newest first."""
    runs: tuple[RunRecord, ...]
    """All runs, newest first."""

    @property
    def trends(self) -> tuple[Trend, ...]:
        """How the figures of the last runs went."""
        return trends_of(self.runs)


def status_of(corpus: Corpus) -> Status:
    """Read from the tables of the open release what is in them."""
    articles = _rows(corpus, "articles", ["id", "site", "language", "words", "is_canonical", "withdrawn"])
    present = articles.filter(pc.field("withdrawn").is_null())
    if present.num_rows < articles.num_rows:
        ids = present["id"].combine_chunks()
        batches = corpus.batches("lines", ["article_id", "kind"], batch_rows=_BATCH_ROWS)
        kinds = _summed(batch["kind"].filter(pc.is_in(batch["article_id"], value_set=ids)) for batch in batches)
    else:
        kinds = _summed(batch["kind"] for batch in corpus.batches("lines", ["kind"], batch_rows=_BATCH_ROWS))
    pairs = corpus.batches("duplicates", ["level", "relation"], batch_rows=_BATCH_ROWS)
    relations = (pc.binary_join_element_wise(batch["level"], batch["relation"], " ") for batch in pairs)
    faults: dict[str, list[str]] = {}
    for row in corpus.table("quarantine", ["fault", "source"]).to_pylist():
        faults.setdefault(row["fault"], []).append(row["source"])
    canonical = present.filter(pc.field("is_canonical"))
    runs = sorted(corpus.table("runs").to_pylist(), key=lambda row: row["release"], reverse=True)
    drifts = corpus.table("drift", filter=pc.field("run").isin([row["run"] for row in runs[:NAMED]])).to_pylist()
    return Status(
        release=corpus.release.number,
        created=corpus.release.created,
        articles=present.num_rows,
        withdrawn=articles.num_rows - present.num_rows,
        canonical=canonical.num_rows,
        words=pc.sum(canonical["words"]).as_py() or 0,
        lines=sum(kinds.values()),
        languages=counted(present["language"]),
        sites=counted(present["site"]),
        removed={kind.value: kinds[kind.value] for kind in REMOVED if kind.value in kinds},
        duplicates=_summed(relations),
        templates=corpus.table("site_lines", ["line_sha"], pc.field("is_template")).num_rows,
        quarantined={fault: tuple(sorted(faults[fault])) for fault in sorted(faults)},
        corrections=corpus.table("corrections", ["target"]).num_rows,
        drift={
            row["run"]: tuple(lines)
            for row in runs[:NAMED]
            if (lines := drift_lines([drift for drift in drifts if drift["run"] == row["run"]]))
        },
        runs=tuple(RunRecord.from_row(row) for row in runs),
    )


def print_status(corpus: Corpus, file: IO[str] | None = None) -> None:
    """Print what is in a corpus, to standard output or ``file``."""
    console = console_on(file)
    for line in status_lines(status_of(corpus)):
        console.print(visible(line), soft_wrap=True)


def status_lines(status: Status) -> list[str]:
    """The status as lines of text."""
    lines = [
        f"release      {status.release}, published {status.created}",
        f"articles     {status.articles:,}, {status.canonical:,} canonical with {status.words:,} words"
        + (f"; {status.withdrawn:,} more withdrawn" if status.withdrawn else ""),
        f"languages    {_listed(status.languages)}",
        f"sites        {_listed(status.sites)}",
        f"lines        {status.lines:,}, {sum(status.removed.values()):,} removed"
        + (f": {_listed(_ranked(status.removed), len(status.removed))}" if status.removed else ""),
        f"duplicates   {_listed(status.duplicates)}",
        f"templates    {status.templates:,} lines that recur on their sites",
        f"corrections  {status.corrections:,}",
        f"quarantine   {sum(map(len, status.quarantined.values())):,}",
    ]
    for fault, sources in status.quarantined.items():
        named = ", ".join(shortened(visible(source), 60) for source in sources[:EXAMPLES])
        rest = len(sources) - EXAMPLES
        lines.append(f"  {fault:<20} {len(sources):,}: {named}{f' and {rest:,} more' if rest > 0 else ''}")
    lines.append(
        f"drift        {sum(map(len, status.drift.values())):,} in the last {min(len(status.runs), NAMED)} runs"
    )
    for run, said in status.drift.items():
        lines += [f"  {run}  {line}" for line in said[:NAMED]]
        if len(said) > NAMED:
            lines.append(f"  {run}  and {len(said) - NAMED:,} more")
    lines.append(f"trends       {EXPLAINED}")
    lines += [f"  {line}" for line in trend_lines(status.trends)]
    lines.append(f"runs         {len(status.runs):,}")
    lines += [_run_line(run) for run in status.runs[:NAMED]]
    return lines


def _run_line(run: RunRecord) -> str:
    counts = run.counts
    quarantined = sum(counts.quarantined.values())
    skipped = _listed(_ranked(counts.skipped), len(counts.skipped))
    passed_over = f", {sum(counts.skipped.values()):,} records skipped: {skipped}" if counts.skipped else ""
    passed_over += f", {counts.truncated:,} truncated" if counts.truncated else ""
    return (
        f"  {run.started}  {run.mode:<5}  {counts.inputs:,} inputs, {counts.new:,} new, "
        f"{counts.unchanged:,} unchanged, {quarantined:,} quarantined{passed_over}  ({run.run})"
    )


def _rows(corpus: Corpus, name: str, columns: Sequence[str]) -> pa.Table:
    """Some columns of a table, in no order: to count rows takes a fraction of what sorting them takes."""
    wanted = pa.schema([TABLES[name].schema.field(column) for column in columns])
    return pa.Table.from_batches(corpus.batches(name, columns, batch_rows=_BATCH_ROWS), wanted)


def counted(column: pa.ChunkedArray) -> dict[str, int]:
    """Values with their counts, most frequent first; null is unknown."""
    return _summed([column])


def _summed(columns: Iterable[pa.Array | pa.ChunkedArray]) -> dict[str, int]:
    """The same over several columns, one at a time: of millions of rows no more is held than a piece."""
    counts: Counter[str] = Counter()
    for column in columns:
        for pair in column.value_counts().to_pylist():
            counts[_UNKNOWN if pair["values"] is None else pair["values"]] += pair["counts"]
    return _ranked(counts)


def _ranked(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _listed(counts: Mapping[str, int], most: int = NAMED) -> str:
    """``en 12, de 3 and 4 more``."""
    if not counts:
        return "none"
    named = ", ".join(f"{shortened(visible(name), 60)} {count:,}" for name, count in list(counts.items())[:most])
    rest = len(counts) - most
    return named + (f" and {rest:,} more" if rest > 0 else "")
