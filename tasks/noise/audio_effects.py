"""What rooms, telephones and made-up noise do to a sound."""

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.signal import oaconvolve

from tasks.noise.snr import Samples, active_power

ROLL_OFF_OCTAVES = 1 / 3
"""Width of a band's edge: as steep as a telephone's filter, soft enough not to ring audibly."""


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Bring samples to another rate."""
    if from_hz == to_hz:
        return samples
    return np.asarray(soxr.resample(samples, from_hz, to_hz), dtype=np.float32)


def cut(samples: Samples, start: int, length: int) -> Samples:
    """Cut `length` samples from `start` on, going round to the beginning where the clip ends."""
    if start + length <= len(samples):
        return samples[start : start + length]
    return np.take(samples, np.arange(start, start + length), mode="wrap")


def made_up_noise(kind: str, length: int, seed: int) -> Samples:
    """Make white or pink Gaussian noise of power 1.

    Parameters
    ----------
    kind : {"white", "pink"}
    length : int
        Samples.
    seed : int
        The record's seed.

    Returns
    -------
    (length,) float32
    """
    rng = np.random.Generator(np.random.Philox(seed))
    white = rng.standard_normal(length)
    if kind == "pink" and length > 1:
        spectrum = np.fft.rfft(white)
        spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
        spectrum[0] = 0
        white = np.fft.irfft(spectrum, length)
    power = float(np.mean(np.square(white))) if length else 0.0
    return (white / np.sqrt(power) if power > 0 else white).astype(np.float32)


def made_up_response(rt60_s: float, direct_db: float, sample_rate_hz: int, seed: int) -> Samples:
    """Make an impulse response: the direct sound, then noise that loses 60 dB in `rt60_s`.

    References
    ----------
    Polack (1988): a diffuse room's response is Gaussian noise under an exponential envelope.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    time_s = np.arange(max(2, round(rt60_s * sample_rate_hz))) / sample_rate_hz
    tail = rng.standard_normal(len(time_s)) * 10 ** (-3 * time_s / rt60_s)
    tail[0] = 0
    energy = float(np.sum(np.square(tail)))
    tail *= np.sqrt(10 ** (-direct_db / 10) / energy) if energy > 0 else 0.0
    tail[0] = 1
    return tail.astype(np.float32)


def in_room(samples: Samples, response: Samples, wet_share: float, sample_rate_hz: int) -> Samples:
    """Convolve with an impulse response; length, onset and active level are kept.

    Parameters
    ----------
    samples : (n,) float32
    response : (m,) float32
        At the same rate.
    wet_share : float
        0: as it was; 1: as in the room.
    sample_rate_hz : int

    Returns
    -------
    (n,) float32
    """
    onset = int(np.argmax(np.abs(response)))  # the direct sound; what comes before is delay
    wet = oaconvolve(samples, response)[onset : onset + len(samples)]
    before = active_power(samples, sample_rate_hz)
    power = active_power(wet, sample_rate_hz)
    if power <= 0:
        return samples
    mixed = (1 - wet_share) * samples + wet_share * np.sqrt(before / power) * wet
    after = active_power(mixed, sample_rate_hz)
    return (mixed * np.sqrt(before / after) if after > 0 else mixed).astype(np.float32)


def in_band(samples: Samples, low_hz: float, high_hz: float, sample_rate_hz: int) -> Samples:
    """Keep a band of frequencies; edges roll off over a third of an octave, phases are kept."""
    if len(samples) < 2:
        return samples
    frequency = np.fft.rfftfreq(len(samples), 1 / sample_rate_hz)
    with np.errstate(divide="ignore"):
        octave = np.log2(frequency)
    keep = _edge((octave - np.log2(low_hz)) / ROLL_OFF_OCTAVES) * _edge((np.log2(high_hz) - octave) / ROLL_OFF_OCTAVES)
    return np.fft.irfft(np.fft.rfft(samples) * keep, len(samples)).astype(np.float32)


def _edge(octaves: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(octaves + 1, 0, 1))
