"""How work grows with its input: on four times the input, linear work takes about 4 times as long, quadratic 16."""

from __future__ import annotations

import time
from collections.abc import Callable

FACTOR = 4
LINEAR = 10.0
"""Between linear (4) and quadratic (16) work, with room for a busy machine."""

FLOOR_SECONDS = 0.005
"""What takes less is noise: then the larger input is measured against this."""


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times longer ``work(4 * size)`` takes than ``work(size)``, the quickest of three runs each."""
    return _seconds(work, FACTOR * size) / max(_seconds(work, size), FLOOR_SECONDS)


def _seconds(work: Callable[[int], object], size: int) -> float:
    runs = []
    for _ in range(3):
        start = time.process_time()
        work(size)
        runs.append(time.process_time() - start)
    return min(runs)
