"""Corpora among what was found: their tables are no inputs, and would come back as articles of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeline.corpus.location import local_folder
from pipeline.errors import UsageError
from pipeline.records import Fault, FileRef, Quarantined

if TYPE_CHECKING:
    from pipeline.read.find import Listing

_MARK: Final = "/releases/_delta_log/"
"""What lies in every corpus that has been published."""


def without_corpora(listing: Listing, own: str) -> Listing:
    """The listing without the files of corpora: that of the run is passed over, any other is named in quarantine, once.

    :param own: where the corpus of the run lies, or will.
    :raises UsageError: a SOURCE is a corpus, or there is nothing else to read.
    """
    roots = {file.uri[: file.uri.index(_MARK)]: file for file in reversed(listing.files) if _MARK in file.uri}
    own_root = _place(own)
    inside = tuple(f"{root}/" for root in roots)
    files = tuple(
        file for file in listing.files if not file.uri.startswith(inside) and not _is_below(file.uri, own_root)
    )
    others = [_named(file) for root, file in roots.items() if _place(root) != own_root]
    quarantined = sorted((*listing.quarantined, *others), key=lambda fault: (fault.source, fault.origin))
    if not files and not quarantined:
        raise UsageError(f"nothing to read in {', '.join(listing.origins)} besides the corpus itself: name a SOURCE")
    return replace(listing, files=files, quarantined=tuple(quarantined))


def _place(root: str) -> str:
    """A folder or URL by which two names of one place are told to be one."""
    folder = local_folder(root)
    return root.rstrip("/") if folder is None else str(folder.resolve())


def _is_below(uri: str, folder: str) -> bool:
    return uri.removeprefix("file://").startswith(f"{folder}/")


def _named(file: FileRef) -> Quarantined:
    """The corpus that a file of its table of releases belongs to."""
    what = "it is a corpus that Copydesk has published, not inputs; export it and name what was exported"
    corpus, mark, _ = file.source.partition(_MARK)
    if not mark:
        raise UsageError(f"cannot read SOURCE {file.origin!r}: {what}")
    return Quarantined(file.origin, corpus, "find", Fault.UNSUPPORTED, f"{what}, or move it out of the SOURCE", -1)
