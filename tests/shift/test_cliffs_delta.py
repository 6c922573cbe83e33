import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shift.cliffs_delta import cliffs_delta

values = st.lists(st.integers(-3, 3), min_size=2, max_size=25)


def delta_of(x, y, atoms_x=None, atoms_y=None, **more):
    x, y = np.asarray(x), np.asarray(y)
    atoms_x = np.arange(len(x)) if atoms_x is None else np.asarray(atoms_x)
    atoms_y = len(x) + np.arange(len(y)) if atoms_y is None else np.asarray(atoms_y)
    rank = np.unique(np.concatenate([x, y]), return_inverse=True)[1]
    code = np.unique(np.concatenate([atoms_x, atoms_y]), return_inverse=True)[1]
    return cliffs_delta(rank[: len(x)], rank[len(x) :], code[: len(x)], code[len(x) :], **more)


@given(values, values)
def test_agrees_with_all_pairs(x, y):
    signs = np.sign(np.subtract.outer(x, y))
    assert delta_of(x, y).effect == pytest.approx(signs.mean())


def test_agrees_with_mann_whitney():
    scipy_stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=80), rng.normal(0.4, 1, 60)
    found = scipy_stats.mannwhitneyu(x, y)
    assert delta_of(x, y).effect == pytest.approx(2 * found.statistic / (80 * 60) - 1)
    assert delta_of(x, y).p_value == pytest.approx(found.pvalue, rel=0.35)


def test_agrees_with_brunner_munzel_where_rows_stand_alone():
    scipy_stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=300), rng.normal(0.1, 2, 200)
    assert delta_of(x, y).p_value == pytest.approx(scipy_stats.brunnermunzel(x, y).pvalue, rel=0.05)


@settings(max_examples=50)
@given(values, values)
def test_swapping_the_samples_changes_the_sign(x, y):
    one, two = delta_of(x, y), delta_of(y, x)
    assert (one.effect, one.ci_low, one.ci_high) == pytest.approx((-two.effect, -two.ci_high, -two.ci_low))
    assert one.p_value == pytest.approx(two.p_value)


@settings(max_examples=50)
@given(values, values, st.floats(0.8, 0.99))
def test_the_p_value_and_the_interval_say_the_same(x, y, confidence):
    found = delta_of(x, y, confidence=confidence)
    assert -1 <= found.ci_low <= found.effect <= found.ci_high <= 1
    if abs(found.effect) < 1:
        assert (found.p_value < 1 - confidence) == (found.ci_low > 1e-9 or found.ci_high < -1e-9)


def test_rows_repeated_in_atoms_tell_no_more_than_once():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=40), rng.normal(0.5, 1, 40)
    once = delta_of(x, y)
    ten = delta_of(np.repeat(x, 10), np.repeat(y, 10), np.repeat(np.arange(40), 10), np.repeat(40 + np.arange(40), 10))
    assert (ten.effect, ten.ci_low, ten.ci_high) == pytest.approx((once.effect, once.ci_low, once.ci_high))
    assert (ten.n_a, once.n_a) == (400, 40)


def test_an_atom_on_both_sides_makes_the_comparison_a_paired_one():
    rng = np.random.default_rng(4)
    person = rng.normal(0, 1, 60)
    x, y = person + rng.normal(0, 0.2, 60), person + 0.1 + rng.normal(0, 0.2, 60)
    apart, paired = delta_of(x, y), delta_of(x, y, np.arange(60), np.arange(60))
    assert paired.ci_high - paired.ci_low < 0.5 * (apart.ci_high - apart.ci_low)


@pytest.mark.parametrize("groups", [5, 10, 40])
def test_samples_that_do_not_overlap_are_surely_apart(groups):
    found = delta_of(np.arange(groups), 100 + np.arange(groups))
    assert found.effect == found.ci_low == -1.0
    assert -1 < found.ci_high < -0.25
    assert found.p_value < 0.02


def test_all_values_alike():
    found = delta_of(np.ones(100), np.ones(50))
    assert (found.effect, found.p_value) == (0.0, 1.0)
    assert found.ci_high == -found.ci_low == pytest.approx(0.071, abs=0.001)


def test_one_atom_cannot_tell():
    found = delta_of([1, 2, 3], [4, 5, 6], [0, 0, 0], [1, 2, 3])
    assert (found.effect, found.ci_low, found.ci_high) == (-1.0, -1.0, 1.0)
    assert np.isnan(found.p_value)


@pytest.mark.parametrize("design", [([10] * 30, [10] * 30), ([1] * 400, [20] * 15)])
def test_keeps_its_level_and_covers(clustered, design):
    """At no difference 5 % false alarms, at .3 sd (delta -.168) 95 % coverage; 400 runs leave +-2.8 points."""
    alarms, covered = 0, 0
    for run in range(400):
        rng = np.random.default_rng([5, run])
        x, atoms_x = clustered(rng, design[0], icc=0.3)
        y, atoms_y = clustered(rng, design[1], icc=0.3, first=10_000)
        alarms += delta_of(x[:, 0], y[:, 0], atoms_x, atoms_y).p_value < 0.05
        shifted = delta_of(x[:, 0], y[:, 0] + 0.3, atoms_x, atoms_y)
        covered += shifted.ci_low <= -0.168 <= shifted.ci_high
    assert 0.02 <= alarms / 400 <= 0.085
    assert 0.91 <= covered / 400 <= 0.98
