"""Exporting a corpus: one call, several formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.errors import UsageError
from pipeline.export.changed import CHANGES, changed_documents
from pipeline.export.choice import EVERYTHING, Choice
from pipeline.export.documents import Document, documents
from pipeline.export.jsonl import write_jsonl, write_shards
from pipeline.export.markdown import write_markdown
from pipeline.export.parquet import write_parquet
from pipeline.export.tei import write_tei

if TYPE_CHECKING:
    from pipeline.corpus.open import Corpus

FORMATS: dict[str, Callable[[Iterable[Document], str], int]] = {
    "jsonl": write_jsonl,
    "parquet": write_parquet,
    "markdown": write_markdown,
    "tei": write_tei,
}
"""Format name to what writes it."""


def export(
    corpus: Corpus,
    format: str,  # noqa: A002  # the option's name
    out: str,
    choice: Choice = EVERYTHING,
    *,
    shard_bytes: int = 0,
) -> int:
    """Write the articles of a corpus to ``out``; gives their number.

    The same inputs and settings give the same bytes. What stood at ``out`` is replaced when the export is whole.

    :param shard_bytes: JSON Lines only: begin another file in the folder ``out`` after so many bytes; 0: one file
    :raises UsageError: there is no such format, or ``out`` is no place for it. :raises RunError: it cannot be written.
    """
    write = FORMATS.get(format)
    if write is None:
        raise UsageError(f"unknown format {format!r}: there are {', '.join(FORMATS)}")
    if shard_bytes:
        if format != "jsonl":
            raise UsageError(f"--shard-mb: {format} is not cut into shards, jsonl is")
        write = partial(write_shards, shard_bytes=shard_bytes)
    return write(documents(corpus, choice), str(out))


def export_changes(corpus: Corpus, since: int, format: str, out: str, choice: Choice = EVERYTHING) -> int:  # noqa: A002
    """Write what changed since release ``since`` (``changed.changed_documents``) to ``out``; gives its number.

    :raises UsageError: ``format`` cannot hold changes, there is no such release, or ``out`` is no place for it.
    :raises RunError: it cannot be written.
    """
    changes: Iterable[dict[str, Any]] = changed_documents(corpus, since, choice)
    if format == "jsonl":
        return write_jsonl(changes, str(out))
    if format == "parquet":
        return write_parquet(changes, str(out), CHANGES)
    raise UsageError(f"--since: {format} cannot say what was removed; jsonl and parquet can")
