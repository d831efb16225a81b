"""Pages as they are counted: by way of the rows that labelling notes."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.run.rows import table
from pipeline.run.work import RECURRENCE, recurrence_rows
from pipeline.templates.columns import PageColumns, of_rows
from pipeline.templates.pages import PageLines


def of_pages(pages: Iterable[PageLines]) -> PageColumns:
    """Pages in columns."""
    return of_rows(table(recurrence_rows(list(pages)), RECURRENCE))
