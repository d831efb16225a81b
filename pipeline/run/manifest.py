"""What is finished stays finished: a manifest beside each shard's files, written last, says what they were made from.

A stage that finds a valid manifest does nothing. That holds with and without Prefect, for a task that is tried again as
for a run that was killed and is started again.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pipeline
from pipeline.disk import sync_folder
from pipeline.records import FileRef, Hints
from pipeline.run.plan import Shard

if TYPE_CHECKING:
    from pipeline.run.work import Work

Stage = Literal["label", "assemble"]

TOOLS = ("trafilatura", "ftfy", "datasketch", "deltalake", "pyarrow", "FastWARC")
"""Distributions whose behaviour shows in the corpus."""

FILES: Mapping[Stage, tuple[str, ...]] = {
    "label": ("pages", "lines", "recurrence", "unchanged", "passed-over", "quarantine-label"),
    "assemble": ("articles", "paragraphs", "final-lines", "quarantine-assemble"),
}
"""Names of the files that a shard has after each stage."""


_FIELDS = tuple(field.name for field in fields(FileRef) if field.name != "hints")
_HINTS = tuple(field.name for field in fields(Hints))
_fields_of, _hints_of = attrgetter(*_FIELDS), attrgetter(*_HINTS)


@dataclass(frozen=True, slots=True)
class Key:
    """One shard at one stage, and all that its files depend on."""

    stage: Stage
    number: int
    basis: str
    """Digest of all that decides what the stage makes of its inputs: settings, code, models, libraries."""
    inputs: str
    """Digest of what it is made from."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a finished shard says of itself."""

    basis: str
    inputs: str
    """Both as in ``Key``."""
    outputs: Mapping[str, str]
    """Digest of each of its files, by name."""
    files: tuple[FileRef, ...] = ()
    """The inputs themselves, where they are files that the run found."""


def digest(value: Any) -> str:
    """16 bytes in hexadecimal over anything that JSON can say."""
    said = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def file_digest(path: Path) -> str:
    """The same over the bytes of a file."""
    seen = blake2b(digest_size=16)
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            seen.update(data)
    return seen.hexdigest()


def input_digest(files: Iterable[FileRef]) -> str:
    """Over files as they were found."""
    return digest([_said(file) for file in files])


def is_finished(work: Work, key: Key) -> bool:
    """Whether the files of a shard are there, whole, and made as the key says."""
    manifest = read_manifest(work, key.stage, key.number)
    return (
        manifest is not None
        and (manifest.basis, manifest.inputs) == (key.basis, key.inputs)
        and set(manifest.outputs) == set(FILES[key.stage])
        and all(_is_whole(work.path(name, key.number), outcome) for name, outcome in manifest.outputs.items())
    )


def finish(work: Work, key: Key, files: tuple[FileRef, ...] = ()) -> None:
    """Say that the files of a shard are all there; they have been closed and are on the disk."""
    outputs = {name: file_digest(work.path(name, key.number)) for name in FILES[key.stage]}
    said = {"basis": key.basis, "inputs": key.inputs, "outputs": outputs, "files": [_said(file) for file in files]}
    path = manifest_path(work, key.stage, key.number)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(json.dumps(said))  # json.dump would encode in Python, which took longer than hashing the inputs
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(work.folder)


def read_manifest(work: Work, stage: Stage, number: int) -> Manifest | None:
    """What the shard says; None where it has not finished, or what it says cannot be understood."""
    try:
        said = json.loads(manifest_path(work, stage, number).read_text("utf-8", "surrogatepass"))
        files = tuple(_heard(file) for file in said["files"])
        return Manifest(said["basis"], said["inputs"], dict(said["outputs"]), files)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def kept_shards(work: Work, basis: str, found: Collection[FileRef]) -> list[Shard]:
    """Shards that a run which did not end has labelled, and that still are what they were: by number.

    All their files must have been found again unchanged. Files with the same ``source`` belong in one shard, so a
    shard is not kept if another file of such a name has come.
    """
    paths = sorted(work.folder.glob("label-*.json"))
    if not paths:
        return []
    now = {file.uri: file for file in found}
    same_name: dict[str, set[str]] = {}
    for file in found:
        same_name.setdefault(file.source, set()).add(file.uri)
    kept = []
    for path in paths:
        number = int(path.stem.removeprefix("label-"))
        manifest = read_manifest(work, "label", number)
        if manifest is None or not is_finished(work, Key("label", number, basis, input_digest(manifest.files))):
            continue
        uris = {file.uri for file in manifest.files}
        stand = all(file.version and file.uri in now and _said(file) == _said(now[file.uri]) for file in manifest.files)
        if stand and all(same_name[file.source] <= uris for file in manifest.files):
            kept.append(Shard(number, manifest.files))
    return kept


def keep_only(work: Work, stage: Stage, numbers: Collection[int]) -> None:
    """Remove the stage's files of all other shards, and what was being written."""
    wanted = {work.path(name, number) for name in FILES[stage] for number in numbers}
    wanted |= {manifest_path(work, stage, number) for number in numbers}
    patterns = (f"{stage}-*.json", *(f"{name}-[0-9]*.parquet" for name in FILES[stage]))
    for path in {path for pattern in patterns for path in work.folder.glob(pattern)} - wanted:
        path.unlink()
    for path in work.folder.glob("*.part"):
        path.unlink()


def manifest_path(work: Work, stage: Stage, number: int) -> Path:
    """Where the manifest of a shard is."""
    return work.folder / f"{stage}-{number:05d}.json"


def tool_versions() -> dict[str, str]:
    """Versions of the distributions whose behaviour shows in the corpus, and of Python."""
    return {"python": platform.python_version()} | {name: _version(name) for name in TOOLS}


@cache
def _version(name: str) -> str:
    """Of an installed distribution; a run asks twice, and finding it reads its metadata."""
    return version(name)


@cache
def code_digest() -> str:
    """Digest of the package's own source, because its version number does not change with every change."""
    root = Path(pipeline.__file__).parent
    sources = sorted(path for path in root.rglob("*") if path.suffix in {".py", ".npz", ".json", ".toml"})
    return digest([(path.relative_to(root).as_posix(), file_digest(path)) for path in sources])


def _is_whole(path: Path, outcome: str) -> bool:
    try:
        return file_digest(path) == outcome
    except OSError:
        return False


def _said(file: FileRef) -> tuple[Any, ...]:
    """The file in what JSON can say, its version included, without names: every night says it of every file."""
    return (*_fields_of(file), _hints_of(file.hints))


def _heard(said: Sequence[Any]) -> FileRef:
    return FileRef(**dict(zip(_FIELDS, said[:-1], strict=True)), hints=Hints(*said[-1]))
