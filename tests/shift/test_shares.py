import math

import numpy as np
import pytest

from tasks.shift.shares import share_difference


def test_agrees_with_newcombes_example():
    # Newcombe 1998, example (a): 56/70 against 48/80, method 10: .0524 to .3339; Student's quantile widens it.
    yes_x, yes_y = np.arange(70) < 56, np.arange(80) < 48
    found = share_difference(yes_x, yes_y, np.arange(70), np.arange(80))
    assert found.effect == pytest.approx(0.2)
    assert found.ci_low == pytest.approx(0.0524, abs=0.005)
    assert found.ci_high == pytest.approx(0.3339, abs=0.005)
    assert found.p_value == pytest.approx(0.006, abs=0.003)


def test_no_row_on_either_side():
    found = share_difference(np.zeros(300, bool), np.zeros(300, bool), np.arange(300), np.arange(300))
    assert (found.effect, found.p_value) == (0.0, 1.0)
    assert found.ci_low == pytest.approx(-0.0127, abs=0.001)
    assert found.ci_high == pytest.approx(0.0127, abs=0.001)


def test_all_against_none():
    found = share_difference(np.ones(30, bool), np.zeros(30, bool), np.arange(30), np.arange(30))
    assert found.effect == found.ci_high == 1.0
    assert 0.7 < found.ci_low < 1
    assert found.p_value < 1e-6


def test_rows_repeated_in_atoms_tell_no_more_than_once():
    rng = np.random.default_rng(1)
    x, y = rng.random(60) < 0.3, rng.random(60) < 0.5
    once = share_difference(x, y, np.arange(60), np.arange(60))
    ten = share_difference(
        np.repeat(x, 10), np.repeat(y, 10), np.repeat(np.arange(60), 10), np.repeat(np.arange(60), 10)
    )
    assert (ten.ci_low, ten.ci_high, ten.p_value) == pytest.approx((once.ci_low, once.ci_high, once.p_value))


def test_an_empty_side_and_a_single_atom():
    nothing = np.empty(0, bool)
    assert math.isnan(share_difference(nothing, np.ones(3, bool), np.empty(0, int), np.arange(3)).effect)
    found = share_difference(np.ones(3, bool), np.zeros(3, bool), np.zeros(3, int), np.arange(3))
    assert math.isnan(found.p_value)
    assert found.ci_low < 0.2


def test_keeps_its_level_and_covers(clustered):
    alarms = covered = 0
    for run in range(400):
        rng = np.random.default_rng([3, run])
        x, atoms_x = clustered(rng, [10] * 30)
        y, atoms_y = clustered(rng, [20] * 15)
        found = share_difference(x[:, 0] > 1, y[:, 0] > 1, atoms_x, atoms_y)
        alarms += found.p_value < 0.05
        covered += found.ci_low <= 0 <= found.ci_high
    assert 0.02 <= alarms / 400 <= 0.085
    assert covered / 400 >= 0.92


def test_a_side_without_any_takes_the_other_sides_design_effect():
    """30 atoms of ten rows of which none says yes are worth more than 30 rows if the other side's atoms are."""
    rng = np.random.default_rng(4)
    atoms = np.repeat(np.arange(30), 10)
    apart = rng.random(300) < 0.1
    together = np.repeat(rng.random(30) < 0.1, 10)
    none = np.zeros(300, bool)
    low, high = (share_difference(none, other, atoms, 30 + atoms) for other in (apart, together))
    assert low.ci_high - low.effect < 0.5 * (high.ci_high - high.effect)
    assert share_difference(apart, none, atoms, 30 + atoms).ci_low == pytest.approx(-low.ci_high)
