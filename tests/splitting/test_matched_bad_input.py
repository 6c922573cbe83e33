"""What no data set should hold and some do: a split comes out all the same, with the sizes asked for."""

import warnings

import numpy as np
import pytest

from tasks.splitting.matched import match_splits

N = 600
RNG = np.random.default_rng(1)

COLUMNS = {
    "constant": np.full(N, 3.0),
    "nan only": np.full(N, np.nan),
    "infinite": np.where(RNG.random(N) < 0.1, np.inf, RNG.normal(size=N)),
    "both infinities": np.where(RNG.random(N) < 0.5, np.inf, -np.inf),
    "huge": RNG.normal(size=N) * 1e300,
    "one huge": np.where(np.arange(N) == 7, 1e30, RNG.normal(size=N)),
    "tiny": RNG.normal(size=N) * 1e-300,
    "one value differs": (np.arange(N) == 3).astype(float),
    "whole numbers": RNG.integers(0, 3, N).astype(float),
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("alone", [True, False])
def test_strange_columns(name, alone):
    columns = COLUMNS[name][:, None] if alone else np.column_stack([COLUMNS[name], RNG.normal(size=(N, 2))])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = match_splits(columns, RNG.integers(0, 3, N), np.arange(N), {"dev": 100, "test": 100}, seed=1)
    np.testing.assert_array_equal(np.bincount(drawn), [N - 200, 100, 100])


def test_other_columns_are_still_matched_beside_a_huge_value():
    column = COLUMNS["one huge"]
    drawn = match_splits(column[:, None], np.zeros(N, int), np.arange(N), {"dev": 100, "test": 100}, seed=1)
    ordinary = np.delete(column, 7)
    for number in (1, 2):
        mine = column[(drawn == number) & (column < 1e29)]
        assert mine.mean() == pytest.approx(ordinary.mean(), abs=0.05)
        assert mine.std() == pytest.approx(ordinary.std(), abs=0.1)


def test_one_atom_with_most_of_the_rows_stays_where_there_is_room():
    atoms = np.concatenate([np.zeros(360, int), np.arange(1, 241)])
    drawn = match_splits(RNG.normal(size=(N, 2)), np.zeros(N, int), atoms, {"dev": 100, "test": 100}, seed=1)
    assert set(drawn[:360]) == {0}
    np.testing.assert_array_equal(np.bincount(drawn), [400, 100, 100])


def test_all_rows_identical():
    drawn = match_splits(np.ones((N, 3)), np.zeros(N, int), np.arange(N), {"dev": 200, "test": 399}, seed=1)
    np.testing.assert_array_equal(np.bincount(drawn), [1, 200, 399])


def test_one_row_a_class():
    drawn = match_splits(RNG.normal(size=(N, 2)), np.arange(N), np.arange(N), {"dev": 150, "test": 150}, seed=1)
    np.testing.assert_array_equal(np.bincount(drawn), [300, 150, 150])


def test_very_many_classes():
    labels = np.repeat(np.arange(100_000), 2)
    drawn = match_splits(np.zeros((200_000, 0)), labels, np.arange(200_000), {"dev": 100_000, "test": 100_000}, seed=1)
    assert (np.bincount(labels[drawn == 1], minlength=100_000) == 1).all()


def test_very_many_classes_in_groups():
    labels, atoms = RNG.integers(0, 5_000, 6_000), RNG.integers(0, 1_500, 6_000)
    drawn = match_splits(RNG.normal(size=(6_000, 2)), labels, atoms, {"dev": 1_000, "test": 1_000}, seed=1)
    np.testing.assert_array_equal(np.bincount(drawn), [4_000, 1_000, 1_000])


def test_no_descriptors_and_no_labels():
    drawn = match_splits(np.zeros((N, 0)), np.full(N, -1), np.arange(N), {"dev": 200, "test": 100}, seed=1)
    np.testing.assert_array_equal(np.bincount(drawn), [300, 200, 100])


def test_labels_that_nobody_annotated():
    for labels in (np.full((N, 3), np.nan), np.full(N, np.nan)):
        drawn = match_splits(RNG.normal(size=(N, 1)), labels, np.arange(N), {"dev": 200, "test": 100}, seed=1)
        np.testing.assert_array_equal(np.bincount(drawn), [300, 200, 100])


def test_everything_is_taken():
    drawn = match_splits(
        RNG.normal(size=(N, 2)), np.zeros(N, int), np.arange(N), {"dev": N // 3, "test": 2 * N // 3}, seed=1
    )
    np.testing.assert_array_equal(np.bincount(drawn), [0, 200, 400])
