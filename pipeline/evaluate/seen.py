"""Which sites a network has seen in training: their keys stand in its own weights file, so no figure can hide it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.evaluate.bench import fold_of, site_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENTRY: Final = "sites"


def with_sites(weights: bytes, sites: Iterable[str]) -> bytes:
    """The ``.npz`` file with the keys of the sites it was trained on, sorted; the same input gives the same bytes."""
    with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
        table = {name: arrays[name] for name in arrays.files if name != _ENTRY}
    table[_ENTRY] = np.array(sorted({site_key(site) for site in sites}), dtype=np.uint64)
    file = io.BytesIO()
    np.savez_compressed(file, **table)
    return file.getvalue()


def seen_sites(weights: bytes) -> frozenset[int] | None:
    """Keys of the sites that the weights were trained on; None where the file does not say.

    :raises ValueError: if it is no ``.npz`` file.
    """
    with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
        return frozenset(arrays[_ENTRY].tolist()) if _ENTRY in arrays.files else None


def unseeing(site: str, seen: Sequence[frozenset[int]]) -> int | None:
    """Of networks that have seen these sites, the one to judge a page of ``site``; None if all have seen it.

    Where several have not, the fold that holds the site out is asked, or the next one after it.
    """
    key = site_key(site)
    start = fold_of(site, len(seen)) if seen else 0
    order = [(start + step) % len(seen) for step in range(len(seen))]
    return next((number for number in order if key not in seen[number]), None)
