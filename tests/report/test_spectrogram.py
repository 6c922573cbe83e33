"""A sound as a picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tasks.report.spectrogram import spectrogram


@pytest.mark.parametrize("frequency_hz", [500, 2000, 3500])
def test_a_tone_is_a_line_at_its_height(frequency_hz) -> None:
    rate = 8000
    tone = np.sin(2 * np.pi * frequency_hz * np.arange(rate) / rate).astype(np.float32)
    made = spectrogram(tone, rate)
    height = made.shape[0]
    brightest = made.astype(int).sum(axis=1).argmax()
    assert abs(brightest - height * (1 - frequency_hz / (rate / 2))) <= 2


def test_loud_is_bright_and_levels_are_decibels() -> None:
    rate = 8000
    tone = np.sin(2 * np.pi * 1000 * np.arange(2 * rate) / rate).astype(np.float32)
    tone[rate:] *= 0.01  # 40 dB down
    made = spectrogram(tone, rate).astype(int)
    loud, soft = made[:, : made.shape[1] // 3].max(), made[:, -made.shape[1] // 3 :].max()
    assert loud - soft == pytest.approx(255 * 40 / 80, abs=6)


def test_silence_is_black() -> None:
    assert spectrogram(np.zeros(8000, np.float32), 8000).max() == 0


@settings(max_examples=30, deadline=None)
@given(
    samples=arrays(np.float32, st.integers(0, 3000), elements=st.floats(allow_nan=True, width=32)),
    rate=st.sampled_from([100, 8000, 44_100]),
)
def test_any_samples_give_a_picture_of_bounded_size(samples, rate) -> None:
    made = spectrogram(samples, rate, width=64, height=32)
    assert made.dtype == np.uint8 and made.shape[0] == 32 and 1 <= made.shape[1] <= 64
