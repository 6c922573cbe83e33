import numpy as np
import pytest

from tasks.shift.contrasts import contrast
from tasks.shift.units import deal


def test_agrees_with_means_and_residuals_by_hand():
    rng = np.random.default_rng(1)
    sizes = rng.integers(1, 6, 30).astype(float)
    sums = rng.normal(size=(30, 3)) * sizes[:, None]
    sums -= np.outer(sizes, sums.sum(0) / sizes.sum())
    dealt = deal(np.arange(30) < 12, rng, 5)
    found = contrast(sums, sizes, dealt)
    for at in range(6):
        means, variance = [], 0.0
        for side in (dealt[:, at] == 1, dealt[:, at] == 0):
            mean = sums[side].sum(0) / sizes[side].sum()
            means.append(mean)
            variance += ((sums[side] - sizes[side, None] * mean) ** 2).sum(0) / sizes[side].sum() ** 2
        assert found.difference[:, at] == pytest.approx(means[0] - means[1], rel=1e-3, abs=1e-5)
        assert found.variance[:, at] == pytest.approx(variance, rel=1e-3)


def test_what_nowhere_varies_differs_nowhere_and_perfect_separation_is_finite():
    sums = np.column_stack([np.zeros(10), np.repeat([1.0, -1.0], 5)])
    squares = contrast(sums, np.ones(10), deal(np.arange(10) < 5, np.random.default_rng(2), 20)).squares
    assert (squares[0] == 0).all()
    assert np.isfinite(squares).all()
    assert squares[1, 0] > 1e3


def test_rows_may_weigh_differently_on_the_other_side():
    rng = np.random.default_rng(3)
    sizes = rng.integers(1, 6, 20).astype(float)
    sums = rng.normal(size=(20, 2)) * sizes[:, None]
    dealt = deal(np.arange(20) < 8, rng, 3)
    found = contrast(2 * sums, 2 * sizes, dealt, on_y=(3 * sums, 3 * sizes))
    same = contrast(sums, sizes, dealt)
    assert found.difference == pytest.approx(same.difference, rel=1e-3, abs=1e-5)
    assert found.variance == pytest.approx(same.variance, rel=1e-3)
