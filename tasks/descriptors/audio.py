"""Audio descriptors: how a recording sounds before anybody asks what is said."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.descriptor import CONTAINER, Descriptor

DESCRIPTORS: dict[str, Descriptor] = {
    "level_dbfs": Descriptor("dBFS", "level", "Root mean square level; -100 for silence."),
    "duration_s": Descriptor("s", CONTAINER, "Length."),
    "sample_rate_hz": Descriptor("Hz", CONTAINER, "Sample rate of the file."),
}


def describe_sounds(sounds: Sequence[tuple[NDArray[np.float32], int]]) -> NDArray[np.float32]:
    """Describe sounds by the numbers of `DESCRIPTORS`: (samples in [-1, 1], rate in Hz) each -> (n, p) float32."""
    rows = [
        (10 * np.log10(max(float(np.mean(x.astype(np.float64) ** 2)), 1e-10)), len(x) / rate, rate)
        for x, rate in sounds
    ]
    return np.array(rows, dtype=np.float32).reshape(len(sounds), len(DESCRIPTORS))
