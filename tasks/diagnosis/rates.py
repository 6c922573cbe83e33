"""An error rate and how sure it is: counted, measured on records, or taken as known."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from tasks.errors import InputError

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Rate:
    """An error, and what its interval follows from.

    Parameters
    ----------
    error : float
        In [0, 1] where it is a share of rows.
    n : int, optional
        Rows that it was measured on; None: it is taken as exactly known.
    worth : float, optional
        Independent rows that they are worth, where rows belong together; `n` by default.
    atoms : int, optional
        Atoms that they belong to, for Student's t; without it the normal quantile is taken.
    deviation : float, optional
        Standard error, where the error is no share of rows: F1, a mean of squares.

    Notes
    -----
    Invariants: the interval holds the error, widens with the confidence, and stays in [0, 1] for shares.

    References
    ----------
    Wilson 1927; Korn & Graubard 1998 for the rows' worth.
    """

    error: float
    n: int | None = None
    worth: float | None = None
    atoms: int | None = None
    deviation: float | None = None

    @property
    def known(self) -> bool:
        """Whether it is taken as exactly known."""
        return self.n is None

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return both ends: Wilson's, or by the standard error; NaN where fewer than two atoms tell nothing."""
        if self.n is None:
            return self.error, self.error
        if self.atoms is not None and self.atoms < 2:
            return math.nan, math.nan
        level = 0.5 + confidence / 2
        z = float(ndtri(level)) if self.atoms is None else float(stdtrit(self.atoms - 1, level))
        if self.deviation is not None:
            return self.error - z * self.deviation, self.error + z * self.deviation
        rows, p = self.worth or float(self.n), self.error
        middle = (p + z * z / (2 * rows)) / (1 + z * z / rows)
        reach = z / (1 + z * z / rows) * math.sqrt(p * (1 - p) / rows + z * z / (4 * rows * rows))
        return min(p, max(0.0, middle - reach)), max(p, min(1.0, middle + reach))

    @property
    def variance(self) -> float:
        """What its square deviation is expected to be; a row more of either kind is counted (Agresti & Coull)."""
        if self.n is None:
            return 0.0
        if self.deviation is not None:
            return self.deviation**2
        rows = self.worth or float(self.n)
        p = (self.error * rows + 1) / (rows + 2)
        return p * (1 - p) / rows


def counted(error: float, n: int | None, *, name: str) -> Rate:
    """Check a rate that somebody wrote down.

    Raises
    ------
    InputError
        When the error is not a share, or the count is not a positive whole number.
    """
    if not isinstance(error, int | float) or isinstance(error, bool) or not math.isfinite(error):
        raise InputError(f"{name}: an error between 0 and 1 wanted, found {error!r}.")
    if not 0 <= error <= 1:
        raise InputError(f"{name}: an error between 0 and 1 wanted, found {error:g}. Write 8 % as 0.08.")
    if n is None:
        return Rate(float(error))
    if not isinstance(n, int | float) or isinstance(n, bool) or not math.isfinite(n) or n != int(n) or n < 1:
        raise InputError(f"{name}: n is the number of rows that were judged, 1 or more; found {n!r}.")
    return Rate(float(error), int(n))


def measured(wrong: Floats, atoms: Codes) -> Rate:
    """Measure an error rate on records.

    Parameters
    ----------
    wrong : ndarray of float64, shape (n,)
        1 where the prediction is wrong, 0 where it is right; or losses of any size.
    atoms : ndarray of int64, shape (n,)
        Which records belong together.

    Notes
    -----
    Invariants: neither the order of rows nor the numbers of atoms matter; with an atom a row it is Wilson's interval
    with Student's t.
    """
    if not len(wrong):
        raise InputError("no record to measure an error on.")
    code = np.unique(atoms, return_inverse=True)[1].reshape(-1)
    count, n, error = int(code.max()) + 1, len(wrong), float(np.mean(wrong))
    if count < 2:
        return Rate(error, n, atoms=count)
    part = np.bincount(code, weights=wrong - error) / n
    variance = float(part @ part) * count / (count - 1)
    if not np.isin(wrong, (0.0, 1.0)).all():
        return Rate(error, n, atoms=count, deviation=math.sqrt(variance))
    # Rows that all agree do not show what their atoms are worth: then an atom counts as one row.
    return Rate(error, n, worth=error * (1 - error) / variance if variance > 0 else float(count), atoms=count)


def combined(terms: Mapping[str, float], rates: Mapping[str, Rate], confidence: float) -> tuple[float, float, float]:
    """Add up independent rates, each times a factor, with an interval.

    Parameters
    ----------
    terms : mapping of str to float
        Name -> factor: `{"dev": 1, "train": -1}` is their difference.
    rates : mapping of str to Rate
    confidence : float

    Returns
    -------
    tuple of float
        The sum, and the ends of its interval.

    Notes
    -----
    The square-and-add rule: of two rates it is Newcombe's interval (method 10), which keeps its level for small rates.

    References
    ----------
    Newcombe, Stat. Med. 1998; Zou & Donner, Stat. Med. 2008.
    """
    total, below, above = 0.0, 0.0, 0.0
    for name, factor in terms.items():
        rate = rates[name]
        low, high = rate.interval(confidence)
        ends = sorted((factor * low, factor * high)) if math.isfinite(low) else (math.nan, math.nan)
        total += factor * rate.error
        below += (factor * rate.error - ends[0]) ** 2
        above += (ends[1] - factor * rate.error) ** 2
    return total, total - math.sqrt(below), total + math.sqrt(above)
