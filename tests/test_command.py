"""The command as a person meets it: exit codes, messages, speed of the first answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.command import main
from pipeline.corpus.open import Corpus
from tests.conftest import ROOT, SEEDS, copydesk
from tests.pages import story

Folder = Callable[[dict[str, str]], Path]


def test_help_imports_nothing_heavy() -> None:
    """``--help`` answers before Prefect, Arrow or trafilatura are imported."""
    code = (
        "import sys; from flows.command import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'prefect', 'pyarrow', 'trafilatura', 'deltalake', 'numpy', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("verb", "needed"),
    [
        *((verb, "--corpus") for verb in ("run", "status", "explain", "lookup", "export")),
        *((verb, "--bench") for verb in ("evaluate", "train")),
    ],
)
def test_every_verb_has_help(verb: str, needed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each verb explains its arguments."""
    with pytest.raises(SystemExit) as stop:
        main([verb, "--help"])
    assert stop.value.code == 0
    assert needed in capsys.readouterr().out


def test_a_clean_run_ends_with_0_and_leaves_stdout_to_results(tmp_path: Path) -> None:
    """A local run over the seeds publishes release 1, with the summary on stderr."""
    done = copydesk("run", SEEDS, "--corpus", tmp_path / "c", "--local")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "5" in done.stderr


def test_quarantined_inputs_end_a_run_with_3_and_are_named(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The good file is published, the bad one is named on stderr with what to do."""
    place = folder({"good.txt": story(1).text(), "empty.txt": ""})
    done = copydesk("run", place, "--corpus", tmp_path / "c", "--local")
    assert done.returncode == 3
    assert "'empty.txt': empty" in done.stderr
    assert main(["explain", "good.txt", "--corpus", str(tmp_path / "c")]) == 0
    assert story(1).title in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["run", "nowhere", "--corpus", "c", "--local"], "nowhere"),
        (["run", "--corpus", "c", "--local"], "sources"),
        (["run", "seeds", "--local"], "corpus"),
        (["run", "seeds", "--corpus", "c", "--config", "missing.toml"], "missing.toml"),
        (["run", "seeds", "--corpus", "c", "--workers", "-1"], "workers"),
        (["status", "--corpus", "nowhere"], "nowhere"),
        (["explain", "x", "--corpus", "nowhere"], "nowhere"),
        (["export", "--corpus", "nowhere", "--format", "jsonl", "--out", "x"], "nowhere"),
    ],
)
def test_mistakes_end_with_2_and_one_sentence(
    arguments: list[str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A mistake is told in one line that names the thing; nothing is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("text", encoding="utf-8")
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert named in said
    assert said.startswith("copydesk: ")
    assert "Traceback" not in said
    assert not (tmp_path / "c").exists()


def test_unknown_settings_are_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt key is named with its nearest right spelling."""
    config = tmp_path / "my.toml"
    config.write_text("[dedup]\nparagraf_threshold = 0.5\n", encoding="utf-8")
    assert main(["run", str(SEEDS), "--corpus", str(tmp_path / "c"), "--config", str(config), "--local"]) == 2
    said = capsys.readouterr().err
    assert "my.toml" in said
    assert "'dedup.paragraf_threshold' (did you mean 'paragraph_threshold'?)" in said


def test_settings_that_do_not_fit_together_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bands that do not divide the permutations are refused before anything is read."""
    config = tmp_path / "my.toml"
    config.write_text("[dedup]\nbands = 30\n", encoding="utf-8")
    assert main(["run", str(SEEDS), "--corpus", str(tmp_path / "c"), "--config", str(config), "--local"]) == 2
    assert "dedup.bands" in capsys.readouterr().err


def test_export_to_stdout_can_be_piped(seeds_corpus: Corpus) -> None:
    """``--out -`` gives JSON Lines on stdout and nothing else."""
    done = copydesk("export", "--corpus", seeds_corpus.path, "--format", "jsonl", "--out", "-")
    assert done.returncode == 0, done.stderr
    articles = [json.loads(line) for line in done.stdout.splitlines()]
    assert {article["source"] for article in articles} == {path.name for path in SEEDS.glob("*.txt")}
    assert all(article["text"] for article in articles)


def test_a_run_finds_nothing_new_the_second_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same inputs again: nothing is worked on, and the release is there all the same."""
    arguments = ["run", str(SEEDS), "--corpus", str(tmp_path / "c"), "--local"]
    assert main(arguments) == 0
    capsys.readouterr()
    assert main(arguments) == 0
    assert "5 unchanged" in capsys.readouterr().err
