"""Corrected pages as examples to learn from: what ``copydesk train --corrections`` reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from pipeline.records import OVERRIDE, Kind, Label, Page
from pipeline.run.rows import labelled_pages
from pipeline.sites.corrections import Correction, SeenLine, corrections_about, fit, merged, stored_corrections

if TYPE_CHECKING:
    from pipeline.corpus.open import Corpus


@dataclass(frozen=True, slots=True)
class Example:
    """One page with the labels it should have."""

    page: Page
    labels: tuple[Label, ...]
    """Aligned with ``page.lines``. Lines that nobody corrected have the kind that the corpus gave them; repeats, which
    the labeller is not to know, the kind they had before."""
    corrected: frozenset[int]
    """Positions of the lines that a person decided."""


def examples(corpus: Corpus, corrections: Sequence[Correction] = ()) -> Iterator[Example]:
    """The pages of a corpus that people corrected, sorted by id.

    :param corrections: more than the corpus remembers (``read_corrections``); the later holds.
    """
    known = merged(stored_corrections(corpus.table("corrections").to_pylist()), corrections)
    named = sorted(corrections_about(known))
    if not named:
        return
    about = pc.field("withdrawn").is_null() & (pc.field("id").isin(named) | pc.field("source").isin(named))
    pages = corpus.table("articles", filter=about)
    if not pages.num_rows:
        return
    lines = corpus.table("lines", filter=pc.field("article_id").isin(pages["id"].to_pylist()))
    final: dict[str, dict[tuple[int, int], str]] = {}
    for row in lines.to_pylist():
        final.setdefault(row["article_id"], {})[row["line"], row["part"]] = row["kind"]
    for page, model, _ in labelled_pages(pages, lines):
        seen = [SeenLine(line.number, line.part, line.text, line.clean) for line in page.lines]
        kinds = fit(known, {page.id: page.source}, {page.id: seen}).kinds.get(page.id, {})
        labels: list[Label] = []
        for line, before in zip(page.lines, model, strict=True):
            place = (line.number, line.part)
            stored = Kind(final[page.id][place])
            if place in kinds:
                labels.append(Label(kinds[place], before.score, OVERRIDE))
            else:
                labels.append(Label(before.kind if stored is Kind.DUPLICATE else stored, before.score, before.reason))
        corrected = frozenset(at for at, label in enumerate(labels) if label.reason == OVERRIDE)
        if corrected:
            yield Example(page, tuple(labels), corrected)
