"""The interval of a distance between two binned distributions."""

import numpy as np

from tasks.shift.intervals import Resamples, basic_interval, share_at_least
from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Floats, Points


def distance_effect(
    effect: float,
    counts_x: Points,
    counts_y: Points,
    draws_x: Resamples,
    draws_y: Resamples,
    steps: Floats | None,
    confidence: float,
    n: int,
    m: int,
) -> Effect:
    """Put an interval and a p-value on a distance by drawing whole blocks of atoms.

    Parameters
    ----------
    effect : float
        The distance as measured without bins.
    counts_x, counts_y : ndarray, shape (blocks, bins)
        Rows of each block in each bin.
    steps : ndarray, shape (bins - 1,), or None
        Distance between neighbouring bins: Wasserstein-1. None: total variation.
    """
    if min(len(counts_x), len(counts_y)) < 2:
        return Effect(effect, NAN, NAN, NAN, n, m)
    drawn = _shares(counts_x, draws_x) - _shares(counts_y, draws_y)
    seen = counts_x.sum(0) / n - counts_y.sum(0) / m
    stretch = np.sqrt(min(len(counts_x), len(counts_y)) / (min(len(counts_x), len(counts_y)) - 1))
    noise = stretch * (drawn - seen)
    centre = _distance(seen[None, :], steps)[0]
    spread = _distance(seen + noise, steps)
    low, high = basic_interval(effect, effect + spread - centre)
    p_value = share_at_least(effect, _distance(noise, steps))
    return Effect(effect, max(0.0, low), high if steps is not None else min(1.0, high), p_value, n, m)


def _shares(counts: Points, draws: Resamples) -> Floats:
    totals = (draws.weights @ counts).astype(np.float64)
    rows = totals.sum(1, keepdims=True)
    return np.divide(totals, rows, out=np.full_like(totals, np.nan), where=rows > 0)


def _distance(differences: Floats, steps: Floats | None) -> Floats:
    if steps is None:
        return np.asarray(np.abs(differences).sum(1) / 2, np.float64)
    return np.asarray(np.abs(np.cumsum(differences, axis=1)[:, :-1]) @ steps, np.float64)
