"""What the stages of one run hand over to each other: Parquet files in a folder that every worker sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.records import Kind
from pipeline.run.rows import table
from pipeline.settings import Settings
from pipeline.templates.recurrence import PageLines, SiteLine

KNOWN = pa.schema([("id", pa.string()), ("origin", pa.string()), ("recipe", pa.string())])
"""What a run knows of articles that are already in the corpus."""

UNCHANGED = pa.schema([("id", pa.string())])
"""Ids of inputs that are in the corpus already, with the same recipe."""

RECURRENCE = pa.schema(
    [
        ("site", pa.string()),
        ("story", pa.string()),
        ("lines", pa.list_(pa.struct([("digest", pa.string()), ("text", pa.string()), ("kind", pa.string())]))),
    ]
)
"""``PageLines`` of the pages whose site is known."""

PASSED_OVER = pa.schema([("what", pa.string()), ("records", pa.int64())])
"""How many records of web archives were skipped, by reason (``pipeline.records.Skip``), and how many pages are
``TRUNCATED``."""

TRUNCATED = "truncated"

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


class RowWriter:
    """A Parquet file that grows by row groups."""

    def __init__(self, file: pq.ParquetWriter) -> None:
        self._file = file

    def write(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add a row group."""
        self._file.write_table(table(rows, self._file.schema))


@dataclass(frozen=True, slots=True)
class Work:
    """The folder."""

    folder: Path

    def path(self, name: str, shard: int) -> Path:
        """The file of one shard."""
        return self.folder / f"{name}-{shard:05d}.parquet"

    def tables(self, name: str, schema: pa.Schema) -> pa.Table:
        """All shards' files of one name, in the order of their shards, as one table."""
        paths = sorted(self.folder.glob(f"{name}-*.parquet"))
        return pa.concat_tables([schema.empty_table(), *(pq.read_table(path, schema=schema) for path in paths)])

    @contextmanager
    def writer(self, name: str, shard: int, schema: pa.Schema) -> Iterator[RowWriter]:
        """Write the file of one shard piece by piece, each a row group, so that a shard of any size fits in memory."""
        with pq.ParquetWriter(self.path(name, shard), schema) as file:
            yield RowWriter(file)

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


@dataclass(frozen=True, slots=True)
class Job:
    """One run, as its stages see it."""

    run: str
    """Run id."""
    recipe: str
    """Digest of all that decides what reading and labelling make of an input."""
    settings: Settings
    work: Work


def write_known(rows: Iterable[Mapping[str, Any]], work: Work) -> None:
    """Put what is known of the corpus's articles where every shard finds it; ``rows`` are those of ``articles``."""
    known = table(({name: row[name] for name in KNOWN.names} for row in rows), KNOWN)
    pq.write_table(known, work.folder / "known.parquet")


def read_known(work: Work) -> dict[str, tuple[str, str]]:
    """Origin and recipe of the corpus's articles, by id."""
    known = pq.read_table(work.folder / "known.parquet").to_pylist()
    return {row["id"]: (row["origin"], row["recipe"]) for row in known}


def write_passed_over(counts: Mapping[str, int], shard: int, work: Work) -> None:
    """Note what a shard found in web archives besides pages."""
    rows = ({"what": what, "records": counts[what]} for what in sorted(counts))
    pq.write_table(table(rows, PASSED_OVER), work.path("passed-over", shard))


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
            "site": page.site,
            "story": page.story,
            "lines": [{"digest": digest, "text": text, "kind": kind.value} for digest, text, kind in page.lines],
        }
        for page in pages
    ]


def read_recurrence(work: Work) -> Iterator[PageLines]:
    """What the shards noted of the lines of their pages."""
    for row in work.tables("recurrence", RECURRENCE).to_pylist():
        lines = tuple((line["digest"], line["text"], Kind(line["kind"])) for line in row["lines"])
        yield PageLines(row["site"], row["story"], lines)


def write_templates(lines: Sequence[SiteLine], work: Work) -> None:
    """Put the templates of all sites where every shard finds them."""
    rows = [
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
    pq.write_table(table(rows, TEMPLATES), work.folder / "templates.parquet")


def read_templates(work: Work) -> dict[str, dict[str, SiteLine]]:
    """Templates by site and digest of the line."""
    found: dict[str, dict[str, SiteLine]] = {}
    for row in pq.read_table(work.folder / "templates.parquet").to_pylist():
        line = SiteLine(**(row | {"kind": Kind(row["kind"])}), is_template=True)
        found.setdefault(line.site, {})[line.digest] = line
    return found
