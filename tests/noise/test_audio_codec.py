"""What lossy codecs leave of a sound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.noise.audio_codec import through_codec

RATE = 8_000


def voice(seconds=0.5, level=0.3, seed=1):
    t = np.arange(int(seconds * RATE)) / RATE
    hum = sum(np.sin(2 * np.pi * hz * t + hz) / (1 + hz / 300) for hz in (150, 300, 450, 900, 2_400))
    hiss = np.random.default_rng(seed).normal(0, 0.003, len(t))
    return (level * hum / np.max(np.abs(hum)) * (0.6 + 0.4 * np.sin(8 * t)) + hiss).astype(np.float32)


def snr_db(sound, made):
    return 10 * np.log10(np.mean(sound**2) / np.mean((made - sound) ** 2))


@pytest.mark.parametrize("sound", [voice(), voice(0.01), np.zeros(900, np.float32), np.empty(0, np.float32)])
def test_length_and_kind_stay_and_neutral_values_change_nothing(sound) -> None:
    assert np.array_equal(through_codec(sound, 16, 96, RATE), sound)
    made = through_codec(sound, 8, 40, RATE)
    assert (made.shape, made.dtype) == (sound.shape, np.float32)
    assert np.isfinite(made).all()


@pytest.mark.parametrize("level", [0.9, 0.1, 0.01])
def test_a_telephones_eight_bits_leave_38_dB_at_any_level(level) -> None:
    sound = voice(level=level)
    assert snr_db(sound, through_codec(sound, 8, 96, RATE)) == pytest.approx(38, abs=3)


def test_more_loss_is_further_away() -> None:
    sound = voice()
    for far, near in (((6, 96), (9, 96)), ((16, 25), (16, 50))):
        assert snr_db(sound, through_codec(sound, *far, RATE)) + 6 < snr_db(sound, through_codec(sound, *near, RATE))


def test_soft_parts_beside_loud_ones_are_dropped() -> None:
    t = np.arange(RATE) / RATE
    loud, soft = (np.sin(2 * np.pi * hz * t) for hz in (500, 2_000))
    sound = (0.5 * loud + 0.5 * 10 ** (-45 / 20) * soft).astype(np.float32)
    lost, left = (through_codec(sound, 16, masked_db, RATE) for masked_db in (35, 60))
    power = [np.abs(np.fft.rfft(part))[2_000] for part in (sound, lost, left)]
    assert power[1] < 0.05 * power[0]
    assert power[2] == pytest.approx(power[0], rel=0.05)


@given(st.floats(5, 16), st.integers(0, 100))
def test_steps_never_raise_the_peak_or_turn_a_sign(bits, seed) -> None:
    sound = np.random.default_rng(seed).normal(0, 0.2, 300).astype(np.float32)
    made = through_codec(sound, bits, 96, RATE)
    assert np.max(np.abs(made)) <= np.max(np.abs(sound)) * 1.0001
    assert np.all(made * sound >= 0)
