"""Audio descriptors: made sounds with a known value; finite always."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import fftconvolve

from tasks.descriptors.audio import DESCRIPTORS, describe_sounds

RATE = 16_000


def describe(samples, rate=RATE):
    row = describe_sounds([(np.asarray(samples, dtype=np.float32), rate)])[0]
    return dict(zip(DESCRIPTORS, row.tolist(), strict=True))


def tone(hz, seconds=1.0, level=0.5, rate=RATE):
    return level * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)


def bursts(number=8, seed=0):
    """White noise on and off, a quarter second each, like words."""
    rng = np.random.default_rng(seed)
    quarter = RATE // 4
    return np.concatenate([np.r_[rng.normal(0, 0.1, quarter), np.zeros(quarter)] for _ in range(number)])


@given(
    st.integers(1, 3000),
    st.sampled_from([4000, 8000, 22_050, 48_000]),
    st.sampled_from(["noise", "silence", "offset", "click", "square"]),
    st.integers(0, 99),
)
@settings(max_examples=50, deadline=None)
def test_always_finite(n, rate, kind, seed):
    rng = np.random.default_rng(seed)
    samples = {
        "noise": rng.uniform(-1, 1, n),
        "silence": np.zeros(n),
        "offset": np.full(n, 0.5),
        "click": np.eye(1, n)[0],
        "square": np.where(np.arange(n) // 7 % 2, 1.0, -1.0),
    }[kind]
    assert np.isfinite(describe_sounds([(samples.astype(np.float32), rate)])).all()


def test_a_row_depends_on_its_sound_alone():
    sounds = [(bursts(2).astype(np.float32), RATE), (tone(440).astype(np.float32), 8000)]
    together = describe_sounds(sounds)
    assert together.tobytes() == np.concatenate([describe_sounds([sound]) for sound in sounds]).tobytes()


def test_silence_has_the_documented_values():
    found = describe(np.zeros(RATE))
    assert found["level_dbfs"] == found["active_level_dbfs"] == found["noise_floor_dbfs"] == -120
    assert found["silence_share"] == 1
    for name in ("crest_db", "snr_db", "clipping_share", "centroid_hz", "rolloff_hz", "band_limit_hz", "decay_s"):
        assert found[name] == 0, name


@given(st.floats(-30, 6))
@settings(max_examples=10, deadline=None)
def test_a_gain_moves_levels_and_nothing_else(gain_db):
    sound = bursts(3) + 0.001 * np.random.default_rng(1).normal(size=3 * RATE // 2)
    before, after = describe(sound), describe(sound * 10 ** (gain_db / 20))
    for name in DESCRIPTORS:
        moved = gain_db if name.endswith("_dbfs") else 0
        assert after[name] == pytest.approx(before[name] + moved, rel=1e-3, abs=1e-2), name


@pytest.mark.parametrize("snr_db", [0, 5, 10, 20, 30, 40])
def test_the_signal_to_noise_ratio_is_found_within_4_db(snr_db):
    clean = bursts()
    noise = np.random.default_rng(9).normal(0, 0.1 * 10 ** (-snr_db / 20), len(clean))
    assert describe(clean + noise)["snr_db"] == pytest.approx(snr_db, abs=4)


def test_level_and_crest_of_a_sine_are_known():
    found = describe(tone(1000))
    assert found["level_dbfs"] == pytest.approx(20 * np.log10(0.5) - 3.01, abs=0.01)
    assert found["crest_db"] == pytest.approx(3.01, abs=0.01)


def test_the_active_level_leaves_pauses_out():
    found = describe(bursts())
    assert found["active_level_dbfs"] == pytest.approx(-20, abs=0.7)  # frames that reach into a pause are softer
    assert found["level_dbfs"] == pytest.approx(-23, abs=0.5)
    assert found["silence_share"] == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("hz", [500, 1000, 3000])
def test_centroid_rolloff_and_crossings_of_a_tone_are_its_frequency(hz):
    found = describe(tone(hz))
    for name in ("centroid_hz", "rolloff_hz", "zero_crossings_hz", "band_limit_hz"):
        assert found[name] == pytest.approx(hz, abs=70), name
    assert found["flatness_db"] < -30


def test_white_noise_is_flat_and_pink_noise_falls_by_3_db_an_octave():
    white = np.random.default_rng(0).normal(0, 0.1, 4 * RATE)
    spectrum = np.fft.rfft(white)
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    pink = np.fft.irfft(spectrum)
    found = describe(white)
    assert found["tilt_db_per_octave"] == pytest.approx(0, abs=0.3)
    assert found["flatness_db"] == pytest.approx(0, abs=0.3)
    assert describe(pink / np.abs(pink).max())["tilt_db_per_octave"] == pytest.approx(-3.01, abs=0.3)


@pytest.mark.parametrize("limit_hz", [1500, 3400])
def test_the_band_limit_is_where_the_band_ends(limit_hz):
    spectrum = np.fft.rfft(np.random.default_rng(0).normal(0, 0.1, 2 * RATE))
    spectrum[np.fft.rfftfreq(2 * RATE, 1 / RATE) > limit_hz] = 0
    assert describe(np.fft.irfft(spectrum))["band_limit_hz"] == pytest.approx(limit_hz, abs=100)


def test_clipping_is_the_share_of_flattened_samples():
    loud = tone(200, level=1.0)
    assert describe(loud * 0.9)["clipping_share"] == pytest.approx(0, abs=0.005)
    assert describe(np.clip(loud, -0.5, 0.5))["clipping_share"] == pytest.approx(2 / 3, abs=0.02)


def test_a_longer_room_gives_a_longer_decay():
    rng = np.random.default_rng(0)
    values = []
    for seconds in (0.1, 0.3, 0.6, 1.2):
        time_s = np.arange(int(seconds * RATE)) / RATE
        wet = fftconvolve(bursts(), rng.normal(size=len(time_s)) * 10 ** (-3 * time_s / seconds))
        values.append(describe(wet / np.abs(wet).max())["decay_s"])
    assert values == sorted(values)
    assert values[2] == pytest.approx(0.6, rel=0.3)


def test_the_same_sound_in_a_faster_file_is_described_alike():
    slow, fast = describe(tone(700)), describe(tone(700, rate=48_000), rate=48_000)
    for name in DESCRIPTORS:
        if not DESCRIPTORS[name].container:
            assert fast[name] == pytest.approx(slow[name], rel=0.02, abs=0.05), name
    assert fast["sample_rate_hz"] == 48_000
    assert fast["duration_s"] == slow["duration_s"] == 1


@pytest.mark.parametrize(
    "wrong", [(np.zeros((2, 2), np.float32), 8000), (np.zeros(0, np.float32), 8000), (np.zeros(3, np.float32), 0)]
)
def test_what_is_no_sound_is_refused(wrong):
    with pytest.raises(ValueError, match="sound 0"):
        describe_sounds([wrong])
