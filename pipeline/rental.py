"""When compiled loops are worth the moment that they take: plain ones can begin at once.

Compiled code is kept on disk by numba, beside the package or, where that cannot be written, in the user's cache folder
(``NUMBA_CACHE_DIR`` names another). Nobody waits for the compiler who has little to do: it is run when as much time has
been spent without it as it takes, so that a process never takes twice as long as the better choice (the ski rental;
Karlin et al., 1988).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Rental:
    """How much work this process has been asked for, and whether what comes next is for compiled loops.

    Only the time it takes depends on the answer.
    """

    def __init__(self, loading: float, compiling: float, loops: Callable[[], Iterable[Any]]) -> None:
        """:param loading: so much plain work takes as long as to load numba and what it keeps,
        :param compiling: ... and so much as to compile the loops as well.
        :param loops: imports them.
        """
        self._loading = loading
        self._compiling = compiling
        self._loops = loops
        self._done = 0.0
        self._is_kept: bool | None = None

    def __call__(self, more: float) -> bool:
        """Whether so much more work goes to the compiled loops."""
        self._done += more
        if self._done >= self._compiling:
            return True
        if self._done < self._loading:
            return False
        if self._is_kept is None:
            self._is_kept = _are_kept(self._loops())
        return self._is_kept


def _are_kept(loops: Iterable[Any]) -> bool:
    """Whether compiled code is on disk and fits this processor and these sources."""
    # numba has no public question for this; without a cache (NUMBA_DISABLE_JIT, say) nothing is on disk
    caches = [getattr(getattr(loop, "_cache", None), "_cache_file", None) for loop in loops]
    return all(one is not None and bool(one._load_index()) for one in caches)
