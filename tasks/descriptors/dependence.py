"""How common a row is, when columns depend on each other: a tree of the strongest dependences."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

LEVELS = 16
"""A column that others are given by is coarsened to so many levels: with its full values, a unique value would explain
every other value of its row, and every row would look common."""
ROWS_FOR_TREE = 4096
"""Rows that the tree is chosen on, evenly spaced."""


def log_shares(codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Estimate the log probability of each row by a Chow-Liu tree.

    Parameters
    ----------
    codes : (n, p) int64
        Cells of a table, n >= 1, p >= 1.

    Returns
    -------
    (n,) float64
        Log probability of the row's cells: the root's share, times each column's share given its parent's level.

    References
    ----------
    Chow, Liu, Approximating discrete probability distributions with dependence trees, IEEE Trans. IT 14(3), 1968.
    """
    n, p = codes.shape
    levels = np.column_stack([_coarse(codes[:, j]) for j in range(p)])
    total = np.zeros(n)
    for column, parent in enumerate(_parents(levels[:: max(1, n // ROWS_FOR_TREE)])):
        given = levels[:, parent] if parent >= 0 else np.zeros(n, dtype=np.int64)
        joint = numbered(numbered(codes[:, column]) * LEVELS + given)
        total += np.log(np.bincount(joint)[joint] / np.bincount(given, minlength=LEVELS)[given])
    return total


def numbered(values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Replace values by the number of their first occurrence, 0, 1, 2, ...: (n,) -> (n,). Hashes; does not sort."""
    return np.asarray(pa.array(values).dictionary_encode().indices, dtype=np.int64)


def _coarse(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """Reduce a column to at most `LEVELS` levels of about equal numbers of rows."""
    values, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
    if len(values) <= LEVELS:
        return inverse.astype(np.int64)
    before = np.cumsum(counts) - counts
    return (before * LEVELS // len(column))[inverse].astype(np.int64)


def _parents(levels: NDArray[np.int64]) -> list[int]:
    """Return each column's parent in the tree of largest mutual information; -1 for the root."""
    n, p = levels.shape
    if p == 1:
        return [-1]
    seen = np.zeros((n, p, LEVELS), dtype=np.float32)
    np.put_along_axis(seen, levels[:, :, None], 1, axis=2)
    flat = seen.reshape(n, p * LEVELS)
    joint = (flat.T @ flat).astype(np.float64).reshape(p, LEVELS, p, LEVELS).transpose(0, 2, 1, 3) / n
    single = joint[np.arange(p), np.arange(p)].sum(axis=2)
    ratio = joint / np.maximum(single[:, None, :, None] * single[None, :, None, :], 1e-300)
    information = (joint * np.log(np.where(joint > 0, ratio, 1))).sum(axis=(2, 3))
    # Largest information is least weight; all weights are positive, since a sparse graph takes 0 for no edge.
    weight = 1 + information.max() - information
    tree = minimum_spanning_tree(np.triu(weight, 1))
    _, parents = breadth_first_order(tree, 0, directed=False)
    return [int(parent) if parent >= 0 else -1 for parent in parents]
