"""Columns of fixed-width little-endian integers or floats on disk, read through memory maps.

A column is one file without a header; its suffix names the type of its values. Any language can map it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Column = NDArray[Any]

TYPES = {".u8": "|u1", ".u32": "<u4", ".i64": "<i8", ".u64": "<u8", ".f64": "<f8"}
"""Suffix of a column's file to the numpy type of its values."""


def load(path: Path) -> Column:
    """A column, mapped and not read."""
    # An empty file cannot be mapped.
    if path.stat().st_size == 0:
        return np.zeros(0, dtype=TYPES[path.suffix])
    return np.memmap(path, dtype=TYPES[path.suffix], mode="r")


def append(path: Path, values: Column) -> None:
    """Add values to the end of a column, which need not exist yet."""
    with path.open("ab") as file:
        file.write(np.ascontiguousarray(values, dtype=TYPES[path.suffix]).data)


def save(path: Path, values: Column) -> None:
    """Write a column whole."""
    path.unlink(missing_ok=True)
    append(path, values)


def positions(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """``start, start + 1, ..., end - 1`` of each range, one range after the other."""
    sizes = ends - starts
    total = int(sizes.sum())
    if total == 0:
        return np.zeros(0, dtype=np.int64)
    before = np.cumsum(sizes) - sizes
    places: NDArray[np.int64] = np.arange(total, dtype=np.int64) + np.repeat(starts - before, sizes)
    return places
