"""What near-duplicates of one per cent more articles cost once those before are known, all told.

    python -m benchmarks.dedup_added [--seed N] [--paragraphs N]

Planted texts (``dedup_planted``), each a paragraph of an article of its own, in random order. The two results are also
told as a hash, so that versions of the code can be compared.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import numpy as np

from benchmarks.dedup_planted import Planter
from benchmarks.dedup_quality import items
from benchmarks.dedup_score import Planted
from pipeline.dedup.columns import ArticleColumns, Listed, ParagraphColumns, article_columns
from pipeline.dedup.compiled import warm
from pipeline.dedup.find import Found, find_in_columns
from pipeline.dedup.index import Batch, NearIndex, grown, recipe_of, tasks_on
from pipeline.dedup.index.near import article_key
from pipeline.dedup.records import ArticleItem
from pipeline.settings import CanonicalSettings, DedupSettings


def batch(articles: list[ArticleItem]) -> Batch:
    """Articles as the index takes them; their only paragraph is the same text."""
    keys = np.array([article_key(each.id) for each in articles], dtype=np.uint64)
    return Batch(keys, np.zeros(len(articles), dtype=np.uint32), [each.text for each in articles])


def columns(articles: list[ArticleItem]) -> tuple[ArticleColumns, ParagraphColumns]:
    """Articles of one paragraph."""
    wholes = article_columns(articles)
    ids = Listed([f"{each.id}-0" for each in articles])
    orders = np.zeros(len(articles), dtype=np.int64)
    return wholes, ParagraphColumns(ids, np.arange(len(articles)), orders, wholes.texts)


def digest(found: Found) -> str:
    """The result in few letters."""
    arrays = [found.kept, *(getattr(found.repeats, name) for name in ("place", "source", "jaccard"))]
    told: list[object] = [found.reasons]
    for pairs in (found.article_pairs, found.paragraph_pairs):
        arrays += [pairs.left, pairs.right, pairs.estimated, pairs.jaccard, pairs.containment]
        told.append((list(pairs.relation), list(pairs.differs)))
    return blake2b(b"".join(array.tobytes() for array in arrays) + repr(told).encode(), digest_size=8).hexdigest()


def main() -> None:
    """Print CPU seconds of both steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--paragraphs", type=int, default=10_000)
    options = parser.parse_args()
    dedup = DedupSettings()
    corpus, _ = items(Planted.of(Planter(options.seed).groups(options.paragraphs)).texts)
    random.Random(options.seed).shuffle(corpus)
    names = [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" for number in range(1, len(corpus) + 1)]
    articles = [replace(article, id=name) for article, name in zip(corpus, names, strict=True)]
    warm()
    before: NearIndex | None = None
    first = 0
    with tempfile.TemporaryDirectory() as folder:
        for last in (len(corpus) * 99 // 100, len(corpus)):
            begun = time.process_time()
            growth = grown(
                before,
                Path(folder),
                f"run{last}",
                recipe_of(dedup),
                keep=[article_key(name) for name in names[:first]],
                paragraphs=[batch(articles[first:last])],
                articles=[batch(articles[first:last])],
                counts=(last - first, last - first),
                tasks=tasks_on(1),
            )
            indexed = time.process_time()
            wholes, parts = columns(articles[:last])
            begun += time.process_time() - indexed  # a run has them as columns
            indexed = time.process_time()
            found = find_in_columns(wholes, parts, dedup, CanonicalSettings(), index=growth)
            growth.keep()
            done = time.process_time()
            print(
                f"{last - first} added: {done - begun:.2f} CPU s, {indexed - begun:.2f} of them for the index, "
                f"{digest(found)}"
            )
            before, first = NearIndex.of_run(Path(folder), f"run{last}"), last


if __name__ == "__main__":
    main()
