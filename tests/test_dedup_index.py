"""The index on disk: grown in any steps it says what detection in memory says of the same articles."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import ArticleItem, Deduplication, ParagraphItem, compiled, find_duplicates
from pipeline.dedup.index import Batch, Growth, NearIndex, grown, recipe_of, sweep, tasks_on
from pipeline.dedup.index.near import article_key
from pipeline.dedup.shingles import plain_shingle_texts
from pipeline.errors import UsageError
from pipeline.settings import CanonicalSettings, DedupSettings
from tests.strategies.dedup import VOCABULARY, any_text, corpora

KEEN = DedupSettings(exact_below_words=1, containment_words=3, article_threshold=0.5)
POLICY = CanonicalSettings(source_priority=("two.example",))
Corpus = tuple[list[ArticleItem], list[ParagraphItem]]


def numbered(corpus: Corpus) -> Corpus:
    """The same corpus with ids as corpora have them."""
    names = {item.id: f"{place * 0x9E3779B97F4A7C15 % 2**64:016x}" for place, item in enumerate(corpus[0], 1)}
    return (
        [replace(item, id=names[item.id]) for item in corpus[0]],
        [
            replace(part, id=f"{names[part.article_id]}-{part.order:04}", article_id=names[part.article_id])
            for part in corpus[1]
        ],
    )


def part_of(corpus: Corpus, ids: set[str]) -> Corpus:
    """Some articles of a corpus with their paragraphs."""
    return [a for a in corpus[0] if a.id in ids], [p for p in corpus[1] if p.article_id in ids]


def step(
    before: NearIndex | None,
    corpus: Corpus,
    kept: set[str],
    *,
    folder: Path,
    run: str,
    dedup: DedupSettings = KEEN,
    workers: int = 1,
) -> Growth:
    """An index grown to ``corpus``, of which ``kept`` were there before and did not change."""
    articles = [a for a in corpus[0] if a.id not in kept]
    paragraphs = [p for p in corpus[1] if p.article_id not in kept]
    return grown(
        before,
        folder,
        run,
        recipe_of(dedup),
        keep=[article_key(identity) for identity in kept],
        paragraphs=batches([(p.article_id, p.order, p.text) for p in paragraphs]),
        articles=batches([(a.id, 0, a.text) for a in articles]),
        counts=(len(paragraphs), len(articles)),
        tasks=tasks_on(workers),
    )


def batches(items: Sequence[tuple[str, int, str]], size: int = 3) -> list[Batch]:
    """Items in small batches."""
    return [
        Batch(
            np.array([article_key(name) for name, _, _ in items[at : at + size]], dtype=np.uint64),
            np.array([order for _, order, _ in items[at : at + size]], dtype=np.uint32),
            [text for _, _, text in items[at : at + size]],
        )
        for at in range(0, len(items), size)
    ]


def detected(corpus: Corpus, growth: Growth, dedup: DedupSettings = KEEN) -> Deduplication:
    """What detection says with the help of an index."""
    return find_duplicates(*corpus, dedup, POLICY, index=growth)


def follow(folder: Path, states: Sequence[Corpus], dedup: DedupSettings = KEEN) -> None:
    """Grow an index through states of a corpus; each time it says what detection in memory says."""
    before: NearIndex | None = None
    earlier: Corpus = ([], [])
    for number, corpus in enumerate(states):
        same = {item.id for item in corpus[0]} & {item.id for item in earlier[0]}
        run = f"run{number}"
        growth = step(before, corpus, same, folder=folder, run=run, dedup=dedup)
        found = detected(corpus, growth, dedup)
        assert found == find_duplicates(*corpus, dedup, POLICY)
        growth.keep()
        sweep(folder, {run})
        before = NearIndex.open(folder, run, recipe_of(dedup), "corpus")
        assert before is not None
        earlier = corpus


@settings(deadline=None, max_examples=30)
@given(corpora(), st.data())
def test_an_index_grown_by_any_steps_says_what_detection_in_memory_says(corpus: Corpus, data: st.DataObject) -> None:
    """Articles are added and removed in any order; after every step the result equals that from scratch, bit by bit."""
    whole = numbered(corpus)
    names = [item.id for item in whole[0]]
    chosen = st.sets(st.sampled_from(names)) if names else st.just(set[str]())
    states = [part_of(whole, data.draw(chosen)) for _ in range(data.draw(st.integers(1, 4)))]
    with tempfile.TemporaryDirectory() as name:
        follow(Path(name), [*states, whole])


@settings(deadline=None)
@given(st.lists(any_text, max_size=8))
def test_fingerprints_do_not_depend_on_which_loops_made_them(texts: list[str]) -> None:
    """An index may be made by plain loops and added to by compiled ones."""
    plain, fast = plain_shingle_texts(texts, 2), compiled.shingle_texts(texts, 2)
    assert plain.prints.tolist() == fast.prints.tolist()
    assert len(plain.prints) == len(plain)


def test_a_text_that_went_and_came_back_is_known(tmp_path: Path) -> None:
    """The index remembers what is gone; a copy of what has come back is a copy."""
    articles = [ArticleItem(f"{n}", f"{n}", None, None, None, None, None, 1, "mib") for n in range(3)]
    paragraphs = [ParagraphItem(f"{n}/0", f"{n}", None, 0, "mib") for n in range(3)]
    whole = numbered((articles, paragraphs))
    one, other, last = ({item.id} for item in whole[0])
    follow(tmp_path, [part_of(whole, ids) for ids in (one, set[str](), other, other | last, one | last)])


def crowd(count: int, seed: int) -> Corpus:
    """Articles around one formula, far more than a bucket holds."""
    chooser = random.Random(seed)
    base = chooser.choices(VOCABULARY, k=40)
    articles, paragraphs = [], []
    for number in range(count):
        changed = list(base)
        for _ in range(chooser.randrange(4)):
            changed[chooser.randrange(40)] = f"variant{chooser.randrange(50)}"
        texts = [" ".join(changed), " ".join(chooser.choices(VOCABULARY, k=30))]
        day = f"2024-03-{chooser.randrange(1, 29):02}"
        name, body = f"a{number}", "\n\n".join(texts)
        articles.append(ArticleItem(name, name, None, None, None, day, None, len(body.split()), body))
        paragraphs += [ParagraphItem(f"{name}/{at}", name, None, at, text) for at, text in enumerate(texts)]
    return numbered((articles, paragraphs))


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_crowds_that_grow_and_shrink_are_paired_as_from_scratch(tmp_path: Path, seed: int) -> None:
    """Buckets pass the limit in both directions, and older articles arrive late: the result is that from scratch."""
    whole = crowd(150, seed)
    names = [item.id for item in whole[0]]
    chooser = random.Random(seed)
    sizes = (60, 100, 150, 70, 50, 140)
    follow(tmp_path, [part_of(whole, set(chooser.sample(names, size))) for size in sizes])


@pytest.mark.slow
def test_several_processes_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets in many parts and pairs in many ranges, worked off here or by two processes: the same files."""
    monkeypatch.setattr("pipeline.dedup.index.segment.ENTRIES", 1_000)
    monkeypatch.setattr("pipeline.dedup.index.level.RANGE", 50)
    monkeypatch.setattr("pipeline.dedup.index.level._SAMPLED", 1)
    whole = crowd(120, seed=4)
    some = part_of(whole, {item.id for item in whole[0][:80]})
    written = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        first = step(None, some, set(), folder=folder, run="one", workers=workers)
        detected(some, first)
        first.keep()
        before = NearIndex.of_run(folder, "one")
        second = step(before, whole, {item.id for item in some[0]}, folder=folder, run="two", workers=workers)
        assert detected(whole, second) == find_duplicates(*whole, KEEN, POLICY)
        second.keep()
        written.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert len(list((tmp_path / "1").glob("segments/paragraph-one/*.keys.u64"))) > 1
    assert written[0] == written[1]


def test_texts_that_are_long_gone_call_for_another_index(tmp_path: Path) -> None:
    """When more than half of the texts stand nowhere any more, the index says so."""
    whole = crowd(20, seed=5)
    few = part_of(whole, {item.id for item in whole[0][:5]})
    first = step(None, whole, set(), folder=tmp_path, run="one")
    assert not first.index.worn
    first.keep()
    before = NearIndex.of_run(tmp_path, "one")
    assert step(before, few, {item.id for item in few[0]}, folder=tmp_path, run="two").index.worn


def test_an_index_of_other_settings_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """Each difference is named; one that keeps more than is asked for will do."""
    step(None, crowd(3, seed=6), set(), folder=tmp_path, run="one").keep()
    with pytest.raises(UsageError, match=r"seed 1 \(wanted: 2\).*--rebuild-index"):
        NearIndex.open(tmp_path, "one", recipe_of(KEEN.model_copy(update={"seed": 2})), "corpus")
    assert NearIndex.open(tmp_path, "one", recipe_of(KEEN.model_copy(update={"paragraph_threshold": 0.9})), "corpus")
    with pytest.raises(UsageError, match="kept_from"):
        NearIndex.open(tmp_path, "one", recipe_of(KEEN.model_copy(update={"paragraph_threshold": 0.1})), "corpus")
    assert NearIndex.of_run(tmp_path, "another") is None
