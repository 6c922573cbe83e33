"""Differences of means as they would scatter if each side's units were turned at random: for sides of unlike units."""

import numpy as np

from tasks.shift.contrasts import Contrasts
from tasks.shift.sample import Flags, Floats
from tasks.shift.units import DEALS


def rotate(
    sums: Floats, sizes: Floats, in_x: Flags, found: Contrasts, rng: np.random.Generator, draws: int = DEALS
) -> Contrasts:
    """Turn each side's units at random around its own mean, instead of dealing them to the sides.

    Parameters
    ----------
    sums : ndarray, shape (units, features)
        Each unit's sums of features that are centred over all units.
    sizes : ndarray, shape (units,)
        What the rows of each unit weigh.
    in_x : ndarray of bool, shape (units,)
        At least two on each side.
    found : Contrasts
        How things are, in its first column.
    rng : numpy.random.Generator
        Draws rotations.

    Returns
    -------
    Contrasts
        The first column is that of `found`.

    Notes
    -----
    Where one side's units vary four times as much as the other's, a deal mixes both, and the mean of such a mixture
    over its scatter strays less far than the mean of ten large units. Rotated, a side keeps its own scatter: each
    feature of normal units follows Student's law with the side's own degrees of freedom, and all features turn
    together. Discrete features and few, skewed units are what it does not know of, which deals do.

    References
    ----------
    Langsrud, "Rotation tests", Statistics and Computing 2005; Wu et al., "ROAST", Bioinformatics 2010.
    """
    difference, variance = np.zeros((sums.shape[1], draws)), np.zeros((sums.shape[1], draws))
    for side, sign in ((in_x, 1), (~in_x, -1)):
        rows, count = float(sizes[side].sum()), int(side.sum())
        own = sums[side] - sizes[side, None] * (sums[side].sum(0) / rows)
        ways = rng.normal(size=(count, draws))
        ways -= ways.mean(0)  # what the mean took is drawn beside them: a direction of as many dimensions as units
        ways /= np.sqrt((ways**2).sum(0) + rng.normal(size=draws) ** 2)
        grown = count / (count - 1)
        total = np.sqrt(count * grown) * (own.T @ ways)
        difference += sign * total / rows
        variance += np.maximum(grown * (own**2).sum(0)[:, None] - total**2 / count, 0) / rows**2
    # What does not scatter is turned nowhere: any variance will do.
    variance = np.where(variance > 0, variance, found.variance[:, :1])
    return Contrasts(
        np.hstack([found.difference[:, :1], difference.astype(np.float32)]),
        np.hstack([found.variance[:, :1], variance.astype(np.float32)]),
    )
