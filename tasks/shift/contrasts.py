"""Differences of two samples' means in many features at once, for how the units are and for every deal of them."""

from dataclasses import dataclass

import numpy as np

from tasks.shift.sample import Floats, Points


@dataclass(frozen=True)
class Contrasts:
    """Differences of means and their variances.

    Parameters
    ----------
    difference, variance : ndarray of float32, shape (features, 1 + draws)
        The first column is how things are.
    """

    difference: Points
    variance: Points

    @property
    def squares(self) -> Points:
        """Squared differences in units of their variances, shape (features, 1 + draws)."""
        return np.asarray(self.difference**2 / self.variance, np.float32)


def contrast(sums: Floats, sizes: Floats, dealt: Points, *, on_y: tuple[Floats, Floats] | None = None) -> Contrasts:
    """Compare means between the sides, deal by deal.

    Parameters
    ----------
    sums : ndarray, shape (units, features)
        Each unit's sums of features that are centred over all units.
    sizes : ndarray, shape (units,)
        What the rows of each unit weigh.
    dealt : ndarray of float32, shape (units, 1 + draws)
        From `tasks.shift.units.deal`.
    on_y : (ndarray, ndarray), optional
        Sums and sizes that units have where they are dealt to y, if rows weigh differently there.

    Notes
    -----
    Each difference is measured against the scatter of the units of both sides around their own means. Dealing units
    anew is exact where both sides' units are of one law; divided by this variance it raises no more
    alarms than it may also where only the means agree, as with single rows on one side and atoms of ten on the other;
    with few such atoms it raises hardly any.

    Cost: three products of (features, units) by (units, draws).

    References
    ----------
    Janssen 1997 and Chung & Romano, Annals of Statistics 2013, for one feature; Anderson, Walsh et al., Aust. N. Z. J.
    Stat. 2017 (statistic F2) for many.
    """
    S: Points = np.asarray(sums, np.float32)
    s: Points = np.asarray(sizes, np.float32)
    products = _products(S, s)
    in_x = [part @ dealt for part in products]
    own = [np.asarray(part @ dealt, np.float32) for part in (s, s * s)]
    if on_y is None:
        in_y = [part.sum(axis=1, keepdims=True) - taken for part, taken in zip(products, in_x, strict=True)]
        other = [part.sum() - taken for part, taken in zip((s, s * s), own, strict=True)]
    else:
        S_y, s_y = (np.asarray(part, np.float32) for part in on_y)
        left = 1 - dealt
        in_y = [part @ left for part in _products(S_y, s_y)]
        other = [np.asarray(part @ left, np.float32) for part in (s_y, s_y * s_y)]
    difference, variance = _moments(in_x, *own)
    mean, scatter = _moments(in_y, *other)
    difference -= mean
    variance += scatter
    # All scatter gone is a perfect separation, not a division by 0; a feature that nowhere varies differs nowhere.
    floor = np.maximum(1e-6 * np.einsum("gq,gq->q", S, S) / max(float(s.sum()), 1.0) ** 2, 1e-30)
    return Contrasts(difference, np.maximum(variance, floor[:, None], out=variance))


def _products(S: Points, s: Points) -> list[Points]:
    return [np.ascontiguousarray((S * weight).T) for weight in (np.float32(1), S, s[:, None])]


def _moments(side: list[Points], size: Points, squared: Points) -> tuple[Points, Points]:
    """Return a side's means, and their variances from the scatter of its units; the products are used up."""
    first, squares, weighted = side
    # A side without rows has no mean; any number does, for nothing is concluded from it.
    size = np.where(size > 0, size, np.float32(1))
    first /= size
    weighted *= -2 * first
    squares += weighted
    squares += np.multiply(first**2, squared, out=weighted)
    np.maximum(squares, 0, out=squares)
    squares /= size**2
    return first, squares
