"""How many rows a split needs for the interval that is wanted."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from tasks.config.splits import Size

ICC = 0.10
"""How alike the errors inside one atom are, before any model has been judged. Speakers, writers and devices mostly show
.05 to .2; once predictions exist, `intraclass_correlation` measures it."""


def half_width(n_eff: float, p: float, confidence: float = 0.95) -> float:
    """Half the width of the Wilson interval of an error rate.

    Parameters
    ----------
    n_eff : float
        Rows, divided by the design effect.
    p : float
        Error rate in [0, 1].
    confidence : float
        In (0, 1).

    References
    ----------
    Wilson 1927; Brown, Cai & DasGupta 2001.
    """
    if n_eff <= 0:
        return 0.5
    z = float(ndtri(0.5 + confidence / 2))
    return z / (1 + z * z / n_eff) * math.sqrt(p * (1 - p) / n_eff + z * z / (4 * n_eff * n_eff))


def rows_for_margin(margin: float, expected_error: float, confidence: float = 0.95, design_effect: float = 1.0) -> int:
    """Count the rows that an interval of half-width `margin` needs.

    Notes
    -----
    n = z^2 p (1 - p) / h^2 x DEFF; where fewer than ten errors (or hits) would be expected, the normal interval is too
    short and the rows come from Wilson's.
    """
    z = float(ndtri(0.5 + confidence / 2))
    p = expected_error
    rows = z * z * p * (1 - p) / margin**2
    if rows * min(p, 1 - p) < 10:
        low, high = 0.0, 4 * z * z / margin**2
        while high - low > 0.01:
            middle = (low + high) / 2
            low, high = (middle, high) if half_width(middle, p, confidence) > margin else (low, middle)
        rows = high
    return math.ceil(rows * design_effect - 1e-6)


def design_effect(atom_rows: npt.ArrayLike, icc: float = ICC) -> float:
    """Return by how much atoms lower the worth of a row: 1 + (m (1 + cv^2) - 1) ICC.

    Parameters
    ----------
    atom_rows : array_like, shape (g,)
        Rows of each atom.
    icc : float
        Correlation of errors within an atom, in [0, 1].

    References
    ----------
    Kish 1965; Eldridge, Ashby & Kerry 2006 for unequal sizes.
    """
    rows = np.asarray(atom_rows, np.float64)
    if not rows.sum():
        return 1.0
    return 1 + (float((rows**2).sum() / rows.sum()) - 1) * icc


@dataclass(frozen=True)
class SizePlan:
    """What one split is to hold, and what that is worth."""

    split: str
    rows: int
    """Rows wanted."""
    design_effect: float
    expected_error: float
    confidence: float
    margin: float
    """Half-width at the expected error, with the design effect."""
    margin_wanted: float | None

    @property
    def worth(self) -> int:
        """How many independent rows would tell as much."""
        return max(1, math.floor(self.rows / self.design_effect))


def plan_sizes(sizes: dict[str, Size], atom_rows: npt.ArrayLike, *, icc: float = ICC) -> dict[str, SizePlan]:
    """Turn the sizes asked for into rows, with the design effect of the target's atoms.

    Parameters
    ----------
    sizes : mapping of split name to Size
    atom_rows : array_like, shape (g,)
        Rows of each atom that the splits are drawn from.
    """
    effect = design_effect(atom_rows, icc)
    plans = {}
    for split, size in sizes.items():
        rows = size.rows
        if rows is None:
            rows = rows_for_margin(size.margin or 0.5, size.expected_error, size.confidence, effect)
        margin = half_width(rows / effect, size.expected_error, size.confidence)
        plans[split] = SizePlan(split, rows, effect, size.expected_error, size.confidence, margin, size.margin)
    return plans
