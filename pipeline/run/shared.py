"""Paragraphs that another article published first, where settings take them out of the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.corpus.schema import LINES
from pipeline.records import BODY, Kind
from pipeline.run.rows import of_articles, table, text_fields
from pipeline.run.site_lines import write_earlier_shard
from pipeline.run.spool import spooled, with_rows
from pipeline.run.stages import assemble_shard

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pipeline.run.before import Before
    from pipeline.run.compare import Whole
    from pipeline.run.spool import Spool
    from pipeline.run.work import Job

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Texts:
    """What follows from which paragraphs are in the text."""

    lines: Spool
    """Rows of ``lines`` as they were assembled, of every article whose lines may have changed."""
    decided: pa.Table
    """All rows of those articles of which paragraphs are not in the text, as they are without them."""
    fields: Mapping[str, Row]
    """By article, the fields of its row that are not as they were assembled (``rows.text_fields``)."""

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Rows of ``lines`` as they are now, in pieces, sorted by their key.

        :param columns: some of the fields, those of the key among them; None for all
        """
        names = LINES.schema.names if columns is None else columns
        return with_rows(self.lines.pieces(columns), self.decided.select(names), LINES.key)

    def of(self, articles: Collection[str], columns: Sequence[str]) -> pa.Table:
        """Some fields of the rows of some articles."""
        read = tuple(dict.fromkeys((*LINES.key, *columns)))
        return pa.concat_tables(of_articles(self.pieces(read), articles)).select(columns)


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
    work = job.work
    every = work.each("final-lines", LINES.schema)
    lines = spooled(every, work.count("final-lines"), LINES.key, work.folder / "sorted-lines.arrow")
    # Few articles lose paragraphs this way; the lines of all others stay where they are.
    affected = sorted({*out_now, *again} & {*made, *again})
    if not affected:
        return Texts(lines, LINES.schema.empty_table(), {})
    own: dict[str, list[Row]] = {identity: [] for identity in affected}
    for piece in of_articles(lines.pieces(), affected):
        for line in piece.to_pylist():
            own[line["article_id"]].append(line)
    at_hand = pa.concat_tables(map(whole.decided, of_articles(whole.paragraphs.pieces(), affected)))
    stored = before.table("paragraphs", sorted({*again}.difference(at_hand["article_id"].to_pylist())))
    paragraphs: dict[str, list[Row]] = {identity: [] for identity in affected}
    for paragraph in pa.concat_tables([at_hand, whole.decided(stored)]).to_pylist():
        paragraphs[paragraph["article_id"]].append(paragraph)
    fields = {identity: _decide(paragraphs[identity], own[identity]) for identity in affected}
    return Texts(lines, table((line for identity in affected for line in own[identity]), LINES.schema), fields)


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
