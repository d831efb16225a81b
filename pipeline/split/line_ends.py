"""Marks are taken out of text over several lines, and each line keeps its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re


def words_left(marked: re.Match[str], words: str = "") -> str:
    """What is left of a match: the words among it, and behind them the line ends that it had besides."""
    return words + "\n" * (marked[0].count("\n") - words.count("\n"))
