"""Exporting a corpus: one call, several formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pipeline.errors import UsageError
from pipeline.export.documents import Document, documents
from pipeline.export.jsonl import write_jsonl
from pipeline.export.markdown import write_markdown
from pipeline.export.parquet import write_parquet

if TYPE_CHECKING:
    from pipeline.corpus.open import Corpus

FORMATS: dict[str, Callable[[Iterable[Document], str], int]] = {
    "jsonl": write_jsonl,
    "parquet": write_parquet,
    "markdown": write_markdown,
}
"""Format name to what writes it."""


def export(corpus: Corpus, format: str, out: str, *, all_articles: bool = False) -> int:  # noqa: A002  # the option's name
    """Write the canonical articles of a corpus (``all_articles``: every article) to ``out``; gives their number.

    The same inputs and settings give the same bytes. What stood at ``out`` is replaced when the export is whole.

    :raises UsageError: there is no such format, or ``out`` is no place for it. :raises RunError: it cannot be written.
    """
    write = FORMATS.get(format)
    if write is None:
        raise UsageError(f"unknown format {format!r}: there are {', '.join(FORMATS)}")
    return write(documents(corpus, all_articles=all_articles), str(out))
