"""The account of the noise pool."""

import numpy as np
import pytest

from tasks.noise.audio import draw
from tasks.noise.noise_use import NOISE_USE, effective_number, effective_recordings, noise_use
from tasks.noise.policy import default_policy
from tasks.noise.pool import EMPTY, Clip, Pool


def clip(name: str, recording: str, seconds: float) -> Clip:
    return Clip(name, recording, np.ones(round(seconds * 100), np.int16), 1e-3, 100, 1e-6)


POOL = Pool((clip("a/1", "a", 1), clip("a/2", "a", 3), clip("b/1", "b", 2)))


def test_every_clip_is_listed_and_seconds_add_up() -> None:
    draws = draw(default_policy("audio"), [f"p{i}" for i in range(300)], copies=1, seed=1, pool=POOL)
    duration_s = np.linspace(0.5, 2, 300)
    use = noise_use(draws, duration_s, POOL)
    assert use.schema == NOISE_USE
    assert use["clip"].to_pylist() == ["a/1", "a/2", "b/1"]
    first, second = (draws[f"noise.{place}clip"].is_valid().to_numpy() for place in ("", "second_"))
    assert sum(use["records"].to_pylist()) == first.sum() + second.sum()
    assert sum(use["used"].to_pylist()) == pytest.approx(duration_s[first].sum() + duration_s[second].sum())
    for row in use.to_pylist():
        assert row["repetition"] == pytest.approx(row["used"] / row["length"])
    assert effective_recordings(use) == pytest.approx(2, abs=0.05)


def test_unused_clips_and_made_up_noise_are_named() -> None:
    none = noise_use(draw(default_policy("audio"), [], copies=1, seed=1, pool=POOL), np.zeros(0), POOL)
    assert none["records"].to_pylist() == [0, 0, 0]
    assert effective_recordings(none) == 0
    made_up = draw(default_policy("audio"), [f"p{i}" for i in range(50)], copies=1, seed=1)
    use = noise_use(made_up, np.ones(50), EMPTY)
    assert use["clip"].to_pylist() == ["made-up/pink", "made-up/white"]
    assert use["repetition"].null_count == 2


def test_effective_number() -> None:
    assert effective_number([5, 5, 5, 5]) == pytest.approx(4)
    assert effective_number([1000, 1]) == pytest.approx(1, abs=0.02)
    assert effective_number([3, 0, 3]) == pytest.approx(2)
    assert effective_number([]) == 0
