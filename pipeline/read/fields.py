"""The fields of a record: under which of the names that tools use the page stands, its address and its moment.

A name with dots leads into objects, unless a field is called so as a whole (as pandas flattens them).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from pipeline.metadata.described import KNOWN, key, meant
from pipeline.read.hints import brief, moment, words
from pipeline.read.inflate import ReadError
from pipeline.records import Fault, Hints
from pipeline.settings import ReadSettings

_WRAPPED = "data"
"""Where answers of scraping services keep what was asked for, beside a status."""
_WEB = ("http://", "https://")
_NAMED = 8
"""Fields that a message names."""
BESIDE = "metadata"
"""Where tools keep what they say of a page, if not beside its content."""
_TAG = re.compile(r"<[^<>]{0,200}>")
_MAX_TEXT = 1_000
_MAX_TEXTS = 100
"""Longer descriptions, and more people or tags, are something else."""


def content_of(record: Mapping[str, Any], settings: ReadSettings) -> tuple[str, str | bytes]:
    """Name and value of the field that holds the page: the first of ``content_fields`` with anything in it.

    :raises ReadError: there is no such field, or none is a string that holds anything.
    """
    given = [(name, value) for name in settings.content_fields if (value := field(record, name)) is not None]
    texts = [(name, value) for name, value in given if isinstance(value, str | bytes)]
    for name, value in texts:
        if value.strip():
            return name, value
    if texts:
        raise ReadError(Fault.EMPTY, f"{texts[0][0]} is empty; remove the record or scrape it again")
    if given:
        name, value = given[0]
        kind = type(value).__name__
        raise ReadError(Fault.BAD_RECORD, f"{name} is of type {kind}, not a string; mend the record")
    raise ReadError(Fault.BAD_RECORD, f"the record has {without_content(record, settings)}")


def without_content(names: Mapping[str, Any] | Sequence[str], settings: ReadSettings) -> str:
    """Say that fields of these names hold no page, and what would."""
    known = ", ".join(settings.content_fields[:_NAMED])
    found = ", ".join(sorted(brief(ValueError(name)) for name in names)[:_NAMED]) or "none at all"
    return f"no field that holds a page ({known} ...: read.content_fields names them); its fields: {found}"


def hints_of(record: Mapping[str, Any], settings: ReadSettings) -> Hints:
    """What the record says of its page; a value that cannot be one is left out.

    Of the addresses the first that leads to the web, for a ``link`` may be a label and a ``source`` a path; if none
    does, what the first of ``url_fields`` holds.
    """
    addresses = list(map(words, _fields(record, settings.url_fields)))
    return Hints(
        url=next((own for own in addresses if own and own.lower().startswith(_WEB)), None)
        or next(iter(addresses), None),
        fetched_at=next(filter(None, map(moment, _fields(record, settings.fetched_at_fields))), None),
        language=next(filter(None, map(words, _fields(record, settings.language_fields))), None),
    )


def described_by(record: Mapping[str, Any]) -> dict[str, list[str]]:
    """Title, people, dates, section, tags of the page, as far as the record names them: contents of ``<meta>`` of the
    same meaning, by its name.
    """
    beside = record.get(BESIDE)
    fields = {**(beside if isinstance(beside, Mapping) else {}), **record}
    known = {_bare(name): value for name, value in fields.items() if describes(name)}
    return meant({name: [*islice(_texts(value), _MAX_TEXTS)] for name, value in known.items()})


def describes(name: str) -> bool:
    """Whether ``described_by`` reads a field of this name."""
    return key(_bare(name)) in KNOWN


def records_in(value: Any, settings: ReadSettings) -> list[Any]:
    """The records of a parsed JSON file: its array, or the one list of pages in its object, or else the object.

    Empty if there is none.
    """
    if isinstance(value, dict):
        return _only_list(value, settings) or [value]
    return value if isinstance(value, list) and any(isinstance(record, dict) for record in value) else []


def unwrapped(record: Mapping[str, Any], settings: ReadSettings) -> Mapping[str, Any]:
    """The record, or what it wraps: the ``data`` of an answer that has no page of its own."""
    inner = record.get(_WRAPPED)
    return inner if isinstance(inner, dict) and not _holds_page(record, settings) else record


def field(record: Mapping[str, Any], name: str) -> Any:
    """The value of a field; None where there is none."""
    value = record.get(name)
    first, dot, rest = name.partition(".")
    if value is None and dot:
        inner = record.get(first)
        return field(inner, rest) if isinstance(inner, Mapping) else None
    return value


def _only_list(record: Mapping[str, Any], settings: ReadSettings) -> list[Any] | None:
    """The list of pages in an object that is none itself; None if there is none, or more than one."""
    if _holds_page(unwrapped(record, settings), settings):
        return None
    lists = [own for own in record.values() if isinstance(own, list) and any(_is_page(each, settings) for each in own)]
    return lists[0] if len(lists) == 1 else None


def _is_page(value: Any, settings: ReadSettings) -> bool:
    return isinstance(value, Mapping) and _holds_page(value, settings)


def _holds_page(record: Mapping[str, Any], settings: ReadSettings) -> bool:
    return any(field(record, name) is not None for name in settings.content_fields)


def _bare(name: str) -> str:
    """A field's name without what pandas adds when it flattens."""
    return str(name).removeprefix(f"{BESIDE}.").removesuffix(".rendered")


def _texts(value: Any) -> Iterator[str]:
    """The texts of a field: as they are, the names of people, what an interface rendered, moments in ISO 8601."""
    if isinstance(value, str) and len(value) <= _MAX_TEXT:
        yield value
    elif isinstance(value, date):
        yield value.isoformat()
    elif isinstance(value, Mapping):
        if isinstance(rendered := value.get("rendered"), str):
            yield html.unescape(_TAG.sub("", rendered[:_MAX_TEXT]))
        yield from _texts(value.get("name")) if isinstance(value.get("name"), str) else ()
    elif isinstance(value, list):
        for each in value[:_MAX_TEXTS]:
            yield from () if isinstance(each, list) else _texts(each)


def _fields(record: Mapping[str, Any], names: Sequence[str]) -> Iterator[Any]:
    return (field(record, name) for name in names)
