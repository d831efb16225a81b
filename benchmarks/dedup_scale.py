"""What near-duplicates cost, by size, from texts to clusters: an index made at once, and added to.

    python -m benchmarks.dedup_scale --paragraphs 1000000 --add 0.01 --workers 1 >> build/dedup_scale.jsonl

Both levels are indexed; every candidate pair of paragraphs is verified, all pairs that pass are read back as a run
does, numbered by preference, and clustered around their first. ``dedup_chart`` draws what this prints. Not in it:
articles as stories, facts told apart, and the records of a run (``dedup_added``).

Texts are made up from a seed: paragraphs of 8 to 70 words drawn from a vocabulary of 50,000 by Zipf's law, ten to an
article. One in ten is a paragraph of the batch before with some words changed, one in twenty a copy, one in a thousand
one of ten house formulas with two words changed (a crowd). CPU seconds are those of this process and its workers
without the making of the texts; memory is the largest resident set of this process, files it has mapped included, and
of its largest worker.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.cluster import stars
from pipeline.dedup.index import Batch, Growth, NearIndex, grown, recipe_of, tasks_on
from pipeline.dedup.index.level import Level
from pipeline.dedup.index.ordered import Ordered
from pipeline.settings import DedupSettings

ARTICLE = 10
"""Paragraphs of an article."""

BATCH = 20_000

_ATTEMPTS = 3
"""How often paragraphs are added, each time to the same index."""

_VOCABULARY = 50_000


class Prose:
    """Made-up paragraphs by number; each is a function of the seed and its number alone."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
        lengths = random.integers(2, 11, _VOCABULARY)
        self._words = np.array(["".join(random.choice(letters, length)) for length in lengths], dtype=object)
        weights = 1 / np.arange(1, _VOCABULARY + 1)
        self._steps = np.cumsum(weights / weights.sum())
        self._seed = seed
        self._formulas = [self._drawn(random, 1)[0] for _ in range(10)]
        self.seconds = 0.0
        """CPU seconds spent here."""

    def batch(self, number: int) -> list[str]:
        """Paragraphs ``number * BATCH`` to the next batch's first."""
        begun = time.process_time()
        random = np.random.default_rng((self._seed, number))
        made = self._drawn(random, BATCH)
        earlier = self._drawn(np.random.default_rng((self._seed, number - 1)), BATCH) if number else made
        for place, kind in enumerate(random.random(BATCH).tolist()):
            if kind < 0.001:
                made[place] = self._edited(self._formulas[int(random.integers(10))], 2, random)
            elif kind < 0.15:
                source = earlier[int(random.integers(BATCH))]
                made[place] = source if kind < 0.05 else self._edited(source, int(random.integers(1, 6)), random)
        texts = [" ".join(self._words[words]) for words in made]
        self.seconds += time.process_time() - begun
        return texts

    def _drawn(self, random: np.random.Generator, count: int) -> list[NDArray[np.int64]]:
        lengths = np.clip(random.lognormal(3.2, 0.5, count), 8, 70).astype(np.int64)
        drawn = np.minimum(np.searchsorted(self._steps, random.random(int(lengths.sum()))), _VOCABULARY - 1)
        return np.split(drawn, np.cumsum(lengths)[:-1])

    def _edited(self, words: NDArray[np.int64], count: int, random: np.random.Generator) -> NDArray[np.int64]:
        edited = words.copy()
        edited[random.integers(len(words), size=count)] = random.integers(_VOCABULARY, size=count)
        return edited


def paragraph_batches(prose: Prose, first: int, last: int) -> Iterator[Batch]:
    """Paragraphs as the index takes them."""
    for numbers, texts in _batches(prose, first, last):
        yield Batch(_key(numbers // ARTICLE), (numbers % ARTICLE).astype(np.uint32), texts)


def article_batches(prose: Prose, first: int, last: int) -> Iterator[Batch]:
    """Articles as the index takes them."""
    for numbers, texts in _batches(prose, first, last):
        whole = ["\n\n".join(texts[at : at + ARTICLE]) for at in range(0, len(texts), ARTICLE)]
        yield Batch(_key(numbers[::ARTICLE] // ARTICLE), np.zeros(len(whole), dtype=np.uint32), whole)


def _batches(prose: Prose, first: int, last: int) -> Iterator[tuple[NDArray[np.int64], list[str]]]:
    for number in range(first // BATCH, -(-last // BATCH)):
        begin, end = max(first, number * BATCH), min(last, (number + 1) * BATCH)
        yield np.arange(begin, end), prose.batch(number)[begin - number * BATCH : end - number * BATCH]


def _key(numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    return numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done."""

    folder: Path
    run: str
    counts: tuple[int, int]
    """Paragraphs before, and after."""
    workers: int


def grow(before: NearIndex | None, prose: Prose, step: Step) -> Growth:
    """An index of the first paragraphs from one of fewer."""
    first, last = step.counts
    dedup = DedupSettings()
    return grown(
        before,
        step.folder,
        step.run,
        recipe_of(dedup),
        keep=_key(np.arange(first // ARTICLE)).tolist(),
        paragraphs=paragraph_batches(prose, first, last),
        articles=article_batches(prose, first, last),
        counts=(last - first, (last - first) // ARTICLE),
        tasks=tasks_on(step.workers),
    )


def clusters(level: Level, before: Level | None, bound: float) -> tuple[int, int]:
    """How many pairs pass, and how many texts another stands for; articles come in the order of their keys."""
    articles, orders, _ = level.places
    near = Ordered(level, before, np.array(articles), np.array(orders)).near(
        np.zeros(0, dtype=np.uint64), bound, np.inf
    )
    centre = stars(len(near.shingled), *near.matches.sides)
    return len(near.matches), int(np.count_nonzero(centre != np.arange(len(centre))))


def cpu() -> float:
    """CPU seconds of this process and of the workers that have ended."""
    own, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime


def measured(before: NearIndex | None, prose: Prose, step: Step) -> Figures:
    """One step, measured."""
    begun, made = cpu(), prose.seconds
    counts = step.counts
    growth = grow(before, prose, step)
    grown_at = cpu()
    paragraphs, earlier = growth.index.paragraphs, before.paragraphs if before else None
    pairs, members = clusters(paragraphs, earlier, DedupSettings().paragraph_threshold)
    growth.keep()
    done = cpu()
    return {
        "paragraphs": counts[1],
        "new": counts[1] - counts[0],
        "grow_cpu_s": round(grown_at - begun - (prose.seconds - made), 2),
        "cluster_cpu_s": round(done - grown_at, 2),
        "microseconds_each": round(1e6 * (done - begun - (prose.seconds - made)) / (counts[1] - counts[0]), 2),
        "pairs": pairs,
        "members": members,
        "crowds": len(growth.index.paragraphs.crowds),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


Figures = dict[str, float]


def main() -> None:
    """Measure, and print one JSON object a step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=100_000)
    parser.add_argument("--add", type=float, default=0.01, help="share of new paragraphs in the second step")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the index is made (default: a temporary folder)")
    options = parser.parse_args()
    from pipeline.dedup.compiled import warm  # noqa: PLC0415  # compiled before anything is measured

    warm()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    try:
        prose = Prose(options.seed)
        count = options.paragraphs // ARTICLE * ARTICLE
        more = count + max(int(options.paragraphs * options.add) // ARTICLE, 1) * ARTICLE
        print(json.dumps(measured(None, prose, Step(folder, "whole", (0, count), options.workers))), flush=True)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(f"{size / 1e6:.0f} MB on disk", file=sys.stderr)
        # So short that others on the machine can double it: the median of several is told.
        added = [
            measured(
                NearIndex.of_run(folder, "whole"),
                prose,
                Step(folder, f"more{attempt}", (count, more), options.workers),
            )
            for attempt in range(_ATTEMPTS)
        ]
        print(json.dumps(sorted(added, key=lambda each: each["microseconds_each"])[_ATTEMPTS // 2]), flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
