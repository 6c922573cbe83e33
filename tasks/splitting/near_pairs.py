"""Pairs of near points of one kind."""

import numpy as np

from tasks.splitting.atom_table import Codes
from tasks.splitting.near_order import leaves
from tasks.splitting.points import Points

LEAF = 256
"""Points among which the nearest is looked for."""

TREES = 5
"""Trees, each of the points that are left. Two points next to a cut of one tree are in one leaf of another: against one
tree, whose last points must take what is left in their leaf, pairs are a quarter nearer, in no more time."""

MANY = 200_000
TREES_OF_MANY = 2
"""With so many points a second a tree counts."""

APART = np.float32(np.inf)
BATCH = 1 << 20
"""Distances at a time: 4 MB."""


def pair_near(points: Points, kind: Codes, rng: np.random.Generator) -> tuple[Codes, Codes]:
    """Pair points with near ones of their kind, until each kind has at most one left.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
    kind : ndarray of int64, shape (n,)
        Only points of one kind are paired.
    rng : numpy.random.Generator

    Returns
    -------
    a, b : ndarray of int64, shape (pairs,)

    Notes
    -----
    Points that are each other's nearest in a leaf are paired; the rest goes into the next tree. In the last one they
    are paired until no leaf has two of a kind, and what then remains along the order of its leaves.
    """
    firsts, seconds = [], []
    left = np.arange(len(points))
    trees = TREES if len(points) < MANY else TREES_OF_MANY
    for tree in range(trees + 1):
        own, own_kind = points[left], kind[left]
        leaf = leaves(own, LEAF, rng)
        free = np.ones(len(left), bool)
        step = max(1, BATCH // leaf.shape[1] ** 2)
        # Allocated once: the system would take large arrays back and clear them each time.
        room = np.empty((min(step, len(leaf)), leaf.shape[1], leaf.shape[1]), np.float32)
        for start in range(0, len(leaf), step):
            a, b = _pair_in_leaves(own, own_kind, leaf[start : start + step], room, once=tree < trees)
            firsts.append(left[a])
            seconds.append(left[b])
            free[a] = free[b] = False
        order = leaf.reshape(-1)
        left = left[order[order >= 0]][free[order[order >= 0]]] if tree == trees else left[free]
        if not len(left):
            break
    left = left[np.argsort(kind[left], kind="stable")]
    # Within each run of one kind: the first with the second, the third with the fourth.
    new = np.flatnonzero(np.diff(kind[left], prepend=-1))
    within = np.arange(len(left)) - np.repeat(new, np.diff(np.append(new, len(left))))
    first = np.flatnonzero((within[:-1] % 2 == 0) & (np.diff(kind[left]) == 0)) if len(left) else within
    return np.concatenate([*firsts, left[first]]), np.concatenate([*seconds, left[first + 1]])


def _pair_in_leaves(points: Points, kind: Codes, leaf: Codes, room: Points, *, once: bool) -> tuple[Codes, Codes]:
    rows = np.maximum(leaf, 0)
    own = points[rows]
    squares = np.einsum("lsk,lsk->ls", own, own)
    far = np.matmul(own, own.transpose(0, 2, 1), out=room[: len(leaf)])
    far *= -2
    far += squares[:, :, None]
    far += squares[:, None, :]
    kinds = np.where(leaf >= 0, kind[rows], -1)
    if (kinds != kinds[:, :1]).any():
        far[kinds[:, :, None] != kinds[:, None, :]] = APART
    far[kinds < 0] = APART
    index = np.arange(leaf.shape[1])
    far[:, index, index] = APART
    firsts, seconds = [rows[:0, 0]], [rows[:0, 0]]
    while True:
        nearest = far.argmin(2)
        distance = np.take_along_axis(far, nearest[:, :, None], 2)[:, :, 0]
        mutual = (np.take_along_axis(nearest, nearest, 1) == index) & (index < nearest) & (distance < APART)
        which, first = np.nonzero(mutual)
        second = nearest[which, first]
        firsts.append(leaf[which, first])
        seconds.append(leaf[which, second])
        if once or not len(which):
            return np.concatenate(firsts), np.concatenate(seconds)
        for place in (first, second):
            far[which, place, :] = APART
            far[which, :, place] = APART
