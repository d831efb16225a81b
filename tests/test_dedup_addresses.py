"""Which articles stand under one URL does not depend on what an earlier run knew."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.dedup.index.addresses import remembered_pages
from pipeline.dedup.relate import pages

URLS = st.none() | st.sampled_from(
    (
        "https://one.example/story",
        "http://www.one.example/story/#top",
        "https://one.example/story?utm_source=feed",
        "https://one.example/story?id=2",
        "https://two.example/story",
        "mailto:desk@one.example",
        "",
        "https://[",
    )
)


def groups(page: NDArray[np.int64]) -> set[tuple[int, ...]]:
    """The articles of each page, whatever its number."""
    return {tuple(np.flatnonzero(page == number).tolist()) for number in np.unique(page[page >= 0]).tolist()}


@settings(deadline=None)
@given(st.lists(st.lists(URLS, max_size=8), min_size=1, max_size=4))
def test_what_is_remembered_is_what_would_be_found(runs: list[list[str | None]]) -> None:
    """Run after run, with any URLs: the groups of ``pages``; what cannot be used is on no page."""
    with tempfile.TemporaryDirectory() as name:
        before = None
        for number, urls in enumerate(runs):
            folder = Path(name) / str(number)
            folder.mkdir()
            assert groups(remembered_pages(urls, before, folder)) == groups(pages(urls))
            before = folder
