"""What lossy codecs leave of a sound, without coding it: the same on every machine, whatever libraries it has."""

import numpy as np
from scipy.signal import istft, stft

from tasks.noise.snr import Samples

MU = 255.0
"""Of the telephone's law (ITU-T G.711, North America and Japan)."""
FULL_BITS, NOTHING_MASKED_DB = 16.0, 96.0
"""Values at which nothing is lost: 16 bits reach 96 dB down."""
WINDOW_S = 0.032
"""Length of a moment: what MP3 and its kin transform at a time, to a third."""


def through_codec(samples: Samples, bits: float, masked_db: float, sample_rate_hz: int) -> Samples:
    """Lose what a codec loses: soft parts of each moment's spectrum, then steps that grow with the level.

    Parameters
    ----------
    samples : (n,) float32
    bits : float
        A sample keeps so many, by the telephone's logarithmic law below its own peak; 16 or more: all.
    masked_db : float
        Of each moment of 32 ms the parts that lie so far below its loudest are dropped; 96 or more: none.
    sample_rate_hz : int

    Returns
    -------
    (n,) float32

    Notes
    -----
    Neither needs a codec library, whose versions would sound differently. The band that a telephone leaves is another
    operation. Invariants: 16 bits and 96 dB leave a sound as it was, as silence is at any value; the peak does not grow
    by the steps.

    References
    ----------
    ITU-T G.711 (1988), Pulse code modulation of voice frequencies. Brandenburg (1999), MP3 and AAC explained.
    """
    sound = samples
    if masked_db < NOTHING_MASKED_DB:
        sound = _without_soft_parts(sound, masked_db, sample_rate_hz)
    if bits < FULL_BITS:
        sound = _in_steps(sound, bits)
    return sound


def _in_steps(samples: Samples, bits: float) -> Samples:
    """Round to steps by the mu-law, which is fine where it is soft."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    if not peak:
        return samples
    levels = round(2 ** (bits - 1)) - 1
    pressed = np.log1p(np.abs(samples) * (MU / peak)) / np.log1p(MU)
    kept = np.expm1(np.round(pressed * levels) / levels * np.log1p(MU)) * (peak / MU)
    return np.asarray(np.copysign(kept, samples), np.float32)


def _without_soft_parts(samples: Samples, masked_db: float, sample_rate_hz: int) -> Samples:
    """Set to 0 what of each moment's spectrum lies far below its loudest part."""
    width = 2 * max(8, round(WINDOW_S * sample_rate_hz / 2))
    if not len(samples):
        return samples
    padded = np.pad(samples, (0, max(0, width - len(samples))))
    spectrum = stft(padded, nperseg=width)[2]
    size = np.abs(spectrum)
    spectrum[size < size.max(axis=0) * 10 ** (-masked_db / 20)] = 0
    return np.asarray(istft(spectrum, nperseg=width)[1][: len(samples)], np.float32)
