"""Sensor noise: normal numbers for every pixel, from the record's own seed."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

_NORMAL = ndtri((np.arange(65536) + 0.5) / 65536).astype(np.float32)
"""Normal quantiles: 16 random bits pick one, five times faster than a generator's own normal numbers, and exact to a
hundredth of a grey level as long as the standard deviation stays below a fifth of the range."""


class SensorNoise:
    """Makes the noise of one record after the other.

    Notes
    -----
    One Philox generator is rewound to each record's seed: making a new one takes 14 microseconds, rewinding 1.
    """

    def __init__(self) -> None:
        self._bits = np.random.Philox(key=0)
        self._state: Any = self._bits.state

    def add(self, pixels: NDArray[np.uint8], sd_table: NDArray[np.float32], seed: int) -> NDArray[np.uint8]:
        """Add noise whose standard deviation depends on each pixel's value.

        Parameters
        ----------
        pixels : (h, w) or (h, w, 3) uint8
        sd_table : (256,) float32
            Standard deviation at each value, in levels of 255.
        seed : int
            The record's.

        Returns
        -------
        uint8 array of the same shape
        """
        self._rewind(seed)
        bits = self._bits.random_raw((pixels.size + 3) // 4).view(np.uint16)[: pixels.size]
        noise = _NORMAL.take(bits.reshape(pixels.shape))
        noise *= cv2.LUT(pixels, sd_table).reshape(pixels.shape)
        noisy: Any = cv2.add(pixels, noise, dtype=cv2.CV_8U)
        return cast(NDArray[np.uint8], noisy.reshape(pixels.shape))

    def _rewind(self, seed: int) -> None:
        state = self._state
        state["state"]["key"][:] = (seed, 0)
        state["state"]["counter"][:] = 0
        state["buffer_pos"] = 4
        state["has_uint32"] = 0
        self._bits.state = state
