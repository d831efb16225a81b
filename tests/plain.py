"""Plain text as a run splits it."""

from __future__ import annotations

from pipeline.records import Page, RawPage
from pipeline.settings import NormaliseSettings, SplitSettings
from pipeline.split import split_page


def text_page(content: str, settings: SplitSettings | None = None) -> Page:
    """``content`` as the page of a plain text file; it must have text."""
    raw = RawPage("/in", "a.txt", "text", content, "utf-8", "0" * 64, len(content))
    page = split_page(raw, settings or SplitSettings(), NormaliseSettings())
    assert isinstance(page, Page)
    return page
