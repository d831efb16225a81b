"""Which loops label: array arithmetic at once, or compiled ones that take a moment to load and minutes of work to pay.

Both give the same labels. Compiled code is kept on disk by numba, beside the package or, where that cannot be
written, in the user's cache folder (``NUMBA_CACHE_DIR`` names another). ``python -m pipeline.label.tools`` makes it.
Nobody waits for the compiler who has little to label: it is run when as much time has been spent without it as it
takes, so that a process never takes twice as long as the better choice (the ski rental; Karlin et al., 1988).
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pipeline.label import features, words
from pipeline.label.network.loops import ARRAYS, Loops

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.label.features import Lines
    from pipeline.label.words import Words

_WORTH_LOADING: Final = 600_000
"""Characters, some 40 pages: labelling them by array arithmetic takes about as long as loading numba and its cache."""
_WORTH_COMPILING: Final = 25_000_000
"""The same for compiling, which takes some 15 seconds."""


@dataclass(frozen=True, slots=True)
class Tools:
    """One way to measure lines."""

    gather: Callable[[Sequence[Sequence[str]], Sequence[Sequence[bool]]], Lines]
    loops: Loops
    words: Words


PLAIN: Final = Tools(features.gather, ARRAYS, words.ARRAYS)


@cache
def compiled() -> Tools:
    """The compiled way; loads numba."""
    from pipeline.label import outline, words_compiled  # noqa: PLC0415
    from pipeline.label.network.compiled import COMPILED  # noqa: PLC0415

    return Tools(outline.gather, COMPILED, words_compiled.COMPILED)


class _Choice:
    """How much this process has labelled so far. Only the time it takes depends on it."""

    def __init__(self) -> None:
        self._characters = 0

    def __call__(self, characters: int) -> Tools:
        self._characters += characters
        if self._characters >= _WORTH_COMPILING or (self._characters >= _WORTH_LOADING and _is_on_disk()):
            return compiled()
        return PLAIN


tools_for: Callable[[int], Tools] = _Choice()
"""The way to measure so many characters more."""


@cache
def _is_on_disk() -> bool:
    """Whether compiled code is there and fits this processor and these sources."""
    from pipeline.label import screen_kernel, words_kernel  # noqa: PLC0415
    from pipeline.label.network import kernels  # noqa: PLC0415

    loops: tuple[Any, ...] = (
        *(screen_kernel.look, screen_kernel.outline, screen_kernel.tell, words_kernel.count, words_kernel.share),
        *(kernels.read_lines, kernels.compare_lines, kernels.add_vectors, kernels.run),
    )
    # numba has no public question for this; without a cache (NUMBA_DISABLE_JIT, say) nothing is on disk
    caches = [getattr(getattr(loop, "_cache", None), "_cache_file", None) for loop in loops]
    return all(one is not None and bool(one._load_index()) for one in caches)


def warm() -> float:
    """Compile what is not on disk yet; seconds of processor time."""
    from pipeline.label.network.model import load_network  # noqa: PLC0415

    started = time.process_time()
    tools = compiled()
    page, blank = ["The first line.", "Another one, of a made-up page."], [True, False]
    tools.gather([page], [blank])
    load_network().score([page], [blank], tools.loops)
    tools.words.said(page[0], ["line"])
    tools.words.shared(page[0], page)
    return time.process_time() - started


if __name__ == "__main__":
    sys.stderr.write(f"compiled loops are ready after {warm():.1f} s\n")
