"""Which sample has the larger values: Cliff's delta, with the atoms in its error."""

import math

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes


def cliffs_delta(rank_x: Codes, rank_y: Codes, code_x: Codes, code_y: Codes, *, confidence: float = 0.95) -> Effect:
    """Measure P(x > y) - P(x < y), which is 2 AUC - 1 with mid-ranks.

    Parameters
    ----------
    rank_x, rank_y : ndarray of int64, shape (n,), (m,)
        Ranks of the values among the distinct values of both samples, from 0. Neither side is empty.
    code_x, code_y : ndarray of int64, shape (n,), (m,)
        Atoms, numbered together from 0; one that has rows on both sides adds its covariance.
    confidence : float
        In (0, 1).

    Returns
    -------
    Effect
        The p-value is below 1 - `confidence` exactly when the interval leaves out 0. With one atom on a side the
        interval is [-1, 1] and the p-value NaN.

    Notes
    -----
    Invariants: agrees with the Mann-Whitney U statistic; swapping the samples changes the sign; no monotone
    transformation of the values matters.

    The variance is that of DeLong with rows summed by atom first (Obuchowski 1997); Student's quantiles with
    Satterthwaite's degrees of freedom (Brunner & Munzel 2000) on the logit scale keep the level from five atoms a side
    on. Samples that do not overlap show no variance: Newcombe's score interval on the number of atoms and the exact
    null variance stand in.

    References
    ----------
    Obuchowski, Biometrics 1997; Brunner & Munzel, Biom. J. 2000; Newcombe, Stat. Med. 2006 (part 2, method 5).
    """
    n, m = len(rank_x), len(rank_y)
    width = 1 + max(int(rank_x.max()), int(rank_y.max()))
    count_x, count_y = np.bincount(rank_x, minlength=width), np.bincount(rank_y, minlength=width)
    below_x, below_y = (np.cumsum(count) - 0.5 * count for count in (count_x, count_y))
    wins_x, wins_y = (below_y / m)[rank_x], 1 - (below_x / n)[rank_y]
    auc = float(count_x @ below_y) / (n * m)
    atoms = 1 + max(int(code_x.max()), int(code_y.max()))
    groups_x, groups_y = (int(np.count_nonzero(np.bincount(code))) for code in (code_x, code_y))
    delta, fewest = 2 * auc - 1, min(groups_x, groups_y)
    if fewest < 2:
        return Effect(delta, -1.0, 1.0, NAN, n, m)
    part_x = np.bincount(code_x, weights=wins_x - auc, minlength=atoms) / n * math.sqrt(groups_x / (groups_x - 1))
    part_y = np.bincount(code_y, weights=wins_y - auc, minlength=atoms) / m * math.sqrt(groups_y / (groups_y - 1))
    variance_x, variance_y = float(part_x @ part_x), float(part_y @ part_y)
    variance = variance_x + variance_y + 2 * float(part_x @ part_y)
    tail = (1 - confidence) / 2
    if variance <= 1e-12 and abs(delta) < 1e-9:
        # All values tie. A share of atoms that differs and was missed by all these would show up by so much.
        reach = 1 - tail ** (1 / fewest)
        return Effect(0.0, -reach, reach, 1.0, n, m)
    if variance <= 1e-12 or abs(delta) == 1.0:
        low, p_value = _apart(max(auc, 1 - auc), groups_x, groups_y, confidence)
        low, high = (low, 1.0) if delta > 0 else (-1.0, -low)
        return Effect(delta, min(low, delta), max(high, delta), p_value, n, m)
    freedom = (variance_x + variance_y) ** 2 / (variance_x**2 / (groups_x - 1) + variance_y**2 / (groups_y - 1))
    error = math.sqrt(variance) / (auc * (1 - auc))
    logit = math.log(auc / (1 - auc))
    reach = float(stdtrit(freedom, 1 - tail)) * error
    p_value = 2 * float(stdtr(freedom, -abs(logit) / error))
    # tanh(z / 2) = 2 / (1 + exp(-z)) - 1, without overflow.
    return Effect(delta, math.tanh((logit - reach) / 2), math.tanh((logit + reach) / 2), p_value, n, m)


def _apart(auc: float, groups_x: int, groups_y: int, confidence: float) -> tuple[float, float]:
    """Return the lower end of delta and p when the samples show no variance, as if each atom were one value."""
    z = float(ndtri(0.5 + confidence / 2))
    mean = (groups_x + groups_y) / 2 - 1
    low, high = 0.5, auc
    for _ in range(40):
        guess = (low + high) / 2
        spread = guess * (1 - guess) * (1 + mean * ((1 - guess) / (2 - guess) + guess / (1 + guess)))
        outside = (auc - guess) ** 2 > z * z * spread / (groups_x * groups_y)
        low, high = (guess, high) if outside else (low, guess)
    error = math.sqrt((groups_x + groups_y + 1) / (12 * groups_x * groups_y))
    return 2 * low - 1, 2 * float(ndtr(-(auc - 0.5) / error))
