"""Globs over relative paths, segment by segment, so that a walk can leave out folders that cannot match."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass

_MAGIC = re.compile(r"[*?[]")


def has_magic(path: str) -> bool:
    """Whether a path holds ``*``, ``?`` or ``[``."""
    return _MAGIC.search(path) is not None


def split_magic(pattern: str) -> tuple[str, tuple[str, ...]]:
    """Split a pattern into the folder before its first magic segment and the segments from there on."""
    segments = pattern.split("/")
    first = next(index for index, segment in enumerate(segments) if has_magic(segment))
    return "/".join(segments[:first]) or "/", tuple(segment for segment in segments[first:] if segment)


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern, part of which has been matched by the folders walked so far.

    ``**`` stands for any number of folders. A folder that matches the whole pattern is taken with all below it.
    """

    segments: tuple[str, ...]
    reached: frozenset[int] = frozenset({0})
    """Positions in ``segments`` that the path so far may have reached."""

    def enter(self, name: str) -> Glob:
        """Match one more path segment."""
        if not self.segments:  # all below a folder, of which there may be millions
            return self
        end = len(self.segments)
        after: set[int] = set()
        for position in self._open():
            if position == end:
                after.add(end)
            elif self.segments[position] == "**":
                after.add(position)
            elif fnmatch.fnmatchcase(name, self.segments[position]):
                after.add(position + 1)
        return Glob(self.segments, frozenset(after))

    @property
    def possible(self) -> bool:
        """Whether anything below the path so far can match."""
        return bool(self.reached)

    @property
    def complete(self) -> bool:
        """Whether the path so far, or a folder above it, matches the whole pattern."""
        return not self.segments or len(self.segments) in self._open()

    def names_hidden(self, name: str) -> bool:
        """Whether the pattern itself spells the leading dot of this hidden name."""
        return any(
            position < len(self.segments)
            and self.segments[position].startswith(".")
            and fnmatch.fnmatchcase(name, self.segments[position])
            for position in self._open()
        )

    def _open(self) -> frozenset[int]:
        """Positions after skipping every ``**``, which may stand for no folder at all."""
        found = set(self.reached)
        for position in sorted(self.reached):
            following = position
            while following < len(self.segments) and self.segments[following] == "**":
                following += 1
                found.add(following)
        return frozenset(found)


EVERYTHING = Glob(())
"""Matches every path: a folder given as it is."""
