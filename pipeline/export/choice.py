"""Which articles an export holds, and what of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipeline.errors import UsageError

_DAY: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is exported. Conditions hold together; an article without the field in question fails its condition."""

    all_articles: bool = False
    """Every article, instead of the canonical ones alone."""
    languages: tuple[str, ...] = ()
    """ISO 639-1; empty: all."""
    sites: tuple[str, ...] = ()
    """Hosts without ``www.``; empty: all."""
    published_from: str = ""
    """First day of publication, ``2024``, ``2024-05`` or ``2024-05-01``; empty: any."""
    published_to: str = ""
    """Last day (month, year) of publication; empty: any."""
    headings: bool = True
    """Whether headings stand in ``text`` and ``paragraphs``."""
    captions: bool = True
    """Whether ``captions`` are given."""

    def __post_init__(self) -> None:
        """:raises UsageError: a day is no day."""
        for day in (self.published_from, self.published_to):
            if day and not _DAY.fullmatch(day):
                raise UsageError(f"{day!r} is no day of publication: write 2024, 2024-05 or 2024-05-01")

    def filter(self) -> ds.Expression:
        """The condition on rows of ``articles``."""
        wanted = pc.scalar(True) if self.all_articles else pc.field("is_canonical")
        if self.languages:
            wanted &= pc.field("language").isin(pa.array(self.languages, pa.string()))
        if self.sites:
            wanted &= pc.field("site").isin(pa.array(self.sites, pa.string()))
        # Days are ISO 8601, so that their order is that of their letters; "~" comes after every letter of a day.
        if self.published_from:
            wanted &= pc.field("published") >= self.published_from
        if self.published_to:
            wanted &= pc.field("published") < self.published_to + "~"
        return wanted


EVERYTHING: Final = Choice()
"""All canonical articles, whole."""
