"""The mean of paired differences and its interval, by atoms: rows that belong together err together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

FEWEST_ATOMS = 5
"""With fewer, no interval by atoms is of use (of two it is 13 times the error of a mean): rows then count singly, and
the interval speaks of these atoms only."""


@dataclass(frozen=True)
class Paired:
    """A mean difference.

    Parameters
    ----------
    effect, low, high : float
        The mean and its interval; from minus to plus infinity where fewer than two rows are known.
    rows, units : int
        Rows that are known, and the units they were resampled by.
    by_atoms : bool
        False where there were too few atoms, and the interval holds for rows of these atoms only.
    """

    effect: float
    low: float
    high: float
    rows: int
    units: int
    by_atoms: bool


def paired_difference(differences: NDArray[np.float64], atoms: NDArray[Any], *, level: float) -> Paired:
    """Return the mean of differences with its interval.

    Parameters
    ----------
    differences : ndarray of float64, shape (n,)
        One a row; NaN where unknown.
    atoms : ndarray, shape (n,)
        The atom of each row.
    level : float
        The chance that the interval leaves out the truth, such as .05.

    References
    ----------
    Liang & Zeger (1986) for the variance of a mean over clusters; Student's t with one degree less than there are
    clusters.
    """
    known = np.isfinite(differences)
    values, rows = differences[known], int(known.sum())
    if rows < 2:
        effect = float(values.mean()) if rows else float("nan")
        return Paired(effect, -np.inf, np.inf, rows, rows, by_atoms=False)
    codes = np.unique(np.asarray(atoms)[known], return_inverse=True)[1].reshape(-1)
    by_atoms = int(codes.max()) + 1 >= FEWEST_ATOMS
    units = int(codes.max()) + 1 if by_atoms else rows
    effect = float(values.mean())
    sums = np.bincount(codes, weights=values - effect) if by_atoms else values - effect
    error = float(np.sqrt(np.sum(sums**2) * units / (units - 1))) / rows
    half = float(stdtrit(units - 1, 1 - level / 2)) * error
    return Paired(effect, effect - half, effect + half, rows, units, by_atoms)
