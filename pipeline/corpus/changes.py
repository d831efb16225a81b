"""What a run wants to change in each table, and what of it truly differs from what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipeline.corpus.scan import scan
from pipeline.corpus.schema import (
    ARTICLES,
    CORRECTIONS,
    DRIFT,
    DUPLICATES,
    LINES,
    PARAGRAPHS,
    QUARANTINE,
    SITE_LINES,
    STAMP,
    Table,
)

if TYPE_CHECKING:
    from deltalake import DeltaTable


Pieces = Callable[[], Iterator[pa.Table]]
"""Gives rows in pieces, each time from the first: all rows of a group are in one piece, and the keys of a piece are
greater than those of the pieces before. So a table that no memory holds can be written."""


@dataclass(frozen=True, slots=True)
class TableChange:
    """Rows to put into one table and rows to take out of it.

    Rows are replaced by *group* (``Table.group``): every row of a group that ``upsert`` or ``delete`` mentions goes,
    then the rows of ``upsert`` stand. For ``articles`` a group is one row; for ``lines`` and ``paragraphs`` it is all
    rows of an article. A group in both is upserted.
    """

    upsert: pa.Table | Pieces | None = None
    """Rows with the schema of the table (columns in any order)."""
    delete: pa.Table | None = None
    """Groups to take out, with the columns of ``Table.group``."""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that one run changes, table by table."""

    articles: TableChange = field(default_factory=TableChange)
    paragraphs: TableChange = field(default_factory=TableChange)
    lines: TableChange = field(default_factory=TableChange)
    duplicates: TableChange = field(default_factory=TableChange)
    site_lines: TableChange = field(default_factory=TableChange)
    quarantine: TableChange = field(default_factory=TableChange)
    corrections: TableChange = field(default_factory=TableChange)
    drift: TableChange = field(default_factory=TableChange)

    def items(self) -> Iterator[tuple[Table, TableChange]]:
        """Each table with its change, in the order they are written."""
        yield ARTICLES, self.articles
        yield PARAGRAPHS, self.paragraphs
        yield LINES, self.lines
        yield DUPLICATES, self.duplicates
        yield SITE_LINES, self.site_lines
        yield QUARANTINE, self.quarantine
        yield CORRECTIONS, self.corrections
        yield DRIFT, self.drift


@dataclass(frozen=True, slots=True)
class Difference:
    """What must be written so that a table holds what a change asks for."""

    new: pa.Table | Iterator[pa.Table]
    """Rows whose key is not in the table; not all at hand where the table is empty and rows come in pieces."""
    changed: pa.Table
    """Rows whose key is there with other values."""
    gone: pa.Table
    """Keys of rows to take out."""

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        is_new = self.new.num_rows > 0 if isinstance(self.new, pa.Table) else True
        return is_new or bool(self.changed.num_rows or self.gone.num_rows)


def difference(table: Table, change: TableChange, stored: DeltaTable) -> Difference:
    """Compare ``change`` with the rows ``stored`` in the table; rows that only differ in ``run`` are unchanged.

    :raises ValueError: a field is missing, has another type, is null where it may not be, or a key stands twice. Pieces
        for an empty table are looked at when they are asked for.
    """
    if not callable(change.upsert):
        return _difference(table, change.upsert, change.delete, stored)
    pieces = _pieces(table, change.upsert())
    if stored.file_uris():
        # All together: for each piece the whole table would be read.
        rows = pa.concat_tables([table.schema.empty_table(), *pieces])
        return _difference(table, rows, change.delete, stored)
    first = next(pieces, None)
    empty = table.schema.empty_table()
    new = empty if first is None else chain([first], pieces)
    return Difference(new, empty, empty.select(table.key))


def _pieces(table: Table, pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Those that have rows, each ``_checked``.

    :raises ValueError: as ``_checked``, or the pieces are not in order.
    """
    last: Any = None
    for piece in pieces:
        if piece.num_rows:
            checked = _checked(table, piece)
            keys = checked.select(table.key)
            begin, end = (tuple(keys.slice(at, 1).to_pylist()[0].values()) for at in (0, keys.num_rows - 1))
            if last is not None and begin <= last:
                raise ValueError(f"rows for {table.name} come in pieces that are not in the order of {table.key}")
            last = end
            yield checked


def _difference(table: Table, rows: pa.Table | None, delete: pa.Table | None, stored: DeltaTable) -> Difference:
    """As ``difference``, of rows that are all at hand."""
    upsert = _checked(table, rows)
    groups = _groups(table, upsert, delete)
    if not groups.num_rows:
        return Difference(upsert, upsert, upsert.select(table.key))
    # A superset by columns one at a time first (a hash lookup while scanning), then exactly, by all of them together.
    near = scan(
        stored,
        table.schema.names,
        _all(ds.field(name).isin(groups[name].combine_chunks()) for name in table.group),
        asked=table.group,
    ).to_table()
    old = near.take(_positions(near, groups, table.group, "left semi"))
    if not old.num_rows:
        return Difference(upsert, upsert.slice(0, 0), old.select(table.key))
    old_at, new_at = _aligned(old, upsert, table.key)
    differs = pc.invert(_same_rows(table, old.take(old_at), upsert.take(new_at)))
    return Difference(
        new=upsert.take(_positions(upsert, old, table.key, "left anti")),
        changed=upsert.take(new_at.filter(differs).sort()),
        gone=old.take(_positions(old, upsert, table.key, "left anti")).select(table.key),
    )


def _checked(table: Table, rows: pa.Table | None) -> pa.Table:
    """``rows`` with the table's columns, types and order of fields, sorted by key."""
    if rows is None:
        return table.schema.empty_table()
    missing = [name for name in table.schema.names if name not in rows.column_names]
    if missing:
        raise ValueError(f"rows for {table.name} lack {', '.join(missing)}")
    for item in table.schema:
        if not item.nullable and rows[item.name].null_count:
            raise ValueError(f"rows for {table.name} have a null {item.name}")
    try:
        rows = rows.select(table.schema.names).cast(table.schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise ValueError(f"rows for {table.name} do not fit its schema: {error}") from error
    # Sorted rows give files whose minima and maxima let later merges and readers skip whole files. Large tables come
    # sorted: a copy of them would be half of a first run's memory.
    if not _rises(rows, table.key):
        rows = rows.sort_by([(name, "ascending") for name in table.key])
        if not _rises(rows, table.key):
            raise ValueError(f"rows for {table.name} have a key ({', '.join(table.key)}) twice")
    return rows


def _rises(rows: pa.Table, names: Sequence[str]) -> bool:
    """Whether the key of each row is greater than that of the row before."""
    rises = pa.scalar(False)
    for name in reversed(names):
        column = rows[name].combine_chunks()
        before, after = column[:-1], column[1:]
        rises = pc.or_(pc.less(before, after), pc.and_(pc.equal(before, after), rises))
    return rows.num_rows < 2 or bool(pc.all(rises).as_py())


def _groups(table: Table, upsert: pa.Table, delete: pa.Table | None) -> pa.Table:
    """The groups that a change mentions, each once."""
    mentioned = [upsert.select(table.group)]
    if delete is not None:
        mentioned.append(delete.select(table.group).cast(table.group_schema))
    return pa.concat_tables(mentioned).group_by(list(table.group)).aggregate([])


def _all(conditions: Iterator[ds.Expression]) -> ds.Expression:
    both = next(conditions)
    for condition in conditions:
        both = both & condition
    return both


def _positions(rows: pa.Table, keys: pa.Table, names: tuple[str, ...], how: str) -> pa.Array:
    """Positions, ascending, of the ``rows`` that have (``left semi``) or lack (``left anti``) a partner in ``keys``."""
    # Only keys and positions are joined: Arrow's join takes no list columns along.
    numbered = rows.select(names).append_column("_at", _counted(rows))
    found = numbered.join(keys.select(names), keys=list(names), join_type=how, use_threads=False)
    return found["_at"].combine_chunks().sort()


def _aligned(left: pa.Table, right: pa.Table, names: tuple[str, ...]) -> tuple[pa.Array, pa.Array]:
    """Positions in ``left`` and in ``right`` of the rows whose keys are equal."""
    pairs = (
        left.select(names)
        .append_column("_left", _counted(left))
        .join(
            right.select(names).append_column("_right", _counted(right)),
            keys=list(names),
            join_type="inner",
            use_threads=False,
        )
    )
    return pairs["_left"].combine_chunks(), pairs["_right"].combine_chunks()


def _counted(rows: pa.Table) -> pa.Array:
    return pa.array(range(rows.num_rows), pa.int64())


def _same_rows(table: Table, left: pa.Table, right: pa.Table) -> pa.Array:
    """For each pair of aligned rows, whether all fields but the stamp agree; null agrees with null."""
    same = pa.array([True] * left.num_rows, pa.bool_())
    for item in table.schema:
        if item.name == STAMP and STAMP not in table.key:
            continue
        a, b = left[item.name].combine_chunks(), right[item.name].combine_chunks()
        if pa.types.is_list(item.type):
            agree = _same_lists(a, b)
        else:
            agree = pc.or_(pc.fill_null(pc.equal(a, b), False), pc.and_(pc.is_null(a), pc.is_null(b)))
        same = pc.and_(same, agree)
    return same


def _same_lists(left: pa.ListArray, right: pa.ListArray) -> pa.Array:
    """For each pair whether two lists agree; null agrees with null. Arrow compares no lists, but most are empty."""
    sizes, others = (np.asarray(pc.fill_null(column.value_lengths(), -1)) for column in (left, right))
    same = sizes == others
    at = np.flatnonzero(same & (sizes > 0))
    pairs = zip(*(column.take(pa.array(at)).to_pylist() for column in (left, right)), strict=True)
    same[at] = [one == other for one, other in pairs]
    return pa.array(same)
