"""Which long lines stand on several sites: a quote or an agency paragraph, and so the template of none of them.

Sites are counted on which the labeller takes the line for body. Compared are letters and digits alone, since every
newsroom sets quotation marks its own way; in Arrow, because all lines of the corpus are looked at.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import BODY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

QUOTE_COLUMNS = 60
"""A shorter line ("Read more:", "Advertisement", a credit) stands on many sites by nature and tells nothing. Wide
characters (Chinese, Japanese, Korean) count as two columns."""

_BODY = pa.array(sorted(kind.value for kind in BODY))


def is_long(text: str) -> bool:
    """Whether ``text`` is long enough for its standing on several sites to mean that it was quoted."""
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text) >= QUOTE_COLUMNS


def carried_key(text: str) -> str:
    """The form in which lines of different sites are compared."""
    return str(_keys(pa.array([text], pa.string()))[0].as_py())


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
        articles, key = rows.column("article_id").filter(near), _keys(texts.filter(near))
        here = pc.is_in(key, wanted)
        for article, one in zip(articles.filter(here).to_pylist(), key.filter(here).to_pylist(), strict=True):
            site = site_of.get(article)
            if site is not None:
                found[one].add(site)
    return {key: frozenset(sites) for key, sites in found.items()}


def _keys(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return pc.replace_substring_regex(pc.utf8_lower(texts), r"[^\pL\pN]+", "")
