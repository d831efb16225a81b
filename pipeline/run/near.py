"""The index of near-duplicates of a corpus: where it lies, which one belongs to a release, how a run adds to it.

It lies in the corpus's own folder (``_near``), beside the tables, and can always be made again from them.
"""

from __future__ import annotations

import shutil
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.location import local_folder
from pipeline.corpus.lock import corpus_lock
from pipeline.corpus.releases import newest_release
from pipeline.dedup.index import Batch, Growth, NearIndex, grown, recipe_of, sweep, tasks_on
from pipeline.dedup.index.near import article_key
from pipeline.errors import RunError, UsageError
from pipeline.run.before import Before
from pipeline.run.engine import worker_count
from pipeline.run.rows import in_order
from pipeline.run.spool import Spool
from pipeline.settings import DedupSettings, RunSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.corpus.releases import Release
    from pipeline.run.work import Job
    from pipeline.settings import Settings

FOLDER = "_near"

BY_PLACE = ("article_id", "order")
"""How rows of ``paragraphs`` are sorted for the index. Their ids sort otherwise in an article of ten thousand."""

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
    rows_of: Callable[[Sequence[str]], Spool],
) -> Growth:
    """The index of what stands after this run; for object stores in the run's own folder, and gone with it.

    :param made: articles assembled in this run
    :param articles: every article that stands
    :param rows_of: gives the rows of ``paragraphs`` of some articles, sorted by article and order
    """
    known = set() if before is None else set(before.article_keys.tolist())
    keep, new = [], []
    for identity in articles:
        if (key := article_key(identity)) in known and identity not in made:
            keep.append(key)
        else:
            new.append(identity)
    folder = index_folder(job.settings.corpus) or job.work.folder / FOLDER
    new.sort()
    how = job.settings.run
    return _grown(before, folder, job.run, keep=keep, new=new, rows=rows_of(new), dedup=job.settings.dedup, how=how)


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
        new = sorted(i for i, row in before.articles.items() if row["withdrawn"] is None)
        rows = Spool(in_order(before.table("paragraphs", new), BY_PLACE))
        dedup = DedupSettings.model_validate(before.settings.get("dedup", {}))
        try:
            for left in (made, gone):  # by one that was killed
                shutil.rmtree(left, ignore_errors=True)
            run = before.corpus.release.run
            _grown(None, made, run, keep=(), new=new, rows=rows, dedup=dedup, how=RunSettings()).keep()
            if folder.is_dir():
                folder.replace(gone)
            made.replace(folder)
        except OSError as error:
            raise RunError(f"corpus {corpus}: its index was not made again: {error}") from error
        shutil.rmtree(gone, ignore_errors=True)
    return len(new)


def _grown(
    before: NearIndex | None,
    folder: Path,
    run: str,
    *,
    keep: Collection[int],
    new: Sequence[str],
    rows: Spool,
    dedup: DedupSettings,
    how: RunSettings,
) -> Growth:
    return grown(
        before,
        folder,
        run,
        recipe_of(dedup),
        keep=keep,
        paragraphs=_paragraph_batches(rows),
        articles=_article_batches(new, rows),
        counts=(rows.rows.num_rows, len(new)),
        tasks=tasks_on(worker_count(how)),
    )


def sweep_index(corpus: str, runs: Sequence[str]) -> None:
    """Keep what these runs left, and remove the rest. Only whoever holds the corpus may do this."""
    folder = index_folder(corpus)
    if folder is not None:
        sweep(folder, runs)


def _paragraph_batches(rows: Spool) -> Iterator[Batch]:
    for piece in rows.pieces(("article_id", "order", "text", "signature")):
        for at in range(0, piece.num_rows, _BATCH_PARAGRAPHS):
            batch = piece.slice(at, _BATCH_PARAGRAPHS)
            yield Batch(
                _keys(batch["article_id"].to_pylist()),
                batch["order"].to_numpy().astype(np.uint32),
                batch["text"].to_pylist(),
                batch["signature"].to_pylist(),
            )


def _article_batches(articles: Sequence[str], rows: Spool) -> Iterator[Batch]:
    """Texts of articles as wholes.

    :param articles: sorted, those without a paragraph too
    :param rows: their paragraphs, sorted by article and order
    """
    done = 0
    for piece in rows.pieces(("article_id", "text")):
        if piece.num_rows:
            end = bisect_right(articles, piece["article_id"][-1].as_py())
            yield from _wholes(articles[done:end], piece)
            done = end
    yield from _wholes(articles[done:], rows.rows.slice(0, 0))


def _wholes(articles: Sequence[str], rows: pa.Table) -> Iterator[Batch]:
    owner = pc.index_in(rows["article_id"], pa.array(articles, pa.string())).to_numpy()
    bounds = np.searchsorted(owner, np.arange(len(articles) + 1))
    for at in range(0, len(articles), _BATCH_ARTICLES):
        batch = articles[at : at + _BATCH_ARTICLES]
        own = bounds[at : at + len(batch) + 1]
        texts = rows["text"].slice(own[0], own[-1] - own[0]).to_pylist()
        yield Batch(
            _keys(batch),
            np.zeros(len(batch), dtype=np.uint32),
            [article_text(texts[begin:end]) for begin, end in pairwise((own - own[0]).tolist())],
        )


def _keys(articles: Sequence[str]) -> NDArray[np.uint64]:
    return np.fromiter(map(article_key, articles), np.uint64, len(articles))


def article_text(paragraphs: Sequence[str]) -> str:
    """The text of an article as it is compared.

    Not what the table ``articles`` says: paragraphs that a run took out of the text still tell what the article is.
    """
    return "\n\n".join(paragraphs)
