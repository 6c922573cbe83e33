"""Tone curves: what happens to each grey value alone, as one table of 256 entries a record."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.drawing import drawn_values

_LEVELS = np.arange(256) / 255


def light_tables(draws: pa.Table) -> NDArray[np.uint8]:
    """Exposure and white balance: (n, 256, 3) uint8, channels red, green, blue."""
    gain = drawn_values(draws, "gain", "factor", 1)
    red, blue = drawn_values(draws, "white_balance", "red", 1), drawn_values(draws, "white_balance", "blue", 1)
    factors = gain[:, None] * np.stack([red, np.ones_like(red), blue], axis=1)
    return _levels(_LEVELS[None, :, None] * factors[:, None, :])


def tone_tables(draws: pa.Table) -> NDArray[np.uint8]:
    """Gamma, contrast about mid-grey and brightness: (n, 256) uint8."""
    curve = _LEVELS[None, :] ** drawn_values(draws, "gamma", "exponent", 1)[:, None]
    curve = 0.5 + (curve - 0.5) * drawn_values(draws, "contrast", "factor", 1)[:, None]
    return _levels(curve + drawn_values(draws, "brightness", "shift", 0)[:, None])


def noise_tables(draws: pa.Table) -> NDArray[np.float32]:
    """Standard deviation of the noise at each grey value, in levels of 255: (n, 256) float32.

    References
    ----------
    Foi, Trimeche, Katkovnik & Egiazarian (2008), Practical Poissonian-Gaussian noise modeling: the variance of a raw
    value is its value times a constant, plus a constant.
    """
    shot, read = drawn_values(draws, "shot_noise", "sd", 0), drawn_values(draws, "gaussian_noise", "sd", 0)
    variance = _LEVELS[None, :] * (shot**2)[:, None] + (read**2)[:, None]
    return (255 * np.sqrt(variance)).astype(np.float32)


def _levels(curve: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(np.rint(curve * 255), 0, 255).astype(np.uint8)
