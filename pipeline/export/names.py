"""File names for articles, safe on every file system whatever a title contains."""

from __future__ import annotations

import unicodedata

MAX_BYTES = 100
"""Longest title part of a name, in bytes of UTF-8; common file systems allow 255 for a whole name."""


def file_name(title: str | None, article_id: str, suffix: str) -> str:
    """``<words of the title>-<article id><suffix>``; the title part has letters, digits and single hyphens only.

    The id makes names unique, also where a file system folds case or accents, and keeps a title from being a name that
    Windows reserves (``con``, ``nul``, ...).
    """
    slug = _slug(title or "")
    return f"{slug}-{article_id}{suffix}" if slug else f"{article_id}{suffix}"


def _slug(title: str) -> str:
    # Cut first: titles may be megabytes, and 4 bytes a character at most are kept anyway.
    folded = unicodedata.normalize("NFC", title[: 4 * MAX_BYTES]).lower()
    # Marks stay with their letters, or words of Indic scripts would fall apart.
    kept = (char if unicodedata.category(char)[0] in "LNM" else "-" for char in folded)
    words = [word for word in "".join(kept).split("-") if word]
    slug = "-".join(words).encode()[:MAX_BYTES].decode(errors="ignore")
    return slug.rstrip("-")
