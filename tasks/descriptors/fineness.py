"""The finest half of an image's spectrum: how much of it there is, and which way motion wiped it out."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from tasks.descriptors.descriptor import Descriptor
from tasks.descriptors.detail import cut_middle

_MOTION = "Doubled angles as in Bigun, Granlund, Optimal orientation detection of linear symmetry, ICCV 1987"

FINENESS: dict[str, Descriptor] = {
    "fine_detail": Descriptor(
        "log10 of a share",
        "resolution",
        "Share of the spectral energy above half the Nyquist frequency; enlarging lowers it; -6 for none, as in a "
        "plain image.",
        "Power spectrum, as in Field, Relations between the statistics of natural images, JOSA A 4(12), 1987",
    ),
    "motion_across": Descriptor(
        "-1 to 1",
        "blur",
        "Motion blur from side to side (1) against up and down (-1): which way fine detail is missing; parallel "
        "strokes look the same; 0 for none or a plain image.",
        _MOTION,
    ),
    "motion_rising": Descriptor(
        "-1 to 1",
        "blur",
        "Motion blur along the diagonal that rises to the right (1) against the one that falls (-1); with "
        "motion_across it gives direction and strength; 0 for none or a plain image.",
        _MOTION,
    ),
}

SPECTRUM_PX = 128
"""The spectrum is that of at most this many pixels a side, from the middle."""
FAINTEST_SHARE = 1e-6


def describe_fineness(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Measure how much fine detail there is, and which way it is missing.

    Parameters
    ----------
    grey : (n, h, w) uint8
        Grey images of one shape.

    Returns
    -------
    (n, 3) float64
        The columns of `FINENESS`, finite.
    """
    tile = cut_middle(grey, SPECTRUM_PX)
    plan = _plan(*tile.shape[1:])
    means = tile.reshape(len(tile), -1).mean(axis=1, dtype=np.float64).astype(np.float32)
    centred = tile - means[:, None, None]
    centred *= plan.window
    spectrum = fft.rfft2(centred)
    energy = spectrum.real**2 + spectrum.imag**2
    total, above, ring, across, rising = (
        # No matrix product: how it sums depends on the number of images and of threads.
        np.einsum("nij,ij->n", energy, weight, dtype=np.float64)
        for weight in (plan.weight, plan.fine, plan.ring, plan.across, plan.rising)
    )
    share = np.divide(above, total, out=np.zeros_like(total), where=total > 1e-3)
    some = (total > 1e-3) & (ring > FAINTEST_SHARE * total)
    across, rising = (np.divide(side, ring, out=np.zeros_like(ring), where=some) for side in (across, rising))
    return np.column_stack([np.log10(np.maximum(share, FAINTEST_SHARE)), across, rising])


def motion_direction(across: float, rising: float) -> tuple[float, float]:
    """Return where `motion_across` and `motion_rising` point.

    Parameters
    ----------
    across, rising : float
        Of one image, or their means over many: unlike angles they may be averaged.

    Returns
    -------
    degrees : float
        0 to 180, counter-clockwise from level, as the noise operation `motion_blur` has it.
    strength : float
        0: all directions alike; towards 1: fine detail is left in one direction only.
    """
    return float(np.degrees(np.arctan2(rising, across)) / 2 % 180), float(np.hypot(across, rising))


class _Plan:
    """Window and weights over the half spectrum of a shape."""

    def __init__(self, height: int, width: int) -> None:
        self.window = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1]).astype(np.float32)
        up, right = -np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
        self.weight = np.full((height, right.size), 2, dtype=np.float32)
        self.weight[:, 0] = 1
        if width % 2 == 0:
            self.weight[:, -1] = 1
        radius = np.hypot(up, right)
        self.fine = self.weight * (radius > 0.25)
        # Directions are weighed in a ring: the corners beyond it would favour diagonals. A wave across the motion is
        # spared, so the motion lies at right angles to what is left: hence the signs.
        self.ring = self.weight * ((radius > 0.25) & (radius < 0.5))
        doubled = -self.ring / np.maximum(radius, 0.25) ** 2
        self.across = (doubled * (right**2 - up**2)).astype(np.float32)
        self.rising = (doubled * 2 * right * up).astype(np.float32)


@lru_cache(maxsize=64)
def _plan(height: int, width: int) -> _Plan:
    return _Plan(height, width)
