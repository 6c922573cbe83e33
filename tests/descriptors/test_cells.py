"""Cells: a column's own granularity, and nothing coarser."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors.cells import table_cells
from tasks.descriptors.granularity import granularity


@given(st.integers(-6, 6), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_the_granularity_is_the_largest_power_of_ten(power, seed):
    whole = np.r_[np.random.default_rng(seed).integers(-500, 500, 50), 1]
    assert granularity(whole * 10.0**power).step == pytest.approx(10.0**power)


@pytest.mark.parametrize("seed", range(3))
def test_measured_numbers_have_none(seed):
    assert granularity(np.random.default_rng(seed).normal(size=200)) is None


def test_a_constant_or_empty_column_has_one():
    assert granularity(np.full(5, 0.123)).step == 1.0
    assert granularity(np.empty(0)).step == 1.0


def test_equal_cells_are_equal_values_on_a_grid():
    column = pa.array([1.25, 1.25, 1.5, None, float("nan"), float("inf"), float("-inf"), -1.25])
    codes = table_cells(pa.table({"x": column, "y": pa.array(range(8), pa.float64())})).codes
    assert codes[0, 0] == codes[1, 0]
    assert codes[3, 0] == codes[4, 0]
    assert len(set(codes[:, 0].tolist())) == 6


def test_missing_text_equals_missing_text_only():
    codes = table_cells(pa.table({"x": pa.array(["a", None, "", "a", None])})).codes[:, 0]
    assert codes[0] == codes[3] and codes[1] == codes[4]
    assert len(set(codes.tolist())) == 3


def test_float32_noise_stays_within_the_tolerance():
    numbers = np.random.default_rng(0).normal(100, 3, 400)
    cells = table_cells(pa.table({"x": np.r_[numbers, numbers.astype(np.float32)]}))
    assert cells.apart(np.arange(400), np.arange(400, 800)).max() < 1


@pytest.mark.parametrize("seed", range(3))
def test_standardised_whole_numbers_have_their_own_step_and_origin(seed):
    rng = np.random.default_rng(seed)
    whole = rng.geometric(0.03, 3000)
    numbers = np.round((whole - whole.mean()) / whole.std(), 6)
    grid = granularity(numbers)
    assert grid.step == pytest.approx(1 / whole.std(), rel=1e-3)
    places = grid.places(numbers)
    assert np.abs(places - np.rint(places)).max() < 0.02
    assert np.ptp(np.rint(places) - whole) == 0


@pytest.mark.parametrize("share", [0.01, 0.1])
def test_copies_with_noise_do_not_hide_the_granularity(share):
    rng = np.random.default_rng(0)
    numbers = np.round(rng.normal(50, 20, 2000), 2)
    noisy = numbers[: int(share * 2000)] + rng.uniform(-0.004, 0.004, int(share * 2000))
    assert granularity(np.r_[numbers, noisy]).step == pytest.approx(0.01)


def test_values_on_a_finer_grid_are_no_noise():
    rng = np.random.default_rng(0)
    numbers = np.r_[100.0 * rng.integers(1, 400, 1800), rng.integers(100, 40000, 200)]
    assert granularity(numbers).step == 1.0


def test_a_column_that_is_mostly_zeros_is_told_by_its_other_values():
    flags = (np.arange(1000) % 10 == 0).astype(float)
    assert granularity(flags).step == 1.0
    amounts = flags * np.random.default_rng(0).integers(1, 500, 1000) / 100
    assert granularity(amounts).step == pytest.approx(0.01)


@pytest.mark.parametrize("noise", [0.985, 0.995])
def test_noise_of_nearly_a_step_is_not_taken_for_the_next_value(noise):
    rng = np.random.default_rng(0)
    for values in (rng.integers(0, 500, 2000) / 100, np.round((rng.integers(0, 200, 2000) - 100) / 57.7, 6)):
        noisy = values[:200] + (noise + 0.003 * rng.uniform(-1, 1, 200)) * granularity(values).step
        cells = table_cells(pa.table({"x": np.r_[values, noisy]}))
        assert not cells.whole[2000:].any()
        assert cells.apart(np.arange(200), np.arange(2000, 2200)).max() < 1
