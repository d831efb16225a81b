"""Shingle sets to MinHash signatures: those of datasketch to the bit, made by it or by compiled code.

MinHash: A. Broder, On the resemblance and containment of documents (1997). The permutations are those of
``datasketch.MinHash(num_perm, seed, scheme="affine32")``, the hash of an element is ``shingles.shingle_hash``.
datasketch is imported where it is used: the import alone takes longer than most small runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup import tools
from pipeline.dedup.shingles import Shingled, shingle_texts

if TYPE_CHECKING:
    from datasketch import LeanMinHash
    from numpy.typing import NDArray

    from pipeline.dedup.shingles import Texts
    from pipeline.settings import DedupSettings

SCHEME = "affine32"
"""How datasketch 2 permutes; signatures of its ``legacy`` scheme (1.x) do not compare with these."""

# Hashes that datasketch permutes in one go: the matrix of hashes by permutations stays below 10 MB, so that
# one line of five megabytes cannot take gigabytes. The minimum does not depend on how the set is cut.
_BATCH_HASHES = 8_192

# datasketch takes so many seconds for a text, and for each of its shingles by each permutation.
_PLAIN_PACE, _PLAIN_STEP = 2e-5, 2e-9


def sign(shingled: Shingled, permutations: int, seed: int, rows: NDArray[np.int64]) -> NDArray[np.uint32]:
    """MinHash signatures of some of the distinct texts.

    :param rows: numbers of the distinct texts to sign
    :returns: ``uint32 (len(rows), permutations)``; a text without shingles gets the empty sketch, all ones bits
    """
    hashed = int(shingled.sizes[rows].sum())
    if tools.is_worth_compiled(len(rows) * _PLAIN_PACE + hashed * permutations * _PLAIN_STEP):
        from pipeline.dedup import compiled  # noqa: PLC0415  # loads numba

        return compiled.sign(shingled, permutations, seed, rows)
    return plain_sign(shingled, permutations, seed, rows)


def plain_sign(shingled: Shingled, permutations: int, seed: int, rows: NDArray[np.int64]) -> NDArray[np.uint32]:
    """``sign`` by datasketch itself."""
    from datasketch import MinHash  # noqa: PLC0415  # slow to import, see the module's docstring

    hashes = (shingled.keys >> np.uint64(32)).astype(np.uint32)
    sketch = MinHash(num_perm=permutations, seed=seed, scheme=SCHEME, hashfunc=int)
    signatures = np.empty((len(rows), permutations), dtype=np.uint32)
    for row, text in enumerate(rows):
        sketch.clear()
        start, end = int(shingled.offsets[text]), int(shingled.offsets[text + 1])
        for at in range(start, end, _BATCH_HASHES):
            sketch.update_batch(hashes[at : min(at + _BATCH_HASHES, end)].tolist())
        signatures[row] = sketch.hashvalues
    return signatures


def sign_texts(texts: Texts, settings: DedupSettings) -> NDArray[np.uint32]:
    """MinHash signatures of texts, in their order.

    :param texts: strings or an Arrow array of them
    :returns: ``uint32 (number of texts, settings.permutations)``. A text shorter than a shingle gets the empty
        sketch: all such look alike, so they must never be compared by signature.
    """
    shingled = shingle_texts(texts, settings.shingle_words)
    distinct = sign(shingled, settings.permutations, settings.seed, np.arange(len(shingled)))
    empty = np.full((1, settings.permutations), 0xFFFFFFFF, dtype=np.uint32)
    # Number -1 (no word at all) picks the last row.
    return np.concatenate((distinct, empty))[shingled.number]


def signature_bytes(signature: NDArray[np.uint32]) -> bytes:
    """One signature as stored: its values as little-endian 32-bit integers, in order."""
    return signature.astype("<u4").tobytes()


def from_bytes(stored: bytes, permutations: int) -> NDArray[np.uint32]:
    """One signature from its stored form.

    :raises ValueError: if it was not made with this number of permutations
    """
    if len(stored) != 4 * permutations:
        raise ValueError(
            f"a stored signature has {len(stored)} bytes, {permutations} permutations need {4 * permutations}"
        )
    return np.frombuffer(stored, dtype="<u4").astype(np.uint32)


def as_minhash(signature: NDArray[np.uint32], seed: int) -> LeanMinHash:
    """One signature as datasketch's own frozen MinHash, to compare and index with datasketch."""
    from datasketch import LeanMinHash  # noqa: PLC0415  # slow to import, see the module's docstring

    return LeanMinHash(seed=seed, hashvalues=signature, scheme=SCHEME)
