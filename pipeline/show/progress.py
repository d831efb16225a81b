"""Progress on a terminal: stage, rate and time left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Task

UNITS = {"label": "files", "assemble": "pages"}
"""What a stage counts; other stages are one step."""


class _Rate(TextColumn):
    """Items a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        unit = UNITS.get(str(task.fields["stage"]))
        if unit is None or not task.speed:
            return Text("")
        return Text(f"{task.speed:,.0f} {unit}/s")


class TerminalProgress:
    """Bars on stderr, one for each stage that was begun; nothing at all where stderr is no terminal."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[stage]:>11}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, stage: str, done: int, total: int) -> None:
        """``done`` of ``total`` items of ``stage`` are finished."""
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task("", total=total, stage=stage)
        self._progress.update(self._tasks[stage], completed=done, total=total)
