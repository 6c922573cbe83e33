"""One test of whether two samples differ in anything: many statistics, one deal, one p-value."""

import numpy as np

from tasks.shift.contrasts import Contrasts
from tasks.shift.features import Features
from tasks.shift.measurements import NAN
from tasks.shift.sample import Floats
from tasks.shift.tails import least, surprise

SHARES = {
    "largest one": 0.4,
    "all one": 0.1,
    "largest shape": 0.15,
    "all shape": 0.05,
    "largest pairs": 0.1,
    "all pairs": 0.1,
}
WAVES_SHARE = 0.1 / 3
"""Shares of the level. One column that moved, has more gaps, or other categories is what happens most often; with equal
shares such a difference would go unseen more often than when columns are tested one by one."""


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
    most = (surprise(np.array(list(kinds.values()))) + _credit(list(kinds))[:, None]).max(axis=0)
    beyond = int(np.count_nonzero(most[1:] >= most[0] * (1 - 1e-9)))
    return max((1 + beyond) / len(most), least(units_x, units_y))


def statistics(features: Features, found: Contrasts) -> dict[str, Floats]:
    """Return the statistics that are looked at together, each of shape (1 + draws,)."""
    groups, squares = features.groups, found.squares
    parts = {
        "one": np.concatenate([squares[groups[name]] for name in ("location", "gaps", "levels")]),
        "shape": squares[groups["shape"]],
        "pairs": squares[groups["pairs"]],
    }
    kinds: dict[str, Floats] = {}
    for name, part in parts.items():
        if len(part):
            kinds[f"largest {name}"] = part.max(axis=0).astype(np.float64)
            kinds[f"all {name}"] = part.sum(axis=0).astype(np.float64)
    for name in (name for name in groups if name.startswith("waves")):
        # In units of the scatter of all together: a frequency that hardly varies weighs little.
        scatter = found.variance[groups[name]].sum(axis=0)
        kinds[name] = (found.difference[groups[name]] ** 2).sum(axis=0).astype(np.float64) / scatter
    return kinds


def _credit(kinds: list[str]) -> Floats:
    """Return the logarithms of the statistics' shares of the level."""
    shares = np.array([SHARES.get(kind, WAVES_SHARE) for kind in kinds])
    return np.asarray(np.log(shares / shares.sum()))
