"""What stands above a text about it: YAML between two lines of ``---``, or the header of a reader service.

Tools that save articles as Markdown write so (static site generators, clippers, trafilatura's ``with_metadata``, our
own export): title, people, dates and the address, which no line of the text has; or the page's own ``<meta>``. Others
head the text with ``Title:``, ``URL Source:`` and ``Markdown Content:``, and many a scraper with ``URL:``, ``Title:``
and ``Date:``. These lines are no text of the page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pipeline.metadata.described import ADDRESSES, KNOWN, key, meant, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_LINES: Final = 100
MAX_CHARS: Final = 20_000
"""What is longer is no front matter."""
MAX_HEADER: Final = 12
"""Lines of a header without a fence."""
MIN_FIELDS: Final = 2
"""Fields of a scraper's header, the address among them."""

_FENCE: Final = "---"
_ENDS: Final = frozenset({"---", "..."})
_FIELD = re.compile(r"([A-Za-z][\w .-]{0,40}?)\s{0,4}:(?:\s+|$)(.*)")
_READER: Final = ("Title:", "URL Source:", "Markdown Content:")
"""A reader service's first line, one of the next, and the last."""
_ADDRESS = re.compile(r"<?https?://\S+?>?")
_META: Final = "meta-"
"""Before the names of a page's own ``<meta>``, which some tools keep."""


def front_lines(lines: Sequence[str]) -> int:
    """How many of the first non-blank lines of a plain text are about it; 0 where none are."""
    if not lines:
        return 0
    if lines[0] == _FENCE:
        end = next((at for at, line in enumerate(lines[1 : MAX_LINES + 1], start=1) if line in _ENDS), 0)
        named = _named(lines[: end + 1]) if end else {}
        is_above = any(key(name) in KNOWN or name.startswith(_META) for name in named)
        return end + 1 if is_above else 0
    first, address, last = _READER
    header = lines[:MAX_HEADER]
    if lines[0].startswith(first) and last in header:
        end = header.index(last)
        return end + 1 if any(line.startswith(address) for line in header[:end]) else 0
    return _scrapers_header(header)


def _scrapers_header(lines: Sequence[str]) -> int:
    """How many of the first lines are the fields that a scraper wrote above the text, the page's address among them.

    Pages have lines such as ``Date: 5 March`` themselves, but do not name their own address; a text browser names
    addresses again and again.
    """
    fields: dict[str, str] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        name = key(field[1]) if field else ""
        if not field or name not in KNOWN or name in fields:
            break
        fields[name] = field[2]
    has_address = any(_ADDRESS.fullmatch(fields.get(name, "")) for name in ADDRESSES)
    return len(fields) if has_address and len(fields) >= MIN_FIELDS else 0


def declared_above(lines: Sequence[str]) -> dict[str, list[str]]:
    """What the lines that ``front_lines`` counts declare: the contents of ``<meta>`` of the same meaning, by name."""
    named = _named(lines)
    metas = {name.removeprefix(_META): [*texts(value)] for name, value in named.items() if name.startswith(_META)}
    return meant(named) | {name: said for name, said in metas.items() if said}


def _named(lines: Sequence[str]) -> Mapping[str, Any]:
    """Values by name in small letters."""
    found = _yaml("\n".join(lines[1:-1])) if lines[0] == _FENCE else None
    if not isinstance(found, dict):  # "title: Ferries: what now" is no YAML, but tools write it
        pairs = [match.groups() for line in lines if (match := _FIELD.fullmatch(line))]
        found = {name: value.strip("\"'") for name, value in reversed(pairs)}
    return {str(name).strip().casefold(): value for name, value in found.items()}


def _yaml(text: str) -> Any:
    """The value of a YAML text with every scalar as it is written; None where it is none."""
    if len(text) > MAX_CHARS:
        return None
    import yaml  # noqa: PLC0415 - few texts have front matter

    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # strings, lists and dicts, nothing else
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
