"""The columns of all stored lines of a corpus: where they lie, which belong to a release, how a run adds to them.

They lie in the corpus's own folder, and follow from the tables: where they are missing, or another version of Copydesk
left them, the next run that needs them makes them again.

    _counted/RUN/columns.npz            what run RUN left (``StoredLines``), but for texts and sites
    _counted/RUN/words-FROM-TO.arrow    the texts, in pieces; a piece that two runs share is one file with two names
    _counted/RUN/manifest.json

A folder is written under another name and renamed when it is complete. It belongs to the release that names its run.
"""

from __future__ import annotations

import json
import shutil
import unicodedata
from dataclasses import fields, replace
from itertools import count
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa

from pipeline.corpus.location import local_folder
from pipeline.corpus.schema import ARTICLES, LINES
from pipeline.disk import sync_file, sync_folder
from pipeline.run.growing import Growing
from pipeline.run.manifest import code_digest, digest
from pipeline.run.spool import laid_down
from pipeline.shelf import Shelf
from pipeline.templates.stored import FIELDS, StoredLines, joined, of_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from pipeline.run.before import Before
    from pipeline.run.shared import Texts
    from pipeline.run.site_lines import Recount
    from pipeline.run.work import Job

FOLDER = "_counted"

MIN_USE = 0.5
"""If fewer of the texts than this stand on a page, the columns are better made again than added to."""

_TITLED = ("id", "declared")
_OTHERS = tuple(name for name in FIELDS if name not in LINES.key)
_MANIFEST, _COLUMNS = "manifest.json", "columns.npz"
_WORDS = pa.schema([("words", pa.large_string())])
_ARRAYS = tuple(field.name for field in fields(StoredLines) if field.name not in ("words", "sites"))


def stored_lines(before: Before, articles: Collection[str]) -> StoredLines:
    """The stored lines of all earlier articles; in an object store, where nothing is kept, of ``articles`` alone."""
    folder = _folder_of(before)
    if folder is None:
        return _from_tables(before, articles)
    kept = _read(folder)
    # A folder that somebody put there from another corpus is not trusted.
    return kept if kept is not None and set(kept.names).issuperset(articles) else _from_tables(before, None)


def keep_lines(before: Before, recurring: Recount, texts: Texts, job: Job) -> None:
    """Leave the columns of all that the corpus holds after this run to the next.

    :param texts: the lines of every article that was assembled in this run
    """
    folder = local_folder(job.settings.corpus)
    if folder is None:
        return
    earlier, stored = _folder_of(before), recurring.stored
    if not texts.lines.rows.num_rows:
        if stored is not None:
            _write(stored, folder / FOLDER / job.run, earlier)
        elif earlier is not None and earlier.is_dir():
            _pass_on(earlier, folder / FOLDER / job.run)
        return
    if stored is None:
        stored = stored_lines(before, ())
    assembled = (row for rows in job.work.each("articles", ARTICLES.schema, _TITLED) for row in rows.to_pylist())
    new = _of_pieces(texts, _titles(assembled), job.work.folder)
    kept = stored.only(~np.isin(stored.ids, new.ids))
    grown = joined(kept, new, Shelf(job.work.folder)) if len(kept) else new
    if grown.use >= MIN_USE:
        _write(grown, folder / FOLDER / job.run, earlier)


def _of_pieces(texts: Texts, titles: Mapping[str, str], folder: Path) -> StoredLines:
    """The columns of lines that are more than memory holds; lines and texts lie in ``folder`` while they are held."""
    numbers, shelf = count(), Shelf(folder)

    def together(one: StoredLines, other: StoredLines) -> StoredLines:
        both = joined(one, other, shelf)
        return replace(both, words=laid_down(both.words.chunks, folder / f"words-{next(numbers)}.arrow"))

    grown = Growing[StoredLines](lambda part: len(part.owner), together)
    for piece in texts.pieces((*LINES.key, *_OTHERS)):
        grown.add(of_table(piece, titles))
    return grown.whole()


def sweep_lines(corpus: str, runs: Collection[str]) -> None:
    """Keep what these runs left, and remove the rest. Only whoever holds the corpus may do this."""
    folder = local_folder(corpus)
    if folder is not None and (folder / FOLDER).is_dir():
        for left in (folder / FOLDER).iterdir():
            if left.name not in runs:
                shutil.rmtree(left, ignore_errors=True)


def _folder_of(before: Before) -> Path | None:
    """What the run of the release that is open left; None for object stores, where files cannot be mapped."""
    if before.corpus is None:
        return None
    folder = local_folder(before.corpus.path)
    return None if folder is None else folder / FOLDER / before.corpus.release.run


def _from_tables(before: Before, articles: Collection[str] | None) -> StoredLines:
    rows = before.table("lines", articles, FIELDS)  # in the order of the key
    declared = before.table("articles", columns=_TITLED) if rows.num_rows else None
    return of_table(rows, {} if declared is None else _titles(declared.to_pylist()))


def _titles(articles: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The headlines that markup declares, by article id."""
    return {
        row["id"]: title for row in articles if row["declared"] and (title := json.loads(row["declared"]).get("title"))
    }


def _made_by() -> str:
    """What the columns follow from besides the tables."""
    return digest([code_digest(), unicodedata.unidata_version])


def _read(folder: Path) -> StoredLines | None:
    """What a run left; None where there is nothing that can be used."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        if manifest["made_by"] != _made_by():
            return None
        with np.load(folder / _COLUMNS, allow_pickle=False) as arrays:
            columns: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
        words = pa.chunked_array([_mapped(folder / name) for name in manifest["words"]], pa.large_string())
        return StoredLines(words=words, sites=tuple(manifest["sites"]), **columns)
    except (OSError, ValueError, KeyError, BadZipFile):
        return None


def _write(lines: StoredLines, folder: Path, earlier: Path | None) -> None:
    """Put the columns into ``folder``.

    :param earlier: what another run left; a piece of texts that is there already is not written a second time
    """
    draft = _draft(folder)
    np.savez(draft / _COLUMNS, **{name: getattr(lines, name) for name in _ARRAYS})
    names = []
    for name, piece in _named(lines.words):
        names.append(name)
        if earlier is None or not _linked(piece, earlier / name, draft / name):
            with pa.OSFile(str(draft / name), "wb") as file, pa.ipc.new_file(file, _WORDS) as writer:
                writer.write_batch(pa.record_batch([piece], schema=_WORDS))
    manifest = {"made_by": _made_by(), "words": names, "sites": lines.sites}
    (draft / _MANIFEST).write_text(json.dumps(manifest), "utf-8")
    _complete(draft, folder)


def _pass_on(earlier: Path, folder: Path) -> None:
    """Give what another run left a second name; whether it can be used, whoever needs it sees."""
    draft = _draft(folder)
    for path in earlier.iterdir():
        if not _link(path, draft / path.name):
            shutil.copyfile(path, draft / path.name)
    _complete(draft, folder)


def _draft(folder: Path) -> Path:
    draft = folder.with_name(f"_{folder.name}")
    draft.mkdir(parents=True)
    return draft


def _complete(draft: Path, folder: Path) -> None:
    """Give a draft its name, once all of it is on the disk."""
    for path in draft.iterdir():
        sync_file(path)
    draft.replace(folder)
    sync_folder(folder.parent)


def _named(words: pa.ChunkedArray) -> Iterator[tuple[str, pa.Array]]:
    first = 0
    for piece in words.chunks:
        yield f"words-{first}-{first + len(piece)}.arrow", piece
        first += len(piece)


def _linked(piece: pa.Array, path: Path, new: Path) -> bool:
    """Whether the file that holds just this piece has got a second name."""
    return path.exists() and _mapped(path).equals(piece) and _link(path, new)


def _link(path: Path, new: Path) -> bool:
    """Give a file a second name; False on a file system that has none."""
    try:
        new.hardlink_to(path)
    except OSError:
        return False
    return True


def _mapped(path: Path) -> pa.Array:
    """A piece of texts, which the system reads when they are looked at."""
    return pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0).column(0)
