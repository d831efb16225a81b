"""The corpus: a directory or object-store prefix of Delta Lake tables, published as numbered releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.corpus.open import Corpus

__all__ = ["Corpus"]


def __getattr__(name: str) -> object:
    """``Corpus``, imported when asked for: ``--help`` must not pay the half second of pyarrow and deltalake."""
    if name == "Corpus":
        from pipeline.corpus.open import Corpus  # noqa: PLC0415  # see above

        return Corpus
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
