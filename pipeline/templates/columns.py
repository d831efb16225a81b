"""The lines of many pages in columns: what counting looks at, some 30 bytes a line instead of some objects.

A night counts the lines of all pages of every site that gained one, so this is read from the tables as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import BODY, Kind
from pipeline.templates.pages import line_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from pipeline.templates.pages import PageLines

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

    @cached_property
    def starts(self) -> Ints:
        """(n + 1,): where the lines of each page begin."""
        return np.searchsorted(self.page, np.arange(len(self) + 1))

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


def of_pages(pages: Iterable[PageLines]) -> PageColumns:
    """Pages in columns."""
    listed = list(pages)
    lines = [line for page in listed for line in page.lines]
    sizes = [len(page.lines) for page in listed]
    return _numbered(
        ids=[page.id for page in listed],
        sites=[page.site for page in listed],
        headline=[page.headline for page in listed],
        longest=[page.longest for page in listed],
        page=np.repeat(np.arange(len(listed)), sizes),
        digest=_digests([digest for digest, _, _ in lines]),
        kind=np.array([NUMBER[kind] for _, _, kind in lines], dtype=np.int64),
        text=np.arange(len(lines)),
        texts=pa.array([text for _, text, _ in lines], pa.large_string()),
    )


def of_rows(rows: pa.Table) -> PageColumns:
    """Pages of this run, from what labelling noted of them (``pipeline.run.work.RECURRENCE``)."""
    lines = rows.column("lines").combine_chunks()
    own = lines.flatten()
    return _numbered(
        ids=rows.column("id").to_pylist(),
        sites=rows.column("site").to_pylist(),
        headline=rows.column("headline").to_pylist(),
        longest=rows.column("longest").to_pylist(),
        page=np.repeat(np.arange(rows.num_rows), lines.value_lengths().to_numpy(zero_copy_only=False)),
        digest=_digests(own.field("digest").to_pylist()),
        kind=_kinds(own.field("kind")),
        text=np.arange(len(own)),
        texts=own.field("text").cast(pa.large_string()),
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
    of_text = _digests([line_digest(each) for each in words])
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
        longest[owner[at]] = bytes(of_text[text[at]]).decode()

    shown = np.flatnonzero(length[text] > 0) if len(text) else np.zeros(0, dtype=np.int64)
    _, same = np.unique(of_text, return_inverse=True)
    key = owner[shown] * max(len(words), 1) + same[text[shown]]
    once = shown[np.sort(np.unique(key, return_index=True)[1])]
    pages = _numbered(
        ids=names,
        sites=[sites[name] for name in names],
        headline=[line_digest(each) if each else None for each in said],
        longest=longest,
        page=owner[once],
        digest=of_text[text[once]],
        kind=kind[once],
        text=text[once],
        texts=vocabulary,
    )
    place = np.searchsorted(pages.digests, of_text) if len(pages.digests) else np.zeros(len(words), dtype=np.int64)
    return pages, owner, np.where(length[text] > 0, place[text], _NONE) if len(text) else text


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


def _numbered(
    *,
    ids: Sequence[str],
    sites: Sequence[str | None],
    headline: Sequence[str | None],
    longest: Sequence[str],
    page: Ints,
    digest: Digests,
    kind: Ints,
    text: Ints,
    texts: pa.Array,
) -> PageColumns:
    """With places for digests."""
    own = _digests([each for each in headline if each is not None])
    long = _digests(longest)
    digests = np.unique(np.concatenate([digest, own, long]))
    heads = np.full(len(ids), _NONE, dtype=np.int64)
    heads[[each is not None for each in headline]] = np.searchsorted(digests, own)
    return PageColumns(
        ids,
        sites,
        heads,
        np.searchsorted(digests, long),
        page,
        np.searchsorted(digests, digest),
        kind,
        text,
        texts,
        digests,
    )


def _digests(hexadecimal: Sequence[str]) -> Digests:
    return np.array(hexadecimal, dtype="S32")


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
