"""Which differences sets of a given size can show, at a stated level and power."""

import math
from collections.abc import Callable

from scipy.special import ndtri

POWER = 0.8
"""How often a difference of the size stated is noticed, where there is one. Four times in five is what trials plan for
since Cohen 1988."""


def detectable_difference(
    n_eff_a: float, n_eff_b: float, p: float, confidence: float = 0.95, power: float = POWER
) -> float:
    """Return how much higher the error of one set must be than that of another, such as test than dev, to be noticed.

    Parameters
    ----------
    n_eff_a, n_eff_b : float
        Rows of each set divided by its design effect.
    p : float
        The lower error rate, in (0, 1).
    confidence : float
        1 - level of the two-sided test of two proportions.
    power : float
        How often it is noticed.

    Returns
    -------
    float
        In (0, 1 - p]; NaN where not even a set that is all wrong would be noticed.

    References
    ----------
    Fleiss, Levin & Paik 2003, Statistical Methods for Rates and Proportions, 4.2.
    """
    z, z_power = float(ndtri(0.5 + confidence / 2)), float(ndtri(power))
    share = n_eff_b / (n_eff_a + n_eff_b) if n_eff_a + n_eff_b > 0 else 0.5

    def seen(gap: float) -> bool:
        q = p + gap
        pooled = p + gap * share
        null = math.sqrt(pooled * (1 - pooled) * (1 / n_eff_a + 1 / n_eff_b))
        own = math.sqrt(p * (1 - p) / n_eff_a + max(0.0, q * (1 - q)) / n_eff_b)
        return gap >= z * null + z_power * own

    return _smallest(seen, 1 - p) if min(n_eff_a, n_eff_b) > 0 else math.nan


def detectable_gain(n_eff: float, disagreement: float, confidence: float = 0.95, power: float = POWER) -> float:
    """Return the smallest difference between two models on the same rows that McNemar's test would notice.

    Parameters
    ----------
    n_eff : float
        Rows divided by the design effect.
    disagreement : float
        Share of rows on which exactly one of the models is right, in (0, 1]; the difference cannot be larger.
    confidence : float
        1 - level of the two-sided test.
    power : float
        How often it is noticed.

    Returns
    -------
    float
        NaN where not even the largest difference would be noticed.

    References
    ----------
    Connor, Biometrics 1987: n = (z sqrt(d) + z_power sqrt(d - g^2))^2 / g^2.
    """
    z, z_power = float(ndtri(0.5 + confidence / 2)), float(ndtri(power))

    def seen(gain: float) -> bool:
        spread = z * math.sqrt(disagreement) + z_power * math.sqrt(max(0.0, disagreement - gain * gain))
        return n_eff * gain * gain >= spread * spread

    return _smallest(seen, disagreement)


def usual_disagreement(expected_error: float) -> float:
    """Return on which share of rows one of two models is right and the other is not: half of their errors are shared.

    Two models with the same error e that share no error disagree on 2 e of the rows, two that share half of them on e.
    """
    return expected_error


def _smallest(seen: Callable[[float], bool], most: float) -> float:
    """Return the smallest value up to `most` that is seen; what is larger is seen too."""
    if not seen(most):
        return math.nan
    low, high = 0.0, most
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) else (middle, high)
    return high
