"""What a run has freed is the system's again."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from benchmarks.warc_memory import memory
from pipeline.memory import give_back
from tests.conftest import ROOT

MEGABYTE = 1_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_freed_memory_below_what_is_held_is_given_back() -> None:
    """Of blocks that are too small to be the system's own only the last is kept: the heap cannot shrink below it."""
    blocks = [np.ones(8_000) for _ in range(2_000)]
    last = blocks.pop()
    blocks.clear()
    held = memory("RssAnon")
    give_back()
    assert last.all()
    assert held - memory("RssAnon") > 80 * MEGABYTE


@pytest.mark.parametrize(("said", "used"), [({}, "system"), ({"ARROW_DEFAULT_MEMORY_POOL": "mimalloc"}, "mimalloc")])
def test_arrow_takes_the_allocator_that_gives_back(said: dict[str, str], used: str) -> None:
    """In every process of the command, unless the environment says otherwise."""
    asked = "import flows, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    others = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    done = subprocess.run(
        [sys.executable, "-c", asked], env=others | said, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == used
