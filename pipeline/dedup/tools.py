"""Which loops find near-duplicates: plain ones at once, or compiled ones that take a moment to load.

Both give the same bytes. Compiled code is kept on disk by numba, beside the package or, where that cannot be written,
in the user's cache folder (``NUMBA_CACHE_DIR`` names another). ``python -m pipeline.dedup.compiled`` makes it.
Nobody waits for the compiler who has little to compare: it is run when as much time has been spent without it as it
takes, so that a process never takes twice as long as the better choice (the ski rental; Karlin et al., 1988).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_WORTH_LOADING: Final = 0.8
"""Seconds of plain work: importing numba and its kept code takes about as long."""
_WORTH_COMPILING: Final = {"kernels": 5.0, "facts.kernels": 6.0}
"""The same for compiling a module."""
_LOOPS: Final = {
    "kernels": ("read_words", "gather", "rehash", "sign", "band_keys", "repeated", "pair_runs", "common", "stars"),
    "facts.kernels": ("judge_pairs",),
}


class _Choice:
    """How much work this process has been asked for. Only the time it takes depends on it."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._seconds = 0.0
        self._is_loaded = False

    def __call__(self, seconds: float) -> bool:
        self._seconds += seconds
        if not self._is_loaded:
            self._is_loaded = self._seconds >= _WORTH_COMPILING[self._module] or (
                self._seconds >= _WORTH_LOADING and _is_on_disk(self._module)
            )
        return self._is_loaded


is_worth_compiled: Callable[[float], bool] = _Choice("kernels")
"""Whether work that plain loops take so many more seconds for goes to the compiled ones."""

is_worth_judging_compiled: Callable[[float], bool] = _Choice("facts.kernels")
"""The same for what pairs of texts state differently, whose loops are compiled by themselves."""


@cache
def _is_on_disk(module: str) -> bool:
    """Whether a module's compiled code is there and fits this processor and these sources."""
    kernels = import_module(f"pipeline.dedup.{module}")
    # numba has no public question for this; without a cache (NUMBA_DISABLE_JIT, say) nothing is on disk
    loops = (getattr(kernels, name) for name in _LOOPS[module])
    caches = [getattr(getattr(loop, "_cache", None), "_cache_file", None) for loop in loops]
    return all(one is not None and bool(one._load_index()) for one in caches)
