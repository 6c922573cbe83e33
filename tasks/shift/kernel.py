"""Energy distance: how far two samples are apart in all descriptors jointly."""

import numpy as np

from tasks.shift.intervals import RESAMPLES, basic_interval, merge_atoms, share_at_least
from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes, Floats, Points

MOST_ROWS = 2_000
"""Rows a side. The cost is quadratic; 2,000 find a joint shift of .1 sd in 20 descriptors."""


def energy_distance(
    X: Points,
    Y: Points,
    atoms_x: Codes,
    atoms_y: Codes,
    *,
    rng: np.random.Generator,
    rows: int = MOST_ROWS,
    draws: int = RESAMPLES,
    confidence: float = 0.95,
) -> Effect:
    """Measure 2 E|X - Y| - E|X - X'| - E|Y - Y'| without bias, with interval and p by atoms.

    Parameters
    ----------
    X, Y : ndarray, shape (n, q), (m, q)
        Finite coordinates in one space (`tasks.shift.space`).
    atoms_x, atoms_y : ndarray of int64, shape (n,), (m,)

    References
    ----------
    Szekely & Rizzo 2013, "Energy statistics".
    """
    n, m = len(X), len(Y)
    if not n or not m or X.shape[1] == 0:
        return Effect(NAN, n_a=n, n_b=m)
    take_x, take_y = some_rows(n, rng, rows), some_rows(m, rng, rows)
    block_x = merge_atoms(atoms_x[take_x], rng)
    block_y = merge_atoms(atoms_y[take_y], rng)
    k, l = int(block_x.max()) + 1, int(block_y.max()) + 1
    if min(k, l) < 2:
        return Effect(NAN, n_a=n, n_b=m)
    block = np.concatenate([block_x, k + block_y])
    K = block_distances(np.concatenate([X[take_x], Y[take_y]]), block, k + l)
    size = np.bincount(block, minlength=k + l).astype(np.float64)
    side = np.zeros((k + l, 1))
    side[:k] = 1.0
    effect = float(energies(K, size, side, 1 - side)[0])
    shuffled = np.argsort(rng.random((draws, k + l)), axis=1).T < k
    null = energies(K, size, shuffled.astype(np.float64), 1.0 - shuffled)
    weights_x = np.zeros((k + l, draws))
    weights_y = np.zeros((k + l, draws))
    weights_x[:k] = rng.multinomial(k, np.full(k, 1 / k), size=draws).T
    weights_y[k:] = rng.multinomial(l, np.full(l, 1 / l), size=draws).T
    low, high = basic_interval(effect, energies(K, size, weights_x, weights_y), confidence)
    return Effect(effect, low, high, share_at_least(effect, null), n, m)


def some_rows(n: int, rng: np.random.Generator, most: int = MOST_ROWS) -> Codes:
    """Choose at most `most` of n rows, in order."""
    return np.arange(n) if n <= most else np.sort(rng.choice(n, most, replace=False))


def block_distances(points: Points, block: Codes, blocks: int) -> Floats:
    """Add up the distances between the rows of each two blocks; 0 within a block.

    Returns
    -------
    ndarray, shape (blocks, blocks)
    """
    order = np.argsort(block, kind="stable")
    starts = np.searchsorted(block[order], np.arange(blocks))
    sorted_points = np.ascontiguousarray(points[order], np.float32)
    squares = np.einsum("ij,ij->i", sorted_points, sorted_points)
    D = sorted_points @ sorted_points.T
    D *= -2
    D += squares[:, None]
    D += squares[None, :]
    np.maximum(D, 0, out=D)
    np.sqrt(D, out=D)
    K = np.add.reduceat(np.add.reduceat(D, starts, axis=1, dtype=np.float64), starts, axis=0)
    np.fill_diagonal(K, 0.0)
    return np.asarray(K, np.float64)


def energies(K: Floats, size: Floats, weights_x: Floats, weights_y: Floats) -> Floats:
    """Energy distances of many draws at once.

    Parameters
    ----------
    K : ndarray, shape (g, g)
        Summed distances between blocks; 0 on the diagonal.
    size : ndarray, shape (g,)
        Rows a block.
    weights_x, weights_y : ndarray, shape (g, draws)
        How often each draw takes each block, on either side.

    Returns
    -------
    ndarray, shape (draws,)
        NaN where a draw has a single block on a side.
    """
    to_x, to_y = K @ weights_x, K @ weights_y
    rows_x, rows_y = size @ weights_x, size @ weights_y
    squares = size**2
    with np.errstate(invalid="ignore", divide="ignore"):
        between = np.einsum("gd,gd->d", weights_x, to_y) / (rows_x * rows_y)
        within_x = np.einsum("gd,gd->d", weights_x, to_x) / (rows_x**2 - squares @ weights_x**2)
        within_y = np.einsum("gd,gd->d", weights_y, to_y) / (rows_y**2 - squares @ weights_y**2)
    found = 2 * between - within_x - within_y
    return np.where(np.isfinite(found), found, np.nan)
