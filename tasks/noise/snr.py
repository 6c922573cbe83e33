"""Loudness of speech without its pauses, and mixing at a signal-to-noise ratio."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
Decibels: TypeAlias = float

FRAME_S = 0.02
"""Length of a frame: shorter than a syllable, longer than two periods of a low voice."""
LOUD = 0.95
"""Loudness of the loudest frames is this quantile of all: a click in one frame of fifty does not count."""
ACTIVE_RANGE_DB = 35.0
"""Frames count as speech down to this far below the loudest ones. ITU-T P.56 cuts 15.9 dB below the mean of active
speech, whose loudest syllables are 10 to 15 dB above that mean; the rest leaves quiet consonants in."""
PAUSE = 1e-3
"""A cut of noise is not raised as if it were less than this share (30 dB below) of its clip's power."""
PEAK = 0.999
"""The highest sample after mixing; files of 16 bit hold it."""


def active_power(samples: Samples, sample_rate_hz: int) -> float:
    """Measure the mean square over active frames, so that pauses do not count.

    Parameters
    ----------
    samples : (n,) float32
    sample_rate_hz : int

    Returns
    -------
    float
        0 for silence.

    References
    ----------
    ITU-T P.56 (2011), Objective measurement of active speech level.
    """
    powers, active, _ = _frames(samples, sample_rate_hz)
    return float(powers[active].mean()) if len(powers) else 0.0


def active_span(samples: Samples, sample_rate_hz: int) -> tuple[int, int]:
    """Return where the first active frame begins and the last one ends, in samples; all of a silent sound."""
    powers, active, size = _frames(samples, sample_rate_hz)
    found = np.flatnonzero(active & (powers > 0))
    if not len(found):
        return 0, len(samples)
    last = int(found[-1]) + 1
    return int(found[0]) * size, len(samples) if last == len(powers) else last * size


def _frames(samples: Samples, sample_rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], int]:
    """Return the power of each frame, which of them are active, and how many samples a frame has."""
    size = max(1, min(len(samples), round(FRAME_S * sample_rate_hz)))
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    powers = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / size
    if not len(powers):
        return powers, np.empty(0, bool), size
    place = int(LOUD * (len(powers) - 1))
    loud = float(np.partition(powers, place)[place]) or float(powers.max())
    return powers, powers >= loud * 10 ** (-ACTIVE_RANGE_DB / 10), size


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
        Mean power of the clip that the noise was cut from. Where the cut is a pause of the clip, 30 dB or more below
        that, the record gets the pause, not its hiss raised to the level of noise; the SNR is then higher than asked.

    Returns
    -------
    (n,) float32
        The speech keeps its level, unless a sample would exceed `PEAK`: then both are turned down together. Silent
        speech comes back as it was.
    """
    wanted = active_power(speech, sample_rate_hz) * 10 ** (-snr_db / 10)
    power = max(float(np.dot(noise, noise)) / max(1, len(noise)), usual_power * PAUSE)
    if power <= 0 or wanted <= 0:
        return speech
    return limit_peak(speech + noise * np.float32(np.sqrt(wanted / power)))


def limit_peak(samples: Samples) -> Samples:
    """Turn a sound down so that no sample exceeds `PEAK`; others are left as they are."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    return samples * np.float32(PEAK / peak) if peak > PEAK else samples
