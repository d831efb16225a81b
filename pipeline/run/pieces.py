"""What the work on a shard is made of: documents, each with its place, and finished pieces of several.

A stage is written as a generator of pieces that can begin anywhere and says what it is about to touch. So it can be cut
off at any document and taken up behind it (``pipeline.run.isolate``), or simply be run through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from pipeline.records import Fault

Position = tuple[int, int]
"""Place of a document in its shard: number of its file, and its number among all that the file holds; both from 0.
In a shard that is assembled, the number of the page, and 0. Positions are in the order of the work."""

Step = Literal["read", "split", "label", "assemble"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Said before a step that might not come back."""

    step: Step
    first: Position
    last: Position
    """The documents ``first`` to ``last`` are about to be worked on together."""

    @property
    def alone(self) -> bool:
        """Whether it is a single document."""
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class Piece:
    """What became of some documents."""

    after: Position
    """The next document."""
    tables: Mapping[str, pa.Table]
    """Rows for the shard's files, by name."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A shard that a stage is through with."""

    taken_over: bool
    """Whether a run that did not end had finished it already."""
    cpu_seconds: float
    """Processor time of the worker process that made it; 0 where there was none."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """Why a document is not worked on: the process that did so ended."""

    step: Step
    fault: Fault
    detail: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Where to take up the work on a shard, and what to beware of."""

    at: Position = (0, 0)
    """Everything before is done."""
    alone_until: Position = (0, 0)
    """Documents before this one are worked on one by one, because one of them ended a process."""
    culprits: Mapping[Position, Culprit] = field(default_factory=dict)
    """Documents that are put into quarantine at the step that did not come back."""

    def batch(self, position: Position, most: int) -> int:
        """How many documents to work on together from ``position`` on."""
        return 1 if position < self.alone_until else most


START = Resume()

END: Position = (-1, -1)
"""After the last document of a shard: nothing is left to be worked on."""

Marker = Callable[[Mark], None]
Producer = Callable[..., Iterator[Piece]]
"""Called with the arguments of its stage, then a ``Resume`` and a ``Marker``."""


def unmarked(_: Mark) -> None:
    """The marker of work that nobody watches."""
