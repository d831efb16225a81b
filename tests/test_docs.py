"""Code blocks of the other pages: files are read, programs run, commands have options that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from flows.command import _parser
from pipeline.corpus import Corpus
from pipeline.corpus.publish import publish
from pipeline.sites.corrections import read_corrections
from pipeline.sites.files import read_site_files
from tests.conftest import ROOT
from tests.strategies.corpus import ArticleSpec, changes_of, number_id, run_record

PAGES = sorted((ROOT / "docs").glob("*.md"))
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one page in one language."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [code for name, code in _FENCED.findall(text) if name == language]


def commands() -> list[tuple[str, str]]:
    """Page and line of every ``copydesk`` command that stands on a line of its own, in a fence or indented."""
    return [
        (page.name, line.strip().partition("  #")[0])
        for page in PAGES
        for line in page.read_text(encoding="utf-8").splitlines()
        if re.match(r"(?: {4})?copydesk [a-z]+ ", line)
    ]


@pytest.mark.parametrize(("page", "command"), commands())
def test_every_command_is_one_that_exists(page: str, command: str) -> None:
    """Its verb and its options are understood."""
    options = _parser().parse_args(shlex.split(command)[1:])
    assert callable(options.verb), page


def test_the_site_file_of_the_docs_is_read(tmp_path: Path) -> None:
    """The example in docs/sites.md is a site file, with the rules it shows."""
    (example,) = blocks("sites.md", "toml")
    (tmp_path / "daily.toml").write_text(example, encoding="utf-8")
    assert set(read_site_files(str(tmp_path)).files) == {"daily.example"}


def test_the_corrections_of_the_docs_are_read(tmp_path: Path) -> None:
    """The example in docs/sites.md is a file of corrections, one for each line."""
    (example,) = blocks("sites.md", "json")
    path = tmp_path / "corrections.jsonl"
    path.write_text(example, encoding="utf-8")
    assert len(read_corrections(str(path))) == len(example.splitlines())


def test_going_back_as_the_operations_manual_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its program takes the newest release back, and the corpus is what the release before was."""
    (program,) = blocks("operations.md", "python")
    for number in range(2):
        specs = [ArticleSpec(number_id(1), title=f"Title {number}")]
        publish(tmp_path / "corpus", changes_of(specs), run_record(f"run-{number}"), number)
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "operations.md", "exec"), {})
    corpus = Corpus.open(tmp_path / "corpus")
    assert corpus.release.number == 1
    assert corpus.table("articles", ["title"]).to_pylist() == [{"title": "Title 0"}]
