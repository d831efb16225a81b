"""What a run tells machines: few lines, each with its run, its shard and its source, and counts instead of chatter.

They go to the logger ``copydesk`` of the standard library, which is silent until somebody listens: ``--log`` writes
them to a file as JSON (``logged_to``), the flows hand them to Prefect (``flows.logs``). Documents' texts never stand in
them; names of files do, and may hold anything.
"""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import RunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

NAMED: Final = 10
"""Inputs in quarantine that a shard names; the rest it counts."""

_LOG: Final = logging.getLogger("copydesk")
_LOG.addHandler(logging.NullHandler())

_FIELDS: Final = "copydesk"
"""Attribute of a log record that holds what the line is about."""

Value = str | int | float | None


def tell(
    what: str,
    more: Mapping[str, Value] = MappingProxyType({}),
    *,
    run: str | None,
    shard: int | None = None,
    source: str | None = None,
    level: int = logging.INFO,
) -> None:
    """One line.

    :param what: a sentence without numbers or names, so that lines can be searched and counted
    :param more: counts, and what else belongs to it
    """
    fields: dict[str, Value] = {"run": run, "shard": shard, "source": source, **more}
    _LOG.log(level, what, extra={_FIELDS: fields})


def tell_quarantined(rows: Sequence[Mapping[str, Any]], *, run: str, shard: int | None = None) -> None:
    """The first rows of ``quarantine``, a line each, and how many more there are."""
    for row in rows[:NAMED]:
        why = {"stage": row["stage"], "fault": row["fault"], "detail": row["detail"]}
        tell("quarantined", why, run=run, shard=shard, source=row["source"], level=logging.WARNING)
    if len(rows) > NAMED:
        tell("more quarantined", {"inputs": len(rows) - NAMED}, run=run, shard=shard, level=logging.WARNING)


class JsonLines(logging.Formatter):
    """A JSON object: ``time`` (ISO 8601, UTC), ``level``, ``what``, then the line's fields; null: of no single one."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {"time": moment, "level": record.levelname, "what": record.getMessage()}
        # Escaped to ASCII: whatever a file is called, it is one line, and nothing in it acts on a terminal.
        return json.dumps(said | getattr(record, _FIELDS, {}))


class TextLines(logging.Formatter):
    """``what: name=value name=value``, for who reads the log of a run; fields of which there are none are left out."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Value] = getattr(record, _FIELDS, {})
        listed = " ".join(f"{name}={_plain(value)}" for name, value in fields.items() if value is not None)
        return f"{record.getMessage()}: {listed}" if listed else record.getMessage()


def _plain(value: Value) -> str:
    return json.dumps(value) if isinstance(value, str) and not value.isalnum() else str(value)


def listen(handler: logging.Handler) -> None:
    """Hand every line to ``handler`` from now on; other loggers see none, since it is told already."""
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False
    _LOG.addHandler(handler)


@contextmanager
def logged_to(path: Path | None) -> Iterator[None]:
    """Within the block, lines are added to the file as JSON, and why it failed if it did; None: nowhere.

    :raises UsageError: it cannot be written.
    """
    if path is None:
        yield
        return
    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--log {path}: cannot be written: {error.strerror or error}") from error
    handler.setFormatter(JsonLines())
    listen(handler)
    try:
        yield
    except (RunError, UsageError) as error:
        tell("failed", {"reason": str(error)}, run=None, level=logging.ERROR)
        raise
    finally:
        _LOG.removeHandler(handler)
        handler.close()
