"""What the peers find of the same planted truth, each as its documentation has it, and with our shingles.

    python -m benchmarks.dedup_peers [--seed N] [--paragraphs N] [--text-dedup PYTHON] [--datatrove PYTHON]

- datasketch 2: ``MinHashLSH`` over sets of words, 128 permutations, threshold .5, as in its README; and over our word
  pairs at .4, our settings without verification.
- rensa: ``RMinHash`` and ``RMinHashLSH`` over words, 128 permutations, 16 bands, threshold .8, and its estimated
  Jaccard similarity asked for after the query, as in its README; and over our word pairs at .4 in 32 bands.
- text-dedup and datatrove, by the interpreters of environments of their own (``dedup_foreign``): they cannot be
  installed beside us. Their answer is clusters; all pairs of a cluster count as found.

A peer that is not there has a row that says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.dedup_planted import Planter
from benchmarks.dedup_quality import called_same, items
from benchmarks.dedup_score import Planted, ratio, score
from pipeline.dedup import find_duplicates
from pipeline.dedup.shingles import shingles
from pipeline.settings import CanonicalSettings, DedupSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Pairs = set[tuple[int, int]]

_FOREIGN = Path(__file__).with_name("dedup_foreign.py")


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


class MissingPeerError(Exception):
    """A peer cannot be run here; why."""


def foreign_pairs(peer: str, configuration: str, python: Path, texts: Sequence[str]) -> tuple[Pairs, float]:
    """Pairs within the clusters of a peer of another environment, and its CPU seconds.

    :raises MissingPeerError: the interpreter is not there, or has no such peer
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "texts.jsonl")
        file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
        try:
            done = subprocess.run(
                [python, "-E", _FOREIGN, peer, configuration, file], capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise MissingPeerError(f"{python}: {error.strerror}") from error
    if done.returncode:
        raise MissingPeerError((done.stderr.strip().splitlines() or ["no message"])[-1])
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    pairs = {(one, other) for cluster in answer["clusters"] for one, other in combinations(sorted(cluster), 2)}
    return pairs, answer["seconds"]


def own(find: Callable[[], Pairs]) -> Callable[[], tuple[Pairs, float]]:
    """A run in this process, with its CPU seconds."""

    def run() -> tuple[Pairs, float]:
        start = time.process_time()
        found = find()
        return found, time.process_time() - start

    return run


def missing() -> tuple[Pairs, float]:
    """Stands for a peer of ours that is not installed."""
    raise MissingPeerError("not installed: pip install 'copydesk[bench]'")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="near-duplicate search of the peers on planted truth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--paragraphs", type=int, default=5_000)
    parser.add_argument("--text-dedup", type=Path, default=sys.executable, help="an interpreter that has text-dedup")
    parser.add_argument("--datatrove", type=Path, default=sys.executable, help="an interpreter that has datatrove")
    options = parser.parse_args()
    planted = Planted.of(Planter(options.seed).groups(options.paragraphs))
    texts = planted.texts

    def ours() -> Pairs:
        return called_same(texts, find_duplicates(*items(texts), DedupSettings(), CanonicalSettings()))

    has_rensa = importlib.util.find_spec("rensa") is not None
    runs: dict[str, Callable[[], tuple[Pairs, float]]] = {
        "copydesk": own(ours),
        "datasketch, words, .5": own(lambda: datasketch_pairs(texts, of_words, 0.5)),
        "datasketch, word pairs, .4": own(lambda: datasketch_pairs(texts, of_pairs, 0.4)),
        "rensa, words, .8": own(lambda: rensa_pairs(texts, of_words, 0.8, 16)) if has_rensa else missing,
        "rensa, word pairs, .4": own(lambda: rensa_pairs(texts, of_pairs, 0.4, 32)) if has_rensa else missing,
        "text-dedup, 5 words, .7": partial(foreign_pairs, "text-dedup", "documented", options.text_dedup, texts),
        "text-dedup, word pairs, .4": partial(foreign_pairs, "text-dedup", "ours", options.text_dedup, texts),
        "datatrove, 5 words, 14 x 8": partial(foreign_pairs, "datatrove", "documented", options.datatrove, texts),
        "datatrove, word pairs, 32 x 4": partial(foreign_pairs, "datatrove", "ours", options.datatrove, texts),
    }
    print(f"{len(texts)} paragraphs, seed {options.seed}\n")
    print("| | precision | recall | F1 | quoted inside | templates, precision | CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, find in runs.items():
        try:
            found, spent = find()
        except MissingPeerError as why:
            print(f"| {name} | not run: {why} | | | | | |", flush=True)
            continue
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
