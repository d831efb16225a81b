"""text-dedup and datatrove over a file of texts, run by the interpreter of an environment that has them.

    PYTHON benchmarks/dedup_foreign.py text-dedup|datatrove documented|ours TEXTS.jsonl

Both want versions of libraries that rule out ours, so this file imports nothing else of the repository. It prints one
JSON object: the version, clusters as lists of places in the file, and CPU seconds without the import of the peer.

- text-dedup (``text_dedup.minhash``, the command of its README): 250 permutations, 5 words, threshold .7, its defaults;
  or our word pairs at .4 with 128 permutations in 32 bands. Its clusters are connected components.
- datatrove (the four steps of its example ``minhash_deduplication.py``): 14 buckets of 8 hashes of 64 bits, 5 words,
  English tokenizer; or word pairs in 32 buckets of 4. Connected components, too.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

Clusters = list[list[int]]
Prepared = Callable[[Path, Path], Clusters]
"""Clusters of the texts of a file; the other path is a folder to work in."""


def text_dedup(options: dict[str, int | float]) -> Prepared:
    """The command ``python -m text_dedup.minhash``, called."""
    from text_dedup import minhash  # noqa: PLC0415

    def run(texts: Path, work: Path) -> Clusters:
        given = {"path": "json", "data_files": texts, "split": "train", "cache_dir": work, "output": work / "out"}
        # One process, as all others here; it removes its caches unless told not to, which takes time for nothing.
        given |= {"column": "text", "num_proc": 1, **options}
        arguments = [str(part) for name, value in given.items() for part in (f"--{name}", value)]
        minhash.main([*arguments, "--no-clean_cache"], standalone_mode=False)
        clusters: defaultdict[int, list[int]] = defaultdict(list)
        for member in sorted(minhash.uf.parent):
            clusters[minhash.uf.find(member)].append(member)
        return list(clusters.values())

    return run


def datatrove(options: dict[str, int | float]) -> Prepared:
    """The four steps; the last writes what is kept with the cluster it stands for, so all are written."""
    from datatrove.executor import LocalPipelineExecutor  # noqa: PLC0415
    from datatrove.pipeline.dedup.minhash import (  # noqa: PLC0415
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.readers import JsonlReader  # noqa: PLC0415
    from datatrove.utils.binaryio import read_tuples_from_file  # noqa: PLC0415
    from datatrove.utils.hashing import HashConfig  # noqa: PLC0415
    from datatrove.utils.typeshelper import Languages  # noqa: PLC0415

    config = MinhashConfig(hash_config=HashConfig(precision=64), **options)

    def run(texts: Path, work: Path) -> Clusters:
        reader = JsonlReader(str(texts.parent), glob_pattern=texts.name)
        sign = MinhashDedupSignature(str(work / "signatures"), config=config, language=Languages.english)
        match = MinhashDedupBuckets(str(work / "signatures"), str(work / "buckets"), config=config)
        group = MinhashDedupCluster(str(work / "buckets"), str(work / "ids"), config=config, save_cluster_id=True)
        for number, (steps, tasks) in enumerate((([reader, sign], 1), ([match], config.num_buckets), ([group], 1))):
            LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=str(work / "logs" / str(number))).run()
        clusters: defaultdict[int, list[int]] = defaultdict(list)
        # Documents of no cluster are not in it; without any there is no file.
        if (work / "ids" / "000000.clusters").exists():
            with (work / "ids" / "000000.clusters").open("rb") as file:
                for place, cluster in read_tuples_from_file(file, "2I"):
                    clusters[cluster].append(place)
        return list(clusters.values())

    return run


PEERS: dict[str, tuple[Callable[[dict[str, Any]], Prepared], dict[str, dict[str, Any]]]] = {
    "text-dedup": (text_dedup, {"documented": {}, "ours": {"ngram": 2, "num_perm": 128, "b": 32, "r": 4}}),
    "datatrove": (
        datatrove,
        {
            "documented": {"n_grams": 5, "num_buckets": 14, "hashes_per_bucket": 8},
            "ours": {"n_grams": 2, "num_buckets": 32, "hashes_per_bucket": 4},
        },
    ),
}


def cpu() -> float:
    """CPU seconds of this process and of those it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    """Run one peer."""
    name, configuration, texts = sys.argv[1:]
    prepare, configurations = PEERS[name]
    run = prepare(configurations[configuration])
    with tempfile.TemporaryDirectory() as work:
        begun = cpu()
        clusters = run(Path(texts).resolve(), Path(work))
        spent = cpu() - begun
    # On a line of its own and last: peers write about their progress.
    print("\n" + json.dumps({"version": version(name), "seconds": spent, "clusters": clusters}))


if __name__ == "__main__":
    main()
