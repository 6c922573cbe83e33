"""Rows in blocks of whole atoms, and the distances between them added up block by block."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tasks.shift.intervals import MOST_BLOCKS, merge_atoms
from tasks.shift.sample import Codes, Floats, Points

MOST_ROWS = 2_000
"""Rows a side that distances are taken between; the cost is quadratic."""


AT_ONCE = 512
"""About so many rows of a side at a time: their distances to 4,000 others take 8 MB, which stay near the processor."""


@dataclass(frozen=True)
class Blocks:
    """Rows sorted by block."""

    points: Points
    starts: Codes
    size: Floats

    @property
    def count(self) -> int:
        """The number of blocks."""
        return len(self.starts)


def block_rows(
    X: Points, atoms: Codes, rng: np.random.Generator, rows: int = MOST_ROWS, most: int = MOST_BLOCKS
) -> Blocks:
    """Choose at most `rows` rows and sort them into blocks of whole atoms."""
    take = np.arange(len(X)) if len(X) <= rows else np.sort(rng.choice(len(X), rows, replace=False))
    return sorted_blocks(X[take], merge_atoms(atoms[take], rng, most))


def sorted_blocks(X: Points, block: Codes) -> Blocks:
    """Sort rows by block; block codes that occur are numbered anew from 0."""
    order = np.argsort(block, kind="stable")
    _, starts, size = np.unique(block[order], return_index=True, return_counts=True)
    return Blocks(np.ascontiguousarray(X[order], np.float32), starts, size.astype(np.float64))


def distances(a: Blocks, b: Blocks) -> Floats:
    """Add up the distances between the rows of each two blocks.

    Returns
    -------
    ndarray, shape (blocks of a, blocks of b)
    """
    ends = np.append(a.starts[1:], len(a.points))
    first = np.flatnonzero(np.diff(a.starts // AT_ONCE, prepend=-1))
    sums = np.empty((a.count, b.count))
    for start, stop in pairwise([*first.tolist(), a.count]):
        rows = slice(a.starts[start], ends[stop - 1])
        D = squared_distances(a.points[rows], b.points)
        np.sqrt(D, out=D)
        if a is b:
            np.fill_diagonal(D[:, rows], 0)
        across = np.add.reduceat(D, b.starts, axis=1)
        sums[start:stop] = np.add.reduceat(across, a.starts[start:stop] - a.starts[start], axis=0)
    return sums


def squared_distances(X: Points, Y: Points) -> Points:
    """Return the squared distance of each row of X to each of Y."""
    D = X @ Y.T
    D *= -2
    D += np.einsum("ij,ij->i", X, X)[:, None]
    D += np.einsum("ij,ij->i", Y, Y)[None, :]
    np.maximum(D, 0, out=D)
    return D


def mean_between(
    K: Floats, a: Blocks, b: Blocks, draws_a: Floats | None = None, draws_b: Floats | None = None
) -> Floats:
    """Average the distance between rows of two sides, for each draw of their blocks.

    Parameters
    ----------
    K : ndarray, shape (blocks of a, blocks of b)
        From `distances`.
    draws_a, draws_b : ndarray, shape (blocks, draws), optional
        How often each draw takes each block; once each by default.

    Returns
    -------
    ndarray, shape (draws,)
    """
    u, v = _weights(a, draws_a), _weights(b, draws_b)
    return np.asarray(np.einsum("gd,gd->d", u, K @ v) / ((a.size @ u) * (b.size @ v)))


def mean_within(K: Floats, a: Blocks, draws: Floats | None = None) -> Floats:
    """Average the distance between rows of different blocks of one side; NaN where a draw has one block only."""
    u = _weights(a, draws)
    apart = K - np.diag(np.diag(K))
    pairs = (a.size @ u) ** 2 - a.size**2 @ u**2
    sums = np.einsum("gd,gd->d", u, apart @ u)
    return np.asarray(np.divide(sums, pairs, out=np.full_like(sums, np.nan), where=pairs > 0))


def _weights(side: Blocks, draws: Floats | None) -> Floats:
    return np.ones((side.count, 1)) if draws is None else np.asarray(draws, np.float64)
