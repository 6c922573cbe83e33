"""A sound in short frames: levels and power spectra."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import soxr
from numpy.typing import NDArray

HIGHEST_RATE_HZ = 16_000
"""Faster sounds are brought down to this rate first, so that files that differ only in rate are described alike; slower
ones stay as they are, since what is missing cannot be made up."""
FRAME_S = 0.032
HOP_S = 0.016
FAINTEST = 1e-12
"""Power (full scale is 1) at and below which a frame counts as digital silence: -120 dBFS."""


@dataclass(frozen=True)
class Frames:
    """A sound cut into frames of 32 ms, 16 ms apart.

    Parameters
    ----------
    rate_hz : int
        Sample rate of the frames, at most 16,000.
    samples : (n,) float64
        The sound at that rate.
    power : (m,) float64
        Mean square of each frame; full scale is 1.
    spectra : (m, k) float64
        Power spectrum of each frame through a Hann window; each row sums to about its power.
    frequencies_hz : (k,) float64
    """

    rate_hz: int
    samples: NDArray[np.float64]
    power: NDArray[np.float64]
    spectra: NDArray[np.float64]
    frequencies_hz: NDArray[np.float64]

    @property
    def level_db(self) -> NDArray[np.float64]:
        """Level of each frame in dB relative to full scale, at least -120."""
        return np.asarray(10 * np.log10(np.maximum(self.power, FAINTEST)))


def cut_frames(samples: NDArray[np.float32], rate_hz: int) -> Frames:
    """Cut a sound into frames; one shorter than a frame is filled up with silence.

    Parameters
    ----------
    samples : (n,) float32
        In [-1, 1], n >= 1.
    rate_hz : int
        Sample rate.

    Returns
    -------
    Frames
    """
    exact: NDArray[np.float64] = samples.astype(np.float64)
    if rate_hz > HIGHEST_RATE_HZ:
        exact, rate_hz = np.asarray(soxr.resample(exact, rate_hz, HIGHEST_RATE_HZ)), HIGHEST_RATE_HZ
    width, hop = max(4, round(FRAME_S * rate_hz)), max(1, round(HOP_S * rate_hz))
    padded = exact if len(exact) >= width else np.pad(exact, (0, width - len(exact)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, width)[::hop]
    window, weight, frequencies_hz = _plan(width, rate_hz)
    transformed = np.fft.rfft(frames * window)
    spectra = transformed.real**2 + transformed.imag**2
    spectra *= weight
    return Frames(rate_hz, exact, np.square(frames).mean(axis=1), spectra, frequencies_hz)


@lru_cache(maxsize=32)
def _plan(width: int, rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the window, each frequency's weight in the power, and the frequencies."""
    window: NDArray[np.float64] = np.hanning(width + 1)[:-1]
    frequencies_hz = np.asarray(np.fft.rfftfreq(width, 1 / rate_hz), dtype=np.float64)
    weight = np.ones(len(frequencies_hz))
    weight[1 : (width + 1) // 2] = 2
    return window, weight / (width * np.square(window).sum()), frequencies_hz
