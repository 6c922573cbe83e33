"""Loudness of speech without its pauses, and mixing at a signal-to-noise ratio."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Decibels = float

FRAME_S = 0.02
"""Length of a frame: shorter than a syllable, longer than a period of a low voice."""
ACTIVE_RANGE_DB = 35.0
"""A frame counts as active up to so far below the loud ones; ITU-T P.56 puts its margin at 15.9 dB below the active
level, and loud frames are some 15-20 dB above that threshold."""
PEAK = 0.999
"""The highest sample after mixing; 16-bit files hold it."""


def active_power(samples: Samples, sample_rate_hz: int) -> float:
    """Measure the mean power over active frames, so that pauses do not count.

    Parameters
    ----------
    samples : (n,) float32
    sample_rate_hz : int

    Returns
    -------
    float
        Mean square; 0 for silence.
    """
    powers, sizes = _frame_powers(samples, sample_rate_hz)
    loud = float(np.quantile(powers, 0.95)) if len(powers) else 0.0
    if loud <= 0:
        loud = float(powers.max(initial=0.0))
    if loud <= 0:
        return 0.0
    active = powers >= loud * 10 ** (-ACTIVE_RANGE_DB / 10)
    return float(np.average(powers[active], weights=sizes[active]))


def mix_at_snr(
    speech: Samples, noise: Samples, sample_rate_hz: int, snr_db: Decibels, *, usual_power: float = 0.0
) -> Samples:
    """Add noise so that active speech stands `snr_db` above it.

    Parameters
    ----------
    speech, noise : (n,) float32
    sample_rate_hz : int
    snr_db : float
        10 log10(power of active speech / power of the noise over the whole record), in dB.
    usual_power : float
        Mean power of the clip that the noise was cut from. A cut 30 dB below it (a pause between two cars) is not
        raised further, since that would bring up hiss, not noise.

    Returns
    -------
    (n,) float32
        The speech keeps its level, unless a sample would exceed `PEAK`: then both are turned down together.
    """
    power = max(float(np.mean(np.square(noise, dtype=np.float64))) if len(noise) else 0.0, usual_power * 1e-3)
    wanted = active_power(speech, sample_rate_hz) * 10 ** (-snr_db / 10)
    if power <= 0 or wanted <= 0:
        return speech
    return limit_peak(speech + noise * np.float32(np.sqrt(wanted / power)))


def limit_peak(samples: Samples) -> Samples:
    """Turn a sound down so that no sample exceeds `PEAK`; others are left as they are."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    return samples * np.float32(PEAK / peak) if peak > PEAK else samples


def _frame_powers(samples: Samples, sample_rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    size = max(1, round(FRAME_S * sample_rate_hz))
    squares = np.square(samples, dtype=np.float64)
    starts = np.arange(0, len(squares), size)
    sizes = np.diff(np.append(starts, len(squares))).astype(np.float64)
    return np.add.reduceat(squares, starts) / sizes if len(starts) else np.zeros(0), sizes
