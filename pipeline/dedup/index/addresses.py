"""Which articles stand under one URL, remembered from run to run.

Bringing a URL into the form in which it is compared takes longer than all else that a run does for an article that
stands. The form hangs on the URL and on the rules alone, so it is kept under hashes of these.

    addresses.u64      hashes of URLs and of the rules, sorted
    addresses-of.u64   ... and the hash of the form of each; 0 for a URL that cannot be used

Two URLs share a hash by chance once in 2**64 pairs; their articles would only be compared in vain.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.index.arrays import load, save
from pipeline.dedup.relate import url_key, url_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

_URLS, _FORMS = "addresses.u64", "addresses-of.u64"
_UNUSABLE = 0


def remembered_pages(urls: Sequence[str | None], before: Path | None, folder: Path) -> NDArray[np.int64]:
    """``relate.pages``, and what is known now written to ``folder``.

    :param before: where the run before wrote what it knew, if it did
    """
    page = np.full(len(urls), -1, dtype=np.int64)
    given = [(place, url) for place, url in enumerate(urls) if url is not None]
    if not given:
        return page
    secret = url_rules().encode()
    hashes = np.array([_hash(url, secret) for _, url in given], dtype=np.uint64)
    unique, first, same = np.unique(hashes, return_index=True, return_inverse=True)
    forms = np.zeros(len(unique), dtype=np.uint64)
    known = _known(unique, forms, before)
    for at in np.flatnonzero(~known).tolist():
        key = url_key(given[first[at]][1])
        forms[at] = _UNUSABLE if key is None else _hash(key, secret)
    save(folder / _URLS, unique)
    save(folder / _FORMS, forms)
    _, number = np.unique(forms, return_inverse=True)
    usable = forms[same] != _UNUSABLE
    places = np.array([place for place, _ in given])
    page[places[usable]] = number[same][usable]
    return page


def _known(unique: Hashes, forms: Hashes, before: Path | None) -> NDArray[np.bool_]:
    """Fill in the forms that the run before wrote; which these are."""
    if before is None or not (before / _URLS).exists():
        return np.zeros(len(unique), dtype=bool)
    stored = load(before / _URLS)
    at = np.searchsorted(stored, unique)
    at[at == len(stored)] = 0
    known: NDArray[np.bool_] = stored[at] == unique if len(stored) else np.zeros(len(unique), dtype=bool)
    forms[known] = load(before / _FORMS)[at[known]]
    return known


def _hash(text: str, secret: bytes) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=secret).digest(), "little")
