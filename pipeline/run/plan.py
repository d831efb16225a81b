"""From the files that were found to shards: the batches of work."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import FileRef
    from pipeline.settings import RunSettings

SHARDS_PER_WORKER = 4
"""So that a slow shard at the end leaves the other workers idle for a fraction of the stage only."""

SMALL_SHARD_FILES = 100
SMALL_SHARD_BYTES = 4_000_000
"""Below this a shard is not split for the sake of parallelism: starting a worker costs more than the work."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A batch of files; the unit of work."""

    number: int
    files: tuple[FileRef, ...]


def plan_shards(
    files: Sequence[FileRef], settings: RunSettings, workers: int, kept: Sequence[Shard] = ()
) -> list[Shard]:
    """Files in the order of ``source``, cut into shards bounded by bytes and count; after those that are ``kept``.

    Kept shards, finished by a run that did not end, stay as they are, and the others are numbered behind them.
    Files with the same ``source`` (from different SOURCE arguments) stay together, because the ids of inputs that are
    equal in path and content are numbered within a shard.
    """
    done = {file.uri for shard in kept for file in shard.files}
    first = max((shard.number for shard in kept), default=-1) + 1
    ordered = sorted(
        (file for file in files if file.uri not in done), key=lambda file: (file.source, file.origin, file.uri)
    )
    wanted = workers * SHARDS_PER_WORKER
    # Bounds from all files: what is left of a run that was killed is not cut smaller than it was.
    most_files = min(settings.shard_files, max(SMALL_SHARD_FILES, -(-len(files) // wanted)))
    total_bytes = sum(max(file.size, 0) for file in files)
    most_bytes = min(settings.shard_bytes, max(SMALL_SHARD_BYTES, -(-total_bytes // wanted)))
    shards: list[Shard] = []  # of the files that are left
    batch: list[FileRef] = []
    size = 0
    for _, group in groupby(ordered, key=lambda file: file.source):
        together = list(group)
        weight = sum(max(file.size, 0) for file in together)
        if batch and (len(batch) + len(together) > most_files or size + weight > most_bytes):
            shards.append(Shard(first + len(shards), tuple(batch)))
            batch, size = [], 0
        batch += together
        size += weight
    if batch:
        shards.append(Shard(first + len(shards), tuple(batch)))
    return [*kept, *shards]
