"""What every format exports of an article, and in which order articles come.

A document is a pure function of the inputs and the settings: it holds no run ids, no paths of this machine and no
moment of processing, so that two corpora made from the same inputs export the same bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.export.choice import EVERYTHING, Choice
from pipeline.records import Kind

if TYPE_CHECKING:
    from pipeline.corpus.open import Corpus

_STRINGS = pa.list_(pa.string())

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("url", pa.string()),
        ("site", pa.string()),
        ("title", pa.string()),
        ("dek", pa.string()),
        ("authors", _STRINGS),
        ("published", pa.string()),
        ("updated", pa.string()),
        ("language", pa.string()),
        ("canonical_url", pa.string()),
        ("site_name", pa.string()),
        ("section", pa.string()),
        ("tags", _STRINGS),
        ("license", pa.string()),
        ("is_free", pa.bool_()),
        ("page_type", pa.string()),
        ("page_type_chance", pa.float64()),
        ("text", pa.string()),
        (
            "paragraphs",
            pa.list_(
                pa.struct([("id", pa.string()), ("kind", pa.string()), ("text", pa.string()), ("repeats", pa.string())])
            ),
        ),
        ("captions", _STRINGS),
        ("canonical_id", pa.string()),
        ("is_canonical", pa.bool_()),
        (
            "duplicates",
            pa.list_(
                pa.struct(
                    [
                        ("id", pa.string()),
                        ("jaccard", pa.float64()),
                        ("containment", pa.float64()),
                        ("relation", pa.string()),
                    ]
                )
            ),
        ),
        ("added", pa.string()),
        ("created", pa.string()),
        (
            "metadata",
            pa.struct(
                [
                    ("format", pa.string()),
                    ("encoding", pa.string()),
                    ("sha256", pa.string()),
                    ("text_sha256", pa.string()),
                    ("input_bytes", pa.int64()),
                    ("words", pa.int32()),
                    ("lines", pa.int32()),
                    ("body_lines", pa.int32()),
                    ("removed_lines", pa.int32()),
                    ("certainty", pa.float64()),
                    ("kept_share", pa.float64()),
                    ("labeller", pa.string()),
                    ("canonical_reason", pa.string()),
                    ("cluster_size", pa.int32()),
                ]
            ),
        ),
    ]
)
"""Fields of a document in order, as Arrow types; JSON Lines has the same fields in the same order."""

_METADATA = [field.name for field in SCHEMA.field("metadata").type]

_OWN = [name for name in SCHEMA.names if name not in {"paragraphs", "duplicates", "added", "created", "metadata"}]

Document = dict[str, Any]


def is_preformatted(text: str) -> bool:
    """Whether a paragraph's lines stay as they are written: no other has a break in it, or white space before it."""
    return "\n" in text or text[:1].isspace()


def documents(corpus: Corpus, choice: Choice = EVERYTHING) -> Iterator[Document]:
    """The articles of a corpus as documents, by source and then id; withdrawn articles are left out.

    ``duplicates`` lists the other articles of the cluster by id; the similarities and the relation are those of the
    verified pair, null where there is none for these two members. ``added`` and ``created`` are the moments of download
    and of publication as far as the source gives them.
    """
    present = pc.is_null(pc.field("withdrawn"))
    members: dict[str, list[str]] = defaultdict(list)
    for row in corpus.table("articles", ["id", "canonical_id"], present).to_pylist():
        members[row["canonical_id"]].append(row["id"])
    pairs = {}
    columns = ["left_id", "right_id", "jaccard", "containment", "relation"]
    for row in corpus.table("duplicates", columns, pc.field("level") == "article").to_pylist():
        pairs[row["left_id"], row["right_id"]] = pairs[row["right_id"], row["left_id"]] = row
    paragraphs = _Paragraphs(corpus)

    wanted = present & choice.filter()
    read = [*_OWN, "fetched_at", *_METADATA]
    table = corpus.table("articles", list(dict.fromkeys(read)), wanted)
    table = table.sort_by([("source", "ascending"), ("id", "ascending")])
    for batch in table.to_batches(max_chunksize=1_000):
        for row in batch.to_pylist():
            own = paragraphs.of(row["id"])
            if not choice.headings:
                own = [paragraph for paragraph in own if paragraph["kind"] != Kind.HEADING]
                row["text"] = "\n\n".join(paragraph["text"] for paragraph in own)
            if not choice.captions:
                row["captions"] = []
            yield {
                **{name: row[name] for name in _OWN[: _OWN.index("captions")]},
                "paragraphs": own,
                **{name: row[name] for name in _OWN[_OWN.index("captions") :]},
                "duplicates": [
                    {"id": other} | _similarity(pairs.get((row["id"], other)))
                    for other in sorted(members[row["canonical_id"]])
                    if other != row["id"]
                ],
                "added": row["fetched_at"],
                "created": row["published"],
                "metadata": {name: row[name] for name in _METADATA},
            }


def _similarity(pair: dict[str, Any] | None) -> dict[str, Any]:
    names = ("jaccard", "containment", "relation")
    return {name: None if pair is None else pair[name] for name in names}


class _Paragraphs:
    """The paragraphs that stand in the articles' texts, found by article."""

    def __init__(self, corpus: Corpus) -> None:
        # In the order of the key, so that each article's paragraphs are one slice; they become Python objects late.
        self._rows = corpus.table(
            "paragraphs", ["article_id", "order", "id", "kind", "text", "repeats"], pc.field("in_text")
        ).sort_by([("article_id", "ascending"), ("order", "ascending")])
        self._slices: dict[str, tuple[int, int]] = {}
        start = 0
        runs = pc.run_end_encode(self._rows["article_id"].combine_chunks()) if self._rows.num_rows else None
        if runs is not None:
            for article, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
                self._slices[article] = (start, end - start)
                start = end
        self._rows = self._rows.select(["id", "kind", "text", "repeats"])

    def of(self, article: str) -> list[dict[str, Any]]:
        """The paragraphs of one article in order."""
        start, count = self._slices.get(article, (0, 0))
        rows: list[dict[str, Any]] = self._rows.slice(start, count).to_pylist()
        return rows
