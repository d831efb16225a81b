"""The gate before publishing: what counts as unusual, and what becomes of a run that is."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from flows.command import DONE_WITH_QUARANTINE, FAILED, main
from pipeline.corpus.open import Corpus
from pipeline.corpus.runs import RunCounts, RunRecord
from pipeline.errors import UsageError
from pipeline.run.engine import LocalEngine
from pipeline.run.gate import judge
from pipeline.run.road import travel
from pipeline.settings import GateSettings, load_settings
from tests.conftest import clean
from tests.pages import stories

SETTINGS = GateSettings()


def history(*shares: float, figure: str = "empty_articles", new: int = 500) -> list[RunRecord]:
    """Earlier runs with these shares."""
    return [
        RunRecord(f"r{number:03}", "", "", "local", counts=RunCounts(new=new), quality={figure: share})
        for number, share in enumerate(shares)
    ]


USUAL = (0.02, 0.03, 0.02, 0.025, 0.03, 0.02, 0.028)


def test_a_share_far_out_of_what_earlier_runs_had_is_found() -> None:
    """With the range, the number of runs it is known from, and examples to look at; one within it is not."""
    examples = {"empty_articles": ("a", "b", "c", "d")}
    (found,) = judge({"empty_articles": 0.3}, 500, history(*USUAL), examples, SETTINGS)
    assert found.low <= found.usual <= found.high < found.found
    assert (found.runs, found.examples) == (7, ("a", "b", "c"))
    assert "articles without text: 30.0%" in str(found)
    assert judge({"empty_articles": 0.05}, 500, history(*USUAL), examples, SETTINGS) == ()


def test_a_side_that_is_good_news_is_not_alarming() -> None:
    """Fewer empty articles are welcome; fewer duplicates are as strange as more."""
    assert judge({"empty_articles": 0.0}, 500, history(*[0.4] * 7), {}, SETTINGS) == ()
    for share in (0.0, 0.8):
        before = history(*[0.4] * 7, figure="duplicate_articles")
        assert [one.figure for one in judge({"duplicate_articles": share}, 500, before, {}, SETTINGS)] == [
            "duplicate_articles"
        ]


@pytest.mark.parametrize(
    ("articles", "before"),
    [
        (19, history(*USUAL)),
        (500, history(*USUAL[:4])),
        (500, history(*USUAL, new=19)),
        (500, history(*USUAL, figure="x")),
    ],
    ids=["few articles", "few runs", "small runs", "runs of an older version"],
)
def test_too_little_to_tell_is_no_alarm(articles: int, before: list[RunRecord]) -> None:
    """Neither a small run nor a short history, nor one that did not note the figure."""
    assert judge({"empty_articles": 1.0}, articles, before, {}, SETTINGS) == ()


def test_only_the_newest_runs_count_in_whatever_order_they_come() -> None:
    """What was usual long ago is not usual now."""
    old, new = history(*[0.9] * 40), history(*[0.9] * 40, *[0.02] * 30)[40:]
    mixed = [*old, *new]
    random.Random(1).shuffle(mixed)
    (found,) = judge({"empty_articles": 0.9}, 500, mixed, {}, SETTINGS)
    assert (found.usual, found.runs) == (0.02, 30)


def test_runs_that_differ_by_sampling_alone_rarely_alarm() -> None:
    """Of 1,000 runs of 40 articles from one source, with 10 % empty ones, at most 3 are called unusual."""
    rng = random.Random(7)
    shares = [sum(rng.random() < 0.1 for _ in range(40)) / 40 for _ in range(1_030)]
    alarms = sum(
        bool(judge({"empty_articles": shares[at]}, 40, history(*shares[at - 30 : at], new=40), {}, SETTINGS))
        for at in range(30, 1_030)
    )
    assert alarms <= 3


GATE = {"gate__min_runs": 2, "gate__min_articles": 3, "run__runner": "threads"}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder in which three nights went well, and a copy of it."""
    here = tmp_path_factory.mktemp("gate")
    place, corpus = here / "nights" / "in", here / "nights" / "corpus"
    place.mkdir(parents=True)
    pages = iter(stories(40))
    for run in range(4):
        for number in range(10):
            (place / f"{run}-{number}.txt").write_text(next(pages).text(), encoding="utf-8")
        if run < 3:
            clean(corpus, place, **GATE)
    for number in range(30):
        (place / f"broken-{number}.txt").write_bytes(b"")
    shutil.copytree(here / "nights", here / "kept")
    return here / "nights", here / "kept"


@pytest.fixture
def grown(nights: tuple[Path, Path]) -> tuple[Path, Path]:
    """A corpus of three good runs, and its SOURCE, into which broken files came since; always in the same place."""
    here, kept = nights
    shutil.rmtree(here)
    shutil.copytree(kept, here)
    return here / "corpus", here / "in"


def config(folder: Path, action: str) -> Path:
    """A settings file with that action."""
    file = folder / "c.toml"
    file.write_text(
        f'[gate]\naction = "{action}"\nmin_runs = 2\nmin_articles = 3\n[run]\nrunner = "threads"\n', "utf-8"
    )
    return file


def run(corpus: Path, place: Path, action: str) -> int:
    """The command's exit code."""
    file = config(corpus.parent, action)
    return main(["run", str(place), "--corpus", str(corpus), "--config", str(file), "--local"])


def test_warn_publishes_and_tells(grown: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The run is there, with a line on what is unusual and where to look."""
    corpus, place = grown
    assert run(corpus, place, "warn") == DONE_WITH_QUARANTINE
    assert "unusual: inputs that went to quarantine: 75.0% (usual 0.0%" in capsys.readouterr().err
    assert Corpus.open(corpus).release.number == 4


def test_fail_leaves_readers_on_the_release_before(
    grown: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 with examples; then, told to publish, a run gives what it would have given at once."""
    corpus, place = grown
    before = Corpus.open(corpus).table("articles")
    assert run(corpus, place, "fail") == FAILED
    said = capsys.readouterr().err
    assert "not published, readers still see release 3" in said
    assert "e.g. broken-0.txt, broken-1.txt, broken-10.txt" in said
    assert Corpus.open(corpus).release.number == 3
    assert Corpus.open(corpus).table("articles").equals(before)

    assert run(corpus, place, "warn") == DONE_WITH_QUARANTINE
    assert "shards that a run which was stopped had finished" in capsys.readouterr().err
    assert Corpus.open(corpus).table("articles", ["id"]).num_rows == 40


def test_ignore_says_nothing(grown: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The same run is published without a word about the gate."""
    corpus, place = grown
    assert run(corpus, place, "ignore") == DONE_WITH_QUARANTINE
    assert "unusual" not in capsys.readouterr().err


def test_what_is_in_quarantine_already_is_no_news(grown: tuple[Path, Path]) -> None:
    """The night after, the broken files are still there, and the figures are usual again."""
    corpus, place = grown
    run(corpus, place, "warn")
    for number, story in enumerate(stories(50)[40:]):
        (place / f"5-{number}.txt").write_text(story.text(), encoding="utf-8")
    settings = load_settings(config(corpus.parent, "fail"), sources=(str(place),), corpus=str(corpus))
    assert travel(settings, LocalEngine(settings.run)).findings == ()


def test_pause_without_prefect_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    """There is nobody to ask."""
    settings = load_settings(None, sources=(str(tmp_path),), corpus=str(tmp_path / "c"), gate__action="pause")
    with pytest.raises(UsageError, match="--local"):
        travel(settings, LocalEngine(settings.run))
    assert not (tmp_path / "c").exists()
