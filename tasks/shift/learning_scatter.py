"""How much what a cross-fitted classifier tells varies from sample to sample, when it learns anew from each."""

import numpy as np

from tasks.shift.discriminant import Correlations, learn, worth
from tasks.shift.sample import Floats, Points
from tasks.shift.units import Units

DEALS = 200
"""Samples that are made: the scatter is known to 5 %."""


def learning_scatter(sums: Floats, sizes: Floats, units: Units, dealt: Points, found: Correlations) -> float:
    """Make samples that differ as these do, learn from each, and measure how much the verdict on them varies.

    Parameters
    ----------
    sums : ndarray, shape (units, features)
    sizes : ndarray, shape (units,)
        Rows of each unit.
    units : Units
    dealt : ndarray of float32, shape (units, 1 + draws)
        Deals within folds; the first column is how things are.
    found : Correlations

    Returns
    -------
    float
        Standard deviation of the difference of mean scores of units left out, in units of the error that it would have
        if the models were fixed; 1 where nothing can be learnt.

    Notes
    -----
    Units are taken to their own side's mean, dealt anew within their folds, and x's are moved by the difference of the
    samples, shrunk as the classifier shrinks it: otherwise its noise would count as a difference too, and what is
    learnt would seem to vary less than it does. Where samples do not differ, nothing is moved, and this is the scatter
    of plain deals. With a clear difference the direction learnt hardly matters (its score is at a maximum there), and
    the scatter falls to 1; in between it is largest.

    Scores are scaled by their spread among rows, as those of the classifier are: a larger difference teaches larger
    weights, which is no scatter. They are centred fold by fold and their errors are taken over all folds, again as the
    classifier's are: with two atoms a side in each fold that alone makes errors seem a sixth smaller than they are.
    """
    S, s = np.asarray(sums, np.float32), np.asarray(sizes, np.float32)[:, None]
    shift, errors = np.zeros((S.shape[1], 1), np.float32), np.zeros((S.shape[1], 1), np.float32)
    own = S.copy()
    for side, sign in ((units.in_x, 1), (~units.in_x, -1)):
        rows, count = s[side].sum(), int(side.sum())
        mean = S[side].sum(0) / rows
        # Units taken to their own mean lie too near to it.
        own[side] = (S[side] - s[side] * mean) * np.float32(np.sqrt(count / max(1, count - 1)))
        shift[:, 0] += sign * mean
        errors[:, 0] += np.einsum("gq,gq->q", own[side], own[side]) / rows**2
    shift *= worth(np.asarray(shift**2 / np.maximum(errors, 1e-30), np.float32))
    few = dealt[:, 1 : 1 + DEALS]
    in_x, in_y = few * s, (1 - few) * s
    told = np.empty(few.shape, np.float32)
    for fold in range(units.folds):
        left = units.fold == fold
        taught = few[~left] / in_x[~left].sum(0) - (1 - few[~left]) / in_y[~left].sum(0)
        learnt = learn(own[~left], taught, found, shift)
        spread = np.sqrt(np.maximum(np.einsum("fq,fq->q", learnt, found.covariance @ learnt), 1e-30))
        score = own[left] @ learnt + in_x[left] * (shift.T @ learnt)
        told[left] = (score - s[left] * (score.sum(0) / s[left].sum())) / spread
    means, variance = [], np.zeros(few.shape[1], np.float32)
    for rows in (in_x, in_y):
        weight = rows / s / rows.sum(0)
        means.append((told * weight).sum(0))
        part = (told - s * means[-1]) * weight
        count = np.count_nonzero(rows, axis=0)
        variance += (part**2).sum(0) * (count / np.maximum(1, count - 1))
    error = float(np.sqrt(variance.mean()))
    return float((means[0] - means[1]).std()) / error if error > 0 else 1.0
