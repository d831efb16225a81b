"""What a page of plain text declares: by what a tool wrote above it, by the marks of Markdown, and by data left in it.

Where scripts were left in, JSON-LD was, too: it names title, authors and dates as the publisher wrote them, which is
more than any line of the page does.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from pipeline.records import FRONT_MATTER, SCRIPT, UNSEEN, Metadata
from pipeline.split.front_matter import declared_above
from pipeline.split.markdown import sole_heading, unescaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Described, Hints
    from pipeline.split.rendered import RenderedLine

MAX_OBJECTS: Final = 30
"""Objects that are looked for, as many as of HTML: an honest page has a handful."""

_CONTEXT = re.compile(r"\"@context\"\s{0,4}:")
_DECODER: Final = json.JSONDecoder(strict=False)  # raw line breaks in strings are common


def declared_in_text(lines: Sequence[RenderedLine], hints: Hints, described: Described | None = None) -> Metadata:
    """The metadata that plain text declares; nothing where it has no front matter, headings, JSON-LD or record.

    :param described: of ``RawPage``: it says what the text itself does not.
    """
    title = sole_heading(lines)
    scripts = "\n".join(text for line in lines for text, tag in line.blocks() if tag == SCRIPT)
    objects = linked_objects(scripts) or linked_objects(unescaped(scripts))
    above = [line.text for line in lines if line.tag == FRONT_MATTER]
    if not objects and not above and not described:
        return Metadata(title=title)
    # what reads markup is needed for few pages of text
    from pipeline.split.declared.markup import Markup, completed  # noqa: PLC0415
    from pipeline.split.declared.read import declare  # noqa: PLC0415

    declared = declare(
        Markup(meta=completed(declared_above(above) if above else {}, described or {}), scripts=objects),
        hints,
        [line for line in lines if line.tag not in UNSEEN],
    ).metadata
    return declared if declared.title else replace(declared, title=title)


def linked_objects(scripts: str) -> tuple[str, ...]:
    """The objects with a ``@context`` that stand in scripts one after the other, as they are written."""
    found: list[str] = []
    end = 0
    for context in islice(_CONTEXT.finditer(scripts), MAX_OBJECTS):
        start = scripts.rfind("{", end, context.start())
        if start < 0:  # within the object before, or in none
            continue
        try:
            _, end = _DECODER.raw_decode(scripts, start)
        except (ValueError, RecursionError):
            continue
        found.append(scripts[start:end])
    return tuple(found)
