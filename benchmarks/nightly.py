"""What a night costs: a corpus is made, run again with nothing new, and run again with one page in a hundred more.

    python -m benchmarks.nightly [--pages N] [--added N] [--keep DIR]

For each run: processor time, memory and clock of all its processes (``command_cost``), the seconds of its stages as
the run itself recorded them, and what the corpus takes on disk. Runs go by ``--local``, two workers.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import nullcontext
from pathlib import Path

from benchmarks.command_cost import cost
from benchmarks.newspapers import write_pages
from pipeline.corpus import Corpus
from pipeline.corpus.runs import RunRecord


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--added", type=int, help="default: one in a hundred")
    parser.add_argument("--keep", type=Path, help="work in this folder, which must be empty, and leave it there")
    options = parser.parse_args()
    added = options.added or max(options.pages // 100, 1)
    print("| run | pages worked on | CPU seconds | on the clock | peak MB | corpus, MB | seconds by stage |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.mkdir(exist_ok=True)
        for what, first, last in (
            ("made", 0, options.pages),
            ("nothing new", 0, 0),
            ("some more", options.pages, options.pages + added),
        ):
            write_pages(place / "in", first, last)
            run = ["run", str(place / "in"), "--corpus", str(place / "corpus"), "--workers", "2", "--local"]
            spent = cost(run, place / "log", place / "prefect")
            record = _last(place / "corpus")
            stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in record.timings.items())
            size = sum(file.stat().st_size for file in (place / "corpus").rglob("*") if file.is_file())
            print(
                f"| {what} | {record.counts.inputs - record.counts.unchanged} | {spent.cpu:.1f} | {spent.wall:.0f} "
                f"| {spent.megabytes:.0f} | {size / 1e6:.0f} | {stages} |",
                flush=True,
            )


def _last(corpus: Path) -> RunRecord:
    rows = Corpus.open(str(corpus)).table("runs").to_pylist()
    return max((RunRecord.from_row(row) for row in rows), key=lambda run: run.run)


if __name__ == "__main__":
    main()
