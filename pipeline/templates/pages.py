"""What counting needs of one page: its lines by digests that case, spaces and typography do not change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from pipeline.metadata.titles import fold
from pipeline.records import BODY, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class PageLines:
    """What counting needs of one page."""

    id: str
    site: str | None
    """By its URL; None where there is none."""
    headline: str | None
    """Digest of the headline."""
    longest: str
    """Digest of the longest body line, or of the page's id where there is none."""
    lines: tuple[tuple[str, str, Kind], ...]
    """Each distinct line: digest of its folded text, the text, and the kind the labeller gave it."""


@lru_cache(maxsize=100_000)  # menus are the same on every page
def line_digest(text: str) -> str:
    """32 hex digits that are equal for lines that differ only in case, spaces and typography."""
    return once_digest(text)


def once_digest(text: str) -> str:
    """The same of lines that are all different, of which none need be remembered."""
    return blake2b(fold(text).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def page_lines(identity: str, site: str | None, title: str | None, lines: Sequence[tuple[str, Kind]]) -> PageLines:
    """The lines of one page, ready to be counted.

    :param title: the headline that the markup declares.
    :param lines: normalised text and the labeller's kind of each line.
    """
    headline = title or next((text for text, kind in lines if kind is Kind.TITLE), None)
    longest = max((text for text, kind in lines if kind in BODY), key=len, default=identity)
    distinct: dict[str, tuple[str, str, Kind]] = {}
    for text, kind in lines:
        if text:
            digest = line_digest(text)
            distinct.setdefault(digest, (digest, text, kind))
    return PageLines(
        identity, site, line_digest(headline) if headline else None, line_digest(longest), tuple(distinct.values())
    )
