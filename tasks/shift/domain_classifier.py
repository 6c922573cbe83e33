"""How well a classifier tells two samples apart that it has not seen."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from scipy.linalg import cho_factor, cho_solve

from tasks.shift.cliffs_delta import cliffs_delta
from tasks.shift.features import Features, chunks
from tasks.shift.intervals import Pairing
from tasks.shift.measurements import NAN, Effect
from tasks.shift.numbers import THREADS
from tasks.shift.sample import Codes, Floats, Points
from tasks.shift.tails import least
from tasks.shift.telling import TELLING, telling
from tasks.shift.units import Units

LEARNT_FROM = 10_000
"""Rows that the features' correlations are estimated from; means are of all rows."""

WORTH_LEARNING = 2.0
"""Squared difference, in units of its error, that a feature must exceed to be learnt from (Akaike's bound); what is
beyond is shrunk by as much (Breiman's garrote). Otherwise one telling feature drowns among hundreds of others."""

ATOMS_A_PAIR = 8
"""Products of two numbers are learnt from when there are so many atoms for each: with fewer they drown the rest."""


@dataclass(frozen=True)
class Classified:
    """What a classifier of the samples makes of rows that it has not seen.

    Parameters
    ----------
    effect : Effect
        2 AUC - 1.
    y_like : ndarray of float32, shape (n + m,)
        How much like y each row looks, as its rank in 0 to 1 among all rows; NaN without a classifier.
    telling : pa.Table
        What tells the samples apart: descriptor, share; the most telling first. No rows where nothing does.
    """

    effect: Effect
    y_like: Points
    telling: pa.Table


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
) -> Classified:
    """Tell the samples apart by a classifier, cross-fitted by atoms, and measure 2 AUC - 1.

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
    Classified
        The effect is 0 on average where the samples are of one law, 1 where they are told apart without fail; a little
        below 0 by chance. Its p-value is one-sided. NaN when a side has fewer than four units or no feature varies.

    Notes
    -----
    A ridge discriminant of polynomials of ranks, gaps, categories and products: both samples weigh alike. The features'
    correlations do not depend on who belongs where, so each random deal can be learnt anew, and the p-value knows what
    cross-fitting does to it. The interval is DeLong's by atoms, widened by as much as the deals scatter more than
    models that were fixed beforehand would: folds share most of what they learn from.

    References
    ----------
    Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests"; Obuchowski 1997 for atoms.
    """
    n, m = len(pairing.code_x), len(pairing.code_y)
    kept = _learnt(features, pairing.atoms)
    if units.folds < 2 or not len(kept):
        unknown = np.full(n + m, NAN, np.float32)
        return Classified(Effect(NAN, n_a=n, n_b=m), unknown, TELLING.empty_table())
    factor = _correlations(features, kept, rng, ridge=0.1 + len(kept) / pairing.atoms)
    t, weights = _dealt(sums[:, kept], sizes, units, dealt, factor)
    p_value = (1 + int(np.count_nonzero(t[1:] >= t[0] - 1e-6))) / len(t)
    scores = _scores(features, kept, weights, units)
    _, rank = np.unique(scores, return_inverse=True)
    rank = np.asarray(rank.reshape(-1), np.int64)
    found = cliffs_delta(rank[:n], rank[n:], pairing.code_x, pairing.code_y, confidence=confidence)
    stretch = max(1.0, float(t[1:].std()))
    counts = np.bincount(rank)
    y_like = 1 - ((np.cumsum(counts) - counts / 2) / max(1, n + m))[rank]
    return Classified(
        replace(_wider(found, stretch), p_value=max(p_value, least(units.x, units.y))),
        np.asarray(y_like, np.float32),
        telling(features, kept, weights, sums[:, kept], sizes, units),
    )


def _learnt(features: Features, atoms: int) -> Codes:
    """Choose the features that so many atoms can teach."""
    groups = features.groups
    names = ["location", "shape", "gaps", "levels"]
    if features.pairs.shape[1] * ATOMS_A_PAIR <= atoms:
        names.append("pairs")
    return np.concatenate([np.arange(groups[name].start, groups[name].stop) for name in names])


def _correlations(features: Features, kept: Codes, rng: np.random.Generator, *, ridge: float) -> tuple[Floats, bool]:
    rows = len(features.ranks)
    chosen = np.arange(rows) if rows <= LEARNT_FROM else np.sort(rng.choice(rows, LEARNT_FROM, replace=False))
    X = features.rows(chosen, waves=False)[kept]
    X -= X.mean(axis=1, keepdims=True)
    covariance = np.asarray(X @ X.T, np.float64) / len(chosen)
    variance = np.diag(covariance)
    # What hardly varies in the rows chosen gets the penalty of what does.
    np.fill_diagonal(covariance, variance + ridge * np.maximum(variance, 1e-3))
    lower, half = cho_factor(covariance, lower=True)
    return np.asarray(lower, np.float32), half


def _dealt(
    sums: Floats, sizes: Floats, units: Units, dealt: Points, factor: tuple[Floats, bool]
) -> tuple[Points, Floats]:
    """Learn and judge every deal.

    Returns
    -------
    ndarray, shape (1 + draws,)
        The difference of mean scores of units left out, in units of its scatter if the models were fixed.
    ndarray, shape (features, folds)
        What is learnt from how things are.
    """
    S, s = np.asarray(sums, np.float32), np.asarray(sizes, np.float32)[:, None]
    total, variance = np.zeros(dealt.shape[1], np.float32), np.zeros(dealt.shape[1], np.float32)
    weights = np.empty((S.shape[1], units.folds))
    of_x, of_y = dealt, 1 - dealt
    rows_x, rows_y = of_x * s, of_y * s
    for fold in range(units.folds):
        left = units.fold == fold
        taught = of_x[~left] / rows_x[~left].sum(0) - of_y[~left] / rows_y[~left].sum(0)
        learnt = _learn(S[~left], taught, factor)
        weights[:, fold] = learnt[:, 0]
        score = S[left] @ learnt
        # By the mean of the fold, whoever belongs where.
        score -= s[left] * (score.sum(0) / s[left].sum())
        part = score * (of_x[left] / rows_x[left].sum(0) - of_y[left] / rows_y[left].sum(0))
        total += part.sum(0)
        variance += (part**2).sum(0)
    return np.asarray(total / np.sqrt(np.maximum(variance, 1e-30)), np.float32), weights


def _learn(sums: Points, taught: Points, factor: tuple[Floats, bool]) -> Points:
    """Return the features' weights, shape (features, 1 + draws), from the units' parts in a difference of means."""
    difference = sums.T @ taught
    scatter = np.einsum("gq,gq->q", sums, sums)[:, None] * np.mean(taught**2, axis=0)
    squares = difference**2 / np.maximum(scatter, 1e-30)
    difference *= np.maximum(0, 1 - WORTH_LEARNING / np.maximum(squares, 1e-6))
    learnt: Points = cho_solve(factor, difference)
    return learnt


def _scores(features: Features, kept: Codes, weights: Floats, units: Units) -> Points:
    """Score each row by the model that has not seen its unit; folds are centred and of equal spread."""
    fold = units.fold[units.of_row]
    scores = np.empty(len(fold), np.float32)
    spread_out = np.zeros((weights.shape[1], features.plain), np.float32)
    spread_out[:, kept] = weights.T

    def score(rows: Codes) -> None:
        all_folds = spread_out @ features.rows(rows, waves=False)
        scores[rows] = np.take_along_axis(all_folds, fold[rows][None], axis=0)[0]

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(score, chunks(np.arange(len(fold)))))
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
