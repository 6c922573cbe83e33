"""An order of points in which neighbours are near: a tree of random cuts, each through the middle."""

import numpy as np

from tasks.splitting.atom_table import Codes
from tasks.splitting.points import Points

TRIED = 2
"""Directions looked at for each cut; the longer one, between two points of the set, is taken."""


def leaves(points: Points, size: int, rng: np.random.Generator) -> Codes:
    """Cut points into equal leaves of near ones.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
    size : int
        Points in a leaf, at most.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int64, shape (leaves, at most size)
        Positions of points, each once; -1 fills up. Leaves next to each other are near, too.

    References
    ----------
    Dasgupta & Freund 2008, Random projection trees and low dimensional manifolds.
    """
    n = len(points)
    depth = max(0, int(np.ceil(np.log2(max(1, n) / size))))
    width = -(-max(1, n) // (1 << depth))
    members = rng.permutation(np.concatenate([np.arange(n), np.full((width << depth) - n, -1)]))
    # Filling stands anywhere; it is cut as the first point would be.
    for level in range(depth):
        sets = members.reshape(1 << level, -1)
        half = sets.shape[1] // 2
        ends = np.maximum(np.take_along_axis(sets, rng.integers(0, sets.shape[1], (len(sets), 2 * TRIED)), 1), 0)
        steps = points[ends[:, :TRIED]] - points[ends[:, TRIED:]]
        longest = np.einsum("stk,stk->st", steps, steps).argmax(1)
        along = steps[np.arange(len(sets)), longest]
        place = np.matmul(points[sets], along[:, :, None])[:, :, 0]
        members = np.take_along_axis(sets, np.argpartition(place, half, axis=1), 1).reshape(-1)
    return members.reshape(1 << depth, -1)


def positions(leaf: Codes, n: int) -> Codes:
    """Return the rank of each point in the order of the leaves, shape (n,)."""
    order = leaf.reshape(-1)
    rank = np.empty(n, np.int64)
    rank[order[order >= 0]] = np.arange(n)
    return rank
