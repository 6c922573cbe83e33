"""What a linear model needs to know of rows: their sums and products, which add up over folds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BATCH = 1_024


@dataclass(frozen=True)
class Moments:
    """Sums over rows: of features x, targets y, and their products."""

    rows: int
    x: Floats
    xx: Floats
    y: Floats
    """Sum of the known targets, shape (q,)."""
    known: Floats
    """Rows that know each target, shape (q,)."""
    xy: Floats
    """Of each target, the sum of x y over the rows that know it, shape (p, q)."""
    x_known: Floats
    """Of each target, the sum of x over the rows that know it, shape (p, q)."""

    def __sub__(self, other: "Moments") -> "Moments":
        return Moments(
            self.rows - other.rows,
            self.x - other.x,
            self.xx - other.xx,
            self.y - other.y,
            self.known - other.known,
            self.xy - other.xy,
            self.x_known - other.x_known,
        )

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(
            self.rows + other.rows,
            self.x + other.x,
            self.xx + other.xx,
            self.y + other.y,
            self.known + other.known,
            self.xy + other.xy,
            self.x_known + other.x_known,
        )

    @property
    def mean(self) -> Floats:
        """Mean of the features, shape (p,)."""
        return np.asarray(self.x / self.rows)

    @property
    def covariance(self) -> Floats:
        """Covariance of the features, shape (p, p)."""
        return np.asarray(self.xx / self.rows - np.outer(self.mean, self.mean))

    @property
    def target_mean(self) -> Floats:
        """Mean of each target over the rows that know it, shape (q,)."""
        return np.asarray(self.y / np.maximum(self.known, 1))

    @property
    def cross(self) -> Floats:
        """Covariance of features and targets; a row that does not know a target counts as its mean. Shape (p, q)."""
        return np.asarray((self.xy - self.x_known * self.target_mean - np.outer(self.mean, self._left)) / self.rows)

    @property
    def _left(self) -> Floats:
        return np.asarray(self.y - self.known * self.target_mean)  # 0 but for rounding


def sum_up(features: NDArray[np.floating], targets: Floats) -> Moments:
    """Add up rows.

    Parameters
    ----------
    features : ndarray, shape (n, p)
    targets : ndarray of float64, shape (n, q)
        NaN where unknown.
    """
    p, q = features.shape[1], targets.shape[1]
    x, xx, xy, x_known = np.zeros(p), np.zeros((p, p)), np.zeros((p, q)), np.zeros((p, q))
    known = np.isfinite(targets)
    filled = np.where(known, targets, 0.0)
    for at in range(0, len(features), BATCH):
        part = np.asarray(features[at : at + BATCH], np.float32)
        x += part.sum(axis=0, dtype=np.float64)
        xx += part.T @ part
        xy += part.T @ filled[at : at + BATCH].astype(np.float32)
        x_known += part.T @ known[at : at + BATCH].astype(np.float32)
    return Moments(len(features), x, xx, filled.sum(axis=0), known.sum(axis=0).astype(np.float64), xy, x_known)
