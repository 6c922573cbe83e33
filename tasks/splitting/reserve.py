"""How many rows meet a margin whichever atoms happen to be drawn."""

import math

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from tasks.splitting.atom_table import Floats
from tasks.splitting.design_effect import design_effect
from tasks.splitting.margins import half_width
from tasks.splitting.subset_sum import reachable_sums

SAFE = 2.0
"""Standard errors by which the atoms that are drawn may be less even than the target's: once in forty random draws they
are, and matched ones scatter less."""


def rows_that_meet(
    margin: float, expected_error: float, confidence: float, atom_rows: npt.ArrayLike, icc: float
) -> int:
    """Count the rows whose Wilson interval is no wider than asked, drawn from such atoms.

    Parameters
    ----------
    margin : float
        Half-width, in (0, 0.5).
    expected_error, confidence : float
        In (0, 1).
    atom_rows : array_like, shape (g,)
        Rows of each atom that may be drawn.
    icc : float
        Correlation of errors within an atom, in [0, 1].

    Returns
    -------
    int
        More than there are where all of them are too few.

    Notes
    -----
    The design effect of a draw is a ratio, the sum of squared rows over the sum of rows; its standard error is that of
    a simple random sample of atoms without replacement. Where atoms do not add up to the rows, the next sum above that
    they do add up to is taken.

    Invariants: more rows for a smaller margin; single rows are Wilson's, which are up to 3 % more than the textbook's.

    References
    ----------
    Wilson 1927; Cochran 1977, Sampling techniques, 6.4 (ratio estimators).
    """
    rows = np.asarray(atom_rows, np.float64)
    rows = rows[rows > 0]
    worth = _worth_wanted(margin, expected_error, confidence)
    there, effect = float(rows.sum()), design_effect(rows, icc)
    if worth * effect >= there:
        return math.ceil(worth * effect - 1e-6)
    low, high = math.ceil(worth - 1e-6), math.ceil(there)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if middle >= worth * (effect + _scatter(rows, middle, icc)) else (middle + 1, high)
    return _next_sum(rows, low)


def _worth_wanted(margin: float, expected_error: float, confidence: float) -> float:
    """Return how many independent rows have the margin."""

    def above(rows: float) -> float:
        return half_width(rows, expected_error, confidence) - margin

    high = 1.0
    while above(high) > 0:
        high *= 2
    return float(brentq(above, 0.0, high, rtol=1e-9))


def _scatter(rows: Floats, drawn: int, icc: float) -> float:
    """Return how far the design effect of so many rows may lie above that of all atoms."""
    atoms, mean = len(rows), float(rows.mean())
    number = max(1.0, drawn / mean)
    off = rows**2 - float((rows**2).sum() / rows.sum()) * rows
    variance = max(0.0, 1 - number / atoms) * float((off**2).mean()) / number / mean**2
    return SAFE * icc * math.sqrt(variance)


def _next_sum(rows: Floats, wanted: int) -> int:
    if (rows % 1 > 0).any():  # rows that are expected, not counted
        return wanted
    sums = reachable_sums(rows.astype(np.int64), wanted + int(rows.max()))
    above = [] if sums is None else sums[sums >= wanted].tolist()
    return above[0] if above else wanted
