"""Speech level without pauses, and mixing at the ratio asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.noise.snr import PEAK, active_power, limit_peak, mix_at_snr

RATE = 8000


def speech(seconds: float = 1.0, pause_s: float = 0.5, level: float = 0.05, rate: int = RATE) -> np.ndarray:
    """Bursts of a voice-like tone, then silence."""
    t = np.arange(int(seconds * rate)) / rate
    voice = level * np.sin(2 * np.pi * 150 * t) * (1 + 0.5 * np.sin(2 * np.pi * 4 * t))
    return np.concatenate((voice, np.zeros(int(pause_s * rate)))).astype(np.float32)


def hiss(n: int, seed: int = 0, level: float = 0.3) -> np.ndarray:
    return (level * np.random.default_rng(seed).standard_normal(n)).astype(np.float32)


def measured_snr_db(clean: np.ndarray, mixed: np.ndarray, rate: int) -> float:
    """By regression: what of the mixture is speech, turned down or not, and what is left."""
    gain = 1.0
    if np.abs(mixed).max() >= PEAK - 1e-6:
        gain = float(np.dot(mixed, clean) / np.dot(clean, clean))
    noise = mixed.astype(np.float64) - gain * clean
    return 10 * np.log10(active_power(clean, rate) * gain**2 / np.mean(noise**2))


def test_pauses_do_not_count() -> None:
    assert active_power(speech(1, 0), RATE) == pytest.approx(active_power(speech(1, 3), RATE), rel=0.02)


def test_a_faint_floor_does_not_count_but_quiet_syllables_do() -> None:
    quiet = np.concatenate((speech(1, 0), 0.1 * speech(1, 0)))
    assert active_power(quiet, RATE) == pytest.approx(0.505 * active_power(speech(1, 0), RATE), rel=0.05)
    floor = speech(1, 3) + hiss(4 * RATE, level=1e-5)
    assert active_power(floor, RATE) == pytest.approx(active_power(speech(1, 0), RATE), rel=0.02)


@settings(max_examples=60, deadline=None)
@given(st.floats(-5, 50), st.sampled_from([8000, 16000, 44100]), st.floats(0.003, 0.1), st.integers(0, 1000))
def test_measured_snr_is_the_one_asked_within_a_tenth(snr_db, rate, level, seed) -> None:
    clean = speech(0.7, 0.4, level, rate)
    mixed = mix_at_snr(clean, hiss(len(clean), seed), rate, snr_db)
    assert measured_snr_db(clean, mixed, rate) == pytest.approx(snr_db, abs=0.1)


@settings(max_examples=30, deadline=None)
@given(st.floats(-5, 5), st.floats(0.2, 1.0))
def test_nothing_clips_and_speech_and_noise_are_turned_down_together(snr_db, level) -> None:
    clean = speech(level=level)
    noise = hiss(len(clean))
    mixed = mix_at_snr(clean, noise, RATE, snr_db)
    assert np.abs(mixed).max() <= 1
    parts, _, _, _ = np.linalg.lstsq(np.stack([clean, noise], axis=1), mixed, rcond=None)
    expected = active_power(clean, RATE) / np.mean(noise.astype(float) ** 2) / 10 ** (snr_db / 10)
    assert (parts[1] / parts[0]) ** 2 == pytest.approx(expected, rel=0.01)


def test_the_level_of_speech_is_kept_when_nothing_clips() -> None:
    clean = speech()
    mixed = mix_at_snr(clean, hiss(len(clean)), RATE, 20)
    assert float(np.dot(mixed, clean) / np.dot(clean, clean)) == pytest.approx(1, abs=0.02)


def test_silence_stays_silence_and_silent_noise_adds_nothing() -> None:
    nothing = np.zeros(1000, np.float32)
    assert np.array_equal(mix_at_snr(nothing, hiss(1000), RATE, 10), nothing)
    assert np.array_equal(mix_at_snr(speech(), np.zeros(12000, np.float32), RATE, 10), speech())


def test_a_pause_of_the_clip_is_not_raised_to_noise() -> None:
    clean = speech()
    hum = hiss(len(clean), level=1e-4)
    mixed = mix_at_snr(clean, hum, RATE, 0, usual_power=0.01)
    assert measured_snr_db(clean, mixed, RATE) > 25


@pytest.mark.parametrize("n", [0, 1, 2, 50, 159, 161])
def test_very_short_sounds_are_taken(n) -> None:
    clean = speech()[40 : 40 + n]
    assert mix_at_snr(clean, hiss(n), RATE, 10).shape == (n,)
    assert active_power(clean, RATE) >= 0


def test_peaks_are_limited_and_others_kept_to_the_bit() -> None:
    loud, soft = np.array([0.5, -2], np.float32), np.array([0.5, -0.9], np.float32)
    assert np.allclose(limit_peak(loud), [PEAK / 4, -PEAK])
    assert limit_peak(soft) is soft
