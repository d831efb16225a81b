"""Which long lines stand on several sites: a quote or an agency paragraph, and so the template of none of them.

Sites are counted on which the labeller takes the line for body. Compared are letters and digits alone, since every
newsroom sets quotation marks its own way; in Arrow, because all lines of the corpus are looked at, or by checksums that
were taken when the lines were new (``pipeline.templates.stored``).
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import BODY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import numpy.typing as npt

QUOTE_COLUMNS = 60
"""A shorter line ("Read more:", "Advertisement", a credit) stands on many sites by nature and tells nothing. Wide
characters (Chinese, Japanese, Korean) count as two columns."""

_BODY = pa.array(sorted(kind.value for kind in BODY))


def is_long(text: str) -> bool:
    """Whether ``text`` is long enough for its standing on several sites to mean that it was quoted."""
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text) >= QUOTE_COLUMNS


def carried_key(text: str) -> str:
    """The form in which lines of different sites are compared."""
    return str(carried_keys(pa.array([text], pa.string()))[0].as_py())


def carried_keys(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The same of many texts."""
    return pc.replace_substring_regex(pc.utf8_lower(texts), r"[^\pL\pN]+", "")


def checksums(keys: Iterable[str]) -> npt.NDArray[np.uint32]:
    """A number for each key, equal where keys are, and only seldom elsewhere."""
    return np.array([crc32(key.encode("utf-8", "surrogatepass")) for key in keys], dtype=np.uint32)


def sites_carrying(
    tables: Iterable[pa.Table | pa.RecordBatch], site_of: Mapping[str, str], keys: Collection[str]
) -> dict[str, frozenset[str]]:
    """For each of ``keys`` (:func:`carried_key`): the sites on which the labeller took a line like it for body.

    :param tables: rows of ``lines``: ``article_id``, ``text``, ``clean``, ``model_kind``.
    :param site_of: site of every article that counts, by id.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    wanted = pa.array(sorted(keys), pa.string())
    if not len(wanted):
        return {}
    shortest = min(len(key) for key in keys)
    for rows in tables:
        texts = pc.coalesce(rows.column("clean"), rows.column("text"))
        # Letters alone are never more than all characters: shorter lines cannot be meant.
        near = pc.and_(pc.is_in(rows.column("model_kind"), _BODY), pc.greater_equal(pc.utf8_length(texts), shortest))
        articles, key = rows.column("article_id").filter(near), carried_keys(texts.filter(near))
        here = pc.is_in(key, wanted)
        for article, one in zip(articles.filter(here).to_pylist(), key.filter(here).to_pylist(), strict=True):
            site = site_of.get(article)
            if site is not None:
                found[one].add(site)
    return {key: frozenset(sites) for key, sites in found.items()}
