"""Pairs of near points of one kind."""

from collections.abc import Iterator

import numpy as np

from tasks.splitting.atom_table import Codes
from tasks.splitting.near_order import leaves
from tasks.splitting.points import Points
from tasks.splitting.side_by_side import THREADS, side_by_side

LEAF = 256
"""Points among which the nearest is looked for."""

TREES = 5
"""Trees, each of the points that are left. Two points next to a cut of one tree are in one leaf of another: against one
tree, whose last points must take what is left in their leaf, pairs are a quarter nearer, in no more time."""

MANY = 200_000
TREES_OF_MANY = 2
"""With so many points a second a tree counts."""

MOST_KINDS = 8
"""Coordinates that keep kinds apart, at most; beyond, kinds are random directions in them."""

APART = np.float32(np.inf)
ABSENT = np.float32(1e30)
"""The square of what fills a leaf up: nothing is near it."""

BATCH = 1 << 20
"""Distances at a time: 4 MB."""


def pair_near(points: Points, kind: Codes, rng: np.random.Generator, leaf: Codes | None = None) -> tuple[Codes, Codes]:
    """Pair points with near ones of their kind, until each kind has at most one left.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
    kind : ndarray of int64, shape (n,)
        Only points of one kind are paired.
    rng : numpy.random.Generator
    leaf : ndarray of int64, shape (leaves, at most LEAF), optional
        A first tree of all the points, where one has grown already.

    Returns
    -------
    a, b : ndarray of int64, shape (pairs,)

    Notes
    -----
    Points that are each other's nearest in a leaf are paired; the rest goes into the next tree. In the last one they
    are paired until no leaf has two of a kind that are nearest, and what then remains along the order of its leaves.
    """
    firsts, seconds = [], []
    left = np.arange(len(points))
    trees = TREES if len(points) < MANY else TREES_OF_MANY
    codes = _apart(points, int(kind.max(initial=-1)) + 1, rng)
    for tree in range(trees + 1):
        if tree or leaf is None:
            leaf = leaves(points if len(left) == len(points) else points[left], LEAF, rng)
            leaf = np.where(leaf < 0, -1, left[leaf])
        free = np.ones(len(points), bool)
        for a, b in _paired(points, kind, codes, leaf, once=tree < trees):
            firsts.append(a)
            seconds.append(b)
            free[a] = free[b] = False
        left = leaf[leaf >= 0] if tree == trees else left
        left = left[free[left]]
        if not len(left):
            break
    left = left[np.argsort(kind[left], kind="stable")]
    # Within each run of one kind: the first with the second, the third with the fourth.
    new = np.flatnonzero(np.diff(kind[left], prepend=-1))
    within = np.arange(len(left)) - np.repeat(new, np.diff(np.append(new, len(left))))
    first = np.flatnonzero((within[:-1] % 2 == 0) & (np.diff(kind[left]) == 0)) if len(left) else within
    return np.concatenate([*firsts, left[first]]), np.concatenate([*seconds, left[first + 1]])


def _apart(points: Points, kinds: int, rng: np.random.Generator) -> Points:
    """Return coordinates that set points of two kinds further apart than near points are, shape (kinds, k)."""
    if kinds < 2:
        return np.zeros((max(1, kinds), 0), np.float32)
    far = 2 * np.sqrt(float(points.var(0, dtype=np.float64).sum()) + 1e-6)
    if kinds <= MOST_KINDS:
        return np.asarray(far * np.eye(kinds), np.float32)
    return np.asarray(far * rng.standard_normal((kinds, MOST_KINDS)) / np.sqrt(MOST_KINDS), np.float32)


def _paired(points: Points, kind: Codes, codes: Points, leaf: Codes, *, once: bool) -> Iterator[tuple[Codes, Codes]]:
    step = max(1, BATCH // leaf.shape[1] ** 2)
    # Allocated once: the system would take large arrays back and clear them each time.
    rooms = [np.empty((min(step, len(leaf)), leaf.shape[1], leaf.shape[1]), np.float32) for _ in range(THREADS)]

    def pair(start: int) -> tuple[Codes, Codes]:
        room = rooms.pop()
        found = _pair_in_leaves(points, kind, codes, leaf[start : start + step], room, once=once)
        rooms.append(room)
        return found

    starts = range(0, len(leaf), step)
    return side_by_side(pair, starts) if len(points) >= MANY else map(pair, starts)


def _pair_in_leaves(
    points: Points, kind: Codes, codes: Points, leaf: Codes, room: Points, *, once: bool
) -> tuple[Codes, Codes]:
    filled = leaf < 0
    rows = np.where(filled, 0, leaf)
    kinds = np.where(filled, -1, kind[rows])
    # One product gives squared distances: (-2 x, |x|^2, 1) (y, 1, |y|^2).
    p, q = points.shape[1], points.shape[1] + codes.shape[1]
    one = np.empty((*leaf.shape, q + 2), np.float32)
    one[:, :, :p], one[:, :, p:q] = np.take(points, rows, axis=0), np.take(codes, np.maximum(kinds, 0), axis=0)
    squares = np.einsum("lsk,lsk->ls", one[:, :, :q], one[:, :, :q])
    squares[filled] = ABSENT
    one[:, :, q], one[:, :, q + 1] = 1, squares
    other = -2 * one
    other[:, :, q], other[:, :, q + 1] = squares, 1
    far = np.matmul(other, one.transpose(0, 2, 1), out=room[: len(leaf)])
    index, lines = np.arange(leaf.shape[1]), np.arange(len(leaf))[:, None]
    far[:, index, index] = APART
    firsts, seconds = [rows[:0, 0]], [rows[:0, 0]]
    while True:
        nearest = far.argmin(2)
        which, first = np.nonzero((nearest[lines, nearest] == index) & (index < nearest))
        second = nearest[which, first]
        fits = (kinds[which, first] == kinds[which, second]) & (kinds[which, first] >= 0)
        which, first, second = which[fits], first[fits], second[fits]
        firsts.append(leaf[which, first])
        seconds.append(leaf[which, second])
        if once or not len(which):
            return np.concatenate(firsts), np.concatenate(seconds)
        for place in (first, second):
            far[which, place, :] = APART
            far[which, :, place] = APART
