"""What a run says about itself: one row of ``runs``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

import pyarrow as pa

from pipeline.corpus.schema import RUNS


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How much of what a run met. Zeroes are left out of the stored JSON."""

    inputs: int = 0
    """Inputs found, those in quarantine included."""
    new: int = 0
    """Articles that were not in the corpus before."""
    unchanged: int = 0
    """Inputs that were there already and were not worked on."""
    withdrawn: int = 0
    """Articles whose input is no longer there."""
    articles: int = 0
    """Articles in the corpus after the run, the withdrawn ones not counted."""
    canonical: int = 0
    """... and those of them that are canonical."""
    lines: int = 0
    """Non-blank lines of the inputs worked on."""
    body_lines: int = 0
    """... and those of them that were kept in the text."""
    removed: Mapping[str, int] = field(default_factory=dict)
    """Lines of the inputs worked on that were removed, by kind."""
    paragraphs: int = 0
    """Body paragraphs of the inputs worked on."""
    duplicates: Mapping[str, int] = field(default_factory=dict)
    """Verified near-duplicate pairs in the corpus after the run, by ``<level>:<relation>``."""
    quarantined: Mapping[str, int] = field(default_factory=dict)
    """Inputs this run put into quarantine, by fault."""
    corrections: Mapping[str, int] = field(default_factory=dict)
    """The corpus's corrections by what became of them: ``applied``, ``changed`` (the line reads otherwise now) or
    ``waiting`` (no such input)."""
    drift: int = 0
    """Sites whose shares of removed lines left their usual range."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Records of web archives that are no pages, and so no inputs, by reason (``pipeline.records.Skip``)."""
    truncated: int = 0
    """Inputs of which a web archive holds only the beginning."""
    taken_over: int = 0
    """Shards, counted once for each stage, that an earlier run had finished before it was stopped."""
    bytes: int = 0
    """Bytes of the inputs worked on, after decompression."""
    cpu_seconds: float = 0.0
    """Processor time of the run until publishing began: of its own process and of the workers that touch documents,
    those that died not counted, nor what a cluster's processes spend around them."""

    def to_json(self) -> str:
        """The counts as a JSON object, keys sorted, zeroes and empty groups left out."""
        return _json({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def from_json(cls, text: str) -> RunCounts:
        """The counts of a stored run; counts that this version does not know are ignored, missing ones are zero."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in json.loads(text).items() if name in known})


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run, as it goes into ``runs``; the release number is added by publishing."""

    run: str
    started: str
    """ISO 8601, UTC."""
    finished: str
    """ISO 8601, UTC: when the work was done and publishing began."""
    mode: Literal["local", "flow"]
    sources: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    counts: RunCounts = field(default_factory=RunCounts)
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage."""
    quality: Mapping[str, float] = field(default_factory=dict)

    def to_table(self, release: int) -> pa.Table:
        """The record as a table of one row with the schema of ``runs``."""
        row = {
            "run": self.run,
            "started": self.started,
            "finished": self.finished,
            "mode": self.mode,
            "sources": list(self.sources),
            "versions": _json(self.versions),
            "settings": _json(self.settings),
            "counts": self.counts.to_json(),
            "timings": _json(self.timings),
            "quality": _json(self.quality),
            "release": release,
        }
        return pa.Table.from_pylist([row], schema=RUNS.schema)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> RunRecord:
        """The record of one row of ``runs``, given as a mapping."""
        return cls(
            run=row["run"],
            started=row["started"],
            finished=row["finished"],
            mode=row["mode"],
            sources=tuple(row["sources"]),
            versions=json.loads(row["versions"]),
            settings=json.loads(row["settings"]),
            counts=RunCounts.from_json(row["counts"]),
            timings=json.loads(row["timings"]),
            quality=json.loads(row["quality"]),
        )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
