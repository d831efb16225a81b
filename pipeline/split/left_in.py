"""What a page of plain text declares: by the marks of Markdown, and by the data that a tool left in it.

Where scripts were left in, JSON-LD was, too: it names title, authors and dates as the publisher wrote them, which is
more than any line of the page does.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from pipeline.records import SCRIPT, Metadata
from pipeline.split.markdown import sole_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Hints
    from pipeline.split.rendered import RenderedLine

MAX_OBJECTS: Final = 30
"""Objects that are looked for, as many as of HTML: an honest page has a handful."""

_CONTEXT = re.compile(r"\"@context\"\s{0,4}:")
_DECODER: Final = json.JSONDecoder(strict=False)  # raw line breaks in strings are common


def declared_in_text(lines: Sequence[RenderedLine], hints: Hints) -> Metadata:
    """The metadata that plain text declares; nothing where it has neither headings of Markdown nor JSON-LD."""
    title = sole_heading(lines)
    objects = linked_objects("\n".join(text for line in lines for text, tag in line.blocks() if tag == SCRIPT))
    if not objects:
        return Metadata(title=title)
    # what reads markup is needed for few pages of text
    from pipeline.split.declared.markup import Markup  # noqa: PLC0415
    from pipeline.split.declared.read import declare  # noqa: PLC0415

    declared = declare(Markup(scripts=objects), hints, [line for line in lines if line.tag != SCRIPT])
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
