"""One batch of distinct texts on disk, never changed once it is written.

| column | values |
| --- | --- |
| `prints.u64` | two for each text: the fingerprint of its folded words (``shingles.fingerprint``) |
| `known.u64`, `known-ids.u32` | first halves of the fingerprints, sorted, and whose they are |
| `words.u32` | folded words of each text |
| `ends.i64`, `shingles.u64` | shingle keys of all texts, and where each text's end |
| `signatures.u32` | MinHash signatures, `permutations` values each |
| `text-ends.i64`, `text.u8` | paragraphs: the text itself in UTF-8, as it stood where it came first |
| `passage-ends.i64`, `passages.u64` | paragraphs: the bucket keys of each text's indexed passages, sorted |
| `NN.keys.u64`, `NN.ids.u32` | bucket keys, sorted, and whose they are; part NN holds one range of keys |

Text ``first + i`` is row ``i``. Texts too short to be alike without being copies are in no bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.index.arrays import append, load, positions, save
from pipeline.dedup.passages import sampled
from pipeline.dedup.shingles import shingle_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.dedup.index.recipe import Recipe
    from pipeline.dedup.shingles import Shingled

BAND_BITS = np.uint64(11)
"""The lowest bits of a bucket key name its band (there are at most 1,024); the others are a hash."""

PASSAGES = (1 << int(BAND_BITS)) - 1
"""Stands in place of the band in the keys of passages."""

_BAND = np.uint64(PASSAGES)

_PASSAGES_EACH = 8
"""Indexed passages of a paragraph, about."""

ENTRIES = 4_000_000
"""Bucket entries in a part, about: 50 MB on disk, and some 200 MB where a process sorts it."""


@dataclass(frozen=True)
class Segment:
    """One segment, opened.

    Columns are mapped anew each time they are asked for, and let go with the array: what has been looked at does not
    add up in the process's memory.
    """

    folder: Path
    first: int
    """Number of its first text."""
    count: int
    permutations: int

    def __reduce__(self) -> tuple[type[Segment], tuple[Path, int, int, int]]:
        """What is mapped stays behind when a segment goes to another process."""
        return Segment, (self.folder, self.first, self.count, self.permutations)

    @property
    def prints(self) -> NDArray[np.uint64]:
        """``uint64 (count, 2)``."""
        return load(self.folder / "prints.u64").reshape(-1, 2)

    @cached_property
    def known(self) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """First halves of the fingerprints, sorted, and the numbers of their texts."""
        return load(self.folder / "known.u64"), load(self.folder / "known-ids.u32")

    @property
    def words(self) -> NDArray[np.uint32]:
        """Words of each text."""
        return load(self.folder / "words.u32")

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where in ``shingles`` each text's end."""
        return load(self.folder / "ends.i64")

    @property
    def shingles(self) -> NDArray[np.uint64]:
        """Shingle keys of all texts."""
        return load(self.folder / "shingles.u64")

    @property
    def signatures(self) -> NDArray[np.uint32]:
        """``uint32 (count, permutations)``."""
        return load(self.folder / "signatures.u32").reshape(-1, self.permutations)

    @property
    def parts(self) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint32]]]:
        """Bucket keys, sorted, and the numbers of their texts, by range of keys."""
        for path in sorted(self.folder.glob("[0-9]*.keys.u64")):
            yield load(path), load(path.with_name(path.name.replace(".keys.u64", ".ids.u32")))

    @property
    def passages(self) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Where each text's passages end, and their buckets; empty for articles."""
        return load(self.folder / "passage-ends.i64"), load(self.folder / "passages.u64")

    @property
    def text_ends(self) -> NDArray[np.int64]:
        """Where in ``text_data`` each text ends; empty where texts are not kept (articles)."""
        return load(self.folder / "text-ends.i64")

    @property
    def text_data(self) -> NDArray[np.uint8]:
        """The texts in UTF-8, one after the other."""
        return load(self.folder / "text.u8")

    def text(self, row: int) -> str:
        """One text (paragraphs only)."""
        ends = self.text_ends
        start = int(ends[row - 1]) if row else 0
        return self.text_data[start : int(ends[row])].tobytes().decode("utf-8", "surrogatepass")


def bucket_keys(signatures: NDArray[np.uint32], bands: int) -> NDArray[np.uint64]:
    """The bucket of each text in each band.

    :returns: ``uint64 (n, bands)``: a hash of the band's rows, in its lowest ``BAND_BITS`` the band's number
    """
    count, permutations = signatures.shape
    rows = signatures.reshape(count, bands, permutations // bands)
    keys = np.zeros((count, bands), dtype=np.uint64)
    for row in range(rows.shape[2]):
        keys = (keys ^ rows[:, :, row]) * np.uint64(0xFF51AFD7ED558CCD)
        keys ^= keys >> np.uint64(32)
    # The multiplication leaves the hash in the high bits, by which entries are dealt out.
    keys *= np.uint64(0xC4CEB9FE1A85EC53)
    return keys & ~_BAND | np.arange(bands, dtype=np.uint64)


def passage_buckets(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The bucket of each passage, given its shingle key."""
    keys = (keys ^ (keys >> np.uint64(32))) * np.uint64(0xC4CEB9FE1A85EC53)
    return keys | _BAND


def band_of(buckets: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The band of each bucket; ``PASSAGES`` for passages."""
    return (buckets & _BAND).astype(np.int64)


def part_count(texts: int, bands: int) -> int:
    """Into how many parts the buckets of so many texts are dealt: a power of two."""
    return max(1, 1 << (-(-texts * (bands + _PASSAGES_EACH) // ENTRIES) - 1).bit_length()) if texts else 1


class SegmentWriter:
    """A segment that grows batch by batch; ``done`` leaves its parts unsorted (``buckets.settle`` sorts them)."""

    def __init__(self, folder: Path, first: int, texts: int, recipe: Recipe, *, keep_text: bool) -> None:
        """``texts``: how many there will be, at most."""
        self._folder = folder
        self._first = first
        self._recipe = recipe
        self._keep_text = keep_text
        self.parts = part_count(texts, recipe.bands)
        """Into how many parts its buckets are dealt."""
        self._count = 0
        self._end = 0
        self._text_end = 0
        self._passage_end = 0
        folder.mkdir(parents=True)
        names = ["prints.u64", "words.u32", "ends.i64", "shingles.u64", "signatures.u32", "text-ends.i64", "text.u8"]
        names += ["passage-ends.i64", "passages.u64"]
        parts = [f"{part:05}.{column}" for part in range(self.parts) for column in ("keys.u64", "ids.u32")]
        for name in (*names, *parts):
            (folder / name).touch()

    @property
    def next(self) -> int:
        """The number of the next text."""
        return self._first + self._count

    def add(
        self,
        prints: NDArray[np.uint64],
        shingled: Shingled,
        rows: NDArray[np.int64],
        signatures: NDArray[np.uint32],
        texts: list[str],
    ) -> None:
        """Add distinct texts that are not in the index: rows of ``shingled``, with all else in their order."""
        folder = self._folder
        starts, stops = shingled.offsets[rows], shingled.offsets[rows + 1]
        sizes = stops - starts
        sets = shingled.keys[positions(starts, stops)]
        append(folder / "prints.u64", prints)
        append(folder / "words.u32", shingled.words[rows])
        append(folder / "ends.i64", self._end + np.cumsum(sizes))
        append(folder / "shingles.u64", sets)
        append(folder / "signatures.u32", signatures)
        # A text without shingles must stay out whatever the settings: empty sketches are all alike.
        long = np.flatnonzero((shingled.words[rows] >= self._recipe.exact_below_words) & (sizes > 0))
        if self._keep_text:
            data = [text.encode("utf-8", "surrogatepass") for text in texts]
            ends = self._text_end + np.cumsum([len(each) for each in data], dtype=np.int64)
            append(folder / "text-ends.i64", ends)
            append(folder / "text.u8", np.frombuffer(b"".join(data), dtype=np.uint8))
            self._text_end = int(ends[-1]) if len(ends) else self._text_end
            self._add_passages(texts, long)
        keys = bucket_keys(signatures[long], self._recipe.bands)
        self._deal(keys.ravel(), np.repeat(self.next + long, keys.shape[1]))
        self._end += int(sizes.sum())
        self._count += len(rows)

    def _add_passages(self, texts: list[str], long: NDArray[np.int64]) -> None:
        """``texts`` have different words and some each, so that they keep their numbers when they are shingled."""
        keys, owner = sampled(shingle_texts(texts, self._recipe.passage_words), long)
        buckets = passage_buckets(keys)
        order = np.lexsort((buckets, owner))
        buckets, owner = buckets[order], owner[order]
        sizes = np.bincount(owner, minlength=len(texts))
        append(self._folder / "passages.u64", buckets)
        append(self._folder / "passage-ends.i64", self._passage_end + np.cumsum(sizes))
        self._passage_end += len(buckets)
        self._deal(buckets, self.next + owner)

    def _deal(self, flat: NDArray[np.uint64], numbers: NDArray[np.int64]) -> None:
        owners = numbers.astype(np.uint32)
        if self.parts == 1:
            append(self._folder / "00000.keys.u64", flat)
            append(self._folder / "00000.ids.u32", owners)
            return
        part = (flat >> np.uint64(65 - self.parts.bit_length())).astype(np.uint16)
        order = np.argsort(part, kind="stable")
        bounds = np.searchsorted(part[order], np.arange(self.parts + 1))
        for number in range(self.parts):
            mine = order[bounds[number] : bounds[number + 1]]
            append(self._folder / f"{number:05}.keys.u64", flat[mine])
            append(self._folder / f"{number:05}.ids.u32", owners[mine])

    def done(self) -> Segment:
        """The segment; nothing may be added any more."""
        segment = Segment(self._folder, self._first, self._count, self._recipe.permutations)
        halves = np.array(segment.prints[:, 0])
        order = np.argsort(halves, kind="stable")
        save(self._folder / "known.u64", halves[order])
        save(self._folder / "known-ids.u32", order + self._first)
        return segment
