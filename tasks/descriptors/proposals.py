"""The nearest others of each point, kept while more are found: never all that were found at once."""

import numpy as np
from numpy.typing import NDArray

_WAITING = 1 << 18
"""Pairs that wait to be compared with those kept, or one a point if that is more: 3 MB."""


class Proposals:
    """The pairs that are among the nearest of either of their points.

    Parameters
    ----------
    n : int
        Points.
    most : int
        Nearest others of each point that are kept.

    Notes
    -----
    Invariant: the pairs kept do not depend on the order in which pairs were added, nor on how often each was. For what
    is not among the nearest of some is not among the nearest of more.
    """

    def __init__(self, n: int, most: int) -> None:
        self._n, self._most = n, most
        self._keys = [np.empty(0, dtype=np.int64)]
        self._squares = [np.empty(0, dtype=np.float32)]
        self._waiting = 0
        self.full = np.zeros(n, dtype=bool)
        """Points that had to leave some out, (n,); complete once `settled`."""

    def add(self, one: NDArray[np.int64], two: NDArray[np.int64], squares: NDArray[np.float32]) -> None:
        """Add pairs of different points, (m,) and (m,), and their squared distances, (m,)."""
        self._keys.append(np.minimum(one, two) * self._n + np.maximum(one, two))
        self._squares.append(squares)
        self._waiting += len(one)
        if self._waiting > max(_WAITING, self._n) + len(self._keys[0]):
            self._settle()

    def settled(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the pairs kept, (m, 2), smaller first, ascending, unique; and their squared distances, (m,)."""
        self._settle()
        return np.column_stack(np.divmod(self._keys[0], max(self._n, 1))), self._squares[0]

    def _settle(self) -> None:
        keys, first = np.unique(np.concatenate(self._keys), return_index=True)
        squares = np.concatenate(self._squares)[first]
        kept = self._nearest(keys, squares)
        self._keys, self._squares, self._waiting = [keys[kept]], [squares[kept]], 0

    def _nearest(self, keys: NDArray[np.int64], squares: NDArray[np.float32]) -> NDArray[np.bool_]:
        ends = np.concatenate(np.divmod(keys, max(self._n, 1)))
        sizes = np.bincount(ends, minlength=self._n)
        self.full |= sizes > self._most
        if not (sizes > self._most).any():
            return np.ones(len(keys), dtype=bool)
        # Squares are not negative, so that their bits are in the order of their values: one sort instead of two.
        order = np.argsort(ends << 32 | np.tile(squares.view(np.int32), 2), kind="stable")
        rank = np.empty(len(ends), dtype=np.int64)
        rank[order] = np.arange(len(ends))
        chosen = rank - (np.cumsum(sizes) - sizes)[ends] < self._most
        return np.asarray(chosen[: len(keys)] | chosen[len(keys) :])
