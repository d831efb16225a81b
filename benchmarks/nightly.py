"""What a night costs: a corpus is made, run again with nothing new, and run again with one page in a hundred more.

    python -m benchmarks.nightly [--pages N] [--added N] [--check] [--keep DIR]

For each run: processor time, memory and clock of all its processes (``command_cost``), its share of the processor time
of the making, the seconds of its stages as the run itself recorded them, and what the corpus takes on disk. Runs go by
``--local``, two workers. ``--check`` makes the last corpus at once, too, and fails where a table differs. 150,000 pages
are a million paragraphs, and take some twenty minutes of a processor; what is being done is told on stderr.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from benchmarks.command_cost import Cost, cost
from benchmarks.newspapers import write_pages
from pipeline.corpus import Corpus
from pipeline.corpus.runs import RunRecord

COMPARED = ("articles", "paragraphs", "lines", "duplicates", "site_lines")
BY_RUN = frozenset({"run", "first_run", "withdrawn"})
"""Fields that say which run wrote a row."""


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--added", type=int, help="default: one in a hundred")
    parser.add_argument("--check", action="store_true", help="make the last corpus at once as well, and compare")
    parser.add_argument("--keep", type=Path, help="work in this folder, which must be empty, and leave it there")
    options = parser.parse_args()
    added = options.added or max(options.pages // 100, 1)
    print("| run | pages worked on | CPU seconds | of the making | clock | peak MB | corpus, MB | seconds by stage |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.mkdir(exist_ok=True)
        made = 0.0
        for what, first, last in (
            ("made", 0, options.pages),
            ("nothing new", 0, 0),
            ("some more", options.pages, options.pages + added),
        ):
            spent = _night(place, "corpus", what, first, last)
            made = made or spent.cpu
            _tell_row(what, spent, made, place / "corpus")
        if options.check:
            spent = _night(place, "at-once", "all at once", 0, 0)
            _tell_row("all at once", spent, made, place / "at-once")
            _compare(place / "corpus", place / "at-once")


def _night(place: Path, corpus: str, what: str, first: int, last: int) -> Cost:
    """One run, after some more pages were written."""
    _progress(f"writing {last - first} pages")
    write_pages(place / "in", first, last)
    _progress(f"running: {what}")
    run = ["run", str(place / "in"), "--corpus", str(place / corpus), "--workers", "2", "--local"]
    return cost(run, place / "log", place / "prefect")


def _tell_row(what: str, spent: Cost, made: float, corpus: Path) -> None:
    record = _last(corpus)
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in record.timings.items())
    size = sum(file.stat().st_size for file in corpus.rglob("*") if file.is_file())
    print(
        f"| {what} | {record.counts.inputs - record.counts.unchanged} | {spent.cpu:.1f} | {spent.cpu / made:.1%} "
        f"| {spent.wall:.0f} | {spent.megabytes:.0f} | {size / 1e6:.0f} | {stages} |",
        flush=True,
    )


def _compare(*corpora: Path) -> None:
    """Exit if two corpora do not hold the same rows."""
    one, other = (Corpus.open(corpus) for corpus in corpora)
    for name in COMPARED:
        _progress(f"comparing {name}")
        left, right = (corpus.table(name) for corpus in (one, other))
        fields = [field for field in left.column_names if field not in BY_RUN]
        if not left.select(fields).equals(right.select(fields)):
            sys.exit(f"{name}: the corpus that grew is not the one made at once")
    print("\nThe corpus that grew holds the same rows as the one made at once.")


def _progress(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def _last(corpus: Path) -> RunRecord:
    rows = Corpus.open(str(corpus)).table("runs").to_pylist()
    return max((RunRecord.from_row(row) for row in rows), key=lambda run: run.run)


if __name__ == "__main__":
    main()
