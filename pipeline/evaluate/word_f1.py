"""Word F1, WCXB's official metric: bags of lower-cased words, per page."""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Words as the metric counts them."""
    return _WORD.findall(text.lower())


def word_f1(text: str, truth: str) -> float:
    """``text`` against the ground truth; two empty texts agree."""
    found, wanted = Counter(words_of(text)), Counter(words_of(truth))
    total = found.total() + wanted.total()
    return 2 * (found & wanted).total() / total if total else 1.0
