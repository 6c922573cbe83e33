"""How far the lines of a printed page lean from level."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

STRIPS = 16
"""The page is cut into so many upright strips; from one to the next, the lines' places move by the skew."""
MOST_DEGREES = 15.0
STEP_DEGREES = 0.25
LEAST_PX = 64
"""Smaller images hold a word, not lines; their lean is the descriptor `slant`."""
PLAIN = 0.25
"""Foreground up to which a pixel counts as background."""
PAGE_SHARE = 0.6
"""Pages are mostly background; other pictures are not looked at."""
LINES = 0.25
"""Correlation of strips from which lines count as lines. Measured: printed pages .35 to .7, other pictures to .12."""


def line_skew(ink: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the skew of the lines in each image.

    Parameters
    ----------
    ink : (n, h, w) float32
        Foreground from 0 to 1.

    Returns
    -------
    (n,) float64
        Degrees, positive for lines that rise to the right, from -15 to 15; 0 where there are no lines.

    References
    ----------
    After Yan, Skew correction of document images using interline cross-correlation, CVGIP 55(6), 1993.
    """
    found = np.zeros(len(ink))
    if min(ink.shape[1:]) < LEAST_PX:
        return found
    area = ink[0].size
    for i, image in enumerate(ink):
        if np.count_nonzero(image <= PLAIN) >= PAGE_SHARE * area:
            found[i] = _skew_of_one(image)
    return found


class _Plan:
    """Where to look in the correlation of strips, for each angle and distance of strips."""

    def __init__(self, height: int, width: int) -> None:
        self.starts = (np.arange(STRIPS) * width) // STRIPS
        distance = np.arange(1, STRIPS)
        self.degrees = np.arange(-MOST_DEGREES, MOST_DEGREES + STEP_DEGREES / 2, STEP_DEGREES)
        up = np.tan(np.radians(self.degrees))[:, None] * width / STRIPS * distance
        self.shape = (2 * STRIPS, fft.next_fast_len(height + int(np.abs(up).max()) + 2, real=True))
        whole = np.floor(up).astype(np.int64)
        self.part = up - whole
        # A line that rises is found further up in later strips: at a negative lag.
        self.near, self.far = (-whole) % self.shape[1], (-whole - 1) % self.shape[1]
        self.distance = distance
        self.pairs = float((STRIPS - distance).sum()) / STRIPS


@lru_cache(maxsize=64)
def _plan(height: int, width: int) -> _Plan:
    return _Plan(height, width)


def _skew_of_one(image: NDArray[np.float32]) -> float:
    plan = _plan(*image.shape)
    # Where the ink of a row begins and ends, strip by strip; then the correlation of all strips at all lags.
    profiles = np.diff(np.add.reduceat(image, plan.starts, axis=1), axis=0)
    spectrum = fft.rfft2(profiles, s=plan.shape, axes=(1, 0))
    lags = fft.irfft2(spectrum.real**2 + spectrum.imag**2, s=plan.shape, axes=(1, 0))
    alike = (1 - plan.part) * lags[plan.near, plan.distance] + plan.part * lags[plan.far, plan.distance]
    fits = alike.sum(axis=1)
    best = int(np.clip(fits.argmax(), 1, len(fits) - 2))
    if fits[best] <= LINES * float(lags[0, 0]) * plan.pairs:
        return 0.0
    before, here, after = fits[best - 1 : best + 2].tolist()
    bend = before - 2 * here + after
    peak = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(plan.degrees[best] + np.clip(peak, -1, 1) * STEP_DEGREES)
