import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from tasks.splitting.landmarks import fit_energy_map
from tasks.splitting.near_order import leaves, positions
from tasks.splitting.near_pairs import pair_near
from tasks.splitting.uneven import Few, choose_few
from tasks.splitting.windows import cut_windows


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 300), st.integers(0, 3), st.integers(1, 20), st.integers(0, 99))
def test_leaves_hold_each_point_once(n, columns, size, seed):
    rng = np.random.default_rng(seed)
    leaf = leaves(rng.normal(size=(n, columns)).astype(np.float32), size, rng)
    assert leaf.shape[1] <= size
    np.testing.assert_array_equal(np.sort(leaf[leaf >= 0]), np.arange(n))
    np.testing.assert_array_equal(np.sort(positions(leaf, n)), np.arange(n))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.integers(1, 5), st.integers(0, 99))
def test_pairs_are_of_one_kind_and_leave_at_most_one_of_each(n, kinds, seed):
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, kinds, n)
    a, b = pair_near(rng.normal(size=(n, 2)).astype(np.float32), kind, rng)
    np.testing.assert_array_equal(kind[a], kind[b])
    both = np.concatenate([a, b])
    assert len(np.unique(both)) == len(both)
    left = np.bincount(np.delete(kind, both), minlength=kinds)
    np.testing.assert_array_equal(left, np.bincount(kind, minlength=kinds) % 2)


def test_equal_points_are_paired_with_each_other():
    points = np.repeat(np.random.default_rng(1).normal(size=(500, 3)), 2, axis=0).astype(np.float32)
    a, b = pair_near(points, np.zeros(1000, int), np.random.default_rng(2))
    assert (np.abs(points[a] - points[b]).max(1) < 1e-6).mean() > 0.95


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=4), st.integers(0, 99))
def test_windows_lead_to_what_is_wanted_of_each_kind(there, seed):
    rng = np.random.default_rng(seed)
    kind = rng.permutation(np.repeat(np.arange(len(there)), there))
    wanted = np.array([rng.integers(0, rows + 1) for rows in there])
    windows = cut_windows(rng.normal(size=(len(kind), 2)).astype(np.float32), kind, wanted, rng)
    taken = windows.base.copy()
    for members in windows.members:
        inside = members[members >= 0]
        assert (
            len(inside) > 1 or windows.members.shape[1] == 1 or wanted[kind[inside[0]]] in (1, there[kind[inside[0]]])
        )
        assert len(set(kind[inside])) == 1
        one = rng.choice(inside)
        taken[one] = ~taken[one]
    np.testing.assert_array_equal(np.bincount(kind[taken], minlength=len(there)), wanted)
    used = windows.members[windows.members >= 0]
    assert len(np.unique(used)) == len(used)


def test_sums_of_coordinates_give_the_energy_distance():
    rng = np.random.default_rng(3)
    points = rng.normal(size=(200, 3)).astype(np.float32)
    phi = fit_energy_map(points, 200, rng)(points).astype(np.float64)
    a, b = points[:100], points[100:]
    seen = float(((phi[:100].mean(0) - phi[100:].mean(0)) ** 2).sum())
    assert seen == pytest.approx(2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean(), rel=0.02)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=9), st.integers(0, 99))
def test_few_atoms_meet_rows_as_nearly_as_any_choice(rows, seed):
    rng = np.random.default_rng(seed)
    rows = np.array(rows)
    sums = rng.normal(size=(len(rows), 3)) * rows[:, None]
    wanted = int(rng.integers(1, rows.sum()))
    few = Few(sums, rows, wanted / rows.sum(), np.zeros(3))
    chosen = choose_few(few, wanted, exactly=True, rng=rng)
    reachable = [int(rows[[bits >> g & 1 == 1 for g in range(len(rows))]].sum()) for bits in range(1, 1 << len(rows))]
    assert abs(int(rows[chosen].sum()) - wanted) == min(abs(total - wanted) for total in reachable)


def test_few_atoms_come_near_the_best_of_all_choices_that_meet_the_rows():
    rng = np.random.default_rng(5)
    rows = rng.integers(3, 7, 12)
    sums = rng.normal(size=(12, 2)) * rows[:, None]
    wanted = int(rows.sum() // 2)
    chosen = choose_few(Few(sums, rows, wanted / rows.sum(), np.zeros(2)), wanted, exactly=True, rng=rng)
    goal = wanted / rows.sum() * sums.sum(0)
    every = []
    for bits in range(1 << 12):
        inside = np.array([bits >> g & 1 for g in range(12)], bool)
        if rows[inside].sum() == wanted:
            every.append(float(((inside @ sums - goal) ** 2).sum()))
    assert float(((chosen @ sums - goal) ** 2).sum()) <= np.quantile(every, 0.02)
