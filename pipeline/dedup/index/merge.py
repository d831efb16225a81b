"""Segments that are small beside their neighbour become one with it, so that there are few to search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.index.arrays import append, save
from pipeline.dedup.index.buckets import sorted_entries
from pipeline.dedup.index.segment import Segment, part_count
from pipeline.dedup.index.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.dedup.index.level import Level

GROWTH = 4
"""A segment must have this many times the texts of all that follow it. There are then at most as many segments as the
corpus has digits to this base, and a text is copied at most so often, whatever the size of the runs."""

_PIECE = 4_000_000
"""Values of a column that are copied at a time."""


def settle_segments(level: Level, folder: Path, run: str) -> Level:
    """The level with its last segments merged where they have grown large enough; older files stay as they are."""
    segments = level.texts.segments
    start = len(segments) - 1
    while start > 0 and segments[start - 1].count < GROWTH * sum(each.count for each in segments[start:]):
        start -= 1
    if start >= len(segments) - 1:
        return level
    whole = _merge(segments[start:], folder / f"{level.name}-merged-{run}", level.recipe.bands)
    return replace(level, texts=Texts((*segments[:start], whole)))


def _merge(segments: Sequence[Segment], folder: Path, bands: int) -> Segment:
    folder.mkdir(parents=True)
    for name in ("prints.u64", "words.u32", "shingles.u64", "signatures.u32"):
        column = name.partition(".")[0]
        _copy([getattr(segment, column).reshape(-1) for segment in segments], folder / name)
    _copy_ends([segment.ends for segment in segments], folder / "ends.i64")
    _copy_ends([segment.text_ends for segment in segments], folder / "text-ends.i64")
    _copy_ends([segment.passages[0] for segment in segments], folder / "passage-ends.i64")
    _copy([segment.passages[1] for segment in segments], folder / "passages.u64")
    _copy([segment.text_data for segment in segments], folder / "text.u8")
    known = np.concatenate([segment.known[0] for segment in segments])
    owners = np.concatenate([segment.known[1] for segment in segments])
    order = np.argsort(known, kind="stable")
    save(folder / "known.u64", known[order])
    save(folder / "known-ids.u32", owners[order])
    count = sum(segment.count for segment in segments)
    parts = part_count(count, bands)
    for part in range(parts):
        low, high = (part << 64) // parts, ((part + 1) << 64) // parts - 1
        pieces = [piece for segment in segments for piece in _between(segment, low, high)]
        keys = np.concatenate([np.zeros(0, dtype=np.uint64), *(piece[0] for piece in pieces)])
        ids = np.concatenate([np.zeros(0, dtype=np.uint32), *(piece[1] for piece in pieces)])
        keys, ids = sorted_entries(keys, ids)
        save(folder / f"{part:05}.keys.u64", keys)
        save(folder / f"{part:05}.ids.u32", ids)
    return Segment(folder, segments[0].first, count, segments[0].permutations)


def _between(segment: Segment, low: int, high: int) -> list[tuple[NDArray[np.uint64], NDArray[np.uint32]]]:
    found = []
    for keys, ids in segment.parts:
        here = slice(
            int(np.searchsorted(keys, np.uint64(low), "left")), int(np.searchsorted(keys, np.uint64(high), "right"))
        )
        found.append((keys[here], ids[here]))
    return found


def _copy(columns: Sequence[NDArray[np.generic]], path: Path) -> None:
    path.touch()
    for column in columns:
        for start in range(0, len(column), _PIECE):
            append(path, column[start : start + _PIECE])


def _copy_ends(columns: Sequence[NDArray[np.int64]], path: Path) -> None:
    path.touch()
    end = 0
    for column in columns:
        append(path, column + end)
        end += int(column[-1]) if len(column) else 0
