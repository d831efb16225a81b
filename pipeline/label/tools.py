"""Which loops label: array arithmetic at once, or compiled ones that take a moment to load and minutes of work to pay.

Both give the same labels. ``python -m pipeline.label.tools`` compiles what is not on disk yet.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pipeline.label import features, words
from pipeline.label.network.loops import ARRAYS, Loops
from pipeline.rental import Rental

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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


def _loops() -> Iterable[Any]:
    from pipeline.label import screen_kernel, words_kernel  # noqa: PLC0415
    from pipeline.label.network import kernels  # noqa: PLC0415

    return (
        *(screen_kernel.look, screen_kernel.outline, screen_kernel.tell, words_kernel.count, words_kernel.share),
        *(kernels.read_lines, kernels.compare_lines, kernels.add_vectors, kernels.run),
    )


_is_worth_compiled: Final = Rental(_WORTH_LOADING, _WORTH_COMPILING, _loops)


def tools_for(characters: int) -> Tools:
    """The way to measure so many characters more."""
    return compiled() if _is_worth_compiled(characters) else PLAIN


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
