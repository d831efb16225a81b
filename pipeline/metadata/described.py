"""What tools call the title, people and dates of an article, in front matter and in records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_NAMES: Final = {
    "og:title": ("title", "headline"),
    "og:url": ("url", "source", "link", "permalink", "canonical", "canonical_url", "original_url", "source_url",
               "url_source"),
    "author": ("author", "authors", "by", "byline", "creator"),
    "article:published_time": ("published", "published_at", "published_time", "published_date", "date_published",
                               "publish_date", "publication_date", "date_publish", "pubdate", "date"),
    "article:modified_time": ("updated", "updated_at", "modified", "modified_time", "last_modified", "lastmod",
                              "date_modified", "date_updated", "date_modify"),
    "og:site_name": ("site_name", "sitename", "publisher"),
    "og:description": ("dek", "description", "excerpt", "summary", "subtitle"),
    "language": ("language", "lang"),
    "article:section": ("section", "category", "categories"),
    "article:tag": ("tags", "keywords"),
    "license": ("license", "licence"),
}  # fmt: skip
"""By name of a ``<meta>`` with the same meaning, what tools call it, the surest first."""
KNOWN: Final = frozenset(key for keys in _NAMES.values() for key in keys)
"""All of these names, as ``key`` gives them."""
ADDRESSES: Final = _NAMES["og:url"]

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")


def key(name: str) -> str:
    """A name in small letters, its words parted by an underscore: ``datePublished`` is ``date_published``."""
    return re.sub(r"[\s.-]+", "_", _HUMP.sub("_", name.strip()).casefold())


def meant(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Contents of the ``<meta>`` that fields stand for, by its name; of fields that mean the same the surest.

    :param fields: texts, or lists of them, by their names; what is neither says nothing.
    """
    said = {key(name): value for name, value in fields.items()}
    return {
        name: found
        for name, keys in _NAMES.items()
        if (found := next((own for each in keys if (own := [*texts(said.get(each))])), []))
    }


def texts(value: Any) -> Iterator[str]:
    """The texts of a value: itself, or those of a list; wiki links are their words."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and (bare := _WIKI_LINK.sub(r"\1", text).strip()) and bare != "null":
            yield bare
