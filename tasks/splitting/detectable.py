"""Which differences a set of a given size can show."""

import math

from scipy.special import ndtri


def detectable_difference(
    n_eff_a: float, n_eff_b: float, p: float, confidence: float = 0.95, power: float = 0.8
) -> float:
    """Return the smallest difference of error rates between two sets, such as dev and test, that would be noticed.

    Parameters
    ----------
    n_eff_a, n_eff_b : float
        Rows of each set divided by its design effect.
    p : float
        Error rate about which they differ.
    """
    z = float(ndtri(0.5 + confidence / 2) + ndtri(power))
    return min(1.0, z * math.sqrt(p * (1 - p) * (1 / n_eff_a + 1 / n_eff_b)))


def detectable_gain(n_eff: float, disagreement: float, confidence: float = 0.95, power: float = 0.8) -> float:
    """Return the smallest difference between two models on one set that McNemar's test would notice.

    Parameters
    ----------
    n_eff : float
        Rows divided by the design effect.
    disagreement : float
        Share of rows on which exactly one of the models is right; the difference cannot be larger.

    References
    ----------
    Connor, Biometrics 1987.
    """
    low, high = 0.0, disagreement
    z, z_power = float(ndtri(0.5 + confidence / 2)), float(ndtri(power))
    for _ in range(60):
        gain = (low + high) / 2
        needed = (z * math.sqrt(disagreement) + z_power * math.sqrt(disagreement - gain**2)) ** 2 / max(
            gain, 1e-12
        ) ** 2
        low, high = (gain, high) if needed > n_eff else (low, gain)
    return high
