"""The lines of many pages in columns: what counting looks at, 13 bytes a line instead of some objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import Kind
from pipeline.shelf import MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from pipeline.shelf import Shelf

    Ints = npt.NDArray[np.int64]
    Narrow = npt.NDArray[np.int32]
    """Of lines, which are many: whoever multiplies them makes them wider first."""
    Digests = npt.NDArray[np.bytes_]

KINDS = tuple(sorted(Kind))
"""Kinds by their numbers, in the order of their names."""

NUMBER = {kind: number for number, kind in enumerate(KINDS)}

_KIND_NAMES = pa.array([kind.value for kind in KINDS])
NONE = -1
"""Stands for a digest where there is none."""


@dataclass(frozen=True)
class PageColumns:
    """``PageLines`` of n pages with m lines together."""

    ids: Sequence[str]
    sites: Sequence[str | None]
    headline: Ints
    """(n,): place in ``digests``, -1 where there is none."""
    longest: Ints
    """(n,): place in ``digests``."""
    page: Narrow
    """(m,): place of each line's page, ascending; lines of a page in their order."""
    digest: Narrow
    """(m,): place in ``digests``."""
    kind: npt.NDArray[np.int8]
    """(m,): number of the kind."""
    text: Narrow
    """(m,): place in ``texts``."""
    texts: pa.ChunkedArray
    digests: Digests
    """Ascending, each once: places compare as digests do."""

    def __len__(self) -> int:
        """How many pages."""
        return len(self.ids)

    def only(self, wanted: npt.NDArray[np.bool_]) -> PageColumns:
        """Some of the pages.

        :param wanted: (n,)
        """
        if wanted.all():
            return self
        places = np.flatnonzero(wanted).tolist()
        lines = wanted[self.page]
        return PageColumns(
            [self.ids[at] for at in places],
            [self.sites[at] for at in places],
            self.headline[wanted],
            self.longest[wanted],
            (np.cumsum(wanted, dtype=np.int32) - 1)[self.page[lines]],
            self.digest[lines],
            self.kind[lines],
            self.text[lines],
            self.texts,
            self.digests,
        )

    def name(self, digest: int) -> str:
        """A digest as it is stored."""
        return bytes(self.digests[digest]).decode()


def of_rows(rows: pa.Table) -> PageColumns:
    """Pages of this run, from what labelling noted of them (``pipeline.run.work.RECURRENCE``)."""
    lines = rows.column("lines").combine_chunks()
    own = lines.flatten()
    digests, (headline, longest, digest) = places_of(
        digests_in(each or "" for each in rows.column("headline").to_pylist()),
        digests_in(rows.column("longest").to_pylist()),
        digests_in(own.field("digest").to_pylist()),
    )
    return PageColumns(
        ids=rows.column("id").to_pylist(),
        sites=rows.column("site").to_pylist(),
        headline=headline,
        longest=longest,
        page=np.repeat(np.arange(rows.num_rows, dtype=np.int32), lines.value_lengths().to_numpy(zero_copy_only=False)),
        digest=digest.astype(np.int32),
        kind=kinds_of(own.field("kind")).astype(np.int8),
        text=np.arange(len(own), dtype=np.int32),
        # The different lines of a large corpus are more than the 2 GB that one array of plain strings holds.
        texts=pa.chunked_array([own.field("text").cast(pa.large_string())]),
        digests=digests,
    )


def together(one: PageColumns, other: PageColumns, shelf: Shelf = MEMORY) -> PageColumns:
    """All pages of both, which have no page in common; cheap where one of them is small.

    :param shelf: takes the lines
    """
    if not len(one) or not len(other):
        return one if len(one) else other
    digests, places = merged(one.digests, other.digests)
    of_one, of_other = (each.astype(np.int32) for each in places)
    first, texts = len(one), len(one.texts)
    return PageColumns(
        [*one.ids, *other.ids],
        [*one.sites, *other.sites],
        np.concatenate([place[part.headline] for part, place in zip((one, other), places, strict=True)]),
        np.concatenate([place[part.longest] for part, place in zip((one, other), places, strict=True)]),
        shelf.joined(one.page, other.page + first),
        shelf.joined(of_one[one.digest], of_other[other.digest]),
        shelf.joined(one.kind, other.kind),
        shelf.joined(one.text, other.text + texts),
        pa.chunked_array([*one.texts.chunks, *other.texts.chunks], pa.large_string()),
        digests,
    )


def merged(one: Digests, other: Digests) -> tuple[Digests, tuple[Ints, Ints]]:
    """All digests of both, ascending, and the place of each there; one place more, the last, leads to ``NONE``."""
    if len(one) < len(other):
        digests, (second, first) = merged(other, one)
        return digests, (first, second)
    at = np.searchsorted(one, other)
    new = np.ones(len(other), dtype=bool)
    inside = at < len(one)
    new[inside] = one[at[inside]] != other[inside]
    before = np.cumsum(np.bincount(at[new], minlength=len(one) + 1))[: len(one)]
    return np.insert(one, at[new], other[new]), (
        np.append(np.arange(len(one)) + before, NONE),
        np.append(at + np.cumsum(new) - new, NONE),
    )


def places_of(*columns: Digests) -> tuple[Digests, list[Ints]]:
    """The different digests, ascending, and each column as places among them; -1 for what is empty."""
    digests = np.unique(np.concatenate(columns))
    digests = digests[digests != b""]
    return digests, [np.where(column == b"", NONE, np.searchsorted(digests, column)) for column in columns]


def digests_in(hexadecimal: Iterable[str]) -> Digests:
    return np.array(list(hexadecimal), dtype="S32")


def kinds_of(names: pa.Array | pa.ChunkedArray) -> Ints:
    return np.asarray(pc.index_in(names, _KIND_NAMES), dtype=np.int64)


def distinct(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The different values, ascending: ``np.unique`` hashes them (numpy 2.4), which takes ten times as long."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def encoded(strings: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """For each string its place among the different ones, which are in the order of their first appearance."""
    coded = strings.dictionary_encode().unify_dictionaries()
    if not coded.num_chunks:
        return np.zeros(0, dtype=np.int64), pa.array([], strings.type)
    places = np.concatenate([chunk.indices.to_numpy() for chunk in coded.chunks])
    return places.astype(np.int64), coded.chunk(0).dictionary
