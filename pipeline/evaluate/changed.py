"""Pages as other scrapers would have saved them: without blank lines, wrapped, in capitals, cut off before their end.

How much word F1 a change costs is measured against the labelled body lines of the page as changed, so that a page that
lost its end is not blamed for what is no longer there.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.evaluate.word_f1 import word_f1

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.evaluate.bench import BenchPage

_COLUMNS: Final = 72

Rows = list[tuple[str, bool, bool]]
"""Text, whether a blank line stands before it, whether it is body."""


def _as_is(rows: Rows) -> Rows:
    return rows


def _cut_off(rows: Rows) -> Rows:
    """Up to the line that ends two thirds of the body lines: no sign of the end is left."""
    body = [index for index, (_, _, is_body) in enumerate(rows) if is_body]
    return rows[: body[(len(body) * 2 - 1) // 3] + 1] if body else rows


def _no_blank_lines(rows: Rows) -> Rows:
    return [(text, False, body) for text, _, body in rows]


def _hard_wrapped(rows: Rows) -> Rows:
    wrapped: Rows = []
    for text, blank, body in rows:
        for number, piece in enumerate(textwrap.wrap(text, _COLUMNS, break_on_hyphens=False) or [text]):
            wrapped.append((piece, blank and number == 0, body))
    return wrapped


def _capitals(rows: Rows) -> Rows:
    return [(text.upper(), blank, body) for text, blank, body in rows]


CHANGES: Final[dict[str, Callable[[Rows], Rows]]] = {
    "as it is": _as_is,
    "cut off after two thirds of the body": _cut_off,
    "no blank lines": _no_blank_lines,
    "hard-wrapped at 72 columns": _hard_wrapped,
    "in capitals": _capitals,
}


def changed(page: BenchPage, change: Callable[[Rows], Rows]) -> tuple[str, str]:
    """The changed page's text, and its body."""
    rows = change([(text, blank, body) for (text, blank), body in zip(page.lines, page.body, strict=True)])
    text = "\n".join("\n" * blank + text for text, blank, _ in rows)
    return text, "\n".join(text for text, _, body in rows if body)


def robustness(
    pages: Sequence[BenchPage], kept: Sequence[str], label: Callable[[list[str]], list[str]]
) -> dict[str, Any]:
    """Mean word F1 against the labelled body lines after each change, and what the change costs, by corpus and type.

    :param kept: what is kept of each page as it is.
    :param label: what is kept of each page, given the changed texts of ``pages`` in order.
    """
    parts = {
        "WCXB article": [page.corpus == "wcxb" and page.page_type == "article" for page in pages],
        "WCXB": [page.corpus == "wcxb" for page in pages],
        "Fundus": [page.corpus == "fundus" for page in pages],
    }
    table: dict[str, Any] = {}
    for name, change in CHANGES.items():
        made = [changed(page, change) for page in pages]
        found = kept if change is _as_is else label([text for text, _ in made])
        scores = np.array([word_f1(text, truth) for text, (_, truth) in zip(found, made, strict=True)])
        for part, own in parts.items():
            if any(own):
                table.setdefault(part, {})[name] = {"word_f1": round(float(scores[np.array(own)].mean()), 4)}
    for figures in table.values():
        for name in CHANGES:
            figures[name]["change"] = round(figures[name]["word_f1"] - figures["as it is"]["word_f1"], 4)
    return table
