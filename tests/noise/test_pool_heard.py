"""Recordings are found in records that hold them, and in no others."""

import numpy as np
import pytest
import soxr

from tasks.noise.pool import Clip
from tasks.noise.pool_heard import RATE_HZ, find_heard
from tasks.noise.snr import mix_at_snr

RATE = 16_000


def coloured(seconds: float, seed: int, rate: int = RATE) -> np.ndarray:
    white = np.random.default_rng(seed).standard_normal(round(seconds * rate))
    spectrum = np.fft.rfft(white)
    spectrum[1:] /= np.arange(1, len(spectrum)) ** (0.2 + 0.1 * (seed % 6))
    spectrum[0] = 0
    samples = np.fft.irfft(spectrum, len(white))
    return (0.1 * samples / samples.std()).astype(np.float32)


def clip(number: int, samples: np.ndarray, rate: int = RATE) -> Clip:
    step = float(np.abs(samples).max()) / 32767
    steps = np.rint(samples / step).astype(np.int16)
    return Clip(f"a/{number}", f"a/{number}", steps, step, rate, float(np.mean(samples**2)))


NOISES = [coloured(10, seed) for seed in range(6)]
CLIPS = [clip(number, samples) for number, samples in enumerate(NOISES)]


def speech(seconds: float = 1.0, seed: int = 0) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    pitch = 110 + 20 * seed + 15 * np.sin(2 * np.pi * 3 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    tones = sum(np.sin(k * phase) / k for k in range(1, 12))
    return (0.1 * tones * (np.sin(2 * np.pi * 2.5 * t) > -0.2)).astype(np.float32)


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 10.0])
def test_a_recording_behind_speech_is_found(snr_db) -> None:
    records = [(mix_at_snr(speech(seed=i), NOISES[i][5000 * i + 999 :][:RATE], RATE, snr_db), RATE) for i in range(6)]
    found = find_heard(records, CLIPS)
    assert [(entry.record, entry.recording) for entry in found] == [(i, f"a/{i}") for i in range(6)]


def test_other_takes_of_the_same_kind_and_clean_speech_are_not_found() -> None:
    others = [(mix_at_snr(speech(seed=i), coloured(1, 60 + i), RATE, 0.0), RATE) for i in range(12)]
    assert not find_heard([*others, (speech(), RATE)], CLIPS)


def test_level_rate_and_a_telephone_do_not_hide_it() -> None:
    cut = NOISES[2][40_000:72_000]
    for record in (
        (0.01 * cut, RATE),
        (np.asarray(soxr.resample(cut, RATE, 44_100), np.float32), 44_100),
        (np.asarray(soxr.resample(cut, RATE, RATE_HZ), np.float32), RATE_HZ),
    ):
        assert [entry.recording for entry in find_heard([record], CLIPS)] == ["a/2"]


def test_a_pool_of_one_recording_is_looked_for_too() -> None:
    cut = (NOISES[0][7000 : 7000 + RATE], RATE)
    assert [entry.recording for entry in find_heard([cut], CLIPS[:1])] == ["a/0"]
    assert not find_heard([cut], CLIPS[1:2])


def test_silence_scraps_and_an_empty_pool_hold_nothing() -> None:
    silent, short = (np.zeros(RATE, np.float32), RATE), (NOISES[0][:100], RATE)
    assert not find_heard([silent, short], CLIPS)
    assert not find_heard([(NOISES[0][:RATE], RATE)], [])
    assert not find_heard([(NOISES[0][:RATE], RATE)], [clip(0, NOISES[0][:2000])])
    assert not find_heard([], CLIPS)
