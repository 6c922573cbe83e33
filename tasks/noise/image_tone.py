"""Tables of 256 entries: what happens to each grey value alone."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.drawing import drawn_values

_LEVELS = np.arange(256, dtype=np.float32) / np.float32(255)

Values = NDArray[np.float32]


def light_tables(draws: pa.Table) -> NDArray[np.uint8]:
    """Compute exposure and white balance of n rows: (n, 256, 3) uint8, channels red, green, blue."""
    gain = _drawn(draws, "gain", "factor", 1)
    red, blue = _drawn(draws, "white_balance", "red", 1), _drawn(draws, "white_balance", "blue", 1)
    factors = np.stack([gain * red, gain, gain * blue], axis=1)
    return _levels(_LEVELS[None, :, None] * factors[:, None, :])


def tone_tables(draws: pa.Table) -> NDArray[np.uint8]:
    """Compute gamma, contrast about mid-grey and brightness of n rows: (n, 256) uint8."""
    half = np.float32(0.5)
    curve = _LEVELS[None, :] ** _drawn(draws, "gamma", "exponent", 1)[:, None]
    curve = half + (curve - half) * _drawn(draws, "contrast", "factor", 1)[:, None]
    return _levels(curve + _drawn(draws, "brightness", "shift", 0)[:, None])


def noise_tables(draws: pa.Table) -> Values:
    """Compute the standard deviation of noise at each grey value, in levels of 255, of n rows: (n, 256) float32.

    References
    ----------
    Foi, Trimeche, Katkovnik & Egiazarian (2008), Practical Poissonian-Gaussian noise modeling: the variance of a raw
    value is its value times a constant, plus a constant.
    """
    shot, read = _drawn(draws, "shot_noise", "sd", 0), _drawn(draws, "gaussian_noise", "sd", 0)
    variance = _LEVELS[None, :] * np.square(shot)[:, None] + np.square(read)[:, None]
    return np.asarray(np.float32(255) * np.sqrt(variance), dtype=np.float32)


def _drawn(draws: pa.Table, operation: str, parameter: str, neutral: float) -> Values:
    return drawn_values(draws, operation, parameter, neutral).astype(np.float32)


def _levels(curve: Values) -> NDArray[np.uint8]:
    curve *= np.float32(255)
    curve += np.float32(0.5)
    return np.clip(curve, 0, 255, out=curve).astype(np.uint8)
