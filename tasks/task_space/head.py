"""A linear head on fixed features: scores of what the labels say, and the directions in which records differ most."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from tasks.task_space.moments import Moments

Floats = NDArray[np.float64]

RIDGE = 0.05
"""Penalty of standardised features, times features a row: near the least error on digits and on spoken digits, from 60
rows to 3,200. A fixed rule needs no rows to choose by, which some model would have to see."""
SPARE = 8
"""Directions beside those wanted that the search for leading ones carries along."""
ROUNDS = 12


@dataclass(frozen=True)
class Head:
    """Scores of one model: `(x - mean) @ weights + offset`."""

    mean: Floats
    weights: Floats
    """Shape (p, q)."""
    offset: Floats

    def scores(self, features: NDArray[np.floating]) -> Floats:
        """Predict targets, (n, q)."""
        found = np.asarray(features, np.float32) @ self.weights.astype(np.float32)
        return np.asarray(found - self.mean @ self.weights + self.offset, np.float64)


def fit_head(moments: Moments) -> Head:
    """Fit a ridge regression of the targets on standardised features.

    A feature that hardly varies counts little: its deviation is taken for at least 1 % of the mean one.

    Parameters
    ----------
    moments : Moments
        Of the rows to learn from.
    """
    covariance = moments.covariance
    spread = np.sqrt(np.maximum(np.diag(covariance), 0))
    spread = np.maximum(spread, 0.01 * spread.mean())
    spread[spread == 0] = 1.0
    covariance = covariance / spread[:, None] / spread
    covariance[np.diag_indices_from(covariance)] += RIDGE * len(covariance) / moments.rows
    solved = cho_solve(cho_factor(covariance, check_finite=False), moments.cross / spread[:, None], check_finite=False)
    return Head(moments.mean, solved / spread[:, None], moments.target_mean)


def leading_directions(
    covariance: Floats, count: int, *, seed: int, like: Floats | None = None, rounds: int = ROUNDS
) -> Floats:
    """Find the directions in which features vary most.

    Parameters
    ----------
    covariance : ndarray of float64, shape (p, p)
    count : int
        At most so many; fewer where features vary in fewer.
    seed : int
        Draws where the search starts.
    like : ndarray of float64, shape (p, count), optional
        Directions of another model: the search starts there, and what it finds is turned to be as like them as can be.
    rounds : int
        Multiplications by the covariance.

    Returns
    -------
    ndarray of float64, shape (p, count)
        Orthonormal columns.

    References
    ----------
    Halko, Martinsson & Tropp 2011, randomised subspace iteration; Schoenemann 1966 for turning one base to another.
    """
    p = len(covariance)
    wide = min(p, count + SPARE)
    start = np.random.default_rng([seed, 0xD14]).normal(size=(p, wide))
    if like is not None:
        start[:, : like.shape[1]] = like
    base = np.linalg.qr(start)[0]
    for _ in range(rounds):
        base = np.linalg.qr(covariance @ base)[0]
    values, turned = np.linalg.eigh(base.T @ covariance @ base)
    kept = turned[:, ::-1][:, : min(count, int((values > 1e-9 * max(values.max(initial=0.0), 1e-12)).sum()))]
    found = base @ kept
    if like is not None and like.shape == found.shape:
        left, _, right = np.linalg.svd(found.T @ like)
        found = found @ (left @ right)
    return np.asarray(found)
