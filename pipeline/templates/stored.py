"""Every line that a corpus stores, in columns: what counting it again, deciding on it again and judging drift look at.

All follows from the tables (``of_table``). But a night counts the lines of all pages of every site that gained one, and
to read, fold and hash them costs more than all else it does; so a run adds its own pages (``joined``) and leaves the
columns to the next (``pipeline.run.counted``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import BODY, OVERRIDE, Kind
from pipeline.shelf import MEMORY
from pipeline.templates.carried import carried_keys, checksums
from pipeline.templates.columns import (
    KINDS,
    NONE,
    NUMBER,
    PageColumns,
    digests_in,
    encoded,
    kinds_of,
    merged,
    places_of,
)
from pipeline.templates.pages import line_digest, once_digest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy.typing as npt

    from pipeline.shelf import Shelf
    from pipeline.templates.columns import Digests

    Ints = npt.NDArray[np.integer]
    Flags = npt.NDArray[np.bool_]

TEMPLATE = "template:"
"""How the ``reason`` of a line begins that its site's template decided on; the site follows."""

NOBODY, PERSON = -1, -2
"""Beside the numbers of sites: the labeller alone decided on a line; a correction or a site file did."""

FIELDS = ("article_id", "text", "clean", "kind", "reason", "model_kind")
"""The fields of ``lines`` that are needed."""

_BODY = np.array([kind in BODY for kind in KINDS])
"""By number of a kind."""

_GROWTH = 2
"""Words are held in pieces of which each is more than so many times as long as the next: few pieces however many
nights, and what a night copies of them is in the long run a few times what it adds."""

_LARGE = 32 << 20
"""A piece of more bytes stays as it is."""


@dataclass(frozen=True)
class StoredLines:
    """n pages with r lines together, v different normalised texts among them and d different digests."""

    ids: npt.NDArray[np.bytes_]
    """(n,): ids of the pages."""
    headline: Ints
    """(n,): place in ``digests``, -1 where there is none."""
    longest: Ints
    """(n,): place in ``digests``, of the longest body line or of what stands for it (``pages.PageLines``)."""
    owner: Ints
    """(r,): place of each line's page, ascending; lines of a page in their order."""
    word: Ints
    """(r,): place in ``words``."""
    model_kind: Ints
    """(r,): number of the kind that the labeller gave the line."""
    kind: Ints
    """(r,): number of the kind that the line has."""
    by: Ints
    """(r,): place in ``sites`` of the site whose template decided on the line, or ``NOBODY``, or ``PERSON``."""
    length: Ints
    """(r,): characters of the line as it was."""
    first: Flags
    """(r,): whether the line has text, and is the first such one of its page."""
    words: pa.ChunkedArray
    """(v,): normalised texts, each once."""
    digest: Ints
    """(v,): place in ``digests`` of each text; -1 for the empty one."""
    carried: Ints
    """(v,): checksum of the form in which each text is compared across sites (``pipeline.templates.carried``)."""
    digests: Digests
    """(d,): ascending, each once."""
    sites: tuple[str, ...]

    def __len__(self) -> int:
        """How many pages."""
        return len(self.ids)

    @property
    def names(self) -> list[str]:
        """The ids of the pages."""
        names: list[str] = self.ids.astype(str).tolist()
        return names

    def only(self, wanted: Flags) -> StoredLines:
        """Some of the pages; texts and digests stay.

        :param wanted: (n,)
        """
        if wanted.all():
            return self
        lines = wanted[self.owner]
        return replace(
            self,
            ids=self.ids[wanted],
            headline=self.headline[wanted],
            longest=self.longest[wanted],
            owner=(np.cumsum(wanted) - 1)[self.owner[lines]],
            word=self.word[lines],
            model_kind=self.model_kind[lines],
            kind=self.kind[lines],
            by=self.by[lines],
            length=self.length[lines],
            first=self.first[lines],
        )

    def pages(self, sites: Mapping[str, str | None]) -> PageColumns:
        """The pages, ready to be counted: equal to ``page_lines`` of each.

        :param sites: of every page by its URL, by id
        """
        names = self.names
        word = self.word[self.first]
        return PageColumns(
            ids=names,
            sites=[sites[name] for name in names],
            headline=self.headline.astype(np.int64),
            longest=self.longest.astype(np.int64),
            page=self.owner[self.first].astype(np.int32, copy=False),
            digest=self.digest[word].astype(np.int32, copy=False),
            kind=self.model_kind[self.first].astype(np.int8, copy=False),
            text=word.astype(np.int32, copy=False),
            texts=self.words,
            digests=self.digests,
        )

    def places(self, digests: Sequence[str]) -> list[int]:
        """The place of each in ``digests``; -1 where it is not there."""
        asked = np.array(digests, dtype="S32")
        at = np.searchsorted(self.digests, asked)
        there = at < len(self.digests)
        there[there] = self.digests[at[there]] == asked[there]
        found: list[int] = np.where(there, at, NONE).tolist()
        return found

    def carrying(self, site_of: Mapping[str, str], keys: Collection[str]) -> dict[str, frozenset[str]]:
        """For each of ``keys``: the sites on which the labeller took a line like it for body (``sites_carrying``).

        :param site_of: site of every page that counts, by id
        """
        near = np.flatnonzero(np.isin(self.carried, checksums(keys)))
        key = dict(zip(near.tolist(), carried_keys(self.words.take(near)).to_pylist(), strict=True))
        asked = np.zeros(len(self.words), dtype=bool)
        asked[[word for word in key if key[word] in keys]] = True
        lines = np.flatnonzero(asked[self.word] & _BODY[self.model_kind])
        names, found = self.names, defaultdict[str, set[str]](set)
        for owner, word in zip(self.owner[lines].tolist(), self.word[lines].tolist(), strict=True):
            if (site := site_of.get(names[owner])) is not None:
                found[key[word]].add(site)
        return {each: frozenset(sites) for each, sites in found.items()}

    @property
    def use(self) -> float:
        """Share of the texts that still stand on a page; pages that were made again may have other ones."""
        here = np.zeros(len(self.words), dtype=bool)
        here[self.word] = True
        return float(np.mean(here)) if len(here) else 1.0


def of_table(rows: pa.Table, titles: Mapping[str, str]) -> StoredLines:
    """The columns of some pages, made from their stored lines.

    :param rows: ``FIELDS`` of ``lines``, in the order of their key
    :param titles: the headlines that markup declares, by page id; falsy ones are as good as none
    """
    owner, ids = encoded(rows.column("article_id"))
    names = ids.to_pylist()
    clean = pc.coalesce(rows.column("clean"), rows.column("text"))
    # The different lines of a large corpus are more than the 2 GB that one array of plain strings holds.
    word, vocabulary = encoded(clean.cast(pa.large_string()))
    model_kind = kinds_of(rows.column("model_kind"))
    of_word = digests_in(once_digest(text) if text else "" for text in vocabulary.to_pylist())
    length = np.asarray(pc.utf8_length(vocabulary))

    headline = digests_in([""] * len(names))
    is_title = np.flatnonzero(model_kind == NUMBER[Kind.TITLE])
    is_title = is_title[_begin(owner[is_title])]
    headline[owner[is_title]] = of_word[word[is_title]]
    for place, name in enumerate(names):
        if title := titles.get(name):
            headline[place] = line_digest(title).encode()

    longest = digests_in([""] * len(names))
    body = np.flatnonzero(np.isin(model_kind, [NUMBER[each] for each in BODY]))
    body = body[np.lexsort((-length[word[body]], owner[body]))]
    body = body[_begin(owner[body])]
    longest[owner[body]] = np.where(length[word[body]] > 0, of_word[word[body]], line_digest("").encode())
    for place in np.flatnonzero(longest == b"").tolist():
        longest[place] = line_digest(names[place]).encode()

    digests, (headlines, longests, digest) = places_of(headline, longest, of_word)
    by, sites = _deciders(rows.column("reason"))
    shown = np.flatnonzero(digest[word] != NONE)
    first = np.zeros(len(word), dtype=bool)
    first[shown[np.unique(owner[shown] * len(digests) + digest[word[shown]], return_index=True)[1]]] = True
    return StoredLines(
        ids=np.array(names, dtype="S16"),
        headline=headlines.astype(np.int32),
        longest=longests.astype(np.int32),
        owner=owner.astype(np.int32),
        word=word.astype(np.int32),
        model_kind=model_kind.astype(np.int8),
        kind=kinds_of(rows.column("kind")).astype(np.int8),
        by=by,
        length=np.asarray(pc.utf8_length(rows.column("text"))).astype(np.int32),
        first=first,
        words=pa.chunked_array([vocabulary]),
        digest=digest.astype(np.int32),
        carried=checksums(carried_keys(vocabulary).to_pylist()),
        digests=digests,
        sites=sites,
    )


def joined(one: StoredLines, other: StoredLines, shelf: Shelf = MEMORY) -> StoredLines:
    """All pages of both, which have no page in common; cheap where ``other`` is small.

    The texts of ``one`` keep their places.

    :param shelf: takes the lines
    """
    digests, places = merged(one.digests, other.digests)
    # Narrow before columns are joined: the wide ones would be made of all lines beside those that stay.
    of_one, of_other = (each.astype(np.int32) for each in places)
    digest, digest_there = of_one[one.digest], of_other[other.digest]
    # Equal texts have equal digests: only those of ``one`` are looked at whose digests ``other`` has.
    asked = np.zeros(len(digests) + 1, dtype=bool)
    asked[digest_there] = True
    near = np.flatnonzero(asked[digest])
    found = np.asarray(pc.fill_null(pc.index_in(other.words, value_set=one.words.take(near)), -1), dtype=np.int64)
    new = found < 0
    place = np.where(new, len(one.words) + np.cumsum(new) - 1, np.append(near, NONE)[found]).astype(np.int32)
    names = {site: number for number, site in enumerate(one.sites)}
    for site in other.sites:
        names.setdefault(site, len(names))
    # The last two by their own numbers.
    numbers = np.array([*(names[site] for site in other.sites), PERSON, NOBODY], dtype=np.int32)
    return StoredLines(
        ids=np.concatenate([one.ids, other.ids]),
        headline=np.concatenate([of_one[one.headline], of_other[other.headline]]),
        longest=np.concatenate([of_one[one.longest], of_other[other.longest]]),
        owner=shelf.joined(one.owner, other.owner + np.int32(len(one))),
        word=shelf.joined(one.word, place[other.word]),
        model_kind=shelf.joined(one.model_kind, other.model_kind),
        kind=shelf.joined(one.kind, other.kind),
        by=shelf.joined(one.by, numbers[other.by]),
        length=shelf.joined(one.length, other.length),
        first=shelf.joined(one.first, other.first),
        words=_pieces([*one.words.chunks, *other.words.filter(pa.array(new)).chunks]),
        digest=np.concatenate([digest, digest_there[new]]),
        carried=np.concatenate([one.carried, other.carried[new]]),
        digests=digests,
        sites=tuple(names),
    )


def _pieces(pieces: list[pa.Array]) -> pa.ChunkedArray:
    pieces = [piece for piece in pieces if len(piece)]
    while len(pieces) > 1 and len(pieces[-2]) <= _GROWTH * len(pieces[-1]) and pieces[-2].nbytes < _LARGE:
        pieces[-2:] = [pa.concat_arrays(pieces[-2:])]
    return pa.chunked_array(pieces, pa.large_string())


def _deciders(reason: pa.ChunkedArray) -> tuple[Ints, tuple[str, ...]]:
    """Who decided on each line beside the labeller (``StoredLines.by``), and the sites."""
    by = np.full(len(reason), NOBODY, dtype=np.int32)
    by[np.asarray(pc.starts_with(reason, OVERRIDE), dtype=bool)] = PERSON
    is_template = pc.starts_with(reason, TEMPLATE)
    places, names = encoded(reason.filter(is_template))
    by[np.asarray(is_template, dtype=bool)] = places
    return by, tuple(name.removeprefix(TEMPLATE) for name in names.to_pylist())


def _begin(owner: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Places at which the rows of another owner begin, in rows that are in the order of their owners."""
    return np.flatnonzero(np.diff(owner, prepend=-1))
