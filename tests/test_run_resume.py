"""A run that is killed at any moment, and run again: nothing is lost, nothing is half there, little is done twice."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipeline.corpus.open import Corpus
from pipeline.corpus.releases import newest_release
from pipeline.corpus.schema import DATA_TABLES
from pipeline.errors import RunError
from pipeline.export.choice import Choice
from pipeline.export.export import export
from pipeline.run.engine import LocalEngine
from pipeline.run.manifest import FILES
from pipeline.run.place import work_folder
from pipeline.run.road import travel
from pipeline.settings import Settings, load_settings
from tests.conftest import ROOT, clean
from tests.pages import stories

OF_A_RUN = {"run", "first_run", "withdrawn"}
"""Fields that name a run."""

READER_PAUSE = 0.25


def write(place: Path, first: int, last: int) -> Path:
    """Some stories of two sites, as files."""
    place.mkdir(parents=True, exist_ok=True)
    for number, story in enumerate(stories(last, sites=2)):
        if number >= first:
            (place / f"{number:03d}.txt").write_text(story.text(), encoding="utf-8")
    return place


def exported(corpus: Path, release: int | None = None) -> bytes:
    """All articles as JSON Lines."""
    out = corpus.parent / f"{corpus.name}-{threading.get_ident()}.jsonl"
    export(Corpus.open(corpus, release), "jsonl", str(out), Choice(all_articles=True))
    return out.read_bytes()


def tables(corpus: Path) -> dict[str, list[dict[str, Any]]]:
    """All tables but that of the runs, without the fields that name a run."""
    opened = Corpus.open(corpus)
    return {
        table.name: [
            {key: value is None if key == "withdrawn" else value for key, value in row.items() if key not in OF_A_RUN}
            | ({"gone": row["withdrawn"] is not None} if "withdrawn" in row else {})
            for row in opened.table(table.name).to_pylist()
        ]
        for table in DATA_TABLES
        if table.name != "runs"
    }


@dataclass
class Reader:
    """Opens the corpus again and again while it is written to."""

    corpus: Path
    seen: dict[int, set[bytes]] = field(default_factory=dict)
    """Every export that was read, by release."""
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def reading(self) -> Iterator[None]:
        thread = threading.Thread(target=self._read)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _read(self) -> None:
        while not self._stop.wait(READER_PAUSE):
            release = newest_release(self.corpus)
            assert release is not None
            self.seen.setdefault(release.number, set()).add(exported(self.corpus, release.number))


class Mortals:
    """The process that forks runs which may be killed."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.mortal"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def run(self, settings: Settings, moment: int = -1, delay: float = 0.0) -> dict[str, Any]:
        """One run, killed at the moment with this number; what became of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"settings": settings.model_dump(mode="json"), "moment": moment, "delay": delay}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert isinstance(answer, dict)
        return answer

    def end(self) -> None:
        """No more runs."""
        self._process.communicate()


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    """One for all tests."""
    made = Mortals()
    yield made
    made.end()


@dataclass(frozen=True)
class Case:
    """A corpus before a run, and what the run makes of it when nobody disturbs it."""

    before: Path
    inputs: Path
    runner: str
    moments: list[str]
    tables: dict[str, list[dict[str, Any]]]
    exports: dict[int, bytes]

    def settings(self, corpus: Path) -> Settings:
        """Small shards, several at once."""
        return load_settings(
            None,
            sources=(str(self.inputs),),
            corpus=str(corpus),
            run__runner=self.runner,
            run__workers=2,
            run__shard_files=5,
        )


def prepared(place: Path, mortals: Mortals, runner: str) -> Case:
    """A corpus of 6 articles that gets 16 more, loses one and learns its sites' templates in the run to be killed."""
    inputs = write(place / "in", 0, 6)
    before = place / "before"
    clean(before, inputs)
    write(inputs, 6, 22)
    (inputs / "002.txt").unlink()
    (inputs / "bad.txt").write_bytes(b"")
    blank = Case(before, inputs, runner, [], {}, {})
    undisturbed = place / "undisturbed"
    shutil.copytree(before, undisturbed)
    done = mortals.run(blank.settings(undisturbed))
    assert done["status"] == 0
    exports = {release: exported(undisturbed, release) for release in (1, 2)}
    assert exports[1] != exports[2]
    return Case(before, inputs, runner, done["moments"], tables(undisturbed), exports)


def finished(corpus: Path) -> int:
    """Shards that a killed run left finished, counted once for each stage."""
    return len([path for stage in FILES for path in corpus.glob(f".work/run-*/{stage}-*.json")])


def killed_and_run_again(case: Case, corpus: Path, mortals: Mortals, moment: int, delay: float) -> None:
    """The whole promise, for one moment."""
    shutil.copytree(case.before, corpus)
    reader = Reader(corpus)
    with reader.reading():
        struck = mortals.run(case.settings(corpus), moment, delay)
        published = Corpus.open(corpus).release.number == 2
        left = finished(corpus)
        again = mortals.run(case.settings(corpus))
    assert again["status"] == 0
    assert struck["status"] == (-9 if not struck["moments"] else 0)
    assert tables(corpus) == case.tables
    newest = Corpus.open(corpus).release.number
    assert newest == (3 if published else 2)
    assert exported(corpus) == case.exports[2]
    for release, exports in reader.seen.items():
        assert exports == {case.exports[min(release, 2)]}
    assert again["taken"] == (0 if published else left)
    assert not list(corpus.glob(".work"))


@pytest.mark.slow
def test_a_run_killed_between_two_commits_is_finished_by_the_next(tmp_path: Path, mortals: Mortals) -> None:
    """Readers stay on the release before, and no finished shard is worked on again."""
    case = prepared(tmp_path, mortals, "threads")
    moments = case.moments
    assert moments.count("label: shard") == 5
    assert moments.count("assemble: shard") >= 4  # a shard without a new page has nothing to assemble
    assert moments.index("publish: articles") < moments.index("publish: releases")
    killed_and_run_again(case, tmp_path / "a", mortals, moments.index("publish: lines"), 0)


@pytest.mark.slow
def test_runs_killed_at_thirty_moments_are_finished_by_the_next(tmp_path: Path, mortals: Mortals) -> None:
    """Seeded moments over all stages, each commit included; half of the kills fall a little later."""
    rng = random.Random(6)
    threads = prepared(tmp_path / "threads", mortals, "threads")
    processes = prepared(tmp_path / "processes", mortals, "processes")
    assert threads.exports == processes.exports
    for number, moment in enumerate(_spread(threads.moments, 30, rng)):
        case = threads if number % 3 else processes
        delay = rng.choice((0.0, rng.uniform(0.001, 0.2)))
        killed_and_run_again(case, tmp_path / f"killed-{number}", mortals, moment, delay)


def _spread(moments: list[str], count: int, rng: random.Random) -> list[int]:
    """Numbers of moments: each kind of moment once, then any, up to ``count``."""
    kinds: dict[str, list[int]] = {}
    for number, moment in enumerate(moments):
        kinds.setdefault(moment, []).append(number)
    assert len(kinds) <= count
    chosen = [rng.choice(numbers) for numbers in kinds.values()]
    return [*chosen, *(rng.randrange(len(moments)) for _ in range(count - len(chosen)))]


class Failing(LocalEngine):
    """Fails when it comes to publishing."""

    def call(self, stage: str, function: Any, *args: object) -> Any:
        if stage == "publish":
            raise RunError("the storage is full")
        return super().call(stage, function, *args)


def failed(settings: Settings) -> None:
    """A run that does everything but publish."""
    with pytest.raises(RunError, match="storage is full"):
        travel(settings, Failing(settings.run))


def settings_of(tmp_path: Path, **more: object) -> Settings:
    return load_settings(
        None,
        sources=(str(tmp_path / "in"),),
        corpus=str(tmp_path / "c"),
        run__runner="threads",
        run__workers=1,
        run__shard_files=4,
        **more,
    )


def taken_over(settings: Settings) -> int:
    return travel(settings, LocalEngine(settings.run)).record.counts.taken_over


def test_what_a_failed_run_had_finished_is_taken_over(tmp_path: Path) -> None:
    """All of it, with another number of workers too; and nothing is left when the corpus is published."""
    write(tmp_path / "in", 0, 12)
    failed(settings_of(tmp_path))
    assert finished(tmp_path / "c") == 6
    more = settings_of(tmp_path)
    more = more.model_copy(update={"run": more.run.model_copy(update={"workers": 3})})
    assert taken_over(more) == 6
    assert not (tmp_path / "c" / ".work").exists()


def test_only_shards_whose_files_stand_are_taken_over(tmp_path: Path) -> None:
    """A file that was written again, though of the same size, and one that is new, are read; the corpus is the same."""
    place = write(tmp_path / "in", 0, 12)
    failed(settings_of(tmp_path))
    text = (place / "005.txt").read_text("utf-8")
    time.sleep(0.02)  # the clock of a file system may tick slowly
    (place / "005.txt").write_text(text.replace("council", "senates"), encoding="utf-8")
    write(place, 12, 14)
    corpus = tmp_path / "c"
    assert taken_over(settings_of(tmp_path)) >= 2
    once = clean(tmp_path / "once", place, run__runner="threads")
    assert exported(corpus) == exported(Path(once.path))


def test_other_settings_take_nothing_over(tmp_path: Path) -> None:
    """What was made under them is removed: it could never be used."""
    write(tmp_path / "in", 0, 8)
    failed(settings_of(tmp_path))
    failed(settings_of(tmp_path, normalise__straighten_quotes=True))
    assert len(list((tmp_path / "c" / ".work").glob("run-*"))) == 1
    assert taken_over(settings_of(tmp_path)) == 0


def test_a_damaged_file_makes_its_shard_unfinished(tmp_path: Path) -> None:
    """A manifest is believed only while the bytes of its files are those that it says."""
    write(tmp_path / "in", 0, 8)
    failed(settings_of(tmp_path))
    (lines,) = (tmp_path / "c" / ".work").glob("run-*/lines-00001.parquet")
    lines.write_bytes(lines.read_bytes()[:-1])
    assert taken_over(settings_of(tmp_path)) < 4
    once = clean(tmp_path / "once", tmp_path / "in", run__runner="threads")
    assert exported(tmp_path / "c") == exported(Path(once.path))


def test_the_work_folder_can_be_elsewhere(tmp_path: Path) -> None:
    """Then nothing is put beside the corpus, and nothing but its own is removed from the folder."""
    write(tmp_path / "in", 0, 8)
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "mine").write_text("a person's", encoding="utf-8")
    settings = settings_of(tmp_path, run__work=str(tmp_path / "disk"))
    failed(settings)
    assert not (tmp_path / "c" / ".work").exists()
    assert taken_over(settings) == 4
    assert (tmp_path / "disk" / "mine").read_text("utf-8") == "a person's"
    assert not list((tmp_path / "disk").glob("*/run-*"))


def test_two_runs_on_one_object_store_exclude_each_other_on_one_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a corpus has no lock, but their work folder is the same one, in the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    settings = load_settings(None, sources=("in",), corpus="s3://bucket/corpus")
    with work_folder(settings) as folder:
        assert folder.is_relative_to(tmp_path)
        with pytest.raises(RunError, match="corpus s3://bucket/corpus is in use"), work_folder(settings):
            pass
    other = load_settings(None, sources=("in",), corpus="s3://bucket/other")
    with work_folder(settings) as folder, work_folder(other) as another:
        assert folder != another
