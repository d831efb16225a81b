"""The index of near-duplicates of a corpus: where it lies, which one belongs to a release, how a run adds to it.

It lies in the corpus's own folder (``_near``), beside the tables, and can always be made again from them.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.corpus.location import local_folder
from pipeline.corpus.lock import corpus_lock
from pipeline.corpus.releases import newest_release
from pipeline.dedup.index import Batch, Growth, NearIndex, grown, recipe_of, sweep, tasks_on
from pipeline.dedup.index.near import article_key
from pipeline.errors import RunError, UsageError
from pipeline.run.before import Before
from pipeline.run.engine import worker_count
from pipeline.settings import DedupSettings, RunSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from pipeline.corpus.releases import Release
    from pipeline.run.work import Job
    from pipeline.settings import Settings

Row = dict[str, Any]

FOLDER = "_near"

_BATCH_PARAGRAPHS = 20_000
_BATCH_ARTICLES = 1_000
"""Texts that are shingled together: some 10 MB of shingle keys."""


def index_folder(corpus: str) -> Path | None:
    """Where the index of a corpus lies; None for object stores, where files cannot be mapped."""
    folder = local_folder(corpus)
    return None if folder is None else folder / FOLDER


def index_of(settings: Settings, release: Release | None) -> NearIndex | None:
    """The index that belongs to a release; None where it must be made from the tables.

    :raises UsageError: it was made with other settings, and ``run.rebuild_index`` does not say to make it again
    """
    folder = index_folder(settings.corpus)
    if folder is None or release is None or settings.run.rebuild_index:
        return None
    index = NearIndex.open(folder, release.run, recipe_of(settings.dedup), settings.corpus)
    return None if index is None or index.worn else index


def add_to_index(
    before: NearIndex | None,
    job: Job,
    made: Collection[str],
    articles: Collection[str],
    rows_of: Callable[[Sequence[str]], Mapping[str, Sequence[Row]]],
) -> Growth:
    """The index of what stands after this run; for object stores in the run's own folder, and gone with it.

    :param made: articles assembled in this run
    :param articles: every article that stands
    :param rows_of: rows of the paragraphs of some articles, in their order
    """
    known = set() if before is None else set(before.article_keys.tolist())
    keep, new = [], []
    for identity in articles:
        if (key := article_key(identity)) in known and identity not in made:
            keep.append(key)
        else:
            new.append(identity)
    folder = index_folder(job.settings.corpus) or job.work.folder / FOLDER
    added = [(article_key(identity), rows) for identity, rows in rows_of(new).items()]
    return _grown(before, folder, job.run, keep=keep, new=added, dedup=job.settings.dedup, how=job.settings.run)


def rebuild_index(corpus: str) -> int:
    """Make the index of the newest release again from the tables: in one piece, and without texts that are gone.

    Killed in between, there is the old one, or none: then the next run makes it.

    :returns: articles in it.
    :raises UsageError: there is no corpus, or it is in an object store. :raises RunError: a run holds it, or the
        storage failed.
    """
    folder = index_folder(corpus)
    if folder is None:
        raise UsageError(f"{corpus}: a corpus in an object store has no index, each run makes its own")
    if newest_release(corpus) is None:
        raise UsageError(f"{corpus} is no corpus: there is nothing to index")
    made, gone = folder.with_name(f"{FOLDER}.new"), folder.with_name(f"{FOLDER}.old")
    with corpus_lock(corpus):
        before = Before.open(corpus)
        assert before.corpus is not None
        own: dict[str, list[Row]] = {i: [] for i, row in before.articles.items() if row["withdrawn"] is None}
        for row in before.table("paragraphs", own).to_pylist():
            own[row["article_id"]].append(row)
        texts = [
            (article_key(identity), sorted(rows, key=lambda row: int(row["order"]))) for identity, rows in own.items()
        ]
        dedup = DedupSettings.model_validate(before.settings.get("dedup", {}))
        try:
            for left in (made, gone):  # by one that was killed
                shutil.rmtree(left, ignore_errors=True)
            _grown(None, made, before.corpus.release.run, keep=(), new=texts, dedup=dedup, how=RunSettings()).keep()
            if folder.is_dir():
                folder.replace(gone)
            made.replace(folder)
        except OSError as error:
            raise RunError(f"corpus {corpus}: its index was not made again: {error}") from error
        shutil.rmtree(gone, ignore_errors=True)
    return len(texts)


def _grown(
    before: NearIndex | None,
    folder: Path,
    run: str,
    *,
    keep: Collection[int],
    new: Sequence[tuple[int, Sequence[Row]]],
    dedup: DedupSettings,
    how: RunSettings,
) -> Growth:
    return grown(
        before,
        folder,
        run,
        recipe_of(dedup),
        keep=keep,
        paragraphs=_paragraph_batches(new),
        articles=_article_batches(new),
        counts=(sum(len(paragraphs) for _, paragraphs in new), len(new)),
        tasks=tasks_on(worker_count(how)),
    )


def sweep_index(corpus: str, runs: Sequence[str]) -> None:
    """Keep what these runs left, and remove the rest. Only whoever holds the corpus may do this."""
    folder = index_folder(corpus)
    if folder is not None:
        sweep(folder, runs)


def _paragraph_batches(articles: Sequence[tuple[int, Sequence[Row]]]) -> Iterator[Batch]:
    rows = [(key, row) for key, paragraphs in articles for row in paragraphs]
    for at in range(0, len(rows), _BATCH_PARAGRAPHS):
        batch = rows[at : at + _BATCH_PARAGRAPHS]
        yield Batch(
            np.array([key for key, _ in batch], dtype=np.uint64),
            np.array([row["order"] for _, row in batch], dtype=np.uint32),
            [row["text"] for _, row in batch],
            [row["signature"] for _, row in batch],
        )


def _article_batches(articles: Sequence[tuple[int, Sequence[Row]]]) -> Iterator[Batch]:
    for at in range(0, len(articles), _BATCH_ARTICLES):
        batch = articles[at : at + _BATCH_ARTICLES]
        yield Batch(
            np.array([key for key, _ in batch], dtype=np.uint64),
            np.zeros(len(batch), dtype=np.uint32),
            [article_text([row["text"] for row in paragraphs]) for _, paragraphs in batch],
        )


def article_text(paragraphs: Sequence[str]) -> str:
    """The text of an article as it is compared.

    Not what the table ``articles`` says: paragraphs that a run took out of the text still tell what the article is.
    """
    return "\n\n".join(paragraphs)
