"""What rooms, telephones and made-up noise do to a sound."""

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq
from scipy.signal import fftconvolve

from tasks.noise.snr import Samples, active_power, active_span

ROLL_OFF_OCTAVES = 1 / 3
"""Width of a band's edge: as steep as a telephone's filter, soft enough not to ring audibly."""
TAIL_DB = 60.0
"""A room's response is cut where what remains is this far below all of it: nobody hears it, and it costs time."""


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Bring samples to another rate."""
    if from_hz == to_hz:
        return samples
    return np.asarray(soxr.resample(samples, from_hz, to_hz), dtype=np.float32)


def at_speed(samples: Samples, factor: float) -> Samples:
    """Play samples `factor` times as fast: the result has round(n / factor) samples, at least one."""
    length = max(1, round(len(samples) / factor))
    if length == len(samples):
        return samples
    played = np.asarray(soxr.resample(samples, factor, 1.0), dtype=np.float32)
    return np.pad(played, (0, max(0, length - len(played))))[:length]


def with_silence(samples: Samples, before_s: float, after_s: float, sample_rate_hz: int) -> Samples:
    """Add silence before and after, or cut it off.

    Parameters
    ----------
    samples : (n,) float32
    before_s, after_s : float
        Below 0: so much is cut off, at most up to the first (from the last) active frame.
    sample_rate_hz : int

    Returns
    -------
    (m,) float32
        With all active frames as they were, in a row.
    """
    before, after = round(before_s * sample_rate_hz), round(after_s * sample_rate_hz)
    first, last = active_span(samples, sample_rate_hz) if min(before, after) < 0 else (0, len(samples))
    kept = samples[min(first, max(0, -before)) : max(last, len(samples) - max(0, -after))]
    return np.pad(kept, (max(0, before), max(0, after)))


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
    noise = np.random.Generator(np.random.Philox(seed)).standard_normal(length, dtype=np.float32)
    if kind == "pink" and length > 1:
        size = next_fast_len(length, real=True)
        spectrum = rfft(noise, size)
        spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum), dtype=np.float32))
        spectrum[0] = 0
        noise = irfft(spectrum, size)[:length].astype(np.float32)
    power = float(np.dot(noise, noise)) / max(1, length)
    return noise / np.float32(np.sqrt(power)) if power > 0 else noise


def made_up_response(rt60_s: float, direct_db: float, sample_rate_hz: int, seed: int) -> Samples:
    """Make an impulse response: the direct sound, then noise that loses 60 dB in `rt60_s`.

    Parameters
    ----------
    rt60_s : float
    direct_db : float
        Energy of the direct sound against that of the room.
    sample_rate_hz : int
    seed : int
        The record's seed.

    Returns
    -------
    (n,) float32

    References
    ----------
    Polack (1988), La transmission de l'energie sonore dans les salles: a diffuse room's response is Gaussian noise
    under an exponential envelope.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    time_s = np.arange(max(2, round(rt60_s * sample_rate_hz))) / sample_rate_hz
    tail = rng.standard_normal(len(time_s)) * 10 ** (-3 * time_s / rt60_s)
    tail[0] = 0
    tail *= np.sqrt(10 ** (-direct_db / 10) / float(np.sum(np.square(tail))))
    tail[0] = 1
    return tail.astype(np.float32)


def direct_onwards(response: Samples) -> Samples:
    """Cut a response to what is heard: from its highest peak, the direct sound, to where it has died away."""
    heard = response[int(np.argmax(np.abs(response))) :]
    remaining = np.cumsum(np.square(heard[::-1], dtype=np.float64))[::-1]
    return heard[: max(1, int(np.count_nonzero(remaining > remaining[0] * 10 ** (-TAIL_DB / 10))))]


def in_room(samples: Samples, response: Samples, wet_share: float, sample_rate_hz: int) -> Samples:
    """Convolve with an impulse response that starts at the direct sound; length, onset and active level are kept.

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
        Silence stays silence.
    """
    before = active_power(samples, sample_rate_hz)
    wet = fftconvolve(samples, response)[: len(samples)]
    power = active_power(wet, sample_rate_hz)
    if before <= 0 or power <= 0:
        return samples
    mixed = (1 - wet_share) * samples + wet_share * np.sqrt(before / power) * wet
    after = active_power(mixed, sample_rate_hz)
    return np.asarray(mixed * np.sqrt(before / after) if after > 0 else mixed, dtype=np.float32)


def in_band(samples: Samples, low_hz: float, high_hz: float, sample_rate_hz: int) -> Samples:
    """Keep a band of frequencies; edges roll off over a third of an octave, phases are kept.

    Parameters
    ----------
    samples : (n,) float32
    low_hz, high_hz : float
        A low edge of 0, or a high edge beyond half the rate, cuts nothing.
    sample_rate_hz : int

    Returns
    -------
    (n,) float32
    """
    if len(samples) < 2:
        return samples
    size = next_fast_len(len(samples), real=True)
    with np.errstate(divide="ignore"):
        octave = np.log2(rfftfreq(size, 1 / sample_rate_hz))
    kept = _edge(np.log2(high_hz) - octave)
    if low_hz > 0:
        kept *= _edge(octave - np.log2(low_hz))
    return np.asarray(irfft(rfft(samples, size) * kept, size)[: len(samples)], dtype=np.float32)


def _edge(octaves: NDArray[np.float64]) -> NDArray[np.float32]:
    """Rise from 0 to 1 over the third of an octave before the edge."""
    inside = np.clip(octaves / ROLL_OFF_OCTAVES + 1, 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * inside)).astype(np.float32)
