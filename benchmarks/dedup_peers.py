"""What the peers that are installed find of the same planted truth, each as its documentation has it.

    python -m benchmarks.dedup_peers [--seed N] [--paragraphs N]

- datasketch 2: ``MinHashLSH`` over sets of words, 128 permutations, threshold .5, as in its README; and over our word
  pairs at .4, our settings without verification.
- rensa: ``RMinHash`` and ``RMinHashLSH`` over words, 128 permutations, 16 bands, threshold .8, and its estimated
  Jaccard similarity asked for after the query, as in its README; and over our word pairs at .4 in 32 bands.

text-dedup 0.4 wants versions of urllib3, click and rich that rule out ours; datatrove reads and writes files in four
steps and tokenises with spaCy or NLTK: neither is compared here.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from typing import TYPE_CHECKING

from benchmarks.dedup_planted import Planter
from benchmarks.dedup_quality import called_same, items
from benchmarks.dedup_score import Planted, ratio, score
from pipeline.dedup import find_duplicates
from pipeline.dedup.shingles import shingles
from pipeline.settings import CanonicalSettings, DedupSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Pairs = set[tuple[int, int]]


def of_words(text: str) -> list[str]:
    """A text's words, as the examples of both libraries cut it."""
    return text.lower().split()


def of_pairs(text: str) -> list[str]:
    """Our shingles; a text too short for one stands for itself."""
    return shingles(text, 2) or [text]


def datasketch_pairs(texts: Iterable[str], cut: Callable[[str], list[str]], threshold: float) -> Pairs:
    """Pairs that ``MinHashLSH`` returns."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415  # slow to import

    index = MinHashLSH(threshold=threshold, num_perm=128)
    sketches = MinHash.bulk([[each.encode() for each in cut(text)] for text in texts], num_perm=128)
    for number, sketch in enumerate(sketches):
        index.insert(number, sketch)
    return {
        (min(number, other), max(number, other))
        for number, sketch in enumerate(sketches)
        for other in index.query(sketch)
        if other != number
    }


def rensa_pairs(texts: Iterable[str], cut: Callable[[str], list[str]], threshold: float, bands: int) -> Pairs:
    """Pairs that ``RMinHashLSH`` returns and whose sketches agree as far as the threshold."""
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415  # optional

    index = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=bands)
    sketches = []
    for number, text in enumerate(texts):
        sketch = RMinHash(num_perm=128, seed=42)
        sketch.update(cut(text))
        sketches.append(sketch)
        index.insert(number, sketch)
    return {
        (min(number, other), max(number, other))
        for number, sketch in enumerate(sketches)
        for other in index.query(sketch)
        if other != number and sketch.jaccard(sketches[other]) >= threshold
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="near-duplicate search of the peers on planted truth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--paragraphs", type=int, default=5_000)
    options = parser.parse_args()
    planted = Planted.of(Planter(options.seed).groups(options.paragraphs))
    texts = planted.texts

    def ours() -> Pairs:
        return called_same(texts, find_duplicates(*items(texts), DedupSettings(), CanonicalSettings()))

    runs: dict[str, Callable[[], Pairs]] = {
        "copydesk": ours,
        "datasketch, words, .5": lambda: datasketch_pairs(texts, of_words, 0.5),
        "datasketch, word pairs, .4": lambda: datasketch_pairs(texts, of_pairs, 0.4),
    }
    if importlib.util.find_spec("rensa"):
        runs["rensa, words, .8"] = lambda: rensa_pairs(texts, of_words, 0.8, 16)
        runs["rensa, word pairs, .4"] = lambda: rensa_pairs(texts, of_pairs, 0.4, 32)
    else:
        print("rensa is not installed: pip install 'copydesk[bench]'\n")
    print(f"{len(texts)} paragraphs, seed {options.seed}\n")
    print("| | precision | recall | F1 | quoted inside | templates, precision | CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, find in runs.items():
        start = time.process_time()
        found = find()
        spent = time.process_time() - start
        got = score(planted, found)
        quoted = [sum(n for kind, n in side.items() if kind.startswith("quoted")) for side in (got.hits, got.misses)]
        templates = ratio(got.template_hits, got.template_hits + got.template_false)
        print(
            f"| {name} | {got.precision:.4f} | {got.recall:.4f} | {got.f1:.4f} | {ratio(quoted[0], sum(quoted)):.4f} "
            f"| {templates:.4f} | {spent:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
