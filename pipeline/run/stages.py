"""The stages that run once for each shard. Paths in, paths out: any worker that sees the storage can run them.

A page that makes a stage fail goes to quarantine by itself; the rest of its shard is unharmed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Literal, TypeVar

import pyarrow.parquet as pq

from pipeline.assemble.article import assemble_all
from pipeline.corpus.schema import ARTICLES, LINES, PARAGRAPHS, QUARANTINE
from pipeline.label.labeller import load_labeller
from pipeline.label.page_type import estimate
from pipeline.metadata.sites import page_site
from pipeline.read.load import read_file
from pipeline.records import Article, Fault, Label, Page, Quarantined, RawPage, Skipped
from pipeline.run.plan import Shard
from pipeline.run.progress import Beat
from pipeline.run.rows import (
    PAGES,
    article_row,
    labelled_pages,
    line_rows,
    page_row,
    paragraph_rows,
    quarantine_row,
    sign_rows,
    table,
)
from pipeline.run.work import (
    RECURRENCE,
    TRUNCATED,
    UNCHANGED,
    Job,
    read_deciders,
    read_known,
    recurrence_rows,
    write_passed_over,
)
from pipeline.split.identity import article_id
from pipeline.split.page import split_page
from pipeline.templates.recurrence import PageLines, page_lines

BATCH = 64
"""Pages that are labelled together: enough for vectorised scoring, few enough to keep a shard's memory flat."""

CRASHES = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RecursionError,
    MemoryError,
)
"""What a step may throw at a hostile page. Storage errors (OSError) are not among them: they fail the run."""

T = TypeVar("T")
R = TypeVar("R")

Labelled = tuple[Page, tuple[Label, ...], dict[str, Any]]
"""A page, its labels from before templates and repeats, and its row of ``PAGES``."""


def label_shard(shard: Shard, job: Job) -> None:
    """Read, decode, split, normalise and score the inputs of one shard, each by itself.

    Writes ``pages``, ``lines``, ``recurrence``, ``unchanged``, ``passed-over`` and ``quarantine-label`` files: what is
    made of a batch of pages is written at once, because one file of records may hold more than fits in memory.
    """
    work, number = job.work, shard.number
    labeller = load_labeller(job.settings.label)
    labelled_by = f"{labeller.name}/{labeller.version}"
    beat = Beat(work.beats("label") / str(number))
    reading = _Reading(shard, job, beat)
    with (
        work.writer("pages", number, PAGES) as pages,
        work.writer("lines", number, LINES.schema) as lines,
        work.writer("recurrence", number, RECURRENCE) as recurrence,
    ):
        for batch in _batches(reading.pages()):
            labelled: list[tuple[Page, Sequence[Label]]] = []
            for page, verdict in _each(labeller.label, batch):
                if isinstance(verdict, Exception):
                    reading.quarantined.append(_fault(page, "label", verdict))
                else:
                    labelled.append((page, verdict))
            pages.write(page_row(page, estimate(page, verdict), labelled_by, job.recipe) for page, verdict in labelled)
            lines.write(row for page, verdict in labelled for row in line_rows(page, verdict, verdict))
            recurrence.write(recurrence_rows([_recurrence(page, verdict) for page, verdict in labelled]))
    beat.close()

    pq.write_table(table(({"id": i} for i in reading.unchanged), UNCHANGED), work.path("unchanged", number))
    write_passed_over(reading.passed_over, number, work)
    _write_quarantine(reading.quarantined, "quarantine-label", number, job)


def assemble_shard(number: int, job: Job) -> None:
    """Final kinds and reasons, metadata, repeats and text of one shard's pages, each by itself.

    Reads the shard's ``pages`` and ``lines`` and what the run found to decide beside the labeller;
    writes ``articles``, ``final-lines``, ``paragraphs`` and ``quarantine-assemble`` files.
    """
    settings, work = job.settings, job.work
    deciders = read_deciders(job)
    labeller = load_labeller(settings.label)

    def assemble_batch(batch: Sequence[Labelled]) -> list[Article]:
        decided = [
            deciders.decide(
                page.id, page_site(page), [(line.number, line.part, line.clean) for line in page.lines], model
            )
            for page, model, _ in batch
        ]
        pages = [page for page, _, _ in batch]
        return assemble_all(pages, decided, labeller, split=settings.split, normalise=settings.normalise)

    quarantined: list[Quarantined] = []
    beat = Beat(work.beats("assemble") / str(number))
    with (
        work.writer("articles", number, ARTICLES.schema) as articles,
        work.writer("paragraphs", number, PARAGRAPHS.schema) as paragraphs,
        work.writer("final-lines", number, LINES.schema) as lines,
    ):
        for pages_piece, lines_piece in work.pieces(number, "pages", "lines"):
            for batch in _batches(labelled_pages(pages_piece, lines_piece)):
                own_articles: list[dict[str, Any]] = []
                own_paragraphs: list[dict[str, Any]] = []
                own_lines: list[dict[str, Any]] = []
                for (page, model, row), article in _each(assemble_batch, batch):
                    if isinstance(article, Exception):
                        quarantined.append(_fault(page, "assemble", article))
                    else:
                        own_articles.append(article_row(article, row, job.run))
                        own_paragraphs.extend(paragraph_rows(article))
                        own_lines.extend(line_rows(page, article.labels, model))
                    beat.tick()
                sign_rows(own_paragraphs, settings.dedup)
                articles.write(own_articles)
                paragraphs.write(own_paragraphs)
                lines.write(own_lines)
    beat.close()
    _write_quarantine(quarantined, "quarantine-assemble", number, job)


def _recurrence(page: Page, labels: Sequence[Label]) -> PageLines:
    """The lines of a page as they are counted over its site."""
    texts = [(line.clean, label.kind) for line, label in zip(page.lines, labels, strict=True)]
    return page_lines(page.id, page_site(page), page.declared.title, texts)


class _Reading:
    """The pages of a shard that must be worked on, and what became of its other inputs."""

    def __init__(self, shard: Shard, job: Job, beat: Beat) -> None:
        self._shard = shard
        self._settings = job.settings
        self._recipe = job.recipe
        self._beat = beat
        self._known = read_known(job.work)
        self._used: set[str] = set()
        self.unchanged: list[str] = []
        self.quarantined: list[Quarantined] = []
        self.passed_over: Counter[str] = Counter()

    def pages(self) -> Iterator[Page]:
        """The pages in order; ``unchanged``, ``quarantined`` and ``passed_over`` are complete when it ends."""
        for file in self._shard.files:
            for raw in read_file(file, self._settings.read):
                if isinstance(raw, Skipped):
                    self.passed_over[raw.reason.value] += 1
                    continue
                page = raw if isinstance(raw, Quarantined) else self._page(raw)
                if isinstance(page, Quarantined):
                    self.quarantined.append(page)
                elif page is not None:
                    yield page
            self._beat.tick()

    def _page(self, raw: RawPage) -> Page | Quarantined | None:
        """The lines of an input; None where the corpus has it already."""
        self.passed_over[TRUNCATED] += raw.truncated
        identity = self._free_id(raw)
        self._used.add(identity)
        if self._known.get(identity, ("", ""))[1] == self._recipe:
            self.unchanged.append(identity)
            return None
        page = split_page(raw, self._settings.split, self._settings.normalise)
        return page if isinstance(page, Quarantined) else replace(page, id=identity)

    def _free_id(self, raw: RawPage) -> str:
        """The id of an input: inputs that are equal in path and content are numbered.

        An id that the corpus gave to an equal input of another SOURCE is not free.
        """
        occurrence = 0
        while True:
            identity = article_id(raw.source, raw.sha256, occurrence)
            if identity not in self._used and self._known.get(identity, (raw.origin, ""))[0] == raw.origin:
                return identity
            occurrence += 1


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):  # itertools.batched came with Python 3.12
        yield batch


def _each(function: Callable[[Sequence[T]], Sequence[R]], items: Sequence[T]) -> Iterator[tuple[T, R | Exception]]:
    """Every item with its result; when the batch fails, one by one, so that only the culprit has no result."""
    try:
        results = function(items)
    except CRASHES as error:
        if len(items) == 1:
            yield items[0], error
            return
        for item in items:
            yield from _each(function, [item])
    else:
        yield from zip(items, results, strict=True)


def _fault(page: Page, stage: Literal["label", "assemble"], error: Exception) -> Quarantined:
    what = f"{type(error).__name__}: {error}"[:300]
    detail = f"{stage} failed on it ({what}); report it with the file, it is tried again by every run"
    return Quarantined(page.origin, page.source, stage, Fault.CRASHED, detail, page.size, page.sha256)


def _write_quarantine(items: Sequence[Quarantined], name: str, shard: int, job: Job) -> None:
    rows = (quarantine_row(item, job.run) for item in items)
    pq.write_table(table(rows, QUARANTINE.schema), job.work.path(name, shard))
