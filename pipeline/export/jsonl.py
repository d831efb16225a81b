"""JSON Lines: one document as one JSON object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import zstandard

from pipeline.export.target import folder_target, text_target

_SEPARATORS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""Characters that JSON allows inside a string, but at which some readers break lines; they are written as escapes."""

_LEVEL = 9
"""Of zstd, as in ``target``."""


def write_jsonl(documents: Iterable[Mapping[str, Any]], out: str) -> int:
    """Write documents to a file (``.gz``, ``.zst``: compressed) or to standard output (``-``); gives their number.

    Fields stand in the order in which the documents have them.

    :raises UsageError: ``out`` cannot be a file. :raises RunError: it cannot be written.
    """
    count = 0
    with text_target(out) as file:
        for document in documents:
            file.write(_line(document))
            count += 1
    return count


def write_shards(documents: Iterable[Mapping[str, Any]], out: str, shard_bytes: int) -> int:
    """Write documents to ``part-00000.jsonl.zst`` and so on in the folder ``out``; gives their number.

    :param shard_bytes: a file ends with the document that reaches so many bytes, before compression
    :raises UsageError: ``out`` is not a folder for an export. :raises RunError: it cannot be written.
    """
    count = 0
    with folder_target(out) as folder:
        for number, lines in enumerate(_shards(map(_line, documents), shard_bytes)):
            packed = zstandard.ZstdCompressor(level=_LEVEL).compress(b"".join(lines))
            (folder / f"part-{number:05}.jsonl.zst").write_bytes(packed)
            count += len(lines)
    return count


def _shards(lines: Iterable[bytes], shard_bytes: int) -> Iterator[list[bytes]]:
    shard: list[bytes] = []
    size = 0
    for line in lines:
        shard.append(line)
        size += len(line)
        if size >= shard_bytes:
            yield shard
            shard, size = [], 0
    if shard:
        yield shard


def _line(document: Mapping[str, Any]) -> bytes:
    line = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for separator, escape in _SEPARATORS.items():
        line = line.replace(separator, escape)
    return line.encode() + b"\n"
