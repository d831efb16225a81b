"""Where a corpus and its tables lie: a local directory, or a prefix in an object store."""

from __future__ import annotations

from pathlib import Path


def local_folder(corpus: str | Path) -> Path | None:
    """The corpus's directory, or None where it is a URL of an object store (``s3://bucket/prefix``)."""
    text = str(corpus)
    if text.startswith("file://"):
        return Path(text.removeprefix("file://"))
    return None if "://" in text else Path(text)


def table_uri(corpus: str | Path, table: str) -> str:
    """The address of one table, as deltalake wants it: an absolute path or a URL.

    Credentials and endpoints of object stores are taken from the environment by deltalake itself (``AWS_*``, ...).
    """
    folder = local_folder(corpus)
    return f"{str(corpus).rstrip('/')}/{table}" if folder is None else str(folder.absolute() / table)
