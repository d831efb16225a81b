"""Which loops find near-duplicates: plain ones at once, or compiled ones that take a moment to load.

Both give the same bytes. ``python -m pipeline.dedup.compiled`` compiles what is not on disk yet.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from pipeline.rental import Rental

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WORTH_LOADING: Final = 0.8
"""Seconds of plain work: importing numba and its kept code takes about as long."""
_WORTH_COMPILING: Final = {"kernels": 5.0, "facts.kernels": 6.0}
"""The same for compiling a module."""
_LOOPS: Final = {
    "kernels": ("read_words", "gather", "rehash", "sign", "band_keys", "repeated", "pair_runs", "common", "stars"),
    "facts.kernels": ("judge_pairs",),
}


def _loops(module: str) -> Iterable[Any]:
    kernels = import_module(f"pipeline.dedup.{module}")
    return [getattr(kernels, name) for name in _LOOPS[module]]


def _rental(module: str) -> Callable[[float], bool]:
    return Rental(_WORTH_LOADING, _WORTH_COMPILING[module], partial(_loops, module))


is_worth_compiled: Callable[[float], bool] = _rental("kernels")
"""Whether work that plain loops take so many more seconds for goes to the compiled ones."""

is_worth_judging_compiled: Callable[[float], bool] = _rental("facts.kernels")
"""The same for what pairs of texts state differently, whose loops are compiled by themselves."""
