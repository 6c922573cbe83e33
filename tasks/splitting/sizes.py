"""How many rows a split needs for the interval that is wanted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tasks.config.splits import Size
from tasks.splitting.design_effect import ICC, design_effect
from tasks.splitting.detectable import detectable_difference, detectable_gain, usual_disagreement
from tasks.splitting.margins import half_width
from tasks.splitting.reserve import rows_that_meet

MOST_USUAL = 10_000
"""Rows beyond which a set hardly gains: an error of 10 % is then known to .6 points, one of 1 % to .2."""


def usual_rows(rows: int, effect: float = 1.0) -> int:
    """Return how many rows dev, and test, usually take of so many: a fifth of little data, no more than 10,000.

    A million rows give 1 % to each, not 20 %; a thousand are cut 60/20/20. In atoms 10,000 times the design effect are
    worth as much.
    """
    return min(rows // 5, round(MOST_USUAL * effect))


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
        return max(1, math.floor(self.rows / self.design_effect + 1e-9))

    @property
    def gain(self) -> float:
        """The smallest difference between two models on these rows that is noticed; NaN where none would be."""
        disagreement = usual_disagreement(self.expected_error)
        return detectable_gain(self.rows / self.design_effect, disagreement, self.confidence)

    def drawn(self, atom_rows: npt.ArrayLike, *, icc: float = ICC) -> "SizePlan":
        """Return the plan with what was drawn in place of what was wanted: rows, design effect, margin.

        Parameters
        ----------
        atom_rows : array_like, shape (g,)
            Rows of each atom in the split.
        icc : float
        """
        rows, effect = int(np.sum(atom_rows)), design_effect(atom_rows, icc)
        margin = half_width(rows / effect, self.expected_error, self.confidence)
        return replace(self, rows=rows, design_effect=effect, margin=margin)


def detectable_gap(dev: SizePlan, test: SizePlan) -> float:
    """Return how much higher than on dev an error must be on test to be noticed; NaN where nothing would be."""
    sizes = dev.rows / dev.design_effect, test.rows / test.design_effect
    return detectable_difference(*sizes, dev.expected_error, dev.confidence)


def plan_sizes(sizes: Mapping[str, Size], atom_rows: npt.ArrayLike, *, icc: float = ICC) -> dict[str, SizePlan]:
    """Turn the sizes asked for into rows, with the design effect of the atoms that they are drawn from.

    Parameters
    ----------
    sizes : mapping of split name to Size
    atom_rows : array_like, shape (g,)
        Rows of each atom that the splits may be drawn from; their sum is what fractions are of.
    icc : float
        Correlation of errors within an atom, in [0, 1].

    Notes
    -----
    A size by margin has a reserve for atoms that are drawn less even than they are on the whole: `rows_that_meet`.
    """
    effect = design_effect(atom_rows, icc)
    plans = {}
    for split, size in sizes.items():
        if size.margin is not None:
            rows = rows_that_meet(size.margin, size.expected_error, size.confidence, atom_rows, icc)
        else:
            rows = size.rows or max(1, round((size.fraction or 0.0) * float(np.sum(atom_rows))))
        margin = half_width(rows / effect, size.expected_error, size.confidence)
        plans[split] = SizePlan(split, rows, effect, size.expected_error, size.confidence, margin, size.margin)
    return plans
