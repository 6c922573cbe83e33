"""What is planted in a made sound is read back from it: noise, pauses, rooms, bands, tilts."""

from functools import cache

import numpy as np
import pytest
from scipy.signal import fftconvolve, lfilter

from tasks.descriptors.audio import DESCRIPTORS, describe_sounds
from tasks.noise.snr import mix_at_snr

RATE = 16_000
PAUSES_S = (0.05, 0.4, 1.5)


def describe(samples, rate=RATE):
    row = describe_sounds([(np.asarray(samples, dtype=np.float32), rate)])[0]
    return dict(zip(DESCRIPTORS, row.tolist(), strict=True))


@cache
def speech(seconds=3.0, pause_s=0.4, seed=0):
    """Syllables: gliding harmonics and breath under an arch, of changing loudness, with gaps and longer pauses."""
    rng = np.random.default_rng(seed)
    parts, length = [], 0
    while length < seconds * RATE:
        n = int(rng.uniform(0.12, 0.3) * RATE)
        pitch = rng.uniform(100, 220) * (1 + 0.1 * np.sin(6 * np.pi * np.arange(n) / RATE))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        voice = sum(np.sin(k * phase + rng.uniform(0, 6)) / k**1.5 for k in range(1, 35))
        voice = voice + lfilter([1, -0.9], [1], rng.normal(0, 0.3, n))
        gap = rng.uniform(0.02, 0.08) if rng.random() > 0.25 else pause_s * rng.uniform(0.5, 1.5)
        arch = np.sqrt(np.sin(np.pi * np.arange(n) / n)) * 10 ** (rng.uniform(-10, 0) / 20)
        parts += [voice * arch, np.zeros(int(gap * RATE))]
        length += n + int(gap * RATE)
    sound = np.concatenate(parts)
    return 0.5 * sound / np.abs(sound).max()


def coloured(n, db_per_octave, seed=0, rate=RATE):
    """Noise that falls or rises evenly over octaves, from 50 Hz on."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=n))
    hz = np.fft.rfftfreq(n, 1 / rate)
    spectrum *= np.where(hz >= 50, np.maximum(hz, 50) ** (db_per_octave / 20 / np.log10(2)), 0)
    sound = np.fft.irfft(spectrum, n)
    return 0.5 * sound / np.abs(sound).max()


def mixed(sound, snr_db, tilt=0.0, seed=0):
    noise = coloured(len(sound), tilt, seed).astype(np.float32)
    return mix_at_snr(sound.astype(np.float32), noise, RATE, snr_db)


def in_room(sound, rt60_s, seed=0):
    """Convolve with noise that dies away by 60 dB in the given time."""
    time_s = np.arange(int(1.2 * rt60_s * RATE)) / RATE
    wet = fftconvolve(sound, np.random.default_rng(seed).normal(size=len(time_s)) * 10 ** (-3 * time_s / rt60_s))
    return 0.9 * wet / np.abs(wet).max()


@pytest.mark.parametrize("pause_s", PAUSES_S)
@pytest.mark.parametrize("tilt", [0.0, -3.0])
@pytest.mark.parametrize("snr_db", [5, 10, 20, 30])
def test_the_signal_to_noise_ratio_that_was_mixed_is_measured_within_1_db(snr_db, tilt, pause_s):
    for seed in range(3):
        sound = speech(3.0, pause_s, seed)
        assert describe(mixed(sound, snr_db, tilt, 100 + seed))["snr_db"] == pytest.approx(snr_db, abs=1), seed


@pytest.mark.parametrize("before_s", [0, 0.3, 1])
@pytest.mark.parametrize("after_s", [0, 0.7])
def test_digital_silence_around_a_sound_does_not_change_its_noise(before_s, after_s):
    noisy = mixed(speech(), 10)
    padded = np.concatenate([np.zeros(int(before_s * RATE)), noisy, np.zeros(int(after_s * RATE))])
    found, plain = describe(padded), describe(noisy)
    assert found["snr_db"] == pytest.approx(10, abs=1)
    assert found["noise_floor_dbfs"] == pytest.approx(plain["noise_floor_dbfs"], abs=0.3)
    assert found["active_level_dbfs"] == pytest.approx(plain["active_level_dbfs"], abs=0.3)


def test_below_0_db_noise_is_still_heard_as_more_noise():
    values = [describe(mixed(speech(), snr_db))["snr_db"] for snr_db in (-5, -2, 0, 5)]
    assert values == sorted(values)
    assert values[2] == pytest.approx(0, abs=2)


@pytest.mark.parametrize("level_db", [-50, -20])
def test_steady_noise_alone_has_its_own_level(level_db):
    for tilt in (0.0, -3.0):
        noise = coloured(2 * RATE, tilt)
        noise *= 10 ** (level_db / 20) / np.sqrt(np.mean(noise**2))
        found = describe(noise)
        assert found["noise_floor_dbfs"] == pytest.approx(level_db, abs=1)
        assert found["level_dbfs"] == pytest.approx(level_db, abs=0.01)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_silence_is_the_share_that_was_left_empty(share):
    rng = np.random.default_rng(0)
    whole = 4 * RATE
    sound = np.where(np.arange(whole) < (1 - share) * whole, rng.normal(0, 0.1, whole), 0)
    assert describe(sound)["silence_share"] == pytest.approx(share, abs=0.02)
    assert describe(sound)["active_level_dbfs"] == pytest.approx(-20, abs=0.2)


@pytest.mark.parametrize("rt60_s", [0.1, 0.2, 0.3, 0.5, 0.8, 1.2])
def test_the_decay_of_bursts_is_that_of_the_room_within_a_quarter(rt60_s):
    quarter = RATE // 4
    values = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        bursts = np.concatenate([np.r_[rng.normal(0, 0.1, quarter), np.zeros(quarter)] for _ in range(8)])
        values.append(describe(in_room(bursts, rt60_s, seed))["decay_s"])
    assert np.median(values) == pytest.approx(rt60_s, rel=0.25)


def test_the_decay_of_running_speech_grows_with_the_room_and_hides_at_most_two_thirds():
    rooms = (0.1, 0.2, 0.3, 0.5, 0.8, 1.2)
    values = [np.median([describe(in_room(speech(seed=s), room, s))["decay_s"] for s in range(5)]) for room in rooms]
    assert values == sorted(values)
    for room, value in zip(rooms, values, strict=True):
        assert room / 3 < value < 1.25 * room, room


@pytest.mark.parametrize("limit_hz", [1500, 3400, 5000])
def test_the_band_limit_is_found_in_speech_and_noise_of_any_tilt(limit_hz):
    for sound in (speech(), coloured(2 * RATE, 0), coloured(2 * RATE, -6)):
        spectrum = np.fft.rfft(sound)
        spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) > limit_hz] = 0
        assert describe(np.fft.irfft(spectrum, len(sound)))["band_limit_hz"] == pytest.approx(limit_hz, abs=100)
        assert describe(sound)["band_limit_hz"] > 7000


@pytest.mark.parametrize("tilt", [-9, -6, -3, 0, 3])
@pytest.mark.parametrize("rate", [8000, 16_000, 44_100])
def test_a_tilt_is_found_within_half_a_decibel_an_octave(tilt, rate):
    found = describe(coloured(3 * rate, tilt, rate=rate), rate)
    assert found["tilt_db_per_octave"] == pytest.approx(tilt, abs=0.5)


@pytest.mark.parametrize("cut", [0.3, 0.7])
def test_clipped_samples_are_counted(cut):
    loud = np.clip(0.5 * np.sin(np.arange(RATE) * 0.05), -0.5 * cut, 0.5 * cut)
    assert describe(loud)["clipping_share"] == pytest.approx(1 - 2 / np.pi * np.arcsin(cut), abs=0.02)
    assert describe(speech())["clipping_share"] == 0


@pytest.mark.parametrize("rate", [4000, 8000, 44_100])
@pytest.mark.parametrize("length", [1, 2, 3, 100, 600])
def test_a_few_samples_have_finite_numbers(length, rate):
    for samples in (np.zeros(length), np.full(length, 0.5), np.random.default_rng(0).uniform(-1, 1, length)):
        assert np.isfinite(list(describe(samples, rate).values())).all()


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_sound_with_a_number_that_is_none_is_refused(wrong):
    samples = np.zeros(100, np.float32)
    samples[40] = wrong
    with pytest.raises(ValueError, match="sound 1: finite"):
        describe_sounds([(np.zeros(100, np.float32), RATE), (samples, RATE)])
