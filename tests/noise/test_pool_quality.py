"""What is wrong with a clip: clipped, or tonal."""

import numpy as np
import pytest

from tasks.noise.pool_quality import CLIPPED_SHARE, TONAL_SHARE, clipped_share, tonal_share

RATE = 16_000
T = np.arange(4 * RATE) / RATE
RNG = np.random.default_rng(0)
WHITE = RNG.standard_normal(4 * RATE).astype(np.float32)
CHORDS = np.concatenate(
    [sum(np.sin(2 * np.pi * f * T[:RATE]) for f in chord) for chord in ([220, 277, 330], [196, 247, 294]) * 2]
).astype(np.float32)


def test_music_is_tonal_and_noise_is_not() -> None:
    assert tonal_share(CHORDS + 0.05 * WHITE, RATE) > 0.9
    assert tonal_share(WHITE, RATE) < 0.02
    assert tonal_share(np.cumsum(WHITE) - np.cumsum(WHITE).mean(), RATE) < TONAL_SHARE


@pytest.mark.parametrize("level", [1e-3, 1.0])
def test_level_does_not_count(level) -> None:
    assert tonal_share(np.float32(level) * CHORDS, RATE) == pytest.approx(tonal_share(CHORDS, RATE), abs=1e-3)


def test_of_a_short_clip_nothing_is_said() -> None:
    assert np.isnan(tonal_share(WHITE[:1000], RATE))
    assert np.isnan(tonal_share(WHITE[:1], RATE))


def test_clipping_counts_runs_at_the_extreme_only() -> None:
    soft = (0.2 * WHITE).astype(np.float32)
    assert clipped_share(soft) == 0
    assert clipped_share(np.clip(soft, -0.2, 0.2)) > CLIPPED_SHARE
    assert clipped_share(np.zeros(100, np.float32)) == 0
