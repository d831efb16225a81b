"""The promises that hold for any inputs: accounting, determinism, canonical articles, thresholds, idempotence."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.corpus.open import Corpus
from pipeline.dedup.shingles import shingle_texts
from pipeline.export.choice import Choice
from pipeline.export.export import export
from pipeline.settings import DedupSettings
from tests.conftest import clean
from tests.pages import stories, story
from tests.strategies.run import folders

LAWS = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEVERAL_RUNS = settings(LAWS, max_examples=5)
"""For laws of which one example is up to nine runs."""


def write(place: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return place


def exported(corpus: Corpus) -> str:
    """All articles as JSON Lines."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "all.jsonl"
        export(corpus, "jsonl", str(out), Choice(all_articles=True))
        return out.read_text("utf-8")


@LAWS
@given(folders())
def test_every_input_and_every_line_is_accounted_for_once(files: dict[str, str]) -> None:
    """Each file is in ``articles`` or in ``quarantine``, each non-blank line of an article in ``lines``, once."""
    with tempfile.TemporaryDirectory() as name:
        corpus = clean(Path(name) / "corpus", write(Path(name) / "in", files))
        articles = corpus.table("articles").to_pylist()
        quarantined = corpus.table("quarantine").to_pylist()
        assert sorted(row["source"] for row in [*articles, *quarantined]) == sorted(files)
        lines = defaultdict(list)
        for row in corpus.table("lines").to_pylist():
            lines[row["article_id"]].append((row["line"], row["text"]))
        for article in articles:
            content = files[article["source"]].replace("\r\n", "\n").replace("\r", "\n")
            wanted = [(n, line.strip()) for n, line in enumerate(content.split("\n"), 1) if line.strip()]
            assert lines[article["id"]] == wanted
            assert article["lines"] == len(wanted)


@SEVERAL_RUNS
@given(folders(), st.integers(1, 7), st.data())
def test_the_result_depends_on_neither_order_nor_shards(files: dict[str, str], shard: int, data: st.DataObject) -> None:
    """Files written in another order and cut into other shards, worked on in parallel: the same export to the byte."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        one = clean(here / "one", write(here / "a", files))
        shuffled = {key: files[key] for key in data.draw(st.permutations(sorted(files)))}
        place = write(here / "b", shuffled)
        other = clean(here / "other", place, run__shard_files=shard, run__runner="threads", run__workers=2)
        assert exported(one) == exported(other)


@LAWS
@given(folders(near_duplicates=True))
def test_every_cluster_keeps_one_and_every_pair_passes_its_threshold(files: dict[str, str]) -> None:
    """One canonical article for each cluster, directly similar to its members; pairs verified on exact shingle sets."""
    with tempfile.TemporaryDirectory() as name:
        corpus = clean(Path(name) / "corpus", write(Path(name) / "in", files))
        articles = {row["id"]: row for row in corpus.table("articles").to_pylist()}
        texts = {identity: row["text"] for identity, row in articles.items()}
        texts |= {row["id"]: row["text"] for row in corpus.table("paragraphs").to_pylist()}
        pairs = corpus.table("duplicates").to_pylist()
        settings = DedupSettings()
        for pair in pairs:
            shingled = shingle_texts([texts[pair["left_id"]], texts[pair["right_id"]]], settings.shingle_words)
            if shingled.number[0] == shingled.number[1]:
                assert pair["jaccard"] == 1
                continue
            left, right = set(shingled.set_of(0).tolist()), set(shingled.set_of(1).tolist())
            jaccard = len(left & right) / len(left | right)
            containment = len(left & right) / min(len(left), len(right))
            assert abs(jaccard - pair["jaccard"]) < 1e-9
            if pair["level"] == "paragraph":
                assert jaccard >= settings.paragraph_threshold
            else:
                assert jaccard >= settings.article_threshold or containment >= settings.article_containment
        similar = {frozenset((pair["left_id"], pair["right_id"])) for pair in pairs}
        clusters = defaultdict(list)
        for identity, row in articles.items():
            clusters[row["canonical_id"]].append(identity)
            assert row["is_canonical"] == (row["canonical_id"] == identity)
        for canonical, members in clusters.items():
            assert articles[canonical]["is_canonical"]
            assert all(articles[member]["cluster_size"] == len(members) for member in members)
            assert all(frozenset((canonical, member)) in similar for member in members if member != canonical)


@SEVERAL_RUNS
@given(folders())
def test_cleaning_a_cleaned_text_changes_nothing(files: dict[str, str]) -> None:
    """The text of each article, cleaned as an input of its own, comes out as it went in.

    The same is tested without runs, on many more texts, in ``test_assemble_laws.py``; here templates may interfere.
    """
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        first = {
            row["source"]: row["text"]
            for row in clean(here / "one", write(here / "a", files)).table("articles").to_pylist()
        }
        kept = {source: text for source, text in first.items() if text}
        if not kept:
            return
        second = clean(here / "two", write(here / "b", kept)).table("articles").to_pylist()
        assert {row["source"]: row["text"] for row in second} == kept


@SEVERAL_RUNS
@given(st.integers(0, 10_000), st.lists(st.sampled_from(["add", "change", "remove"]), min_size=1, max_size=4))
def test_a_corpus_grown_step_by_step_equals_one_made_at_once(seed: int, steps: list[str]) -> None:
    """Whatever was added, changed and removed before, the corpus is that of its present inputs."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        files = {f"{n}.txt": one.text() for n, one in enumerate(stories(6, sites=2, start=seed))}
        manifest = {f"{n}.txt": one.site for n, one in enumerate(stories(40, sites=2, start=seed))}
        grown = clean(here / "grown", _with_manifest(here / "in", files, manifest))
        for number, step in enumerate(steps):
            names = sorted(files)
            if step == "add":
                files[f"{20 + number}.txt"] = story(seed + 20 + number, "paper-0.example").text()
            elif step == "change":
                files[names[number % len(names)]] = story(seed + 500 + number, "paper-1.example").text()
            elif len(names) > 2:
                del files[names[number % len(names)]]
            shutil.rmtree(here / "in")
            grown = clean(here / "grown", _with_manifest(here / "in", files, manifest))
        assert exported(grown) == exported(clean(here / "once", here / "in"))


def _with_manifest(place: Path, files: dict[str, str], sites: dict[str, str]) -> Path:
    rows = [{"path": name, "url": f"https://{sites[name]}/{name}"} for name in files if name in sites]
    return write(place, files | {"manifest.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})
