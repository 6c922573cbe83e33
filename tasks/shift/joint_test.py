"""One test of whether two samples differ in anything: many statistics, one deal, one p-value."""

import numpy as np

from tasks.shift.contrasts import Contrasts
from tasks.shift.features import Features
from tasks.shift.measurements import NAN
from tasks.shift.sample import Floats
from tasks.shift.tails import least, surprise

SHARES = {
    "largest location": 0.25,
    "largest gaps": 0.13,
    "largest levels": 0.11,
    "largest words": 0.11,
    "all one": 0.06,
    "largest shape": 0.12,
    "all shape": 0.04,
    "largest pairs": 0.08,
    "all pairs": 0.06,
}
WAVES_SHARE = 0.04 / 3
"""Shares of the level. One column that moved, has more gaps, or other categories is what happens most often; with equal
shares such a difference would go unseen more often than when columns are tested one by one. Categories are looked at
twice, one by one and all of a column's together: what one loses, others gain."""


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
    little of everything, or much of one thing; of each column's categories the sum besides. Waves at three bandwidths
    add the rest of the joint law (an unbiased MMD up to a constant that all deals share). The most surprising of these
    counts, against the most surprising one of each random deal: the level holds for all together, and choosing a
    bandwidth costs no more than it must.

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
    kinds: dict[str, Floats] = {}
    for name in ("location", "gaps", "levels", "shape", "pairs"):
        part = squares[groups[name]]
        if len(part):
            kinds[f"largest {name}"] = part.max(axis=0).astype(np.float64)
    if features.words:
        # Sums over few and many categories are on one scale only as the surprise that they are.
        words = np.array([squares[features.of(name)].sum(axis=0) for name in features.words])
        kinds["largest words"] = surprise(words).max(axis=0)
    together = {"one": ("location", "gaps", "levels"), "shape": ("shape",), "pairs": ("pairs",)}
    for name, members in together.items():
        part = np.concatenate([squares[groups[member]] for member in members])
        if len(part):
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
