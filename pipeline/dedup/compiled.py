"""Near-duplicate detection by compiled loops: the same results as plain Python, sooner.

Texts are read from their UTF-8 bytes in batches, so that what is held at one time beside the result is a batch.
``python -m pipeline.dedup.compiled`` compiles what is not on disk yet; ``tools`` says when these are used.
"""

from __future__ import annotations

import sys
import time
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.dedup import folding, kernels
from pipeline.dedup.facts import compiled as compiled_facts
from pipeline.dedup.shingles import Shingled, is_arrow, spaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from pipeline.dedup.shingles import Texts

    Bytes = NDArray[np.uint8]
    Hashes = NDArray[np.uint64]
    Ints = NDArray[np.int64]

_BATCH_BYTES: Final = 1 << 20
"""Text read in one go: its words and keys stay in the processor's cache."""
_BATCH_TEXTS: Final = 1 << 15
_MOST_BITS: Final = 30
"""256 MB in all serve 60 million keys; of more, a larger share is sorted in vain."""
_BYTES_PER_KEY: Final = 4
"""Fewer than a text has in most scripts. Room that is not needed takes addresses only, no memory."""


def shingle_texts(texts: Texts, width: int) -> Shingled:
    """See ``shingles.shingle_texts``; strings are read twice here."""
    given: Any = texts
    characters = given.nbytes if is_arrow(texts) else sum(map(len, given))
    reader = _Reader(width, characters // _BYTES_PER_KEY)
    for data, offsets in _arrow_batches(given) if is_arrow(texts) else _batches(given):
        reader.read(data, offsets)
    return reader.shingled()


def _given(array: NDArray[Any], kind: type[np.generic]) -> NDArray[Any]:
    """An array as kernels are compiled for: of one type, in one piece and read only, whoever it comes from."""
    given = np.require(array, dtype=kind, requirements=("C", "A")).view()
    given.flags.writeable = False
    return given


def _batches(texts: Iterable[str]) -> Iterator[tuple[Bytes, Ints]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_TEXTS:
            yield _encoded(batch)
            batch, size = [], 0
    yield _encoded(batch)


def _encoded(batch: list[str]) -> tuple[Bytes, Ints]:
    joined = "".join(batch)
    if joined.isascii():
        data, lengths = joined.encode(), map(len, batch)
    else:
        # Texts can hold lone surrogates (JSON allows them); folding makes spaces of them.
        parts = [text.encode("utf-8", "surrogatepass") for text in batch]
        data, lengths = b"".join(parts), map(len, parts)
    offsets = np.fromiter(accumulate(lengths, initial=0), dtype=np.int64, count=len(batch) + 1)
    return np.frombuffer(data, dtype=np.uint8), offsets


def _arrow_batches(texts: Any) -> Iterator[tuple[Bytes, Ints]]:
    import pyarrow as pa  # noqa: PLC0415  # whoever has an array has paid for it

    for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else (texts,):
        array = (
            chunk if pa.types.is_string(chunk.type) or pa.types.is_large_string(chunk.type) else chunk.cast("string")
        )
        if array.null_count:
            import pyarrow.compute as pc  # noqa: PLC0415  # loads for longer than many jobs take

            array = pc.fill_null(array, "")
        _, places, data = array.buffers()
        if not len(array):
            continue
        kind = np.int64 if pa.types.is_large_string(array.type) else np.int32
        offsets = np.frombuffer(places, dtype=kind)[array.offset : array.offset + len(array) + 1].astype(np.int64)
        read = np.frombuffer(data if data is not None else b"", dtype=np.uint8)
        start = 0
        while start < len(array):
            end = int(np.searchsorted(offsets, offsets[start] + _BATCH_BYTES, side="right")) - 1
            end = min(max(end, start + 1), start + _BATCH_TEXTS, len(array))
            yield read, offsets[start : end + 1]
            start = end


class _Reader:
    """Distinct texts so far, and buffers that all batches share: fresh pages cost more than the arithmetic."""

    def __init__(self, width: int, keys: int) -> None:
        self._width = width
        self._known: Hashes = np.empty((0, 2), dtype=np.uint64)
        self._count = 0
        self._slots: Ints = np.full(1, -1, dtype=np.int64)
        self._numbers: list[Ints] = []
        self._lengths: list[Ints] = []
        self._sizes: list[Ints] = []
        self._keys: Hashes = np.empty(keys, dtype=np.uint64)
        self._written = 0
        self._words: Hashes = np.empty(0, dtype=np.uint64)
        self._spare: Hashes = np.empty(0, dtype=np.uint64)
        self._counts: Ints = np.empty(2048, dtype=np.int64)

    def read(self, data: Bytes, offsets: Ints) -> None:
        """Take one batch of texts."""
        count = len(offsets) - 1
        words, bounds, prints = self._words_of(data, offsets)
        self._make_room(count, len(words), int(np.diff(bounds).max(initial=0)))
        number, lengths, sizes = (np.empty(count, dtype=np.int64) for _ in range(3))
        before = self._count
        self._count, written = kernels.gather(
            words, bounds, prints, self._width, self._slots, self._known, before,
            number, lengths, self._keys[self._written :], sizes, self._spare, self._counts,
        )  # fmt: skip
        new = self._count - before
        self._numbers.append(number)
        self._lengths.append(lengths[:new])
        self._sizes.append(sizes[:new])
        self._written += written

    def shingled(self) -> Shingled:
        """All that was read; ends the reading."""
        empty = np.zeros(0, dtype=np.int64)
        sizes = np.concatenate([empty, *self._sizes])
        offsets = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes)))
        return Shingled(
            number=np.concatenate([empty, *self._numbers]),
            words=np.concatenate([empty, *self._lengths]),
            keys=self._keys[: self._written],
            offsets=offsets,
            prints=self._known[: self._count],
        )

    def _words_of(self, data: Bytes, offsets: Ints) -> tuple[Hashes, Ints, Hashes]:
        """Word hashes, bounds and fingerprints of a batch."""
        size = 2 * int(offsets[-1] - offsets[0]) + 1
        if len(self._words) < size:
            self._words = np.empty(size, dtype=np.uint64)
        words, bounds, prints, odd = _read(data, offsets, folding.table(), self._words)
        if not odd.any():
            return words, bounds, prints
        places = np.flatnonzero(odd)
        rest, rest_offsets = _encoded(
            [spaced(bytes(data[offsets[text] : offsets[text + 1]]).decode("utf-8", "replace")) for text in places]
        )
        buffer = np.empty(2 * len(rest) + 1, dtype=np.uint64)
        rest_words, rest_bounds, rest_prints, _ = _read(rest, rest_offsets, folding.plain_table(), buffer)
        lengths = np.diff(bounds)
        lengths[places] = np.diff(rest_bounds)
        prints[places] = rest_prints
        is_rest = np.repeat(odd, lengths)
        merged = np.empty(len(is_rest), dtype=np.uint64)
        merged[is_rest], merged[~is_rest] = rest_words, words
        return merged, np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths))), prints

    def _make_room(self, texts: int, words: int, longest: int) -> None:
        needed = self._count + texts
        if len(self._known) < needed:
            known = np.empty((max(needed, 2 * len(self._known)), 2), dtype=np.uint64)
            known[: self._count] = self._known[: self._count]
            self._known = known
        if len(self._slots) < 2 * needed:
            self._slots = np.full(1 << (4 * needed - 1).bit_length(), -1, dtype=np.int64)
            kernels.rehash(self._known, self._count, self._slots)
        if len(self._keys) < self._written + words:
            keys = np.empty(self._written + max(words, self._written // 2), dtype=np.uint64)
            keys[: self._written] = self._keys[: self._written]
            self._keys = keys
        if len(self._spare) < longest:
            self._spare = np.empty(2 * longest, dtype=np.uint64)


def _read(
    data: Bytes, offsets: Ints, table: folding.Table, buffer: Hashes
) -> tuple[Hashes, Ints, Hashes, NDArray[np.bool_]]:
    """Words, bounds, fingerprints, and which texts are odd."""
    count = len(offsets) - 1
    bounds, prints = np.empty(count + 1, dtype=np.int64), np.empty((count, 2), dtype=np.uint64)
    while True:
        odd, wanted = np.zeros(count, dtype=bool), np.zeros(folding.PAGES, dtype=bool)
        entries = table.entries
        if not kernels.read_words(
            _given(data, np.uint8), _given(offsets, np.int64),
            entries.ascii, entries.pages, entries.blocks, entries.several,
            buffer, bounds, prints, odd, wanted,
        ):  # fmt: skip
            return buffer[: bounds[-1]], bounds, prints, odd
        table.make(np.flatnonzero(wanted).tolist())


def sign(shingled: Shingled, permutations: int, seed: int, rows: Ints) -> NDArray[np.uint32]:
    """See ``signature.sign``."""
    # As datasketch's affine32 draws them: odd factors, then addends.
    random = np.random.RandomState(seed)
    factors = random.randint(0, 1 << 31, permutations, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    addends = random.randint(0, 1 << 32, permutations, dtype=np.uint32)
    signatures = np.empty((len(rows), permutations), dtype=np.uint32)
    kernels.sign(
        _given(shingled.keys, np.uint64), _given(shingled.offsets, np.int64), _given(rows, np.int64),
        factors, addends, signatures,
    )  # fmt: skip
    return signatures


def band_keys(signatures: NDArray[np.uint32], bands: int, first: int, last: int) -> Hashes:
    """See ``candidates.band_keys``."""
    keys = np.empty((last - first, len(signatures)), dtype=np.uint64)
    kernels.band_keys(_given(signatures, np.uint32), signatures.shape[1] // bands, first, keys)
    return keys


def run_pairs(keys: Hashes, numbers: Ints, most: int) -> tuple[Hashes, Ints]:
    """Packed pairs of numbers with equal keys, and the places of those in crowds, which are left out.

    :param most: a larger group is a crowd
    :returns: pairs in no order, each once; places, ascending
    """
    count = len(keys)
    low_mask = np.uint64((1 << max(count - 1, 1).bit_length()) - 1)
    # Most keys are alone; telling so by a bit for each beginning of a key takes a fraction of the time of sorting them.
    bits = min(max((16 * count).bit_length(), 6), _MOST_BITS)
    seen, again = np.zeros((2, 1 << (bits - 6)), dtype=np.uint64)
    places = np.empty(count, dtype=np.uint64)
    keys, numbers = _given(keys, np.uint64), _given(numbers, np.int64)
    found = kernels.repeated(keys, np.uint64(64 - bits), seen, again, places)
    places = places[:found]
    packed = (keys[places] & ~low_mask) | places
    packed.sort()
    pairs = np.empty(count, dtype=np.uint64)
    while True:
        left_over = np.zeros(count, dtype=bool)
        found = kernels.pair_runs(packed, low_mask, keys, numbers, most, left_over, pairs)
        if found <= len(pairs):
            return pairs[:found], np.flatnonzero(left_over)
        pairs = np.empty(found, dtype=np.uint64)


def common(shingled: Shingled, left: Ints, right: Ints) -> Ints:
    """How many shingles each pair of distinct texts has in common."""
    shared = np.empty(len(left), dtype=np.int64)
    kernels.common(
        _given(shingled.keys, np.uint64), _given(shingled.offsets, np.int64),
        _given(left, np.int64), _given(right, np.int64), shared,
    )  # fmt: skip
    return shared


def stars(count: int, left: Ints, right: Ints) -> Ints:
    """See ``cluster.stars``; pairs sorted by left, then right."""
    centre = np.arange(count)
    kernels.stars(_given(left, np.int64), _given(right, np.int64), centre)
    return centre


def warm() -> float:
    """Compile what is not on disk yet; seconds of processor time."""
    started = time.process_time()
    texts = ["one line of a made-up page", "another line of a made-up page", "東京 café"]
    shingled = shingle_texts(texts, 2)
    rows = np.arange(len(shingled))
    keys = band_keys(sign(shingled, 16, 1, rows), 4, 0, 4)
    run_pairs(keys[0], rows, 2)
    one, other = rows[:1], rows[1:2]
    common(shingled, one, other)
    stars(len(shingled), one, other)
    compiled_facts.differences(texts, one, other)
    return time.process_time() - started


if __name__ == "__main__":
    sys.stderr.write(f"compiled loops are ready after {warm():.1f} s\n")
