"""Find recordings of a pool that are heard in records: the same noise, at whatever level, behind whatever is said."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.ndimage import uniform_filter1d

from tasks.noise.pool import Clip

RATE_HZ = 8000
"""Sounds are compared at this rate: every container has it, and noise is told apart by it."""
SIZE = 32_768
"""Samples of a block of the pool: four seconds."""
LENGTHS = (8000, 4000, 2000)
"""Samples of a record that are looked for, the most that it has of these; a shorter record says nothing."""
MOST_A_RECORDING_S = 60.0
MOST_S = 900.0
"""Seconds of a recording, and of the pool, that are looked through: a second a record, where they are that many."""
SMOOTH = 33
"""Frequencies over which a spectrum is flattened: what is left are the waves themselves, not the noise's colour."""
STANDS_OUT = 2.0
"""The best recording's likeness over that of the best other one. Of 100 spoken digits in other noise, and 50 in none,
the highest was 1.5; of 50 in noise of the pool 42 are found at 0 dB, 29 at 10 dB, 19 at 20 dB, 1 at 30 dB."""
LIKELY = 10.0
"""Likeness in standard deviations of chance; unrelated noise reaches 15, where its tones meet."""
CERTAIN = 20.0
"""Likeness that decides alone: a pool of one recording has no other to compare with, and a record may hear two."""

Samples = NDArray[np.float32]
Sound = tuple[Samples, int]


class Heard(NamedTuple):
    """A recording that a record holds."""

    record: int
    recording: str
    likeness: float


def find_heard(sounds: Sequence[Sound], clips: Sequence[Clip]) -> list[Heard]:
    """Look for each clip in each record.

    Parameters
    ----------
    sounds : sequence of (samples (n,) float32, rate in Hz)
    clips : sequence of Clip
        In the order of importance: what exceeds `MOST_S` is not looked through, nor is a clip shorter than a second.

    Returns
    -------
    list of Heard
        One a record that holds a recording, in their order.

    Notes
    -----
    Both sides are flattened to equal power at all frequencies, and compared at every shift by the cosine between them,
    times the root of the samples: around 1 by chance, 6 at best over a pool of minutes. Level, a filter and speech
    beside it leave it high; another take of the same place does not, and neither does a copy whose speed was changed.

    References
    ----------
    Knapp & Carter (1976), The generalized correlation method for estimation of time delay: the phase transform.
    """
    blocks, owners, names = _blocks(clips)
    if not len(blocks):
        return []
    spectra = rfft(blocks, axis=1)
    sums = np.concatenate([np.zeros((len(blocks), 1)), np.cumsum(np.square(blocks, dtype=np.float64), axis=1)], axis=1)
    filled = np.array([np.flatnonzero(block)[-1] + 1 for block in blocks])
    scales: dict[int, NDArray[np.float32]] = {}
    found = []
    for number, (samples, rate) in enumerate(sounds):
        query = _query(samples, rate)
        if query is None:
            continue
        n = len(query)
        if n not in scales:
            scales[n] = _scales(sums, filled, n)
        products = irfft(spectra * np.conj(rfft(query, SIZE)), axis=1)[:, : SIZE - n + 1]
        best = np.abs(products * scales[n]).max(axis=1) * np.sqrt(n / float(np.dot(query, query)))
        likeness = np.zeros(len(names))
        np.maximum.at(likeness, owners, best)
        first, *others = np.argsort(-likeness).tolist()
        rival = likeness[others[0]] if others else np.inf
        if likeness[first] >= CERTAIN or (likeness[first] >= LIKELY and likeness[first] >= STANDS_OUT * rival):
            found.append(Heard(number, names[first], float(likeness[first])))
    return found


def _blocks(clips: Sequence[Clip]) -> tuple[Samples, NDArray[np.int64], list[str]]:
    """Cut flattened clips into blocks that overlap by the longest query."""
    blocks, owners, names, spent = [], [], sorted({clip.recording for clip in clips}), dict[str, float]()
    for clip in clips:
        left_s = min(MOST_A_RECORDING_S - spent.get(clip.recording, 0.0), MOST_S - sum(spent.values()))
        samples = clip.samples(0, max(0, min(len(clip.steps), int(left_s * clip.sample_rate_hz))))
        flat = _flat(_at_rate(samples, clip.sample_rate_hz))
        spent[clip.recording] = spent.get(clip.recording, 0.0) + len(flat) / RATE_HZ
        for start in range(0, max(0, len(flat) - LENGTHS[0] + 1), SIZE - LENGTHS[0]):
            cut = flat[start : start + SIZE]
            blocks.append(np.pad(cut, (0, SIZE - len(cut))))
            owners.append(names.index(clip.recording))
    return np.array(blocks, np.float32).reshape(-1, SIZE), np.array(owners, np.int64), names


def _scales(sums: NDArray[np.float64], filled: NDArray[np.int64], n: int) -> NDArray[np.float32]:
    """Return what makes a product of n samples a cosine, at every shift; 0 where a block ends."""
    power = np.maximum(sums[:, n:] - sums[:, :-n], 0)
    inside = np.arange(power.shape[1]) + n <= filled[:, None]
    usual = sums[:, -1] / filled * n
    floor = 0.1 * usual[:, None]  # a pause of a clip is not raised to the level of its noise
    return np.asarray(np.where(inside & (floor > 0), 1 / np.sqrt(np.maximum(power, floor) + 1e-30), 0), np.float32)


def _query(samples: Samples, rate: int) -> Samples | None:
    heard = _at_rate(samples, rate)
    n = next((length for length in LENGTHS if length <= len(heard)), None)
    if n is None:
        return None
    start = (len(heard) - n) // 2
    flat = _flat(heard[start : start + n])
    return flat if np.any(flat) else None


def _at_rate(samples: Samples, rate: int) -> Samples:
    return (
        samples
        if rate == RATE_HZ or not len(samples)
        else np.asarray(soxr.resample(samples, rate, RATE_HZ), np.float32)
    )


def _flat(samples: Samples) -> Samples:
    """Bring all frequencies to about one power."""
    if not len(samples):
        return samples
    spectrum = rfft(samples - samples.mean(dtype=np.float64).astype(np.float32))
    power = uniform_filter1d(np.square(np.abs(spectrum)), SMOOTH, mode="nearest")
    floor = 1e-4 * float(power.max(initial=0.0))
    if floor <= 0:
        return np.zeros_like(samples)
    return np.asarray(irfft(spectrum / np.sqrt(power + floor), len(samples)), np.float32)
