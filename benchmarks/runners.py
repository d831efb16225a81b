"""What each runner costs: the same made-up pages through the whole road, as the command runs it, and one export of all.

    python -m benchmarks.runners [--pages N] [--workers N] [--shard N] [ROAD ...]

Processor time and memory are those of every process which the command has started (``command_cost``).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from hashlib import blake2b
from pathlib import Path

from benchmarks.command_cost import Cost, cost
from benchmarks.newspapers import write_pages

ROADS = ("threads --local", "processes --local", "threads", "processes", "dask", "ray")


def main() -> None:
    """Print a table; fail if exports differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shard", type=int, default=50, help="pages of a shard")
    parser.add_argument("roads", nargs="*", default=ROADS, metavar="ROAD", help=f"default: {', '.join(ROADS)}")
    options = parser.parse_args()
    exports = set()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_pages(place / "in", 0, options.pages)
        config = place / "c.toml"
        config.write_text(f"[run]\nshard_files = {options.shard}\nworkers = {options.workers}\n", encoding="utf-8")
        print("| road | CPU seconds | on the clock | peak MB | processes | export |")
        print("| --- | --- | --- | --- | --- | --- |")
        for number, road in enumerate(options.roads):
            corpus = place / f"corpus-{number}"
            run = ["run", str(place / "in"), "--config", str(config), "--corpus", str(corpus)]
            spent = cost([*run, "--runner", *road.split()], place / "log", place / "prefect")
            exports.add(digest := _digest(corpus))
            print(_line(road, spent, digest), flush=True)
    if len(exports) != 1:
        sys.exit("exports differ")


def _line(road: str, spent: Cost, digest: str) -> str:
    return f"| {road} | {spent.cpu:.1f} | {spent.wall:.0f} | {spent.megabytes:.0f} | {spent.processes} | {digest} |"


def _digest(corpus: Path) -> str:
    """Of the exported bytes."""
    out = corpus.with_suffix(".jsonl")
    export = ["export", "--corpus", str(corpus), "--format", "jsonl", "--all", "--out", str(out)]
    subprocess.run([sys.executable, "-m", "flows.command", *export], check=True, capture_output=True)
    return blake2b(out.read_bytes(), digest_size=4).hexdigest()


if __name__ == "__main__":
    main()
