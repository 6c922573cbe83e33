"""Training rows of four origins, and how much each origin counts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ORIGINS = ("source", "target", "synthetic", "varied")
"""What a training row is; a row's origin is its place here."""
SOURCE, TARGET, SYNTHETIC, VARIED = range(len(ORIGINS))
"""Synthetic rows descend from the source; varied ones from the target in train, and share its weight."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """How much each origin counts in training.

    Parameters
    ----------
    source, target, synthetic, varied : float
        Each origin's share of the total weight; they add up to 1.
    """

    source: float
    target: float
    synthetic: float
    varied: float = 0.0

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """The shares in the order of `ORIGINS`."""
        return self.source, self.target, self.synthetic, self.varied

    def factors(self, counted: Floats) -> Floats:
        """Return what a row of each origin counts, where so many rows of each were drawn; 0 where there is none.

        Parameters
        ----------
        counted : ndarray of float64, shape (4,)
        """
        return np.divide(self.shares, counted, out=np.zeros(len(ORIGINS)), where=counted > 0)


def mix(rows: Mapping[str, int], *, target: float | None) -> Mixture:
    """Share weight out among the origins of the rows that are published.

    Parameters
    ----------
    rows : mapping of str to int
        Published rows of train by origin.
    target : float or None
        The share of the target, varied rows included; None leaves every row to count once. Where only the target or
        nothing of it stands in train there is nothing to share out.
    """
    counts = np.array([rows.get(origin, 0) for origin in ORIGINS], float)
    rest = counts[SOURCE] + counts[SYNTHETIC]
    own = counts[TARGET] + counts[VARIED]
    if target is not None and rest and own:
        ours = np.isin(np.arange(len(ORIGINS)), (TARGET, VARIED))
        counts *= np.where(ours, target / own, (1 - target) / rest)
    shares = (counts / max(counts.sum(), 1e-12)).tolist()
    return Mixture(*shares)


def target_weight(rows: Mapping[str, int], share: float | None) -> float:
    """Return what a target row counts beside rows that count once, so that the target has a share of the total weight.

    Varied rows count what target rows do.

    Parameters
    ----------
    rows : mapping of str to int
        Published rows of train by origin.
    share : float or None
        Between 0 and 1; None: every row counts once.

    Returns
    -------
    float
        1 where nothing of the target, or nothing else, stands in train.
    """
    rest, own = (rows.get(a, 0) + rows.get(b, 0) for a, b in (("source", "synthetic"), ("target", "varied")))
    if share is None or not rest or not own:
        return 1.0
    return share / (1 - share) * rest / own
