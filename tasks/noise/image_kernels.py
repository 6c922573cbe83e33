"""Kernels of blur whose size may be a fraction of a pixel, so that strength has no steps on small images."""

import math

import numpy as np
from numpy.typing import NDArray


def disc(radius_px: float) -> NDArray[np.float32]:
    """Return an anti-aliased disc, an odd number of pixels wide, of sum 1; up to half a pixel it is the identity."""
    reach = max(0, math.ceil(radius_px - 0.5))
    x = np.arange(-reach, reach + 1)
    weights = np.clip(radius_px + 0.5 - np.hypot(x[:, None], x[None, :]), 0, 1)
    weights[reach, reach] = max(weights[reach, reach], 1e-6)
    return (weights / weights.sum()).astype(np.float32)


def line(length_px: float, angle_deg: float) -> NDArray[np.float32]:
    """Return an anti-aliased line about the centre, of sum 1; up to one pixel it is the identity."""
    reach = max(0, math.ceil(length_px / 2 - 0.5))
    x = np.arange(-reach, reach + 1)
    cos, sin = math.cos(math.radians(angle_deg)), -math.sin(math.radians(angle_deg))
    along = x[None, :] * cos + x[:, None] * sin
    across = x[None, :] * sin - x[:, None] * cos
    weights = np.clip(1 - np.abs(across), 0, 1) * np.clip(length_px / 2 + 0.5 - np.abs(along), 0, 1)
    weights[reach, reach] = max(weights[reach, reach], 1e-6)
    return (weights / weights.sum()).astype(np.float32)


def gaussian_reach(sigma_px: float) -> int:
    """Return the odd size that holds 99.9 % of a Gaussian kernel."""
    return 2 * math.ceil(3.3 * sigma_px) + 1
