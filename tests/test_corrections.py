"""Corrections: lines that people decided, how long they hold, and the messages for files that are wrong."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.command import main
from pipeline.corpus.open import Corpus
from pipeline.errors import UsageError
from pipeline.records import Kind
from pipeline.show.explain import print_explanation
from pipeline.sites.corrections import Correction, SeenLine, fit, merged, read_corrections
from pipeline.sites.examples import examples
from pipeline.sites.files import read_site_files
from tests.conftest import ROOT, clean
from tests.pages import story

Folder = Callable[[dict[str, str]], Path]

PAGE = story(1)


def one(text: str = PAGE.body[1], kind: str | None = "promo", **more: Any) -> dict[str, Any]:
    """A correction of the second paragraph of ``1.txt``, or of another line of it."""
    line = PAGE.text().split("\n").index(text) + 1 if text in PAGE.text().split("\n") else 12
    return {"source": "1.txt", "line": line, "text": text, "kind": kind} | more


def write(place: Path, *corrections: dict[str, Any]) -> str:
    place.write_text("".join(json.dumps(each) + "\n" for each in corrections), encoding="utf-8")
    return str(place)


def inputs(folder: Folder) -> Path:
    return folder({f"{n}.txt": story(n).text() for n in range(3)})


def label(corpus: Corpus, text: str = PAGE.body[1]) -> tuple[str, str]:
    """Kind and reason of the line in ``1.txt``."""
    (article,) = [
        row for row in corpus.table("articles").to_pylist() if row["source"] == "1.txt" and not row["withdrawn"]
    ]
    (row,) = [
        row for row in corpus.table("lines").to_pylist() if row["article_id"] == article["id"] and row["text"] == text
    ]
    return row["kind"], row["reason"]


def counts(corpus: Corpus) -> dict[str, int]:
    last = max(corpus.table("runs").to_pylist(), key=lambda row: row["release"])
    return dict(json.loads(last["counts"]).get("corrections", {}))


def test_a_correction_decides_and_is_remembered(folder: Folder, tmp_path: Path) -> None:
    """It holds in the run that takes it in, and in later runs that say nothing, until it is withdrawn."""
    place = inputs(folder)
    first = clean(tmp_path / "c", place)
    assert label(first)[0] == "paragraph"
    corrected = clean(tmp_path / "c", place, sites__corrections=write(tmp_path / "f.jsonl", one()))
    assert label(corrected) == ("promo", "override") and counts(corrected) == {"applied": 1}
    later = clean(tmp_path / "c", place)
    assert label(later) == ("promo", "override") and counts(later) == {"applied": 1}
    again = {name for name, version in later.release.tables.items() if version != corrected.release.tables[name]}
    assert again == {"runs"}
    withdrawn = clean(tmp_path / "c", place, sites__corrections=write(tmp_path / "g.jsonl", one(kind=None)))
    assert label(withdrawn) == label(first) and counts(withdrawn) == {}
    for table in ("articles", "lines", "paragraphs"):
        columns = [name for name in first.table(table).column_names if name != "run"]
        assert withdrawn.table(table, columns).equals(first.table(table, columns))


def test_a_corrected_line_is_kept_whatever_the_labeller_says(folder: Folder, tmp_path: Path) -> None:
    """Chrome that a person calls a paragraph stands in the text, a title that a person names is the title."""
    file = write(
        tmp_path / "f.jsonl",
        one("Ten walks for the weekend", "paragraph"),
        one("Culture", "title"),
        one(PAGE.title, "dek"),
    )
    corpus = clean(tmp_path / "c", inputs(folder), sites__corrections=file)
    (article,) = [row for row in corpus.table("articles").to_pylist() if row["source"] == "1.txt"]
    assert "Ten walks for the weekend" in article["text"].split("\n\n")
    assert (article["title"], article["dek"]) == ("Culture", PAGE.title)


def test_a_correction_waits_for_its_input(folder: Folder, tmp_path: Path) -> None:
    """Given before the page is there, it holds as soon as the page comes."""
    file = write(tmp_path / "f.jsonl", one())
    early = clean(tmp_path / "c", folder({"0.txt": story(0).text()}), sites__corrections=file)
    assert counts(early) == {"waiting": 1}
    assert label(clean(tmp_path / "c", inputs(folder))) == ("promo", "override")


def test_a_line_that_reads_otherwise_now_is_not_touched(folder: Folder, tmp_path: Path) -> None:
    """The input changed: the correction is not applied, it is counted, and the run says so."""
    place = inputs(folder)
    file = write(tmp_path / "f.jsonl", one())
    clean(tmp_path / "c", place, sites__corrections=file)
    (place / "1.txt").write_text(PAGE.text().replace(PAGE.body[1], "Another sentence stands here now."), "utf-8")
    changed = clean(tmp_path / "c", place)
    assert label(changed, "Another sentence stands here now.")[1] != "override"
    assert counts(changed) == {"changed": 1}
    (place / "1.txt").write_text(PAGE.text() + "\nOne line more below.\n", "utf-8")
    back = clean(tmp_path / "c", place)
    assert label(back) == ("promo", "override") and counts(back) == {"applied": 1}


def test_a_correction_by_id_goes_before_one_by_source() -> None:
    """Of two people, the one who named the very article decides."""
    by_source = Correction("a.txt", "a.txt", 3, 0, "x", Kind.SHARE)
    by_id = Correction("0" * 16, "", 3, 0, "X", Kind.LEGAL)
    lines = {"0" * 16: [SeenLine(3, 0, "x", "x")]}
    for given in ((by_source, by_id), (by_id, by_source)):
        assert fit(given, {"0" * 16: "a.txt"}, lines).kinds == {"0" * 16: {(3, 0): Kind.LEGAL}}


def test_parts_of_a_huge_line_are_told_apart_by_their_text() -> None:
    """Without a part, the correction is about the part that reads so."""
    lines = {"0" * 16: [SeenLine(1, 1, "One.", "One."), SeenLine(1, 2, "Two.", "Two.")]}
    found = fit([Correction("0" * 16, "", 1, 0, "Two.", Kind.LEGAL)], {"0" * 16: "a"}, lines)
    assert found.kinds == {"0" * 16: {(1, 2): Kind.LEGAL}}


def test_of_several_corrections_the_last_holds() -> None:
    """Later lines of a file, and later files, replace what was said before; null takes it back."""
    first, second = (Correction("a", "a", 1, 0, "x", kind) for kind in (Kind.SHARE, Kind.LEGAL))
    assert merged([first], [second]) == (second,)
    assert merged([first, second], [Correction("a", "a", 1, 0, "x", None)]) == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: Expecting property name"),
        ("[1]", "line 2: must be a JSON object"),
        (json.dumps(one(kind="menu")), "line 2: kind must be null or one of paragraph, .*got 'menu'"),
        (json.dumps(one(kind="duplicate")), "line 2: kind must be"),
        (json.dumps(one(line=0)), "line 2: line must be a whole number from 1"),
        (json.dumps(one(line="3")), "line 2: line must be a whole number from 1"),
        (json.dumps(one(text="")), "line 2: text is missing"),
        (json.dumps(one(source=None)), "line 2: article or source is missing"),
        (json.dumps(one(article="zz")), "line 2: article must be an id"),
        (json.dumps(one(who="me")), "line 2: unknown field 'who'"),
        (json.dumps({"source": "a", "line": 1, "text": "x"}), "line 2: kind is missing"),
        ('{"source": "a", "line": 1, "text": "\\ud800", "kind": "share"}', "line 2: holds half a surrogate pair"),
        ("[" * 100_000, "line 2: "),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_line(line: str, said: str, tmp_path: Path) -> None:
    """Nothing of it is applied."""
    path = tmp_path / "f.jsonl"
    path.write_text(json.dumps(one()) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=rf"f\.jsonl, {said}"):
        read_corrections(str(path))


def test_the_command_takes_corrections(folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--corrections``: 0 and applied; what fits no line is named; 2 for a file that is missing."""
    place = inputs(folder)
    file = write(tmp_path / "f.jsonl", one(), one("Nothing on this page says so.", line=3))
    arguments = ["run", str(place), "--corpus", str(tmp_path / "c"), "--local", "--workers", "1"]
    assert main([*arguments, "--corrections", file]) == 0
    said = capsys.readouterr().err
    assert "correction not applied: 1.txt, line 3: it no longer reads 'Nothing on this page says so.'" in said
    assert label(Corpus.open(tmp_path / "c")) == ("promo", "override")
    assert main([*arguments, "--corrections", str(tmp_path / "missing.jsonl")]) == 2
    assert "missing.jsonl" in capsys.readouterr().err


def test_explain_names_who_decided(folder: Folder, tmp_path: Path) -> None:
    """Author, time and note stand beside the line."""
    file = write(tmp_path / "f.jsonl", one(note="a paid text", author="Ada", time="2024-05-01"))
    corpus = clean(tmp_path / "c", inputs(folder), sites__corrections=file)
    out = io.StringIO()
    print_explanation(corpus, "1.txt", out)
    (line,) = [line for line in out.getvalue().splitlines() if PAGE.body[1] in line]
    assert "override" in line and line.endswith("[Ada, 2024-05-01: a paid text]")


def test_corrected_pages_are_examples_to_learn_from(folder: Folder, tmp_path: Path) -> None:
    """Each corrected page comes whole, with the corrected lines marked; a file may add to what the corpus remembers."""
    place = inputs(folder)
    corpus = clean(tmp_path / "c", place, sites__corrections=write(tmp_path / "f.jsonl", one()))
    (example,) = examples(corpus)
    at = next(at for at, line in enumerate(example.page.lines) if line.text == PAGE.body[1])
    assert example.page.source == "1.txt" and example.corrected == {at}
    assert example.labels[at].kind is Kind.PROMO
    assert len(example.labels) == len(example.page.lines)
    assert Kind.DUPLICATE not in {label.kind for label in example.labels}
    more = read_corrections(write(tmp_path / "g.jsonl", one(source="0.txt", text="Home", line=3, kind="heading")))
    assert [len(found.corrected) for found in examples(corpus, more)] == [1, 1]
    assert [found.corrected for found in examples(clean(tmp_path / "d", place))] == []


def test_the_examples_in_the_documentation_are_right(tmp_path: Path) -> None:
    """``docs/sites.md``: its site file and its corrections are read as they stand."""
    blocks = dict(re.findall(r"```(toml|json)\n(.*?)```", (ROOT / "docs" / "sites.md").read_text("utf-8"), re.DOTALL))
    (tmp_path / "f.jsonl").write_text(blocks["json"], encoding="utf-8")
    given = read_corrections(str(tmp_path / "f.jsonl"))
    assert [found.kind for found in given] == [Kind.RELATED, Kind.TITLE, None]
    (tmp_path / "daily.toml").write_text(blocks["toml"], encoding="utf-8")
    files = read_site_files(str(tmp_path))
    texts = ["READING TIME: 3 minutes", "This newspaper  belongs to its readers.", "Share this article", "Other"]
    found = files.rules("m.daily.example", texts)
    assert {at: (rule.action, rule.kind) for at, rule in found.items()} == {
        0: ("drop", Kind.NAVIGATION),
        1: ("drop", Kind.APPEAL),
        2: ("keep", Kind.HEADING),
    }
