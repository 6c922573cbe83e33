"""S16: clean speech and recorded background noise: the noise level is fitted, and a small pool is caught in time."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from expectations.assumptions.noise import noise_checks
from expectations.rules import Finding, decide
from tasks.noise.audio import Sound, draw
from tasks.noise.noise_use import noise_use
from tasks.noise.policy import Policy, default_policy
from tasks.noise.pool import EMPTY, Clip, Pool
from tasks.noise.pool_account import pool_account

ROOT = Path(__file__).resolve().parents[2]
RATE_HZ = 8000
ROWS = 130


def word(rng: np.random.Generator) -> Sound:
    t = np.arange(RATE_HZ // 2) / RATE_HZ
    pitch = rng.uniform(150, 350)
    voice = sum(rng.uniform(0.2, 1) * np.sin(2 * np.pi * part * pitch * t + rng.uniform(0, 6)) for part in range(1, 6))
    spoken = 0.03 * voice * (np.abs(t - rng.uniform(0.2, 0.3)) < rng.uniform(0.1, 0.18))
    return (spoken + 1e-4 * rng.standard_normal(len(t))).astype(np.float32), RATE_HZ


def pool(recordings: int, seconds: float = 6.0) -> Pool:
    clips = []
    for number in range(recordings):
        spectrum = np.fft.rfft(np.random.default_rng(number).standard_normal(round(seconds * RATE_HZ)))
        spectrum[1:] /= np.arange(1, len(spectrum)) ** (0.2 + 0.05 * number)
        samples = np.fft.irfft(spectrum)
        stored = np.round(3000 * samples / samples.std()).astype(np.int16)
        power = float(np.mean((stored / 2**15) ** 2))
        clips.append(Clip(f"street/{number}", f"street/{number}", stored, 2.0**-15, RATE_HZ, power))
    return Pool(tuple(clips))


def test_the_signal_to_noise_ratio_of_the_target_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    planted = importlib.import_module("planted")
    rng = np.random.default_rng(16)
    source = planted.Source("audio", [word(rng) for _ in range(2 * ROWS)], (pool(8), EMPTY))
    found = planted.plant(source, {"noise": {"snr_db": (8.0, 2.0)}}, ROWS, 0)
    operation = found.fit.policy.operation("noise")
    assert operation is not None
    assert operation.magnitudes["snr_db"].pair[0] == pytest.approx(8.0, abs=1.5)
    assert operation.probability > 0.8


def judged(recordings: int, records: int, spoken_s: float = 2.0) -> dict[str, Finding]:
    recorded = pool(recordings)
    policy = default_policy("audio")
    draws = draw(policy, [f"r{row}" for row in range(records)], copies=1, seed=1, pool=recorded)
    found = pool_account(noise_use(draws, np.full(records, spoken_s), recorded))
    measured = {"noise_effective_recordings": found.effective, "noise_repetition": found.repetition}
    row = {"descriptor": None, "ci_low": None, "ci_high": None, "p_value": None, "n_a": records, "n_b": recordings}
    return {
        check.id: decide(check, [row | {"effect": measured[check.statistic]}])
        for check in noise_checks(["train", "dev", "test"])
        if check.statistic in measured
    }


def test_a_small_pool_is_caught_before_it_is_learned_by_heart() -> None:
    assert {found.status for found in judged(40, 200).values()} == {"pass"}
    one = judged(1, 200)
    assert one["noise-several"].status == "fail"
    assert one["noise-varied"].status == "fail"
    # Two minutes of noise behind 80 hours of speech, of which some stays quiet: each second is heard 1,000 times.
    worn = judged(20, 20_000, spoken_s=15.0)
    assert worn["noise-several"].status == "pass"
    assert worn["noise-repeated-much"].status == "fail"


def test_noise_of_a_policy_is_dealt_evenly() -> None:
    recorded = pool(10)
    noise = {"name": "noise", "probability": 1, "magnitudes": {"snr_db": {"normal": [8, 2]}}}
    policy = Policy.model_validate({"modality": "audio", "operations": [noise]})
    draws = draw(policy, [f"r{row}" for row in range(1_000)], copies=1, seed=1, pool=recorded)
    found = pool_account(noise_use(draws, np.full(1_000, 2.0), recorded))
    assert found.effective == pytest.approx(10, abs=0.05)
    assert draws["noise.snr_db"].to_numpy().mean() == pytest.approx(8, abs=0.2)
