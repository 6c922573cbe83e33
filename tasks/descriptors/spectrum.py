"""The colour of a sound: where in frequency its power lies, and how it rings on."""

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.descriptor import Descriptor
from tasks.descriptors.frames import FAINTEST, HOP_S, Frames

_PEETERS = "Peeters, A large set of audio features for sound description, Ircam 2004"

SPECTRUM: dict[str, Descriptor] = {
    "centroid_hz": Descriptor("Hz", "spectrum", "Mean frequency, weighted by power; 0 for silence.", _PEETERS),
    "rolloff_hz": Descriptor("Hz", "spectrum", "85 % of the power lies below; 0 for silence.", _PEETERS),
    "tilt_db_per_octave": Descriptor(
        "dB per octave",
        "spectrum",
        "Slope of the level over octaves from 125 Hz on: 0 for white noise, -3 for pink; 0 for silence.",
        "Least squares over third octaves of IEC 61260, in place of the decrease of Peeters, Ircam 2004",
    ),
    "flatness_db": Descriptor(
        "dB",
        "spectrum",
        "Geometric over arithmetic mean of the spectrum: 0 for white noise, far below for tones; 0 for silence.",
        _PEETERS,
    ),
    "band_limit_hz": Descriptor(
        "Hz",
        "band",
        "Highest frequency within 50 dB of the strongest, in the active frames; what a soft slope lets through counts, "
        "and so do faint trebles of a clean sound; 0 for silence.",
        "As the cut-off of a filter in ITU-T P.341, at the level that telephones must keep free",
    ),
    "zero_crossings_hz": Descriptor("Hz", "spectrum", "Half the changes of sign a second; 0 for silence.", _PEETERS),
    "decay_s": Descriptor(
        "s",
        "reverberation",
        "Time that steep falls of the level would take for 60 dB, from 0.02 to 3: rooms lengthen it, running speech "
        "hides half of a long one, and 15 dB above noise nothing reads below 0.3; 0 where nothing falls.",
        "After Wen, Habets, Naylor, Blind estimation of reverberation time based on decay rates, ICASSP 2008",
    ),
}

ROLLOFF = 0.85
BAND_LIMIT_DB = 50.0
LOWEST_HZ = 125.0
HIGHEST_SHARE = 0.45
"""Tilt and flatness look up to this share of the rate: above lies the slope of the filter that a faster file went
through, which says nothing of the sound."""
_DECAY_FRAMES = 5
"""Frames of a fall: 64 ms between the first and the last."""
_STEEP = 0.1
"""Of all falls, the share that is taken as steep: these are least filled up by the sound that follows."""
_DECAY_RANGE_S = (0.02, 3.0)


def describe_spectrum(frames: Frames, active: NDArray[np.bool_]) -> list[float]:
    """Measure the spectrum of the active frames, the band limit and the decay.

    Parameters
    ----------
    frames : Frames
    active : (m,) bool
        See `tasks.descriptors.activity.active_frames`.

    Returns
    -------
    list of float
        In the order of `SPECTRUM`, finite.
    """
    if not active.any():
        return [0.0] * len(SPECTRUM)
    spectrum = frames.spectra[active].mean(axis=0)
    spectrum[0] = 0  # an offset is no sound
    hz = frames.frequencies_hz
    total = float(spectrum.sum())
    if total <= FAINTEST:
        return [0.0] * len(SPECTRUM)
    open_to = slice(0, int(np.searchsorted(hz, HIGHEST_SHARE * frames.rate_hz, side="right")))
    cumulated = np.cumsum(spectrum)
    crossings = np.count_nonzero(np.diff(np.signbit(frames.samples))) / 2
    return [
        float(np.dot(spectrum, hz) / total),
        float(hz[np.searchsorted(cumulated, ROLLOFF * cumulated[-1])]),
        _tilt(spectrum[open_to], hz[open_to]),
        _flatness(spectrum[open_to]),
        float(hz[np.flatnonzero(spectrum >= spectrum.max() * 10 ** (-BAND_LIMIT_DB / 10))[-1]]),
        float(crossings * frames.rate_hz / len(frames.samples)),
        _decay(frames.level_db),
    ]


def _tilt(spectrum: NDArray[np.float64], hz: NDArray[np.float64]) -> float:
    """Fit a line through the mean power density of third octaves, in dB over octaves."""
    octaves = np.log2(np.maximum(hz, LOWEST_HZ) / LOWEST_HZ)
    third = np.floor(octaves * 3).astype(np.int64)
    third[hz < LOWEST_HZ] = -1
    counts = np.bincount(third + 1)[1:]
    used = counts > 0
    if np.count_nonzero(used) < 2:
        return 0.0
    density = np.bincount(third + 1, weights=spectrum)[1:][used] / counts[used]
    middle = np.bincount(third + 1, weights=octaves)[1:][used] / counts[used]
    level = 10 * np.log10(np.maximum(density, density.max() * 1e-8))
    return float(np.polyfit(middle, level, 1)[0])


def _flatness(spectrum: NDArray[np.float64]) -> float:
    heard = np.maximum(spectrum[1:], spectrum.max() * 1e-8)
    return float(10 * np.log10(np.exp(np.log(heard).mean()) / heard.mean()))


def _decay(level_db: NDArray[np.float64]) -> float:
    """Extrapolate the steep falls of the level, above the noise floor, to 60 dB."""
    if len(level_db) < _DECAY_FRAMES:
        return 0.0
    floor = np.quantile(level_db, 0.1)
    windows = np.lib.stride_tricks.sliding_window_view(level_db, _DECAY_FRAMES)
    falling = (np.diff(windows, axis=1) < 0).all(axis=1) & (windows[:, -1] > max(floor + 5, -100.0))
    if not falling.any():
        return 0.0
    slopes = (windows[falling, 0] - windows[falling, -1]) / ((_DECAY_FRAMES - 1) * HOP_S)
    return float(np.clip(60 / np.quantile(slopes, 1 - _STEEP), *_DECAY_RANGE_S))
