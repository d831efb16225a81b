"""The last resort for a date: htmldate, asked only where no place of the markup names a day."""

from __future__ import annotations

import logging
from itertools import islice
from typing import TYPE_CHECKING, Final

from pipeline.split.declared.moments import EARLIEST, latest_day

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_ELEMENTS: Final = 20_000
"""Elements of a page that htmldate is asked about: its time grows with them, and its patterns look at every text."""


def date_by_htmldate(tree: HtmlElement, url: str | None, fetched_at: str | None) -> str | None:
    """The day of publication as htmldate finds it; None if it finds none or fails. Nothing is fetched."""
    if next(islice(tree.iter(), MAX_ELEMENTS, None), None) is not None:
        return None
    from htmldate import find_date  # noqa: PLC0415 - slow to import, and most pages never need it

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        return find_date(
            tree,
            # off: it takes any date that stands on the page, a guess (right for 2 more of 129 dated pages of WCXB,
            # and a made-up date on 57 more of 121 undated ones)
            extensive_search=False,
            original_date=True,  # the publication, not the last change
            url=url,
            min_date=EARLIEST,
            max_date=latest_day(fetched_at),
        )
    except Exception:  # a guess for want of anything else; the page itself is sound
        return None
