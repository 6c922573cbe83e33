"""Audio descriptors: how a recording sounds before anybody asks what is said."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.activity import ACTIVITY, active_frames, describe_activity
from tasks.descriptors.background import estimate_background
from tasks.descriptors.descriptor import CONTAINER, Descriptor
from tasks.descriptors.frames import cut_frames
from tasks.descriptors.spectrum import SPECTRUM, describe_spectrum

FILE: dict[str, Descriptor] = {
    "duration_s": Descriptor("s", CONTAINER, "Length of the sound."),
    "sample_rate_hz": Descriptor("Hz", CONTAINER, "Sample rate of the file."),
}

DESCRIPTORS: dict[str, Descriptor] = {**ACTIVITY, **SPECTRUM, **FILE}
"""Name -> descriptor, in the order of the columns that `describe_sounds` returns."""


def describe_sounds(sounds: Sequence[tuple[NDArray[np.float32], int]]) -> NDArray[np.float32]:
    """Describe sounds by the numbers of `DESCRIPTORS`.

    Parameters
    ----------
    sounds : sequence of (samples, sample_rate_hz)
        samples (n,) float32 in [-1, 1], n >= 1, finite; rate > 0.

    Returns
    -------
    (n, p) float32
        One row a sound, one column a descriptor in the order of `DESCRIPTORS`. Always finite.

    Raises
    ------
    ValueError
        If samples are not a filled one-dimensional array of finite numbers, or a rate is not positive.

    Notes
    -----
    Invariants: a sound's row depends on that sound alone; a gain moves levels by its decibels and nothing else.
    """
    rows = np.zeros((len(sounds), len(DESCRIPTORS)), dtype=np.float32)
    for i, (samples, rate) in enumerate(sounds):
        if samples.ndim != 1 or len(samples) == 0 or rate <= 0:
            raise ValueError(f"sound {i}: (n,) samples, n >= 1, and a rate wanted; found {samples.shape} at {rate} Hz")
        if not np.isfinite(samples.sum(dtype=np.float64)):
            raise ValueError(f"sound {i}: finite samples wanted; found NaN or infinity")
        frames = cut_frames(samples, rate)
        background = estimate_background(frames)
        active = active_frames(frames.power, background)
        described = [*describe_activity(samples, frames, background, active), *describe_spectrum(frames, active)]
        rows[i] = [*described, len(samples) / rate, rate]
    return rows
