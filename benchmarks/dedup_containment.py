"""How to find a paragraph inside a longer one: recall and cost of three indexes on planted quotations.

    python -m benchmarks.dedup_containment [--seed N] [--paragraphs N] [--ensemble]

- *passages*: ours, runs of five words thinned by a share of all keys (``pipeline.dedup.passages``);
- *rare shingles*: an inverted index of the word pairs that stand in few texts; which those are depends on the corpus;
- *LSH Ensemble* of datasketch (Zhu and others, 2016), partitioned by size, at containment .7.

Recall is that of candidates; all are verified alike afterwards. CPU seconds are without the shingling they share.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks.dedup_planted import Planter
from benchmarks.dedup_score import Planted
from pipeline.dedup import passages
from pipeline.dedup.candidates import band_pairs, grouped_pairs, pack, unpack
from pipeline.dedup.shingles import Shingled, shingle_texts
from pipeline.dedup.signature import as_minhash, sign
from pipeline.settings import DedupSettings

POSTINGS = (8, 32, 128)
"""Word pairs in at most so many texts are rare."""
CONTAINMENT = 0.7


def rare_shingles(shingled: Shingled, texts: np.ndarray[tuple[int], np.dtype[np.int64]], bound: int) -> object:
    """Packed pairs of texts that share a word pair which at most ``bound`` texts have."""
    owner = np.repeat(np.arange(len(shingled)), shingled.sizes)
    wanted = np.isin(owner, texts)
    keys, owner = shingled.keys[wanted], owner[wanted]
    order = np.argsort(keys, kind="stable")
    keys, owner = keys[order], owner[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    sizes = np.diff(np.r_[starts, len(keys)])
    rare = np.repeat(sizes <= bound, sizes)
    pairs = grouped_pairs(keys[rare], np.arange(int(rare.sum()), dtype=np.uint64), owner[rare])
    return pack(*pairs)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="indexes for quotations, compared")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--paragraphs", type=int, default=10_000)
    parser.add_argument("--ensemble", action="store_true", help="datasketch's LSH Ensemble, too (slow)")
    options = parser.parse_args()
    dedup = DedupSettings()
    planted = Planted.of(Planter(options.seed).groups(options.paragraphs))
    shingled = shingle_texts(planted.texts, dedup.shingle_words)
    number = shingled.number.tolist()
    wanted = [(number[one], number[other]) for (one, other), kind in planted.truth.items() if kind.startswith("quoted")]
    long = np.flatnonzero((shingled.words >= dedup.exact_below_words) & (shingled.sizes > 0))
    signatures = sign(shingled, dedup.permutations, dedup.seed, np.arange(len(shingled)))

    def row(name: str, start: float, found: set[tuple[int, int]]) -> None:
        spent = time.process_time() - start
        hits = sum((min(pair), max(pair)) in found for pair in wanted)
        print(f"| {name} | {hits / len(wanted):.3f} | {len(found)} | {spent:.2f} |", flush=True)

    def as_set(packed: object) -> set[tuple[int, int]]:
        return set(zip(*(side.tolist() for side in unpack(packed)), strict=True))  # type: ignore[arg-type]

    print(f"{len(planted.texts)} paragraphs, {len(wanted)} quotations, seed {options.seed}\n")
    print("| index | recall of candidates | candidate pairs | CPU s |\n| --- | --- | --- | --- |")
    start = time.process_time()
    row("LSH of whole texts, 32 bands of 4", start, as_set(band_pairs(signatures[long], long, dedup.bands)))
    first = shingled.first
    runs = shingle_texts((planted.texts[place] for place in first), passages.PASSAGE_WORDS)
    for sample in (2, 4, 8, 16):
        passages._BELOW = np.uint64((1 << 64) // sample)  # the one number that is compared
        start = time.process_time()
        row(f"passages of 5 words, 1 in {sample}", start, as_set(passages.passage_pairs(runs, long)))
    for bound in POSTINGS:
        start = time.process_time()
        row(f"word pairs in at most {bound} texts", start, as_set(rare_shingles(shingled, long, bound)))
    if options.ensemble:
        from datasketch import MinHashLSHEnsemble  # noqa: PLC0415  # slow to import

        start = time.process_time()
        index = MinHashLSHEnsemble(threshold=CONTAINMENT, num_perm=dedup.permutations, num_part=32)
        sketches = {int(text): as_minhash(signatures[text], dedup.seed) for text in long}
        sizes = shingled.sizes
        index.index([(text, sketch, int(sizes[text])) for text, sketch in sketches.items()])
        found = set()
        for text, sketch in sketches.items():
            found |= {
                (min(text, other), max(text, other)) for other in index.query(sketch, int(sizes[text])) if other != text
            }
        row("datasketch LSH Ensemble, 32 parts, .7", start, found)


if __name__ == "__main__":
    main()
