"""The share of rows for which something holds, in two samples."""

import math

import numpy as np
from scipy.special import stdtr, stdtrit

from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes, Flags, Floats


def share_difference(yes_x: Flags, yes_y: Flags, atoms_x: Codes, atoms_y: Codes, *, confidence: float = 0.95) -> Effect:
    """Compare two shares, with the design effect of the atoms.

    Parameters
    ----------
    yes_x, yes_y : ndarray of bool, shape (n,), (m,)
    atoms_x, atoms_y : ndarray of int64, shape (n,), (m,)
        Atoms, numbered from 0.

    Returns
    -------
    Effect
        Share of x minus share of y. NaN when a side is empty; p is NaN when a side has one atom.

    Notes
    -----
    Wilson's interval a side on the rows that the atoms are worth, put together by Newcombe's rule: it stays inside
    [-1, 1] and does not shrink to nothing where no row says yes. Rows that all agree do not show what their atoms are
    worth: the other side's design effect is taken, and where that is unknown too an atom counts as one row.

    References
    ----------
    Newcombe, Stat. Med. 1998 (method 10); Korn & Graubard 1998 for the rows' worth.
    """
    n, m = len(yes_x), len(yes_y)
    if not n or not m:
        return Effect(NAN, n_a=n, n_b=m)
    x, y = _Share(yes_x, atoms_x, confidence), _Share(yes_y, atoms_y, confidence)
    if x.worth is None and y.worth is not None:
        x = _Share(yes_x, atoms_x, confidence, clumped=m / y.worth)
    elif y.worth is None and x.worth is not None:
        y = _Share(yes_y, atoms_y, confidence, clumped=n / x.worth)
    effect = x.share - y.share
    low = effect - math.hypot(x.share - x.low, y.high - y.share)
    high = effect + math.hypot(x.high - x.share, y.share - y.low)
    if min(x.atoms, y.atoms) < 2:
        return Effect(effect, low, high, NAN, n, m)
    if effect == 0.0:
        return Effect(effect, low, high, 1.0, n, m)
    # A side whose rows all agree shows no variance, but if the shares were equal its atoms would differ.
    pooled = (x.share * n + y.share * m) / (n + m)
    spread = pooled * (1 - pooled)
    variance_x, variance_y = (side.variance if side.variance > 0 else spread / side.atoms for side in (x, y))
    variance = variance_x + variance_y
    freedom = variance**2 / (variance_x**2 / (x.atoms - 1) + variance_y**2 / (y.atoms - 1))
    return Effect(effect, low, high, 2 * float(stdtr(freedom, -abs(effect) / math.sqrt(variance))), n, m)


def share_by_atoms(yes: Flags, atoms: Codes, *, confidence: float = 0.95) -> Effect:
    """Measure one share: Wilson's interval on the rows that the atoms are worth.

    Parameters
    ----------
    yes : ndarray of bool, shape (n,)
    atoms : ndarray of int64, shape (n,)
        Atoms, numbered from 0.
    """
    if not len(yes):
        return Effect(NAN)
    found = _Share(yes, atoms, confidence)
    return Effect(found.share, found.low, found.high, NAN, len(yes))


def mean_by_atoms(values: Floats, atoms: Codes, *, confidence: float = 0.95) -> Effect:
    """Measure a mean, with an interval by how much the atoms' sums scatter (Student's t over atoms).

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite.
    atoms : ndarray of int64, shape (n,)
        Atoms, numbered from 0.
    """
    n = len(values)
    if not n:
        return Effect(NAN)
    mean = float(np.mean(values))
    count = int(np.count_nonzero(np.bincount(atoms)))
    if count < 2:
        return Effect(mean, n_a=n)
    part = np.bincount(atoms, weights=values - mean) / n
    reach = float(stdtrit(count - 1, 0.5 + confidence / 2)) * math.sqrt(float(part @ part) * count / (count - 1))
    return Effect(mean, mean - reach, mean + reach, NAN, n)


class _Share:
    """One side: its share, Wilson's interval, the variance by atoms, the rows that they are worth (None: not shown)."""

    def __init__(self, yes: Flags, atoms: Codes, confidence: float, clumped: float | None = None) -> None:
        self.share = share = float(np.mean(yes))
        self.atoms = int(np.count_nonzero(np.bincount(atoms)))
        part = np.bincount(atoms, weights=yes - share) / len(yes)
        self.variance = float(part @ part) * self.atoms / max(1, self.atoms - 1) if 0 < share < 1 else 0.0
        self.worth = share * (1 - share) / self.variance if self.variance > 0 else None
        # No design effect makes rows worth more than so many rows, or less than so many atoms.
        agreed = len(yes) / clumped if clumped else 0.0
        worth = self.worth or min(float(len(yes)), max(float(self.atoms), agreed))
        z = float(stdtrit(max(1, self.atoms - 1), 0.5 + confidence / 2))
        middle = (share + z * z / (2 * worth)) / (1 + z * z / worth)
        reach = z / (1 + z * z / worth) * math.sqrt(share * (1 - share) / worth + z * z / (4 * worth * worth))
        self.low = min(share, max(0.0, middle - reach))
        self.high = max(share, min(1.0, middle + reach))
