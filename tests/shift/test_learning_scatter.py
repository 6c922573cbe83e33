import numpy as np
import pytest

from tasks.shift.discriminant import Correlations
from tasks.shift.learning_scatter import learning_scatter
from tasks.shift.units import deal, make_units


def scatter(difference, *, features=6, atoms=60, seed=1):
    """Measure the scatter for units of three rows whose features are independent and differ by so much."""
    rng = np.random.default_rng(seed)
    rows = 3 * atoms
    values = rng.normal(size=(2 * rows, features))
    values[:rows] += difference
    code = np.repeat(np.arange(2 * atoms), 3)
    units = make_units(code[:rows], code[rows:], rng)
    sums = np.zeros((len(units.in_x), features))
    np.add.at(sums, units.of_row, values)
    sizes = np.bincount(units.of_row).astype(float)
    sums -= np.outer(sizes / sizes.sum(), sums.sum(0))
    identity = np.eye(features, dtype=np.float32)
    found = Correlations(identity, (identity, True))
    return learning_scatter(sums, sizes, units, deal(units.in_x, rng, fold=units.fold), found)


def test_what_folds_learn_in_common_scatters_more_than_fixed_models():
    assert 1.1 < np.mean([scatter(0.0, seed=seed) for seed in range(4)]) < 1.8


def test_where_the_difference_is_clear_only_the_rows_judged_scatter():
    assert np.mean([scatter(3.0, seed=seed) for seed in range(4)]) == pytest.approx(1, abs=0.12)


def test_it_is_largest_where_a_difference_is_hardly_seen():
    hardly, none = (np.mean([scatter(size, seed=seed) for seed in range(6)]) for size in (0.12, 0.0))
    assert hardly > none


def test_what_nothing_can_be_learnt_from_keeps_its_interval():
    rng = np.random.default_rng(0)
    units = make_units(np.arange(4), 4 + np.arange(4), rng)
    dealt = deal(units.in_x, rng, fold=units.fold)
    flat = np.zeros((8, 2))
    found = Correlations(np.eye(2, dtype=np.float32), (np.eye(2, dtype=np.float32), True))
    assert learning_scatter(flat, np.ones(8), units, dealt, found) == 1.0


def test_the_scale_of_features_does_not_matter():
    rng = np.random.default_rng(3)
    units = make_units(np.arange(40), 40 + np.arange(40), rng)
    dealt = deal(units.in_x, rng, fold=units.fold)
    sums, identity = rng.normal(size=(80, 3)), np.eye(3, dtype=np.float32)
    plain = learning_scatter(sums, np.ones(80), units, dealt, Correlations(identity, (identity, True)))
    wide = Correlations(64 * identity, (8 * identity, True))
    assert learning_scatter(8 * sums, np.ones(80), units, dealt, wide) == pytest.approx(plain, rel=1e-3)
