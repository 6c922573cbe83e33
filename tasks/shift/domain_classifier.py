"""How well a classifier tells two samples apart that it has not seen."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from tasks.shift.cliffs_delta import cliffs_delta
from tasks.shift.discriminant import Correlations, correlations, learn, learnt_features
from tasks.shift.features import Features, chunks
from tasks.shift.intervals import Pairing
from tasks.shift.learning_scatter import learning_scatter
from tasks.shift.measurements import NAN, Effect
from tasks.shift.numbers import THREADS
from tasks.shift.sample import Codes, Floats, Points
from tasks.shift.tails import least
from tasks.shift.telling import TELLING, telling
from tasks.shift.units import Units


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
    cross-fitting does to it. The interval is DeLong's by atoms, widened by as much as samples that differ like these
    scatter more than models that were fixed beforehand would (`tasks.shift.learning_scatter`): folds share most of what
    they learn from. It is of what such a classifier tells on average of samples as large as these.

    References
    ----------
    Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests"; Obuchowski 1997 for atoms.
    """
    n, m = len(pairing.code_x), len(pairing.code_y)
    kept = learnt_features(features, pairing.atoms)
    if units.folds < 2 or not len(kept):
        unknown = np.full(n + m, NAN, np.float32)
        return Classified(Effect(NAN, n_a=n, n_b=m), unknown, TELLING.empty_table())
    hang = correlations(features, kept, rng, ridge=0.1 + len(kept) / pairing.atoms)
    t, weights = _dealt(sums[:, kept], sizes, units, dealt, hang)
    p_value = (1 + int(np.count_nonzero(t[1:] >= t[0] - 1e-6))) / len(t)
    scores = _scores(features, kept, weights, units)
    _, rank = np.unique(scores, return_inverse=True)
    rank = np.asarray(rank.reshape(-1), np.int64)
    found = cliffs_delta(rank[:n], rank[n:], pairing.code_x, pairing.code_y, confidence=confidence)
    stretch = max(1.0, learning_scatter(sums[:, kept], sizes, units, dealt, hang))
    counts = np.bincount(rank)
    y_like = 1 - ((np.cumsum(counts) - counts / 2) / max(1, n + m))[rank]
    return Classified(
        replace(_wider(found, stretch), p_value=max(p_value, least(units.x, units.y))),
        np.asarray(y_like, np.float32),
        telling(features, kept, weights, sums[:, kept], sizes, units),
    )


def _dealt(sums: Floats, sizes: Floats, units: Units, dealt: Points, found: Correlations) -> tuple[Points, Floats]:
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
        learnt = learn(S[~left], taught, found)
        weights[:, fold] = learnt[:, 0]
        score = S[left] @ learnt
        # By the mean of the fold, whoever belongs where.
        score -= s[left] * (score.sum(0) / s[left].sum())
        part = score * (of_x[left] / rows_x[left].sum(0) - of_y[left] / rows_y[left].sum(0))
        total += part.sum(0)
        variance += (part**2).sum(0)
    return np.asarray(total / np.sqrt(np.maximum(variance, 1e-30)), np.float32), weights


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
