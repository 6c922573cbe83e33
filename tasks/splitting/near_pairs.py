"""Pairs of near points of one kind."""

import numpy as np

from tasks.splitting.atom_table import Codes
from tasks.splitting.points import Points

APART = np.float32(np.inf)
BATCH = 1 << 22
"""Distances at a time: 16 MB."""


def pair_near(points: Points, kind: Codes, leaf: Codes, rank: Codes) -> tuple[Codes, Codes]:
    """Pair points with near ones of their kind, until each kind has at most one left.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
    kind : ndarray of int64, shape (n,)
        Only points of one kind are paired; those of a negative kind are not.
    leaf : ndarray of int64, shape (leaves, size)
        Sets of near points; -1 fills up.
    rank : ndarray of int64, shape (n,)
        The order of the leaves, for those whose own leaf has none left of their kind.

    Returns
    -------
    a, b : ndarray of int64, shape (pairs,)

    Notes
    -----
    In each leaf the two that are nearest to each other are paired, again and again. What remains is paired along the
    order of the leaves.
    """
    firsts, seconds = [], []
    step = max(1, BATCH // leaf.shape[1] ** 2)
    for start in range(0, len(leaf), step):
        a, b = _pair_in_leaves(points, kind, leaf[start : start + step])
        firsts.append(a)
        seconds.append(b)
    a, b = np.concatenate(firsts), np.concatenate(seconds)
    free = kind >= 0
    free[a] = free[b] = False
    left = np.flatnonzero(free)
    left = left[np.lexsort((rank[left], kind[left]))]
    # Within each run of one kind: the first with the second, the third with the fourth.
    new = np.flatnonzero(np.diff(kind[left], prepend=-1))
    within = np.arange(len(left)) - np.repeat(new, np.diff(np.append(new, len(left))))
    first = (
        np.flatnonzero((within[:-1] % 2 == 0) & (kind[left[:-1]] == kind[left[1:]])) if len(left) > 1 else within[:0]
    )
    return np.concatenate([a, left[first]]), np.concatenate([b, left[first + 1]])


def _pair_in_leaves(points: Points, kind: Codes, leaf: Codes) -> tuple[Codes, Codes]:
    rows = np.maximum(leaf, 0)
    own = points[rows]
    squares = np.einsum("lsk,lsk->ls", own, own)
    far = np.matmul(own, own.transpose(0, 2, 1))
    far *= -2
    far += squares[:, :, None]
    far += squares[:, None, :]
    kinds = np.where(leaf >= 0, kind[rows], -1)
    if (kinds != kinds[:, :1]).any():
        far[kinds[:, :, None] != kinds[:, None, :]] = APART
    far[kinds < 0] = APART
    far[:, np.arange(leaf.shape[1]), np.arange(leaf.shape[1])] = APART
    index = np.arange(leaf.shape[1])
    firsts, seconds = [rows[:0, 0]], [rows[:0, 0]]
    while True:
        nearest = far.argmin(2)
        distance = np.take_along_axis(far, nearest[:, :, None], 2)[:, :, 0]
        mutual = (np.take_along_axis(nearest, nearest, 1) == index) & (index < nearest) & (distance < APART)
        which, first = np.nonzero(mutual)
        if not len(which):
            return np.concatenate(firsts), np.concatenate(seconds)
        second = nearest[which, first]
        firsts.append(leaf[which, first])
        seconds.append(leaf[which, second])
        for place in (first, second):
            far[which, place, :] = APART
            far[which, :, place] = APART
