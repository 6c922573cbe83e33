"""Training rows of three origins, and how much each origin counts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ORIGINS = ("source", "target", "synthetic")
"""What a training row is; a row's origin is its place here."""
SOURCE, TARGET, SYNTHETIC = range(len(ORIGINS))

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """How much each origin counts in training.

    Parameters
    ----------
    source, target, synthetic : float
        Each origin's share of the total weight; they add up to 1.
    """

    source: float
    target: float
    synthetic: float

    @property
    def shares(self) -> tuple[float, float, float]:
        """The shares in the order of `ORIGINS`."""
        return self.source, self.target, self.synthetic

    def factors(self, counted: Floats) -> Floats:
        """Return what a row of each origin counts, where so many rows of each were drawn; 0 where there is none.

        Parameters
        ----------
        counted : ndarray of float64, shape (3,)
        """
        return np.divide(self.shares, counted, out=np.zeros(len(ORIGINS)), where=counted > 0)


def mix(rows: Mapping[str, int], *, target: float | None) -> Mixture:
    """Share weight out among the origins of the rows that are published.

    Parameters
    ----------
    rows : mapping of str to int
        Published rows of train by origin.
    target : float or None
        The target's share of the weight; None leaves every row to count once. Where only the target or nothing of it
        stands in train there is nothing to share out.
    """
    counts = np.array([rows.get(origin, 0) for origin in ORIGINS], float)
    rest = counts[SOURCE] + counts[SYNTHETIC]
    if target is not None and rest and counts[TARGET]:
        counts *= np.where(np.arange(len(ORIGINS)) == TARGET, target / counts[TARGET], (1 - target) / rest)
    shares = (counts / max(counts.sum(), 1e-12)).tolist()
    return Mixture(*shares)


def target_weight(rows: Mapping[str, int], share: float | None) -> float:
    """Return what a target row counts beside rows that count once, so that the target has a share of the total weight.

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
    rest, own = rows.get("source", 0) + rows.get("synthetic", 0), rows.get("target", 0)
    if share is None or not rest or not own:
        return 1.0
    return share / (1 - share) * rest / own
