"""Sounds as pieces of noise: short stretches in which nothing but the background is heard, as spectra."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.activity import active_frames
from tasks.descriptors.background import estimate_background
from tasks.descriptors.frames import FAINTEST, Frames, cut_frames
from tasks.descriptors.mel import mel_filters
from tasks.noise.pool import Clip
from tasks.noise.pool_coverage import shapes

PIECE = 4
"""Frames of a piece, 80 ms together: pauses between words are that long, and the mean of four spectra scatters half as
much as one."""
BANDS = 24
LOWEST_HZ, HIGHEST_HZ = 60.0, 7600.0
RANGE_DB = 40.0
"""What lies further below a piece's loudest band is not heard behind it."""
MOST_PIECES = 200
"""Of a recording: sixteen seconds, spread over its length."""
EXCERPTS, EXCERPT_S = 8, 4.0
"""Of a clip that is longer than them together, so many excerpts are cut, evenly spread."""

Spectra = NDArray[np.float64]


def highest_hz(rates: Sequence[int]) -> float:
    """Return the frequency up to which sounds of these rates can be compared."""
    return min(HIGHEST_HZ, min(rates) / 2)


def pieces_of_clip(clips: Sequence[Clip], highest: float) -> Spectra:
    """Cut the clips of one recording into pieces: (n, bands) in dB, without their mean."""
    found = []
    for clip in clips:
        for start, length in _excerpts(len(clip.steps), clip.sample_rate_hz):
            frames = cut_frames(clip.samples(start, length), clip.sample_rate_hz)
            found.append(_pieces(frames, np.zeros(len(frames.power), bool), highest))
    whole = np.concatenate(found)
    return whole[np.linspace(0, len(whole) - 1, min(len(whole), MOST_PIECES)).astype(int)] if len(whole) else whole


def _excerpts(n: int, rate_hz: int) -> list[tuple[int, int]]:
    """Return where to cut a clip of n samples, and how long each cut is."""
    length = round(EXCERPT_S * rate_hz)
    if n <= EXCERPTS * length:
        return [(0, n)]
    return [(start, length) for start in np.linspace(0, n - length, EXCERPTS).astype(int).tolist()]


def pieces_of_pauses(samples: NDArray[np.float32], rate_hz: int, highest: float) -> Spectra:
    """Cut what lies between active stretches of a sound into pieces; digital silence is none."""
    frames = cut_frames(samples, rate_hz)
    return _pieces(frames, active_frames(frames.power, estimate_background(frames)), highest)


def _pieces(frames: Frames, active: NDArray[np.bool_], highest: float) -> Spectra:
    heard = frames.power > FAINTEST * 100
    quiet = ~active & heard
    window = 2 * (frames.spectra.shape[1] - 1)
    filters = mel_filters(frames.rate_hz, window, BANDS, LOWEST_HZ, highest)
    spectra, place = [], 0
    while place + PIECE <= len(quiet):
        if quiet[place : place + PIECE].all():
            spectra.append(frames.spectra[place : place + PIECE].mean(axis=0))
            place += PIECE
        else:
            place += 1
    if not spectra:
        return np.empty((0, BANDS))
    level = 10 * np.log10(np.array(spectra) @ filters.T + 1e-15)
    return shapes(np.maximum(level, level.max(axis=1, keepdims=True) - RANGE_DB))
