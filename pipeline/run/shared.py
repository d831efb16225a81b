"""Paragraphs that another article published first, where settings take them out of the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.schema import LINES
from pipeline.records import BODY, Kind
from pipeline.run.rows import in_order, table, text_fields
from pipeline.run.site_lines import write_earlier_shard
from pipeline.run.stages import assemble_shard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.run.before import Before
    from pipeline.run.compare import Whole
    from pipeline.run.work import Job

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Texts:
    """What follows from which paragraphs are in the text."""

    lines: pa.Table
    """Rows of ``lines`` of every article whose lines may have changed, sorted by their key."""
    fields: Mapping[str, Row]
    """By article, the fields of its row that are not as they were assembled (``rows.text_fields``)."""


def decide_texts(before: Before, whole: Whole, made: Sequence[str], shard: int, job: Job) -> Texts:
    """Bring texts, counts and lines in step with the paragraphs that are in the text.

    :param made: articles assembled in this run
    :param shard: a free shard number, for earlier articles that must be assembled again
    """
    new = set(made)
    out_now = whole.out_now
    again = tuple(i for i in whole.articles if i not in new and out_now.get(i) != whole.out_before.get(i))
    if again:
        write_earlier_shard(before, again, shard, job.work)
        assemble_shard(shard, job)
    lines = in_order(job.work.tables("final-lines", LINES.schema), LINES.key)
    # Few articles lose paragraphs this way; the lines of all others stay in Arrow (a tenth of the memory).
    affected = sorted({*out_now, *again} & {*made, *again})
    if not affected:
        return Texts(lines, {})
    theirs = pc.is_in(lines["article_id"], pa.array(affected))
    own: dict[str, list[Row]] = {identity: [] for identity in affected}
    for line in lines.filter(theirs).to_pylist():
        own[line["article_id"]].append(line)
    at_hand = whole.paragraphs.filter(pc.is_in(whole.paragraphs["article_id"], pa.array(affected)))
    stored = before.table("paragraphs", sorted({*again}.difference(at_hand["article_id"].to_pylist())))
    paragraphs: dict[str, list[Row]] = {identity: [] for identity in affected}
    for paragraph in pa.concat_tables([at_hand, whole.decided(stored)]).to_pylist():
        paragraphs[paragraph["article_id"]].append(paragraph)
    fields = {identity: _decide(paragraphs[identity], own[identity]) for identity in affected}
    decided = table((line for identity in affected for line in own[identity]), LINES.schema)
    return Texts(in_order(pa.concat_tables([lines.filter(pc.invert(theirs)), decided]), LINES.key), fields)


def _decide(paragraphs: Sequence[Row], lines: Sequence[Row]) -> Row:
    """Mark the lines of paragraphs that are not in the text; what the article is without them."""
    out = [paragraph for paragraph in paragraphs if not paragraph["in_text"]]
    for paragraph in out:
        for line in lines:
            inside = paragraph["first_line"] <= line["line"] <= paragraph["last_line"]
            # One huge line holds many paragraphs; only the parts of this one are taken out.
            if inside and line["kind"] in BODY and (line["clean"] or line["text"]) in paragraph["text"]:
                line["kind"] = Kind.DUPLICATE.value
                line["reason"] = f"duplicate:{paragraph['repeats']}"
    kept = [paragraph["text"] for paragraph in paragraphs if paragraph["in_text"]]
    return text_fields(kept, [(Kind(line["kind"]), line["text"]) for line in lines])
