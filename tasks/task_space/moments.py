"""What a linear model needs to know of rows: their sums and products, which add up over folds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BATCH = 1_024


@dataclass(frozen=True)
class Moments:
    """Sums over rows: of features x, targets y, and their products."""

    rows: float
    """How many, or the sum of their weights."""
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

    def __mul__(self, factor: float) -> "Moments":
        """Let every row count so many times."""
        return Moments(
            self.rows * factor,
            self.x * factor,
            self.xx * factor,
            self.y * factor,
            self.known * factor,
            self.xy * factor,
            self.x_known * factor,
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
        return np.asarray(np.divide(self.y, self.known, out=np.zeros_like(self.y), where=self.known > 0))

    @property
    def cross(self) -> Floats:
        """Covariance of features and targets; a row that does not know a target counts as its mean. Shape (p, q)."""
        return np.asarray((self.xy - self.x_known * self.target_mean - np.outer(self.mean, self._left)) / self.rows)

    @property
    def _left(self) -> Floats:
        return np.asarray(self.y - self.known * self.target_mean)  # 0 but for rounding


def sum_up(features: NDArray[np.floating], targets: Floats, weights: Floats | None = None) -> Moments:
    """Add up rows.

    Parameters
    ----------
    features : ndarray, shape (n, p)
    targets : ndarray of float64, shape (n, q)
        NaN where unknown.
    weights : ndarray of float64, shape (n,), optional
        How often each row counts; once by default.
    """
    p, q = features.shape[1], targets.shape[1]
    x, xx, xy, x_known = np.zeros(p), np.zeros((p, p)), np.zeros((p, q)), np.zeros((p, q))
    known = np.isfinite(targets)
    filled = np.where(known, targets, 0.0)
    for at in range(0, len(features), BATCH):
        rows = slice(at, at + BATCH)
        part = np.asarray(features[rows], np.float32)
        counted = part if weights is None else part * weights[rows, None].astype(np.float32)
        x += counted.sum(axis=0, dtype=np.float64)
        xx += counted.T @ part
        xy += counted.T @ filled[rows].astype(np.float32)
        x_known += counted.T @ known[rows].astype(np.float32)
    if weights is None:
        return Moments(len(features), x, xx, filled.sum(axis=0), known.sum(axis=0).astype(np.float64), xy, x_known)
    return Moments(float(weights.sum()), x, xx, weights @ filled, weights @ known, xy, x_known)
