"""Corrections: lines about which a person said what they are, one JSON object a line.

    {"article": "0123456789abcdef", "line": 12, "text": "Read more about trains", "kind": "related",
     "source": "2024/trains.txt", "note": "teaser", "author": "Ada", "time": "2024-05-01"}

``line``, ``text`` and ``kind`` are needed, and ``article`` (an id) or ``source`` (a path) or both. A correction counts
only while the line reads as the person saw it. ``"kind": null`` withdraws an earlier correction of the same line. The
corpus remembers corrections: one that was given once holds until it is withdrawn.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.metadata.titles import fold
from pipeline.records import Kind

FIELDS = ("article", "source", "line", "part", "text", "kind", "note", "author", "time")
KINDS = tuple(kind for kind in Kind if kind is not Kind.DUPLICATE)
"""What a line can be corrected to. What a duplicate repeats is found, not said."""
_ID = re.compile(r"[0-9a-f]{16}")
_LARGEST = 2**31 - 1

Key = tuple[str, int, int]
"""Target, line and part: two corrections with one key are about the same line, and the later holds."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What one person said of one line."""

    target: str
    """Article id, or the source where no id was given."""
    source: str
    """Path of the input; empty where not given."""
    line: int
    part: int
    """0: the whole line, or whichever part of a huge one reads as ``text``."""
    text: str
    kind: Kind | None
    """None withdraws."""
    note: str | None = None
    author: str | None = None
    time: str | None = None

    @property
    def key(self) -> Key:
        """What names the corrected line."""
        return self.target, self.line, self.part


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of an article as far as corrections look at it."""

    number: int
    part: int
    text: str
    clean: str


@dataclass(frozen=True, slots=True)
class Fitted:
    """Corrections laid on the articles that there are."""

    kinds: Mapping[str, Mapping[tuple[int, int], Kind]]
    """By article id: line number and part of each corrected line, with its kind."""
    changed: tuple[Correction, ...]
    """Those whose line reads otherwise now, or whose input is gone: not applied."""
    waiting: tuple[Correction, ...]
    """Those whose input has never been seen: they are kept for when it comes."""
    applied: tuple[Correction, ...]

    def counts(self) -> dict[str, int]:
        """How many became what; zeroes are left out."""
        counts = {"applied": len(self.applied), "changed": len(self.changed), "waiting": len(self.waiting)}
        return {name: count for name, count in counts.items() if count}


def read_corrections(path: str) -> tuple[Correction, ...]:
    """The corrections of one file, in order; none where ``path`` is empty.

    :raises UsageError: the file cannot be read or a line is wrong; the message names file and line.
    """
    if not path:
        return ()
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"corrections {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"corrections {path}: not UTF-8: {error}") from error
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                found.append(_correction(json.loads(line)))
            except (ValueError, RecursionError) as error:
                raise UsageError(f"corrections {path}, line {number}: {error}") from None
    return tuple(found)


def merged(earlier: Iterable[Correction], given: Iterable[Correction]) -> tuple[Correction, ...]:
    """All corrections that hold, sorted by key: of several for one line the last one."""
    last = {one.key: one for one in (*earlier, *given)}
    return tuple(last[key] for key in sorted(last) if last[key].kind is not None)


def fit(
    corrections: Collection[Correction],
    sources: Mapping[str, str],
    lines: Mapping[str, Sequence[SeenLine]],
    gone: Collection[str] = (),
) -> Fitted:
    """Lay corrections on articles.

    :param sources: source of every article in question, by id.
    :param lines: all lines of those articles, by id.
    :param gone: ids and sources of inputs that were in the corpus and are no longer there.
    """
    of_source: defaultdict[str, list[str]] = defaultdict(list)
    for identity, source in sources.items():
        of_source[source].append(identity)
    numbered: defaultdict[tuple[str, int], list[SeenLine]] = defaultdict(list)
    for identity, own in lines.items():
        for line in own:
            numbered[identity, line.number].append(line)
    kinds: defaultdict[str, dict[tuple[int, int], Kind]] = defaultdict(dict)
    outcome: dict[str, list[Correction]] = {"applied": [], "changed": [], "waiting": []}
    # Those that name an article come last, so that they go before those that name its source only.
    for one in sorted(corrections, key=lambda one: (one.target in sources, one.key)):
        articles = {one.target, *of_source[one.source], *of_source[one.target]} & set(sources)
        seen, fits = fold(one.text), False
        for identity in sorted(articles):
            for line in numbered[identity, one.line]:
                if one.part in (0, line.part) and one.kind is not None and seen in (fold(line.text), fold(line.clean)):
                    kinds[identity][line.number, line.part] = one.kind
                    fits = True
        known = bool(articles) or one.target in gone or one.source in gone
        outcome["applied" if fits else "changed" if known else "waiting"].append(one)
    sort = {name: tuple(sorted(ones, key=lambda one: one.key)) for name, ones in outcome.items()}
    return Fitted(kinds, sort["changed"], sort["waiting"], sort["applied"])


def correction_rows(corrections: Iterable[Correction], run: str) -> list[dict[str, Any]]:
    """Rows of ``corrections``."""
    return [
        {name: getattr(one, name) for name in ("target", "line", "part", "source", "text", "note", "author", "time")}
        | {"kind": one.kind.value, "run": run}
        for one in corrections
        if one.kind is not None
    ]


def stored_corrections(rows: Iterable[Mapping[str, Any]]) -> tuple[Correction, ...]:
    """Corrections from rows of ``corrections``."""
    return tuple(
        Correction(
            target=row["target"],
            source=row["source"],
            line=row["line"],
            part=row["part"],
            text=row["text"],
            kind=Kind(row["kind"]),
            note=row["note"],
            author=row["author"],
            time=row["time"],
        )
        for row in rows
    )


def corrections_about(corrections: Iterable[Correction]) -> Counter[str]:
    """Ids and sources that corrections name."""
    return Counter(name for one in corrections for name in {one.target, one.source} if name)


def _correction(values: Any) -> Correction:
    """:raises ValueError: with what is wrong."""
    if not isinstance(values, dict):
        raise ValueError("must be a JSON object")
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a surrogate pair, which is no character") from None
    unknown = sorted(set(values) - set(FIELDS))
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r} (known: {', '.join(FIELDS)})")
    article, source = _words(values, "article"), _words(values, "source")
    if article and not _ID.fullmatch(article):
        raise ValueError(f"article must be an id of 16 hex digits (got {article!r})")
    if not article and not source:
        raise ValueError("article or source is missing")
    text = values.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("text is missing: the line as it was when it was corrected")
    if "kind" not in values:
        raise ValueError("kind is missing (null withdraws an earlier correction)")
    kind = values["kind"]
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind must be null or one of {', '.join(KINDS)} (got {kind!r})")
    return Correction(
        target=article or source or "",
        source=source or "",
        line=_number(values, "line", 1),
        part=_number(values, "part", 0, default=0),
        text=text,
        kind=None if kind is None else Kind(kind),
        note=_words(values, "note"),
        author=_words(values, "author"),
        time=_words(values, "time"),
    )


def _words(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} must be a string (got {value!r})")
    return value or None


def _number(values: Mapping[str, Any], name: str, least: int, default: int | None = None) -> int:
    value = values.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _LARGEST:
        raise ValueError(f"{name} must be a whole number from {least} (got {value!r})")
    return value
