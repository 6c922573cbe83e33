"""Kernels of fractional size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.noise.image_kernels import disc, gaussian_size, line


@settings(max_examples=80, deadline=None)
@given(st.floats(0, 40), st.floats(0, 180))
def test_kernels_are_weights_with_the_middle_in_the_middle(size, angle) -> None:
    for kernel in (disc(size), line(size, angle)):
        assert kernel.shape[0] == kernel.shape[1]
        assert kernel.shape[0] % 2 == 1
        assert kernel.sum() == pytest.approx(1, abs=1e-4)
        assert (kernel >= 0).all()
        assert np.allclose(kernel, kernel[::-1, ::-1], atol=1e-6)


def test_small_kernels_are_the_identity() -> None:
    assert disc(0.5).shape == line(1.0, 30).shape == (1, 1)
    assert gaussian_size(0) == 1


@pytest.mark.parametrize("angle", [0, 45, 90, 135])
def test_a_line_points_counter_clockwise_from_the_right(angle) -> None:
    kernel = line(21, angle)
    y, x = np.indices(kernel.shape) - kernel.shape[0] // 2
    moments = np.array(
        [[np.sum(kernel * x * x), np.sum(kernel * x * -y)], [np.sum(kernel * x * -y), np.sum(kernel * y * y)]]
    )
    direction = np.linalg.eigh(moments)[1][:, 1]
    expected = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    assert abs(direction @ expected) == pytest.approx(1, abs=0.02)


def test_kernels_grow_without_steps() -> None:
    spreads = []
    for radius in np.linspace(0.5, 4, 100):
        kernel = disc(radius)
        y, x = np.indices(kernel.shape) - kernel.shape[0] // 2
        spreads.append(np.sum(kernel * (x**2 + y**2)))
    assert (np.diff(spreads) >= 0).all()
    assert max(np.diff(spreads)) < 0.3
