"""Mel bands: every band listens, white noise is level."""

import numpy as np
import pytest

from tasks.descriptors.mel import mel_filters


@pytest.mark.parametrize(("rate_hz", "window", "bands"), [(8000, 1024, 32), (16_000, 256, 40)])
def test_rows_sum_to_one_and_rise_in_frequency(rate_hz, window, bands):
    filters = mel_filters(rate_hz, window, bands, 100.0, rate_hz / 2)
    assert filters.shape == (bands, window // 2 + 1)
    assert filters.sum(axis=1) == pytest.approx(1)
    middles = filters @ np.fft.rfftfreq(window, 1 / rate_hz)
    assert (np.diff(middles) >= 0).all()
    assert (filters >= 0).all()
