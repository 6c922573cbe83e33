"""Mean distances to a sample of single numbers, by sorting: rows times their logarithm instead of their square."""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class Line:
    """A weighted sample of single numbers.

    Parameters
    ----------
    values : (m,) float64
    weights : (m,) float64
        Of sum 1.
    """

    def __init__(self, values: Vector, weights: Vector) -> None:
        order = np.argsort(values, kind="stable")
        self._values = values[order]
        self._below = np.concatenate([[0.0], np.cumsum(weights[order])])
        self._sums = np.concatenate([[0.0], np.cumsum(weights[order] * self._values)])

    def distances(self, points: Vector) -> Vector:
        """Return the mean distance of each point to the sample, (n,)."""
        place = np.searchsorted(self._values, points, side="right")
        found = points * (2 * self._below[place] - self._below[-1]) + self._sums[-1] - 2 * self._sums[place]
        return np.asarray(found, dtype=np.float64)

    def slopes(self, points: Vector) -> Vector:
        """Return how these change with the point, (n,): the share below it less the share above it."""
        left = np.searchsorted(self._values, points, side="left")
        right = np.searchsorted(self._values, points, side="right")
        return np.asarray(self._below[left] + self._below[right] - self._below[-1], dtype=np.float64)
