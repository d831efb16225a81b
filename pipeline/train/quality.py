"""Word F1 of a network on pages it has not seen, through the code that runs: eight-bit vectors, its own decision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.evaluate.word_f1 import word_f1, words_of
from pipeline.label.network.model import Network, worth_keeping

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.train.pages import TrainingPage

_REPEATED: Final = 5
"""Words from which a second print of a kept line is dropped."""
_NOT_WORDS: Final = re.compile(r"\W+")


def word_f1s(network: Network, pages: Sequence[TrainingPage]) -> list[float]:
    """Word F1 of each page; 0 for a page without lines."""
    texts = [page.lines.texts for page in pages]
    scores = network.score(texts, [page.lines.blank.tolist() for page in pages])
    figures = []
    for page, own in zip(pages, scores, strict=True):
        keep = worth_keeping(own.body, own.width)
        kept = (text for text, is_kept in zip(page.lines.texts, keep.tolist(), strict=True) if is_kept)
        found = "\n".join(_without_second_prints(kept))
        figures.append(word_f1(found, page.truth) if len(page.lines) else 0.0)
    return figures


def summary(pages: Sequence[TrainingPage], figures: Sequence[float]) -> str:
    """Means over WCXB articles, all of WCXB, and Fundus."""
    values = np.array(figures)
    is_wcxb = np.array([page.corpus == "wcxb" for page in pages])
    is_article = np.array([page.page_type == "article" for page in pages])
    parts = (("WCXB articles", is_wcxb & is_article), ("WCXB", is_wcxb), ("Fundus", ~is_wcxb))
    return ", ".join(f"{name} {values[own].mean():.4f} ({own.sum()} pages)" for name, own in parts if own.any())


def _without_second_prints(texts: Iterable[str]) -> Iterable[str]:
    seen: set[str] = set()
    for text in texts:
        if len(words_of(text)) >= _REPEATED:
            key = _NOT_WORDS.sub(" ", text.lower()).strip()
            if key in seen:
                continue
            seen.add(key)
        yield text
