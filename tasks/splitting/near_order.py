"""An order of points in which neighbours are near: a tree of random cuts, each through the middle."""

import numpy as np

from tasks.splitting.atom_table import Codes
from tasks.splitting.points import Points
from tasks.splitting.side_by_side import side_by_side

TRIED = 2
"""Directions looked at for each cut; the longer one, between two points of the set, is taken."""

APART = 100_000
"""Points from which on the branches of a tree grow in threads, each with random numbers of its own."""


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
    own = np.take(points, np.maximum(members, 0), axis=0)[None]
    members = members[None]
    first = int(np.ceil(np.log2(n / APART))) if n > APART else 0
    for _ in range(first):
        members, own = _cut(members, own, rng)
    if not first:
        return _grow(members, own, depth, rng)
    branches = list(zip(members, own, rng.spawn(len(members)), strict=True))
    del members, own
    grown = side_by_side(lambda branch: _grow(branch[0][None], branch[1][None], depth - first, branch[2]), branches)
    return np.concatenate(list(grown))


def _grow(members: Codes, own: Points, levels: int, rng: np.random.Generator) -> Codes:
    for _ in range(levels):
        members, own = _cut(members, own, rng)
    return members


def _cut(members: Codes, own: Points, rng: np.random.Generator) -> tuple[Codes, Points]:
    """Cut sets, (sets, m) and (sets, m, q), through their middles into (2 sets, m / 2) and (2 sets, m / 2, q)."""
    sets, size, q = own.shape
    ends = own[np.arange(sets)[:, None], rng.integers(0, size, (sets, 2 * TRIED))]
    steps = ends[:, :TRIED] - ends[:, TRIED:]
    longest = np.einsum("stk,stk->st", steps, steps).argmax(1)
    where = np.matmul(own, steps[np.arange(sets), longest][:, :, None])[:, :, 0]
    middle = np.partition(where, size // 2, axis=1)[:, size // 2, None]
    low = where < middle
    short = size // 2 - low.sum(1, keepdims=True)
    if short.any():
        level = where == middle
        low |= level & (np.cumsum(level, axis=1) <= short)
    # Both halves keep their order, so that memory is read from its beginning to its end.
    order = np.empty((sets, 2, size // 2), np.int64)
    order[:, 0] = np.flatnonzero(low).reshape(sets, -1)
    order[:, 1] = np.flatnonzero(~low).reshape(sets, -1)
    order = order.reshape(-1)
    members, own = np.take(members, order), np.take(own.reshape(sets * size, q), order, axis=0)
    return members.reshape(2 * sets, size // 2), own.reshape(2 * sets, size // 2, q)


def positions(leaf: Codes, n: int) -> Codes:
    """Return the rank of each point in the order of the leaves, shape (n,)."""
    order = leaf.reshape(-1)
    rank = np.empty(n, np.int64)
    rank[order[order >= 0]] = np.arange(n)
    return rank
