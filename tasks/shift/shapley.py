"""A distance shared out among families of coordinates, so that the shares add up to it."""

import math
from dataclasses import dataclass

import numpy as np

from tasks.shift.block_distances import squared_distances
from tasks.shift.sample import Codes, Floats, Points

MOST_FAMILIES = 8
"""All subsets are looked at: 256 roots for each pair of rows."""

AT_ONCE = 4_096
"""Pairs of rows whose subsets exist at once: they fit into a processor's cache."""


@dataclass(frozen=True)
class Shares:
    """How distances in coordinates are shared out.

    Parameters
    ----------
    families : tuple of tuple of int
        The coordinates of each family.
    typical : tuple of float
        The mean squared distance of two rows of one sample in each family: what stands for a family that is left out.
    without : tuple of int
        Families that the last share leaves out.
    """

    families: tuple[tuple[int, ...], ...]
    typical: tuple[float, ...]
    without: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.families) > MOST_FAMILIES:
            raise ValueError(f"at most {MOST_FAMILIES} families have shares, found {len(self.families)}")

    @property
    def count(self) -> int:
        """The number of shares: one a family, their sum, and the distance without some families."""
        return len(self.families) + 2

    def of(self, X: Points, Y: Points) -> Points:
        """Share out the distance of each row of X to each of Y.

        Parameters
        ----------
        X, Y : ndarray of float32, shape (n, q), (m, q)

        Returns
        -------
        ndarray of float32, shape (shares, n, m)
            The Shapley value of each family: what its own distance adds where a typical one stood, on average over all
            orders of the families. Then the whole distance, then the distance without `without`.

        Notes
        -----
        A family that is left out keeps its place: its squared distance is the typical one, whichever two rows there
        are. Were it simply left out, a family in which two samples do not differ would seem to bring them nearer, for
        it spreads both. sqrt(q + c) is, up to a constant, of negative type wherever the squared distance q is, so that
        the energy distance in any of the families is not negative (Schoenberg 1938).

        Invariants: the families' shares add up to the distance, less the typical one; families of equal squared and
        typical distances have equal shares.

        References
        ----------
        Shapley 1953, "A value for n-person games"; Lundberg & Lee 2017; Covert, Lundberg & Lee 2020 (SAGE), who share
        out a loss as this shares out a distance.
        """
        squares = np.empty((len(self.families), len(X) * len(Y)), np.float32)
        for at, columns in enumerate(self.families):
            squares[at] = squared_distances(X[:, columns], Y[:, columns]).reshape(-1)
        subsets, weights = _subsets(len(self.families)), self._weights()
        places = (1 - subsets) @ np.asarray(self.typical, np.float32)
        found = np.empty((self.count, squares.shape[1]), np.float32)
        for start in range(0, squares.shape[1], AT_ONCE):
            part = subsets @ squares[:, start : start + AT_ONCE]
            part += places[:, None]
            np.sqrt(part, out=part)
            np.matmul(weights, part, out=found[:, start : start + AT_ONCE])
        return found.reshape(self.count, len(X), len(Y))

    def _weights(self) -> Points:
        """Return what each subset's distance counts in each share, shape (shares, subsets)."""
        F = len(self.families)
        subsets = _subsets(F)
        sizes = subsets.sum(1).astype(int)
        joining = np.array([math.factorial(s) * math.factorial(max(0, F - 1 - s)) for s in range(F + 1)], float)
        joining /= math.factorial(F) if F else 1
        weights = np.zeros((self.count, len(subsets)))
        for at in range(F):
            inside = subsets[:, at] == 1
            weights[at, inside] = joining[sizes[inside] - 1]
            weights[at, ~inside] = -joining[sizes[~inside]]
        weights[F, -1] = 1
        kept = np.array([at not in self.without for at in range(F)], bool)
        weights[F + 1, int(np.flatnonzero((subsets == kept).all(1))[0])] = 1
        return np.asarray(weights, np.float32)


def _subsets(count: int) -> Points:
    """Return all subsets of so many things, shape (2 ** count, count): none of them first, all of them last."""
    return np.asarray((np.arange(2**count)[:, None] >> np.arange(count)) & 1, np.float32)


def block_sums(shares: Shares, X: Points, Y: Points, starts_x: Codes, starts_y: Codes) -> Floats:
    """Add up shares over the rows of each two blocks.

    Parameters
    ----------
    X, Y : ndarray of float32, shape (n, q), (m, q)
        Rows sorted by block. The same array twice stands for one sample with itself.
    starts_x, starts_y : ndarray of int64
        Where each block begins.

    Returns
    -------
    ndarray, shape (shares, blocks of X, blocks of Y)
    """
    alone = X is Y
    total = np.zeros((shares.count, len(starts_x), len(starts_y)))
    block_x = np.searchsorted(starts_x, np.arange(len(X)), side="right") - 1
    step = max(1, 8 * AT_ONCE // max(1, len(Y)))
    for start in range(0, len(X), step):
        rows = slice(start, min(len(X), start + step))
        # Of one sample with itself each pair of rows is looked at once.
        ahead = slice(rows.start if alone else 0, len(Y))
        found = shares.of(X[rows], Y[ahead])
        if alone:
            own = np.arange(rows.stop - rows.start)
            found[:, own[:, None] >= np.arange(len(Y) - rows.start)[None]] = 0
        held = np.unique(block_x[rows])
        first = np.searchsorted(block_x[rows], held)
        columns = np.maximum(starts_y - ahead.start, 0)
        reached = np.flatnonzero(np.append(starts_y[1:], len(Y)) > ahead.start)
        part = np.add.reduceat(found, columns[reached], axis=2)
        part = np.add.reduceat(part, first, axis=1)
        total[:, held[:, None], reached[None, :]] += part
    return total + total.transpose(0, 2, 1) if alone else total
