"""Rows of a table in the order of its key, on disk: a run's articles, paragraphs and lines are more than memory holds.

Shards leave their rows in the order of their inputs; tables, and most that is computed over the corpus, want them in
the order of their keys. They are sorted outside memory (external merge sort; Knuth, The Art of Computer Programming,
vol. 3, 5.4): as much as may be held is sorted and written as a *stretch*, cut where the ids of articles reach the next
of some bounds; then what all stretches have between two bounds is sorted together, and is one *piece*. So no piece has
part of an article, and what is held is one stretch, or one piece.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.memory import give_back
from pipeline.run.rows import in_order

STRETCH_BYTES = 16 << 20
"""Sorted at a time; twice as much is held while it is. Fewer rows than this are never written to disk."""

PIECE_BYTES = 8 << 20
"""Of a piece, about."""

_TEXTS = pa.schema([("text", pa.large_string())])

_IDS = 1 << 64
"""Ids of articles are digests, and so even over 64 bits."""


@dataclass(frozen=True, slots=True)
class Spool:
    """Sorted rows in pieces; those of one article are in one piece."""

    rows: pa.Table
    """All of them. Where there are many, they lie in a file and the system reads the columns that are looked at."""
    path: Path | None = None
    """The file, each of whose batches is a piece; None where the rows are in memory."""

    @property
    def schema(self) -> pa.Schema:
        """Of every piece."""
        return self.rows.schema

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The pieces in order, each read when it is asked for, and held by nobody else.

        :param columns: some of the fields; None for all
        """
        names = self.schema.names if columns is None else list(columns)
        if self.path is None:
            yield self.rows.select(names)
            return
        wanted = sorted(map(self.schema.get_field_index, names))
        options = pa.ipc.IpcReadOptions(included_fields=wanted)
        with pa.OSFile(str(self.path)) as file, pa.ipc.open_file(file, options=options) as stored:
            for number in range(stored.num_record_batches):
                yield pa.Table.from_batches([stored.get_batch(number)]).select(names)


def spooled(tables: Iterable[pa.Table], count: int, key: Sequence[str], path: Path) -> Spool:
    """Sort rows.

    :param tables: at least one, all of one schema, each small
    :param count: how many rows they have together, about
    :param key: fields to sort by, the id of an article first
    :param path: where the file goes, if there are many
    """
    bounds: list[str] | None = None
    held: list[pa.Table] = []
    size = 0
    # All stretches in one file, batch by batch: a file for each would be more than a process may open.
    stretches = path.with_name(f"{path.name}.stretches")
    with ExitStack() as stack:
        for table in tables:
            held.append(table)
            size += table.nbytes
            if size < STRETCH_BYTES:
                continue
            rows = pa.concat_tables(held)
            held.clear()
            if bounds is None:
                parts = max(size * count // max(rows.num_rows, 1) // PIECE_BYTES, 1)
                bounds = [f"{part * _IDS // parts:016x}" for part in range(1, parts)]
                writer = stack.enter_context(_writer(stretches, rows.schema))
            _write_stretch(rows, key, bounds, writer)
            del rows
            size = 0
        if bounds is None:
            return Spool(in_order(pa.concat_tables(held), key))
        if held:
            _write_stretch(pa.concat_tables(held), key, bounds, writer)
            held.clear()
    _merge(stretches, len(bounds) + 1, key, path)
    give_back()  # as much as three stretches take
    return Spool(pa.ipc.open_file(pa.memory_map(str(path))).read_all(), path)


def with_rows(pieces: Iterable[pa.Table], more: pa.Table, key: Sequence[str]) -> Iterator[pa.Table]:
    """Sorted pieces with the rows of some articles put in, instead of those that the pieces have of them.

    :param more: rows with the fields of the pieces, in any order
    :param key: fields to sort by, the id of an article first
    """
    more = in_order(more, key)
    ids = more[key[0]].to_pylist()
    done = 0
    for piece in pieces:
        end = bisect_right(ids, piece[key[0]][-1].as_py()) if piece.num_rows else done
        if end == done:
            yield piece
            continue
        kept = piece.filter(pc.invert(pc.is_in(piece[key[0]], pa.array(ids[done:end]))))
        yield in_order(pa.concat_tables([kept, more.slice(done, end - done)]), key)
        done = end
    if done < more.num_rows:
        yield more.slice(done)


def laid_down(texts: Iterable[pa.Array], path: Path) -> pa.ChunkedArray:
    """Texts (``large_string``) in a file that goes when nobody holds them; the system reads what is looked at."""
    with _writer(path, _TEXTS) as writer:
        for piece in texts:
            writer.write_batch(pa.record_batch([piece], schema=_TEXTS))
    column = pa.ipc.open_file(pa.memory_map(str(path))).read_all()["text"]
    with suppress(PermissionError):  # of Windows, where a file that is mapped keeps its name
        path.unlink()
    return column


@contextmanager
def _writer(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatchWriter]:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        yield writer


def _write_stretch(rows: pa.Table, key: Sequence[str], bounds: Sequence[str], writer: pa.RecordBatchWriter) -> None:
    """Sort rows, and write a batch for what lies between each two bounds."""
    rows = in_order(rows, key).combine_chunks()
    ids: Any = rows[key[0]]
    cuts = [bisect_left(range(rows.num_rows), bound, key=lambda at: ids[at].as_py()) for bound in bounds]
    for begin, end in zip([0, *cuts], [*cuts, rows.num_rows], strict=True):
        writer.write_batch(_batch(rows.slice(begin, end - begin)))


def _merge(stretches: Path, parts: int, key: Sequence[str], path: Path) -> None:
    """Write the pieces, each from the batches that are its own, and remove the stretches."""
    with pa.OSFile(str(stretches)) as file, pa.ipc.open_file(file) as stored, _writer(path, stored.schema) as writer:
        for part in range(parts):
            own = [stored.get_batch(number) for number in range(part, stored.num_record_batches, parts)]
            writer.write_batch(_batch(in_order(pa.Table.from_batches(own), key)))
    stretches.unlink()


def _batch(rows: pa.Table) -> pa.RecordBatch:
    """One batch of all rows, or of none."""
    batches = rows.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=rows.schema)
