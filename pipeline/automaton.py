"""Automata that find many strings in one pass (Aho and Corasick, "Efficient string matching", 1975)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Automaton:
    """What finds them."""

    alphabet: str
    """The characters of the strings; that at place ``n`` is symbol ``n + 1``, any other is symbol 0."""
    moves: NDArray[np.int32]
    """The state after each state and symbol; (states, symbols). The first state is the beginning."""
    found: tuple[int, ...]
    """The bits of all strings that end in each state."""


def automaton(strings: Mapping[str, int]) -> Automaton:
    """What finds ``strings``, each of which has bits of its own or shares them."""
    alphabet = "".join(sorted({character for text in strings for character in text}))
    symbols = {character: number for number, character in enumerate(alphabet, start=1)}
    children: list[dict[int, int]] = [{}]
    found = [0]
    for text, bits in strings.items():
        state = 0
        for character in text:
            symbol = symbols[character]
            if symbol not in children[state]:
                children[state][symbol] = len(children)
                children.append({})
                found.append(0)
            state = children[state][symbol]
        found[state] |= bits
    moves = np.zeros((len(children), len(alphabet) + 1), dtype=np.int32)
    fails = [0] * len(children)
    queue = [0]
    for state in queue:
        back = fails[state]
        if state:
            moves[state] = moves[back]
            found[state] |= found[back]
        for symbol, child in children[state].items():
            fails[child] = int(moves[back, symbol]) if state else 0
            moves[state, symbol] = child
            queue.append(child)
    return Automaton(alphabet, moves, tuple(found))
