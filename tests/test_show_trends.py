"""How the last runs went, as small charts of text."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.open import Corpus
from pipeline.corpus.runs import RunCounts, RunRecord
from pipeline.run.gate import judge
from pipeline.settings import GateSettings
from pipeline.show.status import print_status
from pipeline.show.trends import SHOWN, sparkline, trend_lines, trends_markdown, trends_of
from tests.conftest import clean
from tests.pages import stories
from tests.strategies.corpus import run_record


def night(number: int, quarantined: float = 0.02, kept: float = 0.6) -> RunRecord:
    """One run of some hundred articles."""
    counts = RunCounts(inputs=500 + number, new=400, articles=400 * (number + 1), cpu_seconds=12.5)
    quality = {"quarantined": quarantined, "kept_share": kept, "empty_articles": 0.0, "duplicate_articles": 0.1}
    return replace(run_record(f"r{number:03}", counts), quality=quality)


def lines(runs: list[RunRecord]) -> dict[str, str]:
    """What stands behind each name; marks under ``!name``."""
    said: dict[str, str] = {}
    last = ""
    for line in trend_lines(trends_of(runs)):
        name, rest = line[:14].strip(), line[16:]
        said[name or f"!{last}"] = rest
        last = name or last
    return said


def test_each_figure_has_its_bars_its_newest_value_and_what_is_usual() -> None:
    """The oldest run stands first, whatever the order they come in; the range is the gate's."""
    runs = [night(number) for number in range(8)]
    random.Random(1).shuffle(runs)
    said = lines(runs)
    assert said["articles"] == "▂▃▄▅▆▇██      3,200"
    assert said["inputs"].endswith("507") and said["CPU seconds"].endswith("12.5")
    assert said["removed text"] == "████████      40.0%  usual 30.2% to 49.8%"
    assert not [name for name in said if name.startswith("!")]


def test_a_run_that_left_the_usual_range_is_marked_below_its_bar() -> None:
    """Also when it is not the newest; removed text is judged as the share that was kept."""
    runs = [night(number, 0.5 if number == 6 else 0.02, 0.9 if number == 7 else 0.6) for number in range(9)]
    said = lines(runs)
    assert said["!quarantined"] == "      !" and said["quarantined"][6] == "█"
    assert said["!removed text"] == "       !"
    assert set(said) >= {"inputs", "duplicates"} and "!duplicates" not in said


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_marked_is_what_the_gate_would_have_told(figures: list[tuple[float, float]]) -> None:
    """Run by run, from the runs that were there before it."""
    runs = [night(number, *each) for number, each in enumerate(figures)]
    told = [
        {one.figure for one in judge(run.quality, run.counts.new, runs[:number], {}, GateSettings())}
        for number, run in enumerate(runs)
    ]
    trends = {trend.name: trend.unusual for trend in trends_of(runs)}
    assert trends["quarantined"] == tuple("quarantined" in each for each in told)
    assert trends["removed text"] == tuple("kept_share" in each for each in told)


def test_runs_without_a_figure_have_a_gap_and_old_runs_no_bar() -> None:
    """A night without anything new has no shares; more than a month of nights does not fit on a line."""
    idle = replace(night(40), quality={}, counts=RunCounts(inputs=500))
    said = lines([*(night(number) for number in range(40)), idle])
    assert len(said["inputs"].split()[0]) == SHOWN
    assert said["quarantined"].startswith("█" * (SHOWN - 1) + "·") and said["quarantined"].endswith("none")
    assert trends_of([]) == () and trend_lines(()) == [] and trends_markdown(()) == ""
    assert trends_markdown(trends_of([idle])) == ""
    assert "### The last 2 runs\n" in trends_markdown(trends_of([night(1), idle]))


def test_what_is_usual_follows_the_settings_of_the_newest_run() -> None:
    """Also those of an older or a later version, which may have other names."""
    runs = [night(number, 0.5 if number == 4 else 0.02) for number in range(5)]
    assert "!quarantined" not in lines(runs)
    runs[-1] = replace(runs[-1], settings={"gate": {"min_runs": 2, "from_the_future": 1}})
    assert lines(runs)["!quarantined"] == "    !"


@pytest.mark.parametrize(
    ("values", "bars"), [([0, 1, 2, 4, 8], "▁▂▃▅█"), ([0, 0], "▁▁"), ([None, 3], "·█"), ([], ""), ([5], "█")]
)
def test_bars_begin_at_zero(values: list[float | None], bars: str) -> None:
    """So that a figure that hardly moves does not look as if it did."""
    assert sparkline(values) == bars


def test_real_runs_have_their_trends_in_the_status(tmp_path: Path) -> None:
    """Three runs, the last with broken files, by the gate's settings of that run; each cost processor time."""
    place = tmp_path / "in"
    place.mkdir()
    for number, story in enumerate(stories(30)):
        (place / f"{number}.txt").write_text(story.text(), encoding="utf-8")
        if number % 10 == 9:
            if number == 29:
                for broken in range(30):
                    (place / f"broken-{broken}.txt").touch()
            clean(tmp_path / "c", place, gate__min_runs=2, gate__min_articles=3)
    out = io.StringIO()
    corpus = Corpus.open(tmp_path / "c")
    print_status(corpus, out)
    said = out.getvalue()
    assert "  articles        ▃▆█         30\n" in said
    assert "  quarantined     ▁▁█      75.0%  usual 0.0% to" in said and "\n                    !\n" in said
    assert all(RunRecord.from_row(row).counts.cpu_seconds > 0 for row in corpus.table("runs").to_pylist())
