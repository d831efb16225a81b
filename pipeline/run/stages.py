"""The stages that run once for each shard. Paths in, paths out: any worker that sees the storage can run them.

A page that makes a stage fail goes to quarantine by itself; the rest of its shard is unharmed. Each stage is a
generator of pieces (``pipeline.run.pieces``), which by setting runs in a process that may be lost
(``pipeline.run.isolate``), and a function that writes them and says at last that the shard is finished
(``pipeline.run.manifest``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from threading import Lock
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.assemble.article import assemble_all
from pipeline.corpus.schema import ARTICLES, LINES, PARAGRAPHS, QUARANTINE
from pipeline.label.labeller import load_labeller
from pipeline.label.page_type import called
from pipeline.metadata.sites import page_site
from pipeline.read.load import Outcome, give_up, plain_digest, read_file, stored_digest
from pipeline.records import Article, Fault, FileRef, KnownPage, Label, Page, PageKind, Quarantined, RawPage, Skipped
from pipeline.run.cell import Done
from pipeline.run.isolate import can_isolate, isolated
from pipeline.run.log import tell, tell_quarantined
from pipeline.run.manifest import Key, Stage, digest, file_digest, finish, input_digest, is_finished
from pipeline.run.pieces import END, START, Culprit, Finished, Mark, Marker, Piece, Position, Producer, Resume, unmarked
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
    DECIDERS,
    PASSED_OVER,
    RECURRENCE,
    TRUNCATED,
    UNCHANGED,
    Job,
    read_deciders,
    read_held,
    read_known,
    recurrence_rows,
)
from pipeline.split.identity import article_id
from pipeline.split.page import split_page
from pipeline.templates.pages import PageLines, page_lines

BATCH = 64
"""Pages that are labelled together: enough for vectorised scoring, few enough to keep a shard's memory flat."""

PASSED = 1_000
"""Inputs that are no pages to work on, after which a piece ends, too."""

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

_HASHING = Lock()
"""One shard's known pages are hashed at a time: threads that open small files wait for the interpreter at each, and two
took four times as long as one."""

_HASHED = 256
"""Known files between two marks."""

T = TypeVar("T")
R = TypeVar("R")

Labelled = tuple[Page, tuple[Label, ...], dict[str, Any]]
"""A page, its labels from before templates and repeats, and its row of ``PAGES``."""


def label_shard(shard: Shard, job: Job) -> Finished:
    """Read, decode, split, normalise and score the inputs of one shard, each by itself, unless that is done."""
    key = Key("label", shard.number, job.basis, input_digest(shard.files))
    finished = _finished(key, label_pieces, (shard, job), job, shard.files, ahead=known_pieces(shard, job))
    _tell(key, finished, job, pages="pages", unchanged="unchanged")
    return finished


def assemble_shard(number: int, job: Job) -> Finished:
    """Final kinds and reasons, metadata, repeats and text of one shard's pages, each by itself, unless that is done.

    Reads the shard's ``pages`` and ``lines`` and what the run found to decide beside the labeller.
    """
    work = job.work
    read = [work.path("pages", number), work.path("lines", number), *(work.folder / name for name in DECIDERS)]
    inputs = digest([[file_digest(path) for path in read], job.files.dump()])
    key = Key("assemble", number, job.basis, inputs)
    finished = _finished(key, assemble_pieces, (number, job), job, ahead=())
    _tell(key, finished, job, articles="articles", paragraphs="paragraphs")
    return finished


def _finished(
    key: Key,
    producer: Producer,
    arguments: tuple[Any, ...],
    job: Job,
    files: tuple[FileRef, ...] = (),
    *,
    ahead: Iterable[Piece],
) -> Finished:
    """The shard's files, made unless they are there.

    :param files: the inputs that they are made from, where those are files.
    :param ahead: pieces that the shard begins with and that nothing can happen to
    """
    work = job.work
    beat = Beat(work.beats(key.stage) / str(key.number))
    made = _Made(producer, arguments, job, beat, ahead)
    done = is_finished(work, key)
    if not done:
        work.write(key.stage, key.number, made)
        finish(work, key, files)
    beat.close(len(files) if key.stage == "label" else work.rows("pages", key.number))
    return Finished(done, made.cpu_seconds)


def _tell(key: Key, finished: Finished, job: Job, **names: str) -> None:
    """What became of a shard, by the rows of its files ``names``."""
    work = job.work
    rows = {what: work.rows(name, key.number) for what, name in names.items()}
    faults = pq.read_table(work.path(f"quarantine-{key.stage}", key.number)).to_pylist()
    tell_quarantined(faults, run=job.run, shard=key.number)
    what = f"{key.stage}: shard taken over" if finished.taken_over else f"{key.stage}: shard done"
    rest = {"quarantined": len(faults), "cpu_seconds": round(finished.cpu_seconds, 3)}
    tell(what, {**rows, **rest}, run=job.run, shard=key.number)


class _Made:
    """The pieces, made where the settings say, or here where that cannot be (``flows.runners`` warns of it)."""

    def __init__(
        self, producer: Producer, arguments: tuple[Any, ...], job: Job, beat: Beat, ahead: Iterable[Piece]
    ) -> None:
        self.cpu_seconds = 0.0
        """What it cost in worker processes."""
        self._producer = producer
        self._arguments = arguments
        self._settings = job.settings.run
        self._beat = beat
        self._ahead = ahead

    def __iter__(self) -> Iterator[Piece]:
        if self._settings.runner == "threads" or not can_isolate():
            for piece in self._producer(*self._arguments, Resume(), unmarked):
                self._beat.reach(piece.after[0])
                yield piece
            return
        resume = START
        for piece in self._ahead:
            yield piece
            if piece.after == END:
                return
            self._beat.reach(piece.after[0])
            resume = Resume(piece.after)
        for message in isolated(self._producer, self._arguments, self._settings, resume):
            if isinstance(message, Mark):
                self._beat.reach(message.first[0])
            elif isinstance(message, Done):
                self.cpu_seconds += message.cpu_seconds
            else:
                yield message


def known_pieces(shard: Shard, job: Job) -> Iterator[Piece]:
    """Pieces of the known pages that a shard begins with; after the last of them ``END``, if it holds no others.

    They are only hashed: where nothing is new, no process is started, and nobody waits for a labeller to be loaded.
    """
    reading = _Reading(shard, job, START, unmarked)
    pages, more = reading.known(), True
    while more:
        with _HASHING:
            more = sum(1 for _ in islice(pages, PASSED)) == PASSED
        some, reading.gathered = reading.gathered, _Gathered(reading.gathered.after)
        if some.after == (len(shard.files), 0):
            yield replace(_unchanged(some), after=END)
            return
        if some.passed:
            yield _unchanged(some)


def _unchanged(gathered: _Gathered) -> Piece:
    return Piece(gathered.after, {"unchanged": table(({"id": i} for i in gathered.unchanged), UNCHANGED)})


def label_pieces(shard: Shard, job: Job, resume: Resume, mark: Marker) -> Iterator[Piece]:
    """What ``label_shard`` writes: ``pages``, ``lines``, ``recurrence``, ``unchanged``, ``passed-over`` and
    ``quarantine-label`` rows."""
    labeller = load_labeller(job.settings.label)
    labelled_by = f"{labeller.name}/{labeller.version}"

    def piece(gathered: _Gathered) -> Piece:
        quarantined = list(gathered.quarantined)
        batch: list[Page] = []
        for position, page in gathered.pages:
            culprit = resume.culprits.get(position)
            if culprit is None:
                batch.append(page)
            else:
                quarantined.append(_blamed(page, culprit))
        labelled: list[tuple[Page, Sequence[Label]]] = []
        kinds: list[PageKind] = []
        if batch:
            mark(Mark("label", gathered.pages[0][0], gathered.pages[-1][0]))
            for page, verdict in _each(labeller.label_typed, batch):
                if isinstance(verdict, Exception):
                    quarantined.append(_fault(page, "label", verdict))
                else:
                    labels, kind = verdict
                    labelled.append((called(page, kind), labels))
                    kinds.append(kind)
        tables = {
            "pages": table(
                (
                    page_row(page, kind, labelled_by, job.recipe)
                    for (page, _), kind in zip(labelled, kinds, strict=True)
                ),
                PAGES,
            ),
            "lines": table((row for page, own in labelled for row in line_rows(page, own, own)), LINES.schema),
            "recurrence": table(recurrence_rows([_recurrence(page, own) for page, own in labelled]), RECURRENCE),
            "unchanged": table(({"id": identity} for identity in gathered.unchanged), UNCHANGED),
            "passed-over": _counts(gathered.passed_over),
            "quarantine-label": _quarantine(quarantined, job),
        }
        return Piece(gathered.after, tables)

    reading = _Reading(shard, job, resume, mark)
    for position in reading.positions():
        some = reading.gathered
        if len(some.pages) >= resume.batch(position, BATCH) or some.passed >= resume.batch(position, PASSED):
            yield piece(some)
            reading.gathered = _Gathered()
    if reading.gathered.after > resume.at:
        yield piece(reading.gathered)


def assemble_pieces(number: int, job: Job, resume: Resume, mark: Marker) -> Iterator[Piece]:
    """What ``assemble_shard`` writes: rows of ``articles``, ``paragraphs``, ``final-lines`` and quarantine."""
    settings = job.settings
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

    def piece(batch: Sequence[tuple[Position, Labelled]]) -> Piece:
        first, last = batch[0][0], batch[-1][0]
        quarantined = [_blamed(one[0], resume.culprits[at]) for at, one in batch if at in resume.culprits]
        articles: list[dict[str, Any]] = []
        paragraphs: list[dict[str, Any]] = []
        lines: list[dict[str, Any]] = []
        innocent = [one for at, one in batch if at not in resume.culprits]
        if innocent:
            mark(Mark("assemble", first, last))
        for (page, model, row), article in _each(assemble_batch, innocent):
            if isinstance(article, Exception):
                quarantined.append(_fault(page, "assemble", article))
            else:
                articles.append(article_row(article, row, job.run))
                paragraphs.extend(paragraph_rows(article))
                lines.extend(line_rows(page, article.labels, model))
        sign_rows(paragraphs, settings.dedup)
        tables = {
            "articles": table(articles, ARTICLES.schema),
            "paragraphs": table(paragraphs, PARAGRAPHS.schema),
            "final-lines": table(lines, LINES.schema),
            "quarantine-assemble": _quarantine(quarantined, job),
        }
        return Piece((last[0] + 1, 0), tables)

    begun = 0
    for pages_piece, lines_piece in job.work.pieces(number, "pages", "lines"):
        start, begun = begun, begun + pages_piece.num_rows
        if (begun, 0) <= resume.at:
            continue
        own = [((start + row, 0), one) for row, one in enumerate(labelled_pages(pages_piece, lines_piece))]
        own = [(position, one) for position, one in own if position >= resume.at]
        while own:
            most = resume.batch(own[0][0], BATCH)
            yield piece(own[:most])
            own = own[most:]


def _recurrence(page: Page, labels: Sequence[Label]) -> PageLines:
    """The lines of a page as they are counted over its site."""
    texts = [(line.clean, label.kind) for line, label in zip(page.lines, labels, strict=True)]
    return page_lines(page.id, page_site(page), page.declared.title, texts)


class _Gathered:
    """What became of some inputs that were read one after the other."""

    def __init__(self, after: Position = (0, 0)) -> None:
        self.after = after
        """The next input."""
        self.passed = 0
        """Inputs that are no pages to work on."""
        self.pages: list[tuple[Position, Page]] = []
        self.unchanged: list[str] = []
        self.quarantined: list[Quarantined] = []
        self.passed_over: Counter[str] = Counter()


class _Reading:
    """Goes through the inputs of a shard from where it was left."""

    def __init__(self, shard: Shard, job: Job, resume: Resume, mark: Marker) -> None:
        self.gathered = _Gathered()
        """What was read since this was set."""
        self._files = shard.files
        self._settings = job.settings
        self._recipe = job.recipe
        self._resume = resume
        self._mark = mark
        self._known = read_known(job.work, [file.source for file in shard.files])
        self._held = read_held(job.work)
        self._used: set[str] = set()

    def positions(self) -> Iterator[Position]:
        """The place of each input that is put into what is gathered."""
        for number in range(self._first(), len(self._files)):
            for item, outcome in enumerate(self._file(number)):
                position = (number, item)
                if position >= self._resume.at:
                    self._sort(position, outcome, self.gathered)
                    self.gathered.after = (number, item + 1)
                    yield position
                elif isinstance(outcome, RawPage | KnownPage):
                    self._used.add(self._free_id(outcome))
            if (number + 1, 0) > self._resume.at:
                self.gathered.after = (number + 1, 0)

    def known(self) -> Iterator[Position]:
        """As ``positions``, up to the first file that is not known by its bytes."""
        for number in range(len(self._files)):
            known = None if self._holding(number) else self._known_page(number)
            if known is None:
                return
            self._take(known[1], self.gathered)
            self.gathered.passed += 1
            self.gathered.after = (number + 1, 0)
            yield number, 0

    def _holding(self, number: int) -> Quarantined | None:
        """Why a file is not tried again."""
        file = self._files[number]
        held = self._held.get((file.origin, file.source))
        is_held = held is not None and held.stage == "read" and stored_digest(file, self._settings.read) == held.sha256
        return held if is_held else None

    def _first(self) -> int:
        """The file to begin with: ids of inputs in files with the same ``source`` depend on each other."""
        number = self._resume.at[0]
        while 0 < number < len(self._files) and self._files[number - 1].source == self._files[number].source:
            number -= 1
        return number

    def _file(self, number: int) -> Iterator[Outcome]:
        """Everything that is in a file."""
        file, settings = self._files[number], self._settings.read
        held = self._holding(number)
        if held is not None:
            yield held
            return
        known = self._known_page(number)
        if known is not None:
            yield known[0]
            return
        inputs = read_file(file, settings, lambda digest: self._has(_named(file, digest)))
        item = 0
        while True:
            position = (number, item)
            culprit = self._resume.culprits.get(position)
            if culprit is not None and culprit.step == "read":
                yield give_up(file, culprit.fault, culprit.detail, item, settings)
                return
            self._mark(Mark("read", position, position))
            outcome = next(inputs, None)
            if outcome is None:
                return
            yield outcome
            item += 1

    def _known_page(self, number: int) -> tuple[KnownPage, str] | None:
        """A page that the corpus has, by its file's bytes alone, and its id.

        Only hashed, so it takes no process with it and need not be marked one by one, which costs as much again.
        """
        file = self._files[number]
        if not self._known or self._resume.batch((number, 0), _HASHED) == 1:
            return None
        if number % _HASHED == 0:
            self._mark(Mark("read", (number, 0), (number + _HASHED - 1, 0)))
        digest = plain_digest(file)
        if digest is None:
            return None
        page = _named(file, digest)
        identity = self._free_id(page)
        return (page, identity) if self._stands(identity) else None

    def _has(self, page: KnownPage) -> bool:
        """Whether the corpus has a page of this name and these bytes that no other input is yet."""
        return self._stands(self._free_id(page))

    def _sort(self, position: Position, outcome: Outcome, gathered: _Gathered) -> None:
        if isinstance(outcome, Skipped):
            gathered.passed_over[outcome.reason.value] += 1
            gathered.passed += 1
            return
        page = outcome if isinstance(outcome, Quarantined) else self._page(position, outcome, gathered)
        if isinstance(page, Quarantined):
            gathered.quarantined.append(page)
        elif page is not None:
            gathered.pages.append((position, page))
            return
        gathered.passed += 1

    def _page(self, position: Position, raw: RawPage | KnownPage, gathered: _Gathered) -> Page | Quarantined | None:
        """The lines of an input; None where the corpus has it already."""
        identity = self._free_id(raw)
        if isinstance(raw, RawPage):
            gathered.passed_over[TRUNCATED] += raw.truncated
        if isinstance(raw, KnownPage) or self._stands(identity):
            self._take(identity, gathered)
            return None
        self._used.add(identity)
        held = self._held.get((raw.origin, raw.source))
        if held is not None and held.stage != "read" and held.sha256 == raw.sha256:
            return held
        culprit = self._resume.culprits.get(position)
        if culprit is not None and culprit.step == "split":
            return Quarantined(raw.origin, raw.source, "split", culprit.fault, culprit.detail, raw.size, raw.sha256)
        self._mark(Mark("split", position, position))
        page = split_page(raw, self._settings.split, self._settings.normalise)
        return page if isinstance(page, Quarantined) else replace(page, id=identity)

    def _take(self, identity: str, gathered: _Gathered) -> None:
        """Note that the corpus has an input."""
        self._used.add(identity)
        gathered.unchanged.append(identity)

    def _stands(self, identity: str) -> bool:
        """Whether the corpus has an article as it would be made now."""
        return self._known.get(identity, ("", ""))[1] == self._recipe

    def _free_id(self, raw: RawPage | KnownPage) -> str:
        """The id of an input: inputs that are equal in path and content are numbered.

        An id that the corpus gave to an equal input of another SOURCE is not free.
        """
        occurrence = 0
        while True:
            identity = article_id(raw.source, raw.sha256, occurrence)
            if identity not in self._used and self._known.get(identity, (raw.origin, ""))[0] == raw.origin:
                return identity
            occurrence += 1


def _named(file: FileRef, digest: str) -> KnownPage:
    return KnownPage(file.origin, file.source, digest)


def _each(function: Callable[[Sequence[T]], Sequence[R]], items: Sequence[T]) -> Iterator[tuple[T, R | Exception]]:
    """Every item with its result; when the batch fails, one by one, so that only the culprit has no result."""
    failure: Exception | None = None
    try:
        results = function(items)
    except CRASHES as error:
        # Its frames would hold all that the culprit allocated while the others, who need memory too, are worked on.
        failure = error.with_traceback(None)
        failure.__context__ = None
    if failure is None:
        yield from zip(items, results, strict=True)
    elif len(items) == 1:
        yield items[0], failure
    else:
        for item in items:
            yield from _each(function, [item])


def _fault(page: Page, stage: Stage, error: Exception) -> Quarantined:
    what = f"{type(error).__name__}: {error}"[:300]
    detail = f"{stage} failed on it ({what}); report it with the file; --retry-quarantined tries it again"
    return Quarantined(page.origin, page.source, stage, Fault.of(error), detail, page.size, page.sha256)


def _blamed(page: Page, culprit: Culprit) -> Quarantined:
    return Quarantined(page.origin, page.source, culprit.step, culprit.fault, culprit.detail, page.size, page.sha256)


def _counts(counted: Counter[str]) -> pa.Table:
    return table(({"what": what, "records": counted[what]} for what in sorted(counted)), PASSED_OVER)


def _quarantine(items: Sequence[Quarantined], job: Job) -> pa.Table:
    return table((quarantine_row(item, job.run) for item in items), QUARANTINE.schema)
