"""How well a classifier tells two samples apart that it has not seen."""

import math
from dataclasses import replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from tasks.shift.cliffs_delta import cliffs_delta
from tasks.shift.features import Features, chunks
from tasks.shift.intervals import Pairing
from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes, Floats, Points
from tasks.shift.tails import least
from tasks.shift.units import Units

LEARNT_FROM = 10_000
"""Rows that the features' correlations are estimated from; means are of all rows."""

UNITS_A_PAIR = 8
"""Products of two numbers are learnt from when there are so many units for each: with fewer they drown the rest."""


def classify_domains(
    features: Features,
    sums: Floats,
    sizes: Floats,
    units: Units,
    dealt: Points,
    pairing: Pairing,
    rng: np.random.Generator,
    *,
    confidence: float = 0.95,
) -> Effect:
    """Measure 2 AUC - 1 of a classifier of the samples, cross-fitted by atoms.

    Parameters
    ----------
    features : Features
    sums : ndarray, shape (units, features)
        Each unit's sums, centred over all units.
    sizes : ndarray, shape (units,)
        Rows of each unit.
    units : Units
        Whole units are left out together.
    dealt : ndarray of float32, shape (units, 1 + draws)
        Deals within folds.
    pairing : Pairing
        The rows' atoms.
    rng : numpy.random.Generator
        Chooses rows for correlations.
    confidence : float
        In (0, 1).

    Returns
    -------
    Effect
        0 on average where the samples are of one law, 1 where they are told apart without fail; a little below 0 by
        chance. The p-value is one-sided. NaN when a side has fewer than four units or no feature varies.

    Notes
    -----
    A ridge discriminant of ranks, their squares, gaps, categories and products: both samples weigh alike. The features'
    correlations do not depend on who belongs where, so each random deal can be learnt anew, and the p-value knows what
    cross-fitting does to it. The interval is DeLong's by atoms, widened by as much as the deals scatter more than
    models that were fixed beforehand would: folds share most of what they learn from.

    References
    ----------
    Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests"; Obuchowski 1997 for atoms.
    """
    n, m = len(pairing.code_x), len(pairing.code_y)
    kept = _learnt(features, len(sizes))
    if units.folds < 2 or not len(kept):
        return Effect(NAN, n_a=n, n_b=m)
    sums = sums[:, kept]
    factor = _correlations(features, kept, rng, ridge=0.1 + len(kept) / len(sizes))
    K = np.asarray(sums @ cho_solve(factor, sums.T), np.float32)
    p_value, stretch = _dealt(K, sizes, units, dealt, least(units.x, units.y))
    scores = _scores(features, kept, cho_solve(factor, (sums.T @ _directions(sizes, units))), units)
    _, rank = np.unique(scores, return_inverse=True)
    rank = np.asarray(rank.reshape(-1), np.int64)
    found = cliffs_delta(rank[:n], rank[n:], pairing.code_x, pairing.code_y, confidence=confidence)
    return replace(_wider(found, stretch), p_value=p_value)


def _learnt(features: Features, units: int) -> Codes:
    """Choose the features that so many units can teach."""
    groups = features.groups
    names = ["location", "shape", "gaps", "levels"]
    if features.pairs.shape[1] * UNITS_A_PAIR <= units:
        names.append("pairs")
    return np.concatenate([np.arange(groups[name].start, groups[name].stop) for name in names])


def _correlations(features: Features, kept: Codes, rng: np.random.Generator, *, ridge: float) -> tuple[Floats, bool]:
    rows = len(features.ranks)
    chosen = np.arange(rows) if rows <= LEARNT_FROM else np.sort(rng.choice(rows, LEARNT_FROM, replace=False))
    X = features.rows(chosen, waves=False)[:, kept]
    X = X - X.mean(0)
    covariance = np.asarray(X.T @ X, np.float64) / len(X)
    variance = np.diag(covariance)
    # What hardly varies in the rows chosen gets the penalty of what does.
    np.fill_diagonal(covariance, variance + ridge * np.maximum(variance, 1e-3))
    found: tuple[Floats, bool] = cho_factor(covariance, lower=True)
    return found


def _directions(sizes: Floats, units: Units) -> Floats:
    """Return each unit's part in the difference of means that each fold learns from, shape (units, folds)."""
    parts = np.zeros((len(sizes), units.folds))
    for fold in range(units.folds):
        taught = units.fold != fold
        for side, sign in ((units.in_x, 1), (~units.in_x, -1)):
            parts[taught & side, fold] = sign / sizes[taught & side].sum()
    return parts


def _dealt(K: Points, sizes: Floats, units: Units, dealt: Points, floor: float) -> tuple[float, float]:
    """Return the p-value, and by how much the difference scatters more than if the models were fixed."""
    s = np.asarray(sizes, np.float32)[:, None]
    total = np.zeros(dealt.shape[1])
    variance = np.zeros(dealt.shape[1])
    for fold in range(units.folds):
        left = units.fold == fold
        x, y = dealt * s, (1 - dealt) * s
        taught = dealt[~left] / x[~left].sum(0) - (1 - dealt[~left]) / y[~left].sum(0)
        score = K[np.ix_(left, ~left)] @ taught
        # By the mean of the fold, whoever belongs where.
        score -= s[left] * (score.sum(0) / s[left].sum())
        part = score * (dealt[left] / x[left].sum(0) - (1 - dealt[left]) / y[left].sum(0))
        total += part.sum(0)
        variance += (part**2).sum(0)
    t = total / np.sqrt(np.maximum(variance, 1e-30))
    p_value = (1 + int(np.count_nonzero(t[1:] >= t[0] - 1e-6))) / len(t)
    return max(p_value, floor), max(1.0, float(t[1:].std()))


def _scores(features: Features, kept: Codes, weights: Floats, units: Units) -> Points:
    """Score each row by the model that has not seen its unit; folds are centred and of equal spread."""
    fold = units.fold[units.of_row]
    weights = np.asarray(weights, np.float32)
    scores = np.empty(len(fold), np.float32)
    for rows in chunks(np.arange(len(fold))):
        all_folds = features.rows(rows, waves=False)[:, kept] @ weights
        scores[rows] = np.take_along_axis(all_folds, fold[rows][:, None], axis=1)[:, 0]
    for at in range(units.folds):
        held = fold == at
        spread = float(scores[held].std())
        scores[held] = (scores[held] - scores[held].mean()) / (spread if spread > 0 else 1.0)
    return scores


def _wider(found: Effect, stretch: float) -> Effect:
    """Stretch an interval on the logit scale of AUC, where it was made."""
    if not -1 < found.ci_low <= found.effect <= found.ci_high < 1:
        return found
    middle = math.atanh(found.effect)
    low = math.tanh(middle - stretch * (middle - math.atanh(found.ci_low)))
    high = math.tanh(middle + stretch * (math.atanh(found.ci_high) - middle))
    return replace(found, ci_low=low, ci_high=high)
