"""Columns with a number for each paragraph or line of a corpus, of which a run has a dozen at a time.

On a shelf they lie in files, through which all is read that is asked of them: the system takes back what nobody looks
at, so that a corpus may have more paragraphs than memory holds numbers.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import IO, TYPE_CHECKING, Any, Final
from uuid import uuid4

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FEW_BYTES = 1 << 18
"""Columns of fewer bytes stay in memory: a small run need not wait for files."""


class Shelf:
    """Takes columns, and gives each back to be read only."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder``: where the files lie, each until nobody holds its column; None: columns stay in memory."""
        self._folder = folder
        self._name = uuid4().hex
        self._numbers = count()

    def put(self, values: NDArray[Any]) -> NDArray[Any]:
        """A column that is whole."""
        column = self.column(values.dtype)
        column.add(values)
        return column.done()

    def joined(self, *parts: NDArray[Any]) -> NDArray[Any]:
        """Several columns as one."""
        column = self.column(np.result_type(*parts))
        for part in parts:
            column.add(part)
        return column.done()

    def column(self, dtype: Any) -> Column:
        """A new column, that comes in parts."""
        name = f"column-{self._name}-{next(self._numbers)}"
        return Column(None if self._folder is None else self._folder / name, dtype)


MEMORY: Final = Shelf()
"""For columns that need not lie in files."""


class Column:
    """Values that follow each other; of what is added nothing is held that lies in a file."""

    def __init__(self, path: Path | None, dtype: Any) -> None:
        """``path``: of a file that is not there yet; None for memory."""
        self._path, self._dtype = path, np.dtype(dtype)
        self._held: list[NDArray[Any]] = []
        self._bytes = 0
        self._file: IO[bytes] | None = None

    def add(self, values: Any) -> None:
        """More values, behind those that are there."""
        part = np.ascontiguousarray(values, self._dtype)
        self._held.append(part)
        self._bytes += part.nbytes
        if self._path is not None and self._bytes >= FEW_BYTES:
            self._file = self._file or self._path.open("wb")
            for part in self._held:
                self._file.write(part.data)
            self._held.clear()

    def done(self) -> NDArray[Any]:
        """All of them; nothing may be added any more."""
        if self._file is None or self._path is None:
            return self._held[0] if len(self._held) == 1 else np.concatenate([np.zeros(0, self._dtype), *self._held])
        self._file.close()
        values = np.asarray(np.memmap(self._path, self._dtype, mode="r"))
        with suppress(PermissionError):  # of Windows, where a file that is mapped keeps its name
            self._path.unlink()
        return values
