import numpy as np
import pytest
from scipy import stats

from tasks.shift.contrasts import contrast
from tasks.shift.rotations import rotate
from tasks.shift.units import deal, make_units


def rotated(sums, in_x, seed, draws=20_000):
    sizes = np.ones(len(sums))
    rng = np.random.default_rng(seed)
    found = contrast(sums, sizes, deal(in_x, rng, 5))
    return found, rotate(sums, sizes, in_x, found, rng, draws)


def test_a_side_that_scatters_alone_follows_students_law_with_its_own_degrees_of_freedom():
    in_x = np.arange(20) < 10
    rng = np.random.default_rng(1)
    sums = np.where(in_x[:, None], rng.normal(size=(20, 2)), 0.0)
    found, turned = rotated(sums, in_x, 2)
    t_squared = turned.squares[0, 1:] * 9 / 10
    assert stats.kstest(t_squared, stats.f(1, 9).cdf).pvalue > 0.01
    assert stats.kstest(t_squared, stats.f(1, 18).cdf).pvalue < 0.01
    assert turned.squares[:, 0] == pytest.approx(found.squares[:, 0])


def test_features_turn_together_and_means_do_not_matter():
    in_x = np.arange(12) < 6
    sums = np.random.default_rng(3).normal(size=(12, 1))
    sums = np.column_stack([sums, -2 * sums, sums + 5 * in_x[:, None]])
    _, turned = rotated(sums, in_x, 4)
    assert turned.squares[1, 1:] == pytest.approx(turned.squares[0, 1:], rel=1e-3, abs=1e-6)
    assert turned.squares[2, 1:] == pytest.approx(turned.squares[0, 1:], rel=1e-3, abs=1e-6)
    assert turned.squares[2, 0] > turned.squares[0, 0]


def test_what_nowhere_varies_is_turned_nowhere():
    _, turned = rotated(np.zeros((8, 1)), np.arange(8) < 4, 5)
    assert (turned.squares == 0).all()


def test_units_are_unlike_where_one_side_is_merged_for_its_size():
    rng = np.random.default_rng(6)
    ten = np.repeat(np.arange(10), 10)
    assert make_units(np.arange(100), 100 + ten, rng).unlike
    assert not make_units(ten, 100 + ten, rng).unlike
    assert not make_units(np.arange(100), 100 + np.arange(300), rng).unlike
