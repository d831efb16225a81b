"""Where a run keeps what its stages hand over, so that the next one finds it if this one is killed.

A place is named by what the run does to a document (its basis): settings, code, models, libraries, and what the corpus
knows. A run with another basis could use nothing of it, so at most one such place is kept. It goes when a run has
published, because then the corpus knows more.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.corpus.location import local_folder
from pipeline.corpus.lock import corpus_lock
from pipeline.errors import RunError
from pipeline.run.manifest import code_digest, digest, file_digest, tool_versions
from pipeline.run.work import HELD, KNOWN_FILE, Work, write_held, write_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.run.before import Before
    from pipeline.settings import Settings


@contextmanager
def work_folder(settings: Settings) -> Iterator[Path]:
    """The folder that holds such a place; emptied when the block ends well, kept when it does not.

    :raises RunError: it cannot be made, or a run on another corpus is using it.
    """
    folder = _folder(settings).absolute()  # workers of a cluster have another current directory
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"work folder {folder}: cannot be made: {error.strerror or error}") from error
    # A local corpus is locked itself; an object store has no lock, so runs on this machine at least exclude each other.
    remote = local_folder(settings.corpus) is None
    with corpus_lock(folder, name=settings.corpus) if remote else nullcontext():
        yield folder
        for place in _places(folder):
            shutil.rmtree(place, ignore_errors=True)
    if not settings.run.work and local_folder(settings.corpus) is not None:
        shutil.rmtree(folder, ignore_errors=True)


def open_work(folder: Path, before: Before, settings: Settings, recipe: str) -> tuple[Work, str]:
    """The place of this run, with what it takes from the corpus written anew; places of other runs are removed.

    :returns: the place, and the basis that it is named by.
    """
    making = folder / f"{PREFIX}new"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    work = Work(making)
    write_known(before.rows, work)
    held = [] if settings.run.retry_quarantined else before.table("quarantine").to_pylist()
    write_held(held, before.rows, work)
    taken = {name: file_digest(making / name) for name in (KNOWN_FILE, HELD)}
    basis = digest(
        {
            "recipe": recipe,
            "corpus": taken,
            "settings": settings.model_dump(mode="json", exclude={"run", "sources", "corpus", "gate"}),
            "limits": [settings.run.document_seconds, settings.run.document_bytes, settings.run.runner == "threads"],
            "code": code_digest(),
            "tools": tool_versions(),
        }
    )
    mine = folder / f"{PREFIX}{basis}"
    for place in _places(folder):
        if place not in (mine, making):
            shutil.rmtree(place, ignore_errors=True)
    if mine.is_dir():
        for name in taken:
            (making / name).replace(mine / name)
        shutil.rmtree(making)
        for beats in mine.glob("beats-*"):
            shutil.rmtree(beats)
    else:
        making.replace(mine)
    return Work(mine), basis


PREFIX = "run-"
"""Only what begins so is ever removed from a folder that a person named."""


def _places(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*"))


def _folder(settings: Settings) -> Path:
    if settings.run.work:
        return Path(settings.run.work) / digest(settings.corpus)[:16]
    corpus = local_folder(settings.corpus)
    if corpus is not None:
        return corpus / ".work"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "copydesk" / digest(settings.corpus)[:16]
