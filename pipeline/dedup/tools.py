"""Which loops find near-duplicates: plain ones at once, or compiled ones that take a moment to load.

Both give the same bytes. Compiled code is kept on disk by numba, beside the package or, where that cannot be written,
in the user's cache folder (``NUMBA_CACHE_DIR`` names another). ``python -m pipeline.dedup.compiled`` makes it.
Nobody waits for the compiler who has little to compare: it is run when as much time has been spent without it as it
takes, so that a process never takes twice as long as the better choice (the ski rental; Karlin et al., 1988).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_WORTH_LOADING: Final = 0.8
"""Seconds of plain work: importing numba and its kept code takes about as long."""
_WORTH_COMPILING: Final = 5.0
"""The same for compiling."""


class _Choice:
    """How much work this process has been asked for. Only the time it takes depends on it."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._is_loaded = False

    def __call__(self, seconds: float) -> bool:
        self._seconds += seconds
        if not self._is_loaded:
            self._is_loaded = self._seconds >= _WORTH_COMPILING or (self._seconds >= _WORTH_LOADING and _is_on_disk())
        return self._is_loaded


is_worth_compiled: Callable[[float], bool] = _Choice()
"""Whether work that plain loops take so many more seconds for goes to the compiled ones."""


@cache
def _is_on_disk() -> bool:
    """Whether compiled code is there and fits this processor and these sources."""
    from pipeline.dedup import kernels  # noqa: PLC0415

    loops: tuple[Any, ...] = (
        *(kernels.read_words, kernels.gather, kernels.rehash, kernels.sign),
        *(kernels.band_keys, kernels.repeated, kernels.pair_runs, kernels.common, kernels.stars),
    )
    # numba has no public question for this; without a cache (NUMBA_DISABLE_JIT, say) nothing is on disk
    caches = [getattr(getattr(loop, "_cache", None), "_cache_file", None) for loop in loops]
    return all(one is not None and bool(one._load_index()) for one in caches)
