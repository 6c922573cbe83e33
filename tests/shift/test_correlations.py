"""Correlations of two samples: found where planted, at the right rate where not."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from tasks.shift.correlations import correlation_shift


def normal(n, correlation, rng):
    """Two columns of normal numbers, and a third by itself."""
    a, b, c = rng.normal(size=(3, n))
    return {"a": a, "b": correlation * a + np.sqrt(1 - correlation**2) * b, "c": c}


def spearman_of(pearson):
    """Spearman's correlation of normal numbers."""
    return 6 / np.pi * np.arcsin(pearson / 2)


def test_a_planted_difference_is_first_told_in_words_and_inside_its_interval():
    rng = np.random.default_rng(0)
    found = correlation_shift(normal(600, 0.7, rng), normal(400, 0.1, rng), seed=0)
    assert (found[0].first, found[0].second) == ("a", "b")
    assert found[0].difference.ci_low < spearman_of(0.1) - spearman_of(0.7) < found[0].difference.ci_high < -0.3
    assert found[0].p_adjusted < 1e-4
    assert found[0].sentence("train", "dev") == (
        f"The correlation of a and b is {found[0].in_x:.2f} in train, {found[0].in_y:.2f} in dev."
    )
    assert all(shift.p_adjusted > 0.05 for shift in found[1:])


def test_correlations_are_spearmans():
    rng = np.random.default_rng(1)
    x, y = normal(50, 0.5, rng), normal(80, -0.5, rng)
    x["a"] = np.round(x["a"], 1)  # ties
    for shift in correlation_shift(x, y, seed=0):
        assert shift.in_x == pytest.approx(spearmanr(x[shift.first], x[shift.second]).statistic)
        assert shift.in_y == pytest.approx(spearmanr(y[shift.first], y[shift.second]).statistic)
        assert shift.difference.effect == pytest.approx(shift.in_y - shift.in_x)


@pytest.mark.parametrize(("n", "m", "per_atom"), [(60, 60, 1), (400, 100, 1), (400, 400, 8)])
@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_under_no_difference_one_test_in_twenty_raises_an_alarm_and_intervals_cover(n, m, per_atom, correlation):
    rng = np.random.default_rng([n, m, per_atom])
    alarms, covered, runs = 0, 0, 300
    for run in range(runs):
        sides, atoms = [], []
        for rows in (n, m):
            whole = normal(rows // per_atom, correlation, rng)
            sides.append({name: np.repeat(whole[name], per_atom) for name in ("a", "b")})
            atoms.append(np.repeat(np.arange(rows // per_atom), per_atom))
        (shift,) = correlation_shift(*sides, atoms_x=atoms[0], atoms_y=atoms[1] + n, seed=run)
        alarms += shift.difference.p_value < 0.05
        covered += shift.difference.ci_low <= 0 <= shift.difference.ci_high
    assert 0.02 <= alarms / runs <= 0.085
    assert 0.915 <= covered / runs <= 0.985


def test_scales_do_not_matter_and_swapping_changes_the_sign():
    rng = np.random.default_rng(2)
    x, y = normal(200, 0.6, rng), normal(200, 0.2, rng)
    plain = correlation_shift(x, y, seed=0)[0]
    bent = correlation_shift({**x, "a": np.exp(x["a"])}, {**y, "a": np.exp(y["a"])}, seed=0)[0]
    fallen = correlation_shift({**x, "a": -x["a"]}, {**y, "a": -y["a"]}, seed=0)[0]
    swapped = correlation_shift(y, x, seed=0)[0]
    assert bent == plain
    assert fallen.difference.effect == pytest.approx(-plain.difference.effect)
    assert swapped.difference.effect == pytest.approx(-plain.difference.effect)
    assert correlation_shift(x, y, seed=0)[0] == plain


def test_missing_values_leave_the_pairs_of_the_others():
    rng = np.random.default_rng(3)
    x, y = normal(500, 0.6, rng), normal(500, 0.6, rng)
    x["a"] = np.where(rng.random(500) < 0.4, np.nan, x["a"])
    shift = next(s for s in correlation_shift(x, y, seed=0) if {s.first, s.second} == {"a", "b"})
    assert shift.difference.n_a == np.count_nonzero(~np.isnan(x["a"]))
    assert shift.in_x == pytest.approx(spearman_of(0.6), abs=0.1)
    assert shift.difference.ci_low < 0 < shift.difference.ci_high


@pytest.mark.parametrize("column", [np.full(100, 3.0), np.full(100, np.nan), np.r_[1.0, np.full(99, np.nan)]])
def test_what_has_no_correlation_is_told_as_none_and_last(column):
    rng = np.random.default_rng(4)
    x, y = normal(100, 0.5, rng), normal(100, 0.5, rng)
    found = correlation_shift({**x, "b": column}, y, seed=0)
    assert [np.isnan(shift.difference.p_value) for shift in found] == [False, True, True]


def test_infinities_are_the_greatest_and_the_least():
    rng = np.random.default_rng(5)
    x, y = normal(100, 0.5, rng), normal(100, 0.5, rng)
    top = {**x, "a": np.where(x["a"] == x["a"].max(), np.inf, x["a"])}
    assert correlation_shift(top, y, seed=0) == correlation_shift(x, y, seed=0)


@pytest.mark.parametrize(("n", "atoms"), [(0, None), (1, None), (100, np.zeros(100, int))])
def test_too_little_to_tell_is_no_alarm(n, atoms):
    rng = np.random.default_rng(6)
    for shift in correlation_shift(normal(n, 0.5, rng), normal(100, 0.5, rng), atoms_x=atoms, seed=0):
        assert np.isnan(shift.difference.p_value)
        assert np.isnan(shift.p_adjusted)


def test_one_large_atom_leaves_the_others_to_tell():
    rng = np.random.default_rng(8)
    x, y = normal(3000, 0.5, rng), normal(300, 0.5, rng)
    atoms = np.r_[np.zeros(2000, int), np.arange(1, 1001)]
    for shift in correlation_shift(x, y, atoms_x=atoms, seed=0):
        assert shift.difference.ci_low < 0 < shift.difference.ci_high


def test_columns_of_one_side_only_make_no_pairs():
    rng = np.random.default_rng(7)
    assert correlation_shift({"a": rng.normal(size=9)}, {"b": rng.normal(size=9)}, seed=0) == []
