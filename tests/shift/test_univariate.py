import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shift.intervals import pair_up
from tasks.shift.univariate import MOST_LEVELS, compare_categories, compare_numeric, lump


def numeric(x, y, atoms_x=None, atoms_y=None, seed=1, draws=999):
    x, y = np.asarray(x, float), np.asarray(y, float)
    atoms_x = np.arange(len(x)) if atoms_x is None else atoms_x
    atoms_y = 10_000 + np.arange(len(y)) if atoms_y is None else atoms_y
    rng = np.random.default_rng(seed)
    return compare_numeric(x, y, atoms_x, atoms_y, rng=rng, pairing=pair_up(atoms_x, atoms_y, rng, draws))


def categories(x, y, atoms_x=None, atoms_y=None, seed=1, draws=999):
    x, y = np.asarray(x, object), np.asarray(y, object)
    atoms_x = np.arange(len(x)) if atoms_x is None else atoms_x
    atoms_y = 10_000 + np.arange(len(y)) if atoms_y is None else atoms_y
    rng = np.random.default_rng(seed)
    return compare_categories(x, y, atoms_x, atoms_y, rng=rng, pairing=pair_up(atoms_x, atoms_y, rng, draws))


def test_wasserstein_agrees_with_scipy():
    scipy_stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(1)
    for x, y in ((rng.normal(size=300), rng.gamma(2, 1, 100)), (rng.integers(0, 4, 50), rng.integers(1, 6, 70))):
        spread = math.sqrt((np.var(x) + np.var(y)) / 2)
        assert numeric(x, y).wasserstein.effect == pytest.approx(scipy_stats.wasserstein_distance(x, y) / spread)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=3, max_size=20), st.floats(0.01, 100), st.floats(-50, 50))
def test_neither_shift_nor_scale_matters(x, scale, shift):
    y = [2, 0, 1, 1, 3]
    one = numeric(x, y)
    two = numeric(np.array(x) * scale + shift, np.array(y) * scale + shift)
    assert two.cliffs_delta == one.cliffs_delta
    assert two.wasserstein.effect == pytest.approx(one.wasserstein.effect, rel=1e-6)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([], [1.0, 2.0]),
        ([math.nan] * 3, [1.0, 2.0]),
        ([], []),
    ],
)
def test_a_side_without_values_has_no_effect(x, y):
    found = numeric(x, y)
    for effect in (found.cliffs_delta, found.wasserstein):
        assert math.isnan(effect.effect)
        assert math.isnan(effect.p_value)
        assert effect.n_a == 0


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1.0], [2.0]),
        ([1.0], [1.0]),
        ([0.1] * 5, [0.1] * 7),
        ([0.1] * 5, [0.3] * 7),
        ([math.inf] * 3, [math.inf] * 3),
        ([math.inf] * 3, [-math.inf] * 3),
        ([math.inf, 1.0, 2.0], [-math.inf, 0.0, math.nan]),
        ([1e308, -1e308, 0.0], [1e-308, 0.0, 1.0]),
    ],
)
def test_odd_samples_are_defined(x, y):
    found = numeric(x, y)
    delta, distance = found.cliffs_delta, found.wasserstein
    assert -1 <= delta.ci_low <= delta.effect <= delta.ci_high <= 1
    assert not distance.ci_low > distance.effect
    assert not distance.ci_high < distance.effect
    for p_value in (delta.p_value, distance.p_value):
        assert math.isnan(p_value) or 0 <= p_value <= 1


def test_constant_samples():
    alike, apart = numeric([0.1] * 50, [0.1] * 70), numeric([0.1] * 50, [0.3] * 70)
    assert (alike.wasserstein.effect, alike.wasserstein.p_value) == (0.0, 1.0)
    assert (apart.wasserstein.effect, apart.cliffs_delta.effect) == (2.0, -1.0)
    assert apart.wasserstein.p_value < 0.01


def test_one_atom_a_side_cannot_tell():
    found = numeric([1, 2, 3], [4, 5, 7], np.zeros(3, int), np.arange(1, 4))
    assert math.isnan(found.wasserstein.p_value)
    assert math.isnan(found.wasserstein.ci_high)
    assert (found.cliffs_delta.ci_low, found.cliffs_delta.ci_high) == (-1, 1)


def test_missing_values_are_compared_apart():
    found = numeric([1, 2, math.nan, math.nan], [1, 2, 3, 4])
    assert found.missing_share_difference.effect == 0.5
    assert (found.cliffs_delta.n_a, found.cliffs_delta.n_b) == (2, 4)
    assert found.missing_share_difference.n_a == 4


def test_total_variation_of_known_shares():
    found = categories(list("aabb") * 50, list("aaab") * 50 + [None] * 100)
    assert found.total_variation.effect == pytest.approx(0.25)
    assert found.missing_share_difference.effect == pytest.approx(-1 / 3)


@given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=30), st.permutations("abcd"))
@settings(max_examples=25, deadline=None)
def test_names_of_categories_do_not_matter(x, names):
    y = list("abcabd")
    renamed = dict(zip("abcd", names, strict=True))
    one = categories(x, y).total_variation
    two = categories([renamed[name] for name in x], [renamed[name] for name in y]).total_variation
    assert two == one


def test_a_column_of_ids_is_no_shift():
    rng = np.random.default_rng(3)
    names = np.array([f"id {number}" for number in rng.permutation(4_000)], object)
    found = categories(names[:2_000], names[2_000:]).total_variation
    assert found.effect < 0.2
    assert found.ci_low == 0.0


def test_lumping_keeps_the_frequent_and_the_missing():
    codes, width = lump(np.array([0, 1, 1, 2, -1, 3, 3, 3]), 4, most=3)
    assert width == 3
    assert codes.tolist() == [2, 0, 0, 2, -1, 1, 1, 1]
    assert lump(np.array([0, 1, 2, 3, 3]), 4, most=3)[0].tolist() == [1, 1, 1, 0, 0]
    assert lump(np.arange(MOST_LEVELS), MOST_LEVELS)[1] == MOST_LEVELS


@pytest.mark.parametrize("design", [([10] * 30, [10] * 30), ([1] * 300, [20] * 15)])
@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_distances_keep_their_level_and_cover(clustered, design, shift):
    """200 runs leave +-3 points; plain quantiles of the bootstrap would cover 75 % at .3 sd."""
    cuts = np.array([-1.2, -0.4, 0.3, 1.4])
    phi = np.vectorize(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))))
    shares = [np.diff(np.concatenate([[0], phi(cuts - by), [1]])) for by in (0, shift)]
    truth = {"wasserstein": shift, "total_variation": np.abs(shares[0] - shares[1]).sum() / 2}
    alarms, covered = dict.fromkeys(truth, 0), dict.fromkeys(truth, 0)
    for run in range(200):
        rng = np.random.default_rng([7, run])
        x, atoms_x = clustered(rng, design[0], p=2)
        y, atoms_y = clustered(rng, design[1], p=2, shift=shift, first=10_000)
        found = {
            "wasserstein": numeric(x[:, 0], y[:, 0], atoms_x, atoms_y, draws=299).wasserstein,
            "total_variation": categories(
                np.digitize(x[:, 1], cuts), np.digitize(y[:, 1], cuts), atoms_x, atoms_y, draws=299
            ).total_variation,
        }
        for name, effect in found.items():
            alarms[name] += effect.p_value < 0.05
            covered[name] += effect.ci_low <= truth[name] <= effect.ci_high
    for name in truth:
        assert 0.90 <= covered[name] / 200 <= 0.995
        if shift == 0:
            assert alarms[name] / 200 <= 0.095
        else:
            assert alarms[name] / 200 > 0.25


def test_few_atoms_cannot_be_sure():
    """Four against four can be dealt in 70 ways, three against three in 20."""
    for groups, least in ((4, 1 / 70), (3, 1 / 20)):
        atoms = np.repeat(np.arange(groups), 50)
        found = numeric(atoms + np.arange(50 * groups) / 1000, 100 + atoms, atoms, 10 + atoms).wasserstein
        assert found.p_value == pytest.approx(least)
