"""Where an interval ends: the farthest true difference that could still have shown what was seen."""

from collections.abc import Callable

import numpy as np

from tasks.shift.sample import Floats, Points

SEARCH_STEPS = 9
"""Most steps of the search for an interval's end; two or three do mostly."""

NEAR = 1e-3
"""The search ends where what would be seen is so near to what was seen, as a share of it."""


def order_statistic(values: Floats | Points, part: float) -> float:
    """Return the value that a share `part` of the values does not exceed."""
    place = min(len(values) - 1, max(0, round(part * (len(values) - 1))))
    return float(np.partition(values, place)[place])


def farthest(reached: Callable[[float], float], effect: float) -> float:
    """Find the stretch of a true difference at which `reached`, a quantile of what would be seen, equals the effect.

    Parameters
    ----------
    reached : callable
        Of the stretch; grows with it. Not negative.
    effect : float
        What was seen.

    Returns
    -------
    float
        0 when no true difference at all already reaches the effect.
    """
    low, high = 0.0, 1.0
    under = reached(low) - effect
    if under >= 0:
        return 0.0
    while (over := reached(high) - effect) < 0 and high < 1e6:
        low, high, under = high, 2 * high, over
    # False position; an end that stays for a second time counts half (Illinois), lest it stay for good.
    guess, side = high, 0
    for _ in range(SEARCH_STEPS):
        guess = (low * over - high * under) / (over - under) if over > under else high
        found = reached(guess) - effect
        if abs(found) <= NEAR * effect:
            break
        if found < 0:
            low, under = guess, found
            over /= 2 if side < 0 else 1
            side = -1
        else:
            high, over = guess, found
            under /= 2 if side > 0 else 1
            side = 1
    return guess


def widest(apply: Callable[[Floats], Floats], start: Floats) -> Floats:
    """Find the direction in which noise is largest, by power iteration.

    Parameters
    ----------
    apply : callable
        Multiplies by the noise's covariance.
    start : ndarray, shape (k,)
    """
    way = start
    for _ in range(15):
        way = apply(way)
        length = float(np.abs(way).sum())
        if length == 0.0:
            return start
        way = way / length
    return way
