"""What is wrong with a clip of noise: clipped, or tonal as music is."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

CLIPPED_SHARE = 0.01
"""Share of samples at the extreme, in runs of three and more, from which a clip is refused: it would add harmonics that
its scene has not. A recording with a few loud knocks stays below a thousandth."""
RUN = 3
"""An uncut wave only grazes its extreme."""
TONAL_SHARE = 0.5
"""From half of the power in steady tones on, a clip may be music, an alarm or a voice: somebody should listen. Of 19
recordings of places, weather, animals and one guitar, 17 lie at or below .1, the guitar at .91, one alley at .97."""
LISTENED_S = 20.0
"""Of longer clips the middle is listened to: a minute of wind is as tonal as an hour of it."""

FRAME_S = 0.128
HOP_S = 0.064
LOWEST_HZ, HIGHEST_HZ = 80.0, 5000.0
NEIGHBOURS = 31
"""Frequencies, 8 Hz apart, whose mean level a tone has to stand out from."""
STANDS_OUT = 10.0
"""Power of a tone over its neighbourhood's level: of noise one frequency in 300 is beyond that, and hardly ever three
frames in a row."""


def clipped_share(samples: NDArray[np.float32]) -> float:
    """Return the share of samples that lie at the highest or lowest value in runs of at least `RUN`."""
    step = 2.0**-15
    flat = 0
    for extreme in (float(samples.max(initial=0.0)), float(samples.min(initial=0.0))):
        if abs(extreme) <= 4 * step:
            continue
        ends = np.flatnonzero(np.diff(np.abs(samples - extreme) <= step, prepend=False, append=False))
        runs = ends[1::2] - ends[::2]
        flat += int(runs[runs >= RUN].sum())
    return flat / max(1, len(samples))


def tonal_share(samples: NDArray[np.float32], sample_rate_hz: int) -> float:
    """Measure how much of a sound is steady tones.

    Parameters
    ----------
    samples : (n,) float32
    sample_rate_hz : int

    Returns
    -------
    float
        The median over frames of 128 ms of the share of power, between 80 and 5,000 Hz, in frequencies that stand out
        from their neighbours by 10 dB and do so in the frame before and after too (a neighbouring frequency will do).
        NaN where the sound is shorter than three frames; of long ones the middle 20 s count.

    Notes
    -----
    Steady tones are what music, alarms, engines that whine and held vowels have in common; birds and crickets move too
    fast. It tells that somebody should listen, not what the sound is. Level does not count.
    """
    width, hop = round(FRAME_S * sample_rate_hz), round(HOP_S * sample_rate_hz)
    if len(samples) < width + 2 * hop:
        return float("nan")
    longest = round(LISTENED_S * sample_rate_hz)
    samples = samples[max(0, len(samples) - longest) // 2 :][:longest]
    frames = np.lib.stride_tricks.sliding_window_view(samples, width)[::hop]
    frequencies = np.fft.rfftfreq(width, 1 / sample_rate_hz)
    heard = (frequencies > LOWEST_HZ) & (frequencies < HIGHEST_HZ)
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(width), axis=1)[:, heard]))
    power += 1e-12 * max(float(power.max(initial=0.0)), 1e-30)
    level = np.log(power)
    tone = level - uniform_filter1d(level, NEIGHBOURS, axis=1) > np.log(STANDS_OUT)
    near = tone.copy()
    near[:, 1:] |= tone[:, :-1]
    near[:, :-1] |= tone[:, 1:]
    steady = tone[1:-1] & near[:-2] & near[2:]
    return float(np.median((power[1:-1] * steady).sum(axis=1) / power[1:-1].sum(axis=1)))
