"""Where in a sound something is going on, and what is left of it elsewhere: level, noise, pauses."""

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.background import Background
from tasks.descriptors.descriptor import Descriptor
from tasks.descriptors.frames import FAINTEST, Frames

ACTIVITY: dict[str, Descriptor] = {
    "level_dbfs": Descriptor("dBFS", "level", "Root mean square level of the whole; -120 for silence."),
    "active_level_dbfs": Descriptor(
        "dBFS",
        "level",
        "Level of the active frames: those within 15.9 dB of their own mean and above the noise; -120 for silence.",
        "After ITU-T P.56, Objective measurement of active speech level, method B",
    ),
    "crest_db": Descriptor("dB", "level", "Highest sample over the root mean square level; 0 for silence."),
    "snr_db": Descriptor(
        "dB",
        "noise",
        "Active frames over the steady noise in the pauses, noise power taken off, from -5 to 80; too low where "
        "nothing pauses, too high below 0; 0 for silence.",
        "Minimum statistics, after Martin, IEEE Trans. Speech Audio Proc. 9(5), 2001",
    ),
    "noise_floor_dbfs": Descriptor(
        "dBFS",
        "noise",
        "Level of the steady noise in the pauses; -120 for silence.",
        "Minimum statistics, after Martin, IEEE Trans. Speech Audio Proc. 9(5), 2001",
    ),
    "silence_share": Descriptor(
        "share", "pauses", "Share of frames that are not active; 1 for silence.", "After ITU-T P.56, method B"
    ),
    "clipping_share": Descriptor(
        "share", "clipping", "Share of samples in runs of 3 or more at the sound's extreme; 0 for silence."
    ),
}

MARGIN_DB = 15.9
"""ITU-T P.56: frames so far below the active level are pauses."""
BY_CHANCE = 0.05
"""Share of frames that steady noise may lift beyond its reach; a louder frame, or more of them, are something else."""
_SNR_RANGE_DB = (-5.0, 80.0)
"""Below, the estimate is all noise: what pauses is no quieter than what does not."""


def active_frames(power: NDArray[np.float64], background: Background) -> NDArray[np.bool_]:
    """Tell which frames are active: the loudest within 15.9 dB of their own mean, and above what the noise reaches.

    Parameters
    ----------
    power : (m,) float64
        Mean square of each frame.
    background : Background
        The noise behind the sound.

    Returns
    -------
    (m,) bool
        All false for silence.
    """
    loudest_first = np.sort(power)[::-1]
    mean = np.cumsum(loudest_first) / np.arange(1, len(power) + 1)
    within = (loudest_first >= mean * 10 ** (-MARGIN_DB / 10)) & (loudest_first > FAINTEST)
    # The loudest frame is always within its own mean, so only silence has no active frame.
    if not within.any():
        return np.zeros(len(power), dtype=bool)
    active = np.asarray(power >= loudest_first[np.flatnonzero(within)[-1]])
    # At a low signal-to-noise ratio the pauses are within the margin too; where nothing stands out, all stays active.
    outstanding = np.asarray(active & (power > background.reach))
    stands_out = float(outstanding.mean()) > BY_CHANCE or float(loudest_first[0]) > 2 * background.reach
    return outstanding if stands_out else active


def describe_activity(
    samples: NDArray[np.float32], frames: Frames, background: Background, active: NDArray[np.bool_]
) -> list[float]:
    """Measure level, noise, pauses and clipping.

    Parameters
    ----------
    samples : (n,) float32
        The sound at its own rate.
    frames : Frames
    background : Background
    active : (m,) bool
        See `active_frames`.

    Returns
    -------
    list of float
        In the order of `ACTIVITY`, finite.
    """
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    peak = float(np.abs(samples).max())
    if not active.any():
        level = _db(power)
        return [level, _db(0), 0.0, 0.0, level, 1.0, 0.0]
    loud = float(frames.power[active].mean())
    floor = background.power
    snr = 10 * np.log10(max(loud - floor, FAINTEST) / max(floor, FAINTEST))
    return [
        _db(power),
        _db(loud),
        20 * np.log10(peak) - _db(power) if power > FAINTEST else 0.0,
        float(np.clip(snr, *_SNR_RANGE_DB)),
        _db(floor),
        1 - float(active.mean()),
        _clipping(samples),
    ]


def _db(power: float) -> float:
    return float(10 * np.log10(max(power, FAINTEST)))


def _clipping(samples: NDArray[np.float32]) -> float:
    """Return the share of samples in runs at the highest or lowest value: an uncut wave only grazes its extreme."""
    step = 2.0**-15  # one step of 16 bits
    flat = 0
    for extreme in (samples.max(), samples.min()):
        if abs(extreme) <= 4 * step:
            continue
        at_end = np.flatnonzero(np.diff(np.abs(samples - extreme) <= step, prepend=False, append=False))
        runs = at_end[1::2] - at_end[::2]
        flat += int(runs[runs >= 3].sum())
    return min(1.0, flat / len(samples))
