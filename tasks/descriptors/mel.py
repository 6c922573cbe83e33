"""Mel bands: a spectrum in steps that people hear as equal."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=32)
def mel_filters(rate_hz: int, window: int, bands: int, lowest_hz: float, highest_hz: float) -> NDArray[np.float64]:
    """Return triangular filters for power spectra.

    Parameters
    ----------
    rate_hz : int
        Sample rate.
    window : int
        Samples of a frame.
    bands : int
        Number of bands.
    lowest_hz, highest_hz : float
        Edges of the first and the last band; at most half the rate.

    Returns
    -------
    (bands, window // 2 + 1) float64
        Each row sums to 1, so that white noise has one level in all bands.

    References
    ----------
    O'Shaughnessy, Speech Communication, 1987: mel = 2595 log10(1 + f / 700).
    """
    edges_mel = np.linspace(2595 * np.log10(1 + lowest_hz / 700), 2595 * np.log10(1 + highest_hz / 700), bands + 2)
    edges = 700 * (10 ** (edges_mel / 2595) - 1)
    frequencies = np.fft.rfftfreq(window, 1 / rate_hz)
    rising = (frequencies - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - frequencies) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(rising, falling), 0, None)
    # A band narrower than the frequency step takes the step nearest to its middle.
    empty = np.flatnonzero(weights.sum(axis=1) == 0)
    weights[empty, np.abs(frequencies - edges[1:-1][empty, None]).argmin(axis=1)] = 1
    filters: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    filters.flags.writeable = False
    return filters
