"""Cells: a column's own granularity, and nothing coarser."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors.cells import granularity, table_cells


@given(st.integers(-6, 6), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_the_granularity_is_the_largest_power_of_ten(power, seed):
    whole = np.r_[np.random.default_rng(seed).integers(-500, 500, 50), 1]
    assert granularity(whole * 10.0**power) == pytest.approx(10.0**power)


@pytest.mark.parametrize("seed", range(3))
def test_measured_numbers_have_none(seed):
    assert granularity(np.random.default_rng(seed).normal(size=200)) is None


def test_a_constant_or_empty_column_has_one():
    assert granularity(np.full(5, 0.123)) == 1.0
    assert granularity(np.empty(0)) == 1.0


def test_equal_cells_are_equal_values_on_a_grid():
    column = pa.array([1.25, 1.25, 1.5, None, float("nan"), float("inf"), float("-inf"), -1.25])
    codes = table_cells(pa.table({"x": column, "y": pa.array(range(8), pa.float64())})).codes[0]
    assert codes[0, 0] == codes[1, 0]
    assert codes[3, 0] == codes[4, 0]
    assert len(set(codes[:, 0].tolist())) == 6


def test_missing_text_equals_missing_text_only():
    codes = table_cells(pa.table({"x": pa.array(["a", None, "", "a", None])})).codes[0][:, 0]
    assert codes[0] == codes[3] and codes[1] == codes[4]
    assert len(set(codes.tolist())) == 3


def test_float32_noise_stays_within_the_tolerance():
    numbers = np.random.default_rng(0).normal(100, 3, 400)
    cells = table_cells(pa.table({"x": np.r_[numbers, numbers.astype(np.float32)]}))
    assert np.abs(cells.values[:400] - cells.values[400:]).max() < 1
    assert (cells.codes[:, :400] == cells.codes[:, 400:]).any(axis=0).all()
