"""The lines of many pages in columns: what counting looks at, some 30 bytes a line instead of some objects.

A night counts the lines of all pages of every site that gained one, so this is read from the tables as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import BODY, Kind
from pipeline.templates.pages import line_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Digests = npt.NDArray[np.bytes_]

KINDS = tuple(sorted(Kind))
"""Kinds by their numbers, in the order of their names."""

NUMBER = {kind: number for number, kind in enumerate(KINDS)}

_KIND_NAMES = pa.array([kind.value for kind in KINDS])
_NONE = -1


@dataclass(frozen=True)
class PageColumns:
    """``PageLines`` of n pages with m lines together."""

    ids: Sequence[str]
    sites: Sequence[str | None]
    headline: Ints
    """(n,): place in ``digests``, -1 where there is none."""
    longest: Ints
    """(n,): place in ``digests``."""
    page: Ints
    """(m,): place of each line's page, ascending; lines of a page in their order."""
    digest: Ints
    """(m,): place in ``digests``."""
    kind: Ints
    """(m,): number of the kind."""
    text: Ints
    """(m,): place in ``texts``."""
    texts: pa.Array
    digests: Digests
    """Ascending, each once: places compare as digests do."""

    def __len__(self) -> int:
        """How many pages."""
        return len(self.ids)

    def only(self, wanted: npt.NDArray[np.bool_]) -> PageColumns:
        """Some of the pages.

        :param wanted: (n,)
        """
        places = np.flatnonzero(wanted).tolist()
        lines = wanted[self.page]
        return PageColumns(
            [self.ids[at] for at in places],
            [self.sites[at] for at in places],
            self.headline[wanted],
            self.longest[wanted],
            (np.cumsum(wanted) - 1)[self.page[lines]],
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
    digests, (headline, longest, digest) = _places(
        _digests(each or "" for each in rows.column("headline").to_pylist()),
        _digests(rows.column("longest").to_pylist()),
        _digests(own.field("digest").to_pylist()),
    )
    return PageColumns(
        ids=rows.column("id").to_pylist(),
        sites=rows.column("site").to_pylist(),
        headline=headline,
        longest=longest,
        page=np.repeat(np.arange(rows.num_rows), lines.value_lengths().to_numpy(zero_copy_only=False)),
        digest=digest,
        kind=_kinds(own.field("kind")),
        text=np.arange(len(own)),
        texts=own.field("text").cast(pa.large_string()),
        digests=digests,
    )


def of_lines(
    rows: pa.Table, sites: Mapping[str, str | None], titles: Mapping[str, str]
) -> tuple[PageColumns, Ints, Ints]:
    """Earlier pages, from their stored lines: equal to ``page_lines`` of each.

    :param rows: ``article_id``, ``text``, ``clean``, ``model_kind`` of ``lines``, in the order of their key
    :param titles: the headlines that markup declares, by page id; falsy ones are as good as none
    :returns: the pages in the order of their ids; and for each of the rows its page's place and the place of its
        line's digest in ``digests``, -1 where there is no text
    """
    owner, ids = _encoded(rows.column("article_id"))
    # The different lines of a large corpus are more than the 2 GB that one array of plain strings holds.
    text, vocabulary = _encoded(pc.coalesce(rows.column("clean"), rows.column("text")).cast(pa.large_string()))
    kind = _kinds(rows.column("model_kind"))
    words = vocabulary.to_pylist()
    length = np.array([len(each) for each in words], dtype=np.int64)
    names = ids.to_pylist()

    headline: list[str | None] = [None] * len(names)
    is_title = np.flatnonzero(kind == NUMBER[Kind.TITLE])
    for at in is_title[_first(owner[is_title])].tolist():
        headline[owner[at]] = words[text[at]]
    said = [titles.get(name) or headline[place] for place, name in enumerate(names)]

    longest = [line_digest(name) for name in names]
    body = np.flatnonzero(np.isin(kind, [NUMBER[each] for each in BODY]))
    body = body[np.lexsort((-length[text[body]], owner[body]))]
    for at in body[_first(owner[body])].tolist():
        longest[owner[at]] = line_digest(words[text[at]])

    digests, (headlines, longests, of_text) = _places(
        _digests(line_digest(each) if each else "" for each in said),
        _digests(longest),
        _digests(line_digest(each) if each else "" for each in words),
    )
    digest = of_text[text]
    shown = np.flatnonzero(digest != _NONE)
    once = shown[np.sort(np.unique(owner[shown] * len(digests) + digest[shown], return_index=True)[1])]
    pages = PageColumns(
        ids=names,
        sites=[sites[name] for name in names],
        headline=headlines,
        longest=longests,
        page=owner[once],
        digest=digest[once],
        kind=kind[once],
        text=text[once],
        texts=vocabulary,
        digests=digests,
    )
    return pages, owner, digest


def together(parts: Sequence[PageColumns]) -> PageColumns:
    """All pages of some parts, which have no page in common."""
    digests = np.unique(np.concatenate([part.digests for part in parts]))
    places = [np.append(np.searchsorted(digests, part.digests), _NONE) for part in parts]
    first = np.cumsum([0, *(len(part) for part in parts)])
    texts = np.cumsum([0, *(len(part.texts) for part in parts)])
    return PageColumns(
        [each for part in parts for each in part.ids],
        [each for part in parts for each in part.sites],
        np.concatenate([place[part.headline] for part, place in zip(parts, places, strict=True)]),
        np.concatenate([place[part.longest] for part, place in zip(parts, places, strict=True)]),
        np.concatenate([part.page + at for part, at in zip(parts, first, strict=False)]),
        np.concatenate([place[part.digest] for part, place in zip(parts, places, strict=True)]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.text + at for part, at in zip(parts, texts, strict=False)]),
        pa.concat_arrays([part.texts for part in parts]),
        digests,
    )


def _places(*columns: Digests) -> tuple[Digests, list[Ints]]:
    """The different digests, ascending, and each column as places among them; -1 for what is empty."""
    digests = np.unique(np.concatenate(columns))
    digests = digests[digests != b""]
    return digests, [np.where(column == b"", _NONE, np.searchsorted(digests, column)) for column in columns]


def _digests(hexadecimal: Iterable[str]) -> Digests:
    return np.array(list(hexadecimal), dtype="S32")


def _kinds(names: pa.Array | pa.ChunkedArray) -> Ints:
    return np.asarray(pc.index_in(names, _KIND_NAMES), dtype=np.int64)


def _encoded(strings: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """For each string its place among the different ones, which are in the order of their first appearance."""
    encoded = strings.dictionary_encode().unify_dictionaries()
    if not encoded.num_chunks:
        return np.zeros(0, dtype=np.int64), pa.array([], strings.type)
    places = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks])
    return places.astype(np.int64), encoded.chunk(0).dictionary


def _first(owner: Ints) -> Ints:
    """Places at which the rows of another owner begin, in rows that are in the order of their owners."""
    return np.flatnonzero(np.diff(owner, prepend=-1))
