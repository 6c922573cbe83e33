"""Nearest neighbours: none is missed while points are few, few when they are many, and no crowd costs more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors import nearest
from tasks.descriptors.nearest import nearest_pairs


def cloud(number, seed=0, spread=8.0):
    return np.random.default_rng(seed).normal(0, spread, (number, 32)).astype(np.float32)


def every(points, limit):
    apart = np.sqrt(np.square(points[:, None] - points[None]).sum(axis=2))
    return {(i, j) for i, j in np.argwhere(apart <= limit).tolist() if i < j}


@given(st.integers(2, 60), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_all_pairs_within_the_limit_come_back_ascending(number, seed):
    points = cloud(number, seed)
    pairs, squares, crowded = nearest_pairs(points, most=number, limit=50.0)
    assert {tuple(pair) for pair in pairs.tolist()} == every(points, 50.0)
    assert pairs.tolist() == sorted(pairs.tolist())
    apart = points[pairs[:, 0]] - points[pairs[:, 1]]
    assert squares == pytest.approx(np.square(apart).sum(axis=1), rel=1e-3)
    assert not crowded.any()


def test_the_nearest_of_each_point_are_kept():
    points = cloud(300)
    pairs, _, crowded = nearest_pairs(points, most=3, limit=1e3)
    assert crowded.all()
    assert len(pairs) <= 900
    apart = np.square(points[:, None] - points[None]).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    found = {tuple(pair) for pair in pairs.tolist()}
    for i, j in enumerate(apart.argmin(axis=1).tolist()):
        assert (min(i, j), max(i, j)) in found


def test_bands_find_planted_neighbours_among_many(monkeypatch):
    monkeypatch.setattr(nearest, "WHOLE", 100)
    points = cloud(6000)
    points[:500] = points[500:1000] + np.random.default_rng(1).normal(0, 1, (500, 32)).astype(np.float32)
    pairs, _, _ = nearest_pairs(points, most=4, limit=30.0)
    found = {tuple(pair) for pair in pairs.tolist()}
    assert sum((i, i + 500) in found for i in range(500)) >= 499


@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_a_crowd_proposes_no_more_than_its_share(monkeypatch, spread):
    monkeypatch.setattr(nearest, "WHOLE", 100)
    monkeypatch.setattr(nearest, "BUDGET", 1000)
    points = cloud(4000, spread=spread)
    pairs, _, crowded = nearest_pairs(points, most=4, limit=34.0)
    assert 0 < len(pairs) <= 4 * 4000
    assert crowded.sum() > 500


@pytest.mark.parametrize("number", [0, 1])
def test_one_point_or_none_has_no_neighbour(number):
    pairs, squares, crowded = nearest_pairs(cloud(number), most=4, limit=10.0)
    assert pairs.shape == (0, 2)
    assert len(squares) == crowded.sum() == 0
