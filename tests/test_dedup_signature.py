"""Signatures are datasketch's own."""

from __future__ import annotations

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup.shingles import shingle_hash, shingles
from pipeline.dedup.signature import as_minhash, from_bytes, sign_texts, signature_bytes
from pipeline.settings import DedupSettings
from tests.strategies.dedup import any_text


def datasketch_of(text: str, dedup: DedupSettings) -> MinHash:
    """The sketch that a user of datasketch would make from our published hash."""
    sketch = MinHash(num_perm=dedup.permutations, seed=dedup.seed, scheme="affine32", hashfunc=shingle_hash)
    sketch.update_batch(each.encode("utf-8", "surrogatepass") for each in shingles(text, dedup.shingle_words))
    return sketch


@settings(deadline=None)
@given(st.lists(any_text, max_size=5), st.sampled_from((16, 64, 128)), st.integers(0, 2**32 - 1))
def test_signatures_are_bit_identical_to_datasketch(texts: list[str], permutations: int, seed: int) -> None:
    """For any text, number of permutations and seed; also for text without shingles."""
    dedup = DedupSettings(permutations=permutations, bands=16, seed=seed)
    signatures = sign_texts(texts, dedup)
    assert signatures.dtype == np.uint32
    assert signatures.shape == (len(texts), permutations)
    for row, text in zip(signatures, texts, strict=True):
        assert np.array_equal(row, datasketch_of(text, dedup).hashvalues)


def test_a_large_set_is_signed_in_batches_with_the_same_result() -> None:
    """Cutting a set into batches does not change its minimum."""
    dedup = DedupSettings(permutations=16, bands=4)
    text = " ".join(f"word{number}" for number in range(20_000))
    assert np.array_equal(sign_texts([text], dedup)[0], datasketch_of(text, dedup).hashvalues)


def test_a_stored_signature_loads_as_a_minhash() -> None:
    """Bytes round-trip, load as LeanMinHash, compare with MinHash, and survive datasketch's own serialisation."""
    dedup = DedupSettings()
    text = "the harbour office said the ferry would not sail before noon on friday"
    stored = signature_bytes(sign_texts([text], dedup)[0])
    assert len(stored) == 512
    lean = as_minhash(from_bytes(stored, dedup.permutations), dedup.seed)
    assert lean.jaccard(datasketch_of(text, dedup)) == 1.0
    buffer = bytearray(lean.bytesize("<"))
    lean.serialize(buffer, "<")
    assert bytes(buffer[-512:]) == stored
    assert LeanMinHash.deserialize(buffer, "<") == lean


def test_a_signature_of_another_length_is_refused() -> None:
    """The error names both sizes."""
    with pytest.raises(ValueError, match="64 bytes, 128 permutations need 512"):
        from_bytes(bytes(64), 128)
