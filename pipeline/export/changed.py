"""What a consumer has to do to an earlier export to have the one of today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.corpus.compare import compared
from pipeline.errors import UsageError
from pipeline.export.choice import EVERYTHING, Choice
from pipeline.export.documents import SCHEMA, documents

if TYPE_CHECKING:
    from pipeline.corpus.open import Corpus

CHANGES = pa.schema(
    [
        ("change", pa.string()),
        ("id", pa.string()),
        ("fields", pa.list_(pa.string())),
        ("why", pa.string()),
        ("canonical_id", pa.string()),
        ("document", pa.struct(list(SCHEMA))),
    ]
)
"""Fields of a change in order, as Arrow types."""


def changed_documents(corpus: Corpus, since: int, choice: Choice = EVERYTHING) -> Iterator[dict[str, Any]]:
    """What was ``added``, ``changed`` or ``removed`` since release ``since``, in this order of an export's documents.

    Put every ``document`` in the place of the one with its id, drop the ids that were removed, and sort by ``source``
    and ``id``: that is the export of the open release. ``fields`` names what has changed. ``why`` says of a removed
    article that it was ``withdrawn``, is ``not canonical`` any more (``canonical_id`` is kept instead), or, where the
    export was restricted, is ``not chosen`` any more.

    :raises UsageError: there is no such release before this one, or its files are no longer kept.
    """
    earlier = type(corpus).open(corpus.path, since)
    if since > corpus.release.number:
        raise UsageError(f"corpus {corpus.path}: release {since} came after release {corpus.release.number}")
    fates: dict[str, dict[str, Any]] = {}
    for change, document in compared(documents(earlier, choice), documents(corpus, choice)):
        if document is None:
            fates = fates or _fates(corpus)
            fate = fates.get(change.id, {"why": "withdrawn", "canonical_id": None})
        else:
            fate = {"why": None, "canonical_id": document["canonical_id"]}
        yield {
            "change": change.change,
            "id": change.id,
            "fields": list(change.fields) if change.change == "changed" else None,
            **fate,
            "document": document,
        }


def _fates(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Of each article that is still there, why it may not be in an export."""
    columns = ["id", "canonical_id", "is_canonical"]
    return {
        row["id"]: {
            "why": "not chosen" if row["is_canonical"] else "not canonical",
            "canonical_id": row["canonical_id"],
        }
        for batch in corpus.articles(columns, all_articles=True)
        for row in batch.to_pylist()
    }
