"""JSON Lines: one document as one JSON object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pipeline.export.documents import Document
from pipeline.export.target import text_target

_SEPARATORS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""Characters that JSON allows inside a string, but at which some readers break lines; they are written as escapes."""


def write_jsonl(documents: Iterable[Document], out: str) -> int:
    """Write documents to a file (``.gz``, ``.zst``: compressed) or to standard output (``-``); gives their number.

    Fields stand in the order of ``documents.SCHEMA``.

    :raises UsageError: ``out`` cannot be a file. :raises RunError: it cannot be written.
    """
    count = 0
    with text_target(out) as file:
        for document in documents:
            file.write(_line(document).encode() + b"\n")
            count += 1
    return count


def _line(document: Document) -> str:
    line = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for separator, escape in _SEPARATORS.items():
        line = line.replace(separator, escape)
    return line
