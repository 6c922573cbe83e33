"""Energy distance between two weighted samples of descriptors, and how far it scatters when nothing differs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

MOST_SD = 8.0
"""Standardised values are cut there: one broken record must not weigh like a hundred."""
IQR_OF_NORMAL = 1.349
"""Interquartile range of a normal distribution of standard deviation 1."""
TINY = 1e-9


@dataclass(frozen=True)
class Scale:
    """Centre and spread of each descriptor, learnt once so that distances of a fit can be compared."""

    keep: NDArray[np.intp]
    centre: Vector
    spread: Vector

    def __call__(self, values: NDArray[np.floating]) -> Matrix:
        """Standardise (n, p) descriptors; a missing value becomes the median, a constant column is left out."""
        chosen = np.asarray(values, dtype=np.float64)[:, self.keep]
        standard = (chosen - self.centre) / self.spread
        return np.clip(np.where(np.isfinite(standard), standard, 0.0), -MOST_SD, MOST_SD)


def pooled_scale(first: NDArray[np.floating], second: NDArray[np.floating]) -> Scale:
    """Learn centre and spread of each column over two samples, each counting half whatever its rows.

    Parameters
    ----------
    first : (n, p) floating
    second : (m, p) floating
        Not finite: missing.

    Returns
    -------
    Scale
        Without columns that are constant over both, or missing altogether in one.

    Notes
    -----
    The spread is measured within the samples (interquartile range, or the standard deviation where that is 0), so that
    a column in which they lie far apart counts by how far.
    """
    (centre_a, spread_a), (centre_b, spread_b) = _location(first), _location(second)
    centre, spread = (centre_a + centre_b) / 2, (spread_a + spread_b) / 2
    spread = np.where(spread > TINY, spread, np.abs(centre_a - centre_b))
    keep = np.flatnonzero(np.isfinite(spread) & (spread > TINY))
    return Scale(keep, centre[keep], spread[keep])


def _location(sample: NDArray[np.floating]) -> tuple[Vector, Vector]:
    """Return median and robust spread of each column, NaN where nothing is finite."""
    found = np.full((2, sample.shape[1]), np.nan)
    for place, column in enumerate(np.asarray(sample, dtype=np.float64).T):
        if len(finite := column[np.isfinite(column)]):
            low, middle, high = np.quantile(finite, (0.25, 0.5, 0.75))
            robust = (high - low) / IQR_OF_NORMAL
            found[:, place] = middle, robust if robust > TINY else finite.std()
    return found[0], found[1]


class EnergyTo:
    """Energy distance of samples to one fixed sample.

    Parameters
    ----------
    goal : (m, p) float64
    weights : (m,) float64
        Of sum 1.
    """

    def __init__(self, goal: Matrix, weights: Vector) -> None:
        self._goal, self._weights = goal, weights
        self._inside = _within(cdist(goal, goal), weights)

    def __call__(self, sample: Matrix, weights: Vector) -> float:
        """Return the unbiased distance; its mean is 0 when nothing differs, and it may then be negative.

        Parameters
        ----------
        sample : (n, p) float64
        weights : (n,) float64
            Of sum 1.

        References
        ----------
        Szekely & Rizzo (2013), Energy statistics: a class of statistics based on distances.
        """
        across = float(weights @ cdist(sample, self._goal) @ self._weights)
        return 2 * across - _within(cdist(sample, sample), weights) - self._inside


def halves_scatter(sample: Matrix, weights: Vector, *, rounds: int, seed: int) -> Vector:
    """Return the energy distances between random disjoint halves of one sample: what chance alone does.

    Parameters
    ----------
    sample : (n, p) float64
        At least 4 rows.
    weights : (n,) float64
    rounds : int
    seed : int

    Returns
    -------
    (rounds,) float64
    """
    rng = np.random.default_rng(seed)
    distances = cdist(sample, sample)
    found = np.empty(rounds)
    for place in range(rounds):
        side = rng.permutation(len(sample)) < len(sample) // 2
        a, b = _share(np.where(side, weights, 0.0)), _share(np.where(side, 0.0, weights))
        found[place] = 2 * float(a @ distances @ b) - _within(distances, a) - _within(distances, b)
    return found


def _share(weights: Vector) -> Vector:
    total = float(weights.sum())
    return weights / total if total > 0 else np.full_like(weights, 1 / len(weights))


def _within(distances: Matrix, weights: Vector) -> float:
    """Mean distance between two different rows."""
    share = 1 - float(np.sum(weights**2))
    return float(weights @ distances @ weights) / share if share > 0 else 0.0
