"""The interval of a mean of paired differences."""

import numpy as np
import pytest

from tasks.task_space.paired import paired_difference


@pytest.mark.parametrize(("atoms", "size"), [(200, 1), (40, 5)])
def test_the_interval_holds_the_truth_as_often_as_it_says(atoms, size) -> None:
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(400):
        values = np.repeat(rng.normal(size=atoms), size) + rng.normal(size=atoms * size)
        found = paired_difference(values, np.arange(atoms * size) // size, level=0.05)
        inside += found.low <= 0 <= found.high
        assert found.units == atoms
    assert 0.92 <= inside / 400 <= 0.98


def test_one_row_an_atom_is_the_t_interval() -> None:
    from scipy.stats import ttest_1samp

    values = np.random.default_rng(1).normal(size=30)
    found = paired_difference(values, np.arange(30), level=0.1)
    assert (found.low, found.high) == pytest.approx(tuple(ttest_1samp(values, 0).confidence_interval(0.9)))


def test_unknown_rows_are_left_out_and_too_few_say_nothing() -> None:
    found = paired_difference(np.array([1.0, np.nan, 3.0]), np.array(["a", "b", "a"]), level=0.05)
    assert (found.effect, found.rows, found.by_atoms) == (2.0, 2, False)
    nothing = paired_difference(np.array([1.0, np.nan]), np.arange(2), level=0.05)
    assert (nothing.low, nothing.high) == (-np.inf, np.inf)
