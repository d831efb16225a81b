"""What differs between two sets of rows that are named by an id: the rows themselves are not kept, only digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Row = Mapping[str, Any]

_BYTES = 8
"""Of each field's digest: that a change goes unseen has odds of 1 in 2**64."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is no longer what it was."""

    change: Literal["added", "changed", "removed"]
    id: str
    fields: tuple[str, ...] = ()
    """Of a changed one: the fields that differ."""


def compared(before: Iterable[Row], after: Iterable[Row]) -> Iterator[tuple[Change, Row | None]]:
    """How ``after`` differs from ``before``: added and changed with their rows in the order of ``after``, then removed.

    Memory grows with the number of rows (some hundred bytes each), not with their size.

    :param before: rows with an ``id`` and with values that JSON can hold; all have the same fields
    """
    earlier = {row["id"]: _digests(row) for row in before}
    for row in after:
        digests = earlier.pop(row["id"], None)
        own = _digests(row)
        if digests is None:
            yield Change("added", row["id"]), row
        elif digests != own:
            yield Change("changed", row["id"], tuple(_differing(tuple(row), digests, own))), row
    for identity in sorted(earlier):
        yield Change("removed", identity), None


def _digests(row: Row) -> bytes:
    """Of each field in turn."""
    return b"".join(
        hashlib.blake2b(
            json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8"), digest_size=_BYTES
        ).digest()
        for value in row.values()
    )


def _differing(names: tuple[str, ...], one: bytes, other: bytes) -> Iterator[str]:
    for place, name in enumerate(names):
        part = slice(place * _BYTES, (place + 1) * _BYTES)
        if one[part] != other[part]:
            yield name
