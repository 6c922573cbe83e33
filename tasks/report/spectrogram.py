"""A sound as a picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

FLOOR_DB = -80.0
"""Relative to the loudest bin; what is quieter is drawn as silence."""
_WINDOW_S = 0.025  # long enough for the harmonics of a voice, short enough for its syllables


def spectrogram(samples: NDArray[np.float32], rate: int, *, width: int = 256, height: int = 96) -> NDArray[np.uint8]:
    """Draw a sound: time to the right, frequency upwards, level as brightness.

    Parameters
    ----------
    samples : (n,) float32
        In [-1, 1]; values that are not finite count as silence.
    rate : int
        Samples a second.
    width, height : int
        Pixels of the picture at most; short sounds give fewer columns.

    Returns
    -------
    (height, <= width) uint8
        255 is the loudest bin of this sound, 0 is 80 dB below it, or silence.
    """
    window = max(64, 1 << round(np.log2(max(rate, 1) * _WINDOW_S)))
    sound = np.nan_to_num(np.asarray(samples, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    if sound.size < window:
        sound = np.pad(sound, (0, window - sound.size))
    starts = np.linspace(0, sound.size - window, min(width, max(1, 4 * (sound.size // window)))).astype(np.int64)
    frames = sound[starts[:, None] + np.arange(window)] * np.hanning(window)
    power = np.abs(np.fft.rfft(frames, axis=1)).T[::-1] ** 2
    peak = float(power.max())
    if peak <= 0:
        return np.zeros((height, starts.size), dtype=np.uint8)
    level_db = 10 * np.log10(np.maximum(power / peak, 10 ** (FLOOR_DB / 10)))
    grey = np.round((1 - level_db / FLOOR_DB) * 255).astype(np.uint8)
    return np.asarray(cv2.resize(grey, (starts.size, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
