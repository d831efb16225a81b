"""What two texts state differently, remembered from run to run.

A difference hangs on the two texts as they are written, capitals and all, and on the rules of ``differ``; nothing else.
So it is kept under a hash of these: an answer that is found is the one that would be given, whichever texts a run
numbers first, and what older rules said is never found again.

    differences-pairs.u64     two halves of a pair's hash after the other, sorted by the first
    differences-ends.i64      where each pair's facts end
    differences-facts.u8      as JSON; nothing where no fact differs, as with most
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.differ import LISTED, Change, Difference, difference, rules
from pipeline.dedup.index.arrays import load, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_PAIRS, _ENDS, _FACTS = "differences-pairs.u64", "differences-ends.i64", "differences-facts.u8"
_SAME = Difference()


def remembered(pairs: Sequence[tuple[str, str]], before: Path | None, folder: Path) -> list[Difference]:
    """``difference`` of each pair, of which ``LISTED`` changes are told, and what is known now written to ``folder``.

    :param before: where the run before wrote what it knew, if it did
    """
    keys = _keys(pairs)
    facts = _known(keys, before)
    for at, found in enumerate(facts):
        if found is None:
            facts[at] = _written(difference(*pairs[at]))
    _save(keys, [found or b"" for found in facts], folder)
    return [_read(found) if found else _SAME for found in facts]


def _keys(pairs: Sequence[tuple[str, str]]) -> NDArray[np.uint64]:
    """128 bits for each pair, ``uint64 (n, 2)``; who stands left counts."""
    secret = blake2b(rules().encode(), digest_size=32).digest()

    @cache
    def digest(text: str) -> bytes:
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    joined = b"".join(
        blake2b(digest(left) + digest(right), digest_size=16, key=secret).digest() for left, right in pairs
    )
    return np.frombuffer(joined, dtype="<u8").reshape(-1, 2)


def _known(keys: NDArray[np.uint64], before: Path | None) -> list[bytes | None]:
    """What the run before wrote of each pair, None where it did not know it."""
    facts: list[bytes | None] = [None] * len(keys)
    if before is None or not (before / _PAIRS).exists():
        return facts
    known = load(before / _PAIRS).reshape(-1, 2)
    halves = np.ascontiguousarray(known[:, 0])
    at = np.searchsorted(halves, keys[:, 0])
    places = np.flatnonzero(at < len(known))
    places = places[(known[at[places]] == keys[places]).all(axis=1)]
    ends, text = load(before / _ENDS), load(before / _FACTS)
    starts = np.r_[np.int64(0), ends]
    for place, start, end in zip(places.tolist(), starts[at[places]].tolist(), ends[at[places]].tolist(), strict=True):
        facts[place] = text[start:end].tobytes() if end > start else b""
    return facts


def _save(keys: NDArray[np.uint64], facts: Sequence[bytes], folder: Path) -> None:
    order = np.argsort(keys[:, 0], kind="stable")
    in_order = [facts[at] for at in order.tolist()]
    save(folder / _PAIRS, keys[order])
    save(folder / _ENDS, np.cumsum(np.fromiter(map(len, in_order), np.int64, len(in_order))))
    save(folder / _FACTS, np.frombuffer(b"".join(in_order), dtype=np.uint8))


def _written(found: Difference) -> bytes:
    if not found.changes:
        return b""
    changes = [[each.left, each.right, each.number, each.name] for each in found.changes[:LISTED]]
    return json.dumps([found.other, changes]).encode()


def _read(facts: bytes) -> Difference:
    other, changes = json.loads(facts)
    return Difference(tuple(Change(*each) for each in changes), other)
