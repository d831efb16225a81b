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


def give_back() -> None:
    """Hand what is freed, and lies between what is not, back to the system; takes milliseconds."""
    pa.default_memory_pool().release_unused()
    glibc = _glibc()
    if glibc is not None:
        glibc.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    """The C library, if it is one that can be asked (``malloc_trim(3)``)."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None
