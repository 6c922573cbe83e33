"""One test of whether two samples differ in anything: many statistics, one deal, one p-value."""

import numpy as np

from tasks.shift.contrasts import Contrasts
from tasks.shift.features import Features
from tasks.shift.measurements import NAN
from tasks.shift.sample import Floats
from tasks.shift.tails import least, surprise


def joint_p(features: Features, found: Contrasts, units_x: int, units_y: int) -> float:
    """Test whether two samples have one law.

    Parameters
    ----------
    features : Features
        Which feature is which.
    found : Contrasts
        Of all features.
    units_x, units_y : int

    Returns
    -------
    float
        NaN when a side has one unit or no feature varies.

    Notes
    -----
    Of ranks, gaps and categories, and of products of two numbers, the sum and the largest of the squared contrasts: a
    little of everything, or much of one thing. Waves at three bandwidths add the rest of the joint law (an unbiased MMD
    up to a constant that all deals share). The most surprising of these counts, against the most surprising one of each
    random deal: the level holds for all together, and choosing a bandwidth costs no more than it must.

    References
    ----------
    Gretton et al. 2012; aggregation over bandwidths: Schrab et al. 2023 (MMDAgg), there by thresholds, here by the
    least p-value of Westfall & Young 1993.
    """
    if min(units_x, units_y) < 2 or not features.plain:
        return NAN
    kinds = statistics(features, found)
    most = surprise(kinds).max(axis=0)
    beyond = int(np.count_nonzero(most[1:] >= most[0] * (1 - 1e-9)))
    return max((1 + beyond) / len(most), least(units_x, units_y))


def statistics(features: Features, found: Contrasts) -> Floats:
    """Return the statistics that are looked at together, shape (kinds, 1 + draws)."""
    groups, squares = features.groups, found.squares
    one_by_one = np.concatenate([squares[groups[name]] for name in ("location", "gaps", "levels")])
    rows = []
    for part in (one_by_one, squares[groups["shape"]], squares[groups["pairs"]]):
        if len(part):
            rows += [part.max(axis=0), part.sum(axis=0)]
    if len(one_by_one):
        for name in (name for name in groups if name.startswith("waves")):
            # In units of the scatter of all together: a frequency that hardly varies weighs little.
            rows.append((found.difference[groups[name]] ** 2).sum(0) / found.variance[groups[name]].sum(0))
    return np.array(rows, np.float64).reshape(len(rows), found.difference.shape[1])
