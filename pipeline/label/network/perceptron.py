"""A perceptron that shifts the network's log-odds: two hidden layers of rectified units over standardised columns."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from pipeline.label.network.features import Floats, Singles

CUT: Final = 5.0
"""Columns are cut so many standard deviations from their mean."""


class Perceptron:
    """The fitted weights (``pipeline.train.perceptron``)."""

    def __init__(self, weights: bytes, prefix: str = "") -> None:
        """Read the bytes of an ``.npz`` file.

        :param prefix: of its arrays' names, where the file holds more than one perceptron.

        :raises ValueError: if it is no such file, or holds anything but numbers.
        """
        self.digest = hashlib.sha256(weights).hexdigest()[:8]
        with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
            self._mean: Singles = arrays[f"{prefix}mean"]
            self._scale: Singles = (1 / arrays[f"{prefix}deviation"]).astype(np.float32)
            self._layers: list[tuple[Singles, Singles]] = [
                (
                    np.ascontiguousarray(arrays[f"{prefix}w{number}"], dtype=np.float32),
                    arrays[f"{prefix}b{number}"].astype(np.float32),
                )
                for number in range(3)
            ]

    def shift(self, table: Singles, greatest: float) -> Floats:
        """What is added to the log-odds of each line of one page, at most ``greatest`` either way; (n,).

        :param table: the columns; (n, columns). It is overwritten.
        """
        table -= self._mean
        table *= self._scale
        rows = np.clip(table, -CUT, CUT, out=table)
        for weights, bias in self._layers[:-1]:
            rows = np.maximum(rows @ weights + bias, 0)
        weights, bias = self._layers[-1]
        return np.clip((rows @ weights + bias)[:, 0].astype(np.float64), -greatest, greatest)
