"""p-values from random deals: how many are as extreme, and how far beyond all of them a value lies."""

import math

import numpy as np
from scipy.special import gammaincc

from tasks.shift.sample import Floats

ENOUGH = 10
"""Draws as extreme as the value itself from which counting them is precise enough (Knijnenburg et al. 2009)."""


def surprise(statistics: Floats, deals: int | None = None) -> Floats:
    """Return -log P(at least so large) of the first deals, all by default, by the three moments of the random ones.

    Parameters
    ----------
    statistics : ndarray, shape (k, 1 + draws)
        Quadratic in nature: sums or maxima of squares. The first column is how things are.

    Notes
    -----
    A Pearson III (shifted gamma) law is exact for equal weights of normal squares and close for others; that puts
    statistics of different kinds on one scale.

    References
    ----------
    Josse, Pages & Husson 2008, "Testing the significance of the RV coefficient".
    """
    values = np.asarray(statistics, np.float64)
    null = values[:, 1:]
    mean, sd = null.mean(1, keepdims=True), null.std(1, keepdims=True)
    sd = np.where(sd > 0, sd, 1.0)
    skew = np.maximum((((null - mean) / sd) ** 3).mean(1, keepdims=True), 1e-2)
    shape = 4 / skew**2
    place = np.maximum(shape + (values[:, :deals] - mean) / sd * np.sqrt(shape), 0)
    # Beyond what a double can tell from 0 the tail falls like exp(-place).
    far = place >= shape + 600
    return np.asarray(np.where(far, place - shape + 100, -np.log(np.maximum(gammaincc(shape, place), 1e-300))))


def p_values(statistics: Floats, units_x: int, units_y: int) -> Floats:
    """Return the p-value of each statistic: counted, or, where hardly any deal is as extreme, by the fitted tail.

    Parameters
    ----------
    statistics : ndarray, shape (k, 1 + draws)
        As for `surprise`.
    units_x, units_y : int
        Never below what dealing so many units could give.

    Returns
    -------
    ndarray, shape (k,)
        Small enough to survive adjustment over hundreds of descriptors.

    Notes
    -----
    Deals that tie with how things are count half (mid-p). Few gaps can be dealt in few ways, of which a tenth to a
    fifth tie: counted whole, 5 % are alarms in 2.5 to 3.3 % of trials, counted half in 4.3 to 4.9. The level holds on
    average over what could have been seen; for one table it may be exceeded by half of what ties.

    References
    ----------
    Knijnenburg, Wessels, Reinders & Shmulevich, "Fewer permutations, more accurate P-values", Bioinformatics 2009;
    Lancaster, "Significance tests in discrete distributions", JASA 1961.
    """
    values = np.asarray(statistics, np.float64)
    draws = values.shape[1] - 1
    beyond = (values[:, 1:] >= values[:, :1] * (1 - 1e-5)).sum(1)
    clearly = (values[:, 1:] > values[:, :1] * (1 + 1e-5)).sum(1)
    counted = (1 + (clearly + beyond) / 2) / (1 + draws)
    fitted = np.exp(-surprise(values, 1)[:, 0]) if len(values) else counted
    found = np.where(beyond >= ENOUGH, counted, np.minimum(counted, np.maximum(fitted, 1e-12)))
    return np.asarray(np.maximum(found, least(units_x, units_y)))


def least(units_x: int, units_y: int) -> float:
    """Return the least p-value that dealing so many units can give."""
    if min(units_x, units_y) > 20:
        return 1e-12
    return max(1e-12, 1 / math.comb(units_x + units_y, units_x))
