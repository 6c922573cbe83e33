"""How far values stray from what the other columns of their row say: noise loosens what hangs together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.noise.energy import IQR_OF_NORMAL, MOST_SD, Matrix, Vector

STRAYING = "straying"
"""The family of what is added."""
FEW_VALUES = 10
"""A column of at most so many values is a code, which is confused and not measured."""
RIDGE = 0.05
"""Added to each variance of 1: columns that repeat each other, or few rows, leave the coefficients finite."""


@dataclass(frozen=True)
class Straying:
    """What the columns of a table say of each other.

    Parameters
    ----------
    columns : (k,) int
        Those that are measured.
    centre, spread : (k,) float64
    others : (k, k) float64
        Row i: what column i is expected to be, from the others; 0 on the diagonal.
    """

    columns: NDArray[np.intp]
    centre: Vector
    spread: Vector
    others: Matrix

    def __call__(self, values: NDArray[np.floating]) -> Matrix:
        """Return how far each measured value lies from what is expected, either way, (n, k); NaN where it is missing.

        Parameters
        ----------
        values : (n, p) floating
            Not finite: missing, and expected of the others as if in the middle.
        """
        standard = (np.asarray(values, dtype=np.float64)[:, self.columns] - self.centre) / self.spread
        known = np.isfinite(standard)
        bounded = np.where(known, np.clip(standard, -MOST_SD, MOST_SD), 0.0)
        return np.where(known, np.abs(bounded - bounded @ self.others.T), np.nan)


def learn_straying(sample: NDArray[np.floating]) -> Straying:
    """Learn from untouched rows what their columns say of each other.

    Parameters
    ----------
    sample : (n, p) floating
        Not finite: missing.

    Returns
    -------
    Straying
        Of the columns that have more than `FEW_VALUES` values.

    Notes
    -----
    Noise of .4 standard deviations widens a column by 8 %, which few hundred rows hardly tell, and what is left of it
    after the other columns are taken into account by more, the more they say. The sign is left out, so that a wider
    spread becomes a larger value: distances tell places far better than spreads.

    References
    ----------
    That regressions of each column on all others are read off the inverse of the covariance: Whittaker (1990),
    Graphical Models in Applied Multivariate Statistics.
    """
    values = np.asarray(sample, dtype=np.float64)
    finite = np.where(np.isfinite(values), values, np.nan)
    chosen = [
        place
        for place, column in enumerate(finite.T)
        if len(np.unique(column[~np.isnan(column)])) > FEW_VALUES and _spread(column) > 0
    ]
    columns = np.array(chosen, dtype=np.intp)
    known = finite[:, columns]
    centre = np.array([np.nanmedian(column) for column in known.T])
    spread = np.array([_spread(column) for column in known.T])
    standard = np.clip(np.nan_to_num((known - centre) / spread), -MOST_SD, MOST_SD)
    inverse = np.linalg.inv(standard.T @ standard / len(standard) + RIDGE * np.eye(len(columns)))
    others = -inverse / np.diag(inverse)[:, None]
    np.fill_diagonal(others, 0.0)
    return Straying(columns, centre, spread, others)


def _spread(column: Vector) -> float:
    """Interquartile range in standard deviations, or the standard deviation where half of the values are equal."""
    low, high = np.nanquantile(column, (0.25, 0.75))
    return float((high - low) / IQR_OF_NORMAL) or float(np.nanstd(column))
