"""Which walk finds a page's lines: that over its elements at once, or compiled loops that take a moment to load.

Both give the same. ``python -m pipeline.split.walk.tools`` compiles what is not on disk yet.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Final

from pipeline.rental import Rental
from pipeline.split.html import parse, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml.html import HtmlElement

    from pipeline.split.declaring import Declaring
    from pipeline.split.rendered import RenderedLine

    Walk = Callable[[HtmlElement], tuple[list[RenderedLine], Declaring]]

_WORTH_LOADING: Final = 30_000_000
"""Characters, some 100 pages: what is saved on them takes about as long as loading numba and its cache."""
_WORTH_COMPILING: Final = 1_000_000_000
"""The same for compiling, which takes some 13 seconds."""


def compiled(tree: HtmlElement) -> tuple[list[RenderedLine], Declaring]:
    """See ``html.walked``; loads numba."""
    from pipeline.split.walk import compiled as walk  # noqa: PLC0415

    return walk.walked(tree) or walked(tree)


def walk_for(characters: int) -> Walk:
    """What walks over a page of so many characters."""
    return compiled if is_worth_compiled(characters) else walked


def _loops() -> Iterable[Any]:
    from pipeline.split.walk import lines, names, tokens  # noqa: PLC0415

    return (tokens.read_tokens, names.read_names, lines.read_lines)


is_worth_compiled: Callable[[float], bool] = Rental(_WORTH_LOADING, _WORTH_COMPILING, _loops)
"""Whether pages of so many characters more go to the compiled loops."""


def warm() -> float:
    """Compile what is not on disk yet; seconds of processor time."""
    started = time.process_time()
    tree = parse("<p class=text>A line of a made-up page.</p>")
    assert tree is not None
    compiled(tree)
    return time.process_time() - started


if __name__ == "__main__":
    sys.stderr.write(f"compiled loops are ready after {warm():.1f} s\n")
