"""Energy distance between two weighted samples of descriptors, and how far it scatters when nothing differs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

MOST_SD = 8.0
"""Standardised values are cut there: one broken record must not weigh like a hundred."""


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
    """Learn median and robust spread of each column over two samples, each counting half.

    Parameters
    ----------
    first : (n, p) floating
    second : (m, p) floating

    Returns
    -------
    Scale

    Notes
    -----
    The spread is the mean over both samples of the interquartile range (or, where that is 0, the standard
    deviation): within the samples, so that a column in which they lie far apart counts by how far.
    """
    samples = [np.asarray(sample, dtype=np.float64) for sample in (first, second)]
    centres, spreads = [], []
    for sample in samples:
        with np.errstate(invalid="ignore"):
            low, middle, high = (_quantile(sample, q) for q in (0.25, 0.5, 0.75))
            deviation = np.array([_deviation(column) for column in sample.T])
        robust = (high - low) / 1.349
        spreads.append(np.where(robust > 1e-9, robust, deviation))
        centres.append(middle)
    spread = np.nanmean(np.vstack([*spreads, np.zeros_like(spreads[0])]), axis=0) * 1.5
    centre = np.nanmean(np.vstack([*centres]), axis=0) if len(spread) else np.zeros(0)
    apart = np.abs(centres[0] - centres[1])
    spread = np.where(spread > 1e-9, spread, apart)
    keep = np.flatnonzero(np.isfinite(spread) & (spread > 1e-9) & np.isfinite(centre))
    return Scale(keep, centre[keep], spread[keep])


def _quantile(sample: Matrix, q: float) -> Vector:
    return np.array(
        [np.quantile(column[np.isfinite(column)], q) if np.isfinite(column).any() else np.nan for column in sample.T]
    )


def _deviation(column: Vector) -> float:
    finite = column[np.isfinite(column)]
    return float(finite.std()) if len(finite) else 0.0


def _within(distances: Matrix, weights: Vector) -> float:
    """Mean distance between two different rows."""
    share = 1 - float(np.sum(weights**2))
    return float(weights @ distances @ weights) / share if share > 0 else 0.0


def energy_distance(first: Matrix, second: Matrix, first_weights: Vector, second_weights: Vector) -> float:
    """Return the unbiased energy distance; its mean is 0 when nothing differs, and it may then be negative.

    Parameters
    ----------
    first : (n, p) float64
    second : (m, p) float64
    first_weights, second_weights : (n,), (m,) float64
        Each of sum 1.

    References
    ----------
    Szekely & Rizzo (2013), Energy statistics: a class of statistics based on distances.
    """
    across = float(first_weights @ cdist(first, second) @ second_weights)
    return 2 * across - _within(cdist(first, first), first_weights) - _within(cdist(second, second), second_weights)


def halves_scatter(sample: Matrix, weights: Vector, *, rounds: int, seed: int) -> Vector:
    """Return the energy distances between random disjoint halves of one sample.

    Parameters
    ----------
    sample : (n, p) float64
    weights : (n,) float64
    rounds : int
    seed : int

    Returns
    -------
    (rounds,) float64
        Zeros when there are fewer than 4 rows.
    """
    if len(sample) < 4:
        return np.zeros(rounds)
    rng = np.random.default_rng(seed)
    distances = cdist(sample, sample)
    found = np.empty(rounds)
    for place in range(rounds):
        side = rng.permutation(len(sample)) < len(sample) // 2
        a, b = np.where(side, weights, 0.0), np.where(side, 0.0, weights)
        if a.sum() <= 0 or b.sum() <= 0:
            found[place] = 0.0
            continue
        a, b = a / a.sum(), b / b.sum()
        found[place] = 2 * float(a @ distances @ b) - _within(distances, a) - _within(distances, b)
    return found
