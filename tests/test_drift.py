"""Drift: a site whose layout changed is reported, one that did not is not."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from flows.command import main
from pipeline.corpus.open import Corpus
from pipeline.settings import DriftSettings
from pipeline.show.status import print_status
from pipeline.sites.drift import Shares, site_drift
from tests.conftest import clean
from tests.pages import story

TRIALS = 400


def pages(rng: random.Random, count: int, chrome: float = 0.35) -> dict[str, Shares]:
    """Pages of a site with much scatter: long reads and short news, some with comments, most with a share bar."""
    made: dict[str, Shares] = {}
    for number in range(count):
        share = min(max(rng.gauss(chrome, 0.08), 0.0), 1.0)
        comments = rng.random() * 0.3 if rng.random() < 0.3 else 0.0
        made[f"{number:016x}"] = {
            ("lines", "navigation"): share,
            ("lines", "comments"): comments,
            ("lines", "share"): 0.04 if rng.random() < 0.8 else 0.0,
            ("text", "navigation"): share / 4,
            ("lines", "removed"): min(share + comments + 0.04, 1.0),
        }
    return made


def test_a_stable_site_is_hardly_ever_reported() -> None:
    """Four hundred runs of stable sites, with the fewest pages that settings allow: below one in a hundred."""
    settings = DriftSettings()
    alarms = 0
    for seed in range(TRIALS):
        rng = random.Random(seed)
        earlier = list(pages(rng, settings.min_earlier).values())
        alarms += bool(site_drift("a.example", earlier, pages(rng, settings.min_pages), settings))
    assert alarms <= TRIALS / 100


def test_a_change_of_layout_is_reported_with_its_measure() -> None:
    """The share of menu lines more than doubles: every run says so, from what to what, with pages to look at."""
    settings = DriftSettings()
    for seed in range(50):
        rng = random.Random(seed)
        earlier = list(pages(rng, 40).values())
        found = {(one.measure, one.kind): one for one in site_drift("a", earlier, pages(rng, 5, 0.85), settings)}
        one = found["lines", "navigation"]
        assert abs(one.usual - 0.35) < 0.1 and abs(one.found - 0.85) < 0.15
        assert one.low < one.usual < one.high < one.found and (one.pages, one.earlier_pages) == (5, 40)
        assert len(one.examples) == 3


@pytest.mark.parametrize(("earlier", "new"), [(19, 5), (20, 4), (0, 40)])
def test_too_few_pages_tell_nothing(earlier: int, new: int) -> None:
    """Neither a first run nor a single page is judged."""
    rng = random.Random(1)
    assert site_drift("a", list(pages(rng, earlier).values()), pages(rng, new, 0.9), DriftSettings()) == []


def write(place: Path, first: int, count: int, *, broken: bool = False) -> Path:
    """Pages of two sites; ``broken``: the first saves its menus and one sentence of each story only."""
    place.mkdir(exist_ok=True)
    rows: list[dict[str, Any]] = []
    for host in ("broken.example", "stable.example"):
        for seed in range(first, first + count):
            page = story(seed, host)
            text = page.text()
            if broken and host == "broken.example":
                for paragraph in page.body[1:]:
                    text = text.replace(paragraph, "")
            (place / f"{host}-{seed}.txt").write_text(text, encoding="utf-8")
            rows.append({"path": f"{host}-{seed}.txt", "url": f"https://{host}/{seed}"})
    (place / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return place


def test_a_run_reports_the_site_that_changed_and_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty-four pages of two sites, then eight more of each, of which one lost its stories: it alone is named, in
    ``drift``, at the end of the run and in the status; a run that is like the first is not."""
    place = tmp_path / "c"
    first = clean(place, write(tmp_path / "one", 0, 24))
    assert first.table("drift").num_rows == 0
    usual = clean(place, write(tmp_path / "two", 24, 8))
    assert usual.table("drift").num_rows == 0
    capsys.readouterr()
    last = write(tmp_path / "three", 40, 8, broken=True)
    assert main(["run", str(last), "--corpus", str(place), "--local", "--workers", "1"]) == 0
    said = capsys.readouterr().err
    assert "drift: broken.example: removed " in said and "stable.example" not in said
    corpus = Corpus.open(place)
    rows = corpus.table("drift").to_pylist()
    assert {row["site"] for row in rows} == {"broken.example"}
    assert {row["run"] for row in rows} == {corpus.release.run}
    (text,) = [row for row in rows if (row["measure"], row["kind"]) == ("text", "removed")]
    assert text["found"] > text["high"] > text["usual"] and text["pages"] == 8
    ids = {row["id"] for row in corpus.table("articles").to_pylist() if row["site"] == "broken.example"}
    assert set(text["examples"]) <= ids
    out = io.StringIO()
    print_status(corpus, out)
    assert f"  {corpus.release.run}  broken.example: removed " in out.getvalue()


def test_a_template_that_is_learned_is_no_drift(tmp_path: Path) -> None:
    """Earlier pages count as they are labelled now: more chrome found on all pages of a site looks like no change."""
    from tests.test_site_files import FILE, site_folder

    place = tmp_path / "c"
    clean(place, write(tmp_path / "one", 0, 24))
    wide = (
        FILE.replace('"daily.example"', '"stable.example"')
        + '\n[[drop]]\npattern = ".* told reporters .*"\nnote = "x"\n'
    )
    second = write(tmp_path / "two", 24, 8)
    corpus = clean(place, second, sites__folder=site_folder(tmp_path / "sites", wide=wide))
    assert any(row["reason"] == "override:stable.example" for row in corpus.table("lines").to_pylist())
    assert corpus.table("drift").num_rows == 0
