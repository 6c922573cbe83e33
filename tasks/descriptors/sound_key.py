"""The near-duplicate key of a sound: pictures of its loudest moments, wherever in the file they are."""

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from tasks.descriptors.fingerprint import SIDE, encode_pictures
from tasks.descriptors.mel import mel_filters

RATE_HZ = 8000
"""Sounds are compared at this rate: what a telephone passes, every container has."""
WINDOW = 1024
"""Samples of a frame (128 ms): long against the hop, so that a small shift changes little."""
HOP = 128
MOMENTS = 3
"""Moments of a sound at most: the more, the shorter may be what two cuts of one recording have in common."""
APART_S = 0.4
CLOSE_S = 0.03
"""Peaks nearer than this have the same picture, all but shifted."""
RIVAL = 0.75
"""A moment close to another and nearly as loud gets a picture too: in a re-encoded copy it may be the louder one."""
RANGE_DB = 40.0
"""What is further below the picture's peak is silence, padded or recorded."""
_MIN_SAMPLES = 64


def fingerprint_sounds(sounds: Sequence[tuple[NDArray[np.float32], int]]) -> list[bytes]:
    """Return the near-duplicate key of each sound.

    Parameters
    ----------
    sounds : sequence of (samples, sample_rate_hz)
        samples (n,) float32 in [-1, 1].

    Returns
    -------
    list of bytes, length n
        144 bytes for each of up to 3 moments, and for a rival of each; b"" for silence.

    Notes
    -----
    A moment is a peak of the smoothed energy; its picture is the log-mel spectrogram of the half second around it (32
    bands of 100 to 3,900 Hz, 32 frames). Level, sample rate and container do not count, nor where the moment lies in
    the file: padding, trimming and other cuts of one recording are found where they share their loudest moments.
    """
    keys: list[bytes] = []
    for samples, rate in sounds:
        keys.append(b"".join(encode_pictures(np.array(_pictures(samples, rate)).reshape(-1, SIDE, SIDE))))
    return keys


def _pictures(samples: NDArray[np.float32], rate: int) -> list[NDArray[np.float32]]:
    resampled = soxr.resample(samples, rate, RATE_HZ) if rate != RATE_HZ else samples
    telephone = np.asarray(resampled, dtype=np.float64)
    if len(telephone) < _MIN_SAMPLES:
        return []
    reach = (SIDE // 2) * HOP + WINDOW // 2
    padded = np.pad(telephone, reach)
    window = np.hanning(WINDOW + 1)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)
    filters = mel_filters(RATE_HZ, WINDOW, SIDE, 100.0, 3900.0)
    pictures = []
    for moment in _moments(telephone):
        starts = moment + reach - WINDOW // 2 + HOP * (np.arange(SIDE) - SIDE // 2)
        power = np.abs(np.fft.rfft(frames[starts] * window)) ** 2 @ filters.T
        level = 10 * np.log10(np.maximum(power.T, 1e-12))
        pictures.append((255 * np.clip(1 + (level - level.max()) / RANGE_DB, 0, 1)).astype(np.float32))
    return pictures


def _moments(samples: NDArray[np.float64]) -> list[int]:
    """Return the places of the highest peaks of the smoothed energy, highest first, at least `APART_S` apart."""
    smooth = np.hanning(int(0.06 * RATE_HZ) + 2)[1:-1]
    energy = fftconvolve(np.square(samples, dtype=np.float64), smooth / smooth.sum(), mode="same")
    # Every 8 samples (1 ms) is fine enough: the frames around differ by less than a hundredth of their length.
    coarse = energy[::8]
    inner = np.flatnonzero((coarse[1:-1] >= coarse[:-2]) & (coarse[1:-1] > coarse[2:])) + 1
    peaks = inner if len(inner) else np.array([int(coarse.argmax())])
    peaks = peaks[np.argsort(-coarse[peaks], kind="stable")]
    loudest = float(coarse[peaks[0]])
    if loudest <= 1e-10:
        return []
    chosen: list[int] = []
    for peak in peaks.tolist():
        if coarse[peak] < loudest * 1e-3:
            break
        if all(abs(peak - other) * 8 >= APART_S * RATE_HZ for other in chosen):
            chosen.append(peak)
        if len(chosen) == MOMENTS:
            break
    rivals = [_rival(peaks, coarse, peak) for peak in chosen]
    return [peak * 8 for peak in dict.fromkeys([*chosen, *(rival for rival in rivals if rival is not None)])]


def _rival(peaks: NDArray[np.int64], coarse: NDArray[np.float64], chosen: int) -> int | None:
    """Return the loudest other peak that is too close to a chosen one for a moment of its own, if it is as loud."""
    near = (np.abs(peaks - chosen) * 8 < APART_S * RATE_HZ) & (np.abs(peaks - chosen) * 8 > CLOSE_S * RATE_HZ)
    loud = peaks[near & (coarse[peaks] >= RIVAL * coarse[chosen])]
    return int(loud[0]) if len(loud) else None
