"""Rows that are nearly equal in every column: found exactly, in crowds too, without tying what is told apart."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors.cells import table_cells
from tasks.descriptors.near_cells import BELOW, equal_rows, nearly_equal_rows
from tasks.descriptors.neighbours import clusters


def cells_of(numbers):
    return table_cells(pa.table({f"x{j}": numbers[:, j] for j in range(numbers.shape[1])}))


def unlabelled(n):
    return np.full(n, -1)


@given(st.integers(0, 99), st.sampled_from([0.25, 0.5, 0.9, 0.99]), st.booleans())
@settings(max_examples=25, deadline=None)
def test_noise_below_a_step_separates_none(seed, noise, everywhere):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 40, (400, 5)).astype(float)
    moved = rng.choice([-1, 1], (60, 5)) * rng.uniform(0.9, 1, (60, 5)) * noise
    again = values[:60] + moved * (True if everywhere else np.arange(5) == rng.integers(0, 5, 60)[:, None])
    pairs, distances, reach = nearly_equal_rows(cells_of(np.concatenate([values, again])), unlabelled(460))
    tied = clusters(460, pairs)
    assert (tied[:60] == tied[400:]).all()
    assert reach == BELOW and (distances < 1).all()


def test_rows_on_the_grid_are_never_nearly_equal():
    numbers = np.arange(2000.0)[:, None] * [1, 1]
    pairs, _, _ = nearly_equal_rows(cells_of(numbers), unlabelled(2000))
    assert len(pairs) == 0


def test_equal_rows_make_stars():
    numbers = np.array([[1, 2], [3, 4], [1, 2], [np.nan, 2], [np.nan, 2], [1, 2], [0.5, 7]])
    assert equal_rows(cells_of(numbers)).tolist() == [[0, 2], [3, 4], [0, 5]]


def test_rows_of_different_labels_are_equal_or_apart():
    values = np.random.default_rng(0).integers(0, 900, (300, 4)).astype(float)
    numbers = np.concatenate([values, values[:20] + np.random.default_rng(1).uniform(-0.9, 0.9, (20, 4))])
    labels = np.r_[np.zeros(300, dtype=np.int64), np.arange(20) % 2]
    pairs, _, _ = nearly_equal_rows(cells_of(numbers), labels)
    assert {tuple(pair) for pair in pairs.tolist()} == {(i, 300 + i) for i in range(0, 20, 2)}


@pytest.mark.parametrize("columns", [3, 12])
def test_a_crowd_of_nearly_equal_rows_is_one_cluster(columns):
    rng = np.random.default_rng(0)
    crowd = 3 + 0.4e-5 * rng.uniform(-1, 1, (6000, columns))
    numbers = np.concatenate([crowd, rng.normal(size=(6000, columns))])
    pairs, _, _ = nearly_equal_rows(cells_of(numbers), unlabelled(12000))
    tied = clusters(12000, pairs)
    assert len(np.unique(tied[:6000])) == 1
    assert np.bincount(tied).max() < 6010


def test_where_columns_are_few_and_coarse_different_rows_stay_apart():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 2, (4000, 16)).astype(float)
    numbers = np.concatenate([values, values[:800] + 0.25 * rng.uniform(-1, 1, (800, 16))])
    cells = cells_of(numbers)
    pairs, _, reach = nearly_equal_rows(cells, unlabelled(4800))
    tied = clusters(4800, np.concatenate([pairs, equal_rows(cells)]))
    assert 0.5 <= reach < 1
    assert (tied[:800] == tied[4000:]).all()
    _, own = np.unique(values, axis=0, return_inverse=True)
    assert len(np.unique(own)) - len(np.unique(tied[:4000][np.unique(own, return_index=True)[1]])) < 60


def test_the_order_of_columns_does_not_matter():
    rng = np.random.default_rng(1)
    values = rng.integers(0, 9, (200, 4)).astype(float)
    numbers = np.concatenate([values, values[:50] + rng.uniform(-0.9, 0.9, (50, 4))])
    one, two = (nearly_equal_rows(cells_of(part), unlabelled(250)) for part in (numbers, numbers[:, ::-1]))
    assert (clusters(250, one[0]) == clusters(250, two[0])).all()
