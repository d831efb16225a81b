"""Pages per CPU-second and peak memory on web archives of growing size: memory must not grow with them.

    python -m benchmarks.warc_memory [--megabytes N] [--bench DIR] [--step N] [--what read shards run driver]

An archive of the given size (gzip, a member for each record, as Common Crawl's) is made of the bench's HTML pages,
or of made-up ones, each with a mark of its own, with a request and a revisit record between them. Its first quarter,
its first half and the whole of it are worked on in a process each:

``read``    only reads: what ``pipeline.read`` gives
``shards``  what is done for each input by itself as well: split, label, assemble, and the files that stages hand over
``run``     a whole run, with the search for near-duplicates, of which some numbers and a row for each article are held
``driver``  what a run does besides its shards: they were labelled and assembled by another, which did not end

A mark stands where no reader sees it, so pages return as exact copies: the last column says how often each stands in
the archive. Copies make pairs of near-duplicates, and a larger archive has more copies of each page; ``--step 1`` has
the fewest. Peak memory counts files that are mapped, which the system may take back; ``own`` is what it may not.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TypeVar

import flows  # noqa: F401  # what it puts into the environment of runs counts for the processes that are measured
from benchmarks.dedup_prose import Writer
from pipeline.corpus.schema import QUARANTINE
from pipeline.read.load import read_file
from pipeline.records import FileRef, Quarantined, Skipped
from pipeline.run.before import Before
from pipeline.run.engine import LocalEngine
from pipeline.run.plan import Shard
from pipeline.run.road import travel
from pipeline.run.stages import assemble_shard, label_shard
from pipeline.run.work import Job, Work, write_deciders, write_held, write_known
from pipeline.settings import ReadSettings, Settings, load_settings
from pipeline.sites.files import read_site_files

PARTS = (0.25, 0.5, 1.0)
BENCH_STEP = 16
"""Every 16th page of the bench is taken, so that small parts of an archive hold the same pages as large ones."""
MADE_UP_PAGES = 200
COMPRESSION_LEVEL = 1
"""Quick to write; what it costs to read does not depend on it."""

LOOK_SECONDS = 0.02
"""Between two looks at memory of which the system keeps no peak."""

MEGABYTE = 1_000_000

T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200, help="size of the whole archive as stored")
    parser.add_argument("--bench", type=Path, help="folder of labelled pages to take the HTML from")
    parser.add_argument("--step", type=int, default=BENCH_STEP, help="one of so many pages of the bench")
    parser.add_argument("--what", nargs="+", choices=["read", "shards", "run", "driver"], default=["read", "shards"])
    parser.add_argument("--measure", nargs=2, metavar=("WHAT", "ARCHIVE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure[0], Path(arguments.measure[1]))))
        return
    pages = bench_pages(arguments.bench, arguments.step) if arguments.bench else made_up_pages()
    with tempfile.TemporaryDirectory() as name:
        archives = write_archives(pages, arguments.megabytes * MEGABYTE, Path(name))
        print(
            f"{'what':<8}{'MB':>8}{'pages':>9}{'CPU s':>9}{'pages/CPU s':>13}{'peak MB':>9}{'own MB':>8}{'copies':>8}"
        )
        for what in arguments.what:
            for path, written in archives:
                if what == "driver":
                    measured("leave", path)
                found = measured(what, path)
                if found["pages"] != written:
                    raise SystemExit(f"{path.name}: {written:,} pages were written, {found['pages']:,} were found")
                print(
                    f"{what:<8}{path.stat().st_size / MEGABYTE:>8.0f}{written:>9,}{found['cpu']:>9.1f}"
                    f"{written / found['cpu']:>13.1f}{found['peak'] / MEGABYTE:>9.0f}{found['own'] / MEGABYTE:>8.0f}"
                    f"{written / len(pages):>8.1f}",
                    flush=True,
                )


def bench_pages(bench: Path, step: int) -> list[bytes]:
    """The HTML of some labelled pages of every corpus, one of ``step``."""
    paths = sorted(bench.glob("*-dev/html/*.html.gz"))
    if not paths:
        raise SystemExit(f"no pages in {bench}: name the folder that holds wcxb-dev and fundus-dev")
    return [gzip.decompress(path.read_bytes()) for path in paths[::step]]


def made_up_pages() -> list[bytes]:
    """Pages with a menu, an article and links to others, of the sizes that articles have."""
    writer = Writer("en", random.Random(1))
    pages = []
    for number in range(MADE_UP_PAGES):
        menu = "".join(f'<li><a href="/{n}">{writer.paragraph(6)[:30]}</a></li>' for n in range(60))
        body = "".join(f'<p class="text">{writer.paragraph(40)}</p>\n' for _ in range(10 + number % 50))
        script = f"<script>var data = {json.dumps([writer.paragraph(18) for _ in range(200)])};</script>"
        pages.append(
            f"<!DOCTYPE html><html><head><title>{number}</title>{script}</head><body><nav><ul>{menu}</ul></nav>"
            f"<article><h1>{writer.paragraph(8)}</h1>{body}</article><footer>{menu}</footer></body></html>".encode()
        )
    return pages


def write_archives(pages: list[bytes], size: int, folder: Path) -> list[tuple[Path, int]]:
    """Archives of each of ``PARTS`` of a size, with the number of pages in each; the smaller begin the larger."""
    made: list[tuple[Path, int]] = []
    path = folder / "whole.warc.gz"
    with path.open("wb") as file:
        records = archive_records(pages)
        written = 0
        for part in PARTS:
            while file.tell() < size * part:
                file.write(next(records))
                written += 1
            file.flush()
            if part < 1:
                copy = folder / f"{part}.warc.gz"
                with path.open("rb") as source, copy.open("wb") as target:
                    left = file.tell()
                    while left and (data := source.read(min(left, MEGABYTE))):
                        target.write(data)
                        left -= len(data)
                made.append((copy, written))
    return [*made, (path, written)]


def archive_records(pages: list[bytes]) -> Iterator[bytes]:
    """Without end: a request, a page, and now and then a revisit record, each a gzip member."""
    for number in count():
        url = f"https://site-{number % 97}.example/{number}.html"
        page = pages[number % len(pages)] + b"<!-- copy %d -->" % number
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        members = [("request", b"GET / HTTP/1.1\r\n\r\n"), ("response", head + page)]
        if number % 10 == 0:
            members.append(("revisit", b""))
        yield b"".join(
            gzip.compress(
                f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n"
                f"WARC-Record-ID: <urn:uuid:{number:032x}>\r\nContent-Type: application/http\r\n"
                f"Content-Length: {len(block)}\r\n\r\n".encode()
                + block
                + b"\r\n\r\n",
                COMPRESSION_LEVEL,
                mtime=0,
            )
            for kind, block in members
        )


def measured(what: str, archive: Path) -> dict[str, float]:
    """``measure`` in a process of its own, so that its memory is nobody else's."""
    command = [sys.executable, "-m", "benchmarks.warc_memory", "--measure", what, str(archive)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(what: str, archive: Path) -> dict[str, float]:
    """Pages found, CPU seconds, and peak memory in bytes, with and without mapped files."""
    start = time.process_time()
    ended, most = threading.Event(), [0]

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            most[0] = max(most[0], memory("RssAnon"))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        pages = STEPS[what](archive)
    finally:
        ended.set()
        looking.join()
    return {"pages": pages, "cpu": time.process_time() - start, "peak": peak_memory(), "own": most[0]}


def read(archive: Path) -> int:
    """Read the archive; inputs that were found, those in quarantine included."""
    found = 0
    for one in read_file(_ref(archive), ReadSettings()):
        found += not isinstance(one, Skipped)
        if isinstance(one, Quarantined):
            print(f"{one.source}: {one.fault}: {one.detail}", file=sys.stderr)
    return found


def shards(archive: Path) -> int:
    """Run the stages of shards over the archive; inputs that became articles or went to quarantine."""
    # in this process, whose memory is measured
    settings = load_settings(None, sources=(str(archive),), corpus="none", run__runner="threads")
    with tempfile.TemporaryDirectory() as name:
        work = Work(Path(name))
        for stage in ("label", "assemble"):
            work.beats(stage).mkdir()
        job = Job("bench", "bench", "bench", settings, work, read_site_files(""))
        nothing = Before(None).rows
        write_known(nothing, work)
        write_held((), nothing, work)
        write_deciders({}, (), {}, work)
        label_shard(Shard(0, (_ref(archive),)), job)
        assemble_shard(0, job)
        quarantined = sum(work.tables(f"quarantine-{s}", QUARANTINE.schema).num_rows for s in ("label", "assemble"))
        return work.rows("articles", 0) + int(quarantined)


def run(archive: Path) -> int:
    """Make a corpus of the archive; its inputs."""
    with tempfile.TemporaryDirectory() as name:
        settings = load_settings(None, sources=(str(archive),), corpus=name, run__workers=1, run__runner="threads")
        return int(travel(settings, LocalEngine(settings.run)).record.counts.inputs)


class _KilledError(Exception):
    """Instead of the signal that would end a run."""


class _Leaving(LocalEngine):
    """Gets as far as all shards."""

    def call(self, stage: str, function: Callable[..., T], *args: object) -> T:
        if stage == "deduplicate":
            raise _KilledError
        return super().call(stage, function, *args)


def leave(archive: Path) -> int:
    """Begin to make a corpus, so that ``driver`` finds all shards finished beside the archive."""
    settings = _kept(archive)
    with suppress(_KilledError):
        travel(settings, _Leaving(settings.run))
    return 0


def driver(archive: Path) -> int:
    """Take up what ``leave`` left; the inputs."""
    settings = _kept(archive)
    counts = travel(settings, LocalEngine(settings.run)).record.counts
    shutil.rmtree(settings.corpus)
    if not counts.taken_over:
        raise SystemExit(f"{archive.name}: the shards were not found")
    return int(counts.inputs)


def _kept(archive: Path) -> Settings:
    """A run whose place is the same for two processes."""
    corpus, work = (str(archive.with_suffix(f".{what}")) for what in ("corpus", "work"))
    how = {"run__workers": 1, "run__runner": "threads", "run__work": work}
    return load_settings(None, sources=(str(archive),), corpus=corpus, **how)


STEPS = {"read": read, "shards": shards, "run": run, "leave": leave, "driver": driver}


def _ref(archive: Path) -> FileRef:
    return FileRef(str(archive), archive.name, str(archive), archive.stat().st_size)


def peak_memory() -> int:
    """Most resident memory of this process so far, in bytes."""
    # On Linux ru_maxrss is inherited from the process that started this one.
    most = memory("VmHWM")
    return most or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def memory(field: str) -> int:
    """What Linux says of the memory of this process, in bytes; 0 elsewhere."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition(f"{field}:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        return 0


if __name__ == "__main__":
    main()
