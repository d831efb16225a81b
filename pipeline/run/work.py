"""What the stages of one run hand over to each other: Parquet files in a folder that every worker sees."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.corpus.schema import ARTICLES, LINES, PARAGRAPHS, QUARANTINE
from pipeline.memory import give_back
from pipeline.records import Fault, Kind, Quarantined
from pipeline.run.growing import Growing
from pipeline.run.manifest import FILES, Stage
from pipeline.run.pieces import Piece
from pipeline.run.rows import PAGES, in_order, quarantined_from, table
from pipeline.run.spool import laid_down
from pipeline.settings import Settings
from pipeline.shelf import Shelf
from pipeline.sites.decide import Deciders
from pipeline.sites.files import SiteFiles
from pipeline.templates.columns import PageColumns, of_rows, together
from pipeline.templates.pages import PageLines
from pipeline.templates.recurrence import SiteLine

KNOWN = pa.schema([("file", pa.string()), ("id", pa.string()), ("origin", pa.string()), ("recipe", pa.string())])
"""What a run knows of articles that are already in the corpus, in the order of the files they were read from."""

_RECORD = "#[0-9]+$"
"""The number of a record, behind the name of its file."""

_KNOWN_ROWS = 8_192
"""Rows that are read together: a shard has some hundreds of files, which stand side by side."""

_READ_BYTES = 2 << 20
"""Of files' rows that are read together, encoded: several times as much in Arrow."""

UNCHANGED = pa.schema([("id", pa.string())])
"""Ids of inputs that are in the corpus already, with the same recipe."""

RECURRENCE = pa.schema(
    [
        ("id", pa.string()),
        ("site", pa.string()),
        ("headline", pa.string()),
        ("longest", pa.string()),
        ("lines", pa.list_(pa.struct([("digest", pa.string()), ("text", pa.string()), ("kind", pa.string())]))),
    ]
)
"""``PageLines`` of the pages."""

PASSED_OVER = pa.schema([("what", pa.string()), ("records", pa.int64())])
"""How many records of web archives were skipped, by reason (``pipeline.records.Skip``), and how many pages are
``TRUNCATED``."""

TRUNCATED = "truncated"

KNOWN_FILE, HELD = "known.parquet", "held.parquet"
"""Files that say what the corpus knows of inputs."""

DECIDERS = ("templates.parquet", "corrected.parquet", "groups.parquet")
"""Files that say what decides on lines beside the labeller."""

COSTLY = frozenset({Fault.CRASHED, Fault.TIMEOUT, Fault.OUT_OF_MEMORY})
"""Faults that may take a worker's time and life at every try."""

TEMPLATES = pa.schema(
    [
        ("site", pa.string()),
        ("digest", pa.string()),
        ("text", pa.string()),
        ("pages", pa.int32()),
        ("site_pages", pa.int32()),
        ("kind", pa.string()),
    ]
)
"""The site lines that are templates."""

GROUPS = pa.schema([("id", pa.string()), ("site", pa.string())])
"""Stand-in sites of pages without a URL."""

CORRECTED = pa.schema([("id", pa.string()), ("line", pa.int32()), ("part", pa.int32()), ("kind", pa.string())])
"""Lines that people corrected."""


FILE_SCHEMAS: Mapping[str, pa.Schema] = {
    "pages": PAGES,
    "lines": LINES.schema,
    "recurrence": RECURRENCE,
    "unchanged": UNCHANGED,
    "passed-over": PASSED_OVER,
    "quarantine-label": QUARANTINE.schema,
    "articles": ARTICLES.schema,
    "paragraphs": PARAGRAPHS.schema,
    "final-lines": LINES.schema,
    "quarantine-assemble": QUARANTINE.schema,
}
"""What a shard's files hold, by name."""


@dataclass(frozen=True, slots=True)
class Work:
    """The folder."""

    folder: Path

    def path(self, name: str, shard: int) -> Path:
        """The file of one shard."""
        return self.folder / f"{name}-{shard:05d}.parquet"

    def tables(self, name: str, schema: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
        """All shards' files of one name, in the order of their shards, as one table.

        :param columns: some of its fields; None for all
        """
        wanted = schema if columns is None else pa.schema([schema.field(column) for column in columns])
        paths = sorted(self.folder.glob(f"{name}-*.parquet"))
        return pa.concat_tables([wanted.empty_table(), *(pq.read_table(path, schema=wanted) for path in paths)])

    def each(self, name: str, schema: pa.Schema, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The same as some small tables, of which there is always one."""
        wanted = schema if columns is None else pa.schema([schema.field(column) for column in columns])
        yield wanted.empty_table()
        for path in sorted(self.folder.glob(f"{name}-*.parquet")):
            with pq.ParquetFile(path) as file:
                for groups in _read_together(file.metadata):
                    yield (
                        file.read_row_groups(groups, wanted.names, use_threads=False).select(wanted.names).cast(wanted)
                    )

    def count(self, name: str) -> int:
        """Rows in all shards' files of one name."""
        return sum(int(pq.read_metadata(path).num_rows) for path in self.folder.glob(f"{name}-*.parquet"))

    def write(self, stage: Stage, number: int, pieces: Iterable[Piece]) -> None:
        """Write a stage's files of one shard as its pieces come, so that a shard of any size fits in memory.

        Each piece is a row group of the files for which it has rows. The files get their names when all are whole and
        on the disk.
        """
        mine = f"{os.getpid()}-{threading.get_ident()}.part"
        parts = {name: self.folder / f"{name}-{number:05d}.{mine}" for name in FILES[stage]}
        with ExitStack() as stack:
            for part in parts.values():
                stack.callback(part.unlink, missing_ok=True)
            with ExitStack() as files:
                open_files = {
                    name: files.enter_context(pq.ParquetWriter(part, FILE_SCHEMAS[name]))
                    for name, part in parts.items()
                }
                for piece in pieces:
                    for name, rows in piece.tables.items():
                        if rows.num_rows:
                            open_files[name].write_table(rows, row_group_size=rows.num_rows)
            for name, part in parts.items():
                with part.open("rb") as file:
                    os.fsync(file.fileno())
                part.replace(self.path(name, number))

    def pieces(self, shard: int, *names: str) -> Iterator[tuple[pa.Table, ...]]:
        """Row groups of files of one shard that were written side by side."""
        with ExitStack() as stack:
            files = [stack.enter_context(pq.ParquetFile(self.path(name, shard))) for name in names]
            for number in range(files[0].num_row_groups):
                yield tuple(file.read_row_group(number) for file in files)

    def rows(self, name: str, shard: int) -> int:
        """Rows in the file of one shard."""
        return int(pq.read_metadata(self.path(name, shard)).num_rows)

    def beats(self, stage: str) -> Path:
        """The folder of the workers' progress counts."""
        return self.folder / f"beats-{stage}"


def _read_together(metadata: pq.FileMetaData) -> Iterator[list[int]]:
    """Row groups of a file, a few MB at a time: each by itself would cost as much in calls as in reading."""
    some: list[int] = []
    size = 0
    for number in range(metadata.num_row_groups):
        some.append(number)
        size += metadata.row_group(number).total_byte_size
        if size >= _READ_BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some


@dataclass(frozen=True, slots=True)
class Job:
    """One run, as its stages see it."""

    run: str
    """Run id."""
    recipe: str
    """Digest of all that decides what reading and labelling make of an input; articles of the corpus carry it."""
    basis: str
    """Digest of all that decides what a stage makes of a shard: manifests carry it."""
    settings: Settings
    work: Work
    files: SiteFiles


def write_known(articles: pa.Table, work: Work) -> None:
    """Put what is known of the corpus's articles where every shard finds it.

    :param articles: rows of ``articles``, with an id, an origin, a recipe and a source at least
    """
    known = articles.append_column("file", _files(articles["source"])).select(KNOWN.names).cast(KNOWN)
    pq.write_table(in_order(known, ("file", "id")), work.folder / KNOWN_FILE, row_group_size=_KNOWN_ROWS)


def read_known(work: Work, sources: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Origin and recipe of the corpus's articles from some files, by id.

    Of the rest only what stands between them is read: every shard asks, and there are as many as the corpus has pages.

    :param sources: the files' sources
    """
    files = _files(pa.chunked_array([pa.array(sources, pa.string())])).unique().sort()
    if not len(files):
        return {}
    between = (pc.field("file") >= files[0]) & (pc.field("file") <= files[-1])
    known = pq.read_table(work.folder / KNOWN_FILE, filters=between)
    known = known.filter(pc.is_in(known["file"], files))
    told = zip(known["origin"].to_pylist(), known["recipe"].to_pylist(), strict=True)
    return dict(zip(known["id"].to_pylist(), told, strict=True))


def _files(sources: pa.ChunkedArray) -> pa.ChunkedArray:
    """The file that each input was read from; one whose own name ends like a record's number is as good as that."""
    return pc.replace_substring_regex(sources, _RECORD, "")


def write_held(before: Iterable[Mapping[str, Any]], articles: pa.Table, work: Work) -> None:
    """Put the rows of ``quarantine`` that stand while their inputs do not change where every shard finds them.

    They are those whose inputs cost a worker its time or its life. A file of records that could not be read to its end
    is not among them: the records before its end must be read again to be found again.

    :param articles: rows of the corpus's ``articles``.
    """
    held = [dict(row) for row in before if row["fault"] in COSTLY and row["sha256"] is not None]
    if any(row["stage"] == "read" for row in held):
        known = articles.select(["origin", "source"]).to_pylist()
        containers = {(row["origin"], row["source"].rpartition("#")[0]) for row in known}
        held = [row for row in held if row["stage"] != "read" or (row["origin"], row["source"]) not in containers]
    pq.write_table(table(held, QUARANTINE.schema), work.folder / HELD)


def read_held(work: Work) -> dict[tuple[str, str], Quarantined]:
    """Inputs that are not tried again while they have the same digest, by origin and source."""
    return {
        (row["origin"], row["source"]): quarantined_from(row) for row in pq.read_table(work.folder / HELD).to_pylist()
    }


def read_passed_over(work: Work) -> dict[str, int]:
    """The sum of what the shards noted, sorted by name."""
    total: Counter[str] = Counter()
    for row in work.tables("passed-over", PASSED_OVER).to_pylist():
        total[row["what"]] += row["records"]
    return dict(sorted(total.items()))


def recurrence_rows(pages: Sequence[PageLines]) -> list[dict[str, Any]]:
    """The counted lines of pages, as ``RECURRENCE``."""
    return [
        {
            "id": page.id,
            "site": page.site,
            "headline": page.headline,
            "longest": page.longest,
            "lines": [{"digest": digest, "text": text, "kind": kind.value} for digest, text, kind in page.lines],
        }
        for page in pages
    ]


def read_recurrence(work: Work) -> PageColumns:
    """What the shards noted of the lines of their pages; the system reads of these what is looked at."""
    join = partial(together, shelf=Shelf(work.folder))
    grown = Growing[PageColumns](lambda part: len(part.page), join)

    nothing = pa.chunked_array([], pa.large_string())  # an empty slice would hold the whole

    def texts() -> Iterator[pa.Array]:
        count = 0
        for rows in work.each("recurrence", RECURRENCE):
            part = of_rows(rows)
            yield from part.texts.chunks
            grown.add(replace(part, texts=nothing, text=part.text + count))
            count += len(part.texts)

    column = laid_down(texts(), work.folder / "recurrence-texts.arrow")
    whole = replace(grown.whole(), texts=column)
    give_back()
    return whole


def write_deciders(
    groups: Mapping[str, str],
    lines: Iterable[SiteLine],
    corrections: Mapping[str, Mapping[tuple[int, int], Kind]],
    work: Work,
) -> None:
    """Put all that decides beside the labeller where every shard finds it; of ``lines``, those that are templates."""
    templates = [
        {
            "site": line.site,
            "digest": line.digest,
            "text": line.text,
            "pages": line.pages,
            "site_pages": line.site_pages,
            "kind": line.kind.value,
        }
        for line in lines
        if line.is_template
    ]
    corrected = [
        {"id": identity, "line": line, "part": part, "kind": kind.value}
        for identity, kinds in corrections.items()
        for (line, part), kind in kinds.items()
    ]
    pq.write_table(table(templates, TEMPLATES), work.folder / "templates.parquet")
    pq.write_table(table(corrected, CORRECTED), work.folder / "corrected.parquet")
    pq.write_table(table(({"id": i, "site": s} for i, s in groups.items()), GROUPS), work.folder / "groups.parquet")


def read_deciders(job: Job) -> Deciders:
    """What decides on lines beside the labeller, in this run."""
    folder = job.work.folder
    templates: dict[str, dict[str, SiteLine]] = {}
    for row in pq.read_table(folder / "templates.parquet").to_pylist():
        line = SiteLine(**(row | {"kind": Kind(row["kind"])}), is_template=True)
        templates.setdefault(line.site, {})[line.digest] = line
    corrections: dict[str, dict[tuple[int, int], Kind]] = {}
    for row in pq.read_table(folder / "corrected.parquet").to_pylist():
        corrections.setdefault(row["id"], {})[row["line"], row["part"]] = Kind(row["kind"])
    groups = {row["id"]: row["site"] for row in pq.read_table(folder / "groups.parquet").to_pylist()}
    return Deciders(groups, templates, job.files, corrections)
