"""The steady noise behind a sound, from its pauses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.frames import FAINTEST, Frames

QUIETEST = 0.1
"""Share of frames that noise is first looked for in; all others that noise alone may reach join them."""
ROUNDS = 3
CLIPS = 6
_BIAS = 1.75
"""The quietest tenth of normal numbers lies on average so many standard deviations below their mean."""
_ASIDE = 2.0
"""Frames so many standard deviations above the mean are left out of it, which lowers it by .06 of them."""
_LOWERED = 0.06
_REACH = 2.5
"""Standard deviations that one frame of noise in a hundred passes."""
_LEAKAGE = 1.3
"""Variance of a frame's power over what its spectrum predicts: the window smears narrow bands over their neighbours."""
_WIDEST = 0.5
"""Relative standard deviation at most: noise of one narrow band rises and falls like speech."""


@dataclass(frozen=True)
class Background:
    """Noise that is there all the time.

    Parameters
    ----------
    power : float
        Mean square; full scale is 1.
    reach : float
        Power that a frame of noise alone hardly passes.
    """

    power: float
    reach: float


def estimate_background(frames: Frames) -> Background:
    """Estimate the noise that the pauses of a sound hold.

    Digital silence at either end is no pause: somebody put it there. Noise whose power changes from frame to frame, as
    that of low-pitched noise does, would be taken for fainter than it is if only its quietest frames were asked; how
    much it changes follows from how many frequencies share its power.

    References
    ----------
    Martin, Noise power spectral density estimation based on optimal smoothing and minimum statistics, IEEE Trans.
    Speech Audio Proc. 9(5), 2001: bias of minima. The mean of a truncated normal law by rounds of clipping.
    """
    used = _between_silences(frames.power)
    power, spectra = frames.power[used], frames.spectra[used]
    ordered = np.sort(power)
    cumulated = np.cumsum(ordered)
    below = max(1, round(QUIETEST * len(power)))
    mean = float(cumulated[below - 1]) / below
    spread = _spread(spectra[power <= ordered[below - 1]])
    mean /= max(1 - _BIAS * spread, 0.2)
    for _ in range(ROUNDS):
        for _ in range(CLIPS):
            below = max(1, int(np.searchsorted(ordered, mean * (1 + _ASIDE * spread), side="right")))
            before, mean = mean, float(cumulated[below - 1]) / below * (1 + _LOWERED * spread)
            if abs(mean - before) <= 1e-3 * mean:
                break
        # The quietest frames are those in which the lowest frequencies were faint: others tell the spread better.
        spread = _spread(spectra[power <= ordered[below - 1]])
    return Background(mean, mean * (1 + _REACH * spread))


def _spread(spectra: NDArray[np.float64]) -> float:
    """Return the relative standard deviation of a frame's power: (m, k) -> scalar.

    Each frequency's power varies by its mean from frame to frame; many that share the power even that out.
    """
    mean = spectra.mean(axis=0)
    mean[0] = 0  # an offset does not change
    total = float(mean.sum())
    return min(_WIDEST, float(np.sqrt(_LEAKAGE * np.dot(mean, mean))) / total) if total > 0 else 0.0


def _between_silences(power: NDArray[np.float64]) -> slice:
    """Leave out digital silence at the ends, and the two frames at either that hold some of it."""
    heard = np.flatnonzero(power > FAINTEST)
    if len(heard) == 0:
        return slice(0, len(power))
    first, last = int(heard[0]), int(heard[-1])
    first += 2 if first > 0 else 0
    last -= 2 if last < len(power) - 1 else 0
    return slice(first, last + 1) if last - first >= 2 else slice(int(heard[0]), int(heard[-1]) + 1)
