"""Kernels of blur whose size may be a fraction of a pixel, so that strength has no steps on small images."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Kernel = NDArray[np.float32]
Grid = NDArray[np.float64]


def disc(radius_px: float) -> Kernel:
    """Return an anti-aliased disc of sum 1, an odd number of pixels wide; up to half a pixel it is the identity."""
    x, y = _grid(max(0, math.ceil(radius_px - 0.5)))
    return _of_sum_one(np.clip(radius_px + 0.5 - np.hypot(x, y), 0, 1))


def line(length_px: float, angle_deg: float) -> Kernel:
    """Return an anti-aliased line about the centre of sum 1; up to one pixel it is the identity."""
    x, y = _grid(max(0, math.ceil(length_px / 2 - 0.5)))
    angle = math.radians(angle_deg)
    along = np.abs(x * math.cos(angle) - y * math.sin(angle))
    across = np.abs(x * math.sin(angle) + y * math.cos(angle))
    return _of_sum_one(np.clip(1 - across, 0, 1) * np.clip(length_px / 2 + 0.5 - along, 0, 1))


def gaussian_size(sigma_px: float) -> int:
    """Return the odd size that holds 99.9 % of a Gaussian kernel."""
    return 2 * math.ceil(3.3 * sigma_px) + 1


@lru_cache(maxsize=64)
def _grid(reach: int) -> tuple[Grid, Grid]:
    x = np.arange(-reach, reach + 1, dtype=np.float64)
    return x[None, :], x[:, None]


def _of_sum_one(weights: Grid) -> Kernel:
    total = weights.sum()
    if total <= 0 or weights.size == 1:
        return np.ones((1, 1), np.float32)
    return np.asarray(weights / total, dtype=np.float32)
