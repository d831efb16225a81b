"""What two texts state differently, remembered from run to run.

A difference hangs on the two texts as they are written, capitals and all, and on the rules of ``differ``; nothing else.
So it is kept under hashes of these: an answer that is found is the one that would be given, whichever texts a run
numbers first, and what older rules said is never found again.

    differences-texts.u64     two halves of each text's hash after the other, sorted by the first
    differences-pairs.u64     pairs of these texts, ``left << 32 | right``, sorted
    differences-other.u8, -ends.i64, -places.u32, -kinds.u8
                              what is known of each pair: the columns of ``differences.Differences``
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.dedup.facts.differ import rules
from pipeline.dedup.facts.differences import Differences, differences, joined
from pipeline.dedup.index.arrays import load, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

_TEXTS, _PAIRS = "differences-texts.u64", "differences-pairs.u64"
_OTHER, _ENDS = "differences-other.u8", "differences-ends.i64"
_PLACES, _KINDS = "differences-places.u32", "differences-kinds.u8"


def remembered(texts: Sequence[str], left: Ints, right: Ints, before: Path | None, folder: Path) -> Differences:
    """``differences`` of pairs of texts, and what is known now written to ``folder``.

    :param before: where the run before wrote what it knew, if it did
    """
    hashes = _hashes(texts)
    known, row = _known(hashes, left, right, before)
    new = np.flatnonzero(row < 0)
    found = joined((known, differences(texts, left[new], right[new])))
    row[new] = len(known) + np.arange(len(new))
    found = found.take(row)
    _save(hashes, left, right, found, folder)
    return found


def _hashes(texts: Sequence[str]) -> Hashes:
    """128 bits for each text under these rules, ``uint64 (n, 2)``."""
    secret = blake2b(rules().encode(), digest_size=32).digest()
    all_of_them = b"".join(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=secret).digest() for text in texts
    )
    return np.frombuffer(all_of_them, dtype="<u8").reshape(-1, 2)


def _known(hashes: Hashes, left: Ints, right: Ints, before: Path | None) -> tuple[Differences, Ints]:
    """What the run before wrote of some of the pairs, and for each pair its row there, -1 where it did not know it."""
    row = np.full(len(left), -1, dtype=np.int64)
    if before is None or not (before / _TEXTS).exists():
        return joined(()), row
    texts, pairs = load(before / _TEXTS).reshape(-1, 2), load(before / _PAIRS)
    text = _found(np.ascontiguousarray(texts[:, 0]), hashes[:, 0])
    text[text >= 0] = np.where((texts[text[text >= 0]] == hashes[text >= 0]).all(axis=1), text[text >= 0], -1)
    asked = np.flatnonzero((text[left] >= 0) & (text[right] >= 0))
    place = _found(pairs, _packed(text[left[asked]], text[right[asked]]))
    asked, place = asked[place >= 0], place[place >= 0]
    everything = Differences(
        load(before / _OTHER).astype(np.bool_),
        load(before / _ENDS),
        load(before / _PLACES).astype(np.int32).reshape(-1, 4),
        load(before / _KINDS),
    )
    row[asked] = np.arange(len(asked))
    return everything.take(place), row


def _found(known: NDArray[Any], wanted: NDArray[Any]) -> Ints:
    """Where each value stands among sorted ones, -1 where it does not."""
    at = np.searchsorted(known, wanted)
    at[at == len(known)] = -1
    return np.where(known[at] == wanted, at, -1) if len(known) else at


def _packed(left: Ints, right: Ints) -> Hashes:
    return left.astype(np.uint64) << np.uint64(32) | right.astype(np.uint64)


def _save(hashes: Hashes, left: Ints, right: Ints, found: Differences, folder: Path) -> None:
    order = np.argsort(hashes[:, 0], kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    pairs = _packed(rank[left], rank[right])
    by_pair = np.argsort(pairs, kind="stable")
    found = found.take(by_pair)
    save(folder / _TEXTS, hashes[order])
    save(folder / _PAIRS, pairs[by_pair])
    save(folder / _OTHER, found.other.astype(np.uint8))
    save(folder / _ENDS, found.ends)
    save(folder / _PLACES, found.places)
    save(folder / _KINDS, found.kinds)
