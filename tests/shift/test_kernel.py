import math

import numpy as np
import pytest

from tasks.shift.block_distances import distances, mean_between, mean_within, sorted_blocks
from tasks.shift.kernel import energy_distance


def energy(X, Y, atoms_x=None, atoms_y=None, seed=1, **more):
    atoms_x = np.arange(len(X)) if atoms_x is None else atoms_x
    atoms_y = 10_000 + np.arange(len(Y)) if atoms_y is None else atoms_y
    rng = np.random.default_rng(seed)
    return energy_distance(np.asarray(X, np.float32), np.asarray(Y, np.float32), atoms_x, atoms_y, rng=rng, **more)


def by_hand(X, Y, atoms_x, atoms_y):
    def mean(A, B, apart=None):
        D = np.sqrt(((A[:, None, :] - B[None, :, :]) ** 2).sum(-1))
        return D.mean() if apart is None else D[apart].mean()

    within = [mean(A, A, atoms[:, None] != atoms[None, :]) for A, atoms in ((X, atoms_x), (Y, atoms_y))]
    return 2 * mean(X, Y) - sum(within)


def test_agrees_with_all_pairs_of_rows_of_different_atoms():
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(60, 4)), rng.normal(0.5, 1, (45, 4))
    atoms_x, atoms_y = np.arange(60) // 3, np.arange(45) // 5
    assert energy(X, Y, atoms_x, atoms_y).effect == pytest.approx(by_hand(X, Y, atoms_x, atoms_y), abs=1e-5)


def test_agrees_with_scipy_in_one_dimension():
    scipy_stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=100), rng.normal(1, 1, 80)
    # scipy's keeps the distances of rows to themselves and is a root.
    own = sum(np.abs(np.subtract.outer(v, v)).mean() / (len(v) - 1) for v in (x, y))
    expected = scipy_stats.energy_distance(x, y) ** 2 - own
    assert energy(x[:, None], y[:, None]).effect == pytest.approx(expected, abs=1e-5)


def test_averages_of_draws_are_those_of_repeated_rows():
    rng = np.random.default_rng(3)
    X, Y = rng.normal(size=(8, 2)).astype(np.float32), rng.normal(size=(6, 2)).astype(np.float32)
    x, y = sorted_blocks(X, np.arange(8) // 2), sorted_blocks(Y, np.arange(6) // 2)
    draws_x, draws_y = np.array([[2.0], [0.0], [1.0], [1.0]]), np.array([[1.0], [2.0], [0.0]])
    rows_x, rows_y = [0, 1, 0, 1, 4, 5, 6, 7], [0, 1, 2, 3, 2, 3]
    D = np.sqrt(((X[rows_x][:, None] - Y[rows_y][None]) ** 2).sum(-1))
    assert mean_between(distances(x, y), x, y, draws_x, draws_y)[0] == pytest.approx(D.mean(), rel=1e-5)
    apart = np.array(rows_x)[:, None] // 2 != np.array(rows_x)[None, :] // 2
    within = np.sqrt(((X[rows_x][:, None] - X[rows_x][None]) ** 2).sum(-1))
    assert mean_within(distances(x, x), x, draws_x)[0] == pytest.approx(within[apart].mean(), rel=1e-5)


def test_no_bias_between_samples_of_one_distribution(clustered):
    effects = []
    for run in range(240):
        rng = np.random.default_rng([4, run])
        X, atoms_x = clustered(rng, [5] * 20, p=3)
        Y, atoms_y = clustered(rng, [5] * 20, p=3)
        effects.append(energy(X, Y, atoms_x, atoms_y, draws=19).effect)
    assert abs(np.mean(effects)) < 3 * np.std(effects) / np.sqrt(240)


def test_sees_a_change_of_the_joint_law_alone():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(800, 2))
    Y = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 800)
    found = energy(X, Y)
    assert found.p_value <= 0.002
    assert found.ci_low > 0


def test_large_samples_are_cut_and_still_counted():
    rng = np.random.default_rng(6)
    found = energy(rng.normal(size=(5_000, 2)), rng.normal(size=(300, 2)), rows=500, draws=99)
    assert (found.n_a, found.n_b) == (5_000, 300)


def test_same_seed_same_numbers():
    rng = np.random.default_rng(7)
    X, Y = rng.normal(size=(3_000, 2)), rng.normal(size=(300, 2))
    assert energy(X, Y, seed=5) == energy(X, Y, seed=5)


@pytest.mark.parametrize(
    ("X", "Y"), [(np.zeros((0, 2)), np.zeros((3, 2))), (np.zeros((3, 0)), np.zeros((3, 0))), ([[1.0]], [[2.0], [3.0]])]
)
def test_too_little_to_tell(X, Y):
    found = energy(np.asarray(X), np.asarray(Y))
    assert math.isnan(found.effect)
    assert math.isnan(found.p_value)


def test_rows_all_alike():
    found = energy(np.ones((20, 2)), np.ones((30, 2)))
    assert found.effect == pytest.approx(0.0, abs=1e-6)
    assert found.p_value == 1.0


@pytest.mark.parametrize("design", [([10] * 25, [10] * 25), ([1] * 60, [40] * 10)])
def test_keeps_its_level_where_permuting_atoms_does_not(clustered, design):
    """200 runs at 5 % leave +-3 points; permuting atoms raises no alarm at all in the second design, shift or not."""
    alarms = seen = covered = 0
    for run in range(200):
        rng = np.random.default_rng([8, run])
        X, atoms_x = clustered(rng, design[0], p=4)
        Y, atoms_y = clustered(rng, design[1], p=4)
        null = energy(X, Y, atoms_x, atoms_y, seed=run, draws=499)
        alarms += null.p_value < 0.05
        covered += null.ci_low <= 0 <= null.ci_high
        seen += energy(X, Y + 0.3, atoms_x, atoms_y, seed=run, draws=499).p_value < 0.05
    assert alarms / 200 <= 0.095
    assert covered / 200 >= 0.90
    assert seen / 200 >= 0.35


@pytest.mark.parametrize(("size", "shift"), [(1, 0.0), (1, 0.4), (10, 0.4)])
def test_batches_keep_what_the_interval_promises(clustered, size, shift):
    """Intervals that hold the truth in 95 % of samples do so in fewer than 33 of 40 with probability .003."""
    found = {1: [], 4: []}
    for run in range(40):
        rng = np.random.default_rng([9, run])
        (X, atoms_x), (Y, atoms_y) = (clustered(rng, [size] * (2_600 // size), p=2) for _ in range(2))
        for batches, effects in found.items():
            effects.append(energy(X, Y + shift, atoms_x, atoms_y, seed=run, draws=199, rows=640, batches=batches))
    mean = np.mean([effect.effect for effect in found[4]]) if shift else 0.0
    assert sum(effect.ci_low <= mean <= effect.ci_high for effect in found[4]) >= 33
    # One batch has rows of all atoms already, where atoms are large.
    one, many = (np.mean([effect.ci_high - effect.ci_low for effect in found[batches]]) for batches in (1, 4))
    assert many < (0.75 if size == 1 else 1.0) * one


def test_batches_hold_whole_atoms_and_never_too_few():
    rng = np.random.default_rng(10)
    X, Y = rng.normal(size=(4_000, 2)), rng.normal(size=(4_000, 2))
    few = np.arange(4_000) // 100
    assert energy(X, Y, few, 100 + few, rows=500, draws=99, batches=8) == energy(
        X, Y, few, 100 + few, rows=500, draws=99
    )
    assert energy(X, Y, rows=500, draws=99, batches=8) != energy(X, Y, rows=500, draws=99)


def test_scatter_in_many_dimensions_does_not_hide_differences(clustered):
    """Blocks drawn with replacement find this in 8 % of runs, signs in 32 %, at a level of 3 %."""
    seen = 0
    for run in range(60):
        rng = np.random.default_rng([11, run])
        (X, atoms_x), (Y, atoms_y) = (clustered(rng, [10] * 5, p=32) for _ in range(2))
        seen += energy(X, Y + 0.3, atoms_x, 100 + atoms_y, seed=run, draws=499).p_value < 0.05
    assert seen >= 10
