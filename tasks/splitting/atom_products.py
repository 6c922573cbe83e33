"""What a few atoms are to each other: the energy kernel over all pairs of their rows, as coordinates of each atom."""

from itertools import pairwise

import numpy as np

from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.landmarks import distances
from tasks.splitting.points import Points

BLOCK = 1 << 22
"""Distances at a time: 16 MB."""

WEAKEST = 1e-7
"""Directions weaker than this share of the strongest are the noise of single precision."""


def product_coordinates(points: Points, starts: Codes, weights: Floats) -> tuple[Floats, Floats]:
    """Return vectors whose products are those of sums over rows.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
        The rows of the atoms, atom by atom, and whatever else has a weight.
    starts : ndarray of int64, shape (g + 1,)
        Where each atom begins, and where the last one ends.
    weights : ndarray, shape (n,)
        Of each row in a further sum.

    Returns
    -------
    sums : ndarray of float64, shape (g, d)
        Of each atom's rows.
    weighted : ndarray of float64, shape (d,)
        Of all rows by their weights.

    Notes
    -----
    The kernel is -|x - y|, centred at the mean of the atoms' rows: the squared length of a combination whose weights
    add up to nothing is its energy. Costs the square of the rows. In coordinates of 256 landmarks, halves of 1,000
    atoms were left two fifths further apart.
    """
    atoms, n = len(starts) - 1, len(points)
    ends = starts if starts[-1] == n else np.append(starts, n)
    segments = len(ends) - 1
    away = np.zeros((segments, segments))
    by_weight = np.zeros(n)
    weight = weights.astype(np.float32)
    first = 0
    while first < segments:
        # Whole segments with themselves and those behind them: products are the same both ways.
        begin, left = int(ends[first]), n - int(ends[first])
        last = max(first + 1, int(np.searchsorted(ends, begin + BLOCK // left, side="right")) - 1)
        end = int(ends[last])
        for top, bottom in pairwise([*range(begin, end, max(1, BLOCK // left)), end]):
            far = distances(points[top:bottom], points[begin:])
            by_weight[top:bottom] += far @ weight[begin:]
            by_weight[end:] += weight[top:bottom] @ far[:, end - begin :]
            sums = np.add.reduceat(far, ends[first:-1] - begin, axis=1).astype(np.float64)
            of_row = np.searchsorted(ends, np.arange(top, bottom), side="right") - 1
            change = np.flatnonzero(np.diff(of_row, prepend=-1))
            away[of_row[change], first:] += np.add.reduceat(sums, change, axis=0)
        away[first:, first:last] = away[first:last, first:].T
        first = last
    everything = np.zeros((atoms + 1, atoms + 1))
    everything[:-1, :-1] = away[:atoms, :atoms]
    everything[-1, :-1] = everything[:-1, -1] = np.add.reduceat(by_weight, ends[:-1])[:atoms]
    everything[-1, -1] = float(weights @ by_weight)
    vectors = _vectors(everything, np.append(np.diff(starts), weights.sum()))
    return vectors[:-1], vectors[-1]


def _vectors(away: Floats, mass: Floats) -> Floats:
    """Turn summed distances into vectors; the last sum is not part of the centre."""
    centre = np.append(np.ones(len(mass) - 1), 0.0) / mass[:-1].sum()
    mean = away @ centre
    kernel = np.outer(mass, mean) + np.outer(mean, mass) - away
    kernel -= np.outer(mass, mass) * float(mean @ centre)
    strength, turn = np.linalg.eigh(kernel)
    kept = strength > WEAKEST * max(float(strength.max(initial=0.0)), 1e-12)
    return np.asarray(turn[:, kept] * np.sqrt(strength[kept]), np.float64)
