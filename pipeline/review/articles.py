"""The lines of articles as the review page is given them, with the evidence for each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import Kind
from pipeline.templates.pages import line_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.corpus.open import Corpus

Row = dict[str, Any]
TOGETHER = 50
"""Articles that are packed into one chunk, which the page unpacks at once: some hundred kilobytes."""

KINDS: tuple[str, ...] = tuple(kind.value for kind in Kind)
"""A line names its kind by its place here."""


KIND, REASON = 3, 5
"""Places in a line."""


def shown(corpus: Corpus, articles: Sequence[Row]) -> list[Row]:
    """What the page shows of each article, in their order.

    Each is ``{"lines": [[line, part, text, kind, score, reason, note, blank before]], "repeats": {line: {...}},
    "similar": [...]}``; ``kind`` is a place in ``KINDS``, ``repeats`` the paragraph of another article that the
    paragraph beginning at a line repeats, ``similar`` the article's verified near-duplicates.
    """
    ids = [row["id"] for row in articles]
    sites = {row["id"]: row["site"] for row in articles}
    lines = _lines(corpus, ids)
    evidence = _evidence(corpus, sites, lines)
    people = _people(corpus, articles)
    repeats = _repeats(corpus, ids)
    similar = _similar(corpus, ids)
    return [
        {
            "lines": [
                _line(row, people.get((own, row["line"]), ""), evidence.get((sites[own], row["digest"]), ""))
                for row in lines.get(own, [])
            ],
            "repeats": repeats.get(own, {}),
            "similar": similar.get(own, []),
        }
        for own in ids
    ]


def batched(articles: Sequence[Row]) -> Iterator[list[Row]]:
    """The articles ``TOGETHER`` at a time."""
    for start in range(0, len(articles), TOGETHER):
        yield list(articles[start : start + TOGETHER])


def _line(row: Row, said: str, evidence: str) -> list[Any]:
    note = said
    if evidence and not note:
        note = f"the site repeats it: {evidence}"
    return [
        row["line"],
        row["part"],
        row["text"],
        KINDS.index(row["kind"]),
        round(row["score"], 3),
        row["reason"],
        note,
        int(row["blank_before"]),
    ]


def _lines(corpus: Corpus, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Rows of ``lines`` by article, in order."""
    columns = ["article_id", "line", "part", "text", "clean", "kind", "score", "reason", "blank_before"]
    wanted = pa.array(ids, pa.string())
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for batch in corpus.batches("lines", columns):
        for row in batch.filter(pc.is_in(batch["article_id"], value_set=wanted)).to_pylist():
            found[row["article_id"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row["line"], row["part"]))
        for row in rows:
            row["digest"] = line_digest(row["clean"] or row["text"])
    return found


def _evidence(
    corpus: Corpus, sites: Mapping[str, str | None], lines: Mapping[str, Sequence[Row]]
) -> dict[tuple[str | None, str], str]:
    """By site and digest of a line: on how many of the site's pages it stands. Sites without URLs are left out."""
    named = sorted({site for site in sites.values() if site})
    digests = {(sites[own], row["digest"]) for own, rows in lines.items() for row in rows}
    columns = ["site", "line_sha", "pages", "site_pages"]
    return {
        (row["site"], row["line_sha"]): f"on {row['pages']:,} of {row['site_pages']:,} pages"
        for row in corpus.table("site_lines", columns, pc.field("site").isin(pa.array(named, pa.string()))).to_pylist()
        if (row["site"], row["line_sha"]) in digests
    }


def _people(corpus: Corpus, articles: Sequence[Row]) -> dict[tuple[str, int], str]:
    """By article and line: what a person said of it, and who."""
    ids = {row["id"] for row in articles}
    of_source: defaultdict[str, list[str]] = defaultdict(list)
    for row in articles:
        of_source[row["source"]].append(row["id"])
    notes = {}
    for row in corpus.table("corrections").to_pylist():
        said = ", ".join(part for part in (row["author"], row["time"]) if part)
        note = ": ".join(part for part in (said, row["note"]) if part) or "corrected by a person"
        for own in {row["target"]} & ids or set(of_source[row["source"]]) | set(of_source[row["target"]]):
            notes[own, row["line"]] = note
    return notes


def _repeats(corpus: Corpus, ids: Sequence[str]) -> dict[str, dict[str, Row]]:
    """By article and first line of a paragraph: the paragraph of another article that had it first."""
    columns = ["id", "article_id", "first_line", "repeats", "similarity"]
    rows = corpus.table(
        "paragraphs", columns, pc.field("article_id").isin(pa.array(ids, pa.string())) & pc.field("repeats").is_valid()
    )
    rows = rows.to_pylist()
    others = sorted({row["repeats"] for row in rows})
    texts = {
        row["id"]: row
        for row in corpus.table(
            "paragraphs", ["id", "article_id", "text"], pc.field("id").isin(pa.array(others, pa.string()))
        ).to_pylist()
    }
    sources = _sources(corpus, {row["article_id"] for row in texts.values()})
    found: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        other = texts.get(row["repeats"])
        if other is not None:
            found[row["article_id"]][str(row["first_line"])] = {
                "article": other["article_id"],
                "source": sources.get(other["article_id"], ""),
                "text": other["text"],
                "jaccard": 1.0 if row["similarity"] is None else round(row["similarity"], 3),
            }
    return found


def _similar(corpus: Corpus, ids: Sequence[str]) -> dict[str, list[Row]]:
    """By article: its near-duplicates among all articles, most similar first."""
    shown = pa.array(ids, pa.string())
    wanted = pc.field("left_id").isin(shown) | pc.field("right_id").isin(shown)
    columns = ["left_id", "right_id", "jaccard", "containment", "relation"]
    pairs = corpus.table("duplicates", columns, (pc.field("level") == "article") & wanted).to_pylist()
    sources = _sources(corpus, {pair[side] for pair in pairs for side in ("left_id", "right_id")})
    own = set(ids)
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for pair in pairs:
        for one, other in ((pair["left_id"], pair["right_id"]), (pair["right_id"], pair["left_id"])):
            if one in own:
                found[one].append(
                    {
                        "article": other,
                        "source": sources.get(other, ""),
                        "jaccard": round(pair["jaccard"], 3),
                        "containment": round(pair["containment"], 3),
                        "relation": pair["relation"],
                    }
                )
    for rows in found.values():
        rows.sort(key=lambda row: (-row["jaccard"], row["article"]))
    return found


def _sources(corpus: Corpus, ids: set[str]) -> dict[str, str]:
    rows = corpus.table("articles", ["id", "source"], pc.field("id").isin(pa.array(sorted(ids), pa.string())))
    return {row["id"]: row["source"] for row in rows.to_pylist()}
