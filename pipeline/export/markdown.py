"""Markdown: a folder with one file for each article, front matter and text.

Scraped text is escaped, so that it reads as it was and can do nothing: no HTML, no link, no image, no heading or list
that the article did not have. What renders as structure is what Copydesk found: headings (``##``), list items, quotes,
tables (for renderers that know them; the first row is their head), and preformatted text as fenced code, unless a
template engine would act upon it: then its lines are escaped like others. Bare web addresses are left as they are; some
renderers make them links.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import Any

from pipeline.export.documents import Document, is_preformatted
from pipeline.export.names import file_name
from pipeline.export.tables import Table, with_tables
from pipeline.export.target import folder_target

FRONT_MATTER_FIELDS = (
    "id",
    "source",
    "url",
    "site",
    "title",
    "dek",
    "authors",
    "published",
    "updated",
    "language",
    "section",
    "tags",
    "license",
    "is_free",
    "page_type",
    "captions",
    "canonical_id",
    "is_canonical",
    "duplicates",
    "metadata",
)
"""Fields of a document in the front matter; the rest is the text."""

_INLINE = re.compile(r"[\\`*_\[\]{}|~^$]|&(?=[#A-Za-z0-9])|<")
"""Characters that Markdown, its common dialects (tables, strikethrough, mathematics) or template engines act upon."""

_LINE_START = re.compile(r"(?:[#>+=:!%-]|\d{1,9}(?=[.)]))")
"""What makes a line a heading, quote, list item, rule or directive where it stands first."""

_LINE_END = re.compile("\r\n?|\n")

_FENCE = re.compile("`{3,}")

_TEMPLATE = re.compile(r"\{[{%#<]|<%")
"""What template engines act upon, in code as elsewhere."""

_CLOSING = re.compile(r"(?<!\\)(?<!#)#+$")

_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON leaves as they are and YAML does not allow, or treats as the end of a line."""


def write_markdown(documents: Iterable[Document], out: str) -> int:
    """Write one file for each document into the folder ``out``; gives their number.

    :raises UsageError: ``out`` is not a folder for an export. :raises RunError: it cannot be written.
    """
    count = 0
    with folder_target(out) as folder:
        for document in documents:
            path = folder / file_name(document["title"], document["id"], ".md")
            path.write_bytes(markdown(document).encode())
            count += 1
    return count


def markdown(document: Document) -> str:
    """One document as a Markdown page with YAML front matter (values in JSON's syntax, which is YAML as well)."""
    front = "".join(f"{name}: {_yaml(document[name])}\n" for name in FRONT_MATTER_FIELDS)
    blocks = list(_blocks([(paragraph["kind"], paragraph["text"]) for paragraph in document["paragraphs"]]))
    text = "".join(
        # Items of one list stand close together; everything else is parted by a blank line.
        block + ("\n" if kind == following == "list_item" else "\n\n")
        for (kind, block), (following, _) in pairwise([*blocks, ("", "")])
    )
    return f"---\n{front}---\n\n{text.rstrip()}\n"


def _yaml(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _blocks(paragraphs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for is_code, group in groupby(paragraphs, key=_is_code):
        if is_code:
            text = "\n\n".join(own for _, own in group)
            fence = max(("```", *(f"{run}`" for run in _FENCE.findall(text))), key=len)
            yield "paragraph", f"{fence}\n{text}\n{fence}"
        else:
            for own in with_tables(group):
                yield ("paragraph", _table(own)) if isinstance(own, Table) else (own[0], _block(*own))


def _is_code(paragraph: tuple[str, str]) -> bool:
    kind, text = paragraph
    return kind == "paragraph" and is_preformatted(text) and _TEMPLATE.search(text) is None


def _block(kind: str, text: str) -> str:
    lines = [_escaped(line) for line in _LINE_END.split(text) if line.strip()]
    if kind == "heading":
        # A heading may be closed by number signs; those of the text are not meant so.
        return "## " + _CLOSING.sub(r"\\\g<0>", " ".join(lines))
    if kind == "list_item":
        return "- " + "\n  ".join(lines)
    if kind == "quote":
        return "\n".join(f"> {line}" for line in lines)
    return "\n".join(lines)


def _table(table: Table) -> str:
    head, *rows = ([_escaped(cell) for cell in row] for row in table.rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _escaped(line: str) -> str:
    """One line of scraped text that Markdown shows as it is; white space at its ends is dropped."""
    # White space first in a line would indent it to code; at its end it would break the line.
    line = line.strip()
    start = _LINE_START.match(line)
    first = "" if start is None else start[0]
    rest = _INLINE.sub(_entity_or_backslash, line[len(first) :])
    if not first:
        return rest
    return first + "\\" + rest if first.isdigit() else "\\" + first + rest


def _entity_or_backslash(found: re.Match[str]) -> str:
    # Entities, not backslashes, for what could become HTML: renderers that know no backslash escapes obey them, too.
    return {"<": "&lt;", "&": "&amp;"}.get(found[0], "\\" + found[0])
