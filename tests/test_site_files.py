"""Site files: what people say about the lines of single sites, and the messages for what they get wrong."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.command import main
from pipeline.corpus.open import Corpus
from pipeline.errors import UsageError
from pipeline.show.explain import print_explanation
from pipeline.sites.files import SiteFiles, read_site_files, restored
from tests.conftest import ROOT, clean
from tests.growth import LINEAR, growth
from tests.pages import story

Folder = Callable[[dict[str, str]], Path]

FILE = """
site = "daily.example"

[[drop]]
line = "Nobody should have to read this sentence at the end of every story, says the editor."
kind = "appeal"
note = "the editor's appeal; stands below every story since May"

[[drop]]
pattern = '(?i)our reporter walked \\d+ miles for this story\\.'
kind = "promo"
note = "a campaign"

[[keep]]
line = "Share this article"
kind = "heading"
note = "a column of that name"
"""
APPEAL = "Nobody should have to read this sentence at the end of every story, says the editor."
MILES = "Our reporter walked 12 miles for this story."


def site_folder(place: Path, **files: str) -> str:
    """A folder of site files."""
    place.mkdir(exist_ok=True)
    for name, text in files.items():
        (place / f"{name}.toml").write_text(text, encoding="utf-8")
    return str(place)


def inputs(folder: Folder, host: str = "daily.example", count: int = 2) -> Path:
    """Pages of one site with two sentences that nothing but a person can know to be chrome."""
    files = {}
    for n in range(count):
        page = story(n, host)
        files[f"{n}.txt"] = page.text().replace(page.body[2], f"{page.body[2]}\n\n{APPEAL}\n\n{MILES}")
    rows = [{"path": name, "url": f"https://{host}/{name}"} for name in files]
    return folder(files | {"manifest.jsonl": "\n".join(map(json.dumps, rows))})


def labels(corpus: Corpus) -> set[tuple[str, str, str]]:
    wanted = (APPEAL, MILES, "Share this article")
    return {(r["text"], r["kind"], r["reason"]) for r in corpus.table("lines").to_pylist() if r["text"] in wanted}


DECIDED = {
    (APPEAL, "appeal", "override:daily.example"),
    (MILES, "promo", "override:daily.example"),
    ("Share this article", "heading", "override:daily.example"),
}


def test_a_site_file_drops_and_keeps_lines(folder: Folder, tmp_path: Path) -> None:
    """Literals and patterns decide against the labeller, and the reason names the file's site."""
    corpus = clean(tmp_path / "c", inputs(folder), sites__folder=site_folder(tmp_path / "sites", daily=FILE))
    assert labels(corpus) == DECIDED
    for article in corpus.table("articles").to_pylist():
        assert APPEAL not in article["text"] and MILES not in article["text"]
        assert "Share this article" in article["text"].split("\n\n")


def test_a_site_file_that_comes_or_goes_relabels_what_is_in_the_corpus(folder: Folder, tmp_path: Path) -> None:
    """No input is read again; without the file all is as it was before."""
    place = inputs(folder)
    without = clean(tmp_path / "c", place)
    with_file = clean(tmp_path / "c", place, sites__folder=site_folder(tmp_path / "sites", daily=FILE))
    assert labels(with_file) == DECIDED
    assert json.loads(with_file.table("runs").to_pylist()[-1]["counts"])["unchanged"] == 2
    back = clean(tmp_path / "c", place)
    for table in ("articles", "lines", "paragraphs"):
        columns = [name for name in without.table(table).column_names if name != "run"]
        assert back.table(table, columns).equals(without.table(table, columns))


@pytest.mark.parametrize(
    ("host", "subdomains", "holds"),
    [
        ("www.daily.example", True, True),
        ("m.daily.example", True, True),
        ("m.daily.example", False, False),
        ("daily.example", False, True),
        ("notdaily.example", True, False),
    ],
)
def test_a_site_file_holds_for_subdomains_unless_it_says_not(
    host: str, subdomains: bool, holds: bool, folder: Folder, tmp_path: Path
) -> None:
    """``m.daily.example`` is the daily's; ``notdaily.example`` is not."""
    text = FILE.replace('"daily.example"\n', f'"daily.example"\nsubdomains = {str(subdomains).lower()}\n')
    sites = site_folder(tmp_path / "sites", daily=text)
    corpus = clean(tmp_path / "c", inputs(folder, host), sites__folder=sites)
    assert (labels(corpus) == DECIDED) == holds


def test_the_nearer_domain_decides_and_keeping_goes_before_dropping(tmp_path: Path) -> None:
    """A file of the subdomain is asked first; within a file, text is rather kept than lost."""
    wide = 'site = "a.example"\n[[drop]]\npattern = ".*"\nnote = "all"\n[[keep]]\nline = "Stay"\nnote = "x"\n'
    near = 'site = "m.a.example"\n[[keep]]\npattern = "Go.*"\nnote = "y"\n'
    files = read_site_files(site_folder(tmp_path / "s", wide=wide, near=near))
    found = files.rules("m.a.example", ["Stay", "Gone", "Other"])
    assert [(found[at].action, found[at].site) for at in range(3)] == [
        ("keep", "a.example"),
        ("keep", "m.a.example"),
        ("drop", "a.example"),
    ]
    assert files.rules("b.example", ["Stay"]) == {}
    assert files.rules(None, ["Stay"]) == {}
    assert restored(json.loads(json.dumps(files.dump()))) == files


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site = ", "not valid TOML"),
        ('site = "https://a.example/"', "site: must be a host name"),
        ('site = "www.a.example"', "site: must be a host name"),
        ("[[drop]]\nline = 'x'\nnote = 'n'", "site: field required"),
        ('site = "a.example"\n[[drop]]\nline = "x"', r"drop\[1\].note: field required"),
        ('site = "a.example"\n[[drop]]\nnote = "x"', r"drop\[1\]: needs either a line or a pattern"),
        ('site = "a.example"\n[[drop]]\nline = "x"\nnote = ""', r"drop\[1\].note"),
        ('site = "a.example"\n[[drop]]\npattern = "(x"\nnote = "n"', r"drop\[1\].pattern: is no pattern .*missing \)"),
        ('site = "a.example"\n[[drop]]\npattern = "a)(b"\nnote = "n"', r"drop\[1\].pattern: is no pattern"),
        ("site = 'a.example'\n[[drop]]\npattern = '\\Qa'\nnote = 'n'", r"drop\[1\].pattern: is no pattern"),
        ('site = "a.example"\n[[drop]]\npattern = "(?=x)"\nnote = "n"', r"drop\[1\].pattern: is no pattern"),
        ('site = "a.example"\n[[drop]]\nline = "x"\nkind = "heading"\nnote = "n"', r"drop\[1\].kind: kind must be"),
        ('site = "a.example"\n[[keep]]\nline = "x"\nkind = "share"\nnote = "n"', r"keep\[1\].kind: kind must be"),
        ('site = "a.example"\nkep = 1', "kep: extra inputs"),
    ],
)
def test_a_wrong_site_file_is_refused_by_name_and_key(text: str, said: str, tmp_path: Path) -> None:
    """The message says which file, and which of its tables."""
    with pytest.raises(UsageError, match=rf"wrong\.toml.*{said}"):
        read_site_files(site_folder(tmp_path / "s", wrong=text))


def test_two_files_for_one_site_are_refused(tmp_path: Path) -> None:
    """Nobody could say which of them decides."""
    one = 'site = "a.example"\n'
    with pytest.raises(UsageError, match=r"two\.toml: site 'a\.example' has a file already.*one\.toml"):
        read_site_files(site_folder(tmp_path / "s", one=one, two=one))


def test_no_pattern_can_hang_a_run(tmp_path: Path) -> None:
    """What takes exponential time elsewhere is linear here."""
    text = 'site = "a.example"\n[[drop]]\npattern = "(a|aa)+(a*)*b"\nnote = "n"\n'
    files = read_site_files(site_folder(tmp_path / "s", nasty=text))
    assert growth(lambda size: files.rules("a.example", ["a" * size]), 20_000) < LINEAR


def test_the_folder_beside_the_settings_is_found(folder: Folder, tmp_path: Path) -> None:
    """``copydesk run --config my/settings.toml`` reads ``my/sites/*.toml``; a wrong file there ends with 2."""
    place = inputs(folder)
    mine = tmp_path / "my"
    mine.mkdir()
    (mine / "settings.toml").write_text("[run]\nworkers = 1\n", encoding="utf-8")
    site_folder(mine / "sites", daily=FILE)
    arguments = ["run", str(place), "--corpus", str(tmp_path / "c"), "--config", str(mine / "settings.toml"), "--local"]
    assert main(arguments) == 0
    assert labels(Corpus.open(tmp_path / "c")) == DECIDED
    site_folder(mine / "sites", other='site = "b.example"\n[[drop]]\npattern = "["\nnote = "n"\n')
    assert main(arguments) == 2


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """A folder that settings name must be there; the default may be missing."""
    with pytest.raises(UsageError, match="nowhere"):
        read_site_files(str(tmp_path / "nowhere"))
    assert read_site_files("") == SiteFiles()


def test_explain_gives_the_note(folder: Folder, tmp_path: Path) -> None:
    """Why a line is gone is what the person wrote."""
    corpus = clean(tmp_path / "c", inputs(folder), sites__folder=site_folder(tmp_path / "sites", daily=FILE))
    out = io.StringIO()
    print_explanation(corpus, "1.txt", out)
    (line,) = [line for line in out.getvalue().splitlines() if APPEAL in line]
    assert "override:daily.example" in line and "[the editor's appeal; stands below every story since May]" in line


def test_the_example_in_the_repository_says_nothing_about_any_real_site() -> None:
    """``config/sites/example.toml`` is read, and is about a host that cannot exist."""
    files = read_site_files(str(ROOT / "config" / "sites"))
    assert set(files.files) == {"example.invalid"}
    rules: Any = files.files["example.invalid"].rules
    assert {rule.action for rule in rules} == {"drop", "keep"}
