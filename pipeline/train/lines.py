"""Lines of a page with what is to be learned of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pipeline.label.network.codepoints import Bools, Ints
    from pipeline.label.network.features import Singles

Facts = npt.NDArray[np.int8]

_NOT_WORDS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a page with what is to be learned of them; ``n`` lines."""

    texts: tuple[str, ...]
    blank: Bools
    """Whether a blank line stands before it; (n,)."""
    body: Bools
    """(n,)."""
    kind: Ints
    """Index in ``KINDS``; -1 where none is known; (n,)."""
    facts: Facts
    """1, 0, or -1 where nothing is known; (n, ``pages.FACTS``)."""
    believed: Singles
    """P(body) by networks that have not seen the page (``teach``), NaN where none was asked; (n,)."""

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, chosen: Ints) -> Lines:
        """The lines of these indices, which may repeat."""
        texts = tuple(self.texts[index] for index in chosen.tolist())
        return Lines(
            texts,
            self.blank[chosen],
            self.body[chosen],
            self.kind[chosen],
            self.facts[chosen],
            self.believed[chosen],
        )

    def between(self, start: int, end: int) -> Lines:
        """The lines ``[start, end)``, as a slice cuts them."""
        return self.take(np.arange(len(self))[start:end])

    def followed_by(self, other: Lines) -> Lines:
        """Both, one after the other."""
        return Lines(
            self.texts + other.texts,
            np.concatenate([self.blank, other.blank]),
            np.concatenate([self.body, other.body]),
            np.concatenate([self.kind, other.kind]),
            np.concatenate([self.facts, other.facts]),
            np.concatenate([self.believed, other.believed]),
        )


def unasked(number: int) -> Singles:
    """``Lines.believed`` of lines that no network was asked about; (number,)."""
    return np.full(number, np.nan, dtype=np.float32)


def plain(text: str) -> str:
    """Lower-cased words, to find a line's element whatever a renderer made of blanks and marks."""
    return _NOT_WORDS.sub(" ", text.lower()).strip()
