"""The road of the data, from sources to a published release. Read ``travel`` from top to bottom."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from importlib.metadata import version
from logging import WARNING
from typing import TYPE_CHECKING, Any

from pipeline import __version__
from pipeline.corpus.lock import corpus_lock
from pipeline.corpus.publish import publish
from pipeline.corpus.runs import RunRecord
from pipeline.corpus.schema import QUARANTINE
from pipeline.dedup.find import check_settings
from pipeline.describe.write import describe_newest
from pipeline.errors import UsageError
from pipeline.label.labeller import load_labeller
from pipeline.label.page_type import page_types_version
from pipeline.memory import give_back
from pipeline.read.find import Listing, find_inputs
from pipeline.run.before import Before
from pipeline.run.compare import compare_all, signature_recipe
from pipeline.run.corpora import without_corpora
from pipeline.run.counted import keep_lines, sweep_lines
from pipeline.run.drift import find_drift
from pipeline.run.engine import Engine, worker_count
from pipeline.run.garbage import seldom_collected
from pipeline.run.gate import Finding, GateError, judge, refusal
from pipeline.run.inventory import take_inventory
from pipeline.run.log import tell, tell_quarantined
from pipeline.run.manifest import keep_only, kept_shards, tool_versions
from pipeline.run.near import index_of, sweep_index
from pipeline.run.place import open_work, work_folder
from pipeline.run.plan import plan_shards
from pipeline.run.progress import watched
from pipeline.run.result import Result, assembled_articles
from pipeline.run.rows import quarantine_row
from pipeline.run.shared import decide_texts
from pipeline.run.site_lines import recount, write_earlier_shard
from pipeline.run.stages import assemble_shard, label_shard
from pipeline.run.work import Job, read_passed_over
from pipeline.sites.corrections import Correction, read_corrections
from pipeline.sites.drift import Drift, drift_lines, drift_rows
from pipeline.sites.files import read_site_files
from pipeline.split.breaks import boundaries_version

if TYPE_CHECKING:
    from pipeline.corpus.releases import Release
    from pipeline.settings import Settings

Row = dict[str, Any]

NAMED_REASONS = 10
"""What a refusal spells out at most: a template that was lost moves every site."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run, as its caller sees it."""

    record: RunRecord
    release: int
    quarantined: tuple[tuple[str, str, str], ...]
    """Source, fault and detail of every input this run put into quarantine, sorted."""
    drift: tuple[Drift, ...]
    """What left its site's usual range."""
    findings: tuple[Finding, ...]
    """Figures of the whole run that left their usual range, and did not keep it from being published."""
    unfitting: tuple[Correction, ...]
    """Corrections that were not applied, because their lines read otherwise now."""
    earlier: tuple[RunRecord, ...]
    """The runs of the corpus before this one, in no promised order."""


@seldom_collected()
def travel(settings: Settings, engine: Engine) -> Outcome:
    """Run the whole road and publish one release.

    :raises UsageError: sources or settings are wrong; nothing was changed.
    :raises GateError: the figures left their usual range, and the settings or a person say that this stops the run.
    :raises RunError: the corpus is in use, or the storage failed; readers see the release before.
    """
    check_settings(settings.dedup)
    if settings.gate.action == "pause" and engine.mode == "local":
        raise UsageError('gate.action = "pause" asks a person in Prefect: leave out --local, or set "warn" or "fail"')
    clock = Clock()
    labeller = load_labeller(settings.label)
    labelled_by = f"{labeller.name}/{labeller.version}"
    files = read_site_files(settings.sites.folder)
    given = read_corrections(settings.sites.corrections)
    with clock.stage("find"):
        listing = without_corpora(engine.call("find", find_inputs, settings.sources, settings.read), settings.corpus)
    with corpus_lock(settings.corpus), work_folder(settings) as works:
        before = Before.open(settings.corpus)
        release_before = before.corpus.release if before.corpus else None
        index_of(settings, release_before)  # one that does not fit the settings is refused before any work is done
        recipe = reading_recipe(settings, labelled_by)
        work, basis = open_work(works, before, settings, recipe)
        job = Job(clock.run, recipe, basis, settings, work, files)
        kept = kept_shards(work, basis, listing.files)
        keep_only(work, "label", [shard.number for shard in kept])
        shards = plan_shards(listing.files, settings.run, worker_count(settings.run), kept)
        _tell_beginning(job, listing, len(shards))

        with clock.stage("label"), watched("label", len(listing.files), work.beats("label")):
            finished = engine.map("label", label_shard, [(shard, job) for shard in shards])

        with clock.stage("templates"):
            inventory = take_inventory(before, listing.origins, work)
            recurring = engine.call("templates", recount, before, inventory, job, given)
            numbers = [shard.number for shard in shards]
            free = max(numbers, default=-1) + 1
            if recurring.relabel:
                write_earlier_shard(before, recurring.relabel, free, work)
                numbers.append(free)

        # Most shards of a night hold nothing new.
        sizes = {number: pages for number in numbers if (pages := work.rows("pages", number))}
        with clock.stage("assemble"), watched("assemble", sum(sizes.values()), work.beats("assemble")):
            finished += engine.map("assemble", assemble_shard, [(number, job) for number in sizes])
            keep_only(work, "assemble", sizes)

        with clock.stage("deduplicate"), watched("deduplicate", 1, work.beats("deduplicate")):
            whole = engine.call("deduplicate", compare_all, before, inventory, job)
            assembled = assembled_articles(work)
            texts = decide_texts(before, whole, assembled.rows["id"].to_pylist(), free + 1, job)
            drift = find_drift(before, inventory, recurring, whole.articles, texts, settings=settings.drift)
            keep_lines(before, recurring, texts, job)

        quarantine = _quarantine_rows(listing, job)
        result = Result(
            job.run,
            listing.origins,
            before,
            inventory,
            recurring,
            whole,
            assembled,
            texts,
            quarantine,
            drift,
            read_passed_over(work),
            tuple(finished),
        )
        record = RunRecord(
            run=job.run,
            started=clock.started,
            finished=clock.now(),
            mode=engine.mode,
            sources=settings.sources,
            versions=_versions(labelled_by),
            settings=settings.model_dump(mode="json")
            | {"signature_recipe": signature_recipe(settings.dedup), "site_files": files.dump()},
            counts=result.counts(clock.cpu_seconds),
            timings=clock.timings,
            quality=result.quality(),
        )
        findings = _pass_gate(result, record, settings, engine)
        with watched("publish", 1, work.beats("publish")):
            release = engine.call("publish", publish, settings.corpus, result.changes(), record, before.release)
            _settle(settings.corpus, job.run, release_before, engine)
    _tell_end(record, release)
    return Outcome(
        record,
        release,
        tuple((row["source"], row["fault"], row["detail"]) for row in quarantine),
        drift,
        findings,
        recurring.fitted.changed,
        before.runs,
    )


def _pass_gate(result: Result, record: RunRecord, settings: Settings, engine: Engine) -> tuple[Finding, ...]:
    """What left its usual range.

    :raises GateError: because of that, the run is not to be published.
    """
    gate = settings.gate
    if gate.action == "ignore":
        return ()
    findings = judge(record.quality, record.counts.new, result.before.runs, result.examples(), gate)
    reasons = [*map(str, findings), *drift_lines(drift_rows(result.drift, record.run))]
    for reason in reasons:
        tell("left the usual range", {"reason": reason}, run=record.run, level=WARNING)
    if reasons and (
        gate.action == "fail" or (gate.action == "pause" and not engine.approve(reasons, gate.pause_seconds))
    ):
        raise GateError(refusal(reasons[:NAMED_REASONS], result.before.release), tuple(reasons))
    return findings


def _settle(corpus: str, run: str, before: Release | None, engine: Engine) -> None:
    """What follows a release: what only earlier ones needed goes, and the corpus is described."""
    # Readers that have just opened the release before may still ask its index.
    runs = [run, *([before.run] if before else [])]
    sweep_index(corpus, runs)
    sweep_lines(corpus, runs)
    give_back()
    engine.call("describe", describe_newest, corpus)


def _tell_beginning(job: Job, listing: Listing, shards: int) -> None:
    tell("run begins", {"files": len(listing.files), "shards": shards, "basis": job.basis}, run=job.run)
    tell_quarantined([quarantine_row(item, job.run) for item in listing.quarantined], run=job.run)


def _tell_end(record: RunRecord, release: int) -> None:
    """The counts that tell one night from another."""
    counts = record.counts
    said = {
        "release": release,
        "inputs": counts.inputs,
        "new": counts.new,
        "unchanged": counts.unchanged,
        "articles": counts.articles,
        "quarantined": sum(counts.quarantined.values()),
        "cpu_seconds": counts.cpu_seconds,
    }
    tell("published", said, run=record.run)


class Clock:
    """When the run began, and how long its stages took."""

    def __init__(self) -> None:
        self._moment = datetime.now(UTC)
        self._spent = time.process_time()
        self.run = f"{self._moment:%Y%m%dT%H%M%S%f}"
        """Run id: sorts by time."""
        self.timings: dict[str, float] = {}

    @property
    def started(self) -> str:
        """ISO 8601, UTC."""
        return self._moment.isoformat(timespec="milliseconds")

    @property
    def cpu_seconds(self) -> float:
        """Processor time of this process since then."""
        return time.process_time() - self._spent

    def now(self) -> str:
        """ISO 8601, UTC."""
        return datetime.now(UTC).isoformat(timespec="milliseconds")

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note the seconds that the block takes; what it freed goes back to the system."""
        begin = time.monotonic()
        try:
            yield
        finally:
            give_back()
            self.timings[name] = round(time.monotonic() - begin, 3)
            tell(f"{name}: stage done", {"seconds": self.timings[name]}, run=self.run)


def reading_recipe(settings: Settings, labelled_by: str) -> str:
    """Digest of all that decides what reading and labelling make of an input."""
    parts = {
        "copydesk": __version__,
        "labeller": labelled_by,
        "page_types": page_types_version(),
        "boundaries": boundaries_version(),
        "normalise": settings.normalise.model_dump(mode="json"),
        "split": settings.split.model_dump(mode="json"),
        "label": settings.label.model_dump(mode="json"),
        "read": settings.read.model_dump(mode="json"),
    }
    return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=8).hexdigest()


def _quarantine_rows(listing: Listing, job: Job) -> tuple[Row, ...]:
    rows = [quarantine_row(item, job.run) for item in listing.quarantined]
    for stage in ("label", "assemble"):
        # Shards may have been finished by a run that did not end; it is this one that publishes them.
        rows += [
            row | {"run": job.run} for row in job.work.tables(f"quarantine-{stage}", QUARANTINE.schema).to_pylist()
        ]
    return tuple(sorted({row["id"]: row for row in rows}.values(), key=lambda row: (row["source"], row["origin"])))


def _versions(labeller: str) -> dict[str, str]:
    return {"copydesk": __version__, "labeller": labeller, "prefect": version("prefect")} | tool_versions()
