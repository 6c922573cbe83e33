"""The pool in a few numbers."""

import numpy as np
import pytest

from tasks.noise.audio import draw
from tasks.noise.noise_use import NOISE_USE, noise_use
from tasks.noise.policy import Policy
from tasks.noise.pool import EMPTY, Clip, Pool
from tasks.noise.pool_account import REPETITION, pool_account

ALWAYS = Policy.model_validate(
    {
        "modality": "audio",
        "operations": [{"name": "noise", "probability": 1, "magnitudes": {"snr_db": {"uniform": [0, 20]}}}],
    }
)


def pool(*seconds: float) -> Pool:
    return Pool(
        tuple(
            Clip(f"a/{i}", f"a/{i}", np.ones(round(length * 100), np.int16), 1e-3, 100, 1e-6)
            for i, length in enumerate(seconds)
        )
    )


def account(drawn_from: Pool, n: int):
    draws = draw(ALWAYS, [f"p{i}" for i in range(n)], copies=1, seed=1, pool=drawn_from)
    return pool_account(noise_use(draws, np.full(n, 2.0), drawn_from))


def test_equal_recordings_count_fully() -> None:
    found = account(pool(*[5.0] * 10), 1000)
    assert found.effective == pytest.approx(10, abs=0.01)
    assert found.largest_share == pytest.approx(0.1, abs=0.005)
    assert found.repetition == pytest.approx(found.used / 50)
    assert found.used == pytest.approx(2 * found.noisy)
    assert found.supported_hours * 3600 / found.unique == pytest.approx(REPETITION)


def test_a_hundred_clips_of_one_recording_count_once() -> None:
    clips = tuple(Clip(f"a/{i}", "a/one", np.ones(500, np.int16), 1e-3, 100, 1e-6) for i in range(100))
    found = account(Pool(clips), 500)
    assert found.recordings == found.heard_recordings == 1
    assert found.clips == 100
    assert found.effective == pytest.approx(1)
    assert found.largest_share == 1


def test_a_pool_of_one_file_hears_one_recording_alone() -> None:
    found = account(pool(3.0), 50)
    assert (found.noisy, found.effective) == (50, pytest.approx(1))


def test_made_up_noise_and_unused_pools_count_for_nothing() -> None:
    made_up = draw(ALWAYS, ["p"], copies=1, seed=1)
    for use in (noise_use(made_up, np.ones(1), EMPTY), NOISE_USE.empty_table()):
        found = pool_account(use)
        assert (found.recordings, found.noisy, found.repetition, found.effective) == (0, 0, 0, 0)
    unused = pool_account(noise_use(draw(ALWAYS, [], copies=1, seed=1, pool=pool(1.0)), np.zeros(0), pool(1.0)))
    assert (unused.recordings, unused.heard_recordings, unused.repetition) == (1, 0, 0)
