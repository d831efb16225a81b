"""How work grows with its input: on four times the input, linear work takes about 4 times as long, quadratic 16."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

FACTOR = 4
LINEAR = 10.0
"""Between linear (4) and quadratic (16) work, with room for a busy machine."""

FLOOR_SECONDS = 0.005
"""What takes less is noise: then the larger input is measured against this."""


RUNS = 3
"""A machine that is busy with something else makes a run longer, never shorter."""


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times longer ``work(4 * size)`` takes than ``work(size)``, the quickest of three runs each.

    Of the larger input one run is enough where it shows that the work is linear: another could only show it better.
    """
    small = max(min(_seconds(work, size) for _ in range(RUNS)), FLOOR_SECONDS)
    least = math.inf
    for _ in range(RUNS):
        least = min(least, _seconds(work, FACTOR * size) / small)
        if least < LINEAR:
            break
    return least


def _seconds(work: Callable[[int], object], size: int) -> float:
    start = time.process_time()
    work(size)
    return time.process_time() - start
