"""Speed of near-duplicate search beside its peers: text to verified clusters, processor time, the same texts and run.

    python -m benchmarks.dedup_speed [--sizes 10000 50000] [--peers-up-to N] [--texts FILE.parquet] [--rounds N]

Every method runs in a process of its own that starts with the texts ready made (ours as an Arrow array and as strings,
the peers as strings) and libraries and compiled code loaded; its peak of memory is told without the texts. All use the
permutations, bands and shingle width of the default settings, and one thread. Peers get what their documentation calls
quickest, and shingles as cheap as Python makes them (lower case, split at blanks): they fold no Unicode, verify nothing
and form no clusters.

- datasketch: ``MinHash.bulk`` with xxh32 (CRC-32 where xxhash is not installed), then LSH insert and query.
- rensa, rho: its batch pipeline, which samples shingles and says of each text only whether it has a duplicate.
- rensa, R-MinHash: signatures of all shingles, and who is near whom, as datasketch tells it.
"""

from __future__ import annotations

import os

# before numpy and rensa are loaded: one thread each
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}

import argparse
import importlib
import importlib.util
import json
import multiprocessing
import resource
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dedup import cluster_texts, compiled, tools
from pipeline.dedup.candidates import keyed_pairs
from pipeline.dedup.shingles import shingle_texts
from pipeline.dedup.texts import band_keys_of
from pipeline.dedup.verify import similarities
from pipeline.settings import DedupSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SYLLABLES: Final = ("ba", "con", "de", "er", "fi", "go", "ha", "in", "ju", "ka", "lé", "men", "no", "or", "pre", "qui",
                     "ra", "sta", "ti", "un", "vo", "we", "xa", "zu")  # fmt: skip
_WORDS: Final = 60_000
_PART: Final = 50_000
"""Paragraphs made at a time."""


def paragraphs(count: int, seed: int) -> Iterator[list[str]]:
    """Made-up paragraphs in parts: word frequencies as Zipf found them, a median of 40 words, a third near copies.

    Of every six paragraphs four are alone, one is an original and one its copy: unchanged, with a tenth of the words
    replaced, cut by a third, or with a new opening.
    """
    random = np.random.default_rng(seed)
    spelt = random.integers(0, len(_SYLLABLES), (_WORDS, 4))
    lengths = np.minimum(1 + np.arange(_WORDS) // 200, random.integers(1, 5, _WORDS))
    vocabulary = np.array(
        ["".join(_SYLLABLES[each] for each in row[:length]) for row, length in zip(spelt, lengths, strict=True)],
        dtype=object,
    )
    odds = np.cumsum(1 / (2 + np.arange(_WORDS)))
    odds /= odds[-1]

    def draw(size: int) -> Any:
        return np.searchsorted(odds, random.random(size))

    made = 0
    while made < count:
        part: list[str] = []
        while len(part) < min(_PART, count - made):
            sizes = np.clip(random.lognormal(np.log(40), 0.7, 5).astype(int), 6, 400)
            five = np.split(draw(sizes.sum()), np.cumsum(sizes)[:-1])
            copy = five[0].copy()
            match random.integers(0, 4):
                case 0:
                    places = random.random(len(copy)) < 0.1
                    copy[places] = draw(int(places.sum()))
                case 1:
                    copy = copy[: 2 * len(copy) // 3]
                case 2:
                    copy = np.concatenate((draw(8), copy))
            part += [_prose(vocabulary[words].tolist()) for words in (*five, copy)]
        yield part[: count - made]
        made += len(part)


def _prose(words: list[str]) -> str:
    """Sentences of a dozen words, with a capital, a comma, a full stop and now and then a typographic mark."""
    for start in range(0, len(words), 12):
        end = min(start + 12, len(words)) - 1
        words[start] = words[start].capitalize()
        words[(start + end) // 2] += "," if start % 24 else "’s"
        words[end] += "."
    return " ".join(words)


def ours(texts: Any, settings: DedupSettings) -> int:
    """Text to verified clusters; how many texts are not kept."""
    kept = cluster_texts(texts, settings).kept
    return int((kept != np.arange(len(kept))).sum())


def _shingled(text: str, width: int) -> list[str]:
    words = text.lower().split()
    return list(map(" ".join, zip(*(words[start:] for start in range(width)), strict=False)))


def datasketch(texts: Sequence[str], settings: DedupSettings) -> int:
    """Texts that have another near them."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415  # loaded before the clock starts

    sketches = MinHash.bulk(
        ([each.encode() for each in _shingled(text, settings.shingle_words)] for text in texts),
        num_perm=settings.permutations,
        hashfunc=_quick_hash(),
    )
    rows = settings.permutations // settings.bands
    index = MinHashLSH(num_perm=settings.permutations, params=(settings.bands, rows))
    with index.insertion_session() as session:
        for number, sketch in enumerate(sketches):
            session.insert(number, sketch, check_duplication=False)
    return sum(len(index.query(sketch)) > 1 for sketch in sketches)


def _quick_hash() -> Callable[[bytes], int]:
    if importlib.util.find_spec("xxhash"):
        import xxhash  # noqa: PLC0415

        quick: Callable[[bytes], int] = xxhash.xxh32_intdigest
        return quick
    from zlib import crc32  # noqa: PLC0415

    return crc32


def rensa_rho(texts: Sequence[str], settings: DedupSettings) -> int:
    """Texts that have another near them."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415  # loaded before the clock starts

    shingled = [_shingled(text, settings.shingle_words) for text in texts]
    matrix = RMinHash.digest_matrix_from_token_sets_rho(shingled, settings.permutations, 42)
    index = RMinHashLSH(settings.paragraph_threshold, settings.permutations, settings.bands)
    return sum(index.query_duplicate_flags_matrix_one_shot(matrix))


def rensa_full(texts: Sequence[str], settings: DedupSettings) -> int:
    """Texts that have another near them."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415  # loaded before the clock starts

    shingled = [_shingled(text, settings.shingle_words) for text in texts]
    sketches = RMinHash.from_token_sets(shingled, settings.permutations, 42)
    index = RMinHashLSH(settings.paragraph_threshold, settings.permutations, settings.bands)
    index.insert_many(sketches)
    return sum(len(near) > 1 for near in index.query_all(sketches))


PEERS: Final[dict[str, tuple[str, Callable[[Sequence[str], DedupSettings], int]]]] = {
    "datasketch": ("datasketch", datasketch),
    "rensa, rho": ("rensa", rensa_rho),
    "rensa, R-MinHash": ("rensa", rensa_full),
}


def steps(texts: Any, settings: DedupSettings) -> dict[str, float]:
    """Processor time of each of our steps."""
    marks = [time.process_time()]
    shingled = shingle_texts(texts, settings.shingle_words)
    marks.append(time.process_time())
    numbers = np.flatnonzero((shingled.words >= settings.exact_below_words) & (shingled.sizes > 0))
    keys = band_keys_of(shingled, numbers, settings)
    marks.append(time.process_time())
    candidates = keyed_pairs(keys, numbers)
    marks.append(time.process_time())
    similarities(shingled, candidates, settings.paragraph_threshold)
    marks.append(time.process_time())
    names = ("words and shingles", "signatures and keys", "pairs of equal keys", f"{len(candidates)} pairs compared")
    return dict(zip(names, np.diff(marks).tolist(), strict=True))


def measured(work: Callable[[], Any], package: str = "pipeline.dedup") -> dict[str, Any]:
    """Result, processor time and peak of memory above what was there, of work in a process of its own.

    :param package: what the work loads; it is loaded before the clock starts
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)

    def child() -> None:
        importlib.import_module(package)
        compiled.warm()
        tools.is_worth_compiled = lambda _: True
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.process_time()
        result = work()
        seconds = time.process_time() - started
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        sender.send({"result": result, "seconds": seconds, "megabytes": grown / 1024})

    # a fork: the texts need not be handed over
    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    sender.close()
    try:
        found: dict[str, Any] = receiver.recv()
    except EOFError:
        raise SystemExit("a method ended without a result; see above") from None
    process.join()
    return found


def report(array: Any, settings: DedupSettings, with_peers: bool, rounds: int) -> dict[str, Any]:
    """Print and return the figures of one list of texts: of each method its quickest round."""
    count = len(array)
    megabytes = array.nbytes / 1e6
    print(f"\n## {count} texts, {megabytes:.0f} MB")
    strings = array.to_pylist()
    methods: dict[str, tuple[Callable[[], int], str]] = {
        "ours, from Arrow": (partial(ours, array, settings), "pipeline.dedup"),
        "ours, from strings": (partial(ours, strings, settings), "pipeline.dedup"),
    }
    for name, (package, peer) in PEERS.items() if with_peers else ():
        if importlib.util.find_spec(package) is None:
            print(f"{name}: not installed (pip install {package})")
        else:
            methods[name] = partial(peer, strings, settings), package
    # in turns, so that a busy machine slows all alike
    runs = [{name: measured(*method) for name, method in methods.items()} for _ in range(rounds)]
    figures = {name: min((run[name] for run in runs), key=lambda figure: figure["seconds"]) for name in methods}
    profiles = [measured(partial(steps, array, settings))["result"] for _ in range(rounds)]
    profile = min(profiles, key=lambda each: sum(each.values()))
    base = figures["ours, from Arrow"]["seconds"]
    print(f"{'':20}{'CPU s':>9}{'texts/CPU s':>13}{'x ours':>8}{'peak MB':>9}{'found':>9}")
    for name, figure in figures.items():
        seconds = figure["seconds"]
        print(
            f"{name:20}{seconds:9.2f}{count / seconds:13.0f}{seconds / base:8.1f}"
            f"{figure['megabytes']:9.0f}{figure['result']:9}"
        )
    print("steps: " + ", ".join(f"{name} {seconds:.3f} s" for name, seconds in profile.items()))
    return {"texts": count, "megabytes": megabytes, "steps": profile, **figures}


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dedup_speed", description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 50_000], help="paragraphs to make up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers-up-to", type=int, default=100_000, help="larger sizes are ours alone")
    parser.add_argument("--texts", type=Path, help="a Parquet file with a column `text`, instead of made-up ones")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--rounds", type=int, default=3, help="turns, of which the quickest of each method counts")
    options = parser.parse_args(arguments)
    settings = DedupSettings()
    figures = []
    if options.texts:
        array = pq.read_table(options.texts, columns=["text"])["text"]
        figures.append(report(array, settings, len(array) <= options.peers_up_to, options.rounds))
    else:
        for size in options.sizes:
            array = pa.chunked_array([pa.array(part) for part in paragraphs(size, options.seed)])
            figures.append(report(array, settings, size <= options.peers_up_to, options.rounds))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
