"""How well an error is known from so many rows, and how many rows that takes."""

import math

from scipy.special import ndtri


def half_width(n_eff: float, p: float, confidence: float = 0.95) -> float:
    """Return half the width of Wilson's interval of an error rate.

    Parameters
    ----------
    n_eff : float
        Rows divided by the design effect.
    p : float
        Error rate in [0, 1].
    confidence : float
        In (0, 1).

    Returns
    -------
    float
        At most 0.5, which 0 rows give.

    References
    ----------
    Wilson 1927; Brown, Cai & DasGupta 2001.
    """
    if n_eff <= 0:
        return 0.5
    z = float(ndtri(0.5 + confidence / 2))
    return z / (1 + z * z / n_eff) * math.sqrt(p * (1 - p) / n_eff + z * z / (4 * n_eff * n_eff))


def rows_for_margin(margin: float, expected_error: float, confidence: float = 0.95, effect: float = 1.0) -> int:
    """Count the rows that an interval of half-width `margin` needs.

    Parameters
    ----------
    margin : float
        In (0, 0.5): 0.02 is two points.
    expected_error : float
        In (0, 1).
    confidence : float
        In (0.5, 1).
    effect : float
        The design effect, at least 1.

    Notes
    -----
    n = z^2 p (1 - p) / h^2 x DEFF. Where fewer than ten errors, or ten hits, are to be expected (2.6 z^2 at other
    confidences) the normal interval is too short and the rows come from Wilson's.

    Invariants: fewer rows for a wider margin; `half_width` of the rows is at most 3 % above the margin.
    """
    z = float(ndtri(0.5 + confidence / 2))
    p = expected_error
    rows = z * z * p * (1 - p) / margin**2
    if rows * min(p, 1 - p) < 2.6 * z * z:
        low, high = 0.0, z * z / margin**2
        while high - low > 1e-6 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if half_width(middle, p, confidence) > margin else (low, middle)
        rows = high
    return math.ceil(rows * effect - 1e-6)
