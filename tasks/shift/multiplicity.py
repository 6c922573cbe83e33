"""Many descriptors looked at together: the share of false discoveries stays bounded."""

import numpy as np
import numpy.typing as npt

from tasks.shift.sample import Floats


def adjust(p_values: npt.ArrayLike) -> Floats:
    """Adjust p-values so that rejecting those under q keeps the share of false discoveries under q.

    Parameters
    ----------
    p_values : array_like, shape (m,)
        In [0, 1]; NaN where nothing was tested.

    Returns
    -------
    ndarray, shape (m,)
        Adjusted p-values, never smaller than those given; NaN stays NaN and is not counted.

    Notes
    -----
    Invariants: order does not matter; monotone in the p-values.

    References
    ----------
    Benjamini & Hochberg 1995; valid under positive dependence (Benjamini & Yekutieli 2001).
    """
    given = np.asarray(p_values, np.float64)
    adjusted = np.full(given.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    order = tested[np.argsort(given[tested], kind="stable")[::-1]]
    m = len(order)
    if m:
        steps = given[order] * m / np.arange(m, 0, -1)
        adjusted[order] = np.minimum(1.0, np.minimum.accumulate(steps))
    return adjusted
