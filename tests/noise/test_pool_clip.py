"""A clip goes on where it ends, without a click."""

import numpy as np
import pytest

from tasks.noise.pool_clip import SEAM_S, Clip


def clip(samples: np.ndarray, rate: int = 8000) -> Clip:
    step = float(np.abs(samples).max()) / 32767
    steps = np.rint(samples / step).astype(np.int16)
    return Clip("a/1", "a", steps, step, rate, float(np.mean(samples**2)))


def test_inside_a_clip_samples_are_its_own() -> None:
    samples = np.random.default_rng(0).standard_normal(800)
    assert np.abs(clip(samples).samples(100, 700) - samples[100:]).max() < 1e-3


def test_beyond_its_end_a_clip_begins_anew_without_a_jump() -> None:
    t = np.arange(4000) / 8000
    slow = np.sin(2 * np.pi * 3.3 * t)  # its end, -.8, is far from its beginning, 0
    made = clip(slow).samples(0, 12_000)
    assert made.shape == (12_000,)
    assert np.abs(np.diff(made)).max() < 0.02 < abs(slow[-1] - slow[0])
    ring = 4000 - round(SEAM_S * 8000)
    assert np.array_equal(made[:ring], made[ring : 2 * ring])


def test_the_power_of_noise_stays_where_it_is_looped() -> None:
    samples = np.random.default_rng(1).standard_normal(1600)
    made = clip(samples).samples(7, 160_000)
    assert np.mean(np.square(made, dtype=float)) == pytest.approx(np.mean(samples**2), rel=0.05)


@pytest.mark.parametrize("length", [1, 2, 3, 5])
@pytest.mark.parametrize("start", [0, "last"])
def test_the_shortest_clips_go_round_too(length, start) -> None:
    made = clip(np.linspace(0.5, 1, length)).samples(length - 1 if start == "last" else 0, 50)
    assert made.shape == (50,)
    assert np.isfinite(made).all()
    assert made.min() > 0.4
