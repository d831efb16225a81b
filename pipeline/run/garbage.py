"""How often Python looks for garbage while a run goes on."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW_OBJECTS = 50_000
"""More objects made than freed before the youngest are looked through; Python's own 700 are for small programs."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Within the block, look for cycles of unused objects less often.

    A run holds some small objects for each input, none of which are garbage before its end, and Python goes through all
    of them again whenever their number has grown by a quarter.
    """
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
