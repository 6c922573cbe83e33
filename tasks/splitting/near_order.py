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
    if not n:
        return np.full((1, 1), -1)
    depth = max(0, int(np.ceil(np.log2(n / size))))
    width = -(-n // (1 << depth))
    members = rng.permutation(np.concatenate([np.arange(n), np.full((width << depth) - n, -1)]))
    # Filling is cut as the first point would be. Points move along, so that those of a set lie side by side.
    own = points[np.maximum(members, 0)]
    for level in range(depth):
        own = own.reshape(1 << level, len(members) >> level, points.shape[1])
        sets, size_of_set = len(own), own.shape[1]
        ends = own[np.arange(sets)[:, None], rng.integers(0, size_of_set, (sets, 2 * TRIED))]
        steps = ends[:, :TRIED] - ends[:, TRIED:]
        longest = np.einsum("stk,stk->st", steps, steps).argmax(1)
        along = steps[np.arange(sets), longest]
        where = np.matmul(own, along[:, :, None])[:, :, 0]
        order = np.argpartition(where, size_of_set // 2, axis=1)
        order += (np.arange(sets) * size_of_set)[:, None]
        members = members[order.reshape(-1)]
        own = own.reshape(len(members), points.shape[1])[order.reshape(-1)]
    return members.reshape(1 << depth, -1)


def positions(leaf: Codes, n: int) -> Codes:
    """Return the rank of each point in the order of the leaves, shape (n,)."""
    order = leaf.reshape(-1)
    rank = np.empty(n, np.int64)
    rank[order[order >= 0]] = np.arange(n)
    return rank
