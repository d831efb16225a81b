"""Which files there are: files, folders, globs and fsspec URLs become one sorted listing without repeats."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import fsspec

from pipeline.errors import UsageError
from pipeline.read.batches import MARKERS
from pipeline.read.globs import EVERYTHING, Glob, has_magic, split_magic
from pipeline.read.hints import (
    MANIFEST_NAMES,
    MAX_SIDECAR_BYTES,
    SIDECAR_SUFFIX,
    HintError,
    Manifest,
    brief,
    is_manifest,
    merge,
    parse_csv_manifest,
    parse_jsonl_manifest,
    parse_sidecar,
)
from pipeline.read.names import source_name, storable
from pipeline.read.storage import is_local, local_path, local_uri, opened, remote_uri
from pipeline.records import Fault, FileRef, Hints, Quarantined
from pipeline.settings import ReadSettings


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found under all SOURCEs, sorted by source and origin, each file once."""

    files: tuple[FileRef, ...]
    quarantined: tuple[Quarantined, ...]
    """What is there but cannot be read: dangling links, FIFOs, closed folders, broken sidecars and manifests."""
    origins: tuple[str, ...]
    """Absolute origin of each SOURCE that was listed, sorted, each once."""


class _Entry(NamedTuple):
    """One thing that lies below a SOURCE. A tuple, because a dataclass takes three times as long to make."""

    relative: str
    """Path below the SOURCE's folder, forward slashes, as the storage spells it."""
    uri: str
    size: int
    version: str = ""
    """As in ``FileRef``."""
    wanted: bool = True
    """Whether the SOURCE asks for it; if not, it is only looked at as a sidecar or manifest."""
    fault: Fault | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """What one SOURCE names."""

    origin: str
    entries: tuple[_Entry, ...]


def find_inputs(sources: Sequence[str], settings: ReadSettings) -> Listing:
    """List the inputs under files, folders (recursively), globs (``*``, ``**``) and fsspec URLs.

    The result does not depend on the order of ``sources``. Where they overlap, a file belongs to the origin that
    sorts first. Links to files are followed, links to folders are not: what such a link leads to is either found
    anyway, because it lies below the same SOURCE, or named in quarantine.

    :raises UsageError: a SOURCE does not exist or cannot be listed, or there is nothing at all to read.
    """
    if not sources:
        raise UsageError("no SOURCE is given: name at least one file, folder, glob or URL to read")
    found = {place.origin: place for place in (_look(source, settings) for source in sources)}
    files: dict[str, FileRef] = {}
    quarantined: dict[str, Quarantined] = {}
    for origin in sorted(found):
        refs, faults = _sort_out(found[origin])
        for ref in refs:
            files.setdefault(ref.uri, ref)
        for uri, fault in faults:
            quarantined.setdefault(uri, fault)
    if not files and not quarantined:
        names = ", ".join(repr(source) for source in sources)
        raise UsageError(
            f"nothing to read under {names}: the folder is empty, the glob matches no file, or every file is hidden "
            "(set read.hidden_files = true to read those)"
        )
    return Listing(
        files=tuple(sorted(files.values(), key=lambda ref: (ref.source, ref.origin))),
        quarantined=tuple(sorted(quarantined.values(), key=lambda fault: (fault.source, fault.origin))),
        origins=tuple(sorted(found)),
    )


def _look(source: str, settings: ReadSettings) -> _Found:
    if not source.strip():
        raise UsageError("an empty SOURCE is given: name a file, folder, glob or URL to read")
    return _look_locally(source, settings) if is_local(source) else _look_remotely(source, settings)


# Local files


def _look_locally(source: str, settings: ReadSettings) -> _Found:
    path = local_path(source)
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError) and Path(path).is_symlink():
            raise _missing(source, "it is a link to something that does not exist") from None
        if has_magic(path):
            prefix, segments = split_magic(path.replace(os.sep, "/"))
            if Path(prefix).is_dir():
                return _Found(local_uri(path), tuple(_walk(prefix, Glob(segments), settings.hidden_files)))
        raise _missing(source, _reason(error)) from None
    if stat.S_ISDIR(mode):
        try:
            os.scandir(path).close()
        except OSError as error:
            raise _missing(source, _reason(error)) from None
        return _Found(local_uri(path), tuple(_walk(path, EVERYTHING, settings.hidden_files)))
    name = Path(path).name
    entries = [_local_entry(path, name, wanted=True)]
    for companion in (name + SIDECAR_SUFFIX, *MANIFEST_NAMES):
        beside = Path(path).with_name(companion)
        if companion != name and beside.is_file():
            entries.append(_local_entry(str(beside), companion, wanted=False))
    return _Found(local_uri(path), tuple(entries))


def _walk(root: str, pattern: Glob, hidden: bool) -> Iterator[_Entry]:
    """Walk a folder without recursion and without following links to folders."""
    pending = [(root, "", pattern)]
    while pending:
        folder, above, so_far = pending.pop()
        try:
            with os.scandir(folder) as scan:
                children = sorted(scan, key=lambda child: child.name)
        except OSError as error:
            detail = f"the folder cannot be listed ({_reason(error)}); mend its permissions or remove it"
            yield _Entry(above.rstrip("/"), folder, -1, fault=Fault.UNREADABLE, detail=detail)
            continue
        for child in children:
            if child.name.startswith(".") and not hidden and not so_far.names_hidden(child.name):
                continue
            relative = above + child.name
            below = so_far.enter(child.name)
            if child.is_dir(follow_symlinks=False):
                if below.possible:
                    pending.append((child.path, relative + "/", below))
            elif _is_link_to_folder(child):
                if below.possible and not _read_anyway(child.path, root, pattern, hidden):
                    detail = "it is a link to a folder, and those are not followed; name that folder as a SOURCE"
                    yield _Entry(relative, child.path, -1, fault=Fault.UNSUPPORTED, detail=detail)
            else:
                yield _local_entry(child.path, relative, wanted=below.complete)


def _local_entry(path: str, relative: str, *, wanted: bool) -> _Entry:
    try:
        status = os.stat(path)  # noqa: PTH116  # a Path of each of a million files costs more than asking for them
    except OSError as error:
        dangling = isinstance(error, FileNotFoundError) and Path(path).is_symlink()
        what = "it is a link to something that does not exist" if dangling else _reason(error)
        return _Entry(relative, path, -1, "", wanted, Fault.UNREADABLE, f"{what}; mend or remove it")
    if not stat.S_ISREG(status.st_mode):
        detail = f"it is {_special(status.st_mode)}, not a file; move it out of the SOURCE"
        return _Entry(relative, path, -1, "", wanted, Fault.UNREADABLE, detail)
    # The time of change of the file's data, and that of its inode, which nobody can set back.
    return _Entry(relative, path, status.st_size, f"{status.st_mtime_ns}/{status.st_ctime_ns}", wanted)


def _is_link_to_folder(child: os.DirEntry[str]) -> bool:
    try:
        return child.is_symlink() and child.is_dir()
    except OSError:
        return False


def _read_anyway(link: str, root: str, pattern: Glob, hidden: bool) -> bool:
    """Whether the folder that a link leads to lies below the SOURCE, where its files are found without the link."""
    inner, outer = os.path.realpath(link), os.path.realpath(root)
    if inner == outer:
        return True
    if not inner.startswith(outer.rstrip(os.sep) + os.sep):
        return False
    reached = _enter(os.path.relpath(inner, outer).replace(os.sep, "/"), pattern, hidden)
    return reached is not None and reached.possible


def _special(mode: int) -> str:
    kinds = ((stat.S_ISFIFO, "a FIFO"), (stat.S_ISSOCK, "a socket"), (stat.S_ISDIR, "a folder"))
    return next((name for holds, name in kinds if holds(mode)), "a device")


# fsspec URLs


def _look_remotely(source: str, settings: ReadSettings) -> _Found:
    try:
        filesystem, path = fsspec.core.url_to_fs(source)
        return _list_remote(source, filesystem, path, settings)
    except UsageError:
        raise
    except FileNotFoundError:
        raise _missing(source, "it does not exist") from None
    except ImportError as error:
        raise _missing(source, f"its file system needs a package: {brief(error)}") from None
    except Exception as error:
        # Every file system of fsspec has errors of its own; to the person they all mean that this SOURCE
        # cannot be listed.
        raise _missing(source, f"it cannot be listed: {brief(error)}") from None


def _list_remote(source: str, filesystem: Any, path: str, settings: ReadSettings) -> _Found:
    origin = storable(remote_uri(source, path.rstrip("/") or path))
    pattern = EVERYTHING
    if has_magic(path) and not filesystem.exists(path):
        prefix, segments = split_magic(path)
        path = "" if prefix == "/" and not path.startswith("/") else prefix
        pattern = Glob(segments)
    else:
        info = filesystem.info(path)
        if info.get("type") == "file":
            return _Found(origin, tuple(_remote_file(source, filesystem, path, info)))
    root = path.rstrip("/")
    listed: Mapping[str, Mapping[str, Any]] = filesystem.find(path, detail=True)
    entries = []
    for full in sorted(listed):
        relative = full[len(root) :].lstrip("/")
        matched = _enter(relative, pattern, settings.hidden_files)
        if matched is not None and relative:
            uri = remote_uri(source, full)
            info = listed[full]
            entries.append(_Entry(relative, uri, _size(info), _version(info), wanted=matched.complete))
    return _Found(origin, tuple(entries))


def _remote_file(source: str, filesystem: Any, path: str, info: Mapping[str, Any]) -> Iterator[_Entry]:
    folder, _, name = path.rpartition("/")
    yield _Entry(name, remote_uri(source, path), _size(info), _version(info))
    for companion in (name + SIDECAR_SUFFIX, *MANIFEST_NAMES):
        beside = f"{folder}/{companion}" if folder else companion
        if companion != name and filesystem.isfile(beside):
            yield _Entry(companion, remote_uri(source, beside), -1, wanted=False)


def _size(info: Mapping[str, Any]) -> int:
    size = info.get("size")
    return -1 if size is None else int(size)


def _version(info: Mapping[str, Any]) -> str:
    """What a file system says that changes when the file does; each has a word of its own for it."""
    words = ("ETag", "etag", "md5Hash", "md5", "content_md5", "generation", "LastModified", "last_modified", "mtime")
    said = [f"{word}={info[word]}" for word in (*words, "updated", "created") if info.get(word)]
    return " ".join(said)


def _enter(relative: str, pattern: Glob, hidden: bool) -> Glob | None:
    """Match a relative path, segment by segment; None where it lies in or is something hidden."""
    for name in relative.split("/"):
        if name.startswith(".") and not hidden and not pattern.names_hidden(name):
            return None
        pattern = pattern.enter(name)
    return pattern


# Sidecars, manifests, and the listing


def _sort_out(found: _Found) -> tuple[list[FileRef], list[tuple[str, Quarantined]]]:
    """Tell inputs from what describes them, and give each input its hints."""
    by_path = {entry.relative: entry for entry in found.entries}
    sidecars: dict[str, Hints] = {}
    manifests: dict[str, Manifest] = {}
    faults: list[tuple[str, Quarantined]] = []
    descriptions = set()

    def report(entry: _Entry, fault: Fault, detail: str) -> None:
        source = source_name(entry.relative) or posixpath.basename(found.origin)
        faults.append((entry.uri, Quarantined(found.origin, source, "find", fault, detail, entry.size)))

    for entry in found.entries:
        name = entry.relative.rpartition("/")[2]
        if entry.fault is not None:
            if entry.wanted:
                report(entry, entry.fault, entry.detail)
        elif name in MARKERS:
            descriptions.add(entry.relative)
        elif name.endswith(SIDECAR_SUFFIX) and name != SIDECAR_SUFFIX:
            descriptions.add(entry.relative)
            target = entry.relative.removesuffix(SIDECAR_SUFFIX)
            problem = _use(entry, partial(_add_sidecar, sidecars, target))
            if problem is None and target not in by_path and entry.wanted:
                problem = f"it describes {posixpath.basename(storable(target))}, which is not beside it"
            if problem:
                report(entry, Fault.BAD_RECORD, f"sidecar: {problem}; mend or remove it")
        elif name in MANIFEST_NAMES:
            problem = _use(entry, partial(_add_manifest, manifests))
            if problem is None and entry.relative in manifests:
                problem = manifests[entry.relative].problem
            if problem or entry.relative in manifests:
                descriptions.add(entry.relative)
            if problem:
                report(entry, Fault.BAD_RECORD, f"manifest: {problem}; mend or remove it")

    refs = [
        FileRef(
            origin=found.origin,
            source=source_name(entry.relative),
            uri=_uri(entry),
            size=entry.size,
            hints=_hints(entry.relative, sidecars, manifests),
            version=entry.version,
        )
        for entry in found.entries
        if entry.wanted and entry.fault is None and entry.relative not in descriptions
    ]
    return refs, faults


def _use(entry: _Entry, read: Callable[[_Entry], None]) -> str | None:
    """Read a sidecar or manifest; what is wrong with it, if anything."""
    try:
        read(entry)
    except HintError as error:
        return str(error)
    except Exception as error:
        # A remote storage has errors of its own, and no fault in a description may stop the inputs.
        return f"it cannot be read ({brief(error)})"
    return None


def _add_sidecar(sidecars: dict[str, Hints], target: str, entry: _Entry) -> None:
    with opened(_uri(entry)) as stream:
        sidecars[target] = parse_sidecar(stream.read(MAX_SIDECAR_BYTES + 1))


def _add_manifest(manifests: dict[str, Manifest], entry: _Entry) -> None:
    uri = _uri(entry)
    if entry.relative.endswith(".csv"):
        with opened(uri) as stream:
            manifest = parse_csv_manifest(stream)
    else:
        with opened(uri) as stream:
            if not is_manifest(stream):
                return
        with opened(uri) as stream:
            manifest = parse_jsonl_manifest(stream)
    manifests[entry.relative] = manifest


def _uri(entry: _Entry) -> str:
    return local_uri(entry.uri) if is_local(entry.uri) else entry.uri


_NO_HINTS = Hints()


def _hints(relative: str, sidecars: Mapping[str, Hints], manifests: Mapping[str, Manifest]) -> Hints:
    """Merge, field by field: the sidecar, then the manifests from the file's own folder upwards."""
    hints = sidecars.get(relative, _NO_HINTS)
    for folder in _upwards(posixpath.dirname(relative)) if manifests else ():
        below = relative[len(folder) :].lstrip("/")
        for name in MANIFEST_NAMES:
            manifest = manifests.get(posixpath.join(folder, name))
            if manifest and below in manifest.hints:
                hints = merge(hints, manifest.hints[below])
    return hints


def _upwards(folder: str) -> Iterable[str]:
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _missing(source: str, reason: str) -> UsageError:
    return UsageError(f"cannot read SOURCE {source!r}: {reason}; check its spelling and your access to it")


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return brief(error)
