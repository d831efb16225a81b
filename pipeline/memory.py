"""Memory that a long run has freed goes back to the system before the next stage asks for its own.

An allocator keeps what is freed, in case it is asked for again. A stage frees hundreds of megabytes that no later stage
asks for in the same sizes, so peaks would add up. What can be said to an allocator differs by platform: where nothing
can, nothing is done, and only memory is lost.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import pyarrow as pa

_MMAP_THRESHOLD = -3
"""``M_MMAP_THRESHOLD`` of ``mallopt(3)``."""

OWN_BYTES = 4 << 20
"""Blocks of so many bytes are the system's own and go back when they are freed. By itself glibc raises this up to 32 MB
as such blocks are freed, and columns of a corpus lie between smaller ones that stay. At a quarter of a megabyte the
driver of a run spent twice the system's time on pages that came and went."""


def give_back() -> None:
    """Hand what is freed, and lies between what is not, back to the system; takes milliseconds.

    From the first call on, large blocks of this process go back when they are freed.
    """
    pa.default_memory_pool().release_unused()
    glibc = _glibc()
    if glibc is not None:
        glibc.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    """The C library, if it is one that can be asked; told, once, which blocks are large."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim") or not hasattr(library, "mallopt"):
        return None
    library.mallopt(_MMAP_THRESHOLD, OWN_BYTES)
    return library
