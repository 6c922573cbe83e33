"""Cut sounds: what was cut off or moved to the other end does not part copies; other sounds stay apart."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.descriptors.alignment import aligned_distances
from tasks.descriptors.fingerprint import decode_pictures
from tasks.descriptors.sound_key import fingerprint_sounds

RATE = 8000


def word(seed):
    """Half a second of gliding tones that swell and fade."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(RATE // 2) / RATE
    sound = sum(
        rng.uniform(0.2, 1) * np.sin(2 * np.pi * (hz + rng.uniform(-400, 400) * time_s) * time_s)
        for hz in rng.uniform(200, 3000, 5)
    )
    return (0.1 * sound * np.sin(np.pi * time_s / 0.5) ** rng.uniform(0.3, 2)).astype(np.float32)


def numbers(sounds):
    keys = fingerprint_sounds([(sound, RATE) for sound in sounds])
    pictures = decode_pictures(pa.chunked_array([pa.array(keys, pa.binary())]))
    first = np.flatnonzero(np.diff(pictures.owners, prepend=-1) > 0)
    return pictures.numbers(first)


@pytest.mark.parametrize("change", [lambda x: x[160:], lambda x: np.roll(x, 80), lambda x: np.pad(x, (300, 0))])
def test_what_was_cut_or_moved_does_not_part_copies(change):
    words = [word(seed) for seed in range(20)]
    found = aligned_distances(numbers(words), numbers([change(x) for x in words]), "audio")
    assert np.quantile(found, 0.9) < 0.06
    assert aligned_distances(numbers(words), numbers(words[1:] + words[:1]), "audio").min() > 0.1


def test_symmetric_and_nothing_for_equal_sounds():
    one, two = numbers([word(1), word(2)]), numbers([word(3), word(4)])
    assert aligned_distances(one, two, "audio") == pytest.approx(aligned_distances(two, one, "audio"), abs=1e-5)
    assert aligned_distances(one, one, "audio") == pytest.approx(0, abs=1e-6)
