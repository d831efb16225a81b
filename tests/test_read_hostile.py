"""Every input of the hostile folder is cleaned or quarantined, in bounded time and memory."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from pathlib import Path

import pytest

from pipeline.read.find import find_inputs
from pipeline.read.load import read_file
from pipeline.records import Quarantined, Skipped
from pipeline.settings import ReadSettings
from tests.hostile import CLEANED, Hostile, accepts, build_hostile_folder

MAX_SECONDS = 30
"""For the whole folder, on a slow and busy machine; alone it takes about three."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Hostile]]:
    """The folder and what is in it."""
    folder = tmp_path_factory.mktemp("hostile") / "inputs"
    return folder, build_hostile_folder(folder)


def test_each_hostile_input_comes_out_as_expected(hostile: tuple[Path, list[Hostile]]) -> None:
    """Nothing is raised, nothing is lost, nothing appears that was not there, and it ends soon."""
    folder, inputs = hostile
    settings = ReadSettings()
    start = time.monotonic()
    outcomes: dict[str, list[str]] = defaultdict(list)
    listing = find_inputs([str(folder)], settings)
    for entry in listing.quarantined:
        outcomes[entry.source].append(entry.fault)
    for ref in listing.files:
        for found in read_file(ref, settings):
            name = re.sub(r"#[0-9]+\Z", "", found.source)
            if isinstance(found, Skipped):
                continue
            outcomes[name].append(found.fault if isinstance(found, Quarantined) else CLEANED)
    assert time.monotonic() - start < MAX_SECONDS
    wrong = {one.name: (outcomes[one.name], one.wrong) for one in inputs if not accepts(one, outcomes[one.name])}
    assert not wrong
    assert {name for name in outcomes if outcomes[name]} == {one.name for one in inputs if not one.empty}


def test_hostile_folder_is_large_enough_and_explained(hostile: tuple[Path, list[Hostile]]) -> None:
    """At least 35 inputs, each named once, with a line on what is wrong with it."""
    _, inputs = hostile
    assert len(inputs) >= 35
    assert len({one.name for one in inputs}) == len(inputs)
    assert all(one.wrong and (one.expected or one.empty) for one in inputs)
