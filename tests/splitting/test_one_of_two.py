import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from tasks.splitting import near_order, near_pairs, one_of_two
from tasks.splitting.landmarks import fit_energy_map
from tasks.splitting.matched import match_splits
from tasks.splitting.one_of_each import Field, choose_one_of_each
from tasks.splitting.one_of_two import choose_one_of_two
from tasks.splitting.side_by_side import side_by_side
from tasks.splitting.windows import Windows, cut_windows


def _field(points, rng):
    energy = fit_energy_map(points, 64, rng)
    return Field(points, lambda places: energy(points[places]), exact=True), energy.dimensions


def _energy(points, first):
    a, b = points[first], points[~first]
    return 2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean()


def _inside(windows, chosen):
    inside = windows.base.copy()
    inside[chosen] = ~inside[chosen]
    return inside


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 700), st.integers(0, 99), st.booleans())
def test_one_of_each_pair_is_chosen_whichever_side_is_singled_out(pairs, seed, outside):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(2 * pairs, 3)).astype(np.float32)
    field, dimensions = _field(points, rng)
    members = rng.permutation(2 * pairs).reshape(-1, 2)
    windows = Windows(
        members, np.where(outside, -1, 1) * np.ones(pairs, int), np.full(2 * pairs, outside), np.full(2 * pairs, 0.5)
    )
    choice = choose_one_of_two(windows, field, np.zeros(dimensions), rng)
    assert _inside(windows, choice.chosen)[members].sum(1).tolist() == [1] * pairs


@pytest.mark.parametrize("outside", [False, True])
def test_what_is_left_is_the_sum_that_the_choices_lead_to(outside):
    rng = np.random.default_rng(4)
    points = rng.normal(size=(600, 3)).astype(np.float32)
    field, dimensions = _field(points, rng)
    members = rng.permutation(600).reshape(-1, 2)
    windows = Windows(members, np.where(outside, -1, 1) * np.ones(300, int), np.full(600, outside), np.full(600, 0.5))
    start = rng.normal(size=dimensions)
    choice = choose_one_of_two(windows, field, start, rng)
    phi = field.coordinates(np.arange(600)).astype(np.float64)
    left = start + (_inside(windows, choice.chosen) - 0.5) @ phi
    np.testing.assert_allclose(choice.total, left, atol=1e-3)


def test_pairs_balance_as_windows_do():
    rng = np.random.default_rng(5)
    points = rng.normal(size=(4_000, 4)).astype(np.float32)
    field, dimensions = _field(points, rng)
    windows = cut_windows(points, np.zeros(4_000, int), np.array([2_000]), rng)
    found = {}
    for choose in (choose_one_of_two, choose_one_of_each):
        choice = choose(windows, field, np.zeros(dimensions), np.random.default_rng(1))
        found[choose] = _energy(points, _inside(windows, choice.chosen))
    by_chance = _energy(points, _inside(windows, windows.members[np.arange(2_000), rng.integers(0, 2, 2_000)]))
    assert found[choose_one_of_two] < 1.05 * found[choose_one_of_each]
    assert found[choose_one_of_two] < 0.75 * by_chance


def test_threads_return_what_they_found_in_the_order_asked():
    def late(number):
        time.sleep(0.002 * (5 - number % 5))
        return number

    assert list(side_by_side(late, range(20))) == list(range(20))


def test_an_error_in_a_thread_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(lambda number: 1 / number, [1, 0, 1]))


def test_threads_change_no_split(monkeypatch):
    for module, name, rows in ((near_order, "APART", 500), (near_pairs, "MANY", 1_000), (one_of_two, "MANY", 500)):
        monkeypatch.setattr(module, name, rows)
    rng = np.random.default_rng(6)
    points, labels = rng.normal(size=(5_000, 3)), rng.integers(0, 3, 5_000)

    def draw():
        return match_splits(points, labels, np.arange(5_000), {"dev": 2_500, "test": 2_500}, seed=2)

    in_threads = [draw(), draw()]
    for module in (near_order, near_pairs, one_of_two):
        monkeypatch.setattr(module, "side_by_side", map)
    np.testing.assert_array_equal(in_threads[0], in_threads[1])
    np.testing.assert_array_equal(in_threads[0], draw())
