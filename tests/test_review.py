"""The review page as a file: complete, the same for the same release, and with nothing in it that could run."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flows.command import main
from pipeline.corpus import Corpus
from pipeline.records import Kind
from pipeline.review.sample import sample
from pipeline.review.write import KEYS, write_review
from pipeline.sites.corrections import KINDS as CORRECTABLE
from tests.conftest import ROOT, clean
from tests.pages import stories

Folder = Callable[[dict[str, str]], Path]
STYLE = (ROOT / "pipeline" / "review" / "page" / "review.css").read_text(encoding="utf-8")
READABLE = 4.5
"""Contrast that WCAG 2.2 asks for text (1.4.3, level AA)."""


def _page(corpus: Corpus, out: Path, most: int = 2_000) -> str:
    write_review(corpus, str(out), most)
    return out.read_text(encoding="utf-8")


def _data(page: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the page knows from the start, and the contents of its articles."""
    head, *chunks = (
        json.loads(gzip.decompress(base64.b64decode(packed)))
        for packed in re.findall(r'<script type="application/gzip"[^>]*>([A-Za-z0-9+/=]*)</script>', page)
    )
    return head, [article for chunk in chunks for article in chunk]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Twelve articles of three sites, one of them printed twice."""
    place = tmp_path_factory.mktemp("newsroom")
    told = stories(12)
    records = [{"text": story.text(), "url": f"https://{story.site}/{at}"} for at, story in enumerate(told)]
    records.append({"text": told[0].text(), "url": "https://copy.example/1"})
    (place / "all.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return clean(place / "corpus", place / "all.jsonl")


def test_every_line_is_on_the_page_as_it_was(seeds_corpus: Corpus, tmp_path: Path) -> None:
    """Number, text, kind, score and reason of all lines of all articles."""
    head, articles = _data(_page(seeds_corpus, tmp_path / "review.html"))
    ids = [row[head["facts"].index("id")] for row in head["articles"]]
    shown = [
        (own, line[0], line[1], line[2], head["kinds"][line[3]]["name"], line[4], line[5])
        for own, article in zip(ids, articles, strict=True)
        for line in article["lines"]
    ]
    columns = ["article_id", "line", "part", "text", "kind", "score", "reason"]
    stored = [tuple(row.values()) for row in seeds_corpus.table("lines", columns).to_pylist()]
    assert sorted(shown) == sorted((*row[:5], round(row[5], 3), row[6]) for row in stored)


def test_the_least_certain_article_comes_first(seeds_corpus: Corpus, tmp_path: Path) -> None:
    """Articles stand in the order of their certainty."""
    head, _ = _data(_page(seeds_corpus, tmp_path / "review.html"))
    certainty = [row[head["facts"].index("certainty")] for row in head["articles"]]
    assert certainty == sorted(certainty)
    assert len(certainty) == 5


def test_one_release_gives_one_page(newsroom: Corpus, tmp_path: Path) -> None:
    """The same bytes, whenever it is written."""
    assert _page(newsroom, tmp_path / "one.html") == _page(newsroom, tmp_path / "other.html")


def test_duplicates_are_named_with_their_similarity(newsroom: Corpus, tmp_path: Path) -> None:
    """The story that was printed twice names its copy."""
    head, articles = _data(_page(newsroom, tmp_path / "review.html"))
    ids = [row[head["facts"].index("id")] for row in head["articles"]]
    pairs = {
        (own, similar["article"]): similar["jaccard"]
        for own, article in zip(ids, articles, strict=True)
        for similar in article["similar"]
    }
    copies = [pair for pair, jaccard in pairs.items() if jaccard == 1.0]
    assert len(copies) == 2
    assert copies[0] == copies[1][::-1]


def test_a_sample_says_its_rule_and_brings_what_is_kept(newsroom: Corpus) -> None:
    """Of thirteen articles four are chosen, and the canonical one of each; the rule says so."""
    chosen = sample(newsroom, 4)
    ids = {row["id"] for row in chosen.rows}
    assert 4 <= len(ids) < chosen.of == 13
    assert {row["canonical_id"] for row in chosen.rows} <= ids
    assert chosen.rule.startswith(f"{len(ids)} of 13 articles: the 2 least certain, 2 more")
    everything = sample(newsroom, 13)
    assert [row["id"] for row in everything.rows[:2]] == [row["id"] for row in chosen.rows[:2]]
    assert all(one["certainty"] <= other["certainty"] for one, other in pairwise(everything.rows))


def test_only_the_one_script_and_style_may_run(seeds_corpus: Corpus, tmp_path: Path) -> None:
    """The policy allows nothing but the two elements whose hashes it names, and these are the page's."""
    page = _page(seeds_corpus, tmp_path / "review.html")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    (script,) = re.findall(r"<script>([^<]*(?:<(?!/script>)[^<]*)*)</script>", page)
    (style,) = re.findall(r"<style>([^<]*)</style>", page)
    rules = dict(part.split(" ", 1) for part in policy.split("; "))
    for name, text in (("script-src", script), ("style-src", style)):
        assert rules[name] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules["default-src"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert set(re.findall(r"<[^>]* (?:src|href|action)=(\S*?)>", page.replace(script, ""))) == {'"#main"'}


def test_scraped_text_is_in_the_page_only_as_packed_data(folder: Folder, tmp_path: Path) -> None:
    """Markup in a title, a line or a name never stands in the file as it is."""
    hostile = "</script><script>steal(1)</script><img src=x onerror=steal(1)>"
    text = stories(1)[0].text().replace("Home\n", f"Home\n{hostile}\n")
    page = _page(clean(tmp_path / "c", folder({"<b onmouseover=x>.txt": text})), tmp_path / "review.html")
    assert "steal" not in page
    assert "onmouseover" not in page
    _, (article,) = _data(page)
    assert hostile in [line[2] for line in article["lines"]]


def test_every_kind_a_person_can_say_has_a_key_of_its_own() -> None:
    """Keys are unique, and none is a command of the page."""
    assert set(KEYS) == set(CORRECTABLE)
    assert len(set(KEYS.values())) == len(KEYS)
    assert not set(KEYS.values()) & set("fjkuz")


def _luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_all_text_can_be_read_on_all_grounds(theme: int) -> None:
    """Every colour of text has the contrast that WCAG asks for, on every ground it stands on."""
    colours = dict(re.findall(r"--([a-z_-]+): (#[0-9a-f]{6})", re.findall(r":root \{([^}]*)\}", STYLE)[theme]))
    texts = {"text", "quiet", "accent", "unsure", "field", "body"} | {kind.value for kind in Kind} & set(colours)
    assert {kind.value for kind in Kind if kind not in KEYS or KEYS[kind] in "nwsrmbegxo"} <= texts
    for text in texts:
        for ground in ("back", "panel", "chosen"):
            assert _contrast(colours[text], colours[ground]) >= READABLE, (text, ground)
    for ground in ("gone", "come"):
        assert _contrast(colours["text"], colours[ground]) >= READABLE, ground
    assert _contrast(colours["on-accent"], colours["accent"]) >= READABLE


def test_the_verb_writes_the_page_and_says_how_much_it_shows(
    seeds_corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``copydesk review`` ends with 0 and one sentence on stderr."""
    out = tmp_path / "review.html"
    assert main(["review", "--corpus", seeds_corpus.path, "--out", str(out), "--articles", "3"]) == 0
    assert "3 of 5 articles" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_a_wrong_number_of_articles_is_bad_usage(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says what it wants instead."""
    with pytest.raises(SystemExit) as stop:
        main(["review", "--corpus", "c", "--out", "x", "--articles", count])
    assert stop.value.code == 2
    assert "whole number from 1" in capsys.readouterr().err
