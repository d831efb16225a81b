"""Columns that come in parts and are wanted as one, though no memory holds all parts beside their whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_GROWTH: Final = 2
"""Neighbours are joined unless the first is so many times as large."""


class Growing(Generic[T]):
    """Parts in their order. Neighbours are joined when they are about as large, so that each part is copied as often as
    the number of parts has digits.
    """

    def __init__(self, size: Callable[[T], int], join: Callable[[T, T], T]) -> None:
        self._size, self._join = size, join
        self._parts: list[T] = []

    def add(self, part: T) -> None:
        """The next part."""
        self._parts.append(part)
        while len(self._parts) > 1 and self._size(self._parts[-2]) < _GROWTH * self._size(self._parts[-1]):
            self._join_last()

    def whole(self) -> T:
        """All parts as one; there must be one."""
        while len(self._parts) > 1:
            self._join_last()
        return self._parts[0]

    def _join_last(self) -> None:
        self._parts[-2:] = [self._join(*self._parts[-2:])]
